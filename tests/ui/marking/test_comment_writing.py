"""Comments of the bank are written, kept from a script, and changed where they stand, with real keys."""

from __future__ import annotations

from uuid import UUID

import pytest

from mv_desktop.domain.annotation.comment_note import note_of
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, set_keys
from mv_desktop.ui.widgets.math_label import MathLabel
from tests.factories.comment import ASHA, MEENAKSHI, body, comment
from tests.fakes import hand
from tests.ui.marking.bank_hand import FOUR, FOURTH, SECOND, TWO, desk

__all__ = ["desk"]


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


def test_the_keys_of_the_form_can_be_changed_and_are_said_as_they_are_now(desk):
    keys = KeyMap({"bank.save": ["F9"], "bank.save_and_update": ["F10"], "bank.begin_anew": ["F12"]})
    set_keys(desk.panel.actions_by_id, keys)
    desk.store.scripts, form = 2, desk.panel.form
    desk.open()
    hand.type_text("sign")
    hand.press("F2")
    hand.type_text("Sign error in step 2")
    hand.press("Ctrl+Return")
    assert desk.panel.writing
    assert form._text.toPlainText() == "Sign error in step 2", "nor is it a line"
    hand.press("Escape")
    hand.press("F2")
    desk.settled()
    tips = [button.toolTip().rpartition("  ")[2] for button in (form._save, form._update, form._anew)]
    assert tips == ["(F9)", "(F10)", "(F12)"]
    hand.press("F12")
    assert form._text.toPlainText() == "Sign error"
    desk.settled()
    hand.type_text("Signs")
    hand.press("F10", form._marks)
    desk.settled()
    assert [(before.text, after.text) for before, after, _ in desk.store.updated] == [("Sign error", "Signs")]
    hand.press("F2")
    hand.press("F9")
    assert not desk.panel.writing


def test_without_scripts_to_update_its_key_saves_nothing_and_the_palette_can_be_opened(desk, marker):
    opened = []
    palette = build_actions(marker.screen, Scope.EVERYWHERE, {"app.palette": lambda: opened.append(True)})
    desk.open()
    hand.press("Ctrl+N")
    hand.type_text("Read the norm")
    hand.press("Ctrl+Shift+Return")
    assert desk.panel.writing
    hand.press("Ctrl+K")
    assert opened == [True]
    palette["app.palette"].deleteLater()


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
