"""Notices within seconds that the server is gone or back, and hardly asks a server that is well.

This computer's kernel knows when the idle connection was ended, and by small packets that no program of the server
sees, when nobody is there any more. A server whose kernel answers and whose program hangs it cannot tell; so, while
somebody looks at the window, the empty statement is said on the idle connection every two seconds. While the server
does not answer, its address is tried; that costs nothing where nobody is, and one byte where somebody is again.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from mv_desktop.core.clock import Clock
from mv_desktop.offline.desk import Desk
from mv_desktop.services.patience import IdleState
from mv_desktop.ui.shell.contact_watch import CONTACT_LANE
from mv_desktop.ui.tasks import Periodic, Tasks

LOOK_SECONDS = 0.5
SILENT_SECONDS = 2.5
"""After so long without a word of the answer the server counts as not answering, though it is still waited for."""
PROBE_TICKS = 4
ASK_TICKS = 4
ASK_SECONDS = 2.0
"""So long the server has for its word. One that was only slow has twice as long the next time."""
MOST_ASK_SECONDS = 16.0
SLEPT_SECONDS = 10.0
"""A longer time between two looks means that the computer slept."""
_PROBE_SECONDS = 2.0
_MARGIN = 0.05

_Found = tuple[IdleState, float, bool]
"""How the idle connection is, how long the other one has been silent, and whether the server said its word."""


class ConnectionWatch(QObject):
    """Looks at one desk's connection twice a second.

    Signals:
        stirred(): the connection was ended, or something was said on it: ask the server.
        fell_silent(): nobody answers.
        returned(): a server answers again, where none did.
        woke(): the computer slept.
    """

    stirred = Signal()
    fell_silent = Signal()
    returned = Signal()
    woke = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._clock = desk, tasks, clock
        self._timer: Periodic | None = None
        self._sooner: Periodic | None = None
        self._looked_at = 0.0
        self._ticks = 0
        self._looking = self._probing = self._was_gone = self._told_silent = False
        self._ask_seconds = ASK_SECONDS
        self._doubted = False
        self.resting = False

    # -- public ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Look from now on."""
        if self._timer is None:
            self._looked_at = self._clock.elapsed()
            self._timer = self._tasks.tick(LOOK_SECONDS, self._on_timer_tick, receiver=self)

    def end(self) -> None:
        """Look no more."""
        for timer in (self._timer, self._sooner):
            if timer is not None:
                timer.cancel()

    def lost(self) -> None:
        """The server did not answer: its address is tried until it does."""
        self._probing, self._was_gone, self._ticks = True, False, 0
        self._doubted = False

    def found(self) -> None:
        """The server has answered."""
        if self._doubted:  # it was there all the time: this line is a slow one
            self._ask_seconds = min(2 * self._ask_seconds, MOST_ASK_SECONDS)
        self._probing = self._told_silent = self._doubted = False

    # -- private ---------------------------------------------------------------------------------------------

    def _look(self) -> _Found:
        return self._desk.look(), self._desk.silent_seconds, True

    def _ask(self) -> _Found:
        state, silent, _ = self._look()
        return state, silent, state is not IdleState.WELL or silent > 0 or self._desk.ask(self._ask_seconds)

    def _run(self, work: Callable[[], _Found]) -> None:
        self._looking = True
        self._tasks.run(CONTACT_LANE, work, self._on_looked, self._on_failed)

    def _is_looked_at(self) -> bool:
        return not self.resting and QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive

    def _probe(self) -> bool:
        return self._desk.answers(_PROBE_SECONDS)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_timer_tick(self) -> None:
        now = self._clock.elapsed()
        since, self._looked_at = now - self._looked_at, now
        if since > SLEPT_SECONDS:
            self._ask_seconds = ASK_SECONDS  # perhaps she is somewhere else now
            self.woke.emit()
            return
        self._ticks += 1
        if self._looking:
            return
        if self._probing and not self._desk.silent_seconds:
            if not self.resting and self._ticks % PROBE_TICKS == 0:
                self._looking = True
                self._tasks.run(CONTACT_LANE, self._probe, self._on_probed, self._on_failed)
            return
        asks = self._ticks % ASK_TICKS == 0 and self._is_looked_at()
        self._run(self._ask if asks else self._look)

    def _on_sooner_due(self) -> None:
        if not self._looking and not self._probing:
            self._run(self._look)

    def _on_looked(self, found: _Found) -> None:
        self._looking = False
        state, silent, answered = found
        if not answered or state is IdleState.SILENT or silent > SILENT_SECONDS:
            if not self._told_silent:
                self._told_silent, self._doubted = True, not answered
                self.fell_silent.emit()
        elif state is IdleState.STIRRED:
            self.stirred.emit()
        elif SILENT_SECONDS - silent < LOOK_SECONDS:
            # not only when the next look is due
            self._sooner = self._tasks.after(SILENT_SECONDS - silent + _MARGIN, self._on_sooner_due, receiver=self)

    def _on_probed(self, answers: bool) -> None:  # noqa: FBT001 - what the lane answers
        self._looking = False
        if not self._probing:
            return  # it was found meanwhile
        if not answers:
            self._was_gone = True
            return
        self._probing = False  # whoever refuses the next run is not asked every two seconds
        if self._was_gone:
            self.returned.emit()

    def _on_failed(self, error: Exception) -> None:
        self._looking = False
        self._tasks.error.emit(error)
