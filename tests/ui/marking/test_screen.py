"""The marking screen: every key does what its command says, and nothing that a teacher did is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.evaluation import Place, WorkState
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import OpenEvaluation, PutAnnotations, RaiseFlag, SetMark
from mv_desktop.domain.submission import Finding, Sentence, Weight
from mv_desktop.ui.actions import COMMANDS, Scope
from mv_desktop.ui.marking import submission_hold
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import SaveState
from mv_desktop.ui.marking.sheet_list import SheetList
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.deadline_text import Urgency
from tests.factories.script import script_view
from tests.fakes import hand

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)


def stamped(name: str) -> Callable:
    def check(marker):
        hand.hover(marker.screen.view, marker.on(1))
        yield
        (placed,) = marker.session.script.ink.values()
        assert (placed.annotation.stamp, placed.page) == (name, PageRef(1))
        assert placed.annotation.question_number == 2

    return check


def gives(key: MarkKey, marks: str, before: str = "") -> Callable:
    def check(marker):
        if before:
            marker.session.give(key, D(before))
        yield
        assert marker.marks(key) == D(marks)

    return check


def goes(start: MarkKey, to: MarkKey, page: int | None = None) -> Callable:
    def check(marker):
        marker.session.set_current(start)
        yield
        assert marker.session.current == to
        if page:
            assert marker.screen.view.current_page == PageRef(page)

    return check


def turns(start: int, to: int) -> Callable:
    def check(marker):
        marker.screen.view.go_to_page(PageRef(start))
        yield
        assert marker.screen.view.current_page == PageRef(to)

    return check


def zooms(compare: Callable[[float, float], bool]) -> Callable:
    def check(marker):
        before = marker.screen.view.zoom
        yield
        assert compare(marker.screen.view.zoom, before)

    return check


def focuses(name: str) -> Callable:
    def check(marker):
        yield
        assert QApplication.focusWidget() is getattr(marker.screen._sheet, name)

    return check


def tick_carries(marks: str) -> Callable:
    def check(marker):
        yield
        assert marker.session.stamp_value == D(marks)
        assert marker.screen._strip._value.currentData() == marks
        assert marker.session.place_stamp("tick", PageRef(1), 0.5, 0.5).carried == D(marks)

    return check


def half_and_next(marker):
    yield
    assert marker.marks(Q2) == D("0.5")
    assert marker.session.current == Q3A
    assert marker.screen.view.current_page == PageRef(2)


def not_attempted(marker):
    yield
    assert marker.session.script.mark(2).mark.not_attempted


def follow_stamps(marker):
    marker.session.place_stamp("tick", PageRef(1), 0.5, 0.5)
    marker.session.give(Q2, D(2))
    yield
    assert marker.marks(Q2) == 1


def next_unmarked(marker):
    marker.session.give(Q2, D(1))
    marker.session.give(Q3A, D(1))
    marker.session.set_current(Q2)
    yield
    assert marker.session.current == Q4
    assert marker.screen.view.current_page == PageRef(3)


def go_to_question(marker):
    yield
    hand.type_text("4")
    hand.press("Return")
    assert marker.session.current == Q4
    assert marker.screen.view.current_page == PageRef(3)
    assert marker.screen.view.hasFocus()


def fit_width(marker):
    marker.screen.view.zoom_in()
    yield
    assert marker.screen.view.fit == "width"


def fit_page(marker):
    yield
    assert marker.screen.view.fit == "page"


def rotate(marker):
    yield
    assert marker.screen.view.sheet.page(PageRef(1)).quarter_turns == 1


def select(marker):
    marker.screen.view.set_stamp("tick")
    yield
    assert marker.screen.view.tool_name == "select"


def delete(marker):
    made = marker.session.place_stamp("tick", PageRef(1), 0.5, 0.5)
    marker.screen.view.select([made.annotation_id])
    yield
    assert not marker.session.script.ink


def undo(marker):
    marker.session.full(Q2)
    yield
    assert marker.marks(Q2) is None


def redo(marker):
    marker.session.full(Q2)
    marker.session.undo()
    yield
    assert marker.marks(Q2) == 2


def rescan(marker):
    marker.screen.view.go_to_page(PageRef(2))
    yield
    assert marker.session.rescan_asked(PageRef(2))
    assert marker.messages.said == ["The coordinator is asked for a rescan of page 2."]
    assert marker.screen.view.sheet.page(PageRef(2)).flagged


def submit(marker):
    yield
    assert marker.check is not None


def next_script(marker):
    yield
    assert marker.asked_next == [marker.session.view.evaluation_id]


def back(marker):
    yield
    assert marker.asked_back == [True]


EFFECTS: dict[str, Callable] = {
    **{f"stamp.{name}": stamped(name) for name in ("tick", "cross", "half", "circle", "star")},
    "tick_more": tick_carries("1.5"),
    "tick_less": tick_carries("0.5"),
    "mark_field": focuses("_field"),
    "comment": focuses("_comment"),
    "half_more": gives(Q2, "0.5"),
    "half_less": gives(Q2, "0.5", before="1"),
    "half_and_next": half_and_next,
    "full": gives(Q2, "2"),
    "zero": gives(Q2, "0"),
    "not_attempted": not_attempted,
    "follow_stamps": follow_stamps,
    "next_question": goes(Q2, Q3A, 2),
    "previous_question": goes(Q4, Q3B, 2),
    "next_unmarked": next_unmarked,
    "go_to_question": go_to_question,
    "next_page": turns(1, 2),
    "previous_page": turns(2, 1),
    "fit_width": fit_width,
    "fit_page": fit_page,
    "zoom_in": zooms(lambda now, before: now > before),
    "zoom_out": zooms(lambda now, before: now < before),
    "zoom_100": zooms(lambda now, before: now == pytest.approx(1.0) != before),
    "rotate": rotate,
    "select": select,
    "delete": delete,
    "undo": undo,
    "redo": redo,
    "rescan": rescan,
    "submit": submit,
    "next_script": next_script,
    "back": back,
}
"""What each command of the screen does: a generator that prepares, waits for the key, and looks."""

KEYS = [
    pytest.param(command.command_id.removeprefix("marking."), key, id=f"{command.command_id} {key}")
    for command in COMMANDS
    if command.scope is Scope.MARKING
    for key in command.keys
]


@pytest.mark.parametrize(("command", "key"), KEYS)
def test_every_key_does_what_its_command_says(marker, command, key):
    marker.open()
    if command == "zoom_100":
        marker.screen.view.zoom_in()
    effect = EFFECTS[command](marker)
    next(effect)
    hand.press(key, marker.screen.view)
    with pytest.raises(StopIteration):
        next(effect)


# -- the whole paper ----------------------------------------------------------------------------------------


def test_a_whole_paper_is_marked_and_submitted_by_keyboard(marker, store, qtbot, monkeypatch):
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.05)
    session = marker.open(state=WorkState.NEW)
    hand.press("M")
    for typed in ("1.5", "2", "½", "4"):
        hand.type_text(typed)
        hand.press("Return")
    hand.press("Shift+M")
    hand.type_text("Well argued")
    hand.press("Escape")
    assert marker.screen.view.hasFocus()
    hand.press("Ctrl+Return")
    check = marker.opened_check()
    assert check.may_submit
    hand.press("Ctrl+Return", check)
    qtbot.waitUntil(lambda: bool(store.submitted))
    (submission,) = store.submitted.values()
    assert submission.marks == {2: D("1.5"), 3: D(2), 4: D(4)}
    assert submission.total == D("7.5")
    assert session.script.given_mark(Q4).comment == "Well argued"
    assert isinstance(store.operations()[0], OpenEvaluation)


def test_a_whole_paper_is_marked_and_submitted_by_mouse(marker, store, qtbot, monkeypatch):
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.05)
    marker.open()
    screen, left = marker.screen, Qt.MouseButton.LeftButton
    qtbot.mouseClick(screen._strip._stamps["tick"], left)
    hand.click(screen.view, marker.on(1, 0.3, 0.3))
    qtbot.mouseClick(screen._strip._stamps["half"], left)
    hand.click(screen.view, marker.on(1, 0.5, 0.5))
    assert marker.marks(Q2) == D("1.5")
    screen._strip._value.setCurrentText("2½")
    qtbot.mouseClick(screen._strip._stamps["tick"], left)
    hand.click(screen.view, marker.on(2, 0.4, 0.4))
    rows = screen._sheet._list
    place = rows.visualRect(screen._sheet._model.index_of(Q4)).center()
    qtbot.mouseClick(rows.viewport(), left, Qt.KeyboardModifier.NoModifier, place)
    assert marker.session.current == Q4
    assert screen.view.current_page == PageRef(3)
    qtbot.mouseClick(screen._strip._stamps["cross"], left)
    hand.click(screen.view, marker.on(3, 0.4, 0.4))
    qtbot.mouseClick(screen._submit, left)
    check = marker.opened_check()
    qtbot.mouseClick(check._submit, left)
    qtbot.waitUntil(lambda: bool(store.submitted))
    assert next(iter(store.submitted.values())).marks == {2: D("1.5"), 3: D("2.5"), 4: D(0)}


def test_what_the_next_stamp_will_count_for_is_said_beside_it(marker):
    marker.open()
    strip = marker.screen._strip
    assert strip.target_text == "Stamps → Q2"
    strip._stamps["tick"].click()
    assert strip.target_text == "Tick: +1 → Q2"
    strip._stamps["cross"].click()
    assert strip.target_text == "Cross: 0 → Q2"
    strip._stamps["star"].click()
    assert strip.target_text == "Star → Q2"
    strip._stamps["tick"].click()
    marker.screen._strip._value.setCurrentText("½")
    marker.screen.view.go_to_page(PageRef(2))
    marker.session.set_current(Q3B)
    assert strip.target_text == "Tick: +½ → Q3 (b)"


# -- going to a question ------------------------------------------------------------------------------------


def test_what_a_tick_carries_goes_on_to_the_next_script_as_the_strip_says(marker):
    marker.open()
    marker.screen._strip._value.setCurrentText("2")
    session = marker.open(2)
    assert session.stamp_value == 2
    assert session.place_stamp("tick", PageRef(1), 0.5, 0.5).marks == "2.0"


def test_keys_are_the_pages_again_once_a_value_was_chosen(marker):
    marker.open()
    box = marker.screen._strip._value
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert marker.session.stamp_value == D("1.5")
    assert marker.screen.view.hasFocus()


def test_a_number_that_no_question_has_is_said_and_can_be_typed_again(marker):
    marker.open()
    hand.press("G")
    hand.type_text("1")  # question 1 is machine-marked
    hand.press("Return")
    top = marker.screen._top
    assert top._range.isVisible()
    assert top._range.text() == "Question 2 to 4"
    assert top._number.selectedText() == "1"
    hand.type_text("4")
    hand.press("Return")
    assert marker.session.current == Q4
    assert not top._number.isVisible()


def test_escape_leaves_the_number_and_not_the_script(marker):
    marker.open()
    hand.press("G")
    hand.type_text("4")
    hand.press("Escape")
    assert not marker.screen._top._number.isVisible()
    assert marker.screen.view.hasFocus()
    assert marker.session.current == Q2
    assert marker.asked_back == []


def test_digits_in_the_number_stamp_nothing_and_nothing_typed_goes_nowhere(marker):
    marker.open()
    hand.press("G")
    hand.press("Return")
    hand.type_text("23")
    assert marker.screen._top._number.text() == "23"
    assert not marker.session.script.ink
    marker.screen.view.setFocus()
    assert not marker.screen._top._number.isVisible()


# -- saving -------------------------------------------------------------------------------------------------


def test_saved_is_said_only_when_it_is(marker, store):
    marker.open()
    strip = marker.screen._strip
    assert strip.saved_text == "saved on this computer"
    store.gate.clear()
    hand.press("F")
    assert strip.saved_text == "saving …"
    store.gate.set()
    marker.saved()
    assert strip.saved_text == "saved on this computer"


def test_what_could_not_be_saved_is_taken_back_with_a_sentence(marker, store, qtbot):
    marker.open()
    store.gate.clear()
    store.fail = 1
    hand.press("F")
    hand.hover(marker.screen.view, marker.on(1))
    hand.press("1")
    assert marker.marks(Q2) == 2
    store.gate.set()
    qtbot.waitUntil(lambda: bool(marker.messages.told))
    (error,) = marker.messages.told
    assert str(error).startswith("Your last change was not saved and is taken back. The disk is full.")
    assert marker.marks(Q2) is None
    assert not marker.session.script.ink
    assert store.operations() == []
    hand.press("F")
    marker.saved()
    assert [type(operation) for operation in store.operations()] == [SetMark]


def test_leaving_with_unsaved_work_loses_nothing_and_has_it_sent(marker, store, qtbot):
    first = marker.open()
    recorded = []
    marker.screen.recorded.connect(lambda: recorded.append(len(store.journal)))
    store.gate.clear()
    hand.press("F")
    hand.press("M")
    marker.screen._sheet._field.clear()
    hand.type_text("1")  # not even taken from its field yet
    marker.open(2)
    assert marker.screen.evaluation_id != first.view.evaluation_id
    store.gate.set()
    qtbot.waitUntil(lambda: len(store.journal) == 2)
    qtbot.waitUntil(lambda: bool(recorded))
    given = [operation.given.marks for operation in store.operations(first.view.evaluation_id)]
    assert given == [D(2), D(1)]
    assert store.operations(marker.session.view.evaluation_id) == []


def test_a_save_that_fails_after_leaving_is_told(marker, store, qtbot):
    marker.open()
    store.gate.clear()
    store.fail = 1
    hand.press("F")
    marker.open(2)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(marker.messages.told))
    assert "not saved" in str(marker.messages.told[0])
    assert marker.marks(Q2) is None


def test_where_one_was_is_kept_on_leaving_and_shown_again(marker, store, qtbot):
    session = marker.open()
    marker.screen.view.zoom_in()
    marker.screen.view.go_to_page(PageRef(3))
    marker.screen.leave()
    qtbot.waitUntil(lambda: bool(store.places))
    kept = store.places[session.view.evaluation_id]
    assert kept.page == PageRef(3)
    marker.open(place=kept)
    assert marker.screen.view.current_page == PageRef(3)
    assert marker.screen.view.zoom == pytest.approx(kept.zoom)
    marker.open(place=Place(PageRef(9), 0.5))
    assert marker.screen.view.current_page == PageRef(1)


def test_undo_goes_on_after_reopening(marker, store, qtbot):
    session = marker.open()
    hand.press("F")
    marker.saved()
    marker.screen.leave()
    again = script_view(1, pages=marker.pages)
    again.script.apply(store.operations()[0])
    marker.screen.show_script(OpenedScript(again, store.history(session.view.evaluation_id)), marker.pictures)
    assert marker.marks(Q2) == 2
    hand.press("Ctrl+Z", marker.screen.view)
    assert marker.marks(Q2) is None


# -- typed rubbish ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["Ctrl+Return", "Ctrl+Right", "Ctrl+R"])
def test_from_a_mark_that_is_none_no_key_leads_away(marker, key):
    marker.open()
    hand.press("M")
    hand.type_text("9")
    hand.press(key)
    assert marker.check is None
    assert marker.asked_next == []
    assert marker.screen._sheet._bubble.isVisible()


# -- read-only ----------------------------------------------------------------------------------------------

CHANGING = ("1", "+", "H", "F", "0", "N", "Del", "Ctrl+Z", "Ctrl+R", "Ctrl+Return")


def test_a_read_only_script_is_looked_at_and_not_changed(marker, store):
    reason = "This script is completed; its marks are final."
    session = marker.open(state=WorkState.COMPLETED, read_only=True, read_only_reason=reason)
    hand.hover(marker.screen.view, marker.on(1))
    for key in CHANGING:
        hand.press(key, marker.screen.view)
    assert marker.check is None
    assert session.script.total == 0
    assert not session.script.ink
    assert not session.rescan_asked(PageRef(1))
    assert store.operations() == []
    assert not marker.screen._submit.isEnabled()
    assert not marker.screen._strip._stamps["tick"].isEnabled()
    assert marker.screen._top._frozen.text() == reason
    assert marker.screen._top._badge.told.urgency is Urgency.DONE
    assert marker.screen._strip.target_text == ""
    assert not marker.screen.actions_by_id["marking.undo"].isEnabled()
    assert {str(error) for error in marker.messages.told} <= {reason}
    assert "asked" not in " ".join(marker.messages.said)
    marker.screen.view.go_to_page(PageRef(1))
    hand.press("J", marker.screen.view)
    assert marker.screen.view.current_page == PageRef(2)


# -- the check and the hold ---------------------------------------------------------------------------------


def mark_all(marker) -> None:
    for key in (Q2, Q3A, Q4):
        marker.session.full(key)


def submit_now(marker) -> None:
    hand.press("Ctrl+Return", marker.screen.view)
    hand.press("Ctrl+Return", marker.opened_check())
    marker.screen.activateWindow()  # as a window manager does
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)


def test_a_finding_leads_to_its_question_or_its_page(marker):
    marker.open()
    marker.screen._on_check_jump_requested(Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "4"}, 4))
    assert marker.session.current == Q4
    assert marker.screen.view.current_page == PageRef(3)
    assert marker.screen._sheet._field.hasFocus()
    marker.screen._on_check_jump_requested(Finding(Weight.WARNS, Sentence.NOT_READ, {"page": "2"}, page=PageRef(2)))
    assert marker.screen.view.current_page == PageRef(2)
    assert marker.screen.view.hasFocus()


def test_enter_on_a_blocking_finding_goes_there(marker):
    marker.open()
    marker.session.full(Q2)
    hand.press("Ctrl+Return", marker.screen.view)
    hand.press("Return", marker.opened_check()._list)
    assert marker.check is None
    assert marker.session.current == Q3A


def test_a_submitted_script_is_frozen_and_undo_takes_the_submission_back(marker, store, qtbot):
    session = marker.open()
    mark_all(marker)
    submit_now(marker)
    qtbot.waitUntil(lambda: bool(marker.held))
    assert marker.held == [(session.view.evaluation_id, 10)]
    assert session.view.evaluation_id in store.held
    hand.press("0", marker.screen.view)
    assert "ten seconds" in str(marker.messages.told[-1])
    hand.press("Ctrl+Z", marker.screen.view)
    qtbot.waitUntil(lambda: not store.held)
    qtbot.waitUntil(lambda: not session.read_only)
    assert marker.screen._submit.isEnabled()
    assert store.submitted == {}
    hand.press("Ctrl+Z", marker.screen.view)
    assert marker.marks(Q4) is None


def test_a_script_opened_again_while_its_submission_is_held_cannot_be_changed(marker, store, qtbot):
    marker.open()
    mark_all(marker)
    submit_now(marker)
    qtbot.waitUntil(lambda: bool(marker.held))
    marker.open(2)
    assert not marker.session.read_only
    session = marker.open(1)
    assert "taken back" in session.read_only_reason
    hand.press("0", marker.screen.view)
    assert session.script.mark(2).mark is None  # as the factory made it
    hand.press("Ctrl+Z", marker.screen.view)
    qtbot.waitUntil(lambda: not session.read_only)
    assert (store.held, store.submitted) == ({}, {})
    hand.press("0", marker.screen.view)
    assert marker.marks(Q2) == 0


def test_a_submission_of_a_script_left_at_once_is_not_lost(marker, store, qtbot, monkeypatch):
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.05)
    session = marker.open()
    mark_all(marker)
    marker.saved()
    store.gate.clear()
    submit_now(marker)
    marker.open(2)
    qtbot.wait(20)  # the first script's session is gone by now
    store.gate.set()
    qtbot.waitUntil(lambda: session.view.evaluation_id in store.submitted)


def test_a_submission_that_cannot_be_held_opens_the_script_again(marker, store, qtbot):
    session = marker.open()
    mark_all(marker)
    marker.saved()
    store.fail = 1
    submit_now(marker)
    qtbot.waitUntil(lambda: bool(marker.messages.told))
    assert "The disk is full." in str(marker.messages.told[0])
    assert not session.read_only
    assert marker.held == []


def test_what_was_read_counts_before_the_check(marker):
    marker.open()
    mark_all(marker)
    for _ in range(2):
        marker.screen.view._sample()
    hand.press("Ctrl+Return", marker.screen.view)
    assert marker.check is not None
    texts = [finding.text for finding in marker.check._findings]
    assert "Page 1 was never shown at a readable size." not in texts
    assert "Page 3 was never shown at a readable size." in texts


# -- pages --------------------------------------------------------------------------------------------------


def test_pages_that_arrive_while_the_script_is_open_are_shown_where_one_is(marker, qtbot):
    session = marker.open()
    missing = [replace(page, here=False) for page in marker.pages]
    session = marker.open(pages=missing)
    marker.screen.view.go_to_page(PageRef(2))
    session.ask_rescan(PageRef(3))
    marker.screen.pages_changed(marker.pages, marker.pictures)
    assert session.view.pages == tuple(marker.pages)
    assert marker.screen.view.current_page == PageRef(2)
    rows = marker.screen._pages
    assert rows.currentIndex().row() == 1
    assert marker.screen.view.sheet.page(PageRef(3)).flagged
    qtbot.waitUntil(lambda: marker.images.idle)
    assert marker.screen.view.sheet.page(PageRef(2)).here


def test_a_file_that_turns_out_to_hold_more_pages_shows_them_all(marker):
    session = marker.open(pages=[])
    assert marker.screen.view.current_page is None
    session.ask_rescan(PageRef(3))
    marker.screen.pages_changed(marker.pages, marker.pictures)
    assert len(marker.screen.view.sheet.pages) == 3
    assert marker.screen.view.sheet.page(PageRef(3)).flagged
    assert marker.screen._pages.model().rowCount() == 3
    assert marker.screen._pages.currentIndex().row() == 0


def test_a_page_chosen_in_the_list_is_shown(marker):
    marker.open()
    marker.screen._pages.setFocus()
    hand.press("Down", marker.screen._pages)
    assert marker.screen.view.current_page == PageRef(2)


def test_a_rescan_is_asked_for_once_and_not_said_when_it_failed(marker, store, qtbot):
    marker.open()
    hand.press("Ctrl+R")
    hand.press("Ctrl+R")
    assert marker.messages.said[1] == "A rescan of page 1 was already asked for."
    marker.saved()
    assert [type(operation) for operation in store.operations()] == [RaiseFlag]


# -- all the same -------------------------------------------------------------------------------------------


def test_a_screen_without_a_script_takes_every_key_calmly(marker):
    for name in marker.screen.actions_by_id:
        if name != "marking.back":
            marker.screen.actions_by_id[name].trigger()
    assert marker.check is None
    assert marker.messages.told == []


def test_the_screen_follows_the_theme_and_is_divided_as_it_was(marker, qapp):
    marker.open()
    apply_theme(qapp, "dark")
    apply_theme(qapp, "light")
    marker.screen._splitter.setSizes([150, 700, 400])
    state = marker.screen.save_state()
    sizes = marker.screen._splitter.sizes()
    marker.screen._splitter.setSizes([120, 600, 500])
    marker.screen.restore_state(state)
    assert marker.screen._splitter.sizes() == sizes


def test_no_timer_or_thread_of_a_closed_screen_goes_on(marker, qtbot):
    session = marker.open()
    hand.press("F")
    marker.saved()
    assert session.save_state is SaveState.SAVED
    marker.close()
    assert not marker.screen.view._sampling.active
    assert marker.images._pool.activeThreadCount() == 0
    marker.tasks.shutdown()
    assert not any(periodic.active for periodic in marker.tasks._periodic)


def test_a_stamp_by_mouse_is_one_put_operation(marker, store):
    marker.open()
    marker.screen.view.set_stamp("tick")
    hand.click(marker.screen.view, marker.on(1))
    marker.saved()
    assert [type(operation) for operation in store.operations()] == [PutAnnotations]


def test_a_right_click_on_a_question_offers_what_needs_no_page(marker):
    session = marker.open()
    rows = marker.screen.findChild(SheetList)
    place = rows.visualRect(rows.model().index(rows.model().rowCount() - 1, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.RightButton, pos=place)
    assert session.current == session.keys[-1]
    offered = {action.objectName(): action for action in rows.actions()}
    assert rows.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    offered["marking.not_attempted"].trigger()
    assert session.script.mark(session.keys[-1].question_number).mark.not_attempted


def test_what_stands_beside_the_pages_is_painted_a_moment_after_them(marker):
    marker.open(1)
    marker.open(2)
    assert not marker.screen._sheet.updatesEnabled()
    marker.qtbot.waitUntil(lambda: marker.screen._sheet.updatesEnabled() and marker.screen._pages.updatesEnabled())


def test_a_frozen_script_takes_nothing_at_once_and_shows_it_a_moment_later(marker):
    session = marker.open()
    session.freeze("Submitted.")
    assert marker.screen.view.read_only
    marker.qtbot.waitUntil(lambda: not marker.screen._submit.isEnabled())
    session.thaw()
    assert not marker.screen.view.read_only
    marker.qtbot.waitUntil(marker.screen._submit.isEnabled)
