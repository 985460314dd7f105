"""Ruler and protractor on the pages, by real mouse and key events."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.annotation.shape import Figure, Highlight, PenStroke, Stamp
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.measure import A4_ACROSS
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.aid.aid import Aid, Grip
from mv_desktop.ui.canvas.aid.board import AidName
from mv_desktop.ui.canvas.aid.protractor import Protractor
from mv_desktop.ui.canvas.aid.ruler import Ruler
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.tools.held import foot
from mv_desktop.ui.canvas.tools.table import ToolName
from mv_desktop.ui.theme import apply_theme
from tests.fakes.picture_source import stamp_on
from tests.ui.canvas.conftest import Desk

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
CENTIMETRE = PAGE_WIDTH / A4_ACROSS


@pytest.fixture
def ruler(desk: Desk) -> Ruler:
    """A ruler on page 1, the tick in hand."""
    desk.view.set_stamp("tick")
    desk.view.aids.toggle("ruler")
    shown = desk.view.aids.shown("ruler")
    assert isinstance(shown, Ruler)
    return shown


@pytest.fixture
def protractor(desk: Desk) -> Protractor:
    """A protractor on page 1, the tick in hand."""
    desk.view.set_stamp("tick")
    desk.view.aids.toggle("protractor")
    shown = desk.view.aids.shown("protractor")
    assert isinstance(shown, Protractor)
    return shown


def grip(desk: Desk, aid: Aid, which: Grip) -> QPoint:
    return desk.view.mapFromScene(aid.grips[which])


def pull(desk: Desk, aid: Aid, which: Grip, to: QPointF, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Drag a grip to a point of the scene."""
    desk.drag(grip(desk, aid, which), desk.view.mapFromScene(to), modifiers)


def key(desk: Desk, which: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(desk.view, which, modifiers)


# -- both ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ruler", "protractor"])
def test_an_instrument_comes_and_goes_and_leaves_nothing_behind(desk: Desk, name: AidName) -> None:
    sheet = desk.view.sheet
    assert sheet is not None
    before = len(sheet.items())
    desk.view.aids.toggle(name)
    aid = desk.view.aids.shown(name)
    assert aid is not None
    window = desk.view.mapToScene(desk.view.viewport().rect()).boundingRect()
    assert all(window.contains(at) for at in aid.grips.values()), "all of it is in sight"
    desk.view.aids.toggle(name)
    assert desk.view.aids.shown(name) is None
    assert len(sheet.items()) == before
    assert desk.operations == []


def test_what_is_read_grows_with_the_text_while_it_lies_there(desk: Desk, ruler: Ruler, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    desk.view.aids.dress()
    before = ruler._reading.path().boundingRect().height()
    apply_theme(qapp, "light", "largest")
    desk.qtbot.waitUntil(lambda: ruler._reading.path().boundingRect().height() > before * 1.2)
    apply_theme(qapp, "light")


def test_a_view_dresses_for_another_theme_and_for_nothing_else(qapp: QApplication, desk: Desk) -> None:
    apply_theme(qapp, "light")
    dressed: list[int] = []
    desk.view.dressed.connect(lambda: dressed.append(1))
    font = desk.view.font()
    font.setPointSizeF(font.pointSizeF() + 1)
    desk.view.setFont(font)  # as where it gets a place in a window
    assert not dressed
    apply_theme(qapp, "dark")
    assert dressed
    dressed.clear()
    apply_theme(qapp, "dark", "large")
    assert dressed
    apply_theme(qapp, "light")


def test_tools_act_through_an_instrument_except_at_its_grips(desk: Desk, ruler: Ruler) -> None:
    on_body = (ruler.start + ruler.end) / 2 + QPointF(40, 10)
    desk.click(desk.view.mapFromScene(on_body))
    assert len(desk.ink) == 1
    desk.click(grip(desk, ruler, Grip.END))
    desk.mouse(QEvent.Type.MouseButtonDblClick, grip(desk, ruler, Grip.END))
    desk.release(grip(desk, ruler, Grip.END))
    assert len(desk.ink) == 1
    assert desk.view.stamp_at_pointer("cross"), "a key stamps everywhere"


def along(desk: Desk, edge: QLineF, share: float, off: int = 0) -> QPoint:
    """A place on an edge, or some pixels below it."""
    return desk.view.mapFromScene(edge.pointAt(share)) + QPoint(0, off)


@pytest.mark.parametrize("tool", ["pen", "highlighter", "line", "arrow"])
def test_what_begins_at_an_edge_follows_it(desk: Desk, ruler: Ruler, tool: ToolName) -> None:
    ruler.turn(20.0)
    desk.view.set_tool(tool)
    (edge,) = ruler.edges
    start = along(desk, edge, 0.2, 5)
    desk.press(start)
    desk.move(along(desk, edge, 0.5, -30))
    desk.release(along(desk, edge, 0.8, 40))
    (placed,) = desk.ink
    made = placed.annotation
    if isinstance(made, Figure):
        ends = [(made.x, made.y), (made.x2, made.y2)]
    else:
        assert isinstance(made, PenStroke | Highlight)
        ends = [(x, y) for x, y, _ in made.points]
    assert len(ends) == 2
    assert desk.view.sheet is not None
    for x, y in ends:
        at = desk.view.sheet.point_of(Spot(placed.page, x, y))
        assert math.hypot(*(foot(edge, at) - at).toTuple()) < 0.2


def test_alt_draws_freely_at_an_edge_and_so_does_who_begins_farther_off(desk: Desk, ruler: Ruler) -> None:
    desk.view.set_tool("line")
    (edge,) = ruler.edges
    desk.drag(along(desk, edge, 0.3, 2), along(desk, edge, 0.6, 60), ALT)
    desk.drag(along(desk, edge, 0.3, 20), along(desk, edge, 0.6, 80))
    for placed in desk.ink:
        assert isinstance(placed.annotation, Figure)
        assert placed.annotation.y2 - placed.annotation.y > 0.03


def test_a_line_ends_where_the_edge_ends_and_a_click_at_it_is_none(desk: Desk, ruler: Ruler) -> None:
    desk.view.set_tool("line")
    (edge,) = ruler.edges
    desk.click(along(desk, edge, 0.3, 8))
    assert desk.ink == []
    desk.drag(along(desk, edge, 0.5), along(desk, edge, 1.3))
    (placed,) = desk.ink
    assert isinstance(placed.annotation, Figure)
    assert desk.view.sheet is not None
    at = desk.view.sheet.point_of(Spot(placed.page, placed.annotation.x2, placed.annotation.y2))
    assert at.x() == pytest.approx(ruler.end.x(), abs=0.2)


def test_boxes_and_stamps_do_not_follow_an_edge(desk: Desk, ruler: Ruler) -> None:
    (edge,) = ruler.edges
    desk.click(along(desk, edge, 0.3, 8))
    desk.view.set_tool("ellipse")
    desk.drag(along(desk, edge, 0.3, 8), along(desk, edge, 0.6, 60))
    stamp, ellipse = (placed.annotation for placed in desk.ink)
    assert isinstance(ellipse, Figure)
    assert ellipse.y2 - ellipse.y > 0.03
    assert isinstance(stamp, Stamp)
    assert stamp.y == pytest.approx(ellipse.y, abs=0.003)


def test_one_draws_along_a_protractors_line_and_base(desk: Desk, protractor: Protractor) -> None:
    protractor.read_on(30.0)
    line, base = protractor.edges
    assert line.angle() == pytest.approx(90.0)
    assert line.p1() == protractor.centre
    assert base.length() == pytest.approx(2 * protractor.radius)
    assert desk.view.edge_near(line.pointAt(0.7)) == line
    assert desk.view.edge_near(base.pointAt(0.9)) == base
    assert desk.view.edge_near(line.pointAt(0.7) + QPointF(40, 0)) is None


def test_over_a_grip_the_pointer_says_so_and_no_stamp_hangs_on_it(desk: Desk, ruler: Ruler) -> None:
    sheet = desk.view.sheet
    assert sheet is not None
    desk.hover(grip(desk, ruler, Grip.MIDDLE) + QPoint(0, 60))
    assert any(isinstance(item, MarkItem) for item in sheet.items())
    desk.hover(grip(desk, ruler, Grip.MIDDLE))
    assert desk.view.viewport().cursor().shape() is Qt.CursorShape.SizeAllCursor
    assert not any(isinstance(item, MarkItem) for item in sheet.items())
    desk.hover(grip(desk, ruler, Grip.END) + QPoint(0, 60))
    assert desk.view.viewport().cursor().shape() is desk.view._tools.stamp.cursor


def test_an_instrument_stays_with_its_page_and_keeps_its_grips_at_every_zoom(desk: Desk, ruler: Ruler) -> None:
    before = QPointF(ruler.start)
    desk.view.verticalScrollBar().setValue(80)
    desk.view.zoom_by(2.0)
    assert ruler.start == before
    item = ruler._handles[Grip.END]
    on_screen = item.deviceTransform(desk.view.viewportTransform()).mapRect(item.boundingRect())
    assert on_screen.width() == pytest.approx(15.5, abs=0.6)


def test_it_is_no_ink_and_is_not_selected(desk: Desk, ruler: Ruler) -> None:
    desk.apply(PutAnnotations((stamp_on(1, 0.5, 0.1),)))
    desk.view.select_all()
    assert len(desk.view.selected) == 1
    sheet = desk.view.sheet
    assert sheet is not None
    assert sheet.marks_in(sheet.sceneRect()) == [sheet.mark(desk.view.selected[0])]


def test_escape_takes_it_away_before_anything_else(desk: Desk, ruler: Ruler) -> None:
    assert desk.view.cancel()
    assert desk.view.aids.shown("ruler") is None
    assert not desk.view.cancel()


def test_escape_takes_it_away_last_when_the_keys_are_elsewhere(desk: Desk, ruler: Ruler) -> None:
    key(desk, Qt.Key.Key_Return)
    (placed,) = [stamp_on(1, 0.5, 0.1)]
    desk.apply(PutAnnotations((placed,)))
    desk.view.select([placed.annotation.annotation_id])
    assert desk.view.cancel()
    assert desk.view.selected == ()
    assert desk.view.aids.shown("ruler") is not None
    assert desk.view.cancel()
    assert desk.view.aids.shown("ruler") is None


def test_arrow_keys_are_the_instruments_until_enter_or_a_click_beside_it(desk: Desk, ruler: Ruler) -> None:
    before = QPointF(ruler.start)
    key(desk, Qt.Key.Key_Right)
    key(desk, Qt.Key.Key_Down, SHIFT)
    assert ruler.start - before == QPointF(8, 1)
    assert desk.view._pen_point.within(desk.view._window()) is None
    key(desk, Qt.Key.Key_Return)
    key(desk, Qt.Key.Key_Right)
    assert ruler.start - before == QPointF(8, 1)
    assert desk.view._pen_point.within(desk.view._window()) is not None
    desk.click(grip(desk, ruler, Grip.MIDDLE))
    key(desk, Qt.Key.Key_Left)
    assert ruler.start - before == QPointF(0, 1)
    desk.click(desk.at(1, 0.1, 0.05))
    key(desk, Qt.Key.Key_Left)
    assert ruler.start - before == QPointF(0, 1)
    key(desk, Qt.Key.Key_Right, CTRL)


def test_what_it_reads_is_told_to_who_does_not_see_it(desk: Desk, ruler: Ruler) -> None:
    assert desk.view.accessibleDescription() == ruler.text
    desk.view.aids.toggle("protractor")
    assert " · " in desk.view.accessibleDescription()
    desk.view.cancel()
    desk.view.cancel()
    assert desk.view.accessibleDescription() == ""


def test_a_script_that_is_closed_takes_it_along(desk: Desk, ruler: Ruler) -> None:
    desk.view.close_script()
    assert desk.view.aids.shown("ruler") is None
    desk.view.aids.toggle("ruler")
    assert desk.view.aids.shown("ruler") is None, "there is no page to lay it on"


# -- the ruler -----------------------------------------------------------------------------------------------


def test_the_ruler_is_graduated_in_the_pages_own_centimetres(desk: Desk, ruler: Ruler) -> None:
    assert ruler.degrees == 0
    assert ruler.centimetre == pytest.approx(CENTIMETRE)
    along = ruler.end - ruler.start
    assert along.x() == pytest.approx(ruler.length * CENTIMETRE)
    assert ruler.text == f"{ruler.length:.1f} cm · 0.0°"


def test_on_a_turned_page_a_centimetre_is_what_it_is_there(desk: Desk) -> None:
    desk.view.rotate_page(PageRef(1))
    desk.view.aids.toggle("ruler")
    ruler = desk.view.aids.shown("ruler")
    assert isinstance(ruler, Ruler)
    assert ruler.centimetre == pytest.approx(PAGE_WIDTH / (A4_ACROSS * 877 / 620), rel=0.001)


def test_dragging_the_middle_moves_it(desk: Desk, ruler: Ruler) -> None:
    before, length = QPointF(ruler.start), ruler.length
    pull(desk, ruler, Grip.MIDDLE, ruler.grips[Grip.MIDDLE] + QPointF(30, 40))
    moved = ruler.start - before
    assert (moved.x(), moved.y()) == (pytest.approx(30, abs=1.5), pytest.approx(40, abs=1.5))
    assert (ruler.length, ruler.degrees) == (length, 0)


def test_dragging_an_end_turns_it_and_says_how_far_and_how_steep(desk: Desk, ruler: Ruler) -> None:
    start = QPointF(ruler.start)
    pull(desk, ruler, Grip.END, start + QPointF(3 * CENTIMETRE, -4 * CENTIMETRE))
    assert ruler.start == start
    assert ruler.length == pytest.approx(5.0, abs=0.06)
    assert ruler.degrees == pytest.approx(math.degrees(math.atan2(4, 3)), abs=0.7)
    assert ruler.text.startswith(f"{ruler.length:.1f} cm · 5")


def test_dragging_its_zero_leaves_the_other_end(desk: Desk, ruler: Ruler) -> None:
    end = QPointF(ruler.end)
    pull(desk, ruler, Grip.START, ruler.start + QPointF(20, 60))
    off = ruler.end - end
    assert (off.x(), off.y()) == (pytest.approx(0, abs=0.01), pytest.approx(0, abs=0.01))
    assert ruler.degrees > 0


def test_shift_turns_by_steps(desk: Desk, ruler: Ruler) -> None:
    pull(desk, ruler, Grip.END, ruler.start + QPointF(200, -110), SHIFT)
    assert ruler.degrees == 30


def test_ctrl_says_how_long_its_centimetres_are_here(desk: Desk, ruler: Ruler) -> None:
    length = ruler.length
    pull(desk, ruler, Grip.END, ruler.start + QPointF(length * CENTIMETRE * 0.8, 0), CTRL)
    assert ruler.length == length
    assert ruler.centimetre == pytest.approx(0.8 * CENTIMETRE, rel=0.01)
    assert ruler.text.endswith("scale 80 %")


def test_keys_turn_and_calibrate_it(desk: Desk, ruler: Ruler) -> None:
    middle = (ruler.start + ruler.end) / 2
    key(desk, Qt.Key.Key_Left, ALT)
    assert ruler.degrees == 1
    key(desk, Qt.Key.Key_Left, ALT | SHIFT)
    assert ruler.degrees == 16
    key(desk, Qt.Key.Key_Right, ALT | SHIFT)
    key(desk, Qt.Key.Key_Right, ALT)
    assert ruler.degrees == 0
    off = (ruler.start + ruler.end) / 2 - middle
    assert (off.x(), off.y()) == (pytest.approx(0, abs=0.01), pytest.approx(0, abs=0.01))
    for _ in range(5):
        key(desk, Qt.Key.Key_Right, CTRL | SHIFT)
    assert ruler.centimetre == pytest.approx(1.01**5 * CENTIMETRE)
    assert "scale 105 %" in ruler.text
    key(desk, Qt.Key.Key_Up, ALT)
    assert ruler.degrees == 0, "up and down are a protractor's"


def test_a_ruler_is_never_without_length(desk: Desk, ruler: Ruler) -> None:
    pull(desk, ruler, Grip.END, QPointF(ruler.start))
    assert ruler.length >= 0.5
    ruler.drag(Grip.END, QPointF(ruler.start), stepped=False, scales=True)
    assert ruler.length >= 0.5
    assert ruler.centimetre > 0


# -- the protractor ------------------------------------------------------------------------------------------


def test_the_protractor_reads_the_angle_at_its_line_both_ways(desk: Desk, protractor: Protractor) -> None:
    pull(desk, protractor, Grip.READING, protractor.centre + QPointF(-100, -100))
    assert protractor.reading == pytest.approx(135, abs=1)
    assert protractor.text == f"{protractor.reading:.1f}° ({180 - protractor.reading:.1f}°)"
    pull(desk, protractor, Grip.READING, protractor.centre + QPointF(60, 30))
    assert protractor.reading == 0
    pull(desk, protractor, Grip.READING, protractor.centre + QPointF(100, -90), SHIFT)
    assert protractor.reading == 45


def test_its_base_is_turned_at_either_end_and_the_line_turns_along(desk: Desk, protractor: Protractor) -> None:
    radius = protractor.radius
    pull(desk, protractor, Grip.END, protractor.centre + QPointF(100, -100))
    assert protractor.degrees == pytest.approx(45, abs=1)
    assert (protractor.reading, protractor.radius) == (60, radius)
    pull(desk, protractor, Grip.START, protractor.centre + QPointF(-100, 10), SHIFT)
    assert protractor.degrees == 0


def test_its_middle_goes_to_the_vertex(desk: Desk, protractor: Protractor) -> None:
    vertex = protractor.centre + QPointF(-40, -30)
    pull(desk, protractor, Grip.MIDDLE, vertex)
    off = protractor.centre - vertex
    assert max(abs(off.x()), abs(off.y())) < 1.5
    protractor.drag(Grip.END, QPointF(protractor.centre), stepped=False, scales=False)
    assert protractor.degrees == 0, "a point has no direction"


def test_ctrl_sets_its_size(desk: Desk, protractor: Protractor) -> None:
    pull(desk, protractor, Grip.END, protractor.centre + QPointF(protractor.radius * 0.7, 0), CTRL)
    assert protractor.grips[Grip.END].x() - protractor.centre.x() == pytest.approx(protractor.radius)


def test_keys_turn_it_and_move_its_line(desk: Desk, protractor: Protractor) -> None:
    radius = protractor.radius
    key(desk, Qt.Key.Key_Left, ALT)
    key(desk, Qt.Key.Key_Up, ALT)
    key(desk, Qt.Key.Key_Up, ALT | SHIFT)
    assert (protractor.degrees, protractor.reading) == (1, 76)
    for _ in range(9):
        key(desk, Qt.Key.Key_Down, ALT | SHIFT)
    assert protractor.reading == 0
    key(desk, Qt.Key.Key_Left, CTRL | SHIFT)
    assert protractor.radius < radius
    before = QPointF(protractor.centre)
    key(desk, Qt.Key.Key_Down)
    assert protractor.centre - before == QPointF(0, 8)
