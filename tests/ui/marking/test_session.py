"""The session: what is done at once, what is recorded, what is taken back, and undo."""

from __future__ import annotations

from decimal import Decimal as D
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import STEP
from mv_desktop.domain.operation import OpenEvaluation, RaiseFlag, SeePage, SetMark, WithdrawFlag
from mv_desktop.domain.script import Seen
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.tasks import Tasks
from tests.factories.script import page_info, script_view
from tests.fakes.script_store import FakeScriptStore

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)
PAGE = PageRef(1)


@pytest.fixture
def session(tasks: Tasks, store: FakeScriptStore, ids: IdSource) -> MarkingSession:
    return MarkingSession(OpenedScript(script_view()), store, tasks, ids)


def saved(qtbot: QtBot, session: MarkingSession) -> None:
    qtbot.waitUntil(lambda: session.save_state is SaveState.SAVED)


def counts(session: MarkingSession, key: MarkKey) -> D | None:
    return session.script.mark(key.question_number).options[key.alternative].marks


def test_a_row_for_each_written_question_and_each_side_of_an_either_or(session):
    assert session.keys == (Q2, Q3A, Q3B, Q4)
    assert session.current == Q2


def test_a_mark_is_there_at_once_and_saved_a_moment_later(qtbot, session, store):
    session.give_text(Q2, "1½")
    assert counts(session, Q2) == D("1.5")
    assert session.save_state is SaveState.SAVING
    saved(qtbot, session)
    assert [type(op) for op in store.operations()] == [SetMark]


def test_saved_is_not_said_before_the_journal_has_it(qtbot, session, store):
    store.gate.clear()
    states = []
    session.save_state_changed.connect(states.append)
    session.full(Q2)
    qtbot.wait(30)
    assert states == [SaveState.SAVING]
    store.gate.set()
    saved(qtbot, session)
    assert states == [SaveState.SAVING, SaveState.SAVED]


@pytest.mark.parametrize(("typed", "reason"), [("7", "not between"), ("0.3", "multiple"), ("two", "not a mark")])
def test_a_mark_that_cannot_be_given_changes_nothing(session, typed, reason):
    with pytest.raises(InvalidError, match=reason):
        session.give_text(Q2, typed)
    assert counts(session, Q2) is None
    assert not session.can_undo


def test_rapid_keys_lose_no_step(qtbot, session, store):
    for _ in range(4):
        session.nudge(Q2, STEP)
    assert counts(session, Q2) == 2
    assert not session.nudge(Q2, STEP)
    saved(qtbot, session)
    assert [op.given.marks for op in store.operations()] == [D("0.5"), D(1), D("1.5"), D(2)]
    for expected in ("1.5", "1", "0.5"):
        session.undo()
        assert counts(session, Q2) == D(expected)
    session.undo()
    assert counts(session, Q2) is None
    assert not session.can_undo


def test_less_than_nothing_is_not_given(session):
    assert not session.nudge(Q2, -STEP)
    assert counts(session, Q2) is None


def test_not_attempted_is_said_and_taken_away_again(session):
    session.toggle_not_attempted(Q2)
    assert session.script.mark(2).mark.not_attempted
    session.toggle_not_attempted(Q2)
    assert session.script.mark(2).mark is None


def test_what_was_declared_unanswered_can_be_contradicted(tasks, store, ids):
    session = MarkingSession(OpenedScript(script_view(declared=[2])), store, tasks, ids)
    assert session.script.mark(2).mark.not_attempted
    session.toggle_not_attempted(Q2)
    assert session.script.mark(2).mark is None
    session.undo()
    assert session.script.mark(2).mark.not_attempted


def test_typing_wins_over_stamps_and_an_empty_field_goes_back_to_them(session):
    session.place_stamp("tick", PAGE, 0.5, 0.5)
    session.give_text(Q2, "2")
    assert session.script.mark(2).mark.disagrees
    session.give_text(Q2, " ")
    assert counts(session, Q2) == 1


def test_the_comment_outlives_a_change_of_the_mark(session):
    session.comment(Q2, "  अच्छा  ")
    session.full(Q2)
    session.follow_stamps(Q2)
    assert session.script.given_mark(Q2).comment == "अच्छा"


def test_saying_the_same_again_is_no_operation(qtbot, session, store):
    session.full(Q2)
    session.full(Q2)
    session.comment(Q2, "")
    saved(qtbot, session)
    assert len(store.journal) == 1


def test_the_higher_side_of_an_either_or_counts(session):
    session.give_text(Q3A, "1")
    session.give_text(Q3B, "2½")
    assert session.script.mark(3).kept == "b"
    assert session.script.total == D("2.5")


@pytest.mark.parametrize(
    ("stamp", "marks"), [("tick", "1.0"), ("half", "0.5"), ("cross", "0.0"), ("circle", None), ("star", None)]
)
def test_what_each_stamp_carries(session, stamp, marks):
    made = session.place_stamp(stamp, PAGE, 0.2, 0.3)
    assert (made.marks, made.question_number, made.alternative) == (marks, 2, None)


def test_a_tick_carries_the_chosen_value(session):
    session.set_current(Q3B)
    session.stamp_value = D("1.5")
    made = session.place_stamp("tick", PAGE, 0.2, 0.3)
    assert (made.marks, made.question_number, made.alternative) == ("1.5", 3, "b")
    assert session.script.total == D("1.5")


def test_a_stamp_belongs_to_a_question_of_its_page(tasks, store, ids):
    pages = (page_info(1, (1, 4)), page_info(2, (2, 3)), page_info(3), page_info(4, (1,)))
    session = MarkingSession(OpenedScript(script_view(pages=pages)), store, tasks, ids)
    assert session.stamp_key(PageRef(1)) == Q4  # question 2 is not on this page
    assert session.stamp_key(PageRef(2)) == Q2
    assert session.stamp_key(PageRef(3)) == Q2  # nothing is known of it
    assert session.stamp_key(PageRef(4)) == Q2  # only an MCQ is known there
    session.set_current(Q3B)
    assert session.stamp_key(PageRef(2)) == Q3B


def test_the_page_of_a_question_and_questions_without_one(tasks, store, ids):
    pages = (page_info(1, (2,)), page_info(2, (2, 3)))
    session = MarkingSession(OpenedScript(script_view(pages=pages)), store, tasks, ids)
    assert session.page_of(3) == PageRef(2)
    assert session.page_of(2) == PageRef(1)
    assert session.page_of(4) is None


def test_next_unmarked_goes_round(session):
    session.full(Q2)
    session.set_current(Q4)
    assert session.next_unmarked() == Q3A
    session.full(Q3A)
    assert session.next_unmarked() == Q4
    session.full(Q4)
    assert session.next_unmarked() is None


def test_steps_stop_at_both_ends(session):
    assert not session.step(-1)
    assert [session.step(1) for _ in range(4)] == [True, True, True, False]
    assert session.current == Q4


def test_moving_and_deleting_ink_is_one_step_each(session):
    made = session.place_stamp("tick", PAGE, 0.2, 0.3)
    other = session.place_stamp("circle", PAGE, 0.4, 0.3)
    moved = [Placed(PageRef(2), item.model_copy(update={"x": 0.9})) for item in (made, other)]
    session.put(moved)
    session.put(moved)  # nothing has changed: no step
    assert session.script.ink_on(PageRef(2)) == 2
    session.undo()
    assert (session.script.ink_on(PAGE), session.script.ink_on(PageRef(2))) == (2, 0)
    session.delete([made.annotation_id, other.annotation_id])
    assert session.script.mark(2).mark is None
    session.undo()
    assert session.script.ink_on(PAGE) == 2
    assert counts(session, Q2) == 1


def test_undo_and_redo_any_depth(session):
    session.give_text(Q2, "1")
    session.place_stamp("half", PAGE, 0.1, 0.1)
    session.toggle_not_attempted(Q4)
    for _ in range(3):
        assert session.undo()
    assert not session.undo()
    assert (session.script.total, session.script.ink) == (0, {})
    for _ in range(3):
        assert session.redo()
    assert not session.redo()
    assert counts(session, Q2) == 1
    assert session.script.mark(4).mark.not_attempted
    assert session.script.ink_on(PAGE) == 1


def test_something_new_ends_redo(session):
    session.full(Q2)
    session.undo()
    session.full(Q4)
    assert not session.can_redo


def test_undo_shows_where_it_was(session):
    session.full(Q4)
    session.set_current(Q2)
    session.undo()
    assert session.current == Q4


def test_the_journal_names_what_was_undone(qtbot, session, store):
    session.full(Q2)
    session.undo()
    session.redo()
    saved(qtbot, session)
    done, undone, redone = (entry for _, entry in store.journal)
    assert (done.undoes, undone.undoes, redone.undoes) == (None, done.op_id, undone.op_id)


def test_undo_goes_on_after_reopening(qtbot, tasks, ids, session, store):
    session.give_text(Q2, "1")
    session.give_text(Q2, "2")
    session.full(Q4)
    session.undo()
    session.undo()
    session.redo()
    saved(qtbot, session)
    view = session.view
    again = MarkingSession(OpenedScript(view, store.history(view.evaluation_id)), store, tasks, ids)
    assert again.redo()
    assert counts(again, Q4) == 5
    for _ in range(3):
        assert again.undo()
    assert not again.can_undo
    assert again.script.total == 0


def test_an_undo_of_something_older_than_the_history_is_no_step(tasks, ids, session, store, qtbot):
    session.full(Q2)
    session.undo()
    saved(qtbot, session)
    view = session.view
    again = MarkingSession(OpenedScript(view, store.history(view.evaluation_id)[1:]), store, tasks, ids)
    assert (again.can_undo, again.can_redo) == (False, False)


def test_what_cannot_be_saved_is_taken_back_with_all_that_followed(qtbot, session, store):
    session.give_text(Q2, "1")
    saved(qtbot, session)
    store.gate.clear()
    store.fail = 1
    messages = []
    session.taken_back.connect(messages.append)
    session.give_text(Q2, "2")
    made = session.place_stamp("tick", PAGE, 0.1, 0.1)
    session.put([Placed(PAGE, made.model_copy(update={"x": 0.7}))])
    session.full(Q4)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(messages))
    assert (counts(session, Q2), counts(session, Q4), session.script.ink) == (1, None, {})
    assert "The disk is full." in messages[0]
    qtbot.wait(30)
    assert len(messages) == 1
    assert len(store.journal) == 1
    session.give_text(Q2, "1.5")  # the next change is recorded again
    saved(qtbot, session)
    assert len(store.journal) == 2
    session.undo()
    assert counts(session, Q2) == 1


def test_an_undo_that_cannot_be_saved_can_be_tried_again(qtbot, session, store):
    session.full(Q2)
    saved(qtbot, session)
    store.fail = 1
    with qtbot.waitSignal(session.taken_back):
        session.undo()
    assert counts(session, Q2) == 2
    assert (session.can_undo, session.can_redo) == (True, False)
    session.undo()
    saved(qtbot, session)
    assert counts(session, Q2) is None


def test_a_bug_while_saving_is_reported_too(qtbot, tasks, session, store, monkeypatch):
    monkeypatch.setattr(store, "record_all", lambda *_: 1 / 0)
    with qtbot.waitSignals([session.taken_back, tasks.error]):
        session.full(Q2)
    assert counts(session, Q2) is None


def test_opening_a_new_script_is_recorded_once(qtbot, tasks, store, ids):
    session = MarkingSession(OpenedScript(script_view(state=WorkState.NEW)), store, tasks, ids)
    session.start()
    session.start()
    session.full(Q2)
    saved(qtbot, session)
    assert [type(op) for op in store.operations()] == [OpenEvaluation, SetMark]
    session.undo()
    assert not session.can_undo


def test_a_failed_opening_is_tried_again_with_the_next_change(qtbot, tasks, store, ids):
    session = MarkingSession(OpenedScript(script_view(state=WorkState.NEW)), store, tasks, ids)
    store.fail = 1
    with qtbot.waitSignal(session.taken_back):
        session.start()
    session.full(Q2)
    saved(qtbot, session)
    assert [type(op) for op in store.operations()] == [OpenEvaluation, SetMark]


def test_a_started_script_is_not_opened_again(qtbot, session, store):
    session.start()
    assert session.save_state is SaveState.SAVED
    assert store.journal == []


def test_a_rescan_is_asked_once_a_page(qtbot, session, store):
    session.ask_rescan(PAGE)
    session.ask_rescan(PAGE)
    saved(qtbot, session)
    (flag,) = store.operations()
    assert isinstance(flag, RaiseFlag)
    assert (flag.reason, flag.page) == ("rescan_requested", PAGE)
    assert session.rescan_asked(PAGE)
    assert session.undo()
    assert not session.rescan_asked(PAGE)
    saved(qtbot, session)
    assert store.operations()[-1] == WithdrawFlag(flag.flag_id)


def test_a_rescan_that_could_not_be_recorded_was_not_asked(qtbot, session, store):
    store.fail = 1
    with qtbot.waitSignal(session.taken_back):
        session.ask_rescan(PAGE)
    assert not session.rescan_asked(PAGE)


def test_a_rescan_asked_before_is_known(tasks, store, ids):
    view = script_view()
    view.script.apply(RaiseFlag(FlagId(UUID(int=1)), "rescan_requested", page=PAGE))
    session = MarkingSession(OpenedScript(view), store, tasks, ids)
    assert session.rescan_asked(PAGE)


def test_reading_is_recorded_and_no_undo_step(qtbot, session, store):
    session.see_page(PAGE, 12.34, 1.2)
    saved(qtbot, session)
    assert store.operations() == [SeePage(PAGE, 12.3, 1.0)]
    assert session.script.seen[PAGE] == Seen(12.3, 1.0)
    assert not session.can_undo


def test_a_read_only_script_refuses_with_its_reason(tasks, store, ids):
    view = script_view(read_only=True, read_only_reason="This script was submitted.", state=WorkState.SUBMITTED)
    session = MarkingSession(OpenedScript(view), store, tasks, ids)
    session.start()
    session.see_page(PAGE, 5, 1)
    with pytest.raises(NotAllowedError, match=r"This script was submitted\."):
        session.full(Q2)
    session.thaw()
    assert session.read_only_reason == "This script was submitted."
    assert store.journal == []


def test_a_frozen_script_can_be_marked_again_after_thawing(session):
    session.full(Q2)
    session.freeze("Submitted.")
    assert not session.can_undo
    with pytest.raises(NotAllowedError):
        session.undo()
    session.thaw()
    assert session.undo()


def test_nothing_is_done_after_what_could_not_be_saved(qtbot, session, store):
    store.fail = 1
    store.gate.clear()
    session.full(Q2)
    done, failures = [], []
    session.after_saving(lambda: "submitted", done.append, failures.append)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(failures))
    assert done == []
