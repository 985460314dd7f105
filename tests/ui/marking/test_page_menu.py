"""What a right click on a page offers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication, QMenu

from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from tests.fakes import hand
from tests.ui.canvas.conftest import tablet_pen
from tests.ui.marking.conftest import Marker


def opened(marker: Marker, at: QPoint, reason=QContextMenuEvent.Reason.Mouse) -> dict[str, QAction]:
    """The menu's entries by what they say."""
    viewport = marker.screen.view.viewport()
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))
    (menu,) = [one for one in marker.screen.view.findChildren(QMenu) if one.isVisible()]
    return {entry.text().split("\t")[0]: entry for entry in menu.actions() if not entry.isSeparator()}


def choose(entries: dict[str, QAction], text: str) -> None:
    """As a click on an entry does: the pointer has left the page, and the menu is gone first."""
    entries[text].parent().hide()
    entries[text].trigger()


def test_it_selects_the_ink_under_it_and_does_with_it_what_is_chosen(marker):
    session = marker.open()
    view = marker.screen.view
    stamp = session.place_stamp("tick", PageRef(1), 0.3, 0.2)
    view.set_stamp("cross")
    entries = opened(marker, marker.on(1, 0.3, 0.2))
    assert view.selected == (stamp.annotation_id,)
    assert all(entry.isEnabled() for entry in entries.values())
    assert entries["Delete what is selected"].text().endswith("\tDel")
    choose(entries, "Copy what is selected")
    entries = opened(marker, marker.on(1, 0.7, 0.3))
    view.rest()
    view._pointer = None  # it went into the menu
    choose(entries, "Paste where the pointer is")
    pasted = list(session.script.ink.values())[-1].annotation
    assert (round(pasted.x, 1), round(pasted.y, 1)) == (0.7, 0.3)
    session.set_current(MarkKey(4))
    choose(opened(marker, marker.on(1, pasted.x, pasted.y)), "Count what is selected for this question")
    assert session.annotation(pasted.annotation_id).mark_key == MarkKey(4)
    choose(opened(marker, marker.on(1, pasted.x, pasted.y)), "Delete what is selected")
    assert list(session.script.ink) == [stamp.annotation_id]


def test_on_paper_it_flags_that_spot_and_leaves_the_tool_in_hand(marker):
    marker.open()
    view = marker.screen.view
    view.set_stamp("tick")
    entries = opened(marker, marker.on(1, 0.6, 0.2))
    assert view.tool_name == "stamp"
    assert marker.session.script.ink == {}
    assert not entries["Copy what is selected"].isEnabled()
    view._pointer = None
    choose(entries, "Flag to the coordinator …")
    (dialog,) = [one for one in marker.screen.findChildren(FlagDialog) if one.isVisible()]
    assert dialog._spot is not None
    assert (round(dialog._spot.x, 1), round(dialog._spot.y, 1)) == (0.6, 0.2)
    dialog.reject()


def test_the_key_for_menus_means_the_pen_point(marker):
    session = marker.open()
    view = marker.screen.view
    stamp = session.place_stamp("tick", PageRef(1), 0.3, 0.2)
    view.select([stamp.annotation_id])
    view.clippings.copy()
    hand.press("Escape", view)
    view.setFocus()
    for key in ("Right", "Right", "Down"):
        hand.press(key, view)
    there = view.sheet.spot_at(view.pointed_at())
    choose(opened(marker, QPoint(3, 3), QContextMenuEvent.Reason.Keyboard), "Paste where the pointer is")
    pasted = list(session.script.ink.values())[-1].annotation
    assert (pasted.x, pasted.y) == (pytest.approx(there.x, abs=0.01), pytest.approx(there.y, abs=0.01))


def test_the_button_of_a_pen_opens_it_and_draws_nothing(marker):
    session = marker.open()
    view = marker.screen.view
    view.set_tool("pen")
    at = QPointF(marker.on(1, 0.4, 0.2))
    right, kind = Qt.MouseButton.RightButton, QEvent.Type.TabletPress
    event = QTabletEvent(
        kind, tablet_pen(QPointingDevice.PointerType.Pen), at, view.viewport().mapToGlobal(at), 0.0, 0.0, 0.0, 0.0, 0.0,
        0.0, Qt.KeyboardModifier.NoModifier, right, right,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)
    assert [one for one in view.findChildren(QMenu) if one.isVisible()]
    assert not view.gesturing
    assert session.script.ink == {}


def test_what_is_of_a_page_is_of_the_one_that_was_clicked(marker):
    marker.open()
    view = marker.screen.view
    view.zoom_by(0.5 / view.zoom)
    view.go_to_page(PageRef(1))
    sheet = view.sheet
    second = view.mapFromScene(sheet.page_rect(sheet.page(PageRef(2))).topLeft() + QPointF(300, 100))
    assert view.viewport().rect().contains(second)
    assert view.current_page == PageRef(1)
    choose(opened(marker, second), "Turn the page's view")
    assert [sheet.page(PageRef(number)).quarter_turns for number in (1, 2)] == [0, 1]
    choose(
        opened(marker, view.mapFromScene(sheet.page_rect(sheet.page(PageRef(2))).center())),
        "Ask for a rescan of this page",
    )
    assert marker.session.rescan_asked(PageRef(2))


def test_while_something_is_drawn_there_is_none(marker):
    marker.open()
    view = marker.screen.view
    view.set_tool("pen")
    hand.hold(view, marker.on(1, 0.3, 0.2), marker.on(1, 0.4, 0.2))
    at = marker.on(1, 0.4, 0.2)
    QApplication.sendEvent(
        view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    )
    assert not [one for one in view.findChildren(QMenu) if one.isVisible()]
    assert view.cancel()
