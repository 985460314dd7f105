"""The marking screen: every key does what its command says, and a whole paper by keyboard and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.ui.actions import COMMANDS, Scope
from mv_desktop.ui.marking.flow import submission_hold
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from tests.fakes import hand
from tests.ui.marking.drawing_effects import DRAWING
from tests.ui.marking.editing_effects import EDITING
from tests.ui.marking.reading_effects import READING

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


def awards_step(number: int) -> Callable:
    def check(marker):
        yield
        if number == 1:  # the only step of question 2
            assert marker.session.script.steps_given(Q2) == {1: 2}
        else:
            assert marker.messages.said == ["The scheme of question 2 has one step."]

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


def tag_page(marker):
    marker.screen.view.go_to_page(PageRef(2))
    yield
    hand.type_text("3, 4")
    hand.press("Return")
    assert marker.session.script.tags == {PageRef(2): (3, 4)}
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


def asks(dialog):
    def effect(marker):
        yield
        assert any(found.isVisible() for found in marker.screen.findChildren(dialog))

    return effect


def submit(marker):
    yield
    assert marker.check is not None


def next_script(marker):
    yield
    assert marker.asked_next == [marker.session.view.evaluation_id]


def propose_change(marker):
    wanted = []
    marker.screen.change_wanted.connect(wanted.append)
    question = marker.session.bank_id(marker.session.current)
    assert question is not None
    yield
    assert wanted == [question]


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
    **{f"step.{number}": awards_step(number) for number in range(1, 10)},
    "full": gives(Q2, "2"),
    "zero": gives(Q2, "0"),
    "not_attempted": not_attempted,
    "follow_stamps": follow_stamps,
    "next_question": goes(Q2, Q3A, 2),
    "previous_question": goes(Q4, Q3B, 2),
    "next_unmarked": next_unmarked,
    "go_to_question": go_to_question,
    "tag_page": tag_page,
    "next_page": turns(1, 2),
    "previous_page": turns(2, 1),
    "fit_width": fit_width,
    "fit_page": fit_page,
    "zoom_in": zooms(lambda now, before: now > before),
    "zoom_out": zooms(lambda now, before: now < before),
    "zoom_100": zooms(lambda now, before: now == pytest.approx(1.0) != before),
    "rotate": rotate,
    **READING,
    **DRAWING,
    **EDITING,
    "select": select,
    "delete": delete,
    "undo": undo,
    "redo": redo,
    "rescan": rescan,
    "flag": asks(FlagDialog),
    "propose_change": propose_change,
    "hand_back": asks(HandBackDialog),
    "submit": submit,
    "next_script": next_script,
    "back": back,
}
"""What each command of the screen does: a generator that prepares, waits for the key, and looks."""

BANK = ("marking.comment_bank", "marking.keep_comment")
"""What the comment bank's own desk does, not the screen: see `test_bank_desk`."""

KEYS = [
    pytest.param(command.command_id.removeprefix("marking."), key, id=f"{command.command_id} {key}")
    for command in COMMANDS
    if command.scope is Scope.MARKING and command.command_id not in BANK
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
    assert top._asking.isVisible()
    assert top._asking.prompt.text() == "This paper has no written question 1. Its questions are 2 to 4."
    assert top._asking.field.selectedText() == "1"
    hand.type_text("4")
    hand.press("Return")
    assert marker.session.current == Q4
    assert not top._asking.field.isVisible()


def type_on_a_hindi_keyboard(text):
    """Where the keyboard is, by keys that a Latin keyboard has not."""
    for sign in text:
        QTest.simulateEvent(
            QApplication.focusWidget(), True, Qt.Key(ord(sign)), Qt.KeyboardModifier.NoModifier, sign, False
        )


def test_numbers_are_typed_in_the_digits_of_a_hindi_keyboard_too(marker):
    marker.open()
    hand.press("G")
    type_on_a_hindi_keyboard("४")
    hand.press("Return")
    assert marker.session.current == Q4
    hand.press("Q")
    type_on_a_hindi_keyboard("२-४")
    hand.press("Return")
    assert list(marker.session.script.tags.values()) == [(2, 3, 4)]
    hand.press("M")
    type_on_a_hindi_keyboard("१.५")
    hand.press("Return")
    assert marker.session.script.given_mark(Q4).marks == D("1.5")


def test_escape_leaves_the_number_and_not_the_script(marker):
    marker.open()
    hand.press("G")
    hand.type_text("4")
    hand.press("Escape")
    assert not marker.screen._top._asking.field.isVisible()
    assert marker.screen.view.hasFocus()
    assert marker.session.current == Q2
    assert marker.asked_back == []


def test_digits_in_the_number_stamp_nothing_and_nothing_typed_goes_nowhere(marker):
    marker.open()
    hand.press("G")
    hand.press("Return")
    hand.type_text("23")
    assert marker.screen._top._asking.field.text() == "23"
    assert not marker.session.script.ink
    marker.screen.view.setFocus()
    assert not marker.screen._top._asking.field.isVisible()
