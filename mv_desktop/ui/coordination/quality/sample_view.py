"""One sample: how far it is, what can be done with it, and both markings side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mv_desktop.domain.agreement import MarkedTwice, Tolerance, agreement
from mv_desktop.domain.quality import Sample
from mv_desktop.ui.actions import follow_tip, shown_key
from mv_desktop.ui.coordination.quality.wording import sample_facts
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.agreement_text import PAIR_HEADINGS, agreement_text, pair_cells
from mv_desktop.ui.widgets.fact_table import FactTable, TableRow
from mv_desktop.ui.widgets.tone_label import ToneLabel

_BUTTONS = {"quality.give": "Give it to somebody …", "quality.take_back": "Take it back …"}


class SampleView(QWidget):
    """What is known of a sample.

    Args:
        actions: giving and taking back.

    Attributes:
        table: its questions, where both markings are there.
        buttons: of the actions, by their names.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._heading = ToneLabel("", parent=self, factor=1.3, strong=True)
        self._facts = ToneLabel("", parent=self)
        self._summary = ToneLabel("", parent=self, strong=True)
        for label in (self._heading, self._facts, self._summary):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = {name: self._button(name, tr(words)) for name, words in _BUTTONS.items()}
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        self.table = FactTable(tr("Both markings"), PAIR_HEADINGS, len(PAIR_HEADINGS) - 1, self)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), 0, 0, 0)
        column.setSpacing(spacing(2))
        for widget in (self._heading, self._facts):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self._summary)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self.name_keys()

    @property
    def text(self) -> str:
        """All that it says, a line each."""
        return f"{self._heading.text()}\n{self._facts.text()}\n{self._summary.text()}"

    def show_sample(
        self, sample: Sample, pairs: tuple[MarkedTwice, ...] | None, tolerance: Tolerance, now: datetime, zone: tzinfo
    ) -> None:
        """Show it; `pairs` is None while they are fetched, or where there are none yet."""
        self._heading.setText(sample.code)
        self._facts.setText(sample_facts(sample, now, zone))
        found = agreement(pairs or (), tolerance)
        if found is not None:
            self._summary.setText(agreement_text(found))
        elif sample.marked_at is not None:
            self._summary.setText(tr("Both markings are being read …"))
        else:
            self._summary.setText(tr("Both markings stand here once the second one is handed in."))
        self._summary.set_tone("muted" if found is None else "text")
        self.table.show_rows([TableRow(pair.question_number, pair_cells(pair, tolerance)) for pair in pairs or ()])
        self.table.setVisible(bool(pairs))

    def name_keys(self) -> None:
        """The keys of the buttons, as they are now."""
        for name, button in self.buttons.items():
            key = shown_key(self._actions[name])
            text = str(button.property("mv_words"))
            button.setText(f"{text}  ({key})" if key else text)

    def _button(self, name: str, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setProperty("mv_words", words)
        button.setAccessibleName(words)
        button.setMinimumHeight(spacing(8))
        action = self._actions[name]
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        follow_tip(button, action)
        return button
