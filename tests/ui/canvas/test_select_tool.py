"""Selecting, moving and deleting marks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import PenStroke, Placed, Stamp, parse_annotation
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from tests.fakes.picture_source import marked, new_id, stamp_on
from tests.ui.canvas.conftest import Desk


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
