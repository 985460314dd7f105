"""A pen's or a highlighter's stroke as a mark on the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import Highlight, PenStroke
from mv_desktop.domain.annotation.stroke import EVEN_PRESSURE, Point, outline
from mv_desktop.ui.canvas.shape.excerpt import thinned
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of

_TRANSLUCENT = 0.4
UNDER = -1.0
"""The level of highlights: under all other ink."""


def dress_pen(item: QGraphicsPathItem, stroke: PenStroke, paper: Paper) -> None:
    """Let `item` show a pen stroke: its path is the area that the ink covers, broader where it was pressed."""
    fill(item, ink_of(stroke))
    item.setPath(pen_shape(thinned(stroke.points), stroke.width, paper))


def dress_highlight(item: QGraphicsPathItem, stroke: Highlight, paper: Paper) -> None:
    """Let `item` show a highlighter's stroke: what is written shows through, and stamps stand above it."""
    fill(item, ink_of(stroke))
    even = [(x, y, EVEN_PRESSURE) for x, y, _ in thinned(stroke.points)]
    item.setPath(pen_shape(even, stroke.width, paper))
    translucent(item)


def translucent(item: QGraphicsPathItem) -> None:
    """Let `item` be seen as a highlighter's ink."""
    item.setOpacity(_TRANSLUCENT)
    item.setZValue(UNDER)


def pen_shape(points: Sequence[Point], width: float, paper: Paper) -> QPainterPath:
    """The area that a pen stroke of nominal `width` covers, in page coordinates."""
    area = [QPointF(x * UNITS, y * UNITS) for x, y in outline(points, width, paper.height / UNITS)]
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addPolygon(QPolygonF(area))
    path.closeSubpath()
    return path


def line_through(points: Sequence[Point], paper: Paper) -> QPainterPath:
    """The way of a stroke, without breadth, in page coordinates."""
    path = QPainterPath()
    if points:
        path.addPolygon(QPolygonF([paper.point(x, y) for x, y, _ in points]))
        if path.length() == 0.0:  # a dot
            path.lineTo(path.currentPosition() + QPointF(0.01, 0))
    return path


def broad_pen(ink: QColor, width: float) -> QPen:
    """A pen that draws a way as broad as a stroke of `width`, a fraction of the page's."""
    brush = QBrush(ink)
    return QPen(brush, width * UNITS, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
