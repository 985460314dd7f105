"""The Sync page at work: what it shows of the local file, and where its buttons lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.work_store import AsideWork, ScriptWork
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.sync.screen import SyncScreen
from mv_desktop.ui.sync.state import SyncState
from mv_desktop.ui.tasks import Tasks

FINISHED_FOR = timedelta(days=7)
"""So long a script all of which is confirmed is listed after it was finished."""

_Work = tuple[tuple[ScriptWork, ...], tuple[AsideWork, ...]]


class SyncDesk(QObject):
    """Reads for the page while it is shown, and only then: to count the whole journal takes a moment.

    Args:
        open_script: opens a script, at a question of it where one is named.
        decide: shows what is to be decided of a script.
    """

    def __init__(
        self,
        screen: SyncScreen,
        driver: SyncDriver,
        desk: Desk,
        tasks: Tasks,
        clock: Clock,
        open_script: Callable[[EvaluationId, int | None], None],
        decide: Callable[[EvaluationId], None],
    ) -> None:
        super().__init__(screen)
        self._driver = driver
        self._screen, self._desk, self._tasks, self._clock = screen, desk, tasks, clock
        screen.send_requested.connect(partial(driver.now, thorough=True))
        screen.dismissed.connect(driver.dismiss)
        screen.open_requested.connect(open_script)
        screen.decide_requested.connect(decide)
        screen.work_wanted.connect(self._read)
        driver.state_changed.connect(self._on_driver_state_changed)

    def _read(self) -> None:
        if not self._driver.closing:
            self._tasks.run("store", self._work, self._on_read, receiver=self)

    def _work(self) -> _Work:
        work = self._desk.store.work
        return work.scripts(self._clock.now(), FINISHED_FOR), work.aside()

    def _on_read(self, work: _Work) -> None:
        self._screen.show_work(*work, self._clock.now(), self._desk.calendar.hours.zone)

    def _on_driver_state_changed(self, state: SyncState) -> None:
        self._screen.show_state(state, self._clock.now(), self._desk.calendar.hours.zone)
        if self._screen.isVisible():
            self._read()
