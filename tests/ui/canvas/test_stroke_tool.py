"""Drawing freely with the pen and the highlighter: by mouse, by tablet and by keyboard."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QApplication, QGraphicsPathItem

from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.annotation.shape import Highlight, PenStroke, StampName
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.tools.table import ToolName
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.fakes.picture_source import stamp_on
from tests.ui.canvas.conftest import Desk, key, tablet_pen

PRESS, MOVE, LIFT = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease


def strokes(desk: Desk) -> list[PenStroke]:
    return [placed.annotation for placed in desk.ink if isinstance(placed.annotation, PenStroke)]


def live(desk: Desk) -> list[QGraphicsPathItem]:
    """Ink that is seen and is no mark yet."""
    assert desk.view.sheet is not None
    return [
        item
        for item in desk.view.sheet.items()
        if isinstance(item, QGraphicsPathItem) and not isinstance(item, MarkItem)
    ]


def draw(desk: Desk, *spots: tuple[float, float], page: int = 1) -> None:
    points = [desk.at(page, *spot) for spot in spots]
    desk.press(points[0])
    for point in points[1:]:
        desk.move(point)
    desk.release(points[-1])


# -- by mouse ------------------------------------------------------------------------------------------------


def test_a_stroke_is_one_annotation_and_one_operation(desk: Desk) -> None:
    desk.view.set_tool("pen")
    draw(desk, (0.2, 0.1), (0.25, 0.12), (0.3, 0.1), (0.35, 0.12))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    (stroke,) = strokes(desk)
    assert stroke.points[0][:2] == (pytest.approx(0.2, abs=0.003), pytest.approx(0.1, abs=0.003))
    assert stroke.points[-1][:2] == (pytest.approx(0.35, abs=0.003), pytest.approx(0.12, abs=0.003))
    assert {pressure for _, _, pressure in stroke.points} == {0.5}
    assert (stroke.color, stroke.width) == ("#c1121f", 0.002)
    assert all(round(x, 5) == x and round(y, 5) == y for x, y, _ in stroke.points)
    assert live(desk) == []
    assert desk.shown(stroke.annotation_id)


def test_ink_is_seen_while_it_is_drawn_and_escape_drops_it(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.press(desk.at(1, 0.2, 0.1))
    desk.move(desk.at(1, 0.4, 0.1))
    whole = live(desk)[0].sceneBoundingRect()
    assert whole.width() > 0.15 * 794
    key(desk, Qt.Key.Key_Escape)
    assert live(desk) == []
    desk.release(desk.at(1, 0.5, 0.1))
    assert desk.operations == []


def test_a_long_stroke_grows_in_pieces(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.press(desk.at(1, 0.1, 0.1))
    for step in range(60):
        desk.move(desk.at(1, 0.1 + step / 100, 0.1 + 0.01 * math.sin(step)))
    pieces = live(desk)
    assert 4 < len(pieces) < 10
    assert max(piece.sceneBoundingRect().width() for piece in pieces) < 0.15 * 794


def test_a_click_is_a_dot(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.click(desk.at(1, 0.3, 0.2))
    (stroke,) = strokes(desk)
    assert len(stroke.points) == 1
    assert desk.view.sheet is not None
    item = desk.view.sheet.mark(stroke.annotation_id)
    assert item is not None
    assert item.boundingRect().width() == pytest.approx(2, abs=0.1)


def test_the_pen_draws_with_the_ink_in_hand(desk: Desk) -> None:
    desk.view.set_ink(Ink("blue", "lime", "thick"))
    desk.view.set_tool("pen")
    draw(desk, (0.2, 0.1), (0.3, 0.1))
    (stroke,) = strokes(desk)
    assert (stroke.color, stroke.width) == ("#1d4e9e", 0.004)


def test_ink_belongs_to_the_question_and_carries_nothing(desk: Desk) -> None:
    asked: list[StampName | None] = []

    def inkwell(stamp: StampName | None, page: PageRef) -> StampInk:
        asked.append(stamp)
        return StampInk(21, "b")

    desk.view.set_inkwell(inkwell)
    desk.view.set_tool("pen")
    draw(desk, (0.2, 0.1), (0.3, 0.1))
    (stroke,) = strokes(desk)
    assert (stroke.question_number, stroke.alternative, stroke.marks) == (21, "b", None)
    assert asked == [None]


def test_a_stroke_that_leaves_its_page_ends_at_the_edge(desk: Desk) -> None:
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.set_tool("pen")
    draw(desk, (0.8, 0.5), (1.2, 0.5))
    (stroke,) = strokes(desk)
    assert stroke.points[-1][0] == 1.0
    assert stroke.group is None


def test_where_it_comes_back_another_stroke_begins_in_the_same_gesture(desk: Desk) -> None:
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.set_tool("pen")
    draw(desk, (0.8, 0.5), (0.9, 0.5), (1.1, 0.5), (1.1, 0.6), (0.9, 0.6), (0.8, 0.6))
    assert len(desk.operations) == 1
    first, second = strokes(desk)
    assert first.points[-1][:2] == (1.0, pytest.approx(0.5, abs=0.01))
    assert second.points[0][:2] == (1.0, pytest.approx(0.6, abs=0.01))
    assert first.group == second.group is not None


def test_a_stroke_onto_the_next_page_stays_on_the_first(desk: Desk) -> None:
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.set_tool("pen")
    start, end = desk.at(1, 0.5, 0.9), desk.at(2, 0.5, 0.3)
    desk.drag(start, end)
    (placed,) = desk.ink
    assert placed.page == PageRef(1)
    assert isinstance(placed.annotation, PenStroke)
    assert placed.annotation.points[-1][1] == 1.0


def test_nothing_is_drawn_beside_the_pages_or_when_only_looking(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.view.zoom_by(0.5)
    desk.drag(QPoint(3, 200), QPoint(300, 200))
    desk.view.set_read_only(True)
    desk.drag(QPoint(200, 200), QPoint(300, 200))
    assert desk.operations == []
    assert live(desk) == []


def test_another_tool_drops_what_is_being_drawn(desk: Desk) -> None:
    desk.view.set_tool("pen")
    at = desk.at(1, 0.2, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 0))
    desk.view.set_tool("select")
    desk.release(at + QPoint(90, 0))
    assert desk.operations == []
    assert live(desk) == []


def test_another_button_while_something_is_drawn_rolls_it_back(desk: Desk) -> None:
    desk.view.set_tool("pen")
    at = desk.at(1, 0.2, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 0))
    desk.press(at + QPoint(60, 0), button=Qt.MouseButton.MiddleButton)
    assert live(desk) == []
    desk.release(at + QPoint(90, 0))
    assert desk.operations == []


def test_the_release_of_another_button_ends_nothing(desk: Desk) -> None:
    desk.view.set_tool("pen")
    at = desk.at(1, 0.2, 0.1)
    desk.press(at)
    desk.move(at + QPoint(30, 0))
    desk.mouse(QEvent.Type.MouseButtonRelease, at + QPoint(30, 0), Qt.MouseButton.RightButton)
    assert desk.operations == []
    desk.move(at + QPoint(90, 0))
    desk.release(at + QPoint(90, 0))
    (stroke,) = strokes(desk)
    assert stroke.points[-1][0] - stroke.points[0][0] > 0.1


def test_a_script_can_be_closed_while_something_is_drawn(desk: Desk) -> None:
    desk.view.set_tool("pen")
    at = desk.at(1, 0.2, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 0))
    desk.view.close_script()
    desk.release(at + QPoint(90, 0))
    assert desk.operations == []


def test_a_turned_page_is_drawn_on_where_the_pointer_is(desk: Desk) -> None:
    desk.view.rotate_page(PageRef(1), 1)
    desk.view.set_tool("pen")
    draw(desk, (0.2, 0.3), (0.2, 0.5))
    (stroke,) = strokes(desk)
    assert stroke.points[0][:2] == (pytest.approx(0.2, abs=0.003), pytest.approx(0.3, abs=0.003))
    assert stroke.points[-1][:2] == (pytest.approx(0.2, abs=0.003), pytest.approx(0.5, abs=0.003))


# -- the highlighter -----------------------------------------------------------------------------------------


def test_the_highlighter_draws_broad_and_translucent(desk: Desk) -> None:
    desk.view.set_tool("highlighter")
    desk.press(desk.at(1, 0.2, 0.2))
    desk.move(desk.at(1, 0.6, 0.2))
    (item,) = live(desk)
    assert item.opacity() < 0.6
    desk.release(desk.at(1, 0.6, 0.2))
    (placed,) = desk.ink
    assert isinstance(placed.annotation, Highlight)
    assert (placed.annotation.color, placed.annotation.width) == ("#ffd60a", 0.022)
    assert len(placed.annotation.points) == 2
    assert live(desk) == []


@pytest.mark.parametrize("tool", ["pen", "highlighter"])
def test_shift_draws_straight_from_where_it_began(desk: Desk, tool: ToolName) -> None:
    desk.view.set_tool(tool)
    start = desk.at(1, 0.2, 0.2)
    desk.press(start)
    desk.move(start + QPoint(60, 30))
    shift = Qt.KeyboardModifier.ShiftModifier
    desk.move(start + QPoint(120, 20), shift)
    assert len(live(desk)) == 1
    assert live(desk)[0].sceneBoundingRect().height() < 20 / desk.view.zoom
    desk.move(start + QPoint(200, -12), shift)
    desk.release(start + QPoint(200, -12), shift)
    (placed,) = desk.ink
    assert isinstance(placed.annotation, PenStroke | Highlight)
    (x, y, _), (x2, y2, _) = placed.annotation.points
    assert y2 == pytest.approx(y, abs=1e-4)
    assert (x2 - x) * 794 * desk.view.zoom == pytest.approx(200, abs=2)


def test_without_shift_the_stroke_goes_on_freely(desk: Desk) -> None:
    desk.view.set_tool("pen")
    start = desk.at(1, 0.2, 0.2)
    desk.press(start)
    desk.move(start + QPoint(100, 4), Qt.KeyboardModifier.ShiftModifier)
    desk.move(start + QPoint(110, 50))
    desk.release(start + QPoint(110, 50))
    (stroke,) = strokes(desk)
    assert len(stroke.points) > 2
    assert (stroke.points[-1][1] - stroke.points[0][1]) * 877 / 620 > 0.05


def test_the_highlighter_is_as_broad_however_it_is_pressed(desk: Desk) -> None:
    desk.view.set_tool("highlighter")
    for kind, x, pressure in ((PRESS, 0.2, 0.1), (MOVE, 0.4, 0.9), (LIFT, 0.6, 0.0)):
        desk.pen(kind, desk.at(1, x, 0.2), pressure)
    (placed,) = desk.ink
    assert isinstance(placed.annotation, Highlight)
    assert {pressure for _, _, pressure in placed.annotation.points} == {0.5}


# -- the tablet ----------------------------------------------------------------------------------------------


def test_the_pen_is_broader_where_it_is_pressed(desk: Desk) -> None:
    desk.view.set_tool("pen")
    start = QPointF(desk.at(1, 0.2, 0.1))
    desk.pen(PRESS, start, 0.1)
    for step in range(1, 40):
        desk.pen(MOVE, start + QPointF(step * 4.3, 0), 0.1 + step / 50)
    desk.pen(LIFT, start + QPointF(40 * 4.3, 0), 0.9)
    (stroke,) = strokes(desk)
    pressures = [pressure for _, _, pressure in stroke.points]
    assert pressures[0] == pytest.approx(0.1, abs=0.05)
    assert pressures[-1] == pytest.approx(0.9, abs=0.05)
    assert pressures == sorted(pressures)
    assert desk.view.sheet is not None
    item = desk.view.sheet.mark(stroke.annotation_id)
    assert item is not None
    path, left = item.path(), item.path().boundingRect().left()
    y = stroke.points[0][1] * item.page_item.height
    beside = [path.contains(QPointF(left + along, y + 1.2)) for along in (10, item.boundingRect().width() - 5)]
    assert beside == [False, True]


def test_a_tablet_says_where_between_two_pixels_it_is(desk: Desk) -> None:
    desk.view.set_tool("pen")
    at = QPointF(desk.at(1, 0.3, 0.2)) + QPointF(0.4, 0)
    desk.pen(PRESS, at)
    desk.pen(LIFT, at)
    (stroke,) = strokes(desk)
    assert desk.view.sheet is not None
    page = desk.view.sheet.pages[0]
    shown = desk.view.viewportTransform().map(page.mapToScene(QPointF(stroke.points[0][0] * 1000, 0)))
    assert shown.x() == pytest.approx(at.x(), abs=0.02)


def echo(desk: Desk, kind: QEvent.Type, at: QPoint, device: QPointingDevice) -> None:
    """A mouse event that the system made of something else."""
    left = Qt.MouseButton.LeftButton
    where = QPointF(at)
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(
        kind, where, desk.view.viewport().mapToGlobal(where), left, held, Qt.KeyboardModifier.NoModifier, device
    )
    event.setTimestamp(desk.clock)
    QApplication.sendEvent(desk.view.viewport(), event)


MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)


def test_what_the_system_says_once_more_with_a_mouse_is_not_drawn_twice(desk: Desk) -> None:
    desk.view.set_tool("pen")
    pen = tablet_pen(QPointingDevice.PointerType.Pen)
    start, end = desk.at(1, 0.2, 0.1), desk.at(1, 0.4, 0.1)
    for tablet, mouse, at in zip((PRESS, MOVE, LIFT), MOUSE, (start, end, end), strict=True):
        desk.pen(tablet, at)
        echo(desk, mouse, at, pen)
    assert len(desk.operations) == 1
    assert len(strokes(desk)) == 1


def test_the_hand_that_rests_on_the_screen_draws_nothing(desk: Desk) -> None:
    screen = QPointingDevice(
        "screen",
        2,
        QInputDevice.DeviceType.TouchScreen,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        10,
        1,
    )
    desk.view.set_tool("pen")
    desk.pen(PRESS, desk.at(1, 0.2, 0.1))
    for mouse in MOUSE:
        echo(desk, mouse, desk.at(1, 0.6, 0.3), screen)
    desk.pen(MOVE, desk.at(1, 0.3, 0.1))
    desk.pen(LIFT, desk.at(1, 0.3, 0.1))
    for mouse in MOUSE:
        echo(desk, mouse, desk.at(1, 0.6, 0.3), screen)
    assert len(strokes(desk)) == 1
    assert max(x for x, _, _ in strokes(desk)[0].points) < 0.35
    desk.clock += 2000  # the pen is put aside, and a finger draws
    for mouse in MOUSE:
        echo(desk, mouse, desk.at(1, 0.6, 0.3), screen)
    assert len(strokes(desk)) == 2


def test_a_pen_whose_lifting_got_lost_does_not_keep_the_mouse_away(desk: Desk) -> None:
    desk.view.set_tool("pen")
    mouse = QPointingDevice.primaryPointingDevice()
    desk.pen(PRESS, desk.at(1, 0.2, 0.1))
    for kind in MOUSE:
        echo(desk, kind, desk.at(1, 0.6, 0.3), mouse)
    assert desk.operations == [], "while the pen draws, the mouse says nothing"
    desk.clock += 5000
    for kind in MOUSE:
        echo(desk, kind, desk.at(1, 0.6, 0.3), mouse)
    (stroke,) = strokes(desk)
    assert stroke.points[0][0] > 0.55


def test_a_mouse_works_beside_a_pen(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.pen(PRESS, desk.at(1, 0.2, 0.1))
    desk.pen(LIFT, desk.at(1, 0.2, 0.1))
    draw(desk, (0.3, 0.1), (0.4, 0.1))
    assert len(strokes(desk)) == 2


def test_the_other_end_of_the_pen_erases_whatever_tool_is_in_hand(desk: Desk) -> None:
    tick = stamp_on(1, 0.3, 0.2)
    desk.apply(PutAnnotations((tick,)))
    desk.view.set_tool("pen")
    eraser = QPointingDevice.PointerType.Eraser
    desk.pen(PRESS, desk.at(1, 0.2, 0.2), tip=eraser)
    desk.pen(MOVE, desk.at(1, 0.4, 0.2), tip=eraser)
    desk.pen(LIFT, desk.at(1, 0.4, 0.2), tip=eraser)
    assert desk.ink == []
    assert desk.view.tool_name == "pen"
    desk.pen(PRESS, desk.at(1, 0.2, 0.2))
    desk.pen(LIFT, desk.at(1, 0.2, 0.2))
    assert len(strokes(desk)) == 1


def test_a_pen_stamps_and_selects_like_a_mouse(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    desk.pen(PRESS, desk.at(1, 0.3, 0.2))
    desk.pen(LIFT, desk.at(1, 0.3, 0.2))
    (placed,) = desk.ink
    desk.view.set_tool("select")
    desk.pen(PRESS, desk.at(1, 0.3, 0.2))
    desk.pen(LIFT, desk.at(1, 0.3, 0.2))
    assert desk.view.selected == (placed.annotation.annotation_id,)


# -- by keyboard ---------------------------------------------------------------------------------------------


def test_the_arrow_keys_draw_between_two_presses_of_enter(desk: Desk) -> None:
    desk.view.set_tool("pen")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return)
    for which in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        key(desk, which)
    assert desk.operations == []
    key(desk, Qt.Key.Key_Return)
    (stroke,) = strokes(desk)
    across = [x for x, _, _ in stroke.points]
    assert max(across) - min(across) == pytest.approx(0.04, abs=0.003)


def test_escape_drops_what_the_keys_have_drawn_and_leaves_the_point(desk: Desk) -> None:
    desk.view.set_tool("pen")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return)
    key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Escape)
    key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Return)
    key(desk, Qt.Key.Key_Return)
    (stroke,) = strokes(desk)
    assert len(stroke.points) == 1


def test_a_mouse_that_moves_drops_what_the_keys_have_begun(desk: Desk) -> None:
    desk.view.set_tool("pen")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return)
    desk.hover(desk.at(1, 0.4, 0.1))
    desk.hover(desk.at(1, 0.5, 0.1))
    assert live(desk) == []
    key(desk, Qt.Key.Key_Return)
    assert desk.operations == []


def test_a_stroke_under_which_the_page_is_turned_is_rolled_back(desk: Desk) -> None:
    desk.view.set_tool("pen")
    desk.press(desk.at(1, 0.2, 0.1))
    desk.move(desk.at(1, 0.3, 0.1))
    assert live(desk)
    desk.view.rotate_page(PageRef(1), 1)
    assert not live(desk)
    desk.move(desk.at(1, 0.3, 0.3))
    desk.release(desk.at(1, 0.3, 0.3))
    assert strokes(desk) == []
    draw(desk, (0.2, 0.1), (0.25, 0.12), (0.3, 0.1))
    assert len(strokes(desk)) == 1
