"""A small table of facts: as high as its rows, walked through by keys, and refreshed without losing one's place."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole, current_theme, spacing

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MOST_ROWS = 8
"""More are scrolled to."""
_MEASURED_ROWS = 40
"""So many decide how wide a column is, those in sight first: to measure a thousand took half a second."""


class Cell(NamedTuple):
    """Words, and the icon before them with the colour of what it means; `strong` words are new."""

    text: str
    icon: str = ""
    role: ColorRole = "text"
    tip: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; `key` says what it is about, so that it stays selected when it changes."""

    key: Hashable
    cells: tuple[Cell, ...]


class FactTable(QTableView):
    """Rows of cells under headings; one of them stretches.

    Signals:
        row_opened(key): Enter or a double click.
        row_selected(key or None)
    """

    row_opened = Signal(object)
    row_selected = Signal(object)

    def __init__(self, name: str, headings: Sequence[str], stretched: int, parent: QWidget | None = None) -> None:
        """A table without rows.

        Args:
            name: for a screen reader.
            headings: in English.
            stretched: which column takes what room is left.
            parent: as in Qt.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = _Model(headings, self)
        self._stretched = stretched
        self.setModel(self._model)
        self.setItemDelegate(_WholeRow(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setResizeContentsPrecision(_MEASURED_ROWS)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """What is shown."""
        return self._model.rows

    @property
    def selected(self) -> Hashable | None:
        """What the selected row is about."""
        row = self.currentIndex().row()
        return self.rows[row].key if 0 <= row < len(self.rows) else None

    def show_rows(self, rows: Sequence[TableRow]) -> None:
        """Show these instead; what was selected stays so if it is still there."""
        if tuple(rows) == self.rows:
            return
        kept, grows = self.selected, len(rows) != len(self.rows)
        scrolled = self.verticalScrollBar().value()
        self._model.show_rows(tuple(rows))
        place = next((number for number, row in enumerate(rows) if row.key == kept), None)
        if rows:
            self.setCurrentIndex(self._model.index(place or 0, 0))
        if place is not None:
            self.verticalScrollBar().setValue(scrolled)  # where she looked, not where the selected row is
        self._size()
        if grows:
            self.updateGeometry()

    # -- private ---------------------------------------------------------------------------------------------

    def _size(self) -> None:
        metrics, header = self.fontMetrics(), self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(max(spacing(8), metrics.height() + spacing(2)))
        size = max(16, metrics.height() - spacing(1))
        self.setIconSize(QSize(size, size))
        others = 0
        for column in range(self._model.columnCount()):
            if column != self._stretched:
                widest = max(header.sectionSizeHint(column), self.sizeHintForColumn(column)) + spacing(3)
                header.resizeSection(column, widest)
                others += widest
        least = header.sectionSizeHint(self._stretched) + spacing(12)
        header.resizeSection(self._stretched, max(least, self.viewport().width() - others))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.row_opened.emit(self.rows[index.row()].key)

    def _on_current_row_changed(self, *_: object) -> None:
        self.row_selected.emit(self.selected)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        shown = min(max(len(self.rows), 1), _MOST_ROWS)
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() > 0 else 0
        high = self.horizontalHeader().sizeHint().height() + shown * self.verticalHeader().defaultSectionSize() + below
        return QSize(spacing(120), high + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        return QSize(spacing(60), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.selected is not None:
            self.row_opened.emit(self.selected)
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange} and hasattr(self, "_stretched"):
            self._size()
            self.updateGeometry()


class _WholeRow(QStyledItemDelegate):
    """The row is filled: a frame around one of its cells would say nothing."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus


class _Model(QAbstractTableModel):
    def __init__(self, headings: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._headings = tuple(headings)
        self.rows: tuple[TableRow, ...] = ()

    def show_rows(self, rows: tuple[TableRow, ...]) -> None:
        """Rows whose number and keys are the same only change their words."""
        if [row.key for row in rows] == [row.key for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._headings) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self._headings[section]) if self._headings[section] else ""
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self.rows[index.row()].cells[index.column()]
        theme = current_theme()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return cell.tip or cell.text
            case Qt.ItemDataRole.AccessibleTextRole:
                heading = self._headings[index.column()]
                words = cell.tip or cell.text
                return f"{tr(heading)}: {words}" if heading else words
            case Qt.ItemDataRole.FontRole:
                return theme.font(weight=QFont.Weight.DemiBold) if cell.strong else None
            case Qt.ItemDataRole.DecorationRole:
                return theme.icon(cell.icon, cell.role) if cell.icon else None
        return None
