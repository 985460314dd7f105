"""A table of many rows that is refreshed under a person's hands: what she sees stays where it is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.keyed_model import Bar, Index, KeyedModel

_ICON = 16
_ROUNDED = 2
"""Devanagari is a pixel wider in one word than in another of the same letters."""
_PADDING = spacing(2)
_TINT = 0.28
"""How much of its colour a bar has behind words, so that they stay readable."""


class KeyedTable(QTableView):
    """Shows a `KeyedModel`, one or many rows of which can be selected.

    Args:
        name: for a screen reader.
        model: what is shown.
        samples: the longest words of each column, by which its width is set once; of the stretched one, what it has to
            have room for.
        stretched: the column that takes the room that is left.
        many: more than one row can be selected.
        signed: the columns that have an icon.
        spare: columns that are left out, the first one first, where the stretched one would have too little room.

    Signals:
        row_opened(key): Enter or a double click.
        space_pressed(): what that means is said beside the table.
        order_wanted(column): a heading was clicked, where that is allowed.
        current_changed(): another row has the cursor.
        selection_changed(): other rows are selected.
    """

    row_opened = Signal(object)
    order_wanted = Signal(int)
    space_pressed = Signal()
    current_changed = Signal()
    selection_changed = Signal()

    def __init__(
        self,
        name: str,
        model: KeyedModel[Any],
        samples: Sequence[str],
        stretched: int,
        parent: QWidget | None = None,
        *,
        many: bool = True,
        signed: Sequence[int] = (),
        spare: Sequence[int] = (),
    ) -> None:
        super().__init__(parent)
        self._spare, self._widths = tuple(spare), [0] * model.columnCount()
        self._samples, self._stretched, self._signed = tuple(samples), stretched, frozenset(signed)
        self._rows = model
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(_SignCell(model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().sectionClicked.connect(self.order_wanted)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._size()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def current(self) -> Hashable | None:
        """What the row with the cursor is about."""
        row = self.currentIndex().row()
        return self._rows.keys_at([row])[0] if 0 <= row < len(self._rows.rows) else None

    @property
    def chosen(self) -> tuple[Hashable, ...]:
        """What the selected rows are about, from the top."""
        return self._rows.keys_at(sorted(index.row() for index in self.selectionModel().selectedRows()))

    @property
    def whole_width(self) -> int:
        """The room that all columns need, in pixels."""
        return sum(self._widths) + 2 * self.frameWidth() + self.verticalScrollBar().sizeHint().width()

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these instead; what is at the top of the view stays there, and what was selected stays so."""
        top = self.rowAt(0)
        anchor = self._rows.keys_at([top])[0] if top > 0 else None
        offset = self.rowViewportPosition(top) if anchor is not None else 0
        self._rows.set_rows(rows)
        place = -1 if anchor is None else self._rows.row_of(anchor)
        if place >= 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(place) - offset)
        if rows and not self.currentIndex().isValid():
            self._put_cursor(0)

    def show_others(self, rows: Sequence[Any]) -> None:
        """Show a list about something else, from its top."""
        self._rows.begin_anew(rows)
        if rows:
            self._put_cursor(0)
        self.current_changed.emit()
        self.selection_changed.emit()

    def offer_orders(self, column: int) -> None:
        """Let headings be clicked, and show by which column the rows are in order."""
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        up = Qt.SortOrder.AscendingOrder if column == self._stretched else Qt.SortOrder.DescendingOrder
        header.setSortIndicator(column, up)

    def choose(self, keys: Sequence[Hashable]) -> None:
        """Select these rows and nothing else; the cursor goes to the first."""
        places = sorted(place for key in keys if (place := self._rows.row_of(key)) >= 0)
        if not places:
            return
        found = QItemSelection()
        for place in places:
            found.select(self._rows.index(place, 0), self._rows.index(place, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self._rows.index(places[0], 0), flags.NoUpdate)
        self.selectionModel().select(found, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(self._rows.index(places[0], 0))

    # -- private ---------------------------------------------------------------------------------------------

    def _put_cursor(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self._rows.index(row, 0), flags.ClearAndSelect | flags.Rows)

    def _size(self) -> None:
        """Widths by the longest words there can be, so that nothing jumps when rows come."""
        metrics, header = self.fontMetrics(), self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(max(spacing(8), metrics.height() + spacing(2)))
        for column in range(self._rows.columnCount()):
            heading = str(self._rows.headerData(column, Qt.Orientation.Horizontal))
            sample = metrics.horizontalAdvance(self._samples[column]) + (_ICON + spacing(1)) * (column in self._signed)
            self._widths[column] = max(sample, metrics.horizontalAdvance(heading)) + _ROUNDED + 2 * _PADDING
            if column == self._stretched:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                header.resizeSection(column, self._widths[column])
        self._leave_out()

    def _leave_out(self) -> None:
        """Columns that can be spared, as long as the stretched one has too little room."""
        needed, room = sum(self._widths), self.viewport().width()
        for column in self._spare:
            self.setColumnHidden(column, needed > room)
            needed -= self._widths[column] * (needed > room)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_double_clicked(self, index: Index) -> None:
        self.row_opened.emit(self._rows.keys_at([index.row()])[0])

    def _on_current_row_changed(self, *_: object) -> None:
        self.current_changed.emit()

    def _on_selection_changed(self, *_: object) -> None:
        self.selection_changed.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.current is not None:
            self.row_opened.emit(self.current)
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.space_pressed.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the screen; who looks for a name has a field for it."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange} and hasattr(self, "_samples"):
            self._size()


class _SignCell(QStyledItemDelegate):
    """An icon, words in the colour of their state, and a bar behind them.

    Asks the model itself, not Qt's roles one by one: a page of the board has 250 cells, and is painted at each change.
    """

    def __init__(self, model: KeyedModel[Any], parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, column = self._model, index.column()
        row = model.rows[index.row()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        # the row is filled; a focus frame around one cell would say nothing where rows are chosen
        QApplication.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        theme = current_theme()
        painter.save()
        bar = model.bar(row, column)
        if bar is not None and bar.share > 0:
            self._paint_bar(painter, option.rect, bar, selected=selected)
        rect = option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        sign = model.sign(row, column)
        if sign is not None:
            role = "on_accent" if selected and theme.name == "contrast" else sign.role
            top = rect.top() + (rect.height() - _ICON) // 2
            painter.drawPixmap(
                rect.left(), top, theme.pixmap(sign.icon, _ICON, role, painter.device().devicePixelRatio())
            )
            rect.adjust(_ICON + spacing(1), 0, 0, 0)
        text = model.text(row, column)
        if text:
            color = theme.colors.on_selection if selected else theme.color(model.color(row, column) or "text")
            painter.setPen(QColor(color))
            painter.setFont(option.font)
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, int(model.alignment(column)), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        sign = self._model.sign(self._model.rows[index.row()], index.column())
        return QSize(hint.width() + 2 * _PADDING + (0 if sign is None else _ICON + spacing(1)), hint.height())

    def _paint_bar(self, painter: QPainter, cell: QRect, bar: Bar, *, selected: bool) -> None:
        theme = current_theme()
        room = cell.adjusted(2, 3, -2, -3)
        color = QColor(theme.colors.on_selection) if selected else theme.color(bar.role)
        edge = QColor(color)
        color.setAlphaF(_TINT)
        filled = QRect(room.left(), room.top(), max(3, round(room.width() * min(1.0, bar.share))), room.height())
        painter.fillRect(filled, color)
        # the edge says where it ends, also to who does not see the tint
        painter.fillRect(filled.left(), filled.bottom() - 1, filled.width(), 2, edge)
