"""The list of a subject: what is looked for, by what it is narrowed, and its rows; more come as one scrolls."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.domain.record import Wanted
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole, spacing
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.keyed_model import KeyedModel, Sign
from mv_desktop.ui.widgets.keyed_table import KeyedTable
from mv_desktop.ui.widgets.search_field import SearchField

_NEAR_ROWS = 30
"""So many rows before the end more are asked for."""


class RecordList(QWidget):
    """Says what is wanted, and shows what came.

    Signals:
        wanted_changed(): something else is looked for.
        selected(): another row has the cursor, or none.
        opened(): Enter, or a double click.
        end_neared(): the rows come to their end.

    Attributes:
        search: what is looked for.
        table, empty: the rows, and what stands instead of them.
    """

    wanted_changed = Signal()
    selected = Signal()
    opened = Signal()
    end_neared = Signal()

    def __init__(self, subject: Subject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = subject
        self._model = _Model(subject, self)
        self.search = SearchField(tr("Search"), self)
        self.search.setMinimumHeight(spacing(8))
        self._choices: dict[str, QComboBox] = {}
        line = QHBoxLayout()
        line.setSpacing(spacing(2))
        for choice in subject.choices:
            box = self._choices[choice.name] = QComboBox(self)
            box.setAccessibleName(tr(choice.label))
            box.setMinimumHeight(spacing(8))
            box.addItem(tr("{filter}: all", filter=tr(choice.label)), "")
            for value, name in choice.values:
                box.addItem(tr(name), value)
            box.currentIndexChanged.connect(self._on_narrowed)
            line.addWidget(box)
        line.addWidget(self.search, 1)
        stretched = next(number for number, column in enumerate(subject.columns) if not column.sample)
        samples = [column.sample for column in subject.columns]
        self.table = KeyedTable(tr(subject.title), self._model, samples, stretched, self, many=False, signed=(0,))
        self.empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addLayout(line)
        column.addWidget(self._stack, 1)
        self.search.textChanged.connect(self._on_narrowed)
        self.search.returnPressed.connect(self.take_focus)
        self.table.current_changed.connect(self.selected)
        self.table.row_opened.connect(self._on_table_row_opened)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        """Which records are looked for."""
        chosen = {name: str(box.currentData()) for name, box in self._choices.items() if box.currentData()}
        return Wanted(self.search.text().strip(), chosen)

    @property
    def key(self) -> str | None:
        """What the row with the cursor is about."""
        return None if self.table.current is None else str(self.table.current)

    @property
    def rows(self) -> Sequence[Any]:
        """What is shown, from the top."""
        return self._model.rows

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these; the cursor stays where it was, if that is still there."""
        self.table.show_rows(rows)
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        self.selected.emit()

    def say_empty(self, *, read: bool, trouble: str) -> None:
        """What stands instead of rows: whether any were read yet, and what keeps the server from answering."""
        if trouble and not read:
            self.empty.tell("offline", tr("They cannot be shown"), trouble, tr("Try again"))
        elif not read:
            self.empty.tell("sync", tr(self._subject.title), tr("They are being fetched"))
        elif self.wanted.words or self.wanted.choices:
            self.empty.tell("search", tr("Nothing matches"), tr("Nothing here fits what is looked for."))
        else:
            self.empty.tell("info", tr("Nothing yet"), tr("What is made appears here."))

    def mark_drafts(self, keys: frozenset[str]) -> None:
        """Of these something was typed that is not saved."""
        self._model.drafts = keys
        self.table.viewport().update()

    def select(self, key: str) -> None:
        """Put the cursor on a record, where it is listed."""
        self.table.choose([key])

    def clear(self) -> None:
        """Look for everything again."""
        for box in self._choices.values():
            box.setCurrentIndex(0)
        self.search.clear()

    def next_choice(self) -> None:
        """The first filter's next value, all around."""
        box = next(iter(self._choices.values()), None)
        if box is not None:
            box.setCurrentIndex((box.currentIndex() + 1) % box.count())

    def take_focus(self) -> None:
        """The keyboard is at the rows, or at the search where there are none."""
        (self.table if self._stack.currentWidget() is self.table else self.search).setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_narrowed(self, _what: object) -> None:
        self.wanted_changed.emit()

    def _on_table_row_opened(self, _key: object) -> None:
        self.opened.emit()

    def _on_scrolled(self, _value: int) -> None:
        last = self.table.rowAt(self.table.viewport().height() - 1)
        if last < 0 or last >= len(self._model.rows) - _NEAR_ROWS:
            self.end_neared.emit()


class _Model(KeyedModel[Any]):
    """Rows as their subject tells them; a pen stands before what was changed and not saved."""

    def __init__(self, subject: Subject, parent: QObject | None = None) -> None:
        headings = [column.heading for column in subject.columns]
        super().__init__(headings, [n for n, column in enumerate(subject.columns) if column.figure], parent)
        self._subject = subject
        self.drafts: frozenset[str] = frozenset()

    def key(self, row: Any) -> Hashable:  # noqa: ANN401
        return self._subject.key(row)

    def text(self, row: Any, column: int) -> str:  # noqa: ANN401
        return self._subject.text(row, column)

    def spoken(self, row: Any, column: int) -> str:  # noqa: ANN401
        words = self._subject.text(row, column)
        return f"{words}, {tr('not saved')}" if column == 0 and self._subject.key(row) in self.drafts else words

    def sign(self, row: Any, column: int) -> Sign | None:  # noqa: ANN401
        if column == 0 and self._subject.key(row) in self.drafts:
            return Sign("pen", "accent")
        return self._subject.sign(row, column)

    def color(self, row: Any, column: int) -> ColorRole | None:  # noqa: ANN401
        return self._subject.color(row, column)
