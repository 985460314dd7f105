"""Notices within seconds that the server is gone or back, without asking a server that is well.

While it answers, only this computer is asked: its kernel knows when the idle connection was ended, and by small
packets that no program of the server sees, when nobody is there any more. While it does not answer, its address is
tried; that costs nothing where nobody is, and one byte where somebody is again.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.clock import Clock
from mv_desktop.offline.desk import Desk
from mv_desktop.services.patience import IdleState
from mv_desktop.ui.shell.contact_watch import CONTACT_LANE
from mv_desktop.ui.tasks import Periodic, Tasks

LOOK_SECONDS = 1.0
SILENT_SECONDS = 3.5
"""After so long without a word of the answer the server counts as not answering, though it is still waited for."""
PROBE_TICKS = 2
SLEPT_SECONDS = 10.0
"""A longer time between two looks means that the computer slept."""
_PROBE_SECONDS = 2.0


class ConnectionWatch(QObject):
    """Looks at one desk's connection every second.

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
        self._looked_at = 0.0
        self._ticks = 0
        self._looking = self._probing = self._was_gone = self._told_silent = False
        self.resting = False

    # -- public ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Look from now on."""
        if self._timer is None:
            self._looked_at = self._clock.elapsed()
            self._timer = self._tasks.tick(LOOK_SECONDS, self._on_timer_tick, receiver=self)

    def end(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()

    def lost(self) -> None:
        """The server did not answer: its address is tried until it does."""
        self._probing, self._was_gone, self._ticks = True, False, 0

    def found(self) -> None:
        """The server has answered."""
        self._probing = self._told_silent = False

    # -- private ---------------------------------------------------------------------------------------------

    def _look(self) -> tuple[IdleState, float]:
        return self._desk.look(), self._desk.silent_seconds

    def _probe(self) -> bool:
        return self._desk.answers(_PROBE_SECONDS)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_timer_tick(self) -> None:
        now = self._clock.elapsed()
        since, self._looked_at = now - self._looked_at, now
        if since > SLEPT_SECONDS:
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
        self._looking = True
        self._tasks.run(CONTACT_LANE, self._look, self._on_looked, self._on_failed)

    def _on_looked(self, found: tuple[IdleState, float]) -> None:
        self._looking = False
        state, silent = found
        if state is IdleState.SILENT or silent > SILENT_SECONDS:
            if not self._told_silent:
                self._told_silent = True
                self.fell_silent.emit()
        elif state is IdleState.STIRRED:
            self.stirred.emit()

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
