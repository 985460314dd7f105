"""The list of a subject: what is looked for, by what it is narrowed, and its rows; more come as one scrolls."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, tzinfo
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.domain.record import Wanted
from mv_desktop.ui.admin.day_filter import DayFilter
from mv_desktop.ui.admin.subject import Listing
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole, spacing
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.keyed_model import KeyedModel, Sign
from mv_desktop.ui.widgets.keyed_table import KeyedTable
from mv_desktop.ui.widgets.search_field import SearchField

_NEAR_ROWS = 30
"""So many rows before the end more are asked for."""
_WITH_SEARCH = 3
"""So many filters have room beside the search; more stand below it."""
_IN_LINE, _IN_NARROW_LINE, _NARROW = 4, 2, 150
"""So many have room in a line of their own, and in that of a list which is narrower than so many steps."""
_FETCHED_SIGNS = 14
"""The room of a box whose values come later, so that nothing moves then."""
_FETCHED_ROWS = 20


class RecordList(QWidget):
    """Says what is wanted, and shows what came.

    Args:
        today: the day it is at the school.

    Signals:
        wanted_changed(): something else is looked for.
        selected(): another row has the cursor, or none.
        opened(): Enter, or a double click.
        end_neared(): the rows come to their end.

    Attributes:
        search: what is looked for.
        days: which days; None where the list cannot be narrowed to some.
        table, empty: the rows, and what stands instead of them.
    """

    wanted_changed = Signal()
    selected = Signal()
    opened = Signal()
    end_neared = Signal()

    def __init__(self, subject: Listing, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = subject
        self._model = _Model(subject, self)
        self.search = SearchField(tr(subject.search), self)
        self.search.setMinimumHeight(spacing(8))
        self._choices: dict[str, QComboBox] = {}
        self._owed = False  # the keyboard is at the search only until there are rows
        self._awaited: dict[str, str] = {}
        self._told: set[str] = {choice.name for choice in subject.choices if not choice.fetched}
        self.days = DayFilter(today, self) if subject.days else None
        self._beside_search = QHBoxLayout()
        lines = self._filters()
        stretched = next(number for number, column in enumerate(subject.columns) if not column.sample)
        samples = [one.sample if isinstance(one.sample, str) else one.sample() for one in subject.columns]
        many = any(act.many for act in getattr(subject, "acts", ()))
        self.table = KeyedTable(tr(subject.title), self._model, samples, stretched, self, many=many, signed=(0,))
        self.empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        for line in lines:
            column.addLayout(line)
        column.addWidget(self._stack, 1)
        self.search.textChanged.connect(self._on_search_changed)
        self.search.returnPressed.connect(self.take_focus)
        self.table.current_changed.connect(self.selected)
        self.table.row_opened.connect(self._on_table_row_opened)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        """Which records are looked for."""
        chosen = {name: str(box.currentData()) for name, box in self._choices.items() if box.currentData()}
        if self.days is not None:
            chosen |= self.days.choices
        return Wanted(self.search.text().strip(), chosen)

    @property
    def kept(self) -> Wanted:
        """The same as a view keeps it: days that move with the calendar by name, and what waits to be offered."""
        chosen = {name: str(box.currentData()) for name, box in self._choices.items() if box.currentData()}
        return Wanted(self.search.text().strip(), self._awaited | chosen | dict(self.days.kept if self.days else {}))

    @property
    def missing(self) -> tuple[str, ...]:
        """Filters, as they are called, of which something was looked for that cannot be chosen here any more."""
        return tuple(tr(choice.label) for choice in self._subject.choices
                     if choice.name in self._awaited and choice.name in self._told)  # fmt: skip

    @property
    def key(self) -> str | None:
        """What the row with the cursor is about."""
        return None if self.table.current is None else str(self.table.current)

    @property
    def rows(self) -> Sequence[Any]:
        """What is shown, from the top."""
        return self._model.rows

    @property
    def chosen(self) -> Sequence[Any]:
        """The rows that are selected, from the top."""
        keys = frozenset(self.table.chosen)
        return [row for row in self._model.rows if self._subject.key(row) in keys]

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these; the cursor stays where it was, if that is still there, or goes to what came after it."""
        key, after = self.key, self._after_cursor()
        self.table.show_rows(rows)
        if key is not None and key not in (there := {self._subject.key(row) for row in rows}):
            self.table.choose([next((one for one in after if one in there), self.key or "")])
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        if rows and self._owed and self.window().focusWidget() is self.search:
            self.take_focus()
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

    def offer(self, values: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Let these be chosen besides, by the filter's name; what is chosen stays so."""
        for name, pairs in values.items():
            box = self._choices[name]
            known = {box.itemData(number) for number in range(box.count())}
            for value, words in pairs:
                if value not in known:
                    box.addItem(words, value)
            if pairs:
                self._told.add(name)
            if name in self._awaited:
                box.setCurrentIndex(max(0, box.findData(self._awaited[name])))

    def look_for(self, wanted: Wanted) -> None:
        """Look for this and nothing else; a value that cannot be chosen is left out until it is offered."""
        before = self.blockSignals(True)
        self.clear()
        self.search.setText(wanted.words)
        for name, box in self._choices.items():
            value = wanted.choices.get(name, "")
            box.setCurrentIndex(max(0, box.findData(value)))
            if value and box.currentData() != value:
                self._awaited[name] = value
        if self.days is not None:
            self.days.take(wanted.choices)
        self.blockSignals(before)
        self.wanted_changed.emit()

    def in_words(self, wanted: Wanted) -> str:
        """What a view looks for, in the language spoken."""
        found = [f"“{wanted.words}”"] if wanted.words else []
        for choice in self._subject.choices:
            value = wanted.choices.get(choice.name)
            if value:
                box = self._choices[choice.name]
                at = box.findData(value)
                found.append(f"{tr(choice.label)}: {box.itemText(at) if at > 0 else value}")
        if self.days is not None:
            found.append(self.days.in_words(wanted.choices))
        return " · ".join(filter(None, found)) or tr("everything")

    def put_beside_search(self, widget: QWidget) -> None:
        """Show this at the end of the line in which one searches."""
        self._beside_search.addWidget(widget)

    def clear(self) -> None:
        """Look for everything again."""
        if self._awaited:
            self._awaited.clear()
            self.wanted_changed.emit()  # what is there may be wanted already
        for box in self._choices.values():
            box.setCurrentIndex(0)
        if self.days is not None:
            self.days.clear()
        self.search.clear()

    def next_choice(self) -> None:
        """The first filter's next value, all around."""
        box = next(iter(self._choices.values()), None)
        if box is not None:
            box.setCurrentIndex((box.currentIndex() + 1) % box.count())

    def take_focus(self) -> None:
        """The keyboard is at the rows, or at the search where there are none."""
        self._owed = self._stack.currentWidget() is not self.table
        (self.search if self._owed else self.table).setFocus()

    def await_rows(self) -> None:
        """The keyboard is at the rows, or where they will stand: the keys of the list are commands and no words."""
        self._owed = False
        (self.empty if self._stack.currentWidget() is self.empty else self.table).setFocus()  # the stack hands it on

    def begin_search(self) -> None:
        """The keyboard is at the search, over what stands there."""
        self._owed = False
        self.search.setFocus()
        self.search.selectAll()

    # -- private ---------------------------------------------------------------------------------------------

    def _after_cursor(self) -> Sequence[str]:
        return [self._subject.key(row) for row in self._model.rows[self.table.currentIndex().row() + 1 :]]

    def _filters(self) -> tuple[QHBoxLayout, ...]:
        """In one line with the search; where there are days to choose, the search has a line of its own."""
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(spacing(2))
        for choice in self._subject.choices:
            box = self._choices[choice.name] = QComboBox(self)
            box.setAccessibleName(tr(choice.label))
            box.setMinimumHeight(spacing(8))
            box.addItem(tr(choice.usual) if choice.usual else tr("{filter}: all", filter=tr(choice.label)), "")
            for value, name in choice.values:
                box.addItem(tr(name), value)
            if choice.fetched:
                box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                box.setMinimumContentsLength(_FETCHED_SIGNS)
                box.setMaxVisibleItems(_FETCHED_ROWS)
            box.currentIndexChanged.connect(partial(self._on_choice_changed, choice.name))
            first.addWidget(box, int(choice.fetched))
        if len(self._subject.choices) > _WITH_SEARCH:
            return self._many_filters()
        if self.days is None:
            first.addWidget(self.search, 1)
            first.addLayout(self._beside_search)
            return (first,)
        self.days.changed.connect(self.wanted_changed)
        second.addWidget(self.search, 1)
        second.addWidget(self.days)
        second.addLayout(self._beside_search)
        return first, second

    def _many_filters(self) -> tuple[QHBoxLayout, ...]:
        """The search in a line of its own, so many filters as have room in each below."""
        across = _IN_NARROW_LINE if self._subject.shares[0] < _NARROW else _IN_LINE
        lines = [QHBoxLayout()]
        lines[0].addWidget(self.search, 1)
        lines[0].addLayout(self._beside_search)
        for number, box in enumerate(self._choices.values()):
            if number % across == 0:
                lines.append(QHBoxLayout())
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            lines[-1].addWidget(box, 1)
        for line in lines:
            line.setSpacing(spacing(2))
        lines[-1].addStretch(-len(self._choices) % across)
        return tuple(lines)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_search_changed(self, words: str) -> None:
        self._owed = self._owed and not words
        self.wanted_changed.emit()

    def _on_choice_changed(self, name: str, _at: int) -> None:
        self._awaited.pop(name, None)
        self.wanted_changed.emit()

    def _on_table_row_opened(self, _key: object) -> None:
        self.opened.emit()

    def _on_scrolled(self, _value: int) -> None:
        last = self.table.rowAt(self.table.viewport().height() - 1)
        if last < 0 or last >= len(self._model.rows) - _NEAR_ROWS:
            self.end_neared.emit()


def today_of(clock: Clock, zone: tzinfo) -> date:
    """The day it is at the school.

    Args:
        clock: what time it is.
        zone: the school's.
    """
    return clock.now().astimezone(zone).date()


class _Model(KeyedModel[Any]):
    """Rows as their subject tells them; a pen stands before what was changed and not saved."""

    def __init__(self, subject: Listing, parent: QObject | None = None) -> None:
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
