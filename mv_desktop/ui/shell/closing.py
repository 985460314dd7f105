"""The end of somebody's work at this computer: all is saved, what can be sent is sent, and nobody waits for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject

from mv_desktop.offline.desk import Desk
from mv_desktop.ui.marking.port import STORE_LANE
from mv_desktop.ui.queue.finished import FINISHED_LANE
from mv_desktop.ui.second.port import PAGES_LANE, SECOND_LANE
from mv_desktop.ui.tasks import Periodic, Tasks

SILENT_SECONDS = 3.0
"""So long the server may say nothing before she leaves without it."""
MOST_SECONDS = 6.0
"""So long she waits at most for what is being sent; connecting takes five seconds more where nobody answers."""

_LOOK_SECONDS = 0.25
_log = logging.getLogger(__name__)


class Closing(QObject):
    """Goes through the lanes in order and closes the desk.

    What is not sent when the server is given up waits in her file.

    Args:
        done: called at the end, with how many changes are on this computer only.
    """

    def __init__(self, desk: Desk, tasks: Tasks, pending: int, done: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._pending, self._done = desk, tasks, pending, done
        self._watch: Periodic | None = None
        self._since = QElapsedTimer()
        # Lanes are in order: when the last of these is reached, all is on the disk and sent, no page is being fetched,
        # and nobody is left who would use the file.
        self._stages: list[tuple[str, Callable[[], object]]] = [
            (STORE_LANE, _nothing),
            ("sync", desk.sync.push),
            ("fetch", _nothing),
            ("fetch-open", _nothing),
            (FINISHED_LANE, _nothing),
            (SECOND_LANE, _nothing),
            (PAGES_LANE, _nothing),
            (STORE_LANE, self._count),
            (STORE_LANE, desk.close),
        ]

    def start(self) -> None:
        """Begin."""
        self._since.start()
        self._watch = self._tasks.tick(_LOOK_SECONDS, self._on_watch_tick, receiver=self)
        self._go_on()

    # -- private ---------------------------------------------------------------------------------------------

    def _count(self) -> None:
        self._pending = self._desk.store.status().pending

    def _go_on(self, _: Any = None) -> None:  # noqa: ANN401 (whatever a stage gives)
        if self._stages:
            lane, work = self._stages.pop(0)
            self._tasks.run(lane, work, self._go_on, self._on_stage_failed, receiver=self)
            return
        if self._watch is not None:
            self._watch.cancel()
        self._done(self._pending)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_stage_failed(self, error: Exception) -> None:
        # the work is in the journal whatever happens here; the window must close
        _log.warning("a stage of closing failed", exc_info=error)
        self._go_on()

    def _on_watch_tick(self) -> None:
        if self._desk.silent_seconds > SILENT_SECONDS or self._since.elapsed() > MOST_SECONDS * 1000:
            self._desk.give_up()


def _nothing() -> None:
    """Marks a moment on a lane."""
