"""Space takes the pages in hand for as long as there is a screen."""

from __future__ import annotations

from typing import cast

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.page.space_key import SpaceKey


class _NoViews:
    shown = ()


def test_a_screen_that_goes_with_the_sheets_window_in_front_says_nothing(qtbot: QtBot) -> None:
    screen = QWidget()
    sheet = QWidget(screen, Qt.WindowType.Window)
    key = SpaceKey(cast(PageViews, _NoViews()), screen, sheet)
    for window in (screen, sheet):
        window.show()
        qtbot.waitExposed(window)
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    shiboken6.delete(screen)  # what fails in an event filter fails the test
    assert not shiboken6.isValid(key)
