"""Whether the teacher is there: signs of work in the windows of the marking screen, also in the mark sheet's own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.domain.pace import IDLE_SECONDS

_WORK = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.NativeGesture,
    }
)


class Presence(QObject):
    """Remembers when she last did something.

    Signals:
        touched(): she did something.
    """

    touched = Signal()

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._last = clock.monotonic()

    def watch(self, widget: QWidget) -> None:
        """Look for signs of work in the window of `widget`, which is shown.

        One filter on the window itself: on every widget, or on the program, it would be asked far more often.
        """
        handle = widget.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)  # a second time is as once

    def touch(self) -> None:
        """She did something."""
        self._last = self._clock.monotonic()
        self.touched.emit()

    def there(self) -> bool:
        """She did something not too long ago: what is on the screen is probably looked at."""
        return self._clock.monotonic() - self._last <= IDLE_SECONDS

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WORK:
            self.touch()
        return super().eventFilter(watched, event)
