"""Resizing what is selected by its handles, by real mouse and key events."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from mv_desktop.domain.annotation.shape import Figure, PenStroke, Placed, Stamp, TextNote
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.selection_frame import Handle
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk, key
from tests.ui.canvas.selecting import (
    CTRL,
    SHIFT,
    box_on,
    edges,
    frame,
    grip,
    handles,
    now,
    put,
    text_on,
)


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


def test_what_is_pulled_over_an_edge_ends_there(desk: Desk) -> None:
    line_id, box_id = put(desk, line_on(1, 0.3, 0.2, 0.5, 0.3), line_on(1, 0.6, 0.2, 0.8, 0.3, "box"))
    desk.view.zoom_by(0.5)
    beside = desk.at(1, 1.0, 0.2).x() + 20
    desk.view.select([line_id])
    desk.drag(end_grip(desk, 2), QPoint(beside, desk.at(1, 0.5, 0.4).y()))
    line = now(desk, line_id).annotation
    assert isinstance(line, Figure)
    assert (line.x2, line.y2) == (1.0, pytest.approx(0.4, abs=0.01))
    desk.drag(end_grip(desk, 2), QPoint(beside, desk.at(1, 0.5, 0.2).y()), SHIFT)
    level = now(desk, line_id).annotation
    assert isinstance(level, Figure)
    assert (level.x2, level.y2) == (1.0, pytest.approx(0.2, abs=0.001)), "and keeps its direction"
    desk.view.select([box_id])
    start = grip(desk, 1, 1)
    desk.drag(start, QPoint(beside, start.y() + 20))
    box = now(desk, box_id).annotation
    assert isinstance(box, Figure)
    assert box.x2 == pytest.approx(1.0, abs=0.006)
    assert box.y2 > 0.31


def test_an_end_of_a_line_that_stands_beside_the_page_is_pulled_onto_it(desk: Desk) -> None:
    (line_id,) = put(desk, line_on(1, 1.01, 0.2, 0.9, 0.3))
    desk.view.zoom_by(0.5)
    desk.view.select([line_id])
    at = end_grip(desk, 2)
    desk.drag(at, QPoint(end_grip(desk, 1).x(), at.y() + 9), SHIFT)
    line = now(desk, line_id).annotation
    assert isinstance(line, Figure)
    assert (line.x, line.x2) == (1.01, 1.0)


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


# -- the edge of the page ------------------------------------------------------------------------------------


def shown_on_its_page(desk: Desk) -> bool:
    """All ink has its middle on its page, and reaches no farther than that."""
    sheet = desk.view.sheet
    assert sheet is not None
    marks = [sheet.mark(placed.annotation.annotation_id) for placed in desk.ink]
    return all(
        mark is not None and sheet.page_rect(mark.page_item).adjusted(-1, -1, 1, 1).contains(mark.frame())
        for mark in marks
    )


@pytest.mark.parametrize("pulled", [QPoint(300, 0), QPoint(0, 300), QPoint(300, 300), QPoint(-20, 300)])
def test_a_stamp_at_the_edge_does_not_grow_over_it_whichever_way_one_pulls(desk: Desk, pulled: QPoint) -> None:
    (mark,) = put(desk, stamp_on(1, 0.96, 0.3, size=0.03))
    desk.view.select([mark])
    at = grip(desk, 1, 1)
    desk.drag(at, at + pulled)
    assert shown_on_its_page(desk)


def test_keys_make_nothing_grow_over_the_edge_of_its_page(desk: Desk) -> None:
    (mark,) = put(desk, stamp_on(1, 0.96, 0.98, size=0.03))
    desk.view.select([mark])
    for _ in range(40):
        key(desk, Qt.Key.Key_Right, CTRL | SHIFT)
    assert shown_on_its_page(desk)
    for _ in range(5):
        key(desk, Qt.Key.Key_Left, CTRL | SHIFT)
    stamp = desk.ink[0].annotation
    assert isinstance(stamp, Stamp)
    assert stamp.size < 0.03, "smaller, it goes at once"


@pytest.mark.parametrize("corner", [(1, 1), (-1, -1)])
@pytest.mark.parametrize("by", [0.3, 2.0])
def test_marks_of_several_pages_are_resized_each_on_its_own(desk: Desk, corner: tuple[int, int], by: float) -> None:
    desk.view.zoom_by(0.4)
    first, second = put(desk, stamp_on(1, 0.4, 0.9), stamp_on(2, 0.6, 0.1))
    desk.view.select([first, second])
    top, bottom = frame(desk)
    reach = (bottom - top) * (by - 1) * desk.view.zoom
    at = grip(desk, *corner)
    desk.drag(at, at + QPoint(round(reach.x()) * corner[0], round(reach.y()) * corner[1]))
    sizes = {placed.page: placed.annotation for placed in desk.ink}
    one, other = sizes[PageRef(1)], sizes[PageRef(2)]
    assert isinstance(one, Stamp)
    assert isinstance(other, Stamp)
    assert one.size == other.size
    assert one.size == pytest.approx(0.03 * by, rel=0.1)
    assert (one.x, one.y) == (pytest.approx(0.4, abs=0.05), pytest.approx(0.9, abs=0.05))
    assert (other.x, other.y) == (pytest.approx(0.6, abs=0.05), pytest.approx(0.1, abs=0.05))
    assert shown_on_its_page(desk)
