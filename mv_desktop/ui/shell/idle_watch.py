"""Notices when nobody has touched a key, the mouse or a pen for a while."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from mv_desktop.core.clock import Clock
from mv_desktop.ui.tasks import Periodic, Tasks

LOOK_SECONDS = 5.0
"""So often it looks, also at once after a sleep of the computer."""
REST_SECONDS = 120.0
"""After so long somebody may be away, and what is held open for her is closed."""

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)


class IdleWatch(QObject):
    """Listens where input enters the program: at its windows, not at every widget.

    The time is one that nobody sets and that goes on while the computer sleeps. Input that comes after the time was
    up, and before anybody looked, is not taken: it belongs to whoever found the computer.

    Signals:
        rested(bool): somebody may be away, or is back.
        idled(): the time is up; told again with each look until `stop`.
    """

    rested = Signal(bool)
    idled = Signal()

    def __init__(self, tasks: Tasks, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._clock = tasks, clock
        self._limit = 0.0
        self._last = 0.0
        self._resting = False
        self._looks: Periodic | None = None
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._on_app_focus_window_changed)

    def start(self, seconds: float) -> None:
        """Begin to watch; `seconds` without input are too many."""
        self.stop()
        self._limit, self._last = seconds, self._clock.elapsed()
        for window in QGuiApplication.topLevelWindows():
            self._listen_at(window)
        self._looks = self._tasks.tick(LOOK_SECONDS, self.look, receiver=self)

    def set_limit(self, seconds: float) -> None:
        """Other than at the start; what has passed counts."""
        self._limit = seconds

    def stop(self) -> None:
        """Watch no more."""
        if self._looks is not None:
            self._looks.cancel()
            self._looks = None
        self._rest(resting=False)

    def look(self) -> None:
        """Tell when the time is up."""
        if self._looks is None:
            return
        passed = self._clock.elapsed() - self._last
        self._rest(resting=passed >= REST_SECONDS)
        if passed >= self._limit:
            self.idled.emit()

    # -- private ---------------------------------------------------------------------------------------------

    def _rest(self, *, resting: bool) -> None:
        if resting is not self._resting:
            self._resting = resting
            self.rested.emit(resting)

    def _listen_at(self, window: QWindow) -> None:
        window.removeEventFilter(self)  # never twice
        window.installEventFilter(self)

    def _on_app_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None and self._looks is not None:
            self._listen_at(window)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self._looks is None or event.type() not in _INPUT:
            return False
        now = self._clock.elapsed()
        if now - self._last >= self._limit:
            self.look()
            return True
        self._last = now
        if self._resting:
            self._rest(resting=False)
        return False
