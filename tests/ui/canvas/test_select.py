"""What is selected together, and moving and nudging it, by real mouse and key events."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import PenStroke, Placed, Stamp
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk
from tests.ui.canvas.selecting import (
    ALT,
    CTRL,
    NONE,
    SHIFT,
    box_on,
    edges,
    frame,
    now,
    put,
)

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


def test_marks_of_two_pages_that_are_dragged_stay_on_theirs(desk: Desk) -> None:
    ids = put(desk, stamp_on(1, 0.5, 0.5), stamp_on(2, 0.5, 0.9))
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.select(ids)
    desk.drag(desk.at(1, 0.5, 0.5), desk.at(2, 0.6, 0.5))
    assert [now(desk, i).page for i in ids] == [PageRef(1), PageRef(2)]
    stamps = [now(desk, i).annotation for i in ids]
    assert [stamp.x for stamp in stamps] == pytest.approx([0.6, 0.6], abs=0.01)  # type: ignore[union-attr]
    assert [stamp.y for stamp in stamps] == pytest.approx([0.6, 1.0], abs=0.01)  # type: ignore[union-attr]
    assert len(desk.operations) == 1


def test_what_is_left_of_a_selection_stays_on_its_page_when_another_mark_is_dragged(desk: Desk) -> None:
    first, second = put(desk, stamp_on(1, 0.5, 0.5), stamp_on(2, 0.5, 0.9))
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.select([first, second])
    desk.drag(desk.at(1, 0.5, 0.5), desk.at(1, 0.5, 0.8), SHIFT)
    assert list(desk.view.selected) == [second]
    stamp = now(desk, second).annotation
    assert isinstance(stamp, Stamp)
    assert (now(desk, second).page, stamp.y) == (PageRef(2), pytest.approx(1.0, abs=0.01))


def test_what_is_dragged_lies_where_it_was_when_others_are_selected_meanwhile(desk: Desk) -> None:
    first, second = put(desk, stamp_on(1, 0.5, 0.2), stamp_on(1, 0.2, 0.2))
    sheet = desk.view.sheet
    assert sheet is not None
    start = desk.at(1, 0.5, 0.2)
    desk.press(start)
    desk.move(start + QPoint(40, 40))
    item = sheet.mark(first)
    assert item is not None
    assert item.pos() != item.home
    desk.view.select([second])
    assert item.pos() == item.home
    desk.release(start + QPoint(60, 60))
    assert (desk.operations, desk.view.selected) == ([], (second,))


def test_what_a_key_shifts_is_shifted_before_others_are_selected(desk: Desk) -> None:
    first, second = put(desk, stamp_on(1, 0.5, 0.2), stamp_on(1, 0.2, 0.2))
    desk.view.select([first])
    QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyPress))
    desk.view.select([second])
    QApplication.sendEvent(desk.view, _key(QEvent.Type.KeyRelease))
    stamps = [now(desk, i).annotation for i in (first, second)]
    assert all(isinstance(stamp, Stamp) for stamp in stamps)
    assert [stamp.x for stamp in stamps] == [pytest.approx(0.505, abs=1e-4), 0.2]  # type: ignore[union-attr]
    assert len(desk.operations) == 1


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
