"""What became of the columns of a record: each value before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mv_desktop.domain.record import Difference
from mv_desktop.ui.admin.column_words import column_text
from mv_desktop.ui.admin.value_words import Said
from mv_desktop.ui.admin.whole_value import WholeValue
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.tone_label import ToneLabel

_VALUES = ("Field", "Before", "After")


class DifferenceTable(QWidget):
    """A row for each column; below them what its cells have no room for, and the names of those that are never told.

    Args:
        labels: what columns are called, in English, where that is not the same for all tables.
        told: a column's value in the language spoken.

    Attributes:
        values: the rows.
    """

    def __init__(
        self, labels: Mapping[str, str], told: Callable[[str, object], str | Said], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._labels, self._told = labels, told
        self._shown: dict[str, tuple[Said, Said]] = {}
        self.values = FactTable(tr("What the change did"), _VALUES, 2, self)
        self._hidden = ToneLabel("", "muted", self)
        self._hidden.setWordWrap(True)
        self._whole = WholeValue(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self.values)
        column.addWidget(self._whole)
        column.addWidget(self._hidden)
        self.values.row_selected.connect(self._on_values_row_selected)

    @property
    def whole_text(self) -> str:
        """The values of the selected row, where they are too long for it or are ids; "" otherwise."""
        return self._whole.text

    @property
    def hidden_text(self) -> str:
        """What is said of columns that are never told."""
        return self._hidden.text()

    def show_differences(self, differences: Sequence[Difference], hidden: Sequence[str] = ()) -> None:
        """Show these."""
        self._shown = {
            one.column: (self._said(one.column, one.before), self._said(one.column, one.after)) for one in differences
        }
        self.values.show_rows([
            TableRow(name, (Cell(self._name(name)), *(Cell(one.line, tip=one.whole) for one in told)))
            for name, told in self._shown.items()
        ])  # fmt: skip
        self._tell_whole()
        names = ", ".join(map(self._name, hidden))
        self._hidden.setText(tr("Also changed, and not told here: {fields}", fields=names) if hidden else "")
        self._hidden.setVisible(bool(hidden))

    def _name(self, column: str) -> str:
        return tr(self._labels[column]) if column in self._labels else column_text(column)

    def _said(self, column: str, value: object) -> Said:
        words = self._told(column, value)
        return words if isinstance(words, Said) else Said(" ".join(words.split()), words)

    def _tell_whole(self) -> None:
        told = self._shown.get(str(self.values.selected), ())
        self._whole.show_values(zip(map(tr, _VALUES[1:]), told, strict=False))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_values_row_selected(self, _key: object) -> None:
        self._tell_whole()
