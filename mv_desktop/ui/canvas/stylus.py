"""A tablet's pen, told apart from the mouse events that a system makes of it and of the hand that rests beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QGuiApplication, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent

_NEAR = 700  # milliseconds since it was last felt
_HELD = 3000  # as long as its tip is down; the word that it was lifted can get lost

_PENS = (QInputDevice.DeviceType.Stylus, QInputDevice.DeviceType.Airbrush, QInputDevice.DeviceType.Puck)


class Stylus:
    """What is known of the pen.

    Attributes:
        down: its tip is on the tablet.
    """

    def __init__(self) -> None:
        self.down = False
        self._felt: int | None = None
        self._tapped: tuple[int, QPointF] | None = None

    def felt(self, event: QTabletEvent) -> None:
        """An event of the pen itself came."""
        self._felt = event.timestamp()
        if event.type() == QEvent.Type.TabletPress:
            self.down = True
        elif event.type() == QEvent.Type.TabletRelease:
            self.down = False

    def taps_twice(self, event: QTabletEvent) -> bool:
        """True for a press that follows another one at once in the same place; of three, only for the second."""
        before, at = self._tapped, event.position()
        hints = QGuiApplication.styleHints()
        soon = before is not None and event.timestamp() - before[0] <= hints.mouseDoubleClickInterval()
        near = before is not None and (at - before[1]).manhattanLength() <= hints.touchDoubleTapDistance()
        self._tapped = None if soon and near else (event.timestamp(), at)
        return soon and near

    def echoes(self, event: QMouseEvent) -> bool:
        """True for a mouse event that says once more what the pen said, or that the resting hand makes."""
        if self._felt is None:
            return False
        if event.deviceType() in _PENS:
            return True
        since = event.timestamp() - self._felt
        touches = event.deviceType() == QInputDevice.DeviceType.TouchScreen
        return since < _HELD if self.down else touches and since < _NEAR

    @staticmethod
    def erases(event: QTabletEvent) -> bool:
        """True when the pen is held the wrong way round."""
        return event.pointerType() == QPointingDevice.PointerType.Eraser
