"""A chart beside its table: whoever goes to a point in one is at it in the other, and reads it in words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.chart import Look
from mv_desktop.ui.widgets.chart_view import ChartView
from mv_desktop.ui.widgets.report_table import ReportTableView
from mv_desktop.ui.widgets.report_text import Shown
from mv_desktop.ui.widgets.tone_label import ToneLabel

_NARROW = 12
"""More bars that stand want all of the width."""
_ABOVE, _BESIDE = [spacing(80), spacing(60)], [spacing(122), spacing(150)]
"""What the chart and the table get of the room."""


class Board(QSplitter):
    """What stands side by side has the table at the right, what stands above one another below.

    Signals:
        chosen(int): Enter or a double click on a row or a point.

    Attributes:
        chart, table: the two.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.chart, self.table = ChartView(self), ReportTableView(self)
        self._words = ToneLabel("", "text", self)
        self._words.setWordWrap(True)
        self._words.setMinimumHeight(2 * self._words.fontMetrics().lineSpacing())
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(self.chart, 1)
        column.addWidget(self._words)
        self.addWidget(side)
        self.addWidget(self.table)
        self.setChildrenCollapsible(False)
        self.setSizes(_BESIDE)
        self.chart.stepped.connect(self._on_chart_stepped)
        self.chart.chosen.connect(self.chosen)
        self.table.activated.connect(self._on_table_activated)
        self.table.selectionModel().currentRowChanged.connect(self._on_table_row_changed)

    @property
    def words(self) -> str:
        """The current point in words."""
        return self._words.text()

    @property
    def row(self) -> int:
        """The current row; -1 without any."""
        return self.table.currentIndex().row()

    def show_board(self, shown: Shown) -> None:
        """Show this instead; the same rows again keep their place."""
        chart = shown.chart
        # dots are of long questions, whose table needs all of the width, too
        wide = chart.look in {Look.LINES, Look.DOTS} or (chart.upright and len(chart.bars) > _NARROW)
        orientation = Qt.Orientation.Vertical if wide else Qt.Orientation.Horizontal
        if self.orientation() is not orientation:
            self.setOrientation(orientation)
            self.setSizes(_ABOVE if wide else _BESIDE)
        self.chart.show_chart(shown.chart)
        self.table.show_table(shown.table)
        self._tell(self.row)

    def _tell(self, row: int) -> None:
        chart = self.chart.chart
        if chart is not None and 0 <= row < len(chart.bars):
            self.chart.go_to(row)
            self._words.setText(chart.bars[row].tip)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_chart_stepped(self, row: int) -> None:
        self.table.setCurrentIndex(self.table.model().index(row, 0))

    def _on_table_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())

    def _on_table_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._tell(current.row())
