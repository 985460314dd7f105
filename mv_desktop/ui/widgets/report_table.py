"""A report's rows: words to the left, numbers to the right, walked through by keys."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mv_desktop.domain.report_table import Measure, ReportTable
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.report_text import cell_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WORDS = frozenset({Measure.TEXT, Measure.DAY})
_LOOKED_AT = 100
"""So many rows say how wide a column is."""
_WIDEST = 90


class ReportTableView(QTableView):
    """The table below a chart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
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

    def show_table(self, table: ReportTable) -> None:
        """Show this instead; the same rows again keep their place."""
        if table == self._model.table:
            return
        self.setAccessibleName(table.title)
        self._model.show_table(table)
        if table.rows:
            self.setCurrentIndex(self._model.index(0, 0))
        self._size()

    def _size(self) -> None:
        self.verticalHeader().setDefaultSectionSize(max(spacing(7), self.fontMetrics().height() + spacing(2)))
        header = self.horizontalHeader()
        for column in range(self._model.columnCount()):
            wide = max(header.sectionSizeHint(column), self.sizeHintForColumn(column)) + spacing(4)
            header.resizeSection(column, min(wide, spacing(_WIDEST)))

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_model"):
            self._size()


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
        return _side(column.measure) if role == Qt.ItemDataRole.TextAlignmentRole else None

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
