"""Where one is on the pages, how large, and what is shown there."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import PenStroke, Placed
from mv_desktop.domain.evaluation import BRIGHTEST, Place
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.column import LARGEST_ZOOM, SMALLEST_ZOOM
from mv_desktop.ui.canvas.image_cache import ImageCache, ImageKey, Level
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.scene import LABEL_HEIGHT, MARGIN, Spot
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import PALETTES, TEXT_SCALES, Theme
from tests.fakes.picture_source import MemoryPictures, encoded, jpeg, marked, new_id, page_info, small_script, stamp_on
from tests.ui.canvas.conftest import Desk


def roll(
    desk: Desk, at: QPoint, by: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier
) -> None:
    """Turn a wheel, or move two fingers on a touchpad, in eighths of a degree."""
    where, none = QPointF(at), Qt.MouseButton.NoButton
    event = QWheelEvent(where, where, QPoint(), by, none, modifiers, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(desk.view.viewport(), event)


def test_a_script_opens_at_its_top_with_the_width_fitting(desk: Desk) -> None:
    assert desk.view.current_page == PageRef(1)
    assert desk.view.fit == "width"
    assert desk.view.verticalScrollBar().value() == 0
    assert desk.view.horizontalScrollBar().maximum() == 0
    assert desk.view.zoom == pytest.approx(desk.view.viewport().width() / (PAGE_WIDTH + 2 * MARGIN), rel=0.01)


def test_pages_stand_below_each_other_at_one_width(desk: Desk) -> None:
    sheet = desk.view.sheet
    assert sheet is not None
    rects = [sheet.page_rect(item) for item in sheet.pages]
    assert {rect.width() for rect in rects} == {PAGE_WIDTH}
    assert all(above.bottom() < below.top() for above, below in itertools.pairwise(rects))


def test_the_preview_is_decoded_before_the_sharp_picture_and_then_the_neighbours(qtbot: QtBot, tasks: Tasks) -> None:
    cache = ImageCache(threads=1)
    arrived: list[tuple[int, Level]] = []
    cache.ready.connect(lambda key: arrived.append((key.ref.page_number, key.level)))
    desk = Desk(qtbot, cache, tasks)
    desk.settle()
    assert arrived[:2] == [(1, Level.QUARTER), (1, Level.FULL)]
    assert (2, Level.FULL) in arrived
    desk.view.shutdown()
    cache.shutdown()


def test_what_is_painted_is_the_page(desk: Desk) -> None:
    red = MemoryPictures()
    red.put(PageRef(1), encoded(Image.new("RGB", (620, 877), "#d03030")))
    desk.view.show_script([page_info(1)], marked(), red)
    desk.settle()
    colour = desk.view.grab().toImage().pixelColor(350, 300)
    assert abs(colour.red() - 0xD0) < 6
    assert abs(colour.green() - 0x30) < 6


def test_no_page_moves_when_its_picture_comes(desk: Desk) -> None:
    sheet = desk.view.sheet
    assert sheet is not None
    before = [sheet.page_rect(item) for item in sheet.pages]
    desk.settle()
    assert [sheet.page_rect(item) for item in sheet.pages] == before


def test_next_and_previous_page_go_to_its_top(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.view.page_changed) as told:
        desk.view.next_page()
    assert told.args == [PageRef(2)]
    desk.view.next_page()
    desk.view.next_page()
    assert desk.view.current_page == PageRef(3)
    desk.view.previous_page()
    assert desk.view.current_page == PageRef(2)


def test_each_page_is_gone_to_where_several_are_in_the_window(desk: Desk) -> None:
    desk.view.rotate_page(PageRef(2))
    desk.view.zoom_by(0.01)
    there = {page.item.ref for page in desk.view.pages_in_window() if page.share == pytest.approx(1.0)}
    assert {PageRef(1), PageRef(2)} <= there, "a page that lies is smaller than the one after it"
    for number in (2, 3, 3):
        desk.view.next_page()
        assert desk.view.current_page == PageRef(number)
    for number in (2, 1):
        desk.view.previous_page()
        assert desk.view.current_page == PageRef(number)


def test_fit_page_shows_all_of_the_current_page(desk: Desk) -> None:
    desk.view.go_to_page(PageRef(2))
    desk.view.fit_page()
    pages = {page.item.ref: page.share for page in desk.view.pages_in_window()}
    assert pages[PageRef(2)] == pytest.approx(1.0)
    assert desk.view.current_page == PageRef(2)


@pytest.mark.parametrize("fit", ["width", "page"])
def test_a_fit_follows_the_size_of_the_window_and_keeps_the_place(desk: Desk, fit: str) -> None:
    desk.view.go_to_page(PageRef(2))
    desk.view.fit_width() if fit == "width" else desk.view.fit_page()
    before = desk.view.place()
    zoom = desk.view.zoom
    desk.view.resize(900, 640)
    after = desk.view.place()
    assert desk.view.zoom > zoom
    assert before is not None
    assert after is not None
    assert after.page == before.page
    assert desk.view.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("factor", [1.25, 3.0, 0.8])
def test_zoom_keeps_what_is_under_the_pointer(desk: Desk, factor: float) -> None:
    desk.view.go_to_page(PageRef(2))
    desk.view.zoom_by(2.0)
    at = QPoint(430, 210)
    before = desk.view.mapToScene(at)
    desk.view.zoom_by(factor, at)
    after = desk.view.mapToScene(at)
    assert (after - before).manhattanLength() * desk.view.zoom < 3.0
    assert desk.view.fit is None


@pytest.mark.parametrize("delta", [2, -2, 7])
def test_many_small_steps_of_a_touchpad_keep_what_is_under_the_pointer(desk: Desk, delta: int) -> None:
    desk.view.set_place(Place(PageRef(2), 0.5, zoom=1.6))
    at = QPoint(200, 150)
    before = desk.view.mapToScene(at)
    for _ in range(150):
        roll(desk, at, QPoint(0, delta))
    assert desk.view.zoom != pytest.approx(1.6, rel=0.2)
    there = desk.view.mapFromScene(before)
    assert abs(there.y() - at.y()) <= 2
    if desk.view.horizontalScrollBar().maximum():
        assert abs(there.x() - at.x()) <= 2


def test_two_fingers_that_go_across_with_ctrl_leave_the_fit_alone(desk: Desk) -> None:
    roll(desk, QPoint(200, 150), QPoint(30, 0))
    assert desk.view.fit == "width"


def test_zoom_has_limits(desk: Desk) -> None:
    desk.view.zoom_by(1000)
    assert desk.view.zoom == LARGEST_ZOOM
    desk.view.zoom_by(0.0001)
    assert desk.view.zoom == SMALLEST_ZOOM


def test_ctrl_and_wheel_zooms_and_the_wheel_alone_scrolls(desk: Desk) -> None:
    zoom = desk.view.zoom
    roll(desk, QPoint(200, 200), QPoint(0, -120), Qt.KeyboardModifier.NoModifier)
    assert desk.view.verticalScrollBar().value() > 0
    assert desk.view.zoom == zoom
    roll(desk, QPoint(200, 200), QPoint(0, -120))
    assert desk.view.zoom < zoom


@pytest.mark.parametrize("place", [Place(PageRef(2), 0.5), Place(PageRef(3), 0.3, 1.7)])
def test_a_script_opens_where_it_was_left(desk: Desk, place: Place) -> None:
    desk.view.show_script(desk.infos, desk.script, desk.source, place=place)
    now = desk.view.place()
    assert now is not None
    assert now.page == place.page
    assert now.fraction == pytest.approx(place.fraction, abs=0.01)
    assert now.zoom == place.zoom
    assert desk.view.current_page == place.page


def test_a_page_that_fitted_fits_again_in_another_window(desk: Desk) -> None:
    desk.view.go_to_page(PageRef(2))
    desk.view.fit_page()
    place = desk.view.place()
    assert place is not None
    assert (place.page, place.zoom, place.fit) == (PageRef(2), None, "page")
    before = desk.view.zoom
    desk.view.resize(desk.view.width(), desk.view.height() // 2)
    desk.view.show_script(desk.infos, desk.script, desk.source, place=place)
    assert desk.view.fit == "page"
    assert desk.view.zoom < 0.6 * before
    assert desk.view.current_page == PageRef(2)
    desk.view.fit_width()
    place = desk.view.place()
    assert place is not None
    assert (place.zoom, place.fit) == (None, "width")
    desk.view.zoom_by(2)
    place = desk.view.place()
    assert place is not None
    assert place.zoom == desk.view.zoom


def test_pages_stay_turned_and_brightened_when_the_script_is_opened_again(desk: Desk) -> None:
    desk.view.rotate_page(PageRef(2))
    desk.view.rotate_page(PageRef(3), 3)
    for _ in range(5):
        desk.view.brighten(1)
    place = desk.view.place()
    assert place is not None
    assert place.turns == ((PageRef(2), 1), (PageRef(3), 3))
    assert place.brightness == BRIGHTEST
    desk.view.show_script(desk.infos, desk.script, desk.source)
    assert desk.view.place() == Place(PageRef(1), pytest.approx(0, abs=1), None)  # type: ignore[arg-type]
    desk.view.show_script(desk.infos, desk.script, desk.source, place=place)
    again = desk.view.place()
    assert again is not None
    assert (again.turns, again.brightness) == (place.turns, BRIGHTEST)
    desk.settle()
    sheet = desk.view.sheet
    assert sheet is not None
    item = sheet.page(again.page)
    assert item is not None
    assert desk.cache.get(ImageKey(sheet.album, item.ref, item.level, BRIGHTEST)) is not None


def test_a_turn_of_a_page_that_is_gone_is_left_out(desk: Desk) -> None:
    desk.view.set_place(Place(PageRef(1), 0.5, None, ((PageRef(9), 1), (PageRef(1), 2)), 9))
    place = desk.view.place()
    assert place is not None
    assert (place.turns, place.brightness) == (((PageRef(1), 2),), BRIGHTEST)


def test_brighter_and_less_bright_have_ends_and_say_so_on_the_page(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(desk.view.look_changed):
        desk.view.brighten(-1)
    with qtbot.waitSignal(desk.view.look_changed):
        desk.view.brighten(1)
    sheet = desk.view.sheet
    assert sheet is not None
    assert sheet.brightness == 1
    assert f"Page 2  ·  brightened, step 1 of {BRIGHTEST}" in [label.text() for label in sheet._labels]
    desk.view.brighten(-1)
    assert "Page 2" in [label.text() for label in sheet._labels]


@pytest.mark.parametrize("language", ["en", "hi"])
def test_what_stands_above_a_page_grows_with_the_text_and_stays_there(desk: Desk, language: str) -> None:
    sheet = desk.view.sheet
    assert sheet is not None
    set_language(language)
    try:
        heights = []
        for scale in TEXT_SCALES:
            sheet.set_theme(Theme("light", PALETTES["light"], scale))
            bounds = sheet._labels[1].sceneBoundingRect()
            heights.append(sheet._labels[1].font().pixelSize())
            top = sheet.page_rect(sheet.pages[1]).top()
            assert top - LABEL_HEIGHT - 1 <= bounds.top() <= bounds.bottom() <= top + 1
        assert heights[0] * 1.15 < heights[1] < heights[2]
        assert heights[2] >= heights[0] * 1.4
    finally:
        set_language("en")


def test_what_stands_above_a_page_can_be_read_while_the_page_is_small(desk: Desk) -> None:
    desk.view.zoom_by(0.6 / desk.view.zoom)
    for _ in range(2):  # also above the pages of the next script, at the same zoom
        sheet = desk.view.sheet
        assert sheet is not None
        label = sheet._labels[1]
        assert label.font().pixelSize() * label.scale() * desk.view.zoom >= 9
        bounds, top = label.sceneBoundingRect(), sheet.page_rect(sheet.pages[1]).top()
        assert top - LABEL_HEIGHT - 1 <= bounds.top() <= bounds.bottom() <= top + 1
        desk.view.show_script(desk.infos, desk.script, desk.source, place=desk.view.place())
    desk.view.zoom_by(1.5 / desk.view.zoom)
    assert desk.view.sheet is not None
    assert desk.view.sheet._labels[1].scale() == 1.0, "and grows with it while it is large"


def test_the_first_and_the_last_page_are_gone_to(desk: Desk) -> None:
    desk.view.last_page()
    assert desk.view.current_page == PageRef(3)
    desk.view.first_page()
    assert desk.view.current_page == PageRef(1)


def test_a_place_on_a_page_that_is_gone_is_the_top(desk: Desk) -> None:
    desk.view.set_place(Place(PageRef(9), 0.5))
    assert desk.view.current_page == PageRef(1)
    assert desk.view.verticalScrollBar().value() == 0


def test_a_turned_page_keeps_the_column_and_its_stamps_upright(desk: Desk) -> None:
    tick = stamp_on(1)
    stroke = Placed(PageRef(1), PenStroke(id=new_id(), points=((0.1, 0.1, 0.5), (0.2, 0.1, 0.5))))
    desk.apply(PutAnnotations((tick, stroke)))
    desk.view.rotate_page(PageRef(1))
    sheet = desk.view.sheet
    assert sheet is not None
    rect = sheet.page_rect(sheet.pages[0])
    assert rect.width() == PAGE_WIDTH
    assert rect.height() == pytest.approx(PAGE_WIDTH * 620 / 877)
    assert sheet.pages[0].sceneBoundingRect().center().x() == pytest.approx(rect.center().x())
    tick_item, stroke_item = (sheet.mark(p.annotation.annotation_id) for p in (tick, stroke))
    assert tick_item is not None
    assert stroke_item is not None
    up = tick_item.mapToScene(QPointF(0, -1)) - tick_item.mapToScene(QPointF(0, 0))
    assert up.y() < 0
    assert abs(up.x()) < 1e-6
    along = stroke_item.mapToScene(QPointF(1, 0)) - stroke_item.mapToScene(QPointF(0, 0))
    assert abs(along.x()) < 1e-6
    assert sheet.spot_at(rect.topRight() + QPointF(-1, 1)) == Spot(
        PageRef(1), pytest.approx(0, abs=0.01), pytest.approx(0, abs=0.01)
    )
    desk.view.rotate_page(PageRef(1), -1)
    assert sheet.page_rect(sheet.pages[0]).height() == pytest.approx(PAGE_WIDTH * 877 / 620)


def test_a_page_that_cannot_be_shown_says_why_and_is_not_read(qtbot: QtBot, desk: Desk) -> None:
    infos, source = small_script(2)
    infos[0] = replace(infos[0], problem="The file is damaged.")
    infos[1] = replace(infos[1], here=False)
    desk.view.show_script(infos, marked(), source)
    desk.settle()
    sheet = desk.view.sheet
    assert sheet is not None
    assert sheet.pages[0].problem == "The file is damaged."
    assert not sheet.pages[1].here
    assert source.reads.total() == 0
    assert desk.view.grab().toImage().pixelColor(350, 60) != QColor("white")


def test_a_file_that_turns_out_damaged_becomes_a_placeholder(desk: Desk) -> None:
    source = MemoryPictures()
    source.put(PageRef(1), b"damaged")
    desk.view.show_script([page_info(1)], marked(), source)
    desk.settle()
    sheet = desk.view.sheet
    assert sheet is not None
    assert "damaged" in sheet.pages[0].problem


def test_a_page_that_comes_later_is_shown_and_nothing_else_moves(desk: Desk) -> None:
    infos, source = small_script(3)
    late = page_info(1, 0, 0, here=False)
    desk.view.show_script([late, *infos[1:]], marked([stamp_on(1, 0.5, 0.5)]), source, place=Place(PageRef(2), 0.4))
    desk.settle()
    where = desk.view.place()
    source.put(PageRef(1), jpeg(620, 500))
    desk.view.update_page(page_info(1, 620, 500))
    desk.settle()
    after = desk.view.place()
    sheet = desk.view.sheet
    assert sheet is not None
    assert where is not None
    assert after is not None
    assert (after.page, after.fraction) == (where.page, pytest.approx(where.fraction, abs=0.01))
    assert sheet.pages[0].here
    (mark,) = (sheet.mark(AnnotationId(i)) for i in sheet.script.ink)
    assert mark is not None
    assert mark.y() == pytest.approx(0.5 * UNITS * 500 / 620)


def test_the_rescan_button_asks_and_then_says_that_it_was_asked(desk: Desk, qtbot: QtBot) -> None:
    infos, source = small_script(1)
    desk.view.show_script([replace(infos[0], problem="Too dark.")], marked(), source)
    desk.view.fit_page()
    sheet = desk.view.sheet
    assert sheet is not None
    middle = sheet.pages[0].mapToScene(QPointF(UNITS / 2, 260 + 186))
    with qtbot.waitSignal(desk.view.rescan_requested) as told:
        desk.click(desk.view.mapFromScene(middle))
    assert told.args == [PageRef(1)]
    desk.view.set_flagged([PageRef(1)])
    with qtbot.assertNotEmitted(desk.view.rescan_requested):
        desk.click(desk.view.mapFromScene(middle))


def test_the_next_script_is_decoded_before_it_is_shown(desk: Desk) -> None:
    desk.settle()
    infos, source = small_script(2)
    desk.view.prefetch_script(infos, source)
    desk.settle()
    reads = source.reads.copy()
    assert reads[PageRef(1), "full"] == 1
    desk.view.show_script(infos, marked(), source)
    sheet = desk.view.sheet
    assert sheet is not None
    assert desk.cache.get(ImageKey(sheet.album, PageRef(1), sheet.pages[0].level)) is not None
    desk.settle()
    assert source.reads[PageRef(1), "full"] == reads[PageRef(1), "full"]


def test_closing_a_script_drops_its_pictures(desk: Desk) -> None:
    desk.settle()
    assert desk.cache.bytes > 0
    desk.view.close_script()
    assert desk.cache.bytes == 0
    assert desk.view.place() is None
    assert desk.view.pages_in_window() == []
