"""Stamping, selecting, moving and deleting, by mouse and by keyboard."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import PenStroke, Placed, Stamp, StampName, parse_annotation
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.domain.script import Seen
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.reading import ReadingMeter
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.fakes.picture_source import marked, new_id, stamp_on
from tests.ui.canvas.conftest import Desk


def only_stamp(desk: Desk) -> tuple[PageRef, Stamp]:
    (placed,) = desk.ink
    assert isinstance(placed.annotation, Stamp)
    return placed.page, placed.annotation


def ghosts(desk: Desk) -> list[MarkItem]:
    assert desk.view.sheet is not None
    return [item for item in desk.view.sheet.items() if isinstance(item, MarkItem) and not item.isEnabled()]


# -- stamping ------------------------------------------------------------------------------------------------


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


def test_a_stamp_lands_where_the_button_is_let_go(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.drag(desk.at(1, 0.3, 0.2), desk.at(1, 0.6, 0.3))
    _, stamp = only_stamp(desk)
    assert stamp.x == pytest.approx(0.6, abs=0.003)


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


# -- the keyboard --------------------------------------------------------------------------------------------


def key(desk: Desk, which: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(desk.view, which, modifiers)


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
    key(desk, Qt.Key.Key_Delete)
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


# -- panning -------------------------------------------------------------------------------------------------


def test_space_and_drag_pans_and_gives_the_tool_back(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    QTest.keyPress(desk.view, Qt.Key.Key_Space)
    desk.drag(QPoint(300, 300), QPoint(300, 120))
    assert desk.view.verticalScrollBar().value() == 180
    QTest.keyRelease(desk.view, Qt.Key.Key_Space)
    assert desk.ink == []
    desk.click(QPoint(300, 300))
    assert len(desk.ink) == 1


def test_the_middle_button_pans_and_escape_takes_it_back(desk: Desk) -> None:
    desk.press(QPoint(300, 300), button=Qt.MouseButton.MiddleButton)
    desk.move(QPoint(300, 200))
    assert desk.view.verticalScrollBar().value() == 100
    assert desk.view.cancel()
    assert desk.view.verticalScrollBar().value() == 0


def test_the_pan_tool_pans(desk: Desk) -> None:
    desk.view.set_tool("pan")
    assert desk.view.tool_name == "pan"
    desk.drag(QPoint(300, 300), QPoint(300, 250))
    assert desk.view.verticalScrollBar().value() == 50


# -- selecting -----------------------------------------------------------------------------------------------


@pytest.fixture
def inked(desk: Desk) -> Desk:
    """Three stamps on page 1, and the select tool in hand."""
    desk.apply(PutAnnotations((stamp_on(1, 0.2, 0.2), stamp_on(1, 0.5, 0.2), stamp_on(1, 0.8, 0.2, stamp="circle"))))
    desk.operations.clear()
    desk.view.set_tool("select")
    return desk


def ids(desk: Desk) -> list[object]:
    return [placed.annotation.annotation_id for placed in desk.ink]


def test_a_click_selects_one_and_beside_lets_go(inked: Desk, qtbot: QtBot) -> None:
    first, *_ = ids(inked)
    with qtbot.waitSignal(inked.view.selection_changed) as told:
        inked.click(inked.at(1, 0.2, 0.2))
    assert told.args == [(first,)]
    inked.click(inked.at(1, 0.35, 0.35))
    assert inked.view.selected == ()


def test_a_hollow_stamp_is_hit_in_its_middle(inked: Desk) -> None:
    inked.click(inked.at(1, 0.8, 0.2))
    assert list(inked.view.selected) == ids(inked)[2:]


def test_shift_adds_and_takes_away(inked: Desk) -> None:
    first, second, _ = ids(inked)
    inked.click(inked.at(1, 0.2, 0.2))
    inked.click(inked.at(1, 0.5, 0.2), Qt.KeyboardModifier.ShiftModifier)
    assert inked.view.selected == (first, second)
    inked.click(inked.at(1, 0.2, 0.2), Qt.KeyboardModifier.ShiftModifier)
    assert inked.view.selected == (second,)


def test_a_frame_selects_what_it_touches(inked: Desk) -> None:
    inked.drag(inked.at(1, 0.1, 0.1), inked.at(1, 0.6, 0.3))
    assert set(inked.view.selected) == set(ids(inked)[:2])


def test_delete_asks_for_all_that_is_selected(inked: Desk) -> None:
    chosen = ids(inked)[:2]
    inked.drag(inked.at(1, 0.1, 0.1), inked.at(1, 0.6, 0.3))
    assert inked.view.delete_selection()
    (operation,) = inked.operations
    assert isinstance(operation, DeleteAnnotations)
    assert set(operation.annotation_ids) == set(chosen)
    assert inked.view.selected == ()
    assert not inked.view.delete_selection()


def test_a_drag_moves_all_that_is_selected_in_one_operation(inked: Desk) -> None:
    inked.drag(inked.at(1, 0.1, 0.1), inked.at(1, 0.6, 0.3))
    inked.drag(inked.at(1, 0.2, 0.2), inked.at(1, 0.3, 0.25))
    (operation,) = inked.operations
    assert isinstance(operation, PutAnnotations)
    assert len(operation.placed) == 2
    where = [(p.annotation.x, p.annotation.y) for p in inked.ink if isinstance(p.annotation, Stamp)]
    assert where[0] == (pytest.approx(0.3, abs=0.004), pytest.approx(0.25, abs=0.004))
    assert where[1] == (pytest.approx(0.6, abs=0.004), pytest.approx(0.25, abs=0.004))
    assert where[2] == (0.8, 0.2)
    assert len(inked.view.selected) == 2


def test_a_mark_can_be_dragged_to_another_page(inked: Desk) -> None:
    inked.view.fit_page()
    inked.view.zoom_by(0.5)
    inked.drag(inked.at(1, 0.5, 0.2), inked.at(2, 0.4, 0.3))
    moved = inked.script.ink[ids(inked)[1]]  # type: ignore[index]
    assert moved.page == PageRef(2)
    assert isinstance(moved.annotation, Stamp)
    assert (moved.annotation.x, moved.annotation.y) == (pytest.approx(0.4, abs=0.01), pytest.approx(0.3, abs=0.01))


def test_escape_takes_a_drag_back(inked: Desk) -> None:
    start, end = inked.at(1, 0.5, 0.2), inked.at(1, 0.6, 0.4)
    sheet = inked.view.sheet
    assert sheet is not None
    item = sheet.mark(ids(inked)[1])  # type: ignore[arg-type]
    assert item is not None
    home = QPointF(item.pos())
    inked.press(start)
    inked.move(end)
    assert item.pos() != home
    assert inked.view.cancel()
    assert item.pos() == home
    inked.release(end)
    assert inked.operations == []


def test_a_small_tremble_is_a_click(inked: Desk) -> None:
    at = inked.at(1, 0.5, 0.2)
    inked.drag(at, at + QPoint(2, 1))
    assert inked.operations == []
    assert len(inked.view.selected) == 1


def test_a_pen_stroke_moves_and_an_unknown_mark_stays(desk: Desk) -> None:
    stroke = Placed(PageRef(1), PenStroke(id=new_id(), points=((0.2, 0.2, 0.5), (0.3, 0.2, 0.7))))
    unknown = Placed(PageRef(1), parse_annotation({"id": str(new_id()), "type": "hologram", "x": 0.5, "y": 0.2}))
    desk.apply(PutAnnotations((stroke, unknown)))
    desk.operations.clear()
    desk.view.select([stroke.annotation.annotation_id, unknown.annotation.annotation_id])
    desk.drag(desk.at(1, 0.25, 0.2), desk.at(1, 0.25, 0.3))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    (placed,) = operation.placed
    assert isinstance(placed.annotation, PenStroke)
    assert [point[1] for point in placed.annotation.points] == [pytest.approx(0.3, abs=0.004)] * 2
    assert [point[2] for point in placed.annotation.points] == [0.5, 0.7]


def test_nothing_moves_or_goes_when_only_looking(inked: Desk) -> None:
    inked.view.set_read_only(True)
    inked.drag(inked.at(1, 0.5, 0.2), inked.at(1, 0.6, 0.3))
    assert len(inked.view.selected) == 1
    assert not inked.view.delete_selection()
    assert inked.operations == []


def test_what_is_deleted_elsewhere_is_not_selected_any_more(inked: Desk) -> None:
    first, second, _ = ids(inked)
    inked.view.select([first, second])  # type: ignore[list-item]
    inked.apply(DeleteAnnotations((first,)))  # type: ignore[arg-type]
    assert inked.view.selected == (second,)


def test_closing_the_script_lets_the_selection_go(inked: Desk) -> None:
    inked.view.select(ids(inked))  # type: ignore[arg-type]
    inked.view.show_script(inked.infos, marked(), inked.source)
    assert inked.view.selected == ()


# -- reading -------------------------------------------------------------------------------------------------


def test_the_meter_goes_on_from_what_is_known_and_tells_only_changes() -> None:
    meter = ReadingMeter({PageRef(1): Seen(10, 0.9), PageRef(2): Seen(5, 1.0)})
    meter.add([(PageRef(1), 0.5)], 1)
    meter.add([(PageRef(1), 0.6), (PageRef(3), 0.1)], 2)
    assert meter.take() == {PageRef(1): Seen(13, 0.9), PageRef(3): Seen(2, 0.1)}
    assert meter.take() == {}


def test_what_is_shown_at_a_readable_size_is_told(desk: Desk, qtbot: QtBot) -> None:
    told: list[tuple[PageRef, float, float]] = []
    desk.view.seen.connect(lambda page, seconds, share: told.append((page, seconds, share)))
    desk.view.activateWindow()
    qtbot.waitActive(desk.view)
    for _ in range(3):
        desk.view._sampling.now()
    desk.view.flush_seen()
    ((page, seconds, share),) = told
    assert (page, seconds) == (PageRef(1), 3.0)
    assert 0.3 < share < 1


def test_what_is_too_small_to_read_does_not_count(desk: Desk, qtbot: QtBot) -> None:
    desk.view.zoom_by(0.01)
    with qtbot.assertNotEmitted(desk.view.seen):
        desk.view._sampling.now()
        desk.view.flush_seen()


def test_what_was_read_is_told_before_the_script_is_closed(desk: Desk, qtbot: QtBot) -> None:
    desk.view.activateWindow()
    desk.view._sampling.now()
    with qtbot.waitSignal(desk.view.seen):
        desk.view.close_script()
