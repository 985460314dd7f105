"""Garbage is collected on the GUI thread, and there only."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from mv_desktop.ui.garbage import Collector
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks


class Tracked:
    destroyed_on: list[int] = []

    def __init__(self):
        self.me = self

    def __del__(self):
        Tracked.destroyed_on.append(threading.get_ident())


class Watch:
    """A clock that stands still until it is told otherwise."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def collector(tasks: Tasks, watch: Watch) -> Iterator[Collector]:
    was_enabled = gc.isenabled()
    yield Collector(tasks, watch)
    if was_enabled:
        gc.enable()


@pytest.fixture
def whole(collector: Collector) -> Iterator[list[int]]:
    """Whole collections, one entry each."""
    seen: list[int] = []

    def see(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 2:
            seen.append(1)

    gc.collect()
    gc.callbacks.append(see)
    yield seen
    gc.callbacks.remove(see)


def litter(collector: Collector, times: int) -> None:
    for _ in range(times):
        garbage = [[n] for n in range(3000)]
        collector.collect()
        del garbage  # now: what goes away while there is more of it is not counted


def test_workers_never_collect_and_the_gui_thread_does(qtbot, tasks, collector):
    Tracked.destroyed_on.clear()
    Tracked()
    allocated = []
    tasks.run("math", lambda: [[n] for n in range(200_000)], allocated.append)
    qtbot.waitUntil(lambda: bool(allocated))
    assert not Tracked.destroyed_on
    litter(collector, 60)
    assert Tracked.destroyed_on == [threading.get_ident()]


def test_nothing_is_collected_while_modules_are_imported(qtbot, tasks, collector):
    Tracked.destroyed_on.clear()
    Tracked()
    imported = threading.Event()
    tasks.run(IMPORT_LANE, lambda: imported.wait(10), lambda _: None)
    litter(collector, 60)
    assert not Tracked.destroyed_on
    imported.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    litter(collector, 60)
    assert Tracked.destroyed_on == [threading.get_ident()]


def test_a_whole_collection_waits_for_a_pause(qtbot, tasks, collector, watch, whole):
    for _ in range(5):
        watch.seconds += 1.5
        done = []
        tasks.run("store", list, done.append)
        qtbot.waitUntil(lambda done=done: bool(done))
        watch.seconds += 1.5
        litter(collector, 120)
    assert whole == []
    watch.seconds += 1
    litter(collector, 1)
    assert whole == [1]


def test_a_whole_collection_comes_without_a_pause_in_the_end(collector, whole):
    litter(collector, 4000)
    assert whole == [1]
