"""Python's cyclic garbage is collected on the GUI thread only.

Widgets in reference cycles are destroyed by whichever thread happens to collect them, and Qt aborts when that is a
worker. So the automatic collection is switched off, and the GUI thread does it when Python would have.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from mv_desktop.ui.tasks import IMPORT_LANE, Tasks

_SECONDS = 1.0
_QUIET_SECONDS = 2.0
_ALLOCATIONS = 2000
_YOUNG = 3
_MIDDLE = 60
_MIDDLE_AT_LAST = 600


class Collector(QObject):
    """Collects from now on in the GUI thread, a generation at a time and only as much as has become due.

    The oldest generation holds all open scripts and takes some fifty milliseconds, which a hand at work would feel. It
    waits for a pause: two seconds in which no lane was given work. Every stroke, mark and scrolled page gives some.

    Args:
        tasks: whoever has work for its lanes is not pausing.
        now: seconds on a clock that nobody sets.
    """

    def __init__(self, tasks: Tasks, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tasks)
        gc.disable()
        self._tasks, self._now = tasks, now
        self._busy_at = now()
        tasks.started.connect(self._on_tasks_started)
        self._periodic = tasks.tick(_SECONDS, self.collect, receiver=self)

    def collect(self) -> None:
        """One collection of the oldest generation that is due, if any."""
        if any(task.lane == IMPORT_LANE for task in self._tasks.busy):
            return  # all that a module makes stays, and is young: a tenth of a second to look through for nothing
        allocations, young, middle = gc.get_count()
        pausing = self._now() - self._busy_at >= _QUIET_SECONDS
        if middle > (_MIDDLE if pausing else _MIDDLE_AT_LAST):
            gc.collect(2)
        elif young > _YOUNG:
            gc.collect(1)
        elif allocations > _ALLOCATIONS:
            gc.collect(0)

    def cancel(self) -> None:
        """Collect no more."""
        self._periodic.cancel()

    @Slot()
    def _on_tasks_started(self) -> None:
        self._busy_at = self._now()


def spare_what_stays() -> None:
    """What is there now stays for good (modules, classes): later collections need not look at it.

    Not even now: a whole collection would hold the window up for a tenth of a second.
    """
    gc.freeze()
