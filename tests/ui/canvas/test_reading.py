"""What was read of a page, by seconds and by share."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Seen
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.canvas.reading import ReadingMeter, shown_together
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.tasks import Tasks
from tests.fakes.picture_source import new_id
from tests.ui.canvas.conftest import Desk


def test_the_meter_goes_on_from_what_is_known_and_tells_only_changes() -> None:
    meter = ReadingMeter({PageRef(1): Seen(10, 0.9), PageRef(2): Seen(5, 1.0)})
    meter.add([(PageRef(1), 0.5)], 1)
    meter.add([(PageRef(1), 0.6), (PageRef(3), 0.1)], 2)
    assert meter.take() == {PageRef(1): Seen(13, 0.9), PageRef(3): Seen(2, 0.1)}
    assert meter.take() == {}


def test_what_is_shown_at_a_readable_size_is_told(desk: Desk, qtbot: QtBot) -> None:
    told: list[tuple[PageRef, float, float]] = []
    desk.view.seen.connect(lambda page, seconds, share: told.append((page, seconds, share)))
    desk.view.activateWindow()
    qtbot.waitActive(desk.view)
    desk.settle()
    for _ in range(3):
        desk.view._sampling.now()
    desk.view.flush_seen()
    ((page, seconds, share),) = told
    assert (page, seconds) == (PageRef(1), 3.0)
    assert 0.3 < share < 1


def share_of(desk: Desk, page: int) -> float:
    return shown_together(desk.view.shown_parts()).get(PageRef(page), 0.0)


def test_the_share_is_what_the_window_shows_of_the_page(desk: Desk) -> None:
    desk.settle()
    (shown,) = desk.view.pages_in_window()
    assert share_of(desk, 1) == pytest.approx(shown.share, abs=0.01)
    desk.view.resize(700, 2200)
    desk.settle()
    assert share_of(desk, 1) == 1.0


def test_the_strip_of_the_next_page_is_not_read_and_a_detail_of_a_page_is(desk: Desk) -> None:
    desk.settle()
    sheet = desk.view.sheet
    assert sheet is not None
    end = sheet.page_rect(sheet.pages[0]).bottom() * desk.view.zoom
    desk.view.verticalScrollBar().setValue(round(end - desk.view.viewport().height() + 100))
    desk.settle()
    assert len(desk.view.pages_in_window()) == 2
    assert list(shown_together(desk.view.shown_parts())) == [PageRef(1)]
    desk.view.next_page()
    desk.view.zoom_by(4.0)
    desk.settle()
    (shown,) = desk.view.pages_in_window()
    assert shown.share < 0.1
    assert list(shown_together(desk.view.shown_parts())) == [shown.item.ref]


def test_what_lies_under_something_else_is_not_seen(desk: Desk) -> None:
    desk.settle()
    before = share_of(desk, 1)
    panel = QWidget(desk.view)
    panel.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    panel.setGeometry(desk.view.width() // 2, 0, desk.view.width() // 2, desk.view.height())
    panel.show()
    assert 0.4 * before < share_of(desk, 1) < 0.6 * before
    panel.setGeometry(desk.view.rect())
    assert desk.view.shown_parts() == []
    panel.hide()
    assert share_of(desk, 1) == before


def test_a_page_without_a_picture_is_not_read(desk: Desk) -> None:
    desk.source.gate.clear()
    desk.view.show_script(desk.infos, desk.script, desk.source)
    assert desk.view.shown_parts() == []
    desk.source.gate.set()
    desk.settle()
    assert desk.view.shown_parts() != []


def test_nothing_is_read_behind_a_dialog(desk: Desk, qtbot: QtBot) -> None:
    desk.settle()
    dialog = QDialog(desk.view)
    dialog.open()
    with qtbot.assertNotEmitted(desk.view.seen):
        desk.view._sampling.now()
        desk.view.flush_seen()
    dialog.close()
    with qtbot.waitSignal(desk.view.seen):
        desk.view._sampling.now()
        desk.view.flush_seen()


def test_what_two_views_show_counts_once_and_together(
    desk: Desk, qtbot: QtBot, cache: ImageCache, tasks: Tasks
) -> None:
    beside = PageView(cache, tasks, new_id)
    qtbot.addWidget(beside)
    beside.share_pictures_of(desk.view)
    beside.read_with(desk.view)
    beside.resize(700, 500)
    beside.show_script(desk.infos, desk.script, desk.source)
    beside.show()
    desk.settle()
    alone = share_of(desk, 1)
    told: list[tuple[PageRef, float, float]] = []
    desk.view.seen.connect(lambda page, seconds, share: told.append((page, seconds, share)))
    desk.view.activateWindow()
    qtbot.waitActive(desk.view)
    desk.view._sampling.now()
    desk.view.flush_seen()
    assert told == [(PageRef(1), 1.0, pytest.approx(alone))]
    beside.verticalScrollBar().setValue(round(0.3 * beside.zoom * 1123))
    desk.view._sampling.now()
    desk.view.flush_seen()
    assert told[1][:2] == (PageRef(1), 2.0)
    assert told[1][2] > alone + 0.2
    assert not beside._sampling.active
    beside.shutdown()


def test_what_is_too_small_to_read_does_not_count(desk: Desk, qtbot: QtBot) -> None:
    desk.settle()
    desk.view.zoom_by(0.01)
    with qtbot.assertNotEmitted(desk.view.seen):
        desk.view._sampling.now()
        desk.view.flush_seen()


def test_what_was_read_is_told_before_the_script_is_closed(desk: Desk, qtbot: QtBot) -> None:
    desk.view.activateWindow()
    desk.settle()
    desk.view._sampling.now()
    with qtbot.waitSignal(desk.view.seen):
        desk.view.close_script()
