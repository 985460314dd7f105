"""The comment bank over the marking screen, with real keys and a real mouse: its list, its keys, and bad days."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from mv_desktop.domain.annotation.shape import EXAMINER_RED, TextNote
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.actions import KeyMap, set_keys
from tests.factories.comment import RAVI, comment
from tests.fakes import hand
from tests.ui.marking.bank_hand import FOUR, FOURTH, TWO, Desk, desk

__all__ = ["desk"]

# -- finding and placing ------------------------------------------------------------------------------------


def test_c_shows_the_questions_own_first_then_the_general_ones_most_used_first(desk):
    desk.open(page=1)
    assert desk.texts() == [
        "Order of the matrix is missing",
        r"Put $x = \frac{1}{2}$ into the first equation",
        "Ravi's own words",
        "Well done",
        "Sign error",
    ]
    assert desk.panel._field.hasFocus()


def test_the_page_under_the_pointer_says_which_question_it_is(desk):
    desk.open(page=3)
    assert desk.texts()[0] == "Draw the tangent"
    assert "4" in desk.panel._field.placeholderText()


def test_typing_filters_and_enter_places_it_at_the_pointer_with_its_marks_and_its_question(desk, marker):
    desk.open(page=1, x=0.3, y=0.4)
    hand.type_text("ERR sig")
    assert desk.texts() == ["Sign error"]
    hand.press("Return")
    (note,) = desk.ink()
    assert isinstance(note, TextNote)
    assert (note.text, note.marks, note.question_number) == ("Sign error", "0.5", 2)
    assert (round(note.x, 2), round(note.y, 2)) == (0.30, 0.40)
    assert note.comment_id == UUID(int=1)
    assert marker.marks(TWO) == Decimal("0.5")
    assert not desk.panel.isVisible()
    assert marker.screen.view.hasFocus()
    hand.press("Ctrl+Z", marker.screen.view)
    assert desk.ink() == []
    assert marker.marks(TWO) is None


def test_it_is_placed_in_the_ink_in_hand_as_all_writing_is(desk, marker):
    hand.press("I", marker.screen.view)
    desk.open(page=1)
    hand.press("Return")
    (note,) = desk.ink()
    assert note.color == marker.screen.view.ink.color != EXAMINER_RED


def test_the_first_ten_have_keys_while_digits_are_typed(desk):
    desk.open()
    hand.type_text("1")
    assert desk.panel._field.text() == "1"
    assert desk.ink() == []
    desk.panel._field.clear()
    hand.press("Alt+2")
    (note,) = desk.ink()
    assert note.marks == "1.5"


def test_alt_0_is_the_tenth(marker, tasks, ids, clock):
    marker.open()
    desk = Desk(marker, tasks, ids, clock, *(comment(n, f"Comment {n}") for n in range(1, 13)))
    desk.open()
    tenth = desk.texts()[9]
    hand.press("Alt+0")
    assert desk.ink()[0].text == tenth
    desk.open()
    hand.type_text("no such words")
    hand.press("Alt+1")
    hand.press("Return")
    assert len(desk.ink()) == 1


def test_arrows_choose_and_a_click_places(desk, marker):
    desk.open()
    hand.press("Down")
    hand.press("Down")
    hand.press("Up")
    hand.press("PgDown")
    assert desk.panel.current.text == desk.texts()[-1]
    hand.press("PgUp")
    assert desk.panel.current.text == desk.texts()[0]
    listed = desk.panel._list
    place = listed.visualRect(listed.model().index(1)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert desk.ink()[0].marks == "1.5"


def test_shift_enter_puts_the_words_into_the_questions_comment_after_what_stands_there(desk, marker):
    marker.session.comment(FOUR, "Good start.")
    desk.open(page=3)
    hand.type_text("tangent")
    hand.press("Shift+Return")
    assert desk.ink() == []
    assert marker.session.script.given_mark(FOUR).comment == "Good start.\nDraw the tangent"
    assert marker.session.current == FOUR
    desk.open(page=3)
    hand.type_text("well")
    hand.press("Shift+Return")
    assert marker.session.script.given_mark(FOUR).comment.endswith("tangent\nWell done")


def test_the_pen_point_is_where_a_comment_goes_without_a_mouse(desk, marker):
    view = marker.screen.view
    hand.press("Right", view)
    hand.press("Down", view)
    spot = view.sheet.spot_at(view.pointed_at())
    hand.press("C", view)
    hand.press("Return")
    (note,) = desk.ink()
    assert (note.x, note.y) == (pytest.approx(spot.x, abs=1e-4), pytest.approx(spot.y, abs=1e-4))


def test_a_comment_at_the_edge_stays_on_the_page(desk):
    desk.open(page=2, x=0.99, y=0.99)
    hand.press("Alt+1")
    (note,) = desk.ink()
    assert note.x + note.width <= 1
    assert note.y < 0.99


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_comment_at_the_edge_stays_on_a_page_that_is_turned(desk, turns):
    view = desk.marker.screen.view
    view.go_to_page(PageRef(2))
    view.rotate_page(PageRef(2), turns)
    desk.open(page=2, x=0.99, y=0.6)
    hand.press("Alt+1")
    (note,) = desk.ink()
    shown = view.sheet.page_rect(view.sheet.page(PageRef(2)))
    assert shown.contains(view.sheet.mark(note.annotation_id).frame())


def test_uses_are_counted_and_change_the_order(desk):
    for _ in range(4):
        desk.open(page=2)
        hand.type_text("well")
        hand.press("Return")
    desk.settled()
    assert desk.store.bank[UUID(int=3)].uses == 4
    desk.open(page=2)
    assert desk.texts()[0] == "Well done"


# -- keys ---------------------------------------------------------------------------------------------------


def test_escape_gives_the_keys_back_and_no_key_marks_behind_the_panel(desk, marker):
    desk.open()
    for key in ("F", "0", "Tab", "1", "Ctrl+Return", "U"):
        hand.press(key)
    for button in desk.panel.findChildren(QToolButton):
        button.setFocus()
        for key in ("1", "F", "Ctrl+Return"):
            hand.press(key, button)
    assert desk.ink() == []
    assert marker.marks(TWO) is None
    assert marker.check is None
    desk.panel._field.setFocus()
    hand.press("Escape")
    assert not desk.panel.isVisible()
    assert marker.screen.view.hasFocus()
    assert marker.asked_back == []
    hand.press("F", marker.screen.view)
    assert marker.marks(TWO) == 2


def test_a_click_on_the_page_closes_the_list_and_another_script_closes_all(desk, marker):
    desk.open()
    marker.screen.view.setFocus()
    marker.qtbot.waitUntil(lambda: not desk.panel.isVisible())
    desk.open()
    marker.open(2)
    desk.desk.close()
    assert not desk.panel.isVisible()


def test_a_comment_is_never_placed_on_another_script_than_it_was_chosen_for(desk, marker):
    desk.open()
    session = marker.session
    marker.open(2)
    desk.panel.placed.emit(desk.panel.current)
    assert (len(session.script.ink), desk.ink()) == (0, [])


def test_on_a_read_only_script_it_says_why_not(desk, marker):
    marker.open(state=WorkState.COMPLETED, read_only=True, read_only_reason="It is completed.")
    hand.press("C", marker.screen.view)
    assert not desk.panel.isVisible()
    assert desk.said() == ["It is completed."]


@pytest.mark.parametrize(("x", "y"), [(5, 5), (1270, 5), (5, 750), (1270, 750), (640, 380)])
def test_the_panel_is_near_the_point_beside_it_and_inside_the_screen(desk, marker, x, y):
    desk.panel.open_at(QPoint(x, y), None)
    place = desk.panel.geometry()
    assert marker.screen.rect().contains(place)
    assert not place.contains(QPoint(x, y))
    assert abs(place.center().x() - x) < place.width()


def test_it_fits_into_a_small_window(desk, marker):
    marker.screen.resize(marker.screen.minimumSizeHint())
    desk.panel.open_at(QPoint(100, 100), None)
    assert marker.screen.rect().contains(desk.panel.geometry())


def test_the_buttons_do_what_their_keys_do_and_name_them(desk, marker):
    desk.open()
    buttons = {button.objectName(): button for button in desk.panel.findChildren(QToolButton) if button.objectName()}
    tips = {name: button.toolTip() for name, button in buttons.items() if name in ("plus", "pen", "person", "delete")}
    assert [key in tips[name] for name, key in zip(tips, ("Ctrl+N", "F2", "Ctrl+S", "Del"), strict=True)] == [True] * 4
    buttons["plus"].click()
    assert desk.panel.writing
    desk.panel.form._cancel.click()
    buttons["pen"].click()
    assert desk.panel.form._text.toPlainText() == desk.panel.current.text
    desk.panel.form._cancel.click()
    buttons["person"].click()
    buttons["delete"].click()
    buttons["close"].click()
    assert not desk.panel.isVisible()


def test_its_keys_can_be_changed_and_are_said_as_they_are_now(desk):
    desk.open()
    keys = KeyMap({"bank.new": ["F8"], "bank.take.2": ["Ctrl+2"], "bank.place": ["F9"], "bank.close": []})
    set_keys(desk.panel.actions_by_id, keys)
    new = desk.panel.findChild(QToolButton, "plus")
    assert new.toolTip() == "New comment  (F8)"
    rows = desk.panel._list.model()
    assert [rows.index(row, 0).data().rpartition(", ")[2] for row in (0, 1)] == ["Alt+1", "Ctrl+2"]
    for gone in ("Ctrl+N", "Alt+2", "Return", "Escape"):
        hand.press(gone)
    assert (desk.panel.isVisible(), desk.panel.writing, desk.ink()) == (True, False, [])
    hand.type_text("no such words")
    assert "F8 makes one" in desk.panel._empty.text()
    assert desk.panel._hint.text().startswith("F9 places it")
    desk.panel._field.clear()
    hand.press("F8")
    assert desk.panel.writing
    hand.press("Escape")
    hand.press("Ctrl+2")
    assert len(desk.ink()) == 1


def offered(desk):
    return {name for name, action in desk.panel.actions_by_id.items() if action.isVisible()}


def test_the_commands_of_the_list_and_of_the_form_are_offered_while_it_is_shown(desk):
    of_form = {"bank.save", "bank.save_and_update", "bank.begin_anew"}
    assert offered(desk) == set()
    desk.open()
    assert offered(desk) == set(desk.panel.actions_by_id) - of_form
    desk.panel.actions_by_id["bank.new"].trigger()
    assert desk.panel.writing
    assert offered(desk) == of_form
    can = {name for name in of_form if desk.panel.actions_by_id[name].isEnabled()}
    assert can == {"bank.save"}
    hand.press("Escape")
    hand.press("Escape")
    assert offered(desk) == set()


def test_an_empty_bank_says_how_to_make_a_comment(marker, tasks, ids, clock):
    marker.open()
    desk = Desk(marker, tasks, ids, clock, comment(1, "Of another", question_id=FOURTH))
    desk.open(page=1)
    assert "Ctrl+N" in desk.panel._empty.text()
    assert desk.panel._empty.isVisible()
    hand.press("F2")
    hand.press("Ctrl+S")
    hand.type_text("nothing")
    assert "all these words" in desk.panel._empty.text()


# -- when something goes wrong -------------------------------------------------------------------------------


def test_what_could_not_be_written_is_told_and_not_shown_as_if_it_were(desk, marker):
    desk.store.fail = 1
    desk.open()
    hand.type_text("sign")
    hand.press("Del")
    desk.settled()
    assert [str(error) for error in marker.messages.told] == ["The disk is full."]
    desk.panel._field.clear()
    assert "Sign error" in desk.texts()


def test_news_that_was_read_before_a_change_does_not_undo_it(desk):
    desk.store.gate.clear()
    desk.desk.reload()
    desk.open()
    hand.type_text("sign")
    hand.press("Del")
    desk.store.gate.set()
    desk.settled()
    desk.panel._field.clear()
    assert "Sign error" not in desk.texts()


def test_news_while_the_panel_is_open_keeps_what_is_chosen(desk):
    desk.open()
    hand.press("Down")
    chosen = desk.panel.current.comment_id
    desk.store.bank[UUID(int=20)] = comment(20, "New from Ravi", owner=RAVI, shared=True, uses=99)
    desk.desk.reload()
    desk.settled()
    assert "New from Ravi" in desk.texts()
    assert desk.panel.current.comment_id == chosen


def test_of_very_many_the_first_are_listed_and_all_are_found(marker, tasks, ids, clock):
    marker.open()
    desk = Desk(marker, tasks, ids, clock, *(comment(n, f"Comment {n}") for n in range(1, 301)))
    desk.open()
    assert len(desk.texts()) == 200
    assert "100 more" in desk.panel._hint.text()
    hand.type_text("comment 1")
    assert "more" not in desk.panel._hint.text()
    assert len(desk.texts()) == 138  # every number with a 1 in it
    desk.panel._field.setText("ment 7 ")
    assert "Comment 7" in desk.texts()


def test_it_looks_the_same_in_every_palette_and_its_formulas_are_typeset(desk, marker):
    desk.open()
    desk.settled()
    marker.qtbot.waitUntil(lambda: not desk.panel._list._cell.wanted and not desk.tasks.busy)
    picture = desk.panel.grab().toImage()
    assert picture.width() == desk.panel.width() * picture.devicePixelRatio()


# -- who marks by keys ---------------------------------------------------------------------------------------


def in_own_window(marker):
    """The mark sheet is in a window of its own, and the keyboard in its mark."""
    hand.press("Ctrl+Shift+M", marker.screen.view)
    window = marker.screen._sheet_window
    marker.screen._sheet.focus_mark()
    marker.qtbot.waitUntil(marker.screen._sheet._field.hasFocus)
    assert window.isActiveWindow()


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("ends", ["Enter", "Escape"])
def test_who_opens_it_from_the_mark_types_into_it_and_goes_on_in_the_mark(desk, marker, apart, ends):
    if apart:
        in_own_window(marker)
    else:
        hand.press("M", marker.screen.view)
    field = marker.screen._sheet._field
    hand.type_text("1")
    hand.press("C")
    marker.qtbot.waitUntil(desk.panel._field.hasFocus)
    hand.type_text("sign")
    assert desk.panel._field.text() == "sign"
    hand.press(ends)
    marker.qtbot.waitUntil(field.hasFocus)
    assert len(desk.ink()) == (ends == "Enter")
    hand.type_text("2")
    hand.press("Enter")
    assert marker.session.script.given_mark(TWO).marks == 2
    assert len(desk.ink()) == (ends == "Enter"), "no digit stamps"


def test_the_next_script_has_the_keys_on_its_pages(desk, marker):
    hand.press("M", marker.screen.view)
    hand.press("C")
    marker.open(2)
    desk.desk.close()
    assert marker.screen.view.hasFocus()


def test_a_comment_in_the_sheets_own_window_is_kept_as_it_stands_there(desk, marker):
    in_own_window(marker)
    hand.press("Shift+M")
    hand.type_text("Too short")
    hand.press("Ctrl+Shift+C")
    assert desk.panel.form._text.toPlainText() == "Too short"
    assert marker.session.script.given_mark(TWO).comment == "Too short"
