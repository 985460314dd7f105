"""A key that is held is one key, but where it leads from one to the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import MarkState
from tests.fakes import hand
from tests.ui.marking.conftest import Marker

Q2, Q3A, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(4)


def test_a_stamp_is_one(marker: Marker) -> None:
    session = marker.open()
    hand.hover(marker.screen.view, marker.on(1))
    hand.hold_key("1")
    assert len(session.script.ink) == 1


def test_enter_at_the_pen_point_is_one(marker: Marker) -> None:
    session = marker.open()
    view = marker.screen.view
    view.set_stamp("tick")
    view.move_pen_point(1, 0)
    hand.hold_key("Return")
    assert len(session.script.ink) == 1
    view.set_tool("box")
    hand.hold_key("Return")
    assert view.gesturing, "begun, and not ended"


def test_what_is_given_and_taken_back_by_one_key_is_given(marker: Marker) -> None:
    session = marker.open()
    hand.hold_key("N")
    assert session.script.given_mark(Q2).state is MarkState.NOT_ATTEMPTED
    hand.hold_key("Ctrl+1", 3)
    assert len(session.script.ink) == 1


def test_half_a_mark_and_on_is_one_question(marker: Marker) -> None:
    session = marker.open()
    hand.hold_key("H")
    assert session.current == Q3A
    assert list(session.script.given) == [Q2]


def test_escape_lets_go_of_what_is_selected_and_not_of_the_script(marker: Marker) -> None:
    session = marker.open()
    session.place_stamp("tick", PageRef(1), 0.3, 0.3)
    hand.press("Ctrl+A", marker.screen.view)
    hand.hold_key("Escape")
    assert marker.screen.view.selected == ()
    assert marker.asked_back == []


def test_the_check_is_looked_at_before_it_submits(marker: Marker) -> None:
    session = marker.open()
    for key in (Q2, Q3A, Q4):
        session.full(key)
    for page in (1, 2, 3):
        session.see_page(PageRef(page), 60.0, 1.0)
    hand.hold_key("Ctrl+Return", 1)
    check = marker.opened_check()
    assert check.may_submit
    for _ in range(3):
        QTest.simulateEvent(check, True, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, "", True)
    assert marker.check is check
    assert not session.read_only
    QTest.keyClick(check, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert session.read_only


@pytest.mark.parametrize(("key", "leads_to"), [("Tab", Q4), ("J", None)])
def test_what_leads_on_leads_on(marker: Marker, key: str, leads_to: MarkKey | None) -> None:
    session = marker.open()
    hand.hold_key(key)
    if leads_to is not None:
        assert session.current == leads_to
    else:
        assert marker.screen.view.current_page == PageRef(3)
