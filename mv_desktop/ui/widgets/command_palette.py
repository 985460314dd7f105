"""The command palette: type a few letters of what to do, Enter does it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing

_WIDTH = spacing(130)
_ROWS = 12


class CommandPalette(QDialog):
    """Lists actions, filtered by what is typed. Those that cannot be given now come last and say so.

    Args:
        actions: in the order to list them.
    """

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[QAction, QTreeWidgetItem]] = []
        self._actions = sorted(actions, key=lambda action: not action.isEnabled())
        self.setWindowTitle(tr("Find a command"))
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self._field = QLineEdit(self)
        self._field.setPlaceholderText(tr("What would you like to do?"))
        self._field.setAccessibleName(tr("Find a command"))
        self._field.textChanged.connect(self._on_field_text_changed)
        self._field.returnPressed.connect(self._run_current)
        self._field.installEventFilter(self)
        self._list = QTreeWidget(self)
        self._list.setAccessibleName(tr("Commands"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setColumnCount(3)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self._list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._list.itemClicked.connect(self._run_current)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(2), spacing(2), spacing(2), spacing(2))
        layout.setSpacing(spacing(2))
        layout.addWidget(self._field)
        layout.addWidget(self._list)
        self._on_field_text_changed("")
        self._list.setFixedHeight(max(self._list.sizeHintForRow(0), spacing(6)) * _ROWS + spacing(1))
        self.setFixedWidth(_WIDTH)

    @property
    def listed(self) -> list[str]:
        """The names of the commands that are listed now."""
        return [action.objectName() for action, _ in self._shown]

    def _on_field_text_changed(self, text: str) -> None:
        self._list.clear()
        self._shown = []
        for action in sorted(
            (action for action in self._actions if matches(action.text(), text)),
            key=lambda action: (not action.isEnabled(), not action.text().casefold().startswith(text.casefold())),
        ):
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem(self._list, [action.text(), _why_not(action), key])
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not action.isEnabled():
                for column in range(3):
                    item.setForeground(column, current_theme().color("muted"))
            self._shown.append((action, item))
        self._select(0)

    def _select(self, row: int) -> None:
        if self._shown:
            self._list.setCurrentItem(self._shown[min(max(row, 0), len(self._shown) - 1)][1])

    def _row(self) -> int:
        return self._list.currentIndex().row()

    def _run_current(self, *_: object) -> None:
        if not self._shown:
            return
        chosen, _item = self._shown[self._row()]
        if not chosen.isEnabled():
            return  # it says why, and another can be chosen
        self.accept()
        chosen.trigger()

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                self._select(self._row() + step)
                return True
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            window = parent.window().frameGeometry()
            self.move(window.x() + (window.width() - self.width()) // 2, window.y() + window.height() // 6)
        self._field.setFocus()


def _why_not(action: QAction) -> str:
    """That a command cannot be given now; "" when it can."""
    return "" if action.isEnabled() else tr("not now")


def matches(text: str, typed: str) -> bool:
    """True when every word that was typed stands in `text`, in any order and case."""
    folded = text.casefold()
    return all(word in folded for word in typed.casefold().split())
