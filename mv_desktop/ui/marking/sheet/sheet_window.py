"""A window of its own for the mark sheet, to stand on a second monitor."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing


def monitor_set(without: QScreen | None = None) -> str:
    """A name for the monitors that are there, and how they stand; `without` is just being taken away."""
    there = [screen for screen in QGuiApplication.screens() if screen is not without]
    return "; ".join(sorted(f"{screen.name()} {screen.geometry().getRect()}" for screen in there))


class SheetWindow(QWidget):
    """Holds the mark sheet while it is out of its screen, and remembers where it was for each set of monitors.

    Keys work in it as in the screen. Closing it puts the sheet back; so does taking away the monitor it stands on.

    Args:
        screen: whose sheet it is; it is shown and hidden with it.
        splitter: the parts of the screen.
        part: the one of them with the sheet.
        monitors: names the monitors that are there.

    Signals:
        came_in(): the sheet is in its screen again.
        came_out(): this window is shown.
    """

    came_in = Signal()
    came_out = Signal()

    def __init__(
        self,
        screen: QWidget,
        splitter: QSplitter,
        part: QWidget,
        monitors: Callable[[QScreen | None], str] = monitor_set,
    ) -> None:
        super().__init__(screen, Qt.WindowType.Window)
        self._screen, self._splitter, self._monitors = screen, splitter, monitors
        self._part = part
        self._place = splitter.indexOf(part)
        self._kept: dict[str, dict[str, Any]] = {}
        self._divided = splitter.saveState()
        self._out = False
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(tr("Mark sheet"))
        self.setAccessibleName(tr("Mark sheet"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        screen.installEventFilter(self)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._on_app_screenAdded)
            app.screenRemoved.connect(self._on_app_screenRemoved)

    @property
    def out(self) -> bool:
        """The sheet is in this window."""
        return self._out

    def toggle(self) -> None:
        """Let the sheet out of its screen, or take it back."""
        if self._out:
            self.take_back()
        else:
            self.let_out()

    def let_out(self) -> None:
        """Put the sheet into this window: where it was with these monitors, at first on another than its screen's."""
        if self._out:
            return
        self._divided = self._splitter.saveState()
        self._place = self._splitter.indexOf(self._part)
        self._out = True
        self._stand()
        self._column.addWidget(self._part)
        for action in (*self._screen.actions(), *self._screen.window().actions()):
            self.addAction(action)  # where the focus is here, keys mean what they mean there
        self._keep()
        if self._screen.isVisible():
            self.show()

    def take_back(self) -> None:
        """Put the sheet back into its screen."""
        if self._out:
            self._out = False
            self._keep()
            self._come_in()

    def save_state(self) -> QByteArray:
        """How the screen is divided, and where the sheet is with which monitors."""
        if self._out:
            self._keep()
        divided = self._divided if self._out else self._splitter.saveState()
        return QByteArray(json.dumps({"divided": _text(divided), "sheet": self._kept}).encode())

    def restore_state(self, state: QByteArray) -> None:
        """Everything as it was with the monitors that are there; what cannot be read is left alone."""
        try:
            kept = json.loads(bytes(state.data()))
            divided = _bytes(kept["divided"])
            sheet = {name: place for name, place in kept["sheet"].items() if isinstance(place, dict)}
        except (ValueError, KeyError, TypeError, AttributeError):
            divided, sheet = state, {}  # an older program kept the division alone
        self._kept = sheet
        self._divided = divided
        if not self._out:
            self._splitter.restoreState(divided)
        self._stand_as_kept()

    # -- private ---------------------------------------------------------------------------------------------

    def _come_in(self) -> None:
        keyed = self.focusWidget() if self.isActiveWindow() else None
        self._splitter.insertWidget(self._place, self._part)
        self._splitter.restoreState(self._divided)
        self._part.show()
        self.came_in.emit()
        for action in self.actions():
            self.removeAction(action)
        self.hide()
        if keyed is not None and keyed.isVisible():
            take_keyboard(keyed)  # who marks by keys goes on where she was

    def _keep(self) -> None:
        self._kept[self._monitors(None)] = {"out": self._out, "geometry": _text(self.saveGeometry())}

    def _stand_as_kept(self, without: QScreen | None = None) -> None:
        if self._kept.get(self._monitors(without), {}).get("out") is True:
            self.let_out()
        elif self._out:
            self._out = False  # with those monitors it is out, and will be again
            self._come_in()

    def _stand(self) -> None:
        kept = self._kept.get(self._monitors(None), {}).get("geometry")
        if isinstance(kept, str) and self.restoreGeometry(_bytes(kept)):
            return
        here = self._screen.screen()
        others = [screen for screen in QGuiApplication.screens() if screen is not here]
        room = (others or [here])[0].availableGeometry()
        width = min(spacing(120), room.width())
        left = room.left() + (room.width() - width) // 2 if others else room.right() + 1 - width
        self.setGeometry(left, room.top() + spacing(10), width, room.height() - spacing(12))

    def _on_app_screenAdded(self, _screen: QScreen) -> None:
        self._stand_as_kept()

    def _on_app_screenRemoved(self, screen: QScreen) -> None:
        self._stand_as_kept(screen)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._screen and self._out:
            if event.type() == QEvent.Type.Show:
                self.show()
            elif event.type() == QEvent.Type.Hide:
                self._keep()
                self.hide()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came_out.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        if self._out and self.isVisible():
            self._keep()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._out and self.isVisible():
            self._keep()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.take_back()
        super().closeEvent(event)


def _text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray(base64.b64decode(text))
