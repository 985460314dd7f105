"""Two views of one script: each goes its own way, and what is done in either is done."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.annotation.shape import Stamp
from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.view import PageView
from tests.fakes import hand
from tests.ui.canvas.conftest import tablet_pen
from tests.ui.marking.conftest import Marker

FIRST, SECOND, THIRD = (PageRef(number) for number in (1, 2, 3))


@pytest.fixture
def split(marker: Marker) -> PageView:
    """The second view."""
    marker.open()
    hand.press("Shift+S", marker.screen.view)
    second = marker.screen._views.second
    assert second is not None
    return second


def enter(view: PageView) -> None:
    """The pointer comes over a view."""
    middle = QPointF(view.viewport().rect().center())
    QApplication.sendEvent(view.viewport(), QEnterEvent(middle, middle, view.viewport().mapToGlobal(middle)))


def test_the_second_view_shows_the_page_after_and_the_first_stays(marker: Marker, split: PageView) -> None:
    assert marker.screen.view.current_page == FIRST
    assert split.current_page == SECOND
    assert marker.screen._views.active is marker.screen.view
    assert abs(split.width() - marker.screen.view.width()) < 5


def test_each_scrolls_and_zooms_on_its_own(marker: Marker, split: PageView) -> None:
    main = marker.screen.view
    zoom = main.zoom
    split.setFocus()
    hand.press("J", split)
    hand.press("Ctrl++", split)
    assert split.current_page == THIRD
    assert main.current_page == FIRST
    assert split.zoom > zoom == main.zoom
    main.setFocus()
    hand.press("Ctrl+End", main)
    hand.press("Ctrl+Home", split)  # the one with the keyboard is meant, whichever got the key
    assert main.current_page == FIRST


def test_the_list_and_the_zoom_follow_the_active_view_only(marker: Marker, split: PageView) -> None:
    split.go_to_page(THIRD)  # as by the wheel: it is not the active one
    assert marker.screen._pages.currentIndex().row() == 0
    split.setFocus()
    assert marker.screen._pages.currentIndex().row() == 2
    marker.screen._pages.page_chosen.emit(SECOND)
    assert split.current_page == SECOND
    assert marker.screen.view.current_page == FIRST


def test_stamps_are_placed_in_both_and_seen_in_both(marker: Marker, split: PageView) -> None:
    main = marker.screen.view
    main.setFocus()
    main.set_stamp("cross")
    split.setFocus()
    assert (split.tool_name, split.stamp) == ("stamp", "cross")  # the tool goes along
    hand.click(split, hand.spot(split, 2, 0.3, 0.4))
    main.setFocus()
    hand.click(main, hand.spot(main, 1, 0.4, 0.4))
    placed = list(marker.session.script.ink.values())
    assert [item.page for item in placed] == [SECOND, FIRST]
    for item in placed:
        assert isinstance(item.annotation, Stamp)
        for view in (main, split):
            assert view.sheet is not None
            assert view.sheet.mark(item.annotation.annotation_id) is not None
    hand.press("Ctrl+Z", main)
    assert len(marker.session.script.ink) == 1
    assert split.sheet is not None
    assert len(split.sheet._marks) == 1


def test_a_key_stamps_where_the_pointer_is_also_when_it_went_over(marker: Marker, split: PageView) -> None:
    marker.screen.view.setFocus()
    enter(split)
    assert split.hasFocus()
    hand.hover(split, hand.spot(split, 2, 0.25, 0.3))
    QTest.keyClick(split, Qt.Key.Key_1)
    (placed,) = marker.session.script.ink.values()
    assert placed.page == SECOND


def test_a_pen_that_comes_over_takes_the_keys_along(marker: Marker, split: PageView) -> None:
    marker.screen.view.setFocus()
    at, none = QPointF(60, 80), Qt.MouseButton.NoButton
    pen, there = tablet_pen(QPointingDevice.PointerType.Pen), split.viewport().mapToGlobal(at)
    kind, plain = QEvent.Type.TabletMove, Qt.KeyboardModifier.NoModifier
    hover = QTabletEvent(kind, pen, at, there, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, plain, none, none)
    QApplication.sendEvent(split.viewport(), hover)
    assert split.hasFocus()


def test_the_pointer_takes_no_keys_from_the_mark_field(marker: Marker, split: PageView) -> None:
    hand.press("M", marker.screen.view)
    enter(split)
    assert marker.screen._sheet._field.hasFocus()


def test_a_page_is_turned_and_brightened_in_both(marker: Marker, split: PageView) -> None:
    split.setFocus()
    hand.press("R", split)
    hand.press("Ctrl+B", split)
    main = marker.screen.view
    assert main.sheet is not None
    assert main.sheet.turns() == ((SECOND, 1),)
    assert main.brightness == 1
    hand.press("R", split)
    hand.press("R", split)
    hand.press("R", split)
    assert main.sheet.turns() == ()
    assert marker.screen.view.current_page == FIRST


def test_it_goes_below_and_away_and_the_first_view_is_where_it_was(marker: Marker, split: PageView) -> None:
    main = marker.screen.view
    main.set_place(Place(SECOND, 0.4))
    before = main.place()
    split.setFocus()
    hand.press("Shift+S", split)
    assert marker.screen._views.orientation() == Qt.Orientation.Vertical
    assert abs(split.height() - main.height()) < 5
    hand.press("Shift+S", split)
    assert marker.screen._views.second is None
    assert main.hasFocus()
    assert split.sheet is None
    after = main.place()
    assert before is not None
    assert after is not None
    assert after.page == before.page
    assert after.fraction == pytest.approx(before.fraction, abs=0.05)


def test_it_stays_for_the_next_script(marker: Marker, split: PageView) -> None:
    split.zoom_by(1.5)
    zoom = split.zoom
    album = split.sheet.album if split.sheet is not None else None
    marker.open(2)
    assert marker.screen._views.second is split
    marker.qtbot.waitUntil(lambda: split.sheet is not None)
    assert split.updatesEnabled()
    assert split.sheet is not None
    assert marker.screen.view.sheet is not None
    assert split.sheet.album == marker.screen.view.sheet.album != album
    assert split.current_page == SECOND
    assert split.zoom == pytest.approx(zoom)
    marker.screen.leave()
    assert split.sheet is None
    assert marker.images.bytes == 0
    assert marker.screen._views.second is split  # empty, until another script comes


def test_the_active_one_is_there_at_once(marker: Marker, split: PageView) -> None:
    split.setFocus()
    marker.open(2)
    assert split.sheet is not None
    assert split.updatesEnabled()


def test_what_is_done_before_its_turn_is_seen_in_it_too(marker: Marker, split: PageView) -> None:
    main = marker.screen.view
    main.setFocus()
    main.set_stamp("cross")
    marker.open(2)
    assert split.sheet is None
    hand.click(main, hand.spot(main, 1, 0.4, 0.4))
    hand.click(main, hand.spot(main, 1, 0.6, 0.6))
    hand.press("Ctrl+Z", main)
    marker.qtbot.waitUntil(lambda: split.sheet is not None)
    (annotation_id,) = marker.session.script.ink
    assert split.sheet is not None
    split.sheet.show_waiting_marks((), 1.0)
    assert set(split.sheet._marks) == {annotation_id}


def test_the_next_script_at_once_is_what_both_show(marker: Marker, split: PageView) -> None:
    marker.open(2)
    marker.open(3)
    marker.qtbot.waitUntil(lambda: split.sheet is not None)
    assert split.sheet is not None
    assert split.sheet.script is marker.session.script
    hand.press("J", split)
    assert split.sheet.script is marker.session.script


@pytest.mark.parametrize("how", ["script", "view"])
def test_what_is_closed_before_its_turn_stays_empty(marker: Marker, split: PageView, how: str) -> None:
    marker.open(2)
    if how == "script":
        marker.screen.leave()
    else:
        hand.press("Shift+S", marker.screen.view)
        hand.press("Shift+S", marker.screen.view)
    assert marker.screen._views._filling is None
    passed: list[bool] = []
    marker.tasks.after(0.02, lambda: passed.append(True), receiver=marker.screen)
    marker.qtbot.waitUntil(lambda: bool(passed))
    assert split.sheet is None
    assert split.updatesEnabled()


def test_both_share_their_pictures_and_neither_loses_what_it_shows(marker: Marker, split: PageView) -> None:
    marker.qtbot.waitUntil(lambda: marker.images.idle)
    main = marker.screen.view
    assert {main, split, marker.screen._pages} == set(marker.images._wishes)
    pinned = marker.images._pinned
    assert {key.ref for key in pinned} >= {FIRST, SECOND}
    hand.press("Shift+S", main)
    hand.press("Shift+S", main)
    assert split not in marker.images._wishes


def test_what_is_read_in_the_second_view_counts(marker: Marker, split: PageView) -> None:
    marker.qtbot.waitUntil(lambda: marker.images.idle)
    for view in (marker.screen.view, split):
        view.zoom_by(1 / view.zoom)
    split.go_to_page(THIRD)
    marker.qtbot.waitUntil(lambda: marker.images.idle)
    marker.screen.view._sample()
    marker.screen.view.flush_seen()
    assert {FIRST, THIRD} <= set(marker.session.script.seen)
    assert marker.session.script.seen[FIRST].seconds == 1.0


def test_a_frozen_script_is_frozen_in_both(marker: Marker, split: PageView) -> None:
    marker.session.freeze("Submitted.")
    split.setFocus()
    split.set_stamp("tick")
    hand.click(split, hand.spot(split, 2, 0.5, 0.5))
    assert not marker.session.script.ink


def test_the_magnifier_goes_along_with_the_keys(marker: Marker, split: PageView) -> None:
    glasses = marker.screen._reading._magnifiers
    main = marker.screen.view
    main.setFocus()
    hand.press("Z", main)
    assert [glasses[view].on for view in (main, split)] == [True, False]
    split.setFocus()
    assert [glasses[view].on for view in (main, split)] == [False, True]
    hand.press("Escape", split)
    assert [glasses[view].on for view in (main, split)] == [False, False]
    assert marker.asked_back == []


def test_pages_that_arrive_are_shown_in_both(marker: Marker, split: PageView) -> None:
    marker.screen.pages_changed(marker.pages[:2], marker.pictures)
    marker.qtbot.waitUntil(lambda: split.sheet is not None)
    assert [len(view.sheet.pages) for view in marker.screen._views.shown if view.sheet is not None] == [2, 2]
    assert split.accessibleName() == "Answer sheet, second view"


def test_what_is_selected_stays_framed_when_the_other_view_turns_its_page(marker: Marker, split: PageView) -> None:
    main = marker.screen.view
    marker.session.place_stamp("tick", SECOND, 0.3, 0.2)
    ink = marker.session.script.ink
    (mark,) = (i for i, placed in ink.items() if placed.page == SECOND)
    main.select([mark])
    split.go_to_page(FIRST)
    split.setFocus()
    hand.press("R", split)
    item = None if main.sheet is None else main.sheet.mark(mark)
    framed = main._tools.select._frame
    assert item is not None
    assert framed is not None
    assert framed.inner.center() == item.frame().center()


@pytest.mark.parametrize("kind", [QEvent.Type.TabletPress, QEvent.Type.MouseButtonPress])
def test_a_view_is_meant_as_soon_as_it_is_pressed_with_the_tool_in_hand(
    marker: Marker, split: PageView, kind: QEvent.Type
) -> None:
    main = marker.screen.view
    main.setFocus()
    hand.press("L", main)
    assert split.tool_name != "line"
    viewport, at, left = split.viewport(), QPointF(100, 200), Qt.MouseButton.LeftButton
    if kind == QEvent.Type.TabletPress:
        pen = tablet_pen(QPointingDevice.PointerType.Pen)
        press: QEvent = QTabletEvent(
            kind, pen, at, viewport.mapToGlobal(at), 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, Qt.KeyboardModifier.NoModifier,
            left, left,
        )  # fmt: skip
    else:
        press = QMouseEvent(kind, at, viewport.mapToGlobal(at), left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, press)
    assert marker.screen._views.active is split
    assert split.tool_name == "line"
    assert split.gesturing
    if kind == QEvent.Type.TabletPress:
        assert split.hasFocus(), "of a mouse Qt sees to that"


def test_a_pen_on_the_page_takes_the_keys_from_the_mark_field(marker: Marker) -> None:
    marker.open()
    view = marker.screen.view
    mark = marker.session.place_stamp("tick", FIRST, 0.3, 0.3)
    view.select([mark.annotation_id])
    hand.press("M", view)
    assert marker.screen._sheet._field.hasFocus()
    at = QPointF(marker.on(1, 0.3, 0.3))
    pen, none = tablet_pen(QPointingDevice.PointerType.Pen), Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    for kind, held in ((QEvent.Type.TabletPress, left), (QEvent.Type.TabletRelease, Qt.MouseButton.NoButton)):
        there = view.viewport().mapToGlobal(at)
        tap = QTabletEvent(kind, pen, at, there, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, none, left, held)
        QApplication.sendEvent(view.viewport(), tap)
    assert view.hasFocus()
    hand.press("Del")
    assert marker.session.script.ink == {}, "and what is selected there is meant"
