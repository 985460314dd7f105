"""A script with questions that were marked otherwise on another computer: where one begins, and what is said."""

from __future__ import annotations

from decimal import Decimal as D

from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.marking.anew import show_anew
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.shell.conflict_desk import decide_text
from tests.factories.conflict import THREE, TWO, disputed
from tests.factories.script import script_view

Q4 = MarkKey(4)
SAID = "Marked otherwise on your other computer: decide between the two marks before you submit."


def conflicts(*keys):
    found = disputed(script_view()).conflicts
    return tuple(conflict for conflict in found if conflict.key in keys)


def said(sheet) -> str:
    return sheet._panel._notice.text


def test_one_begins_at_the_first_and_it_is_said_until_a_mark_is_given(marker):
    session = marker.open(conflicts=conflicts(THREE), place=Place(PageRef(1), 0.2))
    sheet = marker.screen._sheet
    assert session.current == THREE
    assert marker.screen.view.current_page == PageRef(2), "where it is answered, not where she left"
    assert said(sheet) == SAID
    session.set_current(Q4)
    assert said(sheet) == ""
    session.set_current(THREE)
    session.give(THREE, D(2))
    assert said(sheet) == ""
    assert not sheet._panel._notice.isVisible()
    session.undo()
    assert said(sheet) == SAID


def test_who_learns_of_it_while_marking_stays_where_she_is(marker):
    session = marker.open()
    session.set_current(Q4)
    marker.screen.view.go_to_page(PageRef(3))
    opened = OpenedScript(script_view(pages=marker.pages, conflicts=conflicts(TWO)))
    show_anew(marker.screen, opened, marker.pictures)
    assert marker.session.current == Q4
    assert marker.screen.view.current_page == PageRef(3)


def test_a_script_that_is_only_read_says_nothing_of_it(marker):
    session = marker.open(conflicts=conflicts(TWO, THREE), read_only=True, place=Place(PageRef(3), 0.5))
    assert session.view.to_decide == ()
    assert said(marker.screen._sheet) == ""
    assert marker.screen.view.current_page == PageRef(3)


def test_how_many_there_are_is_said_and_the_key_while_there_is_one():
    assert decide_text((TWO,), "Ctrl+Alt+M") == (
        "Question 2 was marked otherwise on your other computer. Ctrl+Alt+M leads to the decision."
    )
    assert decide_text((TWO, THREE), "") == (
        "2 questions were marked otherwise on your other computer; question 2 is the first."
    )
