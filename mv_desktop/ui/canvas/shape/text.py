"""A text note as a mark on the page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainterPath, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import TextNote
from mv_desktop.ui.canvas.shape.excerpt import excerpt
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of


def dress_text(item: QGraphicsPathItem, note: TextNote, paper: Paper) -> None:
    """Let `item` show a text note."""
    fill(item, ink_of(note))
    item.setPos(paper.point(note.x, note.y))
    item.setPath(_text_path(note, paper.font))


# -- private -------------------------------------------------------------------------------------------------


def _text_path(note: TextNote, font: QFont) -> QPainterPath:
    sized = QFont(font)
    sized.setPixelSize(max(1, round(note.size * UNITS)))
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    top = 0.0
    for paragraph in excerpt(note.text).split("\n"):
        layout = QTextLayout(paragraph, sized)
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(note.width * UNITS)
            piece = paragraph[line.textStart() : line.textStart() + line.textLength()]
            path.addText(QPointF(0.0, top + line.ascent()), sized, piece)
            top += line.height()
        layout.endLayout()
    return path
