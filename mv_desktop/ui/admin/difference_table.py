"""What became of the columns of a record: each value before and after."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from mv_desktop.domain.money import rupees_text
from mv_desktop.domain.record import Difference
from mv_desktop.ui.admin.column_words import column_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.tone_label import ToneLabel

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d\Z")
_VALUES = ("Field", "Before", "After")
_LONG = 40
"""Letters that a cell has room for."""
_WHOLE_LINES = 10


class DifferenceTable(QWidget):
    """A row for each column; below them what is too long for its cell, and the names of those that are never told.

    Args:
        labels: what columns are called, in English, where that is not the same for all tables.
        told: a column's value in the language spoken.

    Attributes:
        values: the rows.
    """

    def __init__(
        self, labels: Mapping[str, str], told: Callable[[str, object], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._labels, self._told = labels, told
        self.values = FactTable(tr("What the change did"), _VALUES, 2, self)
        self._hidden = ToneLabel("", "muted", self)
        self._hidden.setWordWrap(True)
        self._whole = QPlainTextEdit(self)
        self._whole.setReadOnly(True)
        self._whole.setTabChangesFocus(True)
        self._whole.setAccessibleName(tr("The whole value"))
        self._whole.setMaximumHeight(self._whole.fontMetrics().lineSpacing() * _WHOLE_LINES)
        self._whole.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self.values)
        column.addWidget(self._whole)
        column.addWidget(self._hidden)
        self.values.row_selected.connect(self._on_values_row_selected)

    @property
    def whole_text(self) -> str:
        """The values of the selected row, where they are too long for it; "" otherwise."""
        return self._whole.toPlainText() if self._whole.isVisibleTo(self) else ""

    @property
    def hidden_text(self) -> str:
        """What is said of columns that are never told."""
        return self._hidden.text()

    def show_differences(self, differences: Sequence[Difference], hidden: Sequence[str] = ()) -> None:
        """Show these."""
        self.values.show_rows([
            TableRow(
                one.column,
                (
                    Cell(self._name(one.column)),
                    Cell(self._told(one.column, one.before)),
                    Cell(self._told(one.column, one.after)),
                ),
            )
            for one in differences
        ])  # fmt: skip
        self._tell_whole()
        names = ", ".join(map(self._name, hidden))
        self._hidden.setText(tr("Also changed, and not told here: {fields}", fields=names) if hidden else "")
        self._hidden.setVisible(bool(hidden))

    def _name(self, column: str) -> str:
        return tr(self._labels[column]) if column in self._labels else column_text(column)

    def _tell_whole(self) -> None:
        row = next((row for row in self.values.rows if row.key == self.values.selected), None)
        values = [] if row is None else [cell.text for cell in row.cells[1:]]
        long = any(len(words) > _LONG or "\n" in words for words in values)
        words = (f"{tr(heading)}\n{value}" for heading, value in zip(_VALUES[1:], values, strict=False))
        self._whole.setPlainText("\n\n".join(words) if long else "")
        self._whole.setVisible(long)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_values_row_selected(self, _key: object) -> None:
        self._tell_whole()


def value_text(column: str, value: object, zone: tzinfo | None = None) -> str:
    """A value of the log, in the language spoken.

    Args:
        column: as the database names it.
        value: as JSON has it.
        zone: in which moments are told; as they stand in the log where None.
    """
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if column.endswith("_paise") and isinstance(value, int):
        return rupees_text(value)
    if isinstance(value, dict) and set(value) == {"sha256"}:
        return tr("a document ({digest}…)", digest=str(value["sha256"])[:12])
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=1)
    if zone is not None and isinstance(value, str) and _MOMENT.match(value):
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return str(value)
