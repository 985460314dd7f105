"""A report's rows: words to the left, numbers to the right, walked through by keys.

Where there is little room for all columns, headings stand in several lines and long words are cut before anything has
to be scrolled to; a tip says them whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionHeader,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mv_desktop.domain.report_table import Measure, ReportTable
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.report_text import cell_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WORDS = frozenset({Measure.TEXT, Measure.DAY})
_LOOKED_AT = 100
"""So many rows say how wide a column is."""
_WIDEST, _NARROWEST = 90, 30
"""Of a column of words, in the theme's units."""
_AIR = 3
"""Behind a number, in the theme's units: words of the next column would touch it."""


class ReportTableView(QTableView):
    """The table below a chart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._sizing = self._by_hand = False
        self._header = _Header(self)
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(_Cells(self))
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setResizeContentsPrecision(_LOOKED_AT)
        self.horizontalHeader().sectionResized.connect(self._on_header_section_resized)

    def show_table(self, table: ReportTable) -> None:
        """Show this instead; the same rows again keep their place."""
        if table == self._model.table:
            return
        self.setAccessibleName(table.title)
        self._model.show_table(table)
        if table.rows:
            self.setCurrentIndex(self._model.index(0, 0))
        self._by_hand = False
        self._size()

    # -- private ---------------------------------------------------------------------------------------------

    def _size(self) -> None:
        self.verticalHeader().setDefaultSectionSize(max(spacing(7), self.fontMetrics().height() + spacing(2)))
        self._sizing = True
        widths = self._fitting()
        for column, wide in enumerate(widths):
            self._header.resizeSection(column, wide)
        self._header.wrap(widths)
        self._sizing = False

    def _fitting(self) -> list[int]:
        """As wide as their words; where that is too much, as their headings' longest ones, then less than words."""
        header, columns, room = self._header, range(self._model.columnCount()), self.viewport().width()
        cells = [self.sizeHintForColumn(column) + spacing(_AIR + 2) for column in columns]
        widest = spacing(_WIDEST)
        widths = [min(widest, max(cells[one], header.sectionSizeHint(one) + spacing(_AIR + 2))) for one in columns]
        if (left := room - sum(widths)) >= 0:
            for one in columns:  # what is longer than usual has what is left
                more = min(left, max(0, cells[one] - widths[one]))
                widths[one] += more
                left -= more
            return widths
        least = [header.longest_word(one) + spacing(_AIR) for one in columns]
        widths = [min(widest, max(cells[one] - spacing(2), least[one])) for one in columns]
        words = [one for one in columns if self._model.table.columns[one].measure is Measure.TEXT]
        least = [max(least[one], spacing(_NARROWEST)) for one in columns]
        while (over := sum(widths) - room) > 0:
            long = [one for one in words if widths[one] > least[one]]
            if not long:
                break
            first = max(long, key=lambda one: widths[one])
            next_widest = max((widths[one] for one in long if widths[one] < widths[first]), default=0)
            widths[first] -= max(1, min(over, widths[first] - max(next_widest, least[first])))
        return widths

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_header_section_resized(self, _section: int, _before: int, _wide: int) -> None:
        if not self._sizing:
            self._by_hand = True

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and not self._by_hand:
            self._size()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_model"):
            self._size()


class _Header(QHeaderView):
    """Headings of numbers end where their numbers do; in a narrow column a heading has several lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def longest_word(self, section: int) -> int:
        """The room for the longest word of a heading, in pixels."""
        words = self._heading(section).split() or [""]
        spared = self.fontMetrics().horizontalAdvance(self._heading(section)) - max(
            map(self.fontMetrics().horizontalAdvance, words)
        )
        return self.sectionSizeHint(section) - spared

    def wrap(self, widths: Sequence[int]) -> None:
        """Be as tall as the headings need in columns of these widths."""
        metrics, flags = self.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
        rooms = [QRect(0, 0, wide - spacing(_AIR), 1) for wide in widths]
        lines = [metrics.boundingRect(room, flags, self._heading(at)).height() for at, room in enumerate(rooms)]
        self.setFixedHeight(max([self.sizeHint().height(), *(high + spacing(3) for high in lines)]))

    def _heading(self, section: int) -> str:
        return str(self.model().headerData(section, self.orientation(), Qt.ItemDataRole.DisplayRole) or "")

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        whole = QStyleOptionHeader()
        whole.initFrom(self)
        whole.rect = rect
        self.style().drawControl(QStyle.ControlElement.CE_HeaderSection, whole, painter, self)
        side = self.model().headerData(section, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        super().paintSection(painter, _inside(rect, side), section)


class _Cells(QStyledItemDelegate):
    """Numbers keep away from what stands to the right of them."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    # -- Qt --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        self._table.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, whole, painter)
        inner = QStyleOptionViewItem(option)
        inner.rect = _inside(option.rect, index.data(Qt.ItemDataRole.TextAlignmentRole))
        super().paint(painter, inner, index)


def _inside(rect: QRect, side: object) -> QRect:
    """Where the words of a cell stand that are aligned to a side."""
    flags = side.value if isinstance(side, Qt.AlignmentFlag) else side
    right = isinstance(flags, int) and bool(flags & Qt.AlignmentFlag.AlignRight.value)
    return rect.adjusted(0, 0, -spacing(_AIR) * right, 0)


class _Model(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.table = ReportTable("", (), ())

    def show_table(self, table: ReportTable) -> None:
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.table.columns):
            return None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column.measure).value | Qt.TextFlag.TextWordWrap.value
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        column = self.table.columns[index.column()]
        words = cell_text(self.table.rows[index.row()][index.column()], column.measure)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return words
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{column.heading}: {words}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(column.measure)
            case _:
                return None


def _side(measure: Measure) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if measure in _WORDS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
