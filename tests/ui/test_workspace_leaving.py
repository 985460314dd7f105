"""Handing back and taking back as they pass between the places of a signed-in teacher."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.operation import HandBack
from mv_desktop.ui.widgets.toast import Toast
from tests.factories.local import pulled
from tests.fakes import hand
from tests.fakes.sync_server import FakeSyncServer
from tests.ui.test_workspace import ONE, THREE, TWO, School, school, short

__all__ = ["school", "short"]

BACK = HandBack("too_ill")


def hand_back(school: School) -> None:
    marking = school.work.marking
    marking._report._on_hand_back_requested(marking.session, BACK)


def state(school: School, script=ONE) -> WorkState:
    return next(row.state for row in school.work.queue.rows if row.evaluation_id == script)


def open_rows(school: School) -> list:
    return [row.evaluation_id for row in school.work.queue._model.rows]


def test_the_next_script_opens_and_the_queue_has_it_no_more(school):
    work = school.arrived()
    school.open(ONE)
    code = work.marking.session.view.script_code
    hand_back(school)
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert f"{code} is handed back in 10 seconds." in school.said()
    school.until(lambda: state(school) is WorkState.HANDED_BACK)
    hand.press("Escape", work.marking.view)
    school.until(lambda: open_rows(school) == [TWO, THREE])


def test_without_a_network_it_leaves_the_queue_just_so_and_is_sent_later(school, short):
    work = school.arrived()
    school.server.reachable = False
    school.open(ONE)
    hand.press("F", work.marking.view)
    hand_back(school)
    school.until(lambda: work.marking.evaluation_id == TWO)
    school.until(lambda: state(school) is WorkState.HANDED_BACK)
    school.settled()
    assert not school.server.scripts[ONE].held
    school.server.reachable = True
    work.driver.now()
    school.until(lambda: school.server.scripts[ONE].held)
    school.until(lambda: work.driver.state.pending == 0)
    assert school.server.scripts[ONE].script.given_mark(MarkKey(2)).marks == 2
    assert work.driver.state.notes == ()


def test_the_message_takes_it_back_and_opens_it(school):
    work = school.arrived()
    school.open(ONE)
    hand_back(school)
    school.until(lambda: work.marking.evaluation_id == TWO)
    (toast,) = [toast for toast in school.window.messages.toasts if "handed back in" in toast.text]
    next(button for button in toast.findChildren(type(work.marking._submit).__mro__[1]) if button.text()).click()
    school.until(lambda: work.marking.evaluation_id == ONE)
    assert not work.marking.session.read_only
    assert "The script is yours again." in school.said()
    school.until(lambda: state(school) is not WorkState.HANDED_BACK)
    assert school.desk.store.held_leavings() == ()


@pytest.mark.parametrize("leave", [hand_back, School.submit])
def test_undo_on_the_next_script_takes_it_back_while_nothing_was_done_there(school, leave):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    leave(school)
    school.until(lambda: work.marking.evaluation_id == TWO)
    hand.press("Ctrl+Z", work.marking.view)
    school.until(lambda: work.marking.evaluation_id == ONE)
    assert not work.marking.session.read_only


def test_undo_on_the_next_script_takes_it_back_also_where_something_was_done_some_time_before(school):
    work = school.arrived()
    school.open(TWO)
    hand.press("F", work.marking.view)
    given = work.marking.session.script.given
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert work.marking.session.can_undo
    hand.press("Ctrl+Z", work.marking.view)
    assert work.marking.session.script.given == given, "nobody thinks of that now"
    school.until(lambda: work.marking.evaluation_id == ONE)
    assert not work.marking.session.read_only


@pytest.mark.parametrize("leave", [hand_back, School.submit])
def test_what_was_taken_back_by_a_key_is_no_longer_said_to_be_on_its_way(school, leave):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    leave(school)
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert any("in 10 seconds" in said for said in school.said())
    hand.press("Ctrl+Z", work.marking.view)
    school.until(lambda: work.marking.evaluation_id == ONE)
    assert not any("in 10 seconds" in said for said in school.said())


def test_a_submission_that_could_not_be_held_is_not_said_to_be_on_its_way(school):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.marking.evaluation_id == TWO)
    hold = work.marking.hold
    hold._on_failed(ONE, OfflineError("The disk is full."))
    assert not any("in 10 seconds" in said for said in school.said())


def test_the_arrow_keys_choose_another_script_after_coming_back_to_the_queue(school):
    work = school.arrived()
    school.open(ONE)
    hand.press("Escape", work.marking.view)
    school.until(lambda: school.window.place == "queue")
    assert work.queue.selected.evaluation_id == ONE
    hand.press("Down", QApplication.focusWidget())
    assert work.queue.selected.evaluation_id == TWO
    school.window.show_place("sync")
    school.window.show_place("queue")
    hand.press("Down", QApplication.focusWidget())
    assert work.queue.selected.evaluation_id == THREE


def test_undo_on_the_next_script_undoes_what_was_done_there_first(school):
    work = school.arrived()
    school.open(ONE)
    school.mark_all()
    school.submit()
    school.until(lambda: work.marking.evaluation_id == TWO)
    hand.press("F", work.marking.view)
    hand.press("Ctrl+Z", work.marking.view)
    assert work.marking.evaluation_id == TWO
    assert work.marking.hold.latest == ONE


@pytest.mark.parametrize("leave", [hand_back, School.submit])
def test_undo_in_the_queue_takes_back_what_was_left_last(school, leave):
    work = school.arrived()
    for script in (ONE, TWO):
        school.open(script)
        school.mark_all()
        leave(school)
        school.until(lambda script=script: work.marking.evaluation_id not in {None, script})
    hand.press("Escape", work.marking.view)
    school.until(lambda: school.window.place == "queue")
    hand.press("Ctrl+Z", work.queue)
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert work.marking.hold.can_take_back(ONE)
    assert not work.marking.hold.holds(TWO)


def test_undo_in_the_queue_says_when_there_is_nothing(school):
    school.arrived()
    hand.press("Ctrl+Z", school.work.queue)
    assert "Nothing was submitted or handed back in the last ten seconds." in school.said()


def test_a_script_being_handed_back_is_opened_read_only_and_taken_back_by_undo(school):
    work = school.arrived()
    school.open(ONE)
    hand_back(school)
    school.until(lambda: work.marking.evaluation_id == TWO)
    school.open(ONE)
    assert work.marking.session.read_only_reason == "Handed back. For ten seconds it can be taken back."
    hand.press("Ctrl+Z", work.marking.view)
    school.until(lambda: not work.marking.session.read_only)


def test_the_last_script_leads_back_to_the_queue(school, short):
    school.server = FakeSyncServer(pulled(1))
    work = school.sign_in()
    school.until(lambda: len(work.queue.rows) == 1)
    school.open(ONE)
    hand_back(school)
    school.until(lambda: school.window.place == "queue")
    school.until(lambda: school.server.scripts[ONE].held)
    school.settled()
    assert school.window.place == "queue"
    assert open_rows(school) == []


def test_closing_hands_back_what_is_held(school):
    school.arrived()
    school.open(ONE)
    hand_back(school)
    school.until(lambda: school.work.marking.evaluation_id == TWO)
    school.close()
    assert school.server.scripts[ONE].held
    school.sign_in()


def test_what_was_held_when_the_program_died_is_handed_back_at_the_next_start(school):
    school.arrived()
    school.desk.store.hold_leaving(ONE, BACK, school.clock.now())
    school.close()
    school.sign_in()
    school.until(lambda: school.server.scripts[ONE].held)
    assert school.desk.store.held_leavings() == ()


def test_a_flag_reaches_the_server_and_is_withdrawn_from_the_message(school):
    work = school.arrived()
    school.open(ONE)
    work.marking._report._on_raise_requested(work.marking.session, _flag())
    school.settled()
    work.driver.now()
    school.until(lambda: len(school.server.scripts[ONE].flags) == 1)
    toast = next(toast for toast in school.window.messages.toasts if toast.text == "The coordinator is told.")
    assert isinstance(toast, Toast)
    next(button for button in toast.findChildren(type(work.marking._submit).__mro__[1]) if button.text()).click()
    school.settled()
    work.driver.now()
    school.until(lambda: school.server.scripts[ONE].flags == {})


def _flag():
    from mv_desktop.ui.marking.flow.flag_dialog import NewFlag

    return NewFlag("illegible", "", None, None)
