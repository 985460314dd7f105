"""A line, an arrow, a box or an ellipse as a mark on the page."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import Figure
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of

_HEAD_LENGTH, _HEAD_BREADTH = 6.0, 4.6  # of an arrow, in widths of its line
_SMALLEST_HEAD = 16.0  # in page coordinates: the head of a thin arrow is still one


def dress_figure(item: QGraphicsPathItem, figure: Figure, paper: Paper) -> None:
    """Let `item` show a figure.

    Its path is the outline of its lines, filled: a box is hit on its lines, and what it frames is not in its way.
    """
    fill(item, ink_of(figure))
    item.setPath(figure_shape(figure, paper))


def figure_shape(figure: Figure, paper: Paper) -> QPainterPath:
    """The area that a figure's ink covers, in page coordinates."""
    start, end = paper.point(figure.x, figure.y), paper.point(figure.x2, figure.y2)
    width = figure.width * UNITS
    if figure.type == "arrow":
        return _arrow(QLineF(start, end), width)
    lines = QPainterPath()
    if figure.type == "line":
        lines.moveTo(start)
        lines.lineTo(end)
    elif figure.type == "box":
        lines.addRect(QRectF(start, end).normalized())
    else:
        lines.addEllipse(QRectF(start, end).normalized())
    return _stroked(lines, width)


# -- private -------------------------------------------------------------------------------------------------


def _stroked(lines: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    stroker.setCurveThreshold(0.02)  # smooth at the largest zoom
    shape = stroker.createStroke(lines)
    shape.setFillRule(Qt.FillRule.WindingFill)
    return shape


def _arrow(line: QLineF, width: float) -> QPainterPath:
    """A shaft that ends inside the filled head, so that the tip is sharp."""
    length = line.length()
    head = min(max(_HEAD_LENGTH * width, _SMALLEST_HEAD), length) if length else 0.0
    lines = QPainterPath(line.p1())
    lines.lineTo(line.pointAt(1 - 0.8 * head / length) if length else line.p2())
    path = _stroked(lines, width)
    if head:
        path.addPath(_head(line, head))
    return path


def _head(line: QLineF, length: float) -> QPainterPath:
    angle = math.atan2(line.dy(), line.dx())
    half = length * _HEAD_BREADTH / _HEAD_LENGTH / 2
    turn = partial(_turned, angle=angle, origin=line.p2())
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addPolygon(QPolygonF([line.p2(), turn(-length, half), turn(-length * 0.8, 0.0), turn(-length, -half)]))
    path.closeSubpath()
    return path


def _turned(x: float, y: float, *, angle: float, origin: QPointF) -> QPointF:
    cos, sin = math.cos(angle), math.sin(angle)
    return origin + QPointF(x * cos - y * sin, x * sin + y * cos)
