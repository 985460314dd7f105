"""Garbage is collected on the GUI thread, and there only."""

import gc
import threading

from mv_desktop.ui.garbage import collect_on_gui_thread, collect_what_is_due
from mv_desktop.ui.tasks import Tasks


class Tracked:
    destroyed_on: list[int] = []

    def __init__(self):
        self.me = self

    def __del__(self):
        Tracked.destroyed_on.append(threading.get_ident())


def test_workers_never_collect_and_the_gui_thread_does(qtbot):
    was_enabled = gc.isenabled()
    Tracked.destroyed_on.clear()
    tasks = Tasks()
    periodic = collect_on_gui_thread(tasks)
    try:
        Tracked()
        allocated = []
        tasks.run("math", lambda: [[n] for n in range(200_000)], allocated.append)
        qtbot.waitUntil(lambda: bool(allocated))
        assert not Tracked.destroyed_on
        for _ in range(60):
            garbage = [[n] for n in range(3000)]
            collect_what_is_due()
        assert garbage
        assert Tracked.destroyed_on == [threading.get_ident()]
    finally:
        periodic.cancel()
        tasks.shutdown()
        if was_enabled:
            gc.enable()
