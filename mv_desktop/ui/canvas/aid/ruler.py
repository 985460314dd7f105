"""A ruler: its edge runs from one grip to the other, and says how long and how steep that is."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsScene

from mv_desktop.domain.measure import A4_ACROSS, angle_of, direction, in_steps, inclination
from mv_desktop.ui.canvas.aid.aid import STEP, Aid, Grip, number, stroke
from mv_desktop.ui.text import tr

_SHORTEST, _LONGEST = 0.5, 100.0  # centimetres
_MARGIN, _BREADTH = 0.5, 1.7  # centimetres of its body beside its marks
_GROWTH = 1.01
_FINEST, _COARSEST = 5.0, 60.0  # centimetres across a page


class Ruler(Aid):
    """Graduated in centimetres of a page.

    Attributes:
        start: its zero, in the scene.
        length: centimetres between its grips.
        degrees: its direction, counterclockwise.
        across: how many of its centimetres a page is wide.
    """

    def __init__(self, scene: QGraphicsScene, start: QPointF, length: float, page_width: float) -> None:
        """A level ruler.

        Args:
            scene: where it lies.
            start: its zero.
            length: in units of the scene.
            page_width: of the page it lies on, in units of the scene.
        """
        super().__init__(scene)
        self.start = start
        self.degrees = 0.0
        self.across = A4_ACROSS
        self._page_width = page_width
        self.length = float(max(1, math.floor(length / self.centimetre)))
        self._drawn: tuple[float, float] | None = None
        self._redraw()

    @property
    def centimetre(self) -> float:
        """Its length in the scene."""
        return self._page_width / self.across

    @property
    def end(self) -> QPointF:
        """Its other end, in the scene."""
        x, y = direction(self.degrees)
        return self.start + QPointF(x, y) * self.length * self.centimetre

    @property
    def edges(self) -> tuple[QLineF, ...]:
        return (QLineF(self.start, self.end),)

    def drag(self, grip: Grip, to: QPointF, *, stepped: bool, scales: bool) -> None:
        if grip is Grip.MIDDLE:
            self.shift(to - self.grips[Grip.MIDDLE])
            return
        fixed = self.end if grip is Grip.START else self.start
        arm = to - fixed if grip is Grip.END else fixed - to
        if not (arm.x() or arm.y()):
            return
        self.degrees = in_steps(angle_of(arm.x(), arm.y()), STEP) if stepped else angle_of(arm.x(), arm.y())
        reach = math.hypot(arm.x(), arm.y())
        if scales:
            self.across = _within(self._page_width * self.length / reach, _FINEST, _COARSEST)
        else:
            self.length = _within(reach / self.centimetre, _SHORTEST, _LONGEST)
        if grip is Grip.START:
            self.start = fixed - (self.end - self.start)
        else:
            self.start = fixed
        self._redraw()

    def shift(self, by: QPointF) -> None:
        self.start += by
        self._redraw()

    def turn(self, degrees: float) -> None:
        middle = (self.start + self.end) / 2
        self.degrees = (self.degrees + degrees) % 360.0
        self.start += middle - (self.start + self.end) / 2
        self._redraw()

    def grow(self, steps: int) -> None:
        self.across = _within(self.across / _GROWTH**steps, _FINEST, _COARSEST)
        self._redraw()

    # -- private ---------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        drawn = (self.length, self.centimetre)
        if drawn != self._drawn:
            self._drawn = drawn
            self._show(self._shape(), self._marks(), self.start, self.degrees)
        else:
            self._lie(self.start, self.degrees)
        middle = (self.start + self.end) / 2
        down = QPointF(*direction(self.degrees - 90.0)) * self.centimetre
        grips = {
            Grip.MIDDLE: middle + down * (_BREADTH * 0.62),
            Grip.START: self.start,
            Grip.END: self.end,
        }
        self._show_grips(grips, middle + down * (_BREADTH + 0.6), self._words)

    @property
    def _words(self) -> str:
        length = f"{self.length:.1f}"
        words = tr("{length} cm · {angle}°", length=length, angle=f"{inclination(self.degrees):.1f}")
        if abs(self.across - A4_ACROSS) < 0.05:
            return words
        return f"{words} · {tr('scale {percent} %', percent=round(100 * A4_ACROSS / self.across))}"

    def _shape(self) -> QPainterPath:
        unit = self.centimetre
        path = QPainterPath()
        path.addRoundedRect(
            QRectF(-_MARGIN * unit, 0.0, (self.length + 2 * _MARGIN) * unit, _BREADTH * unit), 0.1 * unit, 0.1 * unit
        )
        return path

    def _marks(self) -> QPainterPath:
        """A line for each millimetre, longer ones for halves and wholes, and the numbers."""
        unit = self.centimetre
        path = QPainterPath()
        for tenth in range(math.floor(self.length * 10 + 1e-6) + 1):
            deep = 0.62 if tenth % 10 == 0 else 0.46 if tenth % 5 == 0 else 0.3
            x = tenth * unit / 10
            stroke(path, QPointF(x, 0.0), QPointF(x, deep * unit), 0.02 * unit)
            if tenth % 10 == 0:
                number(path, str(tenth // 10), QPointF(x, 0.86 * unit), 0.42 * unit)
        return path


def _within(value: float, least: float, most: float) -> float:
    return min(most, max(least, value))
