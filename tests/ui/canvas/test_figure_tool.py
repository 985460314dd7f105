"""Drawing lines, arrows, boxes and ellipses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.annotation.shape import FIGURE_NAMES, Figure, FigureName
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.ui.canvas.conftest import Desk, ghosts, key

SHIFT = Qt.KeyboardModifier.ShiftModifier


def only_figure(desk: Desk) -> Figure:
    (placed,) = desk.ink
    assert placed.page == PageRef(1)
    assert isinstance(placed.annotation, Figure)
    return placed.annotation


def near(value: float) -> object:
    return pytest.approx(value, abs=0.003)


@pytest.mark.parametrize("kind", FIGURE_NAMES)
def test_a_drag_draws_from_where_it_began_to_where_it_ended(desk: Desk, kind: FigureName) -> None:
    desk.view.set_ink(Ink("green", breadth="thin"))
    desk.view.set_inkwell(lambda _stamp, _page: StampInk(22, "a"))
    desk.view.set_tool(kind)
    desk.drag(desk.at(1, 0.6, 0.3), desk.at(1, 0.2, 0.1))
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    figure = only_figure(desk)
    assert figure.type == kind
    assert (figure.x, figure.y, figure.x2, figure.y2) == (near(0.6), near(0.3), near(0.2), near(0.1))
    assert (figure.color, figure.width, figure.question_number, figure.alternative) == ("#1a7340", 0.0012, 22, "a")
    assert figure.marks is None


@pytest.mark.parametrize("kind", FIGURE_NAMES)
def test_it_is_seen_while_it_is_drawn(desk: Desk, kind: FigureName) -> None:
    desk.view.set_tool(kind)
    start = desk.at(1, 0.2, 0.1)
    desk.press(start)
    desk.move(start + QPoint(50, 40))
    (ghost,) = ghosts(desk)
    before = ghost.boundingRect().width()
    desk.move(start + QPoint(150, 40))
    assert ghosts(desk) == [ghost]
    assert ghost.boundingRect().width() > before + 50
    key(desk, Qt.Key.Key_Escape)
    assert ghosts(desk) == []
    desk.release(start + QPoint(150, 40))
    assert desk.operations == []


@pytest.mark.parametrize("kind", FIGURE_NAMES)
def test_a_click_draws_nothing(desk: Desk, kind: FigureName) -> None:
    desk.view.set_tool(kind)
    at = desk.at(1, 0.2, 0.1)
    desk.click(at)
    desk.drag(at, at + QPoint(2, 1))
    assert desk.operations == []
    assert ghosts(desk) == []


@pytest.mark.parametrize("kind", ["line", "arrow"])
@pytest.mark.parametrize(
    ("by", "straight"),
    [
        (QPoint(150, 9), (1, 0)),
        (QPoint(-8, 90), (0, 1)),
        (QPoint(100, 90), (1, 1)),
        (QPoint(-100, 110), (-1, 1)),
    ],
)
def test_shift_holds_a_line_to_45_degrees(desk: Desk, kind: FigureName, by: QPoint, straight: tuple[int, int]) -> None:
    desk.view.set_tool(kind)
    start = desk.at(1, 0.5, 0.1)
    desk.drag(start, start + by, SHIFT)
    figure = only_figure(desk)
    across, down = figure.x2 - figure.x, (figure.y2 - figure.y) * 877 / 620
    longest = max(abs(across), abs(down))
    assert (across / longest, down / longest) == (
        pytest.approx(straight[0], abs=0.01),
        pytest.approx(straight[1], abs=0.01),
    )


@pytest.mark.parametrize("kind", ["box", "ellipse"])
@pytest.mark.parametrize("by", [QPoint(120, 40), QPoint(-30, 90), QPoint(-60, -5)])
def test_shift_makes_a_box_square_and_an_ellipse_round(desk: Desk, kind: FigureName, by: QPoint) -> None:
    desk.view.set_tool(kind)
    start = desk.at(1, 0.5, 0.3)
    desk.drag(start, start + by, SHIFT)
    figure = only_figure(desk)
    across, down = figure.x2 - figure.x, (figure.y2 - figure.y) * 877 / 620
    assert abs(across) == pytest.approx(abs(down), abs=0.001)
    assert across * by.x() > 0
    assert down * by.y() > 0


def test_a_figure_stays_on_the_page_it_began_on(desk: Desk) -> None:
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.set_tool("box")
    desk.drag(desk.at(1, 0.5, 0.8), desk.at(2, 1.2, 0.3))
    figure = only_figure(desk)
    assert (figure.x2, figure.y2) == (1.0, 1.0)


def test_what_shift_holds_stays_held_at_the_edge_of_the_page(desk: Desk) -> None:
    desk.view.fit_page()
    desk.view.zoom_by(0.5)
    desk.view.set_tool("box")
    desk.drag(desk.at(1, 0.8, 0.8), desk.at(2, 0.9, 0.3), SHIFT)
    figure = only_figure(desk)
    assert max(figure.x2, figure.y2) == 1.0
    assert figure.x2 - figure.x == pytest.approx((figure.y2 - figure.y) * 877 / 620, abs=0.001)


def test_nothing_is_drawn_beside_the_pages_or_when_only_looking(desk: Desk) -> None:
    desk.view.set_tool("ellipse")
    desk.view.zoom_by(0.5)
    desk.drag(QPoint(3, 200), QPoint(300, 250))
    desk.view.set_read_only(True)
    desk.drag(QPoint(200, 200), QPoint(300, 250))
    assert desk.operations == []
    assert ghosts(desk) == []


def test_the_keyboard_sets_one_corner_and_the_other(desk: Desk) -> None:
    desk.view.set_tool("box")
    key(desk, Qt.Key.Key_Up)
    key(desk, Qt.Key.Key_Return)
    for which in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        key(desk, which)
    assert len(ghosts(desk)) == 1
    assert desk.operations == []
    key(desk, Qt.Key.Key_Enter)
    figure = only_figure(desk)
    assert figure.x2 - figure.x == near(0.04)
    assert (figure.y2 - figure.y) * 877 / 620 == near(0.02)
    key(desk, Qt.Key.Key_Enter)  # begins the next one
    key(desk, Qt.Key.Key_Escape)
    key(desk, Qt.Key.Key_Right)
    assert ghosts(desk) == []
    assert len(desk.ink) == 1


def test_another_tool_drops_what_is_being_drawn(desk: Desk) -> None:
    desk.view.set_tool("arrow")
    at = desk.at(1, 0.2, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 0))
    desk.view.set_tool("line")
    desk.move(at + QPoint(80, 0))
    desk.release(at + QPoint(90, 0))
    assert desk.operations == []
    assert ghosts(desk) == []


def test_a_script_can_be_closed_while_something_is_drawn(desk: Desk) -> None:
    desk.view.set_tool("box")
    at = desk.at(1, 0.2, 0.1)
    desk.press(at)
    desk.move(at + QPoint(60, 30))
    desk.view.close_script()
    desk.release(at + QPoint(90, 40))
    assert desk.operations == []


@pytest.mark.parametrize("comes_back", [False, True])
def test_what_keys_draw_is_ended_where_it_is_also_when_the_pages_were_scrolled_on(desk: Desk, comes_back: bool) -> None:
    desk.view.set_tool("box")
    for _ in range(3):
        key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Return)
    for _ in range(5):
        key(desk, Qt.Key.Key_Right)
        key(desk, Qt.Key.Key_Down)
    desk.view.next_page()
    assert desk.view.current_page == PageRef(2)
    if comes_back:
        key(desk, Qt.Key.Key_Right)
        assert desk.view.current_page == PageRef(1)
    key(desk, Qt.Key.Key_Return)
    figure = only_figure(desk)
    assert figure.x2 - figure.x == near(0.02 * (6 if comes_back else 5))
    assert not desk.view.gesturing
