"""The comment bank over the marking screen, with real keys and a real mouse."""

from __future__ import annotations

from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from mv_desktop.domain.annotation.comment_note import note_of
from mv_desktop.domain.annotation.shape import TextNote
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, set_keys
from mv_desktop.ui.marking.bank.bank_desk import BankDesk
from mv_desktop.ui.widgets.math_label import MathLabel
from tests.factories.comment import ASHA, MEENAKSHI, RAVI, body, comment
from tests.fakes import hand
from tests.fakes.bank_store import FakeBankStore

SECOND, FOURTH = (uuid5(NAMESPACE_URL, name) for name in "vl")
"""The bank's ids of the paper's questions 2 and 4."""
TWO, FOUR = MarkKey(2), MarkKey(4)


def standard():
    return [
        comment(1, "Sign error", "0.5"),
        comment(2, r"Put $x = \frac{1}{2}$ into the first equation", "1.5", uses=3, all_uses=7, shared=True),
        comment(3, "Well done"),
        comment(4, "Order of the matrix is missing", "1", question_id=SECOND),
        comment(5, "Draw the tangent", question_id=FOURTH),
        comment(6, "Ravi's own words", owner=RAVI, shared=True),
    ]


class Desk:
    """A marker with a comment bank."""

    def __init__(self, marker, tasks, ids, clock, *comments):
        self.marker, self.tasks = marker, tasks
        self.store = FakeBankStore(*(comments or standard()))
        screen = marker.screen
        self.desk = BankDesk(
            *(screen, screen.views, lambda: screen.session, self.store, tasks, ids, clock, marker.messages)
        )
        screen.actions_by_id.update(build_actions(screen, Scope.MARKING, self.desk.handlers()))
        self.panel = self.desk.panel
        self.settled()

    def settled(self):
        self.marker.qtbot.waitUntil(lambda: not self.tasks.busy)

    def open(self, page=1, x=0.3, y=0.4):
        """The pointer on a page, and the key C."""
        hand.hover(self.marker.screen.view, self.marker.on(page, x, y))
        hand.press("C", self.marker.screen.view)
        assert self.panel.isVisible()

    def texts(self):
        return [item.text for item in self.panel.listed]

    def ink(self):
        return [placed.annotation for placed in self.marker.session.script.ink.values()]

    def said(self):
        return self.marker.messages.said


@pytest.fixture
def desk(marker, tasks, ids, clock):
    marker.open()
    marker.screen.view.setFocus()
    return Desk(marker, tasks, ids, clock)


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


# -- writing comments ---------------------------------------------------------------------------------------


def test_ctrl_n_writes_a_new_one_with_what_was_typed_as_its_beginning(desk, marker):
    desk.open(page=1)
    hand.type_text("Units are missing")
    hand.press("Ctrl+N")
    form = desk.panel.form
    assert desk.panel.writing
    assert form._text.toPlainText() == "Units are missing"
    form._text.moveCursor(form._text.textCursor().MoveOperation.End)
    hand.type_text(" in $x$")
    form._marks.setText("½")
    hand.press("Ctrl+Return")
    desk.settled()
    made = next(item for item in desk.store.bank.values() if item.text == "Units are missing in $x$")
    assert made.body == body("Units are missing in $x$", "0.5", question_id=SECOND)
    assert not desk.panel.writing
    desk.panel._field.clear()
    assert "Units are missing in $x$" in desk.texts()


def test_the_form_shows_its_maths_and_says_what_is_wrong(desk, marker):
    desk.open()
    hand.press("Ctrl+N")
    form = desk.panel.form
    hand.type_text("$x^2$")
    preview = form.findChild(MathLabel)
    marker.qtbot.waitUntil(lambda: preview.isVisible() and preview.text == "$x^2$" and preview.complete)
    form._marks.setText("0.3")
    form._save.click()
    assert desk.panel.writing
    assert "½" in form._error.text()
    form._marks.clear()
    form._text.clear()
    form._save.click()
    assert "words" in form._error.text()
    hand.press("Escape", form._text)
    assert not desk.panel.writing
    assert desk.panel.isVisible()


def test_what_was_just_written_is_what_enter_takes(desk):
    desk.open()
    hand.press("Ctrl+N")
    hand.type_text("Read the norm again")
    hand.press("Ctrl+Return")
    assert desk.panel.current.text == "Read the norm again"
    hand.press("Return")
    assert [note.text for note in desk.ink()] == ["Read the norm again"]


def test_what_was_written_otherwise_than_typed_is_found_all_the_same(desk):
    desk.open()
    hand.type_text("well")
    hand.press("F2")
    hand.type_text("Nicely put")
    hand.press("Ctrl+Return")
    assert desk.panel._field.text() == ""
    assert desk.panel.current.text == "Nicely put"


def test_a_long_comment_with_maths_leaves_the_fields_their_room_and_is_refused_in_words(desk, marker):
    desk.open()
    hand.press("Ctrl+N")
    form = desk.panel.form
    form._text.setPlainText(r"Broken $\frac{1}{2 \foo x$ " + "and much more of it " * 250)
    desk.settled()
    marker.qtbot.waitUntil(form._preview_area.isVisible)
    hand.press("Ctrl+Return")
    assert form._error.text().startswith("A comment may have 2000 characters; this one has 5")
    marker.qtbot.waitUntil(lambda: form._error.y() > form._marks.geometry().bottom())
    assert form._preview_area.geometry().bottom() < form._question.y()
    assert form._preview.height() > form._preview_area.height(), "the rest is scrolled to"
    assert form._text.height() >= 3 * form._text.fontMetrics().height()
    assert desk.panel.writing
    form._text.setPlainText("Short $x$")
    marker.qtbot.waitUntil(lambda: form._preview_area.height() == form._preview.height())


def test_an_edit_shows_at_once_and_is_written_down(desk):
    desk.open()
    hand.type_text("sign")
    hand.press("F2")
    form = desk.panel.form
    form._text.setPlainText("Sign error in step 2")
    form._shared.setCurrentIndex(1)
    form._question.setCurrentIndex(1)
    hand.press("Ctrl+Return", form._text)
    assert "Sign error in step 2" in desk.texts()
    desk.settled()
    kept = desk.store.bank[UUID(int=1)]
    assert kept.body == body("Sign error in step 2", "0.5", shared=True, question_id=SECOND)
    assert kept.version == 2


def test_a_shared_comment_of_somebody_else_is_edited_into_ones_own(desk):
    desk.open()
    hand.type_text("ravi")
    hand.press("F2")
    form = desk.panel.form
    assert "Ravi Iyer" in form._note.text()
    form._text.setPlainText("My words")
    hand.press("Ctrl+Return", form._text)
    desk.settled()
    assert desk.store.bank[UUID(int=6)].text == "Ravi's own words"
    (mine,) = [item for item in desk.store.bank.values() if item.text == "My words"]
    assert (mine.owner_id, mine.body.shared) == (ASHA.user_id, False)


def test_del_archives_and_can_be_undone_and_where_the_cursor_can_delete_it_deletes(desk):
    desk.open()
    hand.type_text("sign")
    hand.press("Home")
    hand.press("Del")
    assert desk.panel._field.text() == "ign"
    hand.press("End")
    hand.press("Del")
    assert "Sign error" not in desk.texts()
    desk.settled()
    assert desk.store.bank[UUID(int=1)].body.archived
    desk.marker.messages.undos[-1]()
    desk.settled()
    assert not desk.store.bank[UUID(int=1)].body.archived
    assert desk.texts() == ["Sign error"]


def test_ctrl_s_shares_and_takes_back_and_what_is_anothers_stays(desk):
    desk.open()
    hand.type_text("sign")
    for shared in (True, False):
        hand.press("Ctrl+S")
        desk.settled()
        assert desk.store.bank[UUID(int=1)].body.shared is shared
    desk.panel._field.setText("ravi")
    for key in ("Ctrl+S", "Del"):
        hand.press(key, desk.panel._field)
    desk.settled()
    assert desk.store.bank[UUID(int=6)].body == body("Ravi's own words", shared=True)
    assert "Ravi Iyer" in desk.said()[-1]


def test_who_directs_changes_what_is_shared(desk):
    desk.store.me = MEENAKSHI
    desk.desk.reload()
    desk.settled()
    desk.open()
    hand.type_text("ravi")
    hand.press("Del")
    desk.settled()
    assert desk.store.bank[UUID(int=6)].body.archived


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


def test_its_commands_are_offered_while_its_list_is_shown(desk):
    offered = [action.isVisible() for action in desk.panel.actions_by_id.values()]
    assert not any(offered)
    desk.open()
    assert all(action.isVisible() for action in desk.panel.actions_by_id.values())
    desk.panel.actions_by_id["bank.new"].trigger()
    assert desk.panel.writing
    assert not any(action.isVisible() for action in desk.panel.actions_by_id.values())
    hand.press("Escape")
    hand.press("Escape")
    assert not any(action.isVisible() for action in desk.panel.actions_by_id.values())


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


@pytest.mark.parametrize("key", ["C", "Ctrl+Shift+C"])
def test_a_comment_that_is_being_written_is_gone_on_with_and_not_lost(desk, marker, key):
    desk.open()
    hand.press("Ctrl+N")
    hand.type_text("The limits of the integral")
    marker.session.comment(TWO, "Something else to keep")
    marker.screen.view.setFocus()  # she looks something up on the page
    desk.settled()
    assert desk.panel.writing
    hand.press(key, marker.screen.view)
    form = desk.panel.form
    assert (desk.panel.isVisible(), desk.panel.writing) == (True, True)
    assert form._text.toPlainText() == "The limits of the integral"
    assert form._text.hasFocus()
    hand.type_text(" are missing")
    assert form._text.toPlainText() == "The limits of the integral are missing"


# -- keeping what was written --------------------------------------------------------------------------------


def test_ctrl_shift_c_keeps_the_comment_that_is_being_written(desk, marker):
    marker.screen._sheet.focus_comment()
    hand.type_text("Mind the sign of $b$")
    hand.press("Ctrl+Shift+C")
    assert desk.panel.writing
    assert desk.panel.form._text.toPlainText() == "Mind the sign of $b$"
    hand.press("Ctrl+Return", desk.panel.form._text)
    desk.settled()
    assert [item.body for item in desk.store.bank.values()][-1] == body("Mind the sign of $b$", question_id=SECOND)


def test_ctrl_shift_c_keeps_the_selected_text_with_its_marks(desk, marker):
    note = note_of(comment(9, "Half the way", "1"), UUID(int=50), (PageRef(3), 0.2, 0.2), FOUR, ratio=1.4)
    marker.session.put([note])
    marker.screen.view.select([note.annotation.annotation_id])
    hand.press("Ctrl+Shift+C", marker.screen.view)
    hand.press("Ctrl+Return", desk.panel.form._text)
    desk.settled()
    assert [item.body for item in desk.store.bank.values()][-1] == body("Half the way", "1", question_id=FOURTH)


def test_with_nothing_to_keep_it_says_what_to_do(desk, marker):
    hand.press("Ctrl+Shift+C", marker.screen.view)
    assert not desk.panel.isVisible()
    assert desk.said() == ["Write a comment on the question first, or select a text on the page."]


# -- scripts on which it stands ------------------------------------------------------------------------------


def edit_standing(desk, update):
    desk.open()
    hand.type_text("sign")
    hand.press("Return")
    desk.store.scripts, desk.store.others = 3, frozenset({UUID(int=8), UUID(int=9)})
    desk.open()
    hand.type_text("sign")
    hand.press("F2")
    form = desk.panel.form
    desk.settled()
    assert form._update.isVisible()
    assert form._update.text() == "Save and update 3 scripts"
    form._text.setPlainText("Sign error in step 2")
    form._marks.setText("1")
    (form._update if update else form._save).click()
    desk.settled()


def test_a_change_of_a_comment_that_stands_on_scripts_offers_to_update_them(desk, marker):
    moved = []
    desk.desk.scripts_changed.connect(moved.append)
    edit_standing(desk, update=True)
    (note,) = desk.ink()
    assert (note.text, note.marks, note.comment_version) == ("Sign error in step 2", "1.0", 2)
    assert marker.marks(TWO) == 1
    ((before, after, but),) = desk.store.updated
    assert (before.text, after.text, but) == ("Sign error", "Sign error in step 2", marker.session.view.evaluation_id)
    assert moved == [desk.store.others]
    assert desk.said()[-1] == "3 scripts were updated."
    desk.panel.close_panel()
    hand.press("Ctrl+Z", marker.screen.view)
    assert desk.ink()[0].text == "Sign error"


def test_saving_alone_leaves_the_scripts_as_they_are(desk):
    edit_standing(desk, update=False)
    assert desk.ink()[0].text == "Sign error"
    assert desk.store.updated == []


def test_an_update_without_a_change_touches_no_script(desk):
    desk.store.scripts = 2
    desk.open()
    hand.type_text("sign")
    hand.press("F2")
    desk.settled()
    desk.panel.form._update.click()
    desk.settled()
    assert desk.store.updated == []
    assert desk.said() == []


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
