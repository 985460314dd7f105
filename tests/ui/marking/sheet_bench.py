"""A mark sheet in a window of its own, for tests."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.marking.sheet.sheet_row import SheetRow
from mv_desktop.ui.tasks import Tasks

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)
PAGE = PageRef(1)
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Bench:
    """A mark sheet in a window beside a page that can have the focus."""

    def __init__(self, qtbot: QtBot, open_session: Callable[..., MarkingSession], tasks: Tasks) -> None:
        self.qtbot, self._open = qtbot, open_session
        self.window = QWidget()
        self.page = QWidget(self.window)
        self.page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sheet = MarkSheet(tasks, self.window)
        self.sheet.setGeometry(0, 0, 340, 620)
        self.window.resize(700, 620)
        qtbot.addWidget(self.window)
        self.done: list[str] = []
        self.chosen: list[MarkKey] = []
        self.left: list[bool] = []
        self.sheet.question_chosen.connect(self.chosen.append)
        self.sheet.left.connect(lambda: self.left.append(True))
        self.session = self.open()
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.sheet.focus_mark()

    def open(self, **view) -> MarkingSession:
        self.session = self._open(**view)
        self.sheet.set_session(self.session)
        return self.session

    def action(self, name: str, key: str) -> None:
        """An action of the screen around the sheet."""
        action = QAction(name, self.window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda: self.done.append(name))
        self.window.addAction(action)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    def click(self, key: MarkKey, *, mark: bool = False) -> None:
        rows = self.sheet._list
        index = self.sheet._model.index_of(key)
        place = rows.mark_place(index).center() if mark else rows.visualRect(index).topLeft() + QPoint(20, 8)
        self.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, NONE, place)

    def row(self, key: MarkKey) -> SheetRow:
        return next(row for row in self.sheet._model.rows if row.key == key)

    def marks(self, key: MarkKey) -> D | None:
        return self.session.script.mark(key.question_number).options[key.alternative].marks

    @property
    def field(self) -> str:
        return self.sheet._field.text()

    @property
    def in_field(self) -> bool:
        return self.sheet._field.hasFocus()

    @property
    def reason(self) -> str:
        return self.sheet._bubble.text

    @property
    def total(self) -> str:
        return self.sheet._total.text()
