"""When the program sends and fetches, and what it tells of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OutdatedError
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.domain.program import Outdated
from mv_desktop.offline import message, mirror
from mv_desktop.offline.ballast import NOTE, Ballast
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.shell import ballast_watch, sync_driver
from mv_desktop.ui.shell.sync_driver import GATHER_SECONDS, ONLINE_SECONDS, SOON_SECONDS, SyncDriver
from mv_desktop.ui.sync.state import SyncState, status_line
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, set_language
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from tests.factories.local import NOW, evaluation_id, pulled
from tests.factories.queue_row import CALENDAR
from tests.fakes.clock import FakeClock
from tests.fakes.desk import MemoryPages, fake_desk
from tests.fakes.messages import KeptMessages
from tests.fakes.sync_server import FakeSyncServer

ONE = evaluation_id(1)


class Bench:
    """A driver on a desk, with what it told.

    Attributes:
        errors: what nobody expected.
    """

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.server, self.pages = FakeSyncServer(pulled(1)), MemoryPages()
        self.desk: Desk = fake_desk(folder, self.server, FakeClock(NOW), self.pages)
        self.tasks, self.messages = Tasks(), KeptMessages()
        self.errors: list[Exception] = []
        self.tasks.error.connect(self.errors.append)
        self.driver = SyncDriver(self.desk, self.tasks, self.messages, FakeClock(NOW))
        self.states: list[SyncState] = []
        self.scripts: list[frozenset[object]] = []
        self.arrived: list[frozenset[object]] = []
        self.runs: list[bool] = []
        self.driver.state_changed.connect(self.states.append)
        self.driver.scripts_changed.connect(self.scripts.append)
        self.driver.pages_changed.connect(self.arrived.append)
        self.driver.synced.connect(lambda: self.runs.append(self.driver.state.online))

    def settled(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def run(self, **how) -> None:
        self.driver.now(**how)
        self.settled()

    def waits(self) -> float:
        """Seconds until the next run."""
        timer = self.driver._timer
        return timer._timer.interval() / 1000 if timer is not None and timer.active else -1.0

    def do(self) -> None:
        """Something to send."""
        self.desk.store.record(ONE, OpenEvaluation())


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path)
    yield made
    made.pages.gate.set()
    made.driver.close()
    made.tasks.shutdown()
    made.desk.close()


def test_a_run_fetches_the_scripts_and_then_their_pages(bench):
    bench.run()
    assert bench.scripts == [frozenset({ONE})]
    assert bench.arrived == [frozenset({ONE})]
    assert bench.driver.state.online
    assert bench.driver.ever_in_contact
    assert bench.waits() == pytest.approx(ONLINE_SECONDS, abs=1)
    assert [state.sending for state in bench.states[:2]] == [True, False]


def test_changes_are_gathered_and_sent_soon(bench, monkeypatch):
    monkeypatch.setattr(sync_driver, "SOON_SECONDS", 0.2)
    monkeypatch.setattr(sync_driver, "STATUS_SECONDS", 0.02)
    bench.run()
    bench.do()
    bench.driver.soon()
    bench.do()
    bench.driver.soon()
    assert bench.waits() == 0.2
    bench.qtbot.waitUntil(lambda: bench.driver.state.pending == 2)
    bench.qtbot.waitUntil(lambda: bench.driver.state.pending == 0)
    assert len(bench.runs) == 2
    assert bench.driver.state.last_sent_at is not None


def test_work_that_never_pauses_is_sent_all_the_same(bench, monkeypatch):
    monkeypatch.setattr(sync_driver, "SOON_SECONDS", 0.2)
    bench.run()

    def works_on_and_is_sent() -> bool:
        bench.driver.soon()  # again and again before the time is over
        return len(bench.runs) == 2

    bench.qtbot.waitUntil(works_on_and_is_sent)


def test_what_comes_during_a_run_is_sent_right_after_it(bench):
    bench.driver.now()
    bench.driver.soon()
    bench.settled()
    assert len(bench.runs) == 1
    assert bench.waits() == SOON_SECONDS


def test_work_that_goes_on_is_sent_every_ten_seconds_and_what_is_pressing_sooner(bench):
    bench.run()
    bench.do()
    bench.driver.soon()
    assert bench.waits() == SOON_SECONDS, "nothing was sent a moment ago"
    bench.run()
    bench.driver.soon()
    assert GATHER_SECONDS - 2 < bench.waits() <= GATHER_SECONDS
    bench.driver.soon(pressing=True)
    assert bench.waits() == SOON_SECONDS


def test_between_two_looks_at_the_server_work_is_only_sent(bench, monkeypatch):
    monkeypatch.setattr(sync_driver, "SOON_SECONDS", 0.02)
    bench.run()
    bench.server.add(pulled(2))
    bench.do()
    bench.driver.soon()
    bench.qtbot.waitUntil(lambda: len(bench.runs) == 2)
    bench.settled()
    assert bench.driver.state.pending == 0
    assert bench.scripts == [frozenset({ONE})], "nobody asked for another script"
    assert ONLINE_SECONDS - 5 < bench.waits() < ONLINE_SECONDS
    bench.driver._since_asked.invalidate()  # a minute later
    bench.do()
    bench.driver.soon(pressing=True)
    bench.qtbot.waitUntil(lambda: len(bench.runs) == 3)
    bench.settled()
    assert frozenset({evaluation_id(2)}) in bench.scripts


def test_two_runs_never_go_at_once(bench):
    bench.driver.now()
    bench.driver.now()
    bench.driver.now(thorough=True)
    bench.settled()
    assert len(bench.runs) == 1


def test_without_a_server_it_tries_less_and_less_often(bench):
    bench.server.reachable = False
    waits = []
    for _ in range(5):
        bench.run()
        waits.append(bench.waits())
    assert not bench.driver.state.online
    assert not bench.driver.ever_in_contact
    assert all(2**n <= wait <= 2 * 2**n for n, wait in enumerate(waits))
    bench.driver.soon()  # a change does not make it try sooner
    assert bench.waits() == waits[-1]
    assert bench.messages.told == []
    bench.server.reachable = True
    bench.run()
    assert bench.waits() == pytest.approx(ONLINE_SECONDS, abs=1)
    assert bench.driver._failures == 0


def test_why_it_failed_and_when_it_is_tried_again_is_told_until_it_works(bench):
    bench.server.reachable = False
    bench.run()
    state = bench.driver.state
    assert state.reason == "The server does not answer."
    assert state.next_try_at is not None
    assert (state.next_try_at - NOW) / timedelta(seconds=1) == pytest.approx(bench.waits(), abs=0.01)
    assert all("You work offline" in text for text in bench.messages.said), "nobody asked for it"
    bench.driver.now()
    assert (bench.driver.state.reason, bench.driver.state.next_try_at) == (state.reason, None)
    bench.settled()
    bench.server.reachable = True
    bench.run()
    assert (bench.driver.state.reason, bench.driver.state.remedy, bench.driver.state.next_try_at) == ("", "", None)


def test_who_asks_for_a_run_is_told_why_it_does_not_work(bench):
    bench.run()
    bench.server.reachable = False
    for _ in range(2):
        bench.run(thorough=True)
    assert bench.messages.said == ["The server does not answer."] * 2
    bench.run()
    assert len(bench.messages.said) == 2


def test_who_asks_while_it_is_tried_gets_another_try_at_once(bench):
    bench.run()
    bench.do()
    bench.server.poison = {OpenEvaluation.kind}
    bench.run(thorough=True)
    assert bench.driver.state.set_aside == 1
    bench.server.poison = set()
    bench.server.reachable = False
    bench.driver.now()
    bench.driver.now(thorough=True)
    bench.settled()
    assert bench.waits() == SOON_SECONDS
    assert bench.messages.said == []
    bench.server.reachable = True
    bench.qtbot.waitUntil(lambda: len(bench.runs) == 4)
    bench.settled()
    assert bench.driver.state.set_aside == 0, "what she asked for was done: all is tried, also what was set aside"


def test_who_has_not_reached_the_server_since_signing_in_is_told_so_until_it_answers(bench):
    def words() -> str:
        return status_line(bench.driver.state, NOW, CALENDAR.hours.zone)

    assert "offline since" not in words()
    bench.server.reachable = False
    for _ in range(2):
        bench.run()
        assert words().endswith("working offline since signing in")
    assert [text for text in bench.messages.said if "You work offline" in text] == bench.messages.said[:1]
    bench.driver._show(sending=True)
    assert words().endswith("working offline since signing in")  # nothing flickers while it is tried again
    bench.server.reachable = True
    bench.run()
    assert words().endswith("online")
    bench.server.reachable = False
    bench.run()
    assert words().endswith(" · offline")


def test_what_the_server_says_of_a_run_is_told_once(bench):
    bench.run()
    bench.do()
    bench.server.schema = 0
    bench.run()
    bench.run()
    assert len(bench.messages.told) == 1
    assert "The server needs an update" in str(bench.messages.told[0])
    assert bench.driver.state.pending == 1
    assert bench.waits() < ONLINE_SECONDS
    bench.server.schema = 1
    bench.run()
    assert bench.driver.state.pending == 0
    bench.do()
    bench.server.schema = 0
    bench.run()
    assert len(bench.messages.told) == 2


def test_an_outdated_program_is_warned_then_told_in_her_language_and_goes_on_sending(bench):
    bench.run()
    soon = Outdated("1.4", date(2026, 12, 1), False, "Ask Ravi.", "रवि से पूछिए।")
    bench.server.person = {"outdated": soon}
    for _ in range(2):
        bench.run()
    assert bench.messages.said == [
        "From Tue 1 Dec 2026 on this program is too old: version 1.4 or a later one is needed then. Ask Ravi."
    ]
    bench.server.person = {"outdated": replace(soon, refused=True)}
    bench.do()
    set_language("hi")
    for _ in range(2):
        bench.run()
    set_language("en")
    (error,) = bench.messages.told
    assert isinstance(error, OutdatedError)
    assert error.remedy == bench.driver.state.remedy == "रवि से पूछिए।"
    assert said(error.message) == error.message == bench.driver.state.reason
    assert (bench.driver.state.online, bench.driver.state.pending, len(bench.server.received)) == (True, 0, 1)
    assert bench.desk.store.open_script(ONE) is not None


def test_a_message_of_the_server_stands_until_it_is_dismissed(bench):
    bench.run()
    bench.do()
    bench.server.poison = {OpenEvaluation.kind}
    bench.run(thorough=True)
    (note,) = bench.driver.state.notes
    assert bench.driver.state.set_aside == 1
    bench.driver.dismiss(note.note_id)
    bench.settled()
    assert bench.driver.state.notes == ()


def test_a_bug_is_told_and_does_not_stop_it(bench, monkeypatch):
    def broken(**_):
        raise ValueError("a bug")

    monkeypatch.setattr(type(bench.desk.sync), "run", lambda self, **_: broken())
    bench.run()
    assert [str(error) for error in bench.errors] == ["a bug"]
    assert bench.waits() > 0
    monkeypatch.undo()
    bench.run()
    assert bench.driver.state.online


def test_pages_are_fetched_once_at_a_time_and_a_bug_there_is_told(bench, monkeypatch):
    bench.pages.gate.clear()
    bench.driver.now()
    bench.qtbot.waitUntil(lambda: bool(bench.runs))
    bench.driver.now()
    bench.qtbot.waitUntil(lambda: len(bench.runs) == 2)
    bench.pages.gate.set()
    bench.settled()
    assert len(bench.pages.downloads) == 2
    monkeypatch.setattr(type(bench.desk.fetcher), "fetch_ahead", lambda self, *_, **__: 1 / 0)
    bench.run()
    assert isinstance(bench.errors[0], ZeroDivisionError)
    assert not bench.driver.pages.busy


def test_a_script_whose_pages_come_is_told_while_others_are_on_their_way(bench):
    bench.server.add(pulled(2))
    held = threading.Event()
    fetch = bench.pages.download

    def second_is_slow(address, file, part, cancelled):
        assert file.evaluation_id == ONE or held.wait(10)
        return fetch(address, file, part, cancelled)

    bench.pages.download = second_is_slow
    bench.driver.now()
    bench.qtbot.waitUntil(lambda: bench.arrived == [frozenset({ONE})])
    held.set()
    bench.settled()
    assert frozenset().union(*bench.arrived[1:]) == {evaluation_id(2)}


def test_taking_along_shows_how_far_it_is_and_can_be_stopped_within_a_file(bench):
    panel = ProgressPanel(bench.tasks)
    bench.qtbot.addWidget(panel)
    bench.run()
    pages = bench.desk.store.pages
    bench.desk.fetcher.cache.clear()
    pages.forget([file.upload_id for file in pages.files(ONE)])
    pages.take([ONE], NOW)
    bench.pages.gate.clear()
    bench.driver.pages.begin()
    bench.qtbot.waitUntil(lambda: panel.text == "Megabytes to take with you")
    panel._cancel.click()
    bench.settled()
    assert pages.taken_missing() == ()
    assert not bench.driver.pages.busy
    assert any("no longer taken with you" in text for text in bench.messages.said)
    pages.take([ONE], NOW)
    bench.pages.gate.set()
    bench.driver.pages.begin()
    bench.settled()
    assert any("1 script, 2 pages" in text for text in bench.messages.said)


def test_no_room_is_told_once(bench):
    bench.desk.fetcher.cache.set_quota(10)
    bench.run()
    bench.run()
    assert [str(error).partition(":")[0] for error in bench.messages.told] == [
        "There is no room for more pages on this computer"
    ]
    assert bench.pages.downloads == []


def test_fetching_ahead_stops_when_the_network_does(bench):
    bench.server.add(pulled(2))
    bench.pages.reachable = False
    bench.run()
    assert bench.pages.asked == 1
    assert not bench.driver.pages.busy


def test_after_closing_nothing_new_begins(bench):
    bench.run()
    bench.driver.close()
    bench.driver.now()
    bench.driver.soon()
    bench.settled()
    assert bench.waits() == -1
    assert len(bench.runs) == 1


def test_a_run_that_ends_after_closing_begins_nothing_either(bench):
    bench.driver.now()
    bench.driver.close()
    bench.settled()
    assert bench.waits() == -1
    assert bench.pages.downloads == []


def test_a_full_disk_is_told_at_once_and_only_once(bench, monkeypatch):
    monkeypatch.setattr(sync_driver, "STATUS_SECONDS", 0.02)
    with bench.desk._vault.transaction() as db:
        mirror.add_message(db, NOTE, message.Telling(message.DISK_FULL), None, NOW)
    for _ in range(2):
        bench.driver.soon()
        bench.qtbot.waitUntil(lambda: not bench.tasks.busy and not bench.driver._status_timer.active)
    assert [str(error) for error in bench.messages.told] == [message.DISK_FULL]


def test_room_on_the_disk_is_looked_after(bench, monkeypatch):
    monkeypatch.setattr(ballast_watch, "BALLAST_SECONDS", 0.02)
    ballast = bench.desk._vault.ballast = Ballast(bench.desk._vault.home, 4096, 0)
    watch = ballast_watch.watch_ballast(bench.desk, bench.tasks, bench.driver)
    bench.qtbot.waitUntil(lambda: ballast.here)
    ballast.drop()
    bench.qtbot.waitUntil(lambda: ballast.here)
    watch.cancel()
