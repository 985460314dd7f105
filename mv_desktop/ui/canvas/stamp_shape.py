"""The shapes of the five stamps, as an examiner's red pen draws them.

A stroke is a curve with a width that changes along it: a pen is lighter where it sets down and where it leaves.
All shapes are outlines to be filled, in a box of `BOX` units around (0, 0).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainterPath, QPolygonF, QTransform

from mv_desktop.domain.annotation.shape import StampName

BOX = 100.0
_STEPS = 14

Point = tuple[float, float]
Bezier = tuple[Point, Point, Point, Point]


@cache
def stamp_shape(name: StampName) -> QPainterPath:
    """The outline of a stamp, to be filled with the ink's colour. The caller must not change it."""
    path = _SHAPES[name]()
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def stamp_with_marks(name: StampName, marks: str, font: QFont) -> QPainterPath:
    """A stamp and, small at its upper right, what it carries ("½", "1"); "" carries nothing to show.

    The caller must not change it.
    """
    return _with_marks(name, marks, font.family()) if marks else stamp_shape(name)


def placeholder_shape(rect: QRectF) -> QPainterPath:
    """The frame around an annotation that this version cannot draw: a box with a question mark's dot and hook."""
    path = QPainterPath()
    path.addRoundedRect(rect, rect.width() * 0.15, rect.width() * 0.15)
    inner = rect.adjusted(*(rect.width() * f for f in (0.08, 0.08, -0.08, -0.08)))
    path.addRoundedRect(inner, rect.width() * 0.1, rect.width() * 0.1)
    path.setFillRule(Qt.FillRule.OddEvenFill)
    centre, unit = rect.center(), rect.width() / 10
    hook = [
        _cubic((-1.6, -1.2), (-1.6, -3.6), (2.2, -3.4), (1.6, -1.0)),
        _cubic((1.6, -1.0), (1.2, 0.1), (0.0, 0.2), (0.0, 1.4)),
    ]
    mark = _stroke(hook, lambda _: 0.9)
    mark.addEllipse(QPointF(0.0, 2.7), 0.6, 0.6)
    path.addPath(QTransform(unit, 0, 0, unit, centre.x(), centre.y()).map(mark))
    return path


# -- private -------------------------------------------------------------------------------------------------


@lru_cache(512)
def _with_marks(name: StampName, marks: str, family: str) -> QPainterPath:
    shape = stamp_shape(name)
    path = QPainterPath(shape)
    font = QFont(family)
    font.setPixelSize(54)
    font.setWeight(QFont.Weight.DemiBold)
    edge = shape.boundingRect()
    path.addText(QPointF(edge.right() + 7, edge.top() + 34), font, marks)
    return path


def _tick() -> QPainterPath:
    path = _stroke([_cubic((-44, 3), (-37, 9), (-27, 22), (-18, 40))], lambda t: 6.5 + 7.0 * t)
    path.addPath(_stroke([_cubic((-18, 40), (-6, 8), (14, -22), (46, -46))], lambda t: 13.5 - 9.0 * t**0.8))
    return path


def _cross() -> QPainterPath:
    def pressed(t: float) -> float:
        return 5.0 + 8.0 * math.sin(math.pi * (0.12 + 0.74 * t))

    path = _stroke([_cubic((-36, -40), (-20, -22), (14, 10), (39, 39))], pressed)
    path.addPath(_stroke([_cubic((38, -42), (20, -20), (-12, 12), (-40, 38))], pressed))
    return path


def _half() -> QPainterPath:
    path = _stroke([_line((-39, -29), (-24, -44))], lambda t: 6.0 + 3.0 * t)
    path.addPath(_stroke([_line((-24, -44), (-25, -3))], lambda t: 9.0 - 1.0 * t))
    path.addPath(_stroke([_cubic((38, -45), (20, -18), (-12, 18), (-35, 45))], lambda t: 9.0 - 4.0 * t))
    two = [_cubic((9, 13), (12, -3), (36, -2), (35, 13)), _cubic((35, 13), (34, 25), (19, 33), (9, 44))]
    path.addPath(_stroke(two, lambda t: 6.0 + 3.0 * t))
    path.addPath(_stroke([_cubic((9, 44), (17, 42), (28, 45), (40, 43))], lambda t: 9.0 - 2.5 * t))
    return path


def _circle() -> QPainterPath:
    around = [
        _cubic((18, -44), (-16, -54), (-47, -28), (-44, 2)),
        _cubic((-44, 2), (-41, 32), (-16, 46), (8, 43)),
        _cubic((8, 43), (34, 40), (48, 16), (43, -8)),
        _cubic((43, -8), (39, -28), (22, -40), (0, -40)),
    ]
    return _stroke(around, lambda t: 4.5 + 5.0 * math.sin(math.pi * t) ** 0.7)


def _star() -> QPainterPath:
    tips = [
        (49 * math.sin(math.radians(angle)), 3 - 49 * math.cos(math.radians(angle))) for angle in (0, 144, 288, 72, 216)
    ]
    path = QPainterPath()
    for number, tip in enumerate(tips):  # drawn in one go, as a hand does it
        path.addPath(_stroke([_line(tip, tips[(number + 1) % 5])], lambda t: 9.0 - 3.0 * t))
    return path


_SHAPES: dict[StampName, Callable[[], QPainterPath]] = {
    "tick": _tick,
    "cross": _cross,
    "half": _half,
    "circle": _circle,
    "star": _star,
}


def _cubic(start: Point, first: Point, second: Point, end: Point) -> Bezier:
    return (start, first, second, end)


def _line(start: Point, end: Point) -> Bezier:
    third = ((end[0] - start[0]) / 3, (end[1] - start[1]) / 3)
    return (start, (start[0] + third[0], start[1] + third[1]), (end[0] - third[0], end[1] - third[1]), end)


def _stroke(curve: Sequence[Bezier], width: Callable[[float], float]) -> QPainterPath:
    """The outline of a pen that follows `curve` (smooth: corners are two strokes) with round ends.

    `width` gives its width at 0 (start) to 1 (end). All strokes wind the same way, so overlaps stay filled.
    """
    points = [_at(bezier, step / _STEPS) for bezier in curve for step in range(_STEPS)]
    points.append(curve[-1][3])
    last = len(points) - 1
    left: list[QPointF] = []
    right: list[QPointF] = []
    for number, (x, y) in enumerate(points):
        before, after = points[max(0, number - 1)], points[min(last, number + 1)]
        length = math.hypot(after[0] - before[0], after[1] - before[1])
        across_x, across_y = (before[1] - after[1]) / length, (after[0] - before[0]) / length
        half = width(number / last) / 2
        left.append(QPointF(x + across_x * half, y + across_y * half))
        right.append(QPointF(x - across_x * half, y - across_y * half))
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addPolygon(QPolygonF([*left, *_cap(left[-1], right[-1]), *reversed(right), *_cap(right[0], left[0])]))
    path.closeSubpath()
    return path


def _cap(start: QPointF, end: QPointF) -> list[QPointF]:
    """The half circle from `start` to `end` that closes a stroke."""
    centre = (start + end) / 2
    x, y = start.x() - centre.x(), start.y() - centre.y()
    angles = [-math.pi * step / 6 for step in range(1, 6)]
    return [
        QPointF(
            centre.x() + x * math.cos(angle) - y * math.sin(angle),
            centre.y() + x * math.sin(angle) + y * math.cos(angle),
        )
        for angle in angles
    ]


def _at(bezier: Bezier, t: float) -> Point:
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
    x, y = (a * bezier[0][i] + b * bezier[1][i] + c * bezier[2][i] + d * bezier[3][i] for i in (0, 1))
    return (x, y)
