"""Rows that are typed into a small table: a cell is typed into at once, rows are added and taken away by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.ui.admin.field import Field, Kind, rows_of, typed_rows
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS = 8
_DAY_SAMPLE = "27/11/2026"
_CONTROL = Qt.KeyboardModifier.ControlModifier


class RowTable(QWidget):
    """Asks for rows. Ctrl+Enter adds one below, Ctrl+Del takes the one with the cursor away.

    Args:
        field: the columns; the one without a unit's width that is last words takes what room is left.

    Signals:
        changed(): something else was typed.

    Attributes:
        table: the cells.
    """

    changed = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.table = _Table(field.columns, self)
        self.setFocusProxy(self.table)
        self._add, self._remove = QPushButton(tr("Add a row"), self), QPushButton(tr("Take the row away"), self)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        for button in (self._add, self._remove):
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(self.table)
        column.addLayout(foot)
        self.table.itemChanged.connect(self._on_table_item_changed)
        self.table.row_wanted.connect(self.add_row)
        self.table.row_unwanted.connect(self.remove_row)
        self._add.clicked.connect(self.add_row)
        self._remove.clicked.connect(self.remove_row)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def typed(self) -> str:
        """What stands in it."""
        return typed_rows(self.table.cells)

    @property
    def typing(self) -> bool:
        """A cell is being typed into."""
        return self.table.state() is QAbstractItemView.State.EditingState

    def write(self, typed: str) -> None:
        """Let this stand in it."""
        before = self.table.blockSignals(True)
        self.table.show_cells(rows_of(typed))
        self.table.blockSignals(before)
        self._remove.setEnabled(self.table.rowCount() > 0)
        self.changed.emit()

    def setAccessibleName(self, name: str) -> None:
        """Also of what has the keyboard."""
        super().setAccessibleName(name)
        self.table.setAccessibleName(name)

    def add_row(self) -> None:
        """A row below the cursor, like it but for its first cell, and the cursor in that."""
        cells, at = self.table.cells, self.table.currentRow()
        like = list(cells[at]) if 0 <= at < len(cells) else [self._first(one) for one in self._field.columns]
        like[0] = ""
        cells.insert(at + 1, like)
        self.write(typed_rows(cells))
        self.table.setCurrentCell(at + 1, 0)
        self.table.setFocus()

    def remove_row(self) -> None:
        """The row with the cursor."""
        cells, at, column = self.table.cells, self.table.currentRow(), self.table.currentColumn()
        if 0 <= at < len(cells):
            del cells[at]
            self.write(typed_rows(cells))
            self.table.setCurrentCell(min(at, len(cells) - 1), max(0, column))
            self.table.setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _first(self, field: Field) -> str:
        if field.kind is Kind.CHOICE and not field.optional:
            return str(field.choices[0][0])
        return "1" if field.kind is Kind.WHOLE else ""

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_table_item_changed(self, _item: QTableWidgetItem) -> None:
        self.changed.emit()


class _Table(QTableWidget):
    """Tab leaves it, arrows go from cell to cell, and any letter begins to type."""

    row_wanted = Signal()
    row_unwanted = Signal()

    def __init__(self, columns: Sequence[Field], parent: QWidget) -> None:
        super().__init__(0, len(columns), parent)
        self._columns = tuple(columns)
        self.setHorizontalHeaderLabels([tr(one.label) for one in columns])
        self.setItemDelegate(_CellEditor(self._columns, self))
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setHighlightSections(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.itemChanged.connect(self._on_item_changed)
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)

    @property
    def cells(self) -> list[list[str]]:
        """What stands in them, as it is typed."""
        return [
            [_typed(self.item(row, column)) for column in range(len(self._columns))] for row in range(self.rowCount())
        ]

    def show_cells(self, rows: Sequence[Sequence[str]]) -> None:
        """Let these stand in them."""
        at = self.currentIndex()
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, (one, typed) in enumerate(zip(self._columns, cells, strict=True)):
                item = QTableWidgetItem()
                put(item, one, typed)
                self.setItem(row, column, item)
        if at.isValid() and rows:
            self.setCurrentCell(min(at.row(), len(rows) - 1), at.column())
        self._size()
        self.updateGeometry()

    def _size(self) -> None:
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(max(spacing(8), metrics.height() + spacing(2)))
        self.resizeColumnsToContents()
        for number, one in enumerate(self._columns):
            if one.kind is Kind.DAY:  # there is room for what will be typed
                wide_enough = metrics.horizontalAdvance(_DAY_SAMPLE) + spacing(4)
                self.setColumnWidth(number, max(self.columnWidth(number), wide_enough))
        wide = [number for number, one in enumerate(self._columns) if one.kind is Kind.LINES]
        others = sum(self.columnWidth(n) for n in range(len(self._columns)) if n not in wide)
        for number in wide:
            least = self.horizontalHeader().sectionSizeHint(number)
            self.setColumnWidth(number, max(least, (self.viewport().width() - others) // len(wide)))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_item_changed(self, _item: QTableWidgetItem) -> None:
        self._size()

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        rows = min(max(1, self.rowCount()), _MOST_ROWS) * self.verticalHeader().defaultSectionSize()
        high = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth()
        bar = self.horizontalScrollBar()
        return QSize(spacing(100), high + (bar.sizeHint().height() if bar.maximum() > 0 else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(spacing(60), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size()

    def event(self, event: QEvent) -> bool:
        # letters are typed here, also those that are keys of the screen
        if event.type() == QEvent.Type.ShortcutOverride and _is_typed(cast(QKeyEvent, event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() is QAbstractItemView.State.EditingState:
            return  # Enter ends what is typed, and comes here as well
        control = event.modifiers() & _CONTROL
        if control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.row_wanted.emit()
        elif control and event.key() == Qt.Key.Key_Delete:
            self.row_unwanted.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentItem() is not None:
            self.editItem(self.currentItem())
        elif event.key() == Qt.Key.Key_Delete and self.currentItem() is not None:
            put(self.currentItem(), self._columns[self.currentColumn()], "")
        else:
            super().keyPressEvent(event)


class _CellEditor(QStyledItemDelegate):
    """A line to type into, or a list to choose from."""

    def __init__(self, columns: Sequence[Field], parent: QWidget) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_typed(cast(QKeyEvent, event)):
            event.accept()
            return True
        return super().eventFilter(editor, event)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = self._columns[index.column()]
        if field.kind is not Kind.CHOICE:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.setAccessibleName(tr(field.label))
        for value, name in field.choices:
            box.addItem(tr(name), str(value))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.UserRole)))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        field = self._columns[index.column()]
        typed = str(editor.currentData()) if isinstance(editor, QComboBox) else str(editor.property("text"))
        model.setItemData(
            cast(QModelIndex, index),
            {Qt.ItemDataRole.DisplayRole.value: shown(field, typed), Qt.ItemDataRole.UserRole.value: typed},
        )


def _is_typed(event: QKeyEvent) -> bool:
    keys = {Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter}
    plain = not event.modifiers() & (_CONTROL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier)
    return event.key() in keys or (plain and event.text().isprintable() and bool(event.text()))


def _typed(item: QTableWidgetItem | None) -> str:
    return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))


def put(item: QTableWidgetItem, field: Field, typed: str) -> None:
    """Let this stand in a cell."""
    item.setData(Qt.ItemDataRole.UserRole, typed)
    item.setData(Qt.ItemDataRole.DisplayRole, shown(field, typed))


def shown(field: Field, typed: str) -> str:
    """How what is typed is shown."""
    return next((tr(name) for value, name in field.choices if str(value) == typed), typed)
