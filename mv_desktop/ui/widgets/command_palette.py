"""The command palette: type a few letters of what to do, Enter does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
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

from mv_desktop.domain.heading import bare
from mv_desktop.ui.actions import BY_ID, shown_key
from mv_desktop.ui.text import in_every_language, tr
from mv_desktop.ui.theme import current_theme, spacing

_WIDTH = spacing(130)
_ROWS = 12


class Reach(IntEnum):
    """How near an entry is: what is near stands first, and alone while nothing is typed."""

    HERE = 0
    ELSEWHERE = 1
    CHOICE = 2
    SCRIPT = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen.

    Attributes:
        name: what it is called in code.
        text: what is written.
        do: what it does.
        words: by which it is found besides, as in another language.
        beside: what stands beside it: where it is, or that it cannot be chosen now.
        key: as this computer spells it.
        enabled: it can be chosen now.
        reach: how near it is.
    """

    name: str
    text: str
    do: Callable[[], object]
    words: str = ""
    beside: str = ""
    key: str = ""
    enabled: bool = True
    reach: Reach = Reach.HERE


def entry_of(action: QAction) -> Entry:
    """A command that can be given where one is, or why not."""
    return Entry(
        action.objectName(),
        action.text(),
        action.trigger,
        words=words_of(action),
        beside="" if action.isEnabled() else tr("not now"),
        key=shown_key(action),
        enabled=action.isEnabled(),
    )


def words_of(action: QAction) -> str:
    """What a command is called in every language."""
    command = BY_ID.get(action.objectName())
    return action.text() if command is None else in_every_language(command.text)


class CommandPalette(QDialog):
    """Lists what can be done, filtered by what is typed. What cannot be done now comes last and says so.

    Args:
        entries: in the order to list them; those that are not `Reach.HERE` are listed once something is typed.
        find: finds more by what is typed.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        parent: QWidget | None = None,
        find: Callable[[str], Sequence[Entry]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._shown: list[tuple[Entry, QTreeWidgetItem]] = []
        self._entries, self._find = tuple(entries), find
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
        """The names of what is listed now."""
        return [entry.name for entry, _ in self._shown]

    def _on_field_text_changed(self, text: str) -> None:
        typed = bool(text.strip())
        found = [entry for entry in self._entries if typed or entry.reach is Reach.HERE]
        found = [entry for entry in found if matches(f"{entry.text} {entry.beside} {entry.words}", text)]
        if typed and self._find is not None:
            found += self._find(text)
        begins = text.casefold().strip()
        found.sort(key=lambda one: (not one.enabled, one.reach, not one.text.casefold().startswith(begins)))
        self._list.clear()
        self._shown = []
        for entry in found:
            item = QTreeWidgetItem(self._list, [entry.text, entry.beside, entry.key])
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(1, current_theme().color("muted"))
            if not entry.enabled:
                for column in (0, 2):
                    item.setForeground(column, current_theme().color("muted"))
            self._shown.append((entry, item))
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
        if not chosen.enabled:
            return  # it says why, and another can be chosen
        self.accept()
        chosen.do()

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


def matches(text: str, typed: str) -> bool:
    """True when every word that was typed stands in `text`, in any order and case, however Hindi is spelt."""
    folded = text.casefold()
    return all(word in folded or _stands(bare(word), text) for word in typed.casefold().split())


def _stands(word: str, text: str) -> bool:
    return bool(word) and any(word in one for one in _bare_words(text))


@lru_cache(maxsize=2048)
def _bare_words(text: str) -> tuple[str, ...]:
    return tuple(map(bare, text.split()))
