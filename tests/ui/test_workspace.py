"""The places of a signed-in teacher, on her real file and a school in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import id_source
from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import EvaluationId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark, SubmitEvaluation
from mv_desktop.domain.sla import Holiday
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.marking.flow import submission_hold
from mv_desktop.ui.marking.port import STORE_LANE
from mv_desktop.ui.marking.session import SaveState
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.workspace import Workspace
from mv_desktop.ui.tasks import Tasks
from tests.factories.local import NOW, evaluation_id, pulled
from tests.factories.queue_row import CALENDAR
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.desk import MemoryPages, fake_desk
from tests.fakes.sync_server import FakeSyncServer

ONE, TWO, THREE = (evaluation_id(number) for number in (1, 2, 3))
KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(4))


class School:
    """A teacher at work: three scripts on the server, her desk, her window.

    Attributes:
        errors: what nobody expected.
    """

    def __init__(self, qtbot: QtBot, folder: Path, clock: FakeClock) -> None:
        self.qtbot, self.folder, self.clock = qtbot, folder, clock
        self.server = FakeSyncServer(pulled(1), pulled(2), pulled(3))
        self.pages = MemoryPages()
        self.errors: list[Exception] = []
        self.tasks = Tasks()
        self.tasks.error.connect(self.errors.append)
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.tasks, settings)
        self.window.resize(1300, 760)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.desk: Desk
        self.work: Workspace

    def sign_in(self, **how) -> Workspace:
        self.desk = fake_desk(self.folder, self.server, self.clock, self.pages, **how)
        self.work = Workspace(self.desk, self.window, self.tasks, self.clock, id_source(self.clock))
        self.window.open_workspace("Asha Rao", "Teacher")
        self.work.start()
        return self.work

    def settled(self) -> None:
        """Everything that was begun is done."""
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def arrived(self) -> Workspace:
        """Signed in, with all scripts and their pages here."""
        self.sign_in()
        self.until(lambda: len(self.work.queue.rows) == 3 and all(row.pages_here for row in self.work.queue.rows))
        self.settled()
        return self.work

    def until(self, reached: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(reached)

    def open(self, script: EvaluationId) -> None:
        self.work.open_script(script)
        self.until(lambda: self.work.marking.evaluation_id == script)

    def mark_all(self) -> None:
        session = self.work.marking.session
        assert session is not None
        for key in KEYS:
            session.full(key)

    def submit(self) -> None:
        self.work.marking.submission.submit()

    def said(self) -> list[str]:
        return [toast.text for toast in self.window.messages.toasts]

    def close(self) -> None:
        closed: list[bool] = []
        self.work.close(lambda: closed.append(True))
        self.until(lambda: bool(closed))

    def end(self) -> None:
        """The test is over, and nothing unexpected happened."""
        self.pages.gate.set()
        if hasattr(self, "work"):
            self.close()
        self.tasks.shutdown()
        self.window.allow_close()
        self.window.deleteLater()
        assert self.errors == []


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path) -> Iterator[School]:
    made = School(qtbot, tmp_path, FakeClock(NOW))
    yield made
    made.end()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.05)


# -- queue and scripts --------------------------------------------------------------------------------------


def test_the_queue_shows_what_the_server_has_and_its_pages_come_by_themselves(school):
    work = school.arrived()
    assert [row.evaluation_id for row in work.queue.rows] == [ONE, TWO, THREE]
    assert len(school.pages.downloads) == 6
    assert school.window.place == "queue"
    assert work.driver.state.online


def test_who_goes_to_the_queue_a_moment_before_the_next_script_opens_stays_there(school):
    work = school.arrived()
    school.open(ONE)
    school.settled()
    for key in ("Escape", "Alt+1"):
        hand.press("Ctrl+Right", work.marking.view)
        hand.press(key, work.marking.view)
        school.settled()
        assert school.window.place == "queue"
        assert work.marking.session is None
        school.open(ONE)
    work.open_script(TWO)
    work.open_script(THREE)
    school.settled()
    assert work.marking.evaluation_id == THREE, "the one that was asked for last"


def test_a_script_is_opened_and_escape_leads_back_to_it_in_the_queue(school):
    work = school.arrived()
    school.open(TWO)
    assert school.window.place == "marking"
    assert work.marking.view.hasFocus()
    hand.press("Escape", work.marking.view)
    assert school.window.place == "queue"
    assert work.marking.session is None
    school.settled()
    assert work.queue.selected.evaluation_id == TWO


def test_what_is_marked_is_sent_and_stands_on_the_server(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("F", work.marking.view)
    school.until(lambda: school.server.scripts[ONE].script.given_mark(MarkKey(2)).marks == 2)
    school.until(lambda: work.driver.state.pending == 0)
    assert work.driver.state.last_sent_at is not None


def test_a_script_that_is_not_here_is_told_and_the_queue_stays(school):
    school.arrived()
    school.work.open_script(evaluation_id(9))
    school.until(lambda: bool(school.errors))
    assert "not on this computer" in str(school.errors.pop())
    assert school.window.place == "queue"


def test_pages_that_come_while_the_script_is_open_are_shown(school):
    school.pages.gate.clear()
    work = school.sign_in()
    school.until(lambda: len(work.queue.rows) == 3)
    school.open(ONE)
    session = work.marking.session
    assert not any(page.here for page in session.view.pages)
    school.pages.gate.set()
    school.until(lambda: all(page.here for page in session.view.pages))
    assert work.marking.session is session
    school.until(lambda: work.marking.view.sheet is not None and work.images.bytes > 0)
    school.settled()
    assert not work._pages.under_way


def test_the_next_script_was_decoded_while_this_one_was_marked(school):
    work = school.arrived()
    school.open(ONE)
    school.until(lambda: work.marking.view._next is not None and work.images.idle)
    source = work.marking.view._next[0]
    album = work.marking.view._next[1]
    hand.press("Ctrl+Right", work.marking.view)
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert work.marking.view.sheet.album == album
    assert work.images._sources[album] is source


def test_the_next_script_after_the_last_is_the_first_and_never_one_that_is_held(school):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.marking.evaluation_id == TWO)
    for expected in (THREE, TWO):
        hand.press("Ctrl+Right", work.marking.view)
        school.until(lambda expected=expected: work.marking.evaluation_id == expected)


def test_without_another_script_one_is_back_in_the_queue(school):
    school.server = FakeSyncServer(pulled(1))
    work = school.sign_in()
    school.until(lambda: len(work.queue.rows) == 1)
    school.open(ONE)
    hand.press("Ctrl+Right", work.marking.view)
    school.until(lambda: school.window.place == "queue")
    assert "No other script is waiting." in school.said()


def test_a_script_that_changed_on_the_server_is_shown_anew(school):
    work = school.arrived()
    school.open(ONE)
    school.settled()
    before = work.marking.session
    school.server.move(ONE)
    work.driver.now()
    school.until(lambda: work.marking.session is not before)
    assert work.marking.session.read_only
    assert "no longer yours" in work.marking.session.read_only_reason


def test_a_script_whose_work_was_only_taken_is_left_as_it_is(school):
    work = school.arrived()
    school.open(ONE)
    before = work.marking.session
    hand.press("F", work.marking.view)
    school.until(lambda: work.driver.state.pending == 0 and work.driver.state.last_sent_at is not None)
    school.settled()
    assert work.marking.session is before
    assert before.can_undo


# -- submitting ---------------------------------------------------------------------------------------------


def test_submitting_leads_to_the_next_script_and_reaches_the_server(school, short):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.marking.evaluation_id == TWO)
    school.until(lambda: school.server.scripts[ONE].pulled.status == "completed")
    school.until(lambda: next(row for row in work.queue.rows if row.evaluation_id == ONE).state is WorkState.COMPLETED)


def test_a_submission_is_taken_back_from_the_message(school):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.marking.evaluation_id == TWO)
    (toast,) = [toast for toast in school.window.messages.toasts if "submitted in 10 seconds" in toast.text]
    take_back = next(button for button in toast.findChildren(type(work.marking._submit).__mro__[1]) if button.text())
    assert take_back.text() == "Take back"
    take_back.click()
    school.until(lambda: work.marking.evaluation_id == ONE)
    assert not work.marking.session.read_only
    assert "The submission was taken back." in school.said()
    assert school.desk.store.held_leavings() == ()


def test_the_last_script_is_opened_again_when_its_submission_is_taken_back(school):
    school.server = FakeSyncServer(pulled(1))
    work = school.sign_in()
    school.until(lambda: len(work.queue.rows) == 1)
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: school.window.place == "queue")
    assert work.marking.hold.take_back(ONE)
    school.until(lambda: school.window.place == "marking" and work.marking.evaluation_id == ONE)
    assert not work.marking.session.read_only


def test_nobody_is_taken_from_the_queue_when_the_last_submission_is_through(school, short):
    school.server = FakeSyncServer(pulled(1))
    work = school.sign_in()
    school.until(lambda: len(work.queue.rows) == 1)
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.queue.rows[0].state is WorkState.COMPLETED)
    school.settled()
    assert school.window.place == "queue"


def test_a_message_names_the_script_even_when_it_was_left_at_once(school):
    work = school.arrived()
    school.open(ONE)
    code = work.marking.session.view.script_code
    school.mark_all()
    school.submit()
    hand.press("Escape", work.marking.view)
    school.until(lambda: any("submitted in 10 seconds" in text for text in school.said()))
    assert f"{code} is submitted in 10 seconds." in school.said()
    assert school.window.place == "queue"


def test_close_to_the_deadline_it_goes_at_once(school):
    school.clock.advance(3600 - 60)
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: school.server.scripts[ONE].pulled.status == "completed")
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert any(text.endswith("is submitted.") for text in school.said())


def test_what_was_held_when_the_program_died_is_submitted_at_the_next_start(school):
    school.arrived()
    school.open(ONE)
    school.mark_all()
    school.settled()
    session = school.work.marking.session
    school.desk.store.hold_leaving(ONE, session.submission(), NOW)
    school.close()
    school.sign_in()
    school.until(lambda: school.server.scripts[ONE].pulled.status == "completed")
    assert school.desk.store.held_leavings() == ()


def test_a_held_submission_that_has_lapsed_does_not_hold_up_the_others(school):
    school.arrived()
    for script in (ONE, TWO):
        school.open(script)
        school.mark_all()
        school.settled()
        school.desk.store.hold_leaving(script, school.work.marking.session.submission(), NOW)
    school.server.move(ONE)
    school.work.driver.now()
    school.until(lambda: school.desk.store.open_script(ONE).state is WorkState.MOVED)
    school.close()
    school.sign_in()
    school.until(lambda: school.server.scripts[TWO].pulled.status == "completed")
    school.until(lambda: school.desk.store.held_leavings() == ())


# -- sync page and status -----------------------------------------------------------------------------------


def test_without_a_server_everything_is_said_and_nothing_is_lost(school):
    work = school.arrived()
    school.server.reachable = False
    school.open(ONE)
    hand.press("F", work.marking.view)
    work.driver.now()
    school.until(lambda: not work.driver.state.online and work.driver.state.pending > 0)
    school.window.place_requested.emit("sync")
    assert school.window.place == "sync"
    assert "offline" in work.sync.text
    school.server.reachable = True
    school.settled()
    work.sync.send_requested.emit()
    school.until(lambda: work.driver.state.pending == 0)


def test_going_to_another_place_leaves_the_script_with_its_work_saved(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("F", work.marking.view)
    hand.press("Alt+1", work.marking.view)
    assert school.window.place == "queue"
    assert work.marking.session is None
    school.settled()
    assert school.desk.store.open_script(ONE).script.given_mark(MarkKey(2)).marks == 2


def test_what_the_person_should_know_of_her_file_is_said(school):
    school.sign_in(notice="Your file could not be opened and was moved aside.")
    assert "Your file could not be opened and was moved aside." in school.said()
    (told,) = [toast for toast in school.window.messages.toasts if toast.text.startswith("Your file")]
    assert told.error is not None, "it stands until it is closed"


def test_stamps_are_those_of_the_setting_and_unknown_ones_are_left_out(school):
    work = school.sign_in(settings={"evaluation_ui_stamps": ["star", "smile", "tick"]})
    assert list(work.marking._strip._stamps) == ["star", "tick"]
    assert [key.toString() for key in work.marking.actions_by_id["marking.stamp.tick"].shortcuts()] == ["2"]


# -- closing ------------------------------------------------------------------------------------------------


def test_a_person_draws_with_what_she_drew_with_last(school):
    ink = Ink("green", "lime", "thick")
    marking = school.sign_in().marking
    marking.views.split()
    marking.views.shown[1].set_ink(ink)
    school.close()
    assert school.sign_in().marking.view.ink == ink


def test_a_tick_carries_what_was_chosen_last(school):
    school.sign_in()
    assert school.work.marking.strip.value is None, "by the scheme, until something is chosen"
    for step, value in ((3, "1.5"), (-99, None)):
        school.work.marking.strip.change_value(step)
        school.close()
        school.sign_in()
        chosen = school.work.marking.strip.value
        assert (None if chosen is None else str(chosen)) == value


def test_closing_saves_submits_what_is_held_and_sends_all(school):
    school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: school.work.marking.evaluation_id == TWO)
    hand.press("F", school.work.marking.view)
    school.close()
    assert school.server.scripts[ONE].pulled.status == "completed"
    assert school.server.scripts[TWO].script.given_mark(MarkKey(2)).marks == 2
    assert school.window.place == ""
    school.sign_in()
    assert school.window.place == "queue"


def test_a_script_that_was_asked_for_just_before_closing_is_opened_no_more(school):
    work = school.arrived()
    shown: list[EvaluationId] = []
    work.script_shown.connect(shown.append)
    work.open_script(ONE)
    school.close()
    del school.work
    assert shown == []


def test_closing_ends_a_download_within_its_file(school):
    school.pages.gate.clear()
    work = school.sign_in()
    school.until(lambda: len(work.queue.rows) == 3)
    school.open(ONE)
    closed: list[bool] = []
    work.close(lambda: closed.append(True))
    school.until(lambda: bool(closed))
    assert school.pages.downloads == []
    del school.work
    assert school.errors == []


def test_closing_without_a_server_keeps_everything_here(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("F", work.marking.view)
    school.server.reachable = False
    school.close()
    school.server.reachable = True
    school.sign_in()
    school.until(lambda: school.server.scripts[ONE].script.given_mark(MarkKey(2)).marks == 2)


def test_no_timer_goes_on_after_closing(school):
    work = school.arrived()
    school.open(ONE)
    school.until(lambda: work.marking.session.save_state is SaveState.SAVED)
    school.close()
    del school.work
    school.tasks.shutdown()
    assert not any(periodic.active for periodic in school.tasks._periodic)
    with pytest.raises(RuntimeError):
        school.tasks.run(STORE_LANE, list, print)


# -- what the server says anew ------------------------------------------------------------------------------


def test_a_holiday_that_the_server_tells_moves_what_is_said_of_deadlines(school):
    work = school.arrived()
    school.open(ONE)
    before = work.queue._model.told(0)
    badge = work.marking._top._badge.told
    assert before.left == badge.left
    school.server.person = {"holidays": (Holiday(NOW.astimezone(CALENDAR.hours.zone).date(), "Flood"),)}
    work.driver.now()
    school.until(lambda: work.queue._model.told(0) != before)
    assert work.marking._top._badge.told != badge
    school.settled()


def test_the_memory_for_pages_is_a_preference_that_holds_at_once_and_at_the_next_start(school):
    work = school.arrived()
    assert work.images.budget == 256 << 20
    school.window.preferences.choose("page_memory", "512")
    school.window._on_preference_chosen("page_memory", "512")
    assert work.images.budget == 512 << 20
    school.close()
    assert school.sign_in().images.budget == 512 << 20


def test_the_space_for_pages_is_a_preference_that_holds_at_once_and_at_the_next_start(school):
    school.arrived()
    assert school.desk.fetcher.cache.quota == 4 << 30
    school.window.preferences.choose("page_space", "8")
    school.window._on_preference_chosen("page_space", "8")
    assert school.desk.fetcher.cache.quota == 8 << 30
    school.close()
    school.sign_in()
    assert school.desk.fetcher.cache.quota == 8 << 30


def test_scripts_are_taken_along_by_key_size_first_and_said_to_be_all_here(school):
    work = school.arrived()
    school.desk.fetcher.cache.drop(*(page.upload_id for page in school.desk.store.pages.files(TWO)))
    table = work.queue._table
    table.setFocus()
    school.qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    work.queue.actions_by_id["queue.take_along"].trigger()
    school.until(lambda: work.queue._question.asking)
    assert work.queue._question.text.startswith("Take 3 scripts, 6 pages, ")
    assert work.queue._question._words._sign == "take", "nothing is at stake: it is no warning"
    assert not any(row.taken for row in work.queue.rows)
    work.queue._question._yes.click()
    school.until(lambda: any("3 scripts, 6 pages" in text for text in school.said()))
    school.until(lambda: all(row.taken and row.pages_here == 2 for row in work.queue.rows))
    school.close()
    work = school.arrived()  # it holds at the next start
    assert all(row.taken for row in work.queue.rows)
    work.queue.select(work.queue.rows[0].evaluation_id)
    work.queue.actions_by_id["queue.take_along"].trigger()
    school.settled()
    assert [row.taken for row in work.queue.rows] == [False, True, True]


def test_more_than_there_is_room_for_is_not_taken_along(school):
    work = school.arrived()
    school.desk.fetcher.cache.set_quota(1)
    work.queue.actions_by_id["queue.take_along"].trigger()
    school.until(lambda: any("there is room for" in text for text in school.said()))
    assert not work.queue._question.asking


# -- the Sync page -------------------------------------------------------------------------------------------


def sync_badge(school: School) -> str:
    return str(school.window._rail._buttons["sync"].accessibleName())


def submit_what_is_incomplete(school: School) -> None:
    """As an older program may: the server holds it and says what is missing."""
    school.desk.store.record(TWO, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))
    school.desk.store.record(TWO, SubmitEvaluation({2: Decimal(1)}, Decimal(1)))
    school.work.driver.now()
    school.until(lambda: bool(school.work.driver.state.notes))
    school.settled()


def test_a_submission_that_was_not_taken_is_told_at_once_and_stands_until_it_is_closed(school):
    work = school.arrived()
    assert sync_badge(school) == "Sync"
    submit_what_is_incomplete(school)
    (toast,) = [toast for toast in school.window.messages.toasts if "not submitted and is open again" in toast.text]
    assert toast.error is not None
    assert "questions 3 and 4 have no mark" in toast.text
    assert sync_badge(school) == "Sync, 1 message from the server"
    (note,) = work.driver.state.notes
    work.driver.dismiss(note.note_id)
    school.until(lambda: sync_badge(school) == "Sync")


def test_what_was_said_before_she_signed_in_is_counted_and_not_told_again(school):
    school.arrived()
    submit_what_is_incomplete(school)
    school.close()
    school.window.messages.clear()
    school.clock.advance(60)
    school.sign_in()
    school.until(lambda: sync_badge(school) == "Sync, 1 message from the server")
    school.settled()
    assert not any("not submitted" in text for text in school.said())


def test_a_script_that_went_to_somebody_else_is_told_with_a_way_to_the_whole_message(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("F", work.marking.view)
    school.until(lambda: work.driver.state.pending == 0 and work.driver.state.last_sent_at is not None)
    hand.press("Escape", work.marking.view)
    school.server.scripts[ONE].mine = False
    work.driver.now()
    school.until(lambda: bool(work.driver.state.notes))
    (told,) = [toast for toast in school.window.messages.toasts if "is no longer yours" in toast.text]
    (show,) = [button for button in told.findChildren(QPushButton) if button.text() == "Show"]
    show.click()
    assert school.window.place == "sync"


def test_a_message_of_the_sync_page_leads_to_the_first_question_that_it_names(school):
    work = school.arrived()
    school.desk.store.record(TWO, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))
    school.desk.store.record(TWO, SubmitEvaluation({2: Decimal(1)}, Decimal(1)))
    work.driver.now()
    school.until(lambda: bool(work.driver.state.notes))
    school.window.place_requested.emit("sync")
    school.until(lambda: bool(work.sync._scripts.rows))
    (button,) = [one for one in work.sync.findChildren(QPushButton) if one.text() == "Open question 3"]
    button.click()
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert work.marking.session.current == MarkKey(3, "a")
    assert school.window.place == "marking"
