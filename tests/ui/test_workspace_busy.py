"""News of the open script while the teacher has something in hand: it waits until her hand is free."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.ui.marking.bank.bank_panel import BankPanel
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from tests.fakes import hand
from tests.ui.test_workspace import ONE, School, school

__all__ = ["school"]

FOUR = MarkKey(4)


def begun(school: School):
    """A script is open, and nothing is under way."""
    school.arrived()
    school.open(ONE)
    school.settled()
    return school.work.marking


def news(school: School) -> None:
    """She marked question 4 on her other computer; this one is told, and has the time to show it."""
    server = school.server.scripts[ONE]
    server.script.apply(SetMark(FOUR, GivenMark(MarkState.MARKED, Decimal(3))))
    school.server.update(ONE, version=server.pulled.version + 1)
    heard: list[object] = []
    school.work.driver.scripts_changed.connect(heard.append)
    school.work.driver.now()
    school.until(lambda: bool(heard))
    school.settled()


def shown_anew(school: School) -> None:
    school.until(lambda: school.work.marking.session.script.given_mark(FOUR).marks == 3)


def dialog(school: School, kind: type, key: str):
    hand.press(key, school.work.marking.view)
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    school.qtbot.waitActive(found[0])
    return found[0]


def test_with_nothing_in_hand_it_is_shown_at_once(school):
    begun(school)
    news(school)
    shown_anew(school)


def test_a_comment_that_is_being_written_is_written_to_its_end_and_no_letter_marks(school):
    marking = begun(school)
    hand.press("C", marking.view)
    hand.press("Ctrl+N")
    hand.type_text("Find ")
    news(school)
    hand.type_text("the norm")
    form = marking.findChild(BankPanel).form
    assert form._text.toPlainText() == "Find the norm"
    assert marking.session.script.marked == 0
    hand.press("Ctrl+Return")
    hand.press("Return")
    assert [placed.annotation.text for placed in marking.session.script.ink.values()] == ["Find the norm"]
    shown_anew(school)
    assert len(marking.session.script.ink) == 1


def test_a_mark_that_is_half_typed_is_not_taken_before_its_end(school):
    marking = begun(school)
    hand.press("M", marking.view)
    hand.type_text("1")
    news(school)
    hand.type_text(".5")
    hand.press("Return")
    assert marking.session.script.given_mark(MarkKey(2)).marks == Decimal("1.5")
    hand.press("Escape")
    shown_anew(school)


def test_a_flag_that_is_being_told_reaches_the_coordinator(school):
    marking = begun(school)
    dialog(school, FlagDialog, "!")
    news(school)
    hand.press("1")
    hand.press("Return")
    assert [flag.reason for flag in marking.session.flags] == ["illegible"]
    shown_anew(school)
    assert [flag.reason for flag in marking.session.flags] == ["illegible"]


def test_a_script_is_handed_back_although_news_came_while_she_was_asked_why(school):
    begun(school)
    dialog(school, HandBackDialog, "B")
    news(school)
    hand.press("1")
    hand.press("Return")
    school.until(lambda: any("handed back in 10 seconds" in text for text in school.said()))


def test_who_marks_by_keys_goes_on_in_the_mark_of_the_same_question(school):
    marking = begun(school)
    hand.press("M", marking.view)
    hand.type_text("1")
    hand.press("Return")
    before, current = marking.session, marking.session.current
    school.settled()
    news(school)
    school.until(lambda: marking.session is not before)
    assert marking.session.current == current
    hand.type_text("2")
    hand.press("Return")
    assert marking.session.script.given_mark(current).marks == 2
    assert not marking.session.script.ink, "no digit stamps"


def test_the_page_stays_where_it_is(school):
    marking = begun(school)
    hand.press("Ctrl+End", marking.view)
    before, place = marking.session, marking.view.place()
    news(school)
    school.until(lambda: marking.session is not before)
    assert marking.view.place().page == place.page
    assert abs(marking.view.place().fraction - place.fraction) < 0.01


def test_what_is_done_while_it_is_read_is_not_lost_from_sight(school):
    marking = begun(school)
    hand.press("Shift+M", marking.view)
    news(school)
    hand.press("Escape")
    school.work._news._look()
    hand.press("F", marking.view)
    current = marking.session.current
    given = marking.session.script.given_mark(current)
    shown_anew(school)
    assert marking.session.script.given_mark(current) == given


def test_a_stroke_is_drawn_to_its_end(school):
    marking = begun(school)
    hand.press("P", marking.view)
    hand.press("Right", marking.view)
    hand.press("Return", marking.view)
    hand.press("Right", marking.view)
    news(school)
    hand.press("Right", marking.view)
    hand.press("Return", marking.view)
    assert len(marking.session.script.ink) == 1
    shown_anew(school)


def test_a_note_waits_although_she_looks_something_up_elsewhere(school, qtbot):
    marking = begun(school)
    hand.press("T", marking.view)
    hand.click(marking.view, hand.spot(marking.view, 1, 0.3, 0.3))
    hand.type_text("Check")
    editor = marking.view.notes.editor
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    elsewhere.activateWindow()
    school.until(elsewhere.isActiveWindow)
    before = marking.session
    news(school)
    assert marking.session is before
    assert marking.view.notes.editor is editor
    marking.window().activateWindow()
    school.until(editor.hasFocus)
    hand.type_text(" the sign")
    hand.press("Return")
    assert [placed.annotation.text for placed in marking.session.script.ink.values()] == ["Check the sign"]
    shown_anew(school)


def test_what_is_selected_stays_so_and_the_pen_point_where_it_is(school):
    marking = begun(school)
    view = marking.view
    view.move_pen_point(1, 0)
    hand.press("1", view)
    hand.press("Ctrl+A", view)
    selected = view.selected
    for _ in range(3):
        view.move_pen_point(1, 1)
    spot, before = view.pen_spot, marking.session
    assert selected
    assert spot is not None
    school.settled()
    news(school)
    school.until(lambda: marking.session is not before)
    assert view.selected == selected
    now = view.pen_spot
    assert (now.page, now.x, now.y) == (spot.page, pytest.approx(spot.x), pytest.approx(spot.y))
