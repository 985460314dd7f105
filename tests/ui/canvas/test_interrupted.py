"""Gestures that are cut short, and pages that come in the middle of one or under what lies on them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import Figure, Stamp
from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.ui.canvas.aid.aid import Grip
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.tools.table import ToolName
from tests.fakes.picture_source import page_info, stamp_on
from tests.ui.canvas.conftest import Desk, key, only_stamp
from tests.ui.canvas.selecting import put

SHORT = page_info(1, 620, 500)
"""Page 1 as it turns out to be: the others stand higher then."""


def sheet_of(desk: Desk) -> PageScene:
    sheet = desk.view.sheet
    assert sheet is not None
    return sheet


def stamped(desk: Desk, page: int, x: float, y: float) -> AnnotationId:
    (mark,) = put(desk, stamp_on(page, x, y))
    return mark


def framed(desk: Desk) -> QPointF:
    found = desk.view._tools.select._frame
    assert found is not None
    return found.inner.center()


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


# -- a page comes meanwhile ----------------------------------------------------------------------------------


def test_a_box_stays_where_it_was_begun_when_a_page_above_comes_meanwhile(desk: Desk) -> None:
    desk.view.set_place(Place(PageRef(2), 0.3))
    desk.view.set_tool("box")
    start, end = desk.at(2, 0.3, 0.3), desk.at(2, 0.6, 0.4)
    desk.press(start)
    desk.move((start + end) / 2)
    desk.view.update_page(SHORT)
    desk.move(end)
    desk.release(end)
    (placed,) = desk.ink
    box = placed.annotation
    assert isinstance(box, Figure)
    assert (box.x, box.y) == (pytest.approx(0.3, abs=0.002), pytest.approx(0.3, abs=0.002))
    assert (box.x2, box.y2) == (pytest.approx(0.6, abs=0.002), pytest.approx(0.4, abs=0.002))
    assert sheet_of(desk).pages[0].info == SHORT, "it is shown as soon as the box is drawn"


@pytest.mark.parametrize("how", ["release", "escape", "lost"])
def test_a_page_that_waited_is_shown_however_the_gesture_ends(desk: Desk, how: str) -> None:
    desk.view.set_tool("pen")
    at = desk.at(1, 0.3, 0.3)
    desk.press(at)
    desk.view.update_page(page_info(2, 620, 500))
    assert sheet_of(desk).pages[1].info.height == 877
    if how == "release":
        desk.release(at)
    elif how == "escape":
        key(desk, Qt.Key.Key_Escape)
    else:
        desk.hover(at)
    assert sheet_of(desk).pages[1].info.height == 500


@pytest.mark.parametrize("first", ["page", "keyboard"])
def test_no_page_waits_for_what_keys_began_when_the_keyboard_is_elsewhere(desk: Desk, qtbot: QtBot, first: str) -> None:
    desk.view.activateWindow()
    qtbot.waitUntil(desk.view.isActiveWindow)
    desk.view.setFocus()
    desk.view.set_tool("box")
    key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Return)
    assert desk.view.gesturing
    if first == "page":
        desk.view.update_page(SHORT)
        assert sheet_of(desk).pages[0].info != SHORT, "she draws"
        desk.view.clearFocus()
    else:
        desk.view.clearFocus()
        desk.view.update_page(SHORT)
    assert sheet_of(desk).pages[0].info == SHORT
    assert not desk.view.gesturing
    assert desk.operations == []


def test_a_page_that_waited_is_not_shown_on_the_next_script(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.press(desk.at(1, 0.3, 0.3))
    desk.view.update_page(SHORT)
    desk.view.show_script(desk.infos, desk.script, desk.source)
    desk.press(desk.at(1, 0.3, 0.3))
    desk.release(desk.at(1, 0.3, 0.3))
    assert sheet_of(desk).pages[0].info == desk.infos[0]


def test_the_frame_goes_along_when_a_page_above_turns_out_shorter(desk: Desk) -> None:
    mark = stamped(desk, 2, 0.5, 0.3)
    desk.view.select([mark])
    desk.view.update_page(SHORT)
    item = sheet_of(desk).mark(mark)
    assert item is not None
    assert framed(desk) == item.frame().center()


def test_a_step_by_an_arrow_key_is_taken_before_the_pages_shift(desk: Desk) -> None:
    mark = stamped(desk, 2, 0.5, 0.3)
    desk.view.select([mark])
    desk.view._tools.select.nudge(1, 0)
    desk.view.update_page(SHORT)
    _, stamp = only_stamp(desk)
    assert (stamp.x, stamp.y) == (pytest.approx(0.505), pytest.approx(0.3))


def test_the_pen_point_and_the_instruments_stay_on_their_page(desk: Desk) -> None:
    desk.view.set_place(Place(PageRef(2), 0.4))
    desk.view.set_stamp("tick")
    desk.view.aids.toggle("ruler")
    ruler = desk.view.aids.shown("ruler")
    assert ruler is not None
    key(desk, Qt.Key.Key_Return)  # the arrow keys are the pen point's
    key(desk, Qt.Key.Key_Right)
    sheet = sheet_of(desk)
    before = sheet.spot_at(desk.view.pointed_at())
    lay = sheet.spot_at(ruler.grips[Grip.START])
    assert before is not None
    assert lay is not None
    desk.view.update_page(SHORT)
    key(desk, Qt.Key.Key_Return)
    page, stamp = only_stamp(desk)
    assert page == before.page
    assert (stamp.x, stamp.y) == (pytest.approx(before.x, abs=1e-4), pytest.approx(before.y, abs=1e-4))
    now = sheet.spot_at(ruler.grips[Grip.START])
    assert now is not None
    assert (now.page, now.x, now.y) == (lay.page, pytest.approx(lay.x), pytest.approx(lay.y))


def test_a_note_that_is_being_written_goes_along(desk: Desk) -> None:
    desk.view.set_place(Place(PageRef(1), 0.9))
    desk.view.set_tool("text")
    at = desk.at(2, 0.3, 0.05)
    desk.click(at)
    editor = desk.view.notes.editor
    assert editor is not None
    note = desk.view.notes._note
    assert note is not None
    desk.view.update_page(SHORT)
    page = sheet_of(desk).pages[1]
    there = desk.view.mapFromScene(page.mapToScene(QPointF(note.x * 1000, note.y * page.height)))
    assert (editor.pos() - there).manhattanLength() <= 8


def test_a_page_that_is_turned_takes_the_pen_point_along(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    for _ in range(3):
        key(desk, Qt.Key.Key_Right)
    before = sheet_of(desk).spot_at(desk.view.pointed_at())
    assert before is not None
    desk.view.rotate_page(PageRef(1))
    desk.view.show_spot(before)
    key(desk, Qt.Key.Key_Return)
    _, stamp = only_stamp(desk)
    assert isinstance(stamp, Stamp)
    assert (stamp.x, stamp.y) == (pytest.approx(before.x, abs=1e-4), pytest.approx(before.y, abs=1e-4))


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
