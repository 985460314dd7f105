"""Rows that have keys, as Qt's table: brought up to date so that selection, scrolling and menus stay where they are."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
_ROOT = QModelIndex()
_MOST_RUNS = 64
"""Where more runs of rows are gone, it is cheaper to begin anew."""


class Sign(NamedTuple):
    """An icon in a cell."""

    icon: str
    role: ColorRole


class Bar(NamedTuple):
    """How much of the cell is filled, 0..1, and in the colour of what."""

    share: float
    role: ColorRole


class KeyedModel(QAbstractTableModel, Generic[Row]):
    """A table of rows; what a row says is asked for when it is shown, so that many rows cost nothing.

    Args:
        headings: in English.
        figures: the columns that are aligned to the right.
    """

    def __init__(self, headings: Sequence[str], figures: Sequence[int] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings, self._figures = tuple(headings), frozenset(figures)
        self._rows: list[Row] = []
        self._keys: list[Hashable] = []
        self._places: dict[Hashable, int] | None = {}

    # -- for a table of its own --------------------------------------------------------------------------------

    def key(self, row: Row) -> Hashable:
        """What a row is about."""
        raise NotImplementedError

    def text(self, row: Row, column: int) -> str:
        """What a cell says."""
        raise NotImplementedError

    def tip(self, row: Row, column: int) -> str:
        """What is said of a cell when one asks; "" for nothing more than its text."""
        del row, column
        return ""

    def spoken(self, row: Row, column: int) -> str:
        """What a screen reader says after the heading."""
        return self.text(row, column)

    def sign(self, row: Row, column: int) -> Sign | None:
        """The icon of a cell."""
        del row, column
        return None

    def bar(self, row: Row, column: int) -> Bar | None:
        """The bar of a cell."""
        del row, column
        return None

    def color(self, row: Row, column: int) -> ColorRole | None:
        """The colour of a cell's words."""
        del row, column
        return None

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown, from the top."""
        return self._rows

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Where a column's words and its heading stand."""
        side = Qt.AlignmentFlag.AlignRight if column in self._figures else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def keys_at(self, places: Sequence[int]) -> tuple[Hashable, ...]:
        """What the rows at these places are about."""
        return tuple(self._keys[place] for place in places)

    def row_of(self, key: Hashable) -> int:
        """Where a row is, -1 when it is not shown."""
        return self._place.get(key, -1)

    def begin_anew(self, rows: Sequence[Row]) -> None:
        """Show other rows; nothing of before stays selected."""
        self._reset(rows, [self.key(row) for row in rows])

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these; what was there and still is stays selected, wherever it is now."""
        wanted = [self.key(row) for row in rows]
        if wanted != self._keys and not self._fit(rows, wanted):
            self._reset(rows, wanted)
            return
        self._rows = list(rows)
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._headings) - 1))

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _place(self) -> dict[Hashable, int]:
        """Where each row is; worked out when it is asked for, as several changes may come at once."""
        if self._places is None:
            self._places = {key: place for place, key in enumerate(self._keys)}
        return self._places

    def _put(self, rows: list[Row], keys: list[Hashable]) -> None:
        self._rows, self._keys, self._places = rows, keys, None

    def _reset(self, rows: Sequence[Row], keys: list[Hashable]) -> None:
        self.beginResetModel()
        self._put(list(rows), keys)
        self.endResetModel()

    def _fit(self, rows: Sequence[Row], wanted: list[Hashable]) -> bool:
        """Take away what is gone, append what is new, and then sort; False when too much is gone for that."""
        kept = set(wanted)
        gone = _runs([place for place, key in enumerate(self._keys) if key not in kept])
        if len(gone) > _MOST_RUNS:
            return False
        before = set(self._keys)
        for first, last in reversed(gone):
            self.beginRemoveRows(_ROOT, first, last)
            left = slice(first, last + 1)
            del self._rows[left], self._keys[left]
            self._places = None
            self.endRemoveRows()
        fresh = [(row, key) for row, key in zip(rows, wanted, strict=True) if key not in before]
        if fresh:
            self.beginInsertRows(_ROOT, len(self._rows), len(self._rows) + len(fresh) - 1)
            self._put([*self._rows, *(row for row, _ in fresh)], [*self._keys, *(key for _, key in fresh)])
            self.endInsertRows()
        if wanted != self._keys:
            self._sort(rows, wanted)
        return True

    def _sort(self, rows: Sequence[Row], wanted: list[Hashable]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._keys[index.row()] for index in before]
        self._put(list(rows), wanted)
        after = [self.index(self._place[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(self._headings[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return self.tip(row, column) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{tr(self._headings[column])}: {self.spoken(row, column)}"
        return None


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Rising numbers as first and last of each run."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and place == found[-1][1] + 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
