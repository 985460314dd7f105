"""Groups, resizing and nudging, by real mouse and key events."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import Figure, PenStroke, Placed, Stamp, TextNote
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.selection_frame import Handle, handle_point
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class Edges(NamedTuple):
    x: float
    y: float
    x2: float
    y2: float


def box_on(page: int, x: float, y: float, x2: float, y2: float) -> Placed:
    """A rectangle drawn by hand."""
    points = ((x, y, 0.5), (x2, y, 0.5), (x2, y2, 0.5), (x, y2, 0.5), (x, y, 0.5))
    return Placed(PageRef(page), PenStroke(id=new_id(), points=points))


def edges(desk: Desk, box_id: AnnotationId) -> Edges:
    box = now(desk, box_id).annotation
    assert isinstance(box, PenStroke)
    across, down = [x for x, _, _ in box.points], [y for _, y, _ in box.points]
    assert across[0] == min(across), "never mirrored"
    return Edges(min(across), min(down), max(across), max(down))


def text_on(page: int, x: float, y: float, text: str = "Correct method", **rest: object) -> Placed:
    return Placed(PageRef(page), TextNote(id=new_id(), x=x, y=y, text=text, **rest))  # type: ignore[arg-type]


def put(desk: Desk, *placed: Placed) -> list[AnnotationId]:
    """This ink, with the select tool in hand; its ids."""
    desk.apply(PutAnnotations(placed))
    desk.operations.clear()
    desk.view.set_tool("select")
    return [item.annotation.annotation_id for item in placed]


def frame(desk: Desk) -> tuple[QPointF, QPointF]:
    """The frame's corners in the scene."""
    found = desk.view._tools.select._frame
    assert found is not None
    return found.inner.topLeft(), found.inner.bottomRight()


def grip(desk: Desk, across: int, down: int) -> QPoint:
    """A handle as pixels of the window."""
    found = desk.view._tools.select._frame
    assert found is not None
    handle = Handle(across, down)
    assert handle in handles(desk), "the handle is not offered"
    return desk.view.mapFromScene(handle_point(found._outer(), handle))


def handles(desk: Desk) -> set[Handle]:
    found = desk.view._tools.select._frame
    return set() if found is None else {handle for handle, item in found._handles.items() if item.isVisible()}


def now(desk: Desk, annotation_id: AnnotationId) -> Placed:
    return desk.script.ink[annotation_id]


# -- groups --------------------------------------------------------------------------------------------------


@pytest.fixture
def grouped(desk: Desk) -> tuple[Desk, list[AnnotationId]]:
    group = UUID(int=7)
    return desk, put(
        desk, stamp_on(1, 0.2, 0.2, group=group), stamp_on(1, 0.5, 0.2, group=group), stamp_on(1, 0.8, 0.2)
    )


def test_a_click_takes_all_that_was_made_in_one_gesture(grouped: tuple[Desk, list[AnnotationId]]) -> None:
    desk, ids = grouped
    desk.click(desk.at(1, 0.2, 0.2))
    assert list(desk.view.selected) == ids[:2]
    desk.drag(desk.at(1, 0.2, 0.2), desk.at(1, 0.3, 0.25))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    assert [item.annotation.annotation_id for item in operation.placed] == ids[:2]


def test_a_second_click_takes_one_of_them_alone(grouped: tuple[Desk, list[AnnotationId]]) -> None:
    desk, ids = grouped
    for expected in (ids[:2], ids[1:2], ids[1:2]):
        desk.click(desk.at(1, 0.5, 0.2))
        assert list(desk.view.selected) == expected
    desk.click(desk.at(1, 0.8, 0.2))
    desk.click(desk.at(1, 0.5, 0.2))
    assert list(desk.view.selected) == ids[:2]


def test_alt_takes_one_alone_at_once(grouped: tuple[Desk, list[AnnotationId]]) -> None:
    desk, ids = grouped
    desk.click(desk.at(1, 0.5, 0.2), ALT)
    assert list(desk.view.selected) == ids[1:2]


def test_shift_adds_and_takes_away_a_whole_group(grouped: tuple[Desk, list[AnnotationId]]) -> None:
    desk, ids = grouped
    desk.click(desk.at(1, 0.8, 0.2))
    desk.click(desk.at(1, 0.5, 0.2), SHIFT)
    assert list(desk.view.selected) == [ids[2], *ids[:2]]
    desk.click(desk.at(1, 0.2, 0.2), SHIFT)
    assert list(desk.view.selected) == [ids[2]]


def test_a_frame_around_one_of_a_group_takes_the_group(grouped: tuple[Desk, list[AnnotationId]]) -> None:
    desk, ids = grouped
    desk.drag(desk.at(1, 0.1, 0.1), desk.at(1, 0.3, 0.3))
    assert list(desk.view.selected) == ids[:2]


def test_a_click_on_one_of_many_takes_what_belongs_to_it(grouped: tuple[Desk, list[AnnotationId]]) -> None:
    desk, ids = grouped
    desk.view.select_all()
    assert len(desk.view.selected) == 3
    desk.click(desk.at(1, 0.2, 0.2))
    assert list(desk.view.selected) == ids[:2]


# -- resizing ------------------------------------------------------------------------------------------------


def test_a_corner_resizes_a_stamp_in_proportion_and_keeps_the_other_corner(desk: Desk) -> None:
    (stamp_id,) = put(desk, stamp_on(1, 0.5, 0.3, size=0.06))
    desk.view.select([stamp_id])
    assert handles(desk) == {Handle(-1, -1), Handle(-1, 1), Handle(1, -1), Handle(1, 1)}
    before, end = frame(desk)
    start = grip(desk, 1, 1)
    size = end - before
    pixels = desk.view.zoom
    desk.drag(start, start + QPoint(round(size.x() * pixels), round(size.y() * pixels)))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    stamp = now(desk, stamp_id).annotation
    assert isinstance(stamp, Stamp)
    assert stamp.size == pytest.approx(0.12, rel=0.05)
    corner, _ = frame(desk)
    assert (corner.x(), corner.y()) == (pytest.approx(before.x(), abs=1.5), pytest.approx(before.y(), abs=1.5))
    assert desk.view.selected == (stamp_id,)


def test_handles_are_of_one_size_at_every_zoom(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.2, 0.6, 0.3))
    desk.view.select([box_id])
    for factor in (1.0, 3.0, 0.2):
        desk.view.zoom_by(factor)
        found = desk.view._tools.select._frame
        assert found is not None
        item = found._handles[Handle(1, 1)]
        on_screen = item.deviceTransform(desk.view.viewportTransform()).mapRect(item.boundingRect())
        assert on_screen.width() == pytest.approx(10.5, abs=0.5)
        off = desk.view.mapFromScene(item.pos()) - desk.view.mapFromScene(found.inner.bottomRight())
        assert off.manhattanLength() == pytest.approx(12, abs=2)


def test_a_figure_is_pulled_freely_and_shift_keeps_its_proportion(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.1, 0.5, 0.2))
    desk.view.select([box_id])
    start = grip(desk, 1, 1)
    desk.drag(start, start + QPoint(60, 0))
    box = edges(desk, box_id)
    assert box.x2 > 0.55
    assert (box.x, box.y) == (pytest.approx(0.3, abs=0.001), pytest.approx(0.1, abs=0.001))
    assert box.y2 == pytest.approx(0.2, abs=0.001)
    ratio = (box.x2 - box.x) / (box.y2 - box.y)
    start = grip(desk, 1, 1)
    desk.drag(start, start + QPoint(60, 0), SHIFT)
    wider = edges(desk, box_id)
    assert wider.x2 > box.x2
    assert (wider.x2 - wider.x) / (wider.y2 - wider.y) == pytest.approx(ratio, rel=0.02)


def test_a_side_stretches_a_stroke_one_way_only(desk: Desk) -> None:
    stroke = Placed(PageRef(1), PenStroke(id=new_id(), points=((0.3, 0.2, 0.5), (0.4, 0.3, 0.5), (0.5, 0.2, 0.5))))
    (stroke_id,) = put(desk, stroke)
    desk.view.select([stroke_id])
    start = grip(desk, -1, 0)
    desk.drag(start, start - QPoint(50, 30))
    wide = now(desk, stroke_id).annotation
    assert isinstance(wide, PenStroke)
    assert wide.points[0][0] < 0.25
    assert wide.points[2][0] == pytest.approx(0.5, abs=0.002)
    assert [y for _, y, _ in wide.points] == [0.2, 0.3, 0.2]


def test_a_side_of_a_text_sets_where_it_wraps(desk: Desk) -> None:
    (text_id,) = put(desk, text_on(1, 0.2, 0.2, "The method is correct but the sign is not", width=0.3, size=0.03))
    desk.view.select([text_id])
    assert Handle(0, 1) not in handles(desk)
    start = grip(desk, 1, 0)
    desk.drag(start, start + QPoint(80, 0))
    text = now(desk, text_id).annotation
    assert isinstance(text, TextNote)
    assert text.width > 0.35
    assert (text.x, text.size) == (pytest.approx(0.2, abs=0.003), 0.03)
    start = grip(desk, 1, 1)
    desk.drag(start, start + QPoint(60, 60))
    larger = now(desk, text_id).annotation
    assert isinstance(larger, TextNote)
    assert larger.size > 0.03
    assert larger.width / text.width == pytest.approx(larger.size / text.size, rel=0.01)


def line_on(page: int, x: float, y: float, x2: float, y2: float, kind: str = "line") -> Placed:
    return Placed(PageRef(page), Figure(id=new_id(), type=kind, x=x, y=y, x2=x2, y2=y2))  # type: ignore[arg-type]


def end_grip(desk: Desk, end: int) -> QPoint:
    found = desk.view._tools.select._frame
    assert found is not None
    return desk.view.mapFromScene(found._handles[Handle(0, 0, end)].pos())


@pytest.mark.parametrize("kind", ["line", "arrow"])
def test_a_line_is_pulled_by_its_ends(desk: Desk, kind: str) -> None:
    (line_id,) = put(desk, line_on(1, 0.3, 0.2, 0.5, 0.2, kind))
    desk.view.select([line_id])
    assert handles(desk) == {Handle(0, 0, 1), Handle(0, 0, 2)}
    desk.drag(end_grip(desk, 2), desk.at(1, 0.6, 0.35))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    line = now(desk, line_id).annotation
    assert isinstance(line, Figure)
    assert (line.x, line.y) == (0.3, 0.2)
    assert (line.x2, line.y2) == (pytest.approx(0.6, abs=0.004), pytest.approx(0.35, abs=0.004))
    desk.drag(end_grip(desk, 1), desk.at(1, 0.6, 0.21), SHIFT)
    upright = now(desk, line_id).annotation
    assert isinstance(upright, Figure)
    assert upright.x == pytest.approx(upright.x2, abs=0.004)
    desk.press(end_grip(desk, 1))
    desk.move(desk.at(1, 0.2, 0.1))
    assert desk.view.cancel()
    assert now(desk, line_id).annotation == upright


def test_on_a_turned_page_an_end_goes_where_the_pointer_is(desk: Desk) -> None:
    (line_id,) = put(desk, line_on(1, 0.3, 0.3, 0.5, 0.3))
    desk.view.rotate_page(PageRef(1))
    desk.view.select([line_id])
    sheet = desk.view.sheet
    assert sheet is not None
    page = sheet.page(PageRef(1))
    assert page is not None
    desk.drag(end_grip(desk, 2), desk.view.mapFromScene(page.mapToScene(400, 0.4 * page.height)))
    line = now(desk, line_id).annotation
    assert isinstance(line, Figure)
    assert (line.x2, line.y2) == (pytest.approx(0.4, abs=0.004), pytest.approx(0.4, abs=0.004))


def test_a_small_mark_is_hit_before_the_large_one_that_it_stands_in(desk: Desk) -> None:
    tick, _ = put(desk, stamp_on(1, 0.35, 0.22), line_on(1, 0.3, 0.2, 0.6, 0.4, "box"))
    desk.click(desk.at(1, 0.35, 0.22))
    assert desk.view.selected == (tick,)
    desk.click(desk.at(1, 0.33, 0.25))
    assert desk.view.selected == (), "what a box frames is not the box"


def test_several_are_resized_together(desk: Desk) -> None:
    ids = put(desk, stamp_on(1, 0.2, 0.1, size=0.04), box_on(1, 0.4, 0.2, 0.6, 0.25))
    desk.view.select(ids)
    start = grip(desk, 1, 1)
    before, end = frame(desk)
    half = (end - before) * desk.view.zoom / 2
    desk.drag(start, start + QPoint(round(half.x()), round(half.y())))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    stamp, box = now(desk, ids[0]).annotation, edges(desk, ids[1])
    assert isinstance(stamp, Stamp)
    assert stamp.size == pytest.approx(0.06, rel=0.05)
    assert box.x2 - box.x == pytest.approx(0.3, rel=0.05)


def test_on_a_turned_page_a_side_stretches_what_the_viewer_sees(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.3, 0.5, 0.5))
    desk.view.rotate_page(PageRef(1))
    desk.view.select([box_id])
    start = grip(desk, 1, 0)
    desk.drag(start, start + QPoint(60, 0))
    box = edges(desk, box_id)
    assert (box.x, box.x2) == (pytest.approx(0.3, abs=0.001), pytest.approx(0.5, abs=0.001))
    assert box.y < 0.28, "to the viewer's right is up on the page as it was scanned"
    assert box.y2 == pytest.approx(0.5, abs=0.002)


def test_on_a_turned_page_the_side_of_a_text_still_sets_where_it_wraps(desk: Desk) -> None:
    (text_id,) = put(desk, text_on(1, 0.4, 0.6, "The method is correct but the sign is not", width=0.3, size=0.03))
    desk.view.rotate_page(PageRef(1))
    desk.view.select([text_id])
    start = grip(desk, 1, 0)
    desk.drag(start, start + QPoint(50, 0))
    text = now(desk, text_id).annotation
    assert isinstance(text, TextNote)
    assert text.width > 0.34


def test_escape_gives_back_the_size(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.1, 0.5, 0.2))
    desk.view.select([box_id])
    before = frame(desk)
    start = grip(desk, 1, 1)
    desk.press(start)
    desk.move(start + QPoint(40, 40))
    assert frame(desk) != before
    assert desk.view.cancel()
    assert frame(desk) == before
    desk.release(start + QPoint(40, 40))
    assert desk.operations == []
    assert desk.view.selected == (box_id,)


def test_what_is_pulled_over_its_other_side_stays_the_right_way_round(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.1, 0.5, 0.2))
    desk.view.select([box_id])
    start = grip(desk, 1, 1)
    desk.drag(start, start - QPoint(300, 20))
    box = edges(desk, box_id)
    assert 0.298 <= box.x < box.x2 < 0.35


def test_the_pointer_shows_what_a_handle_does(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.1, 0.5, 0.2))
    desk.view.select([box_id])
    for handle, shape in (
        ((1, 0), Qt.CursorShape.SizeHorCursor),
        ((0, 1), Qt.CursorShape.SizeVerCursor),
        ((1, 1), Qt.CursorShape.SizeFDiagCursor),
        ((1, -1), Qt.CursorShape.SizeBDiagCursor),
    ):
        desk.hover(grip(desk, *handle))
        assert desk.view.viewport().cursor().shape() is shape
    desk.hover(desk.at(1, 0.9, 0.4))
    assert desk.view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_nothing_can_be_pulled_when_only_looking(desk: Desk) -> None:
    (box_id,) = put(desk, box_on(1, 0.3, 0.1, 0.5, 0.2))
    desk.view.set_read_only(True)
    desk.view.select([box_id])
    assert handles(desk) == set()
    QTest.keyClick(desk.view, Qt.Key.Key_Right)
    QTest.keyClick(desk.view, Qt.Key.Key_Right, CTRL | SHIFT)
    assert desk.operations == []


def test_many_marks_are_resized_too_with_only_the_frame_in_sight(desk: Desk) -> None:
    ids = put(desk, *(stamp_on(1, 0.1 + n % 20 * 0.03, 0.05 + n // 20 * 0.02) for n in range(240)))
    desk.view.select(ids)
    start = grip(desk, 1, 1)
    desk.drag(start, start + QPoint(40, 40))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    assert len(operation.placed) == 240


# -- moving --------------------------------------------------------------------------------------------------


def test_a_stroke_is_carried_to_another_page_as_it_looks(desk: Desk) -> None:
    stroke = Placed(PageRef(1), PenStroke(id=new_id(), points=((0.2, 0.9, 0.5), (0.3, 0.95, 0.7))))
    (stroke_id,) = put(desk, stroke)
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.drag(desk.at(1, 0.25, 0.925), desk.at(2, 0.25, 0.1))
    moved = now(desk, stroke_id)
    assert moved.page == PageRef(2)
    assert isinstance(moved.annotation, PenStroke)
    (x, y, _), (x2, y2, _) = moved.annotation.points
    assert (x2 - x, y2 - y) == (pytest.approx(0.1, abs=0.001), pytest.approx(0.05, abs=0.001))
    assert y == pytest.approx(0.075, abs=0.01)


def test_what_is_dragged_off_the_pages_stays_at_their_edge(desk: Desk) -> None:
    (stamp_id,) = put(desk, stamp_on(1, 0.5, 0.3))
    desk.view.zoom_by(0.5)
    desk.drag(desk.at(1, 0.5, 0.3), QPoint(1, 1))
    stamp = now(desk, stamp_id).annotation
    assert isinstance(stamp, Stamp)
    half_a_pixel = 0.5 / (PAGE_WIDTH * desk.view.zoom)  # by which the pointer is beside the stamp's middle
    assert -half_a_pixel <= stamp.x <= 0.02
    assert -half_a_pixel <= stamp.y <= 0.02


def test_of_what_is_dragged_over_an_edge_nothing_stands_beside_the_page(desk: Desk) -> None:
    ids = put(desk, *(stamp_on(1, x, 0.5) for x in (0.3, 0.45, 0.6)))
    desk.view.fit_page()
    desk.view.select(ids)
    desk.drag(desk.at(1, 0.45, 0.5), desk.at(1, 0.95, 0.5))
    stamps = [now(desk, i).annotation for i in ids]
    assert [stamp.x for stamp in stamps if isinstance(stamp, Stamp)] == [
        pytest.approx(x, abs=0.001) for x in (0.7, 0.85, 1.0)
    ]


def test_a_drag_from_what_shift_has_just_let_go_moves_the_others(desk: Desk) -> None:
    first, second = put(desk, stamp_on(1, 0.3, 0.3), stamp_on(1, 0.6, 0.3))
    for chosen in ([first, second], [first]):
        desk.view.select(chosen)
        before = now(desk, second)
        desk.drag(desk.at(1, 0.3, 0.3), desk.at(1, 0.35, 0.4), modifiers=Qt.KeyboardModifier.ShiftModifier)
        assert (now(desk, second) != before) is (second in chosen)


def test_very_many_are_moved_with_only_the_frame_in_sight_and_are_there_soon(desk: Desk, qtbot: QtBot) -> None:
    ids = put(desk, *(stamp_on(1, 0.1 + n % 20 * 0.03, 0.05 + n // 20 * 0.02) for n in range(400)))
    sheet = desk.view.sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: not sheet.marks_waiting)
    desk.view.select(ids)
    item = sheet.mark(ids[0])
    assert item is not None
    home, before = QPointF(item.pos()), frame(desk)
    start = desk.at(1, 0.1, 0.05)
    desk.press(start)
    desk.move(start + QPoint(40, 30))
    assert item.pos() == home
    assert frame(desk)[0].x() > before[0].x() + 30
    desk.release(start + QPoint(40, 30))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    assert len(operation.placed) == 400
    qtbot.waitUntil(lambda: not sheet.marks_waiting)
    shift = {round(now(desk, i).annotation.x - 0.1 - n % 20 * 0.03, 4) for n, i in enumerate(ids)}  # type: ignore[attr-defined]
    assert len(shift) == 1
    shown = [sheet.mark(i) for i in ids]
    assert all(mark is not None and mark.placed == now(desk, i) for i, mark in zip(ids, shown, strict=True))
    assert frame(desk)[0].x() > before[0].x() + 30
    assert sheet.mark(ids[0]) is not item


def test_arrow_keys_nudge_what_is_selected(desk: Desk) -> None:
    (stamp_id,) = put(desk, stamp_on(1, 0.5, 0.3))
    desk.view.select([stamp_id])
    QTest.keyClick(desk.view, Qt.Key.Key_Right)
    QTest.keyClick(desk.view, Qt.Key.Key_Down, SHIFT)
    assert len(desk.operations) == 2
    stamp = now(desk, stamp_id).annotation
    assert isinstance(stamp, Stamp)
    assert (stamp.x, stamp.y) == (pytest.approx(0.505), pytest.approx(0.3 + 0.001 * 620 / 877, abs=1e-4))
    assert desk.view._pen_point.within(desk.view._window()) is None


def test_a_key_held_down_is_one_step(desk: Desk) -> None:
    (stamp_id,) = put(desk, stamp_on(1, 0.5, 0.3))
    desk.view.select([stamp_id])
    for repeat in (False, True, True, True):
        QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyPress, repeat=repeat))
    assert desk.operations == []
    QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyRelease))
    assert len(desk.operations) == 1
    stamp = now(desk, stamp_id).annotation
    assert isinstance(stamp, Stamp)
    assert stamp.x == pytest.approx(0.52)


def test_escape_rolls_back_a_key_held_down_and_a_lost_focus_does_not(desk: Desk) -> None:
    (stamp_id,) = put(desk, stamp_on(1, 0.5, 0.3))
    desk.view.select([stamp_id])
    QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyPress))
    assert desk.view.cancel()
    QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyRelease))
    assert desk.operations == []
    assert desk.view.selected == (stamp_id,)
    QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyPress))
    QApplication.sendEvent(desk.view, QFocusEvent(QEvent.Type.FocusOut))
    assert len(desk.operations) == 1


def test_a_nudge_over_the_edge_goes_on_to_the_next_page(desk: Desk) -> None:
    (stamp_id,) = put(desk, stamp_on(1, 0.5, 0.999))
    desk.view.select([stamp_id])
    QTest.keyClick(desk.view, Qt.Key.Key_Down)
    assert now(desk, stamp_id).page == PageRef(2)
    stamp = now(desk, stamp_id).annotation
    assert isinstance(stamp, Stamp)
    assert (stamp.x, stamp.y) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.0, abs=0.01))
    QTest.keyClick(desk.view, Qt.Key.Key_Up)
    assert now(desk, stamp_id).page == PageRef(1)


def test_every_mark_that_is_nudged_keeps_its_middle_on_the_page(desk: Desk) -> None:
    ids = put(desk, stamp_on(1, 0.5, 0.3), stamp_on(1, 0.998, 0.3), stamp_on(1, 0.5, 0.996))
    desk.view.select(ids)
    for _ in range(3):
        QTest.keyClick(desk.view, Qt.Key.Key_Right)
    stamps = [now(desk, i).annotation for i in ids]
    assert all(isinstance(stamp, Stamp) for stamp in stamps)
    assert [stamp.x for stamp in stamps] == pytest.approx([0.502, 1.0, 0.502], abs=1e-3)  # type: ignore[union-attr]


def test_several_marks_nudged_over_the_edge_go_on_together(desk: Desk) -> None:
    ids = put(desk, stamp_on(1, 0.5, 0.8), stamp_on(1, 0.5, 0.999))
    desk.view.select(ids)
    QTest.keyClick(desk.view, Qt.Key.Key_Down)
    assert [now(desk, i).page for i in ids] == [PageRef(2), PageRef(2)]
    stamps = [now(desk, i).annotation for i in ids]
    assert [stamp.y for stamp in stamps] == pytest.approx([0.0, 0.199], abs=0.01)  # type: ignore[union-attr]
    QTest.keyClick(desk.view, Qt.Key.Key_Up)
    assert [now(desk, i).page for i in ids] == [PageRef(1), PageRef(1)]


def test_marks_of_two_pages_that_are_nudged_stay_on_theirs(desk: Desk) -> None:
    ids = put(desk, stamp_on(1, 0.5, 0.999), stamp_on(2, 0.5, 0.3))
    desk.view.select(ids)
    for _ in range(3):
        QTest.keyClick(desk.view, Qt.Key.Key_Down)
    assert [now(desk, i).page for i in ids] == [PageRef(1), PageRef(2)]
    stamps = [now(desk, i).annotation for i in ids]
    assert [stamp.y for stamp in stamps] == pytest.approx([1.0, 0.301], abs=2e-3)  # type: ignore[union-attr]


def test_the_keyboard_resizes(desk: Desk) -> None:
    stamp_id, box_id = put(desk, stamp_on(1, 0.5, 0.3, size=0.05), box_on(1, 0.2, 0.1, 0.3, 0.2))
    desk.view.select([stamp_id])
    QTest.keyClick(desk.view, Qt.Key.Key_Right, CTRL | SHIFT)
    stamp = now(desk, stamp_id).annotation
    assert isinstance(stamp, Stamp)
    assert stamp.size > 0.055
    QTest.keyClick(desk.view, Qt.Key.Key_Left, CTRL | SHIFT)
    again = now(desk, stamp_id).annotation
    assert isinstance(again, Stamp)
    assert again.size < stamp.size
    desk.view.select([box_id])
    QTest.keyClick(desk.view, Qt.Key.Key_Down, CTRL | SHIFT)
    box = edges(desk, box_id)
    assert box.y2 > 0.205
    assert (box.x, box.x2) == (pytest.approx(0.2, abs=0.001), pytest.approx(0.3, abs=0.001))


def test_several_can_be_selected_without_the_mouse(desk: Desk) -> None:
    QTest.keyClick(desk.view, Qt.Key.Key_Right)  # the pen point appears
    assert desk.view.sheet is not None
    spot = desk.view.sheet.spot_at(desk.view.pointed_at())
    assert spot is not None
    first, second = put(desk, stamp_on(1, spot.x, spot.y), stamp_on(1, spot.x + 0.08, spot.y))
    QTest.keyClick(desk.view, Qt.Key.Key_Return)
    assert desk.view.selected == (first,)
    for _ in range(4):
        QTest.keyClick(desk.view, Qt.Key.Key_Right, ALT)
    assert desk.operations == []
    QTest.keyClick(desk.view, Qt.Key.Key_Return, SHIFT)
    assert desk.view.selected == (first, second)


def test_everything_on_the_page_can_be_selected(desk: Desk) -> None:
    ids = put(desk, stamp_on(1, 0.5, 0.3), box_on(1, 0.2, 0.1, 0.3, 0.2), stamp_on(2, 0.5, 0.3))
    desk.view.select_all()
    assert list(desk.view.selected) == ids[:2]


def _key(kind: QEvent.Type, *, repeat: bool = False) -> QKeyEvent:
    return QKeyEvent(kind, Qt.Key.Key_Right, NONE, "", repeat)
