"""Space moves the pages wherever the keyboard is on the marking screen, but where it is typed or presses a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from mv_desktop.ui.marking.page.page_views import PageViews


class SpaceKey(QObject):
    """Takes the pages in hand while Space is held.

    After a click on a question or a page of the list the keyboard is there; with a stamp in hand, a drag that was to
    move the page would box what nobody meant.

    Args:
        screen: keys that nothing on it has used come to it.
        sheet_window: and to this one, while the mark sheet is there.
    """

    def __init__(self, views: PageViews, screen: QWidget, sheet_window: QWidget) -> None:
        super().__init__(screen)
        self._views, self._parts = views, (screen, sheet_window)
        for part in self._parts:
            part.installEventFilter(self)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate:
            # a screen that goes takes the sheet's window along, which says so while only half of the screen is there
            there = all(isValid(part) for part in self._parts)
            if there and QApplication.activeWindow() not in [part.window() for part in self._parts]:
                self._hold(held=False)  # the release of the key goes elsewhere now
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            if kind == QEvent.Type.KeyPress:
                self._hold(held=True)
            elif kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self._hold(held=False)
            return kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        return super().eventFilter(watched, event)

    def _hold(self, *, held: bool) -> None:
        for view in self._views.shown:
            view.hold_space(held=held)
