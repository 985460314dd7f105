"""The background runner: where work runs, where results arrive, and what is dropped."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from itertools import pairwise

import pytest
import shiboken6
from PySide6.QtCore import QEventLoop, QObject, QTimer
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError
from mv_desktop.ui import tasks as tasks_module
from mv_desktop.ui.tasks import Progress, Tasks, breathe


class Listener(QObject):
    """Takes results, and remembers on which thread they came."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.threads: set[int] = set()

    def take(self, result: object) -> None:
        self.results.append(result)
        self.threads.add(threading.get_ident())


def test_work_runs_on_another_thread_and_its_result_arrives_on_this_one(qtbot: QtBot, tasks: Tasks) -> None:
    listener = Listener()
    tasks.run("store", threading.get_ident, listener.take)
    qtbot.waitUntil(lambda: len(listener.results) == 1)
    assert listener.results[0] != threading.get_ident()
    assert listener.threads == {threading.get_ident()}


def test_one_lane_keeps_order_and_its_thread(qtbot: QtBot, tasks: Tasks) -> None:
    listener = Listener()
    worked: list[tuple[int, int]] = []
    for number in range(20):
        tasks.run("journal", partial(lambda n: worked.append((n, threading.get_ident())), number), listener.take)
    qtbot.waitUntil(lambda: len(listener.results) == 20)
    assert [number for number, _ in worked] == list(range(20))
    assert len({thread for _, thread in worked}) == 1


def test_what_arrives_together_leaves_the_window_its_turns_in_between(qtbot: QtBot, tasks: Tasks) -> None:
    order: list[str] = []

    def take(_: object) -> None:
        order.append("result")
        time.sleep(0.01)

    gate = threading.Event()
    tasks.run("store", gate.wait, take)
    for _ in range(3):
        tasks.run("store", list, take)
    beat = QTimer()
    beat.timeout.connect(lambda: order.append("beat"))
    gate.set()
    time.sleep(0.05)  # all four are here
    beat.start(1)
    qtbot.waitUntil(lambda: order.count("result") == 4)
    beat.stop()
    between = order[order.index("result") : len(order) - order[::-1].index("result")]
    assert all(pair != ("result", "result") for pair in pairwise(between))


def test_a_result_that_opens_a_dialog_lets_the_next_ones_arrive(qtbot: QtBot, tasks: Tasks) -> None:
    results: list[str] = []
    loop = QEventLoop()

    def open_dialog(_: object) -> None:
        loop.exec()
        results.append("dialog closed")

    def take(_: object) -> None:
        results.append("next")
        loop.quit()

    tasks.run("store", list, open_dialog)
    tasks.run("store", list, take)
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results == ["next", "dialog closed"]


def test_a_slow_lane_does_not_hold_up_another(qtbot: QtBot, tasks: Tasks) -> None:
    gate = threading.Event()
    slow, quick = Listener(), Listener()
    tasks.run("sync", lambda: gate.wait(5), slow.take)
    tasks.run("journal", lambda: "saved", quick.take)
    qtbot.waitUntil(lambda: quick.results == ["saved"])
    assert slow.results == []
    gate.set()
    qtbot.waitUntil(lambda: slow.results == [True])


def test_the_pages_lane_works_on_two_things_at_once(qtbot: QtBot, tasks: Tasks) -> None:
    both = threading.Barrier(2, timeout=5)
    listener = Listener()
    for _ in range(2):
        tasks.run("pages", lambda: both.wait() >= 0, listener.take)
    qtbot.waitUntil(lambda: listener.results == [True, True])


def test_a_failure_goes_to_whoever_asked_for_it(qtbot: QtBot, tasks: Tasks) -> None:
    failures = Listener()

    def fail() -> None:
        raise OfflineError("The server did not answer.")

    with qtbot.assertNotEmitted(tasks.error):
        tasks.run("sync", fail, Listener().take, failures.take)
        qtbot.waitUntil(lambda: len(failures.results) == 1)
    assert isinstance(failures.results[0], OfflineError)


def test_a_failure_that_nobody_expected_goes_through_the_one_door(qtbot: QtBot, tasks: Tasks) -> None:
    listener = Listener()
    with qtbot.waitSignal(tasks.error) as told:
        tasks.run("store", lambda: 1 // 0, listener.take)
    assert told.args is not None
    assert isinstance(told.args[0], ZeroDivisionError)
    assert listener.results == []


def test_the_late_result_of_a_cancelled_task_is_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    gate, listener = threading.Event(), Listener()
    task = tasks.run("sync", lambda: gate.wait(5), listener.take)
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: task.finished)
    assert listener.results == []


def test_work_cancelled_before_its_turn_is_never_done(qtbot: QtBot, tasks: Tasks) -> None:
    gate, worked, listener = threading.Event(), Listener(), Listener()
    tasks.run("sync", lambda: gate.wait(5), listener.take)
    waiting = tasks.run("sync", lambda: worked.results.append("worked"), listener.take)
    waiting.cancel()
    gate.set()
    qtbot.waitUntil(lambda: waiting.finished)
    assert worked.results == []
    assert listener.results == [True]


def test_the_result_for_a_screen_that_is_gone_is_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    gate, listener = threading.Event(), Listener()
    task = tasks.run("sync", lambda: gate.wait(5), listener.take)
    shiboken6.delete(listener)
    gate.set()
    qtbot.waitUntil(lambda: task.finished)
    assert listener.results == []


def test_a_named_receiver_guards_a_plain_function(qtbot: QtBot, tasks: Tasks) -> None:
    gate, receiver = threading.Event(), QObject()
    results: list[bool] = []
    task = tasks.run("sync", lambda: gate.wait(5), results.append, receiver=receiver)
    shiboken6.delete(receiver)
    gate.set()
    qtbot.waitUntil(lambda: task.finished)
    assert results == []


def test_a_failure_that_nobody_waits_for_is_logged(
    qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    gate, listener = threading.Event(), Listener()

    def fail() -> None:
        gate.wait(5)
        raise ValueError("lost")

    with caplog.at_level(logging.WARNING):
        task = tasks.run("sync", fail, listener.take)
        task.cancel()
        gate.set()
        qtbot.waitUntil(lambda: task.finished)
    # the failing task had begun, or was dropped before its turn: only what ran can fail
    assert listener.results == []


def test_progress_arrives_until_the_task_is_cancelled(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[tuple[float, float, str]] = []
    tasks.progressed.connect(lambda _task, done, total, text: told.append((done, total, text)))
    gate = threading.Event()
    listener = Listener()

    def work(progress: Progress) -> str:
        progress.report(1, 3, "page 1")
        gate.wait(5)
        return "stopped" if progress.cancelled else "finished"

    task = tasks.run_reporting("pages", work, listener.take, label="Pages")
    qtbot.waitUntil(lambda: told == [(1.0, 3.0, "page 1")])
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: task.finished)
    assert listener.results == []


def test_periodic_work_runs_again_and_never_twice_at_once(qtbot: QtBot, tasks: Tasks) -> None:
    listener, running, most = Listener(), [0], [0]

    def work() -> int:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.05)
        running[0] -= 1
        return 1

    periodic = tasks.every(0.01, "pages", work, listener.take)
    qtbot.waitUntil(lambda: len(listener.results) >= 3)
    periodic.cancel()
    assert most[0] == 1
    assert not periodic.active


def test_a_tick_ends_with_its_receiver(qtbot: QtBot, tasks: Tasks) -> None:
    receiver, ticks = QObject(), Listener()
    periodic = tasks.tick(0.005, lambda: ticks.take(1), receiver=receiver)
    qtbot.waitUntil(lambda: len(ticks.results) >= 2)
    shiboken6.delete(receiver)
    qtbot.waitUntil(lambda: not periodic.active)


def test_after_happens_once(qtbot: QtBot, tasks: Tasks) -> None:
    ticks = Listener()
    once = tasks.after(0.005, lambda: ticks.take(1))
    qtbot.waitUntil(lambda: not once.active)
    qtbot.wait(20)
    assert ticks.results == [1]


def test_now_does_it_at_once(qtbot: QtBot, tasks: Tasks) -> None:
    ticks = Listener()
    periodic = tasks.tick(3600, lambda: ticks.take(1))
    periodic.now()
    assert ticks.results == [1]
    assert periodic.active


def test_shutdown_lets_all_work_finish_and_delivers_it(qtbot: QtBot) -> None:
    tasks, listener = Tasks(), Listener()

    def slow(number: int) -> int:
        time.sleep(0.005)
        return number

    for number in range(5):
        tasks.run("journal", partial(slow, number), listener.take)
    tasks.shutdown()
    assert listener.results == [0, 1, 2, 3, 4]
    assert tasks.busy == ()


def test_shutdown_does_the_work_that_results_still_ask_for(qtbot: QtBot) -> None:
    tasks, listener = Tasks(), Listener()
    tasks.run("sync", lambda: "pulled", lambda text: ignore(tasks.run("store", lambda: text + ", kept", listener.take)))
    tasks.shutdown()
    assert listener.results == ["pulled, kept"]


def test_shutdown_ends_every_thread_and_refuses_more_work(qtbot: QtBot) -> None:
    before = set(threading.enumerate())
    tasks, listener = Tasks(), Listener()
    tasks.run("journal", lambda: 1, listener.take)
    tasks.every(0.01, "sync", lambda: 1, listener.take)
    tasks.shutdown()
    tasks.shutdown()
    assert {t for t in threading.enumerate() if t.name.startswith("lane-")} - before == set()
    with pytest.raises(RuntimeError, match="after the shutdown"):
        tasks.run("journal", lambda: 1, listener.take)


def ignore(_task: object) -> None:
    """A task is started and nobody keeps it."""


@pytest.mark.parametrize(
    ("late_ms", "pauses"),
    [((0.05,), 1), ((0.9, 0.05), 2), ((0.9, 0.9, 0.9, 0.05), 4), ((0.9,) * 50, 4)],
    ids=["idle", "at work once", "at work for a while", "at work for ever"],
)
def test_a_breath_lasts_as_long_as_the_window_is_at_work_and_no_longer_than_a_few_milliseconds(
    late_ms: tuple[float, ...], pauses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeTime(late_ms)
    monkeypatch.setattr(tasks_module, "time", clock)
    breathe()
    assert clock.pauses == pauses
    assert clock.now < 0.006


class FakeTime:
    """A pause comes to its end late by so much, each time, because another thread has the interpreter's lock."""

    def __init__(self, late_ms: tuple[float, ...]) -> None:
        self.now = 0.0
        self.pauses = 0
        self._late = iter(late_ms)

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses += 1
        self.now += seconds + next(self._late) / 1000
