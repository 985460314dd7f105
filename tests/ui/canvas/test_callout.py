"""A drag with a stamp in hand: a box, its line, and the stamp in the margin, in one gesture."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt

from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.annotation.shape import Figure, Stamp
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.fakes.picture_source import stamp_on
from tests.ui.canvas.conftest import Desk, ghosts, key


def parts(desk: Desk) -> tuple[Figure, Figure, Stamp]:
    """Box, line and stamp, put by one operation."""
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    box, line, stamp = (placed.annotation for placed in operation.placed)
    assert {placed.page for placed in operation.placed} == {PageRef(1)}
    assert isinstance(box, Figure)
    assert isinstance(line, Figure)
    assert isinstance(stamp, Stamp)
    assert (box.type, line.type) == ("box", "line")
    return box, line, stamp


def near(value: float) -> object:
    return pytest.approx(value, abs=0.004)


def test_a_drag_boxes_and_stamps_in_one_gesture(desk: Desk) -> None:
    desk.view.set_inkwell(lambda stamp, _page: StampInk(21, "a", Decimal(1) if stamp else None))
    desk.view.set_ink(Ink("green", breadth="thick"))
    desk.view.set_stamp("tick")
    desk.drag(desk.at(1, 0.55, 0.1), desk.at(1, 0.7, 0.16))
    box, line, stamp = parts(desk)
    assert (box.x, box.y, box.x2, box.y2) == (near(0.55), near(0.1), near(0.7), near(0.16))
    assert (stamp.stamp, stamp.marks) == ("tick", "1")
    assert stamp.x > 0.9
    assert stamp.y == near(0.13)
    assert (line.x, line.y, line.y2) == (near(0.7), near(0.13), near(0.13))
    assert 0.7 < line.x2 < stamp.x - stamp.size / 2
    made = (box, line, stamp)
    assert len({part.group for part in made}) == 1
    assert box.group is not None
    assert {(part.question_number, part.alternative, part.color) for part in made} == {(21, "a", "#1a7340")}
    assert (box.marks, line.marks, box.width) == (None, None, 0.004)
    assert ghosts(desk) == []


def test_the_stamp_goes_to_the_nearer_margin(desk: Desk) -> None:
    desk.view.set_stamp("cross")
    desk.drag(desk.at(1, 0.45, 0.2), desk.at(1, 0.2, 0.25))
    box, line, stamp = parts(desk)
    assert (box.x, box.x2) == (near(0.2), near(0.45))
    assert stamp.x < 0.1
    assert line.x == near(0.2)
    assert line.x2 > stamp.x + stamp.size / 2


def test_it_is_seen_while_it_is_drawn_and_escape_drops_it(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    start = desk.at(1, 0.5, 0.1)
    desk.press(start)
    assert len(ghosts(desk)) == 1
    desk.move(start + QPoint(60, 40))
    shown = ghosts(desk)
    assert len(shown) == 3
    desk.move(start + QPoint(90, 50))
    assert set(ghosts(desk)) == set(shown)
    desk.move(start + QPoint(2, 1))
    assert len(ghosts(desk)) == 1, "back where it began it is a click again"
    desk.move(start + QPoint(90, 50))
    key(desk, Qt.Key.Key_Escape)
    assert ghosts(desk) == []
    desk.release(start + QPoint(90, 50))
    assert desk.operations == []


def test_all_of_it_stays_on_the_page_where_it_began(desk: Desk) -> None:
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.set_stamp("tick")
    desk.drag(desk.at(1, 0.6, 0.8), desk.at(2, 0.7, 0.2))
    box, _, stamp = parts(desk)
    assert box.y2 == 1.0
    assert 0 < stamp.y < 1


def test_on_a_turned_page_the_margins_are_the_viewers(desk: Desk) -> None:
    desk.view.rotate_page(PageRef(1), 1)
    desk.view.set_stamp("tick")
    start, end = desk.at(1, 0.3, 0.3), desk.at(1, 0.4, 0.2)
    desk.drag(start, end)
    box, line, stamp = parts(desk)
    assert stamp.y < 0.1, "the upper edge of the page is at the right"
    assert stamp.x == near((box.x + box.x2) / 2)
    assert line.x == line.x2 == stamp.x


def test_it_avoids_a_stamp_that_stands_in_the_margin(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.drag(desk.at(1, 0.55, 0.1), desk.at(1, 0.7, 0.16))
    _, _, first = parts(desk)
    desk.operations.clear()
    desk.drag(desk.at(1, 0.72, 0.1), desk.at(1, 0.8, 0.16))
    _, line, second = parts(desk)
    apart = abs(second.y - first.y) * 877 / 620
    assert apart > first.size
    assert line.y2 == pytest.approx(second.y)


def test_a_box_as_broad_as_the_page_has_its_stamp_above_or_below(desk: Desk) -> None:
    desk.view.set_stamp("half")
    desk.drag(desk.at(1, 0.02, 0.2), desk.at(1, 0.98, 0.3))
    box, line, stamp = parts(desk)
    assert stamp.y < box.y
    assert line.y == box.y
    assert line.x == line.x2 == stamp.x
    desk.operations.clear()
    desk.drag(desk.at(1, 0.02, 0.005), desk.at(1, 0.98, 0.1))
    box, _, stamp = parts(desk)
    assert stamp.y > box.y2


def test_a_line_that_is_drawn_becomes_a_box_that_can_be_seen(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.5, 0.1)
    desk.drag(at, at + QPoint(120, 0))
    box, _, _ = parts(desk)
    assert (box.y2 - box.y) * 877 / 620 > 0.015


def test_nothing_comes_of_a_drag_when_only_looking_or_beside_the_pages(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.view.zoom_by(0.5)
    desk.drag(QPoint(3, 100), QPoint(3, 200))
    desk.view.set_read_only(True)
    desk.drag(desk.at(1, 0.5, 0.1), desk.at(1, 0.6, 0.2))
    assert desk.operations == []
    assert ghosts(desk) == []


def test_another_tool_drops_what_is_being_drawn(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.5, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 40))
    desk.view.set_tool("select")
    desk.release(at + QPoint(60, 40))
    assert desk.operations == []
    assert ghosts(desk) == []


def test_a_script_can_be_closed_while_a_box_is_drawn(desk: Desk) -> None:
    desk.apply(PutAnnotations((stamp_on(1),)))
    desk.operations.clear()
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.5, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 40))
    desk.view.close_script()
    desk.release(at + QPoint(90, 50))
    assert desk.operations == []


def test_the_keyboard_boxes_from_shift_enter_to_enter(desk: Desk) -> None:
    desk.view.set_inkwell(lambda stamp, _page: StampInk(21, "a", Decimal(1) if stamp else None))
    desk.view.set_stamp("tick")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    for which in (*[Qt.Key.Key_Right] * 3, Qt.Key.Key_Down, Qt.Key.Key_Down):
        key(desk, which)
    assert len(ghosts(desk)) == 3
    assert desk.operations == []
    key(desk, Qt.Key.Key_Return)
    box, _, stamp = parts(desk)
    assert box.x2 - box.x == near(0.06)
    assert (box.y2 - box.y) * 877 / 620 == near(0.04)
    assert (stamp.marks, ghosts(desk)) == ("1", [])
    assert stamp.x < box.x or stamp.x > box.x2
    # Esc drops it, and Enter alone is a stamp at the point, as before
    key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    key(desk, Qt.Key.Key_Left)
    key(desk, Qt.Key.Key_Escape)
    assert ghosts(desk) == []
    key(desk, Qt.Key.Key_Return)
    assert len(desk.operations) == 2
    assert isinstance(desk.ink[-1].annotation, Stamp)
    assert len(desk.ink) == 4


def test_the_keyboards_box_goes_on_where_the_window_goes_along_with_it(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    for _ in range(30):
        key(desk, Qt.Key.Key_Down)  # from the lower edge of the window on, the pages move and the point does not
    before = desk.view.verticalScrollBar().value()
    key(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    for _ in range(4):
        key(desk, Qt.Key.Key_Down)
    assert desk.view.verticalScrollBar().value() > before
    assert len(ghosts(desk)) == 3
    key(desk, Qt.Key.Key_Return)
    box, _, _ = parts(desk)
    assert (box.y2 - box.y) * 877 / 620 == near(0.08)


def test_pages_that_roll_on_below_a_click_make_no_box_of_it(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    at = desk.at(1, 0.5, 0.2)
    desk.press(at)
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().value() + 60)
    desk.release(at)
    (placed,) = desk.ink
    assert isinstance(placed.annotation, Stamp)


def test_a_box_that_is_being_drawn_has_the_stamp_and_the_marks_of_the_moment(desk: Desk) -> None:
    marks = [Decimal(2)]
    desk.view.set_inkwell(lambda stamp, _page: StampInk(21, "a", marks[0] if stamp else None))
    desk.view.set_stamp("tick")
    start = desk.at(1, 0.55, 0.1)
    desk.press(start)
    desk.move(start + QPoint(90, 50))
    marks[0] = Decimal(1)
    desk.view.set_inkwell(lambda stamp, _page: StampInk(21, "a", marks[0] if stamp else None))
    desk.view.set_stamp("cross")
    assert len(ghosts(desk)) == 3
    desk.release(start + QPoint(90, 50))
    _, _, stamp = parts(desk)
    assert (stamp.stamp, stamp.marks) == ("cross", "1")
    assert ghosts(desk) == []
