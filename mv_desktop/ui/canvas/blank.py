"""Whether anything is written on a page, told from its small picture; when in doubt, something is.

Writing changes from left to right; ruled lines lie across and do not, and a margin line stands in the same few columns
all the way down. Of what is left, the part of the page with the most changes decides, so that one short line in faint
pencil is enough.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

_STEP = 2
"""Pixels between the two that are compared: a stroke of the small picture is about as wide."""
_CHANGE = 6
"""So much of 255 must the two differ: less than faint pencil does, more than the grain of paper."""
_LINE = 0.4
"""A column with changes in this share of its rows is a printed line."""
_FEW_LINES = 0.05
"""More columns than this share of the width are no printed lines."""
_BRIGHT = 180
"""On paper darker than this, faint pencil cannot be told from grain."""
_EDGE = 0.04
"""What the scanner adds along the edges is left out, as a share of the width."""
_CELL = 32
_WRITTEN = 1
"""A cell of which more than this (of 255) has changes has writing in it: one is four pixels of a cell."""
_ROWS = 64


def looks_blank(image: QImage) -> bool:
    """True when nothing is written on the page.

    Args:
        image: the page at a quarter of its size, in Format_RGB32.
    """
    edge = round(image.width() * _EDGE)
    inside = QRect(QPoint(0, 0), image.size()).adjusted(edge, edge, -edge, -edge)
    if inside.width() < _CELL or inside.height() < _CELL:
        return False
    changes = _changes(image, inside)
    if _paper(image, inside) < _BRIGHT or not _take_lines_out(changes, inside.size()):
        return False
    mask = QImage(changes, inside.width(), inside.height(), inside.width(), QImage.Format.Format_Grayscale8)
    cells = QSize(max(1, inside.width() // _CELL), max(1, inside.height() // _CELL))
    small = mask.scaled(cells, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    padded = bytes(small.constBits())  # each row to a multiple of four bytes
    rows = (padded[y * small.bytesPerLine() :][: small.width()] for y in range(small.height()))
    return max(map(max, rows)) <= _WRITTEN


def _paper(image: QImage, inside: QRect) -> int:
    """How bright the paper is, 0..255, across the middle of the page."""
    line = image.copy(QRect(inside.left(), inside.center().y(), inside.width(), _CELL))
    levels = sorted(bytes(line.constBits())[1::4])
    return levels[len(levels) // 2]


def _changes(image: QImage, inside: QRect) -> bytearray:
    """255 where a pixel differs from the one `_STEP` to its left, else 0; a byte a pixel."""
    table = bytes(255 if value >= _CHANGE else 0 for value in range(256))
    changes = bytearray()
    # in strips: each call holds the interpreter lock, and so the window
    for top in range(inside.top(), inside.bottom() + 1, _ROWS):
        strip = QRect(inside.left(), top, inside.width(), min(_ROWS, inside.bottom() + 1 - top))
        difference = image.copy(strip)
        painter = QPainter(difference)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
        painter.drawImage(QPoint(0, 0), image, strip.translated(-_STEP, 0))
        painter.end()
        changes += bytes(difference.constBits())[1::4].translate(table)
    return changes


def _take_lines_out(changes: bytearray, size: QSize) -> bool:
    """Leave out of `changes` those that lines down the page make; False when these are too many for lines."""
    width, height = size.width(), size.height()
    lines = [x for x in range(width) if changes[x::width].count(255) > _LINE * height]
    for line in lines:
        for x in range(max(0, line - _STEP), min(width, line + _STEP + 1)):
            changes[x::width] = bytes(height)
    return len(lines) <= _FEW_LINES * width
