"""A text note as a mark on the page: words and formulas on one baseline, wrapped at the note's width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainterPath,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
    QTransform,
)
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import TextNote
from mv_desktop.ui.canvas.shape.excerpt import excerpt
from mv_desktop.ui.canvas.shape.formula import LETTERS, FormulaShape, KnownFormulas
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of
from mv_desktop.ui.canvas.shape.stamp import carried_text
from mv_desktop.ui.widgets.math_text import Tex, Words, split

X_HEIGHTS = 2.45
"""A formula's size in x-heights of the words around it: its x is then a little taller, as its indices need."""

_PLACE = "x"
"""Stands for a formula while lines are broken: like a letter, so that a comma after it does not begin a line."""
_MARKS_SIZE, _MARKS_ASIDE = 0.9, 0.45  # in letters of the note
_AIR = 0.12  # between two lines where a formula reaches far, in letters
_MOST_TYPESET = 60  # formulas of one note; the rest is its source


def dress_text(item: QGraphicsPathItem, note: TextNote, paper: Paper) -> None:
    """Let `item` show a text note, and small at its upper right what it carries.

    A formula that was not typeset yet, or is not understood, stands there as its source.
    """
    fill(item, ink_of(note))
    item.setPos(paper.point(note.x, note.y))
    item.setPath(text_shape(note, paper.font, paper.formulas))


def text_shape(note: TextNote, font: QFont, formulas: KnownFormulas | None = None) -> QPainterPath:
    """The ink of a text note, from its upper left corner."""
    sized = note_font(font, note.size * UNITS)
    writer = _Writer(sized, note.width * UNITS, formulas)
    for paragraph in _paragraphs(split(excerpt(note.text))):
        writer.write(paragraph)
    carried = carried_text(note)
    if carried:
        writer.write_aside(carried)
    return writer.path


def text_frame(note: TextNote, path: QPainterPath) -> QRectF:
    """What a frame around the note encloses: as wide as it wraps, as high as it is written."""
    ink = path.boundingRect()
    return QRectF(0.0, 0.0, note.width * UNITS, max(ink.bottom(), note.size * UNITS))


def note_font(font: QFont, pixels: float) -> QFont:
    """`font` as it is written with on a page, at a size in pixels."""
    sized = QFont(font)
    sized.setPixelSize(max(1, round(pixels)))
    return sized


def wanted_formulas(note: TextNote) -> tuple[Tex, ...]:
    """The formulas that are drawn of a note."""
    if "$" not in note.text:
        return ()
    found = (part for part in split(excerpt(note.text)) if isinstance(part, Tex))
    return tuple(dict.fromkeys(found))[:_MOST_TYPESET]


# -- private -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Paragraph:
    parts: tuple[Words | Tex, ...]
    centred: bool = False


def _paragraphs(parts: Iterable[Words | Tex]) -> Iterator[_Paragraph]:
    """The lines as they were typed; a displayed formula has one of its own."""
    line: list[Words | Tex] = []
    after_display = False
    for part in parts:
        if isinstance(part, Tex) and part.display:
            if not _is_blank(line):  # the formula begins a line anyway
                yield _Paragraph(tuple(line))
            yield _Paragraph((part,), centred=True)
            line, after_display = [], True
        elif isinstance(part, Tex):
            line.append(part)
            after_display = False
        else:
            words = part.text.lstrip() if after_display else part.text
            first, *rest = words.split("\n")
            line.append(Words(first))
            for following in rest:
                yield _Paragraph(tuple(line))
                line = [Words(following)]
            after_display = after_display and not words
    if not _is_blank(line):
        yield _Paragraph(tuple(line))


def _is_blank(line: Iterable[Words | Tex]) -> bool:
    return all(isinstance(part, Words) and not part.text.strip() for part in line)


class _Writer:
    """Writes paragraphs below one another.

    Attributes:
        path: what is written.
    """

    def __init__(self, font: QFont, width: float, formulas: KnownFormulas | None) -> None:
        self.path = QPainterPath()
        self.path.setFillRule(Qt.FillRule.WindingFill)
        self._font, self._width, self._formulas = font, width, formulas
        metrics = QFontMetricsF(font)
        self._letters = float(font.pixelSize())
        self._scale = metrics.xHeight() * X_HEIGHTS / LETTERS
        self._place_width = metrics.horizontalAdvance(_PLACE)
        self._ascent = metrics.ascent()
        self._top = self._right = 0.0

    def write(self, paragraph: _Paragraph) -> None:
        """Write it under what is there."""
        text, shapes = self._with_places(paragraph.parts)
        layout = QTextLayout(text, self._font)
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats([self._room_for(at, shape) for at, shape in shapes.items()])
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self._width)
            self._write_line(text, line, shapes, centred=paragraph.centred)
        layout.endLayout()

    def write_aside(self, text: str) -> None:
        """Write it small at the upper right of all that is written."""
        small = note_font(self._font, self._letters * _MARKS_SIZE)
        small.setWeight(QFont.Weight.DemiBold)
        self.path.addText(QPointF(self._right + self._letters * _MARKS_ASIDE, self._ascent * 0.8), small, text)

    def _with_places(self, parts: tuple[Words | Tex, ...]) -> tuple[str, dict[int, FormulaShape]]:
        """The text with a place for each typeset formula, and which stands where."""
        text, shapes = "", {}
        for part in parts:
            shape = self._formulas.known(part) if isinstance(part, Tex) and self._formulas is not None else None
            if isinstance(part, Words):
                text += part.text
            elif shape is None or shape.path is None:
                text += part.written
            else:
                shapes[len(text)] = shape
                text += _PLACE
        return text, shapes

    def _room_for(self, at: int, shape: FormulaShape) -> QTextLayout.FormatRange:
        spaced = QFont(self._font)
        spaced.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, shape.width * self._scale - self._place_width)
        room = QTextLayout.FormatRange()
        room.start, room.length = at, 1
        room.format = QTextCharFormat()
        room.format.setFont(spaced)
        return room

    def _write_line(self, text: str, line: QTextLine, shapes: dict[int, FormulaShape], *, centred: bool) -> None:
        start, end = line.textStart(), line.textStart() + line.textLength()
        here = {at: shape for at, shape in shapes.items() if start <= at < end}
        above = max((shape.rise * self._scale for shape in here.values()), default=0.0)
        below = max((shape.depth * self._scale for shape in here.values()), default=0.0)
        air = self._letters * _AIR if above > line.ascent() or below > line.descent() else 0.0
        baseline = self._top + max(line.ascent(), above)
        used = line.naturalTextWidth()
        left = max(0.0, (self._width - used) / 2) if centred else 0.0
        self._right = max(self._right, left + used)
        at = start
        for stop in (*here, end):
            if stop > at:
                self.path.addText(QPointF(left + _x(line, at), baseline), self._font, text[at:stop].rstrip("\n"))
            outline = here[stop].path if stop in here else None
            if outline is not None:
                place = QTransform(self._scale, 0, 0, self._scale, left + _x(line, stop), baseline)
                self.path.addPath(place.map(outline))
            at = stop + 1
        self._top = baseline + max(line.descent(), below) + air


def _x(line: QTextLine, at: int) -> float:
    """Where a character of a line begins. The binding answers a pair, which its types do not say."""
    found: Any = line.cursorToX(at)
    return float(found[0] if isinstance(found, tuple) else found)
