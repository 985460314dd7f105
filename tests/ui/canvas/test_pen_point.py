"""The keyboard's place on the pages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from mv_desktop.domain.identifier import PageRef
from tests.ui.canvas.conftest import Desk, key, only_stamp


def test_a_script_can_be_stamped_without_the_mouse(desk: Desk) -> None:
    key(desk, Qt.Key.Key_Right)  # the pen point appears
    key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Down)
    key(desk, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    middle = desk.view.place()
    assert desk.view.stamp_at_pointer("tick")
    page, stamp = only_stamp(desk)
    assert middle is not None
    assert page == middle.page
    assert stamp.x == pytest.approx(0.52, abs=0.003)
    assert stamp.y == pytest.approx(middle.fraction + 0.024 * 620 / 877, abs=0.003)


def test_enter_uses_the_tool_at_the_pen_point(desk: Desk) -> None:
    desk.view.set_stamp("circle")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return)
    _, stamp = only_stamp(desk)
    desk.view.set_tool("select")
    key(desk, Qt.Key.Key_Return)
    assert desk.view.selected == (stamp.annotation_id,)
    desk.view.delete_selection()
    assert desk.ink == []


def test_the_pen_point_crosses_to_the_next_page_and_stays_in_sight(desk: Desk) -> None:
    for _ in range(80):
        key(desk, Qt.Key.Key_Down)
    assert desk.view.current_page == PageRef(2)
    assert desk.view.stamp_at_pointer("tick")
    page, _ = only_stamp(desk)
    assert page == PageRef(2)


def test_a_pen_point_that_was_left_behind_begins_anew_in_the_window(desk: Desk) -> None:
    key(desk, Qt.Key.Key_Down)
    desk.view.go_to_page(PageRef(2))
    assert desk.view.stamp_at_pointer("tick"), "and not on the page that is out of sight"
    key(desk, Qt.Key.Key_Right)
    assert desk.view.current_page == PageRef(2), "nothing was scrolled back"
    assert desk.view.stamp_at_pointer("cross")
    assert [placed.page for placed in desk.ink] == [PageRef(2)] * 2


def test_the_pen_point_goes_when_the_mouse_moves(desk: Desk) -> None:
    key(desk, Qt.Key.Key_Down)
    desk.hover(desk.at(1, 0.9, 0.1))
    assert desk.view.stamp_at_pointer("tick")
    _, stamp = only_stamp(desk)
    assert stamp.x == pytest.approx(0.9, abs=0.003)


def test_escape_hides_the_pen_point(desk: Desk) -> None:
    key(desk, Qt.Key.Key_Down)
    assert desk.view.cancel()
    assert not desk.view.cancel()
