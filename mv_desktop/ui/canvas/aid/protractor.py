"""A protractor: a half circle of degrees both ways, with a line that reads an angle."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsScene

from mv_desktop.domain.measure import angle_of, direction, in_steps, opening
from mv_desktop.ui.canvas.aid.aid import STEP, Aid, Grip, number, stroke

_SMALLEST, _LARGEST = 60.0, 700.0  # units of the scene
_GROWTH = 1.05
_BASE = 0.09  # of its radius, below its base line


class Protractor(Aid):
    """Its middle lies on the vertex, its base along one arm; the reading line goes along the other.

    Attributes:
        centre: its middle, in the scene.
        radius: in the scene.
        degrees: the direction of its base, counterclockwise.
        reading: the angle of its line above the base, 0…180.
    """

    def __init__(self, scene: QGraphicsScene, centre: QPointF, radius: float) -> None:
        super().__init__(scene)
        self.centre = centre
        self.radius = min(_LARGEST, max(_SMALLEST, radius))
        self.degrees = 0.0
        self.reading = 60.0
        self._drawn: tuple[float, float] | None = None
        self._redraw()

    @property
    def edges(self) -> tuple[QLineF, ...]:
        base, line = (QPointF(*direction(degrees)) for degrees in (self.degrees, self.degrees + self.reading))
        return (
            QLineF(self.centre, self.centre + line * self.radius),
            QLineF(self.centre - base * self.radius, self.centre + base * self.radius),
        )

    def drag(self, grip: Grip, to: QPointF, *, stepped: bool, scales: bool) -> None:
        if grip is Grip.MIDDLE:
            self.shift(to - self.centre)
            return
        arm = to - self.centre
        if not (arm.x() or arm.y()):
            return
        degrees = angle_of(arm.x(), arm.y())
        if grip is Grip.READING:
            read = opening(degrees - self.degrees)
            self.reading = in_steps(read, STEP) if stepped else round(read, 1)
        else:
            base = degrees if grip is Grip.END else degrees + 180.0
            self.degrees = (in_steps(base, STEP) if stepped else base) % 360.0
        if scales:
            self.radius = min(_LARGEST, max(_SMALLEST, math.hypot(arm.x(), arm.y())))
        self._redraw()

    def shift(self, by: QPointF) -> None:
        self.centre += by
        self._redraw()

    def turn(self, degrees: float) -> None:
        self.degrees = (self.degrees + degrees) % 360.0
        self._redraw()

    def read_on(self, degrees: float) -> None:
        """Move the reading line."""
        self.reading = min(180.0, max(0.0, round(self.reading + degrees, 1)))
        self._redraw()

    def grow(self, steps: int) -> None:
        self.radius = min(_LARGEST, max(_SMALLEST, self.radius * _GROWTH**steps))
        self._redraw()

    # -- private ---------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        drawn = (self.radius, self.reading)
        if drawn != self._drawn:
            self._drawn = drawn
            self._show(self._shape(), self._marks(), self.centre, self.degrees)
        else:
            self._lie(self.centre, self.degrees)
        grips = {
            Grip.MIDDLE: self.centre,
            Grip.START: self._at(180.0),
            Grip.END: self._at(0.0),
            Grip.READING: self._at(self.reading, 1.12),
        }
        words = f"{self.reading:.1f}° ({180.0 - self.reading:.1f}°)"
        self._show_grips(grips, self._at(270.0, _BASE + 0.16), words)

    def _at(self, degrees: float, far: float = 1.0) -> QPointF:
        """A place at an angle above the base, in radiuses from the middle."""
        return self.centre + QPointF(*direction(self.degrees + degrees)) * self.radius * far

    def _shape(self) -> QPainterPath:
        radius = self.radius
        path = QPainterPath(QPointF(radius, _BASE * radius))
        path.lineTo(QPointF(radius, 0.0))
        path.arcTo(QRectF(-radius, -radius, 2 * radius, 2 * radius), 0.0, 180.0)
        path.lineTo(QPointF(-radius, _BASE * radius))
        path.closeSubpath()
        return path

    def _marks(self) -> QPainterPath:
        """A line for each degree, numbers both ways, the base and the reading line."""
        radius = self.radius
        path = QPainterPath()
        for degrees in range(181):
            x, y = direction(degrees)
            out = QPointF(x, y) * radius
            deep = 0.07 if degrees % 10 == 0 else 0.05 if degrees % 5 == 0 else 0.03
            stroke(path, out, out * (1 - deep), 0.0035 * radius)
            if degrees % 10 == 0:
                beside = min(177.0, max(3.0, degrees))  # not on the base line
                place = QPointF(*direction(beside)) * radius
                number(path, str(degrees), place * 0.885, 0.055 * radius, 90.0 - beside)
                number(path, str(180 - degrees), place * 0.79, 0.045 * radius, 90.0 - beside)
        stroke(path, QPointF(-radius, 0.0), QPointF(radius, 0.0), 0.005 * radius)
        stroke(path, QPointF(0.0, 0.0), QPointF(*direction(self.reading)) * radius * 1.12, 0.008 * radius)
        return path
