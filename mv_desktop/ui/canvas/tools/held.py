"""What holds what is drawn: Shift, straight on, at 45° or square; and the edge of a ruler."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF

_EIGHTH = math.pi / 4


def held_line(first: QPointF, second: QPointF) -> QPointF:
    """The end of a line from `first` towards `second` at a multiple of 45°."""
    x, y = second.x() - first.x(), second.y() - first.y()
    angle = round(math.atan2(y, x) / _EIGHTH) * _EIGHTH
    length = x * math.cos(angle) + y * math.sin(angle)
    return first + QPointF(length * math.cos(angle), length * math.sin(angle))


def held_square(first: QPointF, second: QPointF) -> QPointF:
    """The corner, opposite to `first`, of the square that reaches as far as `second`."""
    x, y = second.x() - first.x(), second.y() - first.y()
    side = max(abs(x), abs(y))
    return first + QPointF(math.copysign(side, x), math.copysign(side, y))


def foot(edge: QLineF, point: QPointF) -> QPointF:
    """The place on an edge that is nearest to `point`."""
    square = edge.dx() ** 2 + edge.dy() ** 2
    away = point - edge.p1()
    share = (away.x() * edge.dx() + away.y() * edge.dy()) / square if square else 0.0
    return edge.pointAt(min(1.0, max(0.0, share)))
