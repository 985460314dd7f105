"""Taking ink away by going over it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QPointingDevice

from mv_desktop.domain.annotation.shape import Figure, Placed
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk, key


@pytest.fixture
def inked(desk: Desk) -> Desk:
    """Three ticks in a row on page 1 and a box around all of them; the first two and the box are one group."""
    group = new_id()
    box = Figure(id=new_id(), type="box", x=0.1, y=0.1, x2=0.9, y2=0.3, group=group)
    desk.apply(
        PutAnnotations(
            (
                stamp_on(1, 0.2, 0.2, group=group),
                stamp_on(1, 0.5, 0.2, group=group),
                stamp_on(1, 0.8, 0.2),
                Placed(PageRef(1), box),
            )
        )
    )
    desk.operations.clear()
    desk.view.set_tool("eraser")
    return desk


def ids(desk: Desk) -> list[AnnotationId]:
    return [placed.annotation.annotation_id for placed in desk.ink]


def seen(desk: Desk, annotation_id: AnnotationId) -> bool:
    assert desk.view.sheet is not None
    item = desk.view.sheet.mark(annotation_id)
    return item is not None and item.isVisible()


def test_a_click_takes_away_what_it_touches_and_nothing_of_its_group(inked: Desk) -> None:
    first, *rest = ids(inked)
    inked.click(inked.at(1, 0.2, 0.2))
    assert ids(inked) == rest
    (operation,) = inked.operations
    assert operation == DeleteAnnotations((first,))


def test_a_drag_takes_away_all_on_its_way_in_one_operation(inked: Desk) -> None:
    first, second, third, box = ids(inked)
    inked.drag(inked.at(1, 0.15, 0.2), inked.at(1, 0.6, 0.2))
    assert ids(inked) == [third, box]
    (operation,) = inked.operations
    assert isinstance(operation, DeleteAnnotations)
    assert set(operation.annotation_ids) == {first, second}


def test_a_quick_drag_misses_nothing_between_two_moves(inked: Desk) -> None:
    start, end = inked.at(1, 0.15, 0.2), inked.at(1, 0.85, 0.2)
    inked.press(start)
    inked.release(end)
    assert len(ids(inked)) == 1


def test_a_hollow_figure_goes_only_by_its_line(inked: Desk) -> None:
    *_, box = ids(inked)
    inked.click(inked.at(1, 0.35, 0.25))
    assert box in ids(inked)
    inked.click(inked.at(1, 0.1, 0.25))
    assert box not in ids(inked)


def test_what_is_touched_disappears_at_once_and_escape_brings_it_back(inked: Desk) -> None:
    first, second, *_ = before = ids(inked)
    inked.press(inked.at(1, 0.15, 0.2))
    inked.move(inked.at(1, 0.3, 0.2))
    assert [seen(inked, i) for i in (first, second)] == [False, True]
    key(inked, Qt.Key.Key_Escape)
    assert all(seen(inked, i) for i in before)
    inked.release(inked.at(1, 0.6, 0.2))
    assert inked.operations == []


def test_what_cannot_be_deleted_is_seen_again(inked: Desk) -> None:
    first, *_ = ids(inked)
    inked.view.delete_requested.disconnect()
    inked.click(inked.at(1, 0.2, 0.2))
    assert seen(inked, first)


def test_nothing_goes_when_only_looking(inked: Desk) -> None:
    before = ids(inked)
    inked.view.set_read_only(True)
    inked.drag(inked.at(1, 0.15, 0.2), inked.at(1, 0.6, 0.2))
    assert all(seen(inked, i) for i in before)
    assert inked.operations == []


def test_the_keyboard_erases_at_the_pen_point(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return)
    assert len(desk.ink) == 1
    desk.view.set_tool("eraser")
    key(desk, Qt.Key.Key_Return)
    assert desk.ink == []


def test_a_script_can_be_closed_while_something_is_erased(inked: Desk) -> None:
    inked.press(inked.at(1, 0.2, 0.2))
    inked.view.close_script()
    inked.release(QPoint(200, 200))
    assert inked.operations == []


def test_what_the_pens_other_end_has_touched_comes_back_when_another_tool_is_taken(inked: Desk) -> None:
    before = ids(inked)
    inked.view.set_tool("pen")
    eraser = QPointingDevice.PointerType.Eraser
    inked.pen(QEvent.Type.TabletPress, inked.at(1, 0.2, 0.2), tip=eraser)
    assert not seen(inked, before[0])
    inked.view.set_tool("select")
    assert all(seen(inked, i) for i in before)
    inked.pen(QEvent.Type.TabletRelease, inked.at(1, 0.2, 0.2), tip=eraser)
    assert inked.operations == []


def test_what_is_being_erased_comes_back_when_nothing_may_be_changed_any_more(inked: Desk) -> None:
    before = ids(inked)
    inked.press(inked.at(1, 0.2, 0.2))
    inked.view.set_read_only(True)
    assert all(seen(inked, i) for i in before)
    inked.release(inked.at(1, 0.2, 0.2))
    assert inked.operations == []
