"""How soon it is noticed that the server is gone, back, or that the computer slept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.offline.desk import Desk
from mv_desktop.services.patience import IdleState
from mv_desktop.ui.shell import connection_watch, sync_driver
from mv_desktop.ui.shell.connection_watch import ASK_SECONDS, LOOK_SECONDS, ConnectionWatch
from mv_desktop.ui.shell.sync_driver import ONLINE_SECONDS, RETURN_SECONDS, SyncDriver
from mv_desktop.ui.sync.state import contact_text, state_icon
from mv_desktop.ui.tasks import Tasks
from tests.factories.local import NOW, evaluation_id, pulled
from tests.fakes.clock import FakeClock
from tests.fakes.desk import fake_desk
from tests.fakes.messages import KeptMessages
from tests.fakes.sync_server import FakeSyncServer

ONE = evaluation_id(1)


class Bench:
    """A driver whose network is in the test's hand.

    Attributes:
        idle, silent, there: what is known of the idle connection, of the one under way, and of the address.
        probes: how often the address was tried.
        answers, asked: whether the server says its word on the idle connection, and the seconds it had each time.
        looked_at: she has the window before her.
    """

    def __init__(self, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.clock = qtbot, FakeClock(NOW)
        self.server = FakeSyncServer(pulled(1))
        self.desk: Desk = fake_desk(folder, self.server, self.clock)
        self.idle, self.silent, self.there, self.probes = IdleState.WELL, 0.0, True, 0
        self.answers, self.asked, self.looked_at = True, [], True
        monkeypatch.setattr(Desk, "look", lambda _: self.idle)
        monkeypatch.setattr(Desk, "silent_seconds", property(lambda _: self.silent))
        monkeypatch.setattr(Desk, "answers", lambda _, __: self.probe())
        monkeypatch.setattr(Desk, "ask", lambda _, seconds: self.ask(seconds))
        monkeypatch.setattr(ConnectionWatch, "_is_looked_at", lambda watch: self.looked_at and not watch.resting)
        self.tasks = Tasks()
        self.driver = SyncDriver(self.desk, self.tasks, KeptMessages(), self.clock)
        self.runs: list[bool] = []
        self.driver.synced.connect(lambda: self.runs.append(self.driver.state.online))

    def probe(self) -> bool:
        self.probes += 1
        return self.there

    def ask(self, seconds: float) -> bool:
        self.asked.append(seconds)
        if not self.answers:
            self.clock.advance(seconds)
        return self.answers

    def settled(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def run(self) -> None:
        self.driver.now()
        self.settled()

    def seconds(self, count: float) -> None:
        """Let the watch look for so long."""
        for _ in range(round(count / LOOK_SECONDS)):
            self.clock.advance(LOOK_SECONDS)
            self.driver._watch._on_timer_tick()
            self.settled()

    def waits(self) -> float:
        timer = self.driver._timer
        return timer._timer.interval() / 1000 if timer is not None and timer.active else -1.0


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(connection_watch, "LOOK_SECONDS", 3600)
    made = Bench(qtbot, tmp_path, monkeypatch)
    yield made
    made.driver.close()
    made.tasks.shutdown()
    made.desk.close()


def test_a_server_that_is_well_is_asked_for_a_word_and_nothing_more(bench):
    bench.run()
    bench.seconds(30)
    assert (len(bench.runs), bench.probes) == (1, 0)
    assert bench.asked == [ASK_SECONDS] * 15
    assert bench.waits() == pytest.approx(ONLINE_SECONDS, abs=1)


def test_a_connection_that_was_ended_is_noticed_within_a_second(bench):
    bench.run()
    bench.server.reachable = False
    bench.idle = IdleState.STIRRED
    bench.seconds(1)
    assert bench.runs == [True, False]
    assert contact_text(bench.driver.state) == "offline"


def test_one_that_was_only_opened_anew_shows_nothing(bench):
    bench.run()
    states = []
    bench.driver.state_changed.connect(states.append)
    bench.idle = IdleState.STIRRED
    bench.seconds(LOOK_SECONDS)
    assert bench.runs == [True, True]
    assert all(state.online for state in states)


@pytest.mark.parametrize("where", ["idle", "under way"])
def test_a_network_that_is_silent_is_told_at_once(bench, where):
    bench.run()
    states = []
    bench.driver.state_changed.connect(states.append)
    if where == "idle":
        bench.idle = IdleState.SILENT
    else:
        bench.silent = 4.0
    bench.seconds(1)
    assert not states[0].online
    assert states[0].reason == "The server has not answered for some seconds."
    bench.idle, bench.silent = IdleState.WELL, 0.0
    bench.run()
    assert (bench.driver.state.online, bench.driver.state.reason) == (True, "")


def test_a_server_that_takes_everything_and_says_nothing_is_noticed_within_five_seconds(bench):
    bench.run()
    bench.seconds(2)
    assert len(bench.asked) == 1
    bench.answers = bench.server.reachable = bench.there = False  # a moment after it has answered
    fell, states = bench.clock.elapsed(), []
    bench.driver.state_changed.connect(lambda state: states.append((bench.clock.elapsed() - fell, state.online)))
    bench.seconds(2)
    assert states[0] == (pytest.approx(4.0, abs=0.1), False)
    assert contact_text(bench.driver.state) == "offline"
    bench.answers = bench.server.reachable = bench.there = True
    bench.run()
    bench.seconds(2)
    assert bench.asked[-1] == ASK_SECONDS, "it was gone, not slow"


def test_nobody_is_asked_for_a_word_who_has_no_window_before_her(bench):
    bench.run()
    bench.looked_at = False
    bench.seconds(10)
    bench.looked_at = True
    bench.driver.rest(resting=True)
    bench.seconds(10)
    assert bench.asked == []


def test_a_line_that_was_only_slow_has_more_time_from_then_on_until_the_computer_slept(bench):
    bench.run()
    bench.answers = False
    bench.seconds(2)
    assert bench.runs == [True, True], "it was asked at once, and was there"
    bench.answers = True
    bench.seconds(2)
    assert bench.asked == [ASK_SECONDS, 2 * ASK_SECONDS]
    bench.clock.sleep(3600)
    bench.seconds(3)
    assert bench.asked[-1] == ASK_SECONDS


def test_what_is_under_way_is_looked_at_just_when_it_has_been_silent_too_long(bench, monkeypatch):
    bench.run()
    told = []
    bench.driver._watch.fell_silent.connect(lambda: told.append(True))
    bench.silent = connection_watch.SILENT_SECONDS - 0.02
    bench.seconds(1)
    assert not told
    bench.silent += 0.1
    bench.qtbot.waitUntil(lambda: bool(told))


def test_that_it_is_tried_again_shows_no_other_sign(bench):
    bench.run()
    bench.server.reachable = False
    bench.run()
    icon = state_icon(bench.driver.state)
    bench.driver._show(sending=True)
    assert contact_text(bench.driver.state) == "offline, trying again …"
    assert state_icon(bench.driver.state) == icon


def test_a_network_that_comes_back_is_noticed_within_seconds_however_long_it_was_gone(bench, monkeypatch):
    monkeypatch.setattr(sync_driver, "RETURN_SECONDS", 0.02)
    bench.run()
    bench.server.reachable = bench.there = False
    for _ in range(9):
        bench.run()
    bench.desk.store.record(ONE, OpenEvaluation())
    assert bench.waits() > 60
    bench.seconds(10)
    assert bench.probes == 5
    assert len(bench.runs) == 10, "nobody signs in to try it"
    bench.server.reachable = bench.there = True
    bench.seconds(2)
    bench.qtbot.waitUntil(lambda: len(bench.runs) == 11)
    bench.settled()
    assert bench.driver.state.online
    assert bench.driver.state.pending == 0
    bench.seconds(10)
    assert bench.probes == 6


def test_computers_come_back_at_moments_left_to_chance(bench):
    bench.run()
    bench.server.reachable = bench.there = False
    bench.run()
    bench.seconds(2)
    bench.there = True
    waits = []
    for chance in (0.25, 0.5, 1.0):
        bench.driver._chance.random = lambda chance=chance: chance
        bench.driver._watch._probing = True
        bench.seconds(2)
        waits.append(bench.waits())
    assert waits == [pytest.approx(share * RETURN_SECONDS, abs=0.01) for share in (0.25, 0.5, 1.0)]


def test_a_server_that_answers_and_lets_nobody_in_is_not_asked_all_the_time(bench):
    bench.run()
    bench.server.reachable = False
    bench.run()
    waits = bench.waits()
    bench.seconds(30)
    assert bench.probes == 1
    assert bench.waits() == waits, "it is tried less and less often"


def test_nobody_is_asked_while_she_is_away(bench):
    bench.run()
    bench.server.reachable = bench.there = False
    bench.run()
    bench.driver.rest(resting=True)
    bench.seconds(10)
    assert bench.probes == 0
    bench.driver.rest(resting=False)
    bench.seconds(2)
    assert bench.probes == 1


def test_a_computer_that_wakes_hangs_up_and_asks(bench, monkeypatch):
    bench.run()
    hung_up = []
    monkeypatch.setattr(Desk, "hang_up", lambda _: hung_up.append(True))
    bench.clock.sleep(3600)
    bench.seconds(1)
    assert (hung_up, bench.runs) == ([True], [True, True])
    bench.seconds(5)
    assert len(bench.runs) == 2


def test_a_wall_clock_that_is_set_asks_nobody(bench):
    bench.run()
    bench.clock.set_wall(NOW.replace(year=2031))
    bench.seconds(1)
    assert len(bench.runs) == 1
