"""The small pictures in the list of pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, ImageKey, Level
from mv_desktop.ui.marking.page.page_cell import ROOMY
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.page.page_row import ROW_ROLE, PageRow
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.tasks import Tasks
from tests.factories.script import script_view
from tests.fakes.picture_source import MemoryPictures, encoded, jpeg, page_info
from tests.fakes.script_store import FakeScriptStore
from tests.ui.marking.conftest import Marker

RED, BLANK, AWAITED, DAMAGED = (PageRef(number) for number in range(1, 5))


class Bench:
    """A list of four pages in a window: a red one, a blank one, one that is not here, and one that cannot be shown."""

    def __init__(self, qtbot: QtBot, cache: ImageCache, session: MarkingSession, source: MemoryPictures) -> None:
        self.qtbot, self.cache, self.session, self.source = qtbot, cache, session, source
        self.album: Album = cache.open(source)
        self.list = PageList(cache)
        qtbot.addWidget(self.list)
        self.list.resize(120, 900)
        with qtbot.waitExposed(self.list):
            self.list.show()

    def show(self) -> None:
        self.list.set_session(self.session, self.album)
        self.qtbot.waitUntil(lambda: self.cache.idle)

    def row(self, ref: PageRef) -> PageRow:
        row: PageRow = self.list._model.index_of(ref).data(ROW_ROLE)
        return row

    def rect(self, ref: PageRef) -> QRect:
        return self.list.visualRect(self.list._model.index_of(ref))

    def color(self, ref: PageRef) -> QColor:
        """In the middle of the row."""
        return self.list.viewport().grab().toImage().pixelColor(self.rect(ref).center())


@pytest.fixture
def cache(qtbot: QtBot) -> Iterator[ImageCache]:
    images = ImageCache()
    yield images
    images.shutdown()


@pytest.fixture
def bench(qtbot: QtBot, cache: ImageCache, tasks: Tasks, store: FakeScriptStore, ids: IdSource) -> Bench:
    source = MemoryPictures()
    source.put(RED, encoded(Image.new("RGB", (620, 877), "#c03030")))
    source.put(BLANK, jpeg(1240, 1754, text=" "))
    pages = [
        page_info(1),
        page_info(2, 1240, 1754),
        page_info(3, here=False),
        replace(page_info(4), problem="The file is damaged."),
    ]
    session = MarkingSession(OpenedScript(script_view(pages=pages)), store, tasks, ids)
    return Bench(qtbot, cache, session, source)


def test_a_page_is_shown_small_as_soon_as_its_picture_is_there(bench: Bench) -> None:
    bench.source.gate.clear()
    bench.list.set_session(bench.session, bench.album)
    before = bench.rect(RED)
    assert bench.color(RED).red() - bench.color(RED).green() < 30
    bench.source.gate.set()
    bench.qtbot.waitUntil(lambda: bench.cache.idle)
    assert bench.color(RED).red() - bench.color(RED).green() > 100
    assert bench.rect(RED) == before  # nothing moves when it comes


def test_only_pages_that_can_be_shown_are_asked_for(bench: Bench) -> None:
    bench.show()
    assert {ref for ref, _ in bench.source.reads} == {RED, BLANK}


def test_a_page_without_writing_is_said_to_look_blank(bench: Bench) -> None:
    bench.show()
    assert [name for name, _ in bench.row(BLANK).signs] == ["page"]
    assert "Looks blank" in bench.row(BLANK).words
    assert "Looks blank" in bench.list._model.index_of(BLANK).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Looks blank" not in bench.row(AWAITED).words


def test_a_narrow_list_has_a_line_a_page_and_a_wide_one_pictures(bench: Bench) -> None:
    bench.show()
    tall = bench.rect(RED).height()
    bench.list.resize(ROOMY - 4, 900)
    bench.qtbot.waitUntil(lambda: bench.rect(RED).height() < tall / 3)
    bench.list.resize(200, 900)
    bench.qtbot.waitUntil(lambda: bench.rect(RED).height() > tall)


def test_a_turned_page_is_turned_in_the_list(bench: Bench) -> None:
    bench.show()
    rect = bench.rect(RED)
    above = rect.center()
    above.setY(rect.top() + rect.height() // 4)
    before = bench.list.viewport().grab().toImage().pixelColor(above)
    bench.list.show_turns({RED: 1})
    after = bench.list.viewport().grab().toImage().pixelColor(above)
    assert before.red() - before.green() > 100
    assert after.red() - after.green() < 30  # a page that lies on its side is not as tall


def test_another_script_brings_its_own_pictures(bench: Bench) -> None:
    bench.show()
    bench.list.set_session(None)
    bench.cache.close(bench.album)
    assert bench.cache.bytes == 0
    assert bench.cache._wishes == {}
    bench.album = bench.cache.open(bench.source)
    bench.show()
    assert bench.cache.get(ImageKey(bench.album, RED, Level.THUMB)) is not None


def test_the_screen_shows_its_pages_small_and_turned(marker: Marker) -> None:
    marker.open()
    sheet = marker.screen.view.sheet
    assert sheet is not None
    marker.qtbot.waitUntil(lambda: marker.images.idle)
    assert marker.images.get(ImageKey(sheet.album, PageRef(3), Level.THUMB)) is not None
    marker.screen.view.rotate_page(PageRef(2))
    assert marker.screen._pages._turns == {PageRef(2): 1}


def test_a_page_that_arrives_gets_its_picture(marker: Marker) -> None:
    marker.open()
    pages = [replace(page, here=page.ref != PageRef(2)) for page in marker.pages]
    marker.screen.pages_changed(pages, marker.pictures)
    marker.screen.pages_changed(marker.pages, marker.pictures)
    marker.qtbot.waitUntil(lambda: marker.images.idle)
    sheet = marker.screen.view.sheet
    assert sheet is not None
    assert marker.images.get(ImageKey(sheet.album, PageRef(2), Level.THUMB)) is not None


def test_rows_are_as_high_beside_a_scroll_bar_as_without_one(bench):
    """Else there is a height at which it comes and goes without end: with it the rows have room, without it not."""
    bench.show()
    heights = set()
    for height in range(900, 300, -4):
        bench.list.resize(120, height)
        bench.qtbot.wait(1)
        heights.add(bench.rect(RED).height())
    assert bench.list.verticalScrollBar().isVisible()
    assert len(heights) == 1
