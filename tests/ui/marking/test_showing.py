"""The marking screen shows: pages as they come, and the same screen whatever is open."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from PySide6.QtCore import QByteArray, QPoint, QRect, Qt
from PySide6.QtTest import QTest

from mv_desktop.domain.evaluation import Place, WorkState
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import MarkKey, PageRef, UploadId
from mv_desktop.domain.operation import PutAnnotations, RaiseFlag, SeePage
from mv_desktop.domain.script import Seen
from mv_desktop.ui.canvas.flag_item import FlagItem
from mv_desktop.ui.marking.page.page_row import ROW_ROLE
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import SaveState
from mv_desktop.ui.marking.sheet.sheet_column import SheetColumn
from mv_desktop.ui.marking.sheet.sheet_list import SheetList
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.toast import ToastTray
from tests.factories.script import script_view
from tests.fakes import hand
from tests.ui.marking.conftest import Marker

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)


# -- pages --------------------------------------------------------------------------------------------------


def test_pages_that_arrive_while_the_script_is_open_are_shown_where_one_is(marker, qtbot):
    session = marker.open()
    missing = [replace(page, here=False) for page in marker.pages]
    session = marker.open(pages=missing)
    marker.screen.view.go_to_page(PageRef(2))
    session.ask_rescan(PageRef(3))
    marker.screen.pages_changed(marker.pages, marker.pictures)
    assert session.view.pages == tuple(marker.pages)
    assert marker.screen.view.current_page == PageRef(2)
    rows = marker.screen._pages
    assert rows.currentIndex().row() == 1
    assert marker.screen.view.sheet.page(PageRef(3)).flagged
    qtbot.waitUntil(lambda: marker.images.idle)
    assert marker.screen.view.sheet.page(PageRef(2)).here


def test_the_page_that_is_read_goes_on_being_shown_when_another_one_comes(marker, qtbot):
    pages = marker.open().view.pages
    coming = [*pages[:2], replace(pages[2], here=False)]
    marker.open(2, pages=coming)
    qtbot.waitUntil(lambda: marker.images.idle)
    page = marker.screen.view.sheet.page(PageRef(1))
    assert page.pictured
    marker.screen.pages_changed(pages, marker.pictures)
    assert page.pictured
    assert marker.screen.view.sheet.page(PageRef(3)).here


def test_a_page_whose_picture_was_missed_is_read_again_when_another_one_comes(marker, qtbot):
    pages = marker.open().view.pages
    file = marker.pictures.files.pop((PageRef(1), "full"))
    small = marker.pictures.files.pop((PageRef(1), "quarter"))
    marker.screen.show_script(
        OpenedScript(script_view(2, pages=[*pages[:2], replace(pages[2], here=False)])), marker.pictures
    )
    page = marker.screen.view.sheet.page(PageRef(1))
    qtbot.waitUntil(lambda: not page.here)
    marker.pictures.put(PageRef(1), file, small)
    marker.screen.pages_changed(pages, marker.pictures)
    qtbot.waitUntil(lambda: page.pictured)


def test_a_flag_stands_at_its_spot_on_a_page_that_came_while_something_was_drawn(marker):
    pages = marker.open().view.pages
    later = [*pages[:2], replace(pages[2], width=0, height=0, here=False)]
    session = marker.open(2, pages=later)
    session.raise_flag("illegible", "", PageRef(3), Spot(0.5, 0.5))
    view = marker.screen.view
    view.set_tool("pen")
    at = marker.on(1, 0.4, 0.4)
    hand.hold(view, at, at + QPoint(20, 0))
    marker.screen.pages_changed([*pages[:2], replace(pages[2], width=620, height=500)], marker.pictures)
    hand.click(view, at)
    page = view.sheet.page(PageRef(3))
    (flag,) = [item for item in page.childItems() if isinstance(item, FlagItem)]
    assert page.ratio == pytest.approx(500 / 620)
    assert flag.y() == pytest.approx(0.5 * page.height)


@pytest.mark.parametrize("fewer", [False, True])
def test_a_new_scan_of_a_page_counts_as_not_read_while_the_script_is_open(marker, store, fewer):
    session = marker.open()
    view, first, second = marker.screen.view, PageRef(1), PageRef(2)
    view._meter.add([(first, 1.0), (second, 1.0)], 9.0)
    view.flush_seen()
    view._meter.add([(first, 1.0), (second, 1.0)], 1.0)  # and this is not told yet
    assert session.script.seen.keys() == {first, second}
    pages = [replace(marker.pages[0], upload_id=UploadId(uuid4()), here=False), *marker.pages[1:]]
    marker.screen.pages_changed(pages[:2] if fewer else pages, marker.pictures)
    view.flush_seen()
    assert session.script.seen == {second: Seen(10.0, 1.0)}
    row = marker.screen._pages.model().index(0, 0).data(ROW_ROLE)
    assert not row.seen
    assert "Page 1 was never shown at a readable size." in [found.text for found in session.findings()]
    view._meter.add([(first, 0.5)], 2.0)
    view.flush_seen()
    assert session.script.seen[first] == Seen(2.0, 0.5)
    marker.saved()
    assert store.operations()[-1] == SeePage(first, 2.0, 0.5)


def test_a_file_that_turns_out_to_hold_more_pages_shows_them_all(marker):
    session = marker.open(pages=[])
    assert marker.screen.view.current_page is None
    session.ask_rescan(PageRef(3))
    marker.screen.pages_changed(marker.pages, marker.pictures)
    assert len(marker.screen.view.sheet.pages) == 3
    assert marker.screen.view.sheet.page(PageRef(3)).flagged
    assert marker.screen._pages.model().rowCount() == 3
    assert marker.screen._pages.currentIndex().row() == 0


def test_a_finished_script_whose_pages_are_not_kept_says_where_its_marks_are(marker):
    marker.open(pages=[], state=WorkState.COMPLETED, read_only=True)
    (said,) = [one for one in marker.screen.view.findChildren(EmptyState) if one.isVisible()]
    assert "its pages are not kept here" in said._sentence.text()
    marker.open(2, pages=[])
    assert "flag the script" in said._sentence.text()


def test_a_script_without_pages_says_so_until_they_come(marker):
    marker.open(pages=[])
    (said,) = [one for one in marker.screen.view.findChildren(EmptyState) if one.isVisible()]
    assert said.title == "No page of this script is here"
    assert said.geometry() == marker.screen.view.viewport().rect()
    marker.screen.resize(1000, 700)
    assert said.geometry() == marker.screen.view.viewport().rect()
    marker.screen.pages_changed(marker.pages, marker.pictures)
    assert not said.isVisible()
    assert marker.screen.view.current_page == PageRef(1)
    marker.open(2)
    assert not said.isVisible()


def test_a_script_that_was_never_open_is_as_large_as_the_one_before(marker):
    view = marker.screen.view
    marker.open(1)
    usual = view.zoom
    assert view.fit == "width"
    hand.press("Shift+W", view)
    view.go_to_page(PageRef(3))
    marker.open(2)
    assert (view.fit, view.current_page, view.verticalScrollBar().value()) == ("page", PageRef(1), 0)
    view.zoom_by(1.2 * usual / view.zoom)
    marker.open(3)
    assert (view.fit, view.zoom) == (None, pytest.approx(1.2 * usual))
    assert (view.current_page, view.verticalScrollBar().value()) == (PageRef(1), 0)
    across = view.horizontalScrollBar()
    assert across.value() == (across.minimum() + across.maximum()) // 2
    marker.open(4, place=Place(PageRef(2), 0.5))
    assert (view.fit, view.current_page) == ("width", PageRef(2)), "one that was open is as it was left"
    view.zoom_by(4)
    marker.open(5)
    assert view.fit == "width", "a detail that was looked at is no way to read the next script"


def test_a_page_chosen_in_the_list_is_shown(marker):
    marker.open()
    marker.screen._pages.setFocus()
    hand.press("Down", marker.screen._pages)
    assert marker.screen.view.current_page == PageRef(2)


def test_a_rescan_is_asked_for_once_and_not_said_when_it_failed(marker, store, qtbot):
    marker.open()
    hand.press("Ctrl+R")
    hand.press("Ctrl+R")
    assert marker.messages.said[1] == "A rescan of page 1 was already asked for."
    marker.saved()
    assert [type(operation) for operation in store.operations()] == [RaiseFlag]


# -- all the same -------------------------------------------------------------------------------------------


def test_a_screen_without_a_script_takes_every_key_calmly(marker):
    for name in marker.screen.actions_by_id:
        if name != "marking.back":
            marker.screen.actions_by_id[name].trigger()
    assert marker.check is None
    assert marker.messages.told == []


def test_the_screen_follows_the_theme_and_is_divided_as_it_was(marker, qapp):
    marker.open()
    apply_theme(qapp, "dark")
    apply_theme(qapp, "light")
    marker.screen._splitter.setSizes([150, 700, 400])
    state = marker.screen.save_state()
    sizes = marker.screen._splitter.sizes()
    marker.screen._splitter.setSizes([120, 600, 500])
    marker.screen.restore_state(state)
    assert marker.screen._splitter.sizes() == sizes


def test_what_stands_beside_each_other_comes_back_at_the_next_start(qtbot, store, tasks, ids, clock, marker):
    marker.open()
    rows, views = marker.screen._sheet._splitter, marker.screen.views
    rows.setSizes([450, 200])
    before, state = rows.sizes(), marker.screen.save_state()
    hand.press("Shift+S", marker.screen.view)
    hand.press("Shift+S", marker.screen.view)
    views.setSizes([400, 200])
    divided, two = views.sizes(), marker.screen.save_state()
    later = Marker(qtbot, store, tasks, ids, clock)
    later.screen.restore_state(state)
    assert later.screen.views.second is None
    assert later.screen._sheet._splitter.sizes() == before
    later.screen.restore_state(two)
    assert later.screen.views.second is not None
    assert later.screen.views.orientation() is Qt.Orientation.Vertical
    later.open()
    assert later.screen.views.sizes() == divided
    assert later.screen.views.active is later.screen.view
    qtbot.waitUntil(lambda: later.screen.views.second.current_page == PageRef(2))
    for broken in (b"[1]", b"{", b'{"list": 3, "second": "no"}'):
        later.screen.restore_state(QByteArray(broken))
    assert later.screen.views.sizes() == divided
    later.close()


def test_no_timer_or_thread_of_a_closed_screen_goes_on(marker, qtbot):
    session = marker.open()
    hand.press("F")
    marker.saved()
    assert session.save_state is SaveState.SAVED
    marker.close()
    assert not marker.screen.view._sampling.active
    assert marker.images._pool.activeThreadCount() == 0
    marker.tasks.shutdown()
    assert not any(periodic.active for periodic in marker.tasks._periodic)


def test_a_stamp_by_mouse_is_one_put_operation(marker, store):
    marker.open()
    marker.screen.view.set_stamp("tick")
    hand.click(marker.screen.view, marker.on(1))
    marker.saved()
    assert [type(operation) for operation in store.operations()] == [PutAnnotations]


def test_a_right_click_on_a_question_offers_what_needs_no_page(marker):
    session = marker.open()
    rows = marker.screen.findChild(SheetList)
    place = rows.visualRect(rows.model().index(rows.model().rowCount() - 1, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.RightButton, pos=place)
    assert session.current == session.keys[-1]
    offered = {action.objectName(): action for action in rows.actions()}
    assert rows.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    offered["marking.not_attempted"].trigger()
    assert session.script.mark(session.keys[-1].question_number).mark.not_attempted


def test_what_stands_beside_the_pages_is_painted_a_moment_after_them(marker):
    marker.open(1)
    marker.open(2)
    assert not marker.screen._sheet.updatesEnabled()
    marker.qtbot.waitUntil(lambda: marker.screen._sheet.updatesEnabled() and marker.screen._pages.updatesEnabled())


def test_a_frozen_script_takes_nothing_at_once_and_shows_it_a_moment_later(marker):
    session = marker.open()
    session.freeze("Submitted.")
    assert marker.screen.view.read_only
    marker.qtbot.waitUntil(lambda: not marker.screen._submit.isEnabled())
    session.thaw()
    assert not marker.screen.view.read_only
    marker.qtbot.waitUntil(marker.screen._submit.isEnabled)


def test_no_message_lies_on_the_page_or_on_the_mark_sheet(marker, qtbot):
    marker.open()
    tray = ToastTray(marker.screen, marker.tasks)
    column = marker.screen.findChild(SheetColumn)
    for command in ("marking.split", "marking.split"):
        tray.say("The comment is in the bank.")
        marker.screen.actions_by_id[command].trigger()
        worked_in = [*marker.screen.views.shown, column]
        assert len(worked_in) in {2, 3}

        def covered(worked_in=worked_in):
            spots = [QRect(one.mapTo(marker.screen, QPoint()), one.size()) for one in worked_in]
            return any(spot.intersects(tray.geometry()) for spot in spots)

        qtbot.waitUntil(lambda covered=covered: not covered())
        assert tray.toasts[-1].isVisible()
