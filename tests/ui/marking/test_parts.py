"""The keyboard gets to every part of the marking screen, and Tab's order is that of the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.ui.part import _chain, step_part
from tests.fakes import hand
from tests.ui.marking.conftest import Marker


def parts_met(marker: Marker, by: int = 1) -> list[QWidget | None]:
    """What has the keyboard, step by step, until it is where it was."""
    begin = QApplication.focusWidget()
    met: list[QWidget | None] = []
    while begin not in met:
        step_part(marker.screen, by)
        met.append(QApplication.focusWidget())
        assert len(met) < 20
    return met


def test_a_key_leads_through_all_parts_and_back_to_the_pages(marker: Marker) -> None:
    marker.open()
    marker.qtbot.waitUntil(lambda: marker.screen._sheet._panel.complete)
    screen, panel = marker.screen, marker.screen._sheet._panel
    steps = [row.button for row in panel._steps if row.isVisible()]
    met = parts_met(marker)
    names = [screen._strip, screen._sheet._list, panel, panel._inside, screen._submit, screen._top, screen._pages,
             screen._box, screen.view]  # fmt: skip
    assert len(met) == len(names)
    assert all(one is part or part.isAncestorOf(one) for one, part in zip(met, names, strict=True))
    assert met[3] in (*steps, panel._fold)
    assert parts_met(marker, -1) == [*reversed(met[:-1]), screen.view]


def test_arrows_go_from_tool_to_tool_and_space_takes_one(marker: Marker) -> None:
    marker.open()
    step_part(marker.screen, -1)
    first = QApplication.focusWidget()
    assert marker.screen._box.isAncestorOf(first)
    QTest.keyClick(first, Qt.Key.Key_Down)
    second = QApplication.focusWidget()
    assert second is not first
    assert marker.screen._box.isAncestorOf(second)
    QTest.keyClick(second, Qt.Key.Key_Space)
    assert marker.screen.view.tool_name == "pan"


def test_the_second_view_is_reached_by_key_and_is_then_the_one_that_is_meant(marker: Marker) -> None:
    marker.open()
    hand.press("Shift+S", marker.screen.view)
    second = marker.screen.views.second
    step_part(marker.screen, 1)
    assert second is not None
    assert second.hasFocus()
    assert marker.screen.views.active is second
    step_part(marker.screen, -1)
    assert marker.screen.views.active is marker.screen.view


def test_keys_go_to_the_mark_sheets_own_window_and_back(marker: Marker) -> None:
    marker.open()
    hand.press("Ctrl+Shift+M", marker.screen.view)
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    step_part(marker.screen, 1)  # the strip of tools is the last part of this window
    step_part(marker.screen, 1)
    marker.qtbot.waitUntil(marker.screen._sheet._list.hasFocus)
    step_part(marker.screen, -1)
    marker.qtbot.waitUntil(lambda: marker.screen._strip.isAncestorOf(QApplication.focusWidget()))


def order(marker: Marker) -> list[QWidget]:
    """The parts in Tab's order, as often as it comes to them."""
    screen = marker.screen
    parts = (screen._top, screen._pages, screen._box, screen._views, screen._strip, screen._sheet, screen._submit)
    met: list[QWidget] = []
    for one in _chain(screen):
        if not one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        part = next((part for part in parts if part is one or part.isAncestorOf(one)), None)
        if part is not None and part not in met[-1:]:
            met.append(part)
    return met


def test_tab_walks_in_the_order_of_the_screen_also_after_the_sheet_was_out(marker: Marker) -> None:
    marker.open()
    marker.qtbot.waitUntil(lambda: marker.screen._sheet._panel.complete)
    before = order(marker)
    assert len(before) in (7, 8)  # a round: where it begins is Qt's
    assert len(set(before)) == 7
    screen = marker.screen
    at = before.index(screen._top)
    turned = [*before[at:], *before[:at]]
    parts = [screen._top, screen._pages, screen._box, screen._views, screen._strip, screen._sheet, screen._submit]
    assert list(dict.fromkeys(turned)) == parts
    hand.press("Ctrl+Shift+M", screen.view)
    hand.press("Ctrl+Shift+M", screen.view)
    again = order(marker)
    at = again.index(screen._top)
    assert list(dict.fromkeys([*again[at:], *again[:at]])) == parts
