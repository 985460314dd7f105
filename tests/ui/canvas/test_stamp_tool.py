"""Stamping with the mouse and with the stamp keys."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.annotation.shape import Stamp, StampName
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.ui.canvas.conftest import Desk, ghosts, only_stamp


@pytest.mark.parametrize("name", ["tick", "cross", "half", "circle", "star"])
def test_a_click_places_the_stamp_in_hand(desk: Desk, name: StampName) -> None:
    desk.view.set_stamp(name)
    desk.click(desk.at(2, 0.4, 0.3))
    page, stamp = only_stamp(desk)
    assert page == PageRef(2)
    assert stamp.stamp == name
    assert (stamp.x, stamp.y) == (pytest.approx(0.4, abs=0.003), pytest.approx(0.3, abs=0.003))
    assert stamp.size == 0.03
    assert desk.shown(stamp.annotation_id)


def test_two_quick_clicks_are_two_stamps(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.5, 0.2)
    desk.click(at)
    desk.mouse(QEvent.Type.MouseButtonDblClick, at)
    desk.release(at)
    assert len(desk.ink) == 2


def test_a_stamp_carries_what_the_inkwell_gives(desk: Desk) -> None:
    asked: list[tuple[StampName, PageRef]] = []

    def inkwell(stamp: StampName, page: PageRef) -> StampInk:
        asked.append((stamp, page))
        return StampInk(21, "a", Decimal("0.5"), 0.04, "#00ff00")

    desk.view.set_inkwell(inkwell)
    desk.view.set_stamp("half")
    desk.click(desk.at(1, 0.5, 0.2))
    _, stamp = only_stamp(desk)
    assert (stamp.question_number, stamp.alternative, stamp.marks) == (21, "a", "0.5")
    assert (stamp.size, stamp.color) == (0.04, "#00ff00")
    assert ("half", PageRef(1)) in asked


def test_a_click_beside_the_pages_places_nothing(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.view.zoom_by(0.5)
    desk.click(QPoint(3, 200))
    assert desk.ink == []


def test_a_faint_stamp_follows_the_pointer_and_goes_with_it(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.hover(desk.at(1, 0.5, 0.2))
    (ghost,) = ghosts(desk)
    assert ghost.opacity() < 1
    desk.hover(desk.at(1, 0.6, 0.3))
    assert ghosts(desk) == [ghost]
    assert ghost.x() == pytest.approx(600, abs=3)
    desk.view.set_tool("select")
    assert ghosts(desk) == []
    assert desk.ink == []


def test_escape_drops_the_stamp_that_is_pressed(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.5, 0.2)
    desk.press(at)
    assert desk.view.cancel()
    desk.release(at)
    assert desk.ink == []
    assert ghosts(desk) == []


def test_with_alt_a_stamp_lands_where_the_button_is_let_go(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.drag(desk.at(1, 0.3, 0.2), desk.at(1, 0.6, 0.3), Qt.KeyboardModifier.AltModifier)
    _, stamp = only_stamp(desk)
    assert stamp.x == pytest.approx(0.6, abs=0.003)


def test_a_small_tremble_is_a_click(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.3, 0.2)
    desk.drag(at, at + QPoint(4, 3))
    _, stamp = only_stamp(desk)
    assert stamp.x == pytest.approx(0.3, abs=0.01)


def test_nothing_can_be_placed_when_only_looking(desk: Desk) -> None:
    desk.view.set_read_only(True)
    desk.view.set_stamp("tick")
    desk.hover(desk.at(1, 0.5, 0.2))
    desk.click(desk.at(1, 0.5, 0.2))
    assert not desk.view.stamp_at_pointer("tick")
    assert desk.operations == []
    assert ghosts(desk) == []


def test_a_key_stamps_at_the_pointer_and_in_the_middle_without_one(desk: Desk) -> None:
    desk.hover(desk.at(1, 0.25, 0.2))
    assert desk.view.stamp_at_pointer("cross")
    assert desk.view.tool_name == "select"
    _, stamp = only_stamp(desk)
    assert (stamp.stamp, stamp.x) == ("cross", pytest.approx(0.25, abs=0.003))
    QApplication.sendEvent(desk.view, _leave())
    assert desk.view.stamp_at_pointer("tick")
    last = desk.ink[-1].annotation
    assert isinstance(last, Stamp)
    assert last.x == pytest.approx(0.5, abs=0.02)


def _leave() -> QEvent:
    return QEvent(QEvent.Type.Leave)
