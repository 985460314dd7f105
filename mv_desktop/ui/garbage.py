"""Python's cyclic garbage is collected on the GUI thread only.

Widgets in reference cycles are destroyed by whichever thread happens to collect them, and Qt aborts when that is a
worker. So the automatic collection is switched off, and the GUI thread does it when Python would have.
"""

from __future__ import annotations

import gc

from mv_desktop.ui.tasks import Periodic, Tasks

_SECONDS = 1.0
_ALLOCATIONS = 2000
_YOUNG = 10
_MIDDLE = 20


def collect_on_gui_thread(tasks: Tasks) -> Periodic:
    """Collect from now on in the GUI thread, a generation at a time and only as much as has become due."""
    gc.disable()
    return tasks.tick(_SECONDS, collect_what_is_due, receiver=tasks)


def spare_what_stays() -> None:
    """What is there now stays for good (modules, classes): later collections need not look at it.

    Not even now: a whole collection would hold the window up for a tenth of a second.
    """
    gc.freeze()


def collect_what_is_due() -> None:
    """One collection of the oldest generation that is due, if any."""
    allocations, young, middle = gc.get_count()
    if middle > _MIDDLE:
        gc.collect(2)
    elif young > _YOUNG:
        gc.collect(1)
    elif allocations > _ALLOCATIONS:
        gc.collect(0)
