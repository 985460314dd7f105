"""A comment of the bank that was begun and not saved is never lost."""

from __future__ import annotations

from uuid import UUID

import pytest

from mv_desktop.domain.identifier import MarkKey
from tests.factories.comment import body
from tests.fakes import hand
from tests.ui.marking.bank_hand import SECOND, Desk, desk

__all__ = ["desk"]

TWO = MarkKey(2)


def form_of(desk: Desk):
    assert desk.panel.writing
    return desk.panel.form


def begin(desk: Desk, words: str, key: str = "Ctrl+N", typed: str = "") -> None:
    desk.open()
    hand.type_text(typed)
    hand.press(key)
    hand.type_text(words)


@pytest.mark.parametrize("leave", ["escape", "cancel"])
def test_a_new_comment_that_is_left_comes_back_and_is_gone_on_with(desk, leave):
    begin(desk, "The limits of the integral")
    form = form_of(desk)
    form._marks.setText("0.3")  # not right yet, and kept all the same
    form._shared.setCurrentIndex(1)
    hand.press("Escape", form._text) if leave == "escape" else form._cancel.click()
    assert not desk.panel.writing
    assert "kept" in desk.said()[-1]
    hand.press("Escape", desk.panel._field)
    desk.open(page=2)
    hand.press("Ctrl+N")
    assert form._text.toPlainText() == "The limits of the integral"
    assert (form._marks.text(), form._shared.currentIndex()) == ("0.3", 1)
    assert form._note.text() == "You had begun this before."
    form._marks.setText("½")
    hand.type_text(" are missing")
    hand.press("Ctrl+Return")
    desk.settled()
    assert list(desk.store.bank.values())[-1].body == body(
        "The limits of the integral are missing", "0.5", shared=True, question_id=SECOND
    )
    hand.press("Ctrl+N")
    assert (form._text.toPlainText(), form._note.isVisible(), form._anew.isVisible()) == ("", False, False)


def test_a_change_that_is_left_comes_back_on_its_comment_alone(desk):
    desk.store.scripts = 3
    begin(desk, "Sign error in step 2", "F2", "sign")
    hand.press("Escape")
    desk.panel._field.setText("well")
    hand.press("F2", desk.panel._field)
    assert form_of(desk)._text.toPlainText() == "Well done"
    hand.press("Escape")
    desk.panel._field.setText("sign")
    hand.press("F2", desk.panel._field)
    assert form_of(desk)._text.toPlainText() == "Sign error in step 2"
    desk.settled()
    assert desk.panel.form._update.text() == "Save and update 3 scripts"
    hand.press("Ctrl+Return")
    desk.settled()
    assert desk.store.bank[UUID(int=1)].text == "Sign error in step 2"


def test_words_of_the_script_that_were_changed_in_the_form_come_back_with_them(desk, marker):
    marker.session.comment(TWO, "Mind the sign")
    hand.press("Ctrl+Shift+C", marker.screen.view)
    hand.press("Escape")
    assert desk.said() == [], "they stand on the script"
    hand.press("Escape")
    hand.press("Ctrl+Shift+C", marker.screen.view)
    form_of(desk)._text.setPlainText("Mind the sign of $b$")
    hand.press("Escape", desk.panel.form._text)
    hand.press("Ctrl+N")
    assert form_of(desk)._text.toPlainText() == ""
    desk.panel.close_panel()
    hand.press("Ctrl+Shift+C", marker.screen.view)
    assert form_of(desk)._text.toPlainText() == "Mind the sign of $b$"


def test_what_was_begun_can_be_dropped_and_begun_anew(desk):
    begin(desk, "Nonsense")
    hand.press("Escape")
    desk.panel._field.setText("Units")
    hand.press("Ctrl+N", desk.panel._field)
    form = form_of(desk)
    assert form._text.toPlainText() == "Nonsense"
    form._anew.click()
    assert (form._text.toPlainText(), form._text.hasFocus(), form._anew.isVisible()) == ("Units", True, False)
    hand.press("Escape")
    hand.press("Ctrl+N")
    assert form._text.toPlainText() == "Units"
    assert not form._note.isVisible()


@pytest.mark.parametrize("typed", ["", "The limits"])
def test_another_script_does_not_drop_it_and_the_bank_opens_with_it(desk, marker, typed):
    begin(desk, "" if typed else "The limits", typed=typed)
    marker.open(2)
    desk.desk.close()
    assert not desk.panel.isVisible()
    assert desk.said() == ["Your unfinished comment is kept; the comment bank opens with it."]
    desk.open(page=3)
    form = form_of(desk)
    assert form._text.toPlainText() == "The limits"
    assert form._text.hasFocus()
    assert form._question.currentText() == "The question it was written for"
    hand.press("Ctrl+Return")
    desk.settled()
    assert list(desk.store.bank.values())[-1].body == body("The limits", question_id=SECOND)
    hand.press("Escape")
    desk.open(page=3)
    assert not desk.panel.writing


def test_nothing_is_kept_of_a_form_that_was_only_looked_at(desk, marker):
    begin(desk, "", "F2")
    hand.press("Escape")
    begin(desk, "")
    marker.open(2)
    desk.desk.close()
    assert desk.said() == []
    desk.open()
    assert not desk.panel.writing


def test_what_could_not_be_written_stands_in_the_form_again(desk, marker):
    desk.store.fail = 1
    begin(desk, "Read the norm again")
    hand.press("Ctrl+Return")
    desk.settled()
    assert [str(error) for error in marker.messages.told] == ["The disk is full."]
    hand.press("Ctrl+N")
    assert form_of(desk)._text.toPlainText() == "Read the norm again"


def test_all_that_was_begun_is_there_on_another_day(desk, marker, tasks, ids, clock):
    begin(desk, "The limits")
    hand.press("Escape")
    desk.panel._field.setText("sign")
    hand.press("F2", desk.panel._field)
    hand.type_text("Sign error in step 2")
    hand.press("Escape")
    desk.panel._field.setText("tangent")
    desk.panel.close_panel()
    marker.session.comment(TWO, "Mind the sign")
    hand.press("Ctrl+Shift+C", marker.screen.view)
    hand.type_text("Mind the sign of $b$")
    assert desk.desk.leave()
    desk.settled()
    assert [draft.text for draft in desk.store.begun] == ["The limits", "Sign error in step 2", "Mind the sign of $b$"]
    desk.panel.close_panel()
    fresh = Desk(marker, tasks, ids, clock, store=desk.store)
    for key, typed, words in (
        ("Ctrl+N", "", "The limits"),
        ("F2", "sign", "Sign error in step 2"),
    ):
        fresh.desk.open_panel()
        fresh.panel._field.setText(typed)
        hand.press(key, fresh.panel._field)
        assert form_of(fresh)._text.toPlainText() == words
        fresh.panel.close_panel()
    fresh.desk.keep()
    assert form_of(fresh)._text.toPlainText() == "Mind the sign of $b$"
    hand.press("Ctrl+Return", fresh.panel.form._text)
    fresh.settled()
    assert [draft.text for draft in fresh.store.begun] == ["The limits", "Sign error in step 2"]


def test_the_change_of_a_comment_that_is_gone_on_another_day_is_a_comment_by_itself(desk, marker, tasks, ids, clock):
    begin(desk, "Sign error in step 2", "F2", "sign")
    hand.press("Escape")
    desk.settled()
    del desk.store.bank[UUID(int=1)]
    desk.panel.close_panel()
    fresh = Desk(marker, tasks, ids, clock, store=desk.store)
    fresh.desk.open_panel()
    hand.press("Ctrl+N", fresh.panel._field)
    assert form_of(fresh)._text.toPlainText() == "Sign error in step 2"
