"""A pen's or a highlighter's stroke as a mark on the page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import Highlight, PenStroke
from mv_desktop.ui.canvas.shape.excerpt import thinned
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, ink_of

_TRANSLUCENT = 0.4
_UNDER = -1.0


def dress_pen(item: QGraphicsPathItem, stroke: PenStroke, paper: Paper) -> None:
    """Let `item` show a pen stroke."""
    _dress(item, stroke, paper)


def dress_highlight(item: QGraphicsPathItem, stroke: Highlight, paper: Paper) -> None:
    """Let `item` show a highlighter's stroke: what is written shows through, and stamps stand above it."""
    _dress(item, stroke, paper)
    item.setOpacity(_TRANSLUCENT)
    item.setZValue(_UNDER)


# -- private -------------------------------------------------------------------------------------------------


def _dress(item: QGraphicsPathItem, stroke: PenStroke | Highlight, paper: Paper) -> None:
    pen = QPen(ink_of(stroke), stroke.width * UNITS, Qt.PenStyle.SolidLine)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    item.setPen(pen)
    item.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    path = QPainterPath()
    for number, (x, y, _) in enumerate(thinned(stroke.points)):
        if number:
            path.lineTo(paper.point(x, y))
        else:
            path.moveTo(paper.point(x, y))
    if len(stroke.points) == 1:  # a dot
        path.lineTo(path.currentPosition() + QPointF(0.01, 0))
    item.setPath(path)
