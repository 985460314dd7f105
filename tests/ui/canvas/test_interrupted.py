"""Gestures that are cut short."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice

from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.ui.canvas.aid.aid import Grip
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.tools.table import ToolName
from tests.fakes.picture_source import stamp_on
from tests.ui.canvas.conftest import Desk, key
from tests.ui.canvas.selecting import put


def sheet_of(desk: Desk) -> PageScene:
    sheet = desk.view.sheet
    assert sheet is not None
    return sheet


def stamped(desk: Desk, page: int, x: float, y: float) -> AnnotationId:
    (mark,) = put(desk, stamp_on(page, x, y))
    return mark


# -- the release goes elsewhere ------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["pen", "highlighter", "line", "box", "stamp", "text", "eraser", "select", "pan"])
def test_a_gesture_whose_release_a_dialog_took_is_over(desk: Desk, tool: ToolName) -> None:
    mark = stamped(desk, 1, 0.3, 0.3)
    desk.view.set_tool(tool)
    start = desk.at(1, 0.3, 0.3)
    where = desk.view.place()
    desk.press(start)
    desk.move(start + QPoint(60, 30))
    assert desk.view.gesturing
    desk.hover(start + QPoint(120, 90))
    desk.hover(start + QPoint(-30, 20))
    assert not desk.view.gesturing
    desk.release(start + QPoint(-30, 20))
    assert desk.operations == []
    assert desk.shown(mark)
    assert desk.view.place() == where


def test_a_pen_that_comes_back_after_its_lifting_was_lost_draws_nothing(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.pen(QEvent.Type.TabletPress, desk.at(1, 0.3, 0.3))
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.4, 0.3))
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.6, 0.6), 0.0, held=False)
    assert not desk.view.gesturing
    assert desk.operations == []


def test_a_tablet_that_tells_of_no_button_draws_as_long_as_it_is_pressed(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.pen(QEvent.Type.TabletPress, desk.at(1, 0.3, 0.3))
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.4, 0.3), held=False)
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.5, 0.3), held=False)
    desk.pen(QEvent.Type.TabletRelease, desk.at(1, 0.5, 0.3), 0.0)
    assert len(desk.ink) == 1


def test_what_the_keyboard_draws_is_not_cut_short_by_the_other_buttons_of_a_mouse(desk: Desk) -> None:
    desk.view.set_tool("box")
    key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Return)
    for _ in range(4):
        key(desk, Qt.Key.Key_Right)
        key(desk, Qt.Key.Key_Down)
    key(desk, Qt.Key.Key_Return)
    assert len(desk.ink) == 1


def test_a_ruler_lets_go_when_a_menu_took_the_release(desk: Desk) -> None:
    desk.view.aids.toggle("ruler")
    ruler = desk.view.aids.shown("ruler")
    assert ruler is not None
    grip = desk.view.mapFromScene(ruler.grips[Grip.MIDDLE])
    desk.press(grip)
    desk.move(grip + QPoint(20, 0))
    there = QPointF(ruler.grips[Grip.MIDDLE])
    desk.hover(grip + QPoint(90, 60))
    assert ruler.grips[Grip.MIDDLE] == there
    desk.release(grip + QPoint(90, 60))
    assert ruler.grips[Grip.MIDDLE] == there


def test_the_other_end_of_a_pen_whose_lifting_was_lost_brings_back_what_it_touched(desk: Desk) -> None:
    mark = stamped(desk, 1, 0.3, 0.3)
    eraser = QPointingDevice.PointerType.Eraser
    desk.pen(QEvent.Type.TabletPress, desk.at(1, 0.3, 0.3), tip=eraser)
    item = sheet_of(desk).mark(mark)
    assert item is not None
    assert not item.isVisible()
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.6, 0.6), 0.0, held=False, tip=eraser)
    assert item.isVisible()
    assert desk.operations == []
