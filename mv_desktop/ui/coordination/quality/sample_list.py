"""The samples as a list: of one state or all, searched by code or name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.quality import Sample
from mv_desktop.domain.sample import Standing
from mv_desktop.ui.coordination.quality.wording import SAMPLE_HEADINGS, SAMPLE_STRETCHED, sample_row, standing_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fact_table import FactTable

_ALL = ""


class SampleList(QWidget):
    """Keeps what is selected while the list changes.

    Signals:
        selected(Sample or None): another one is looked at, or it is otherwise now.
        opened(): she wants to do something about it.
    """

    selected = Signal(object)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: tuple[Sample, ...] = ()
        self._told: Sample | None = None
        self._place: tuple[datetime, tzinfo] | None = None
        self._standings = QComboBox(self)
        self._standings.setAccessibleName(tr("State of the samples"))
        self._standings.setMinimumHeight(spacing(8))
        self._find = QLineEdit(self)
        self._find.setAccessibleName(tr("Find a sample by code or name"))
        self._find.setPlaceholderText(tr("Code or name"))
        self._find.setClearButtonEnabled(True)
        self._find.setMinimumHeight(spacing(8))
        self.table = FactTable(tr("Samples"), SAMPLE_HEADINGS, SAMPLE_STRETCHED, self)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.empty = EmptyState(self)
        self.empty.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # in the search, the keys of the screen would be letters
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._standings)
        top.addWidget(self._find, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        self._fill_standings()
        self._standings.currentIndexChanged.connect(self._on_narrowed)
        self._find.textChanged.connect(self._on_narrowed)
        self._find.returnPressed.connect(self.take_focus)
        self.table.row_selected.connect(self._on_table_row_selected)
        self.table.row_opened.connect(self._on_table_row_opened)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def sample(self) -> Sample | None:
        """The selected one."""
        key = self.table.selected if self._stack.currentWidget() is self.table else None
        return next((one for one in self._samples if one.evaluation_id == key), None)

    @property
    def narrowed(self) -> bool:
        """Not all are wanted."""
        return bool(self._find.text().strip()) or bool(self._standings.currentData())

    def show_samples(self, samples: Sequence[Sample], now: datetime, zone: tzinfo) -> None:
        """Show these; what was selected stays so while it is there."""
        self._samples, self._place = tuple(samples), (now, zone)
        self._fill_standings()
        self._show()

    def select(self, evaluation: EvaluationId) -> None:
        """Look at this one, if it is there."""
        keys = [row.key for row in self.table.rows]
        if evaluation in keys:
            self.table.setCurrentIndex(self.table.model().index(keys.index(evaluation), 0))

    def search(self, words: str | None = None) -> None:
        """Let her type what is looked for, or look for this."""
        if words is not None:
            self._standings.setCurrentIndex(0)
            self._find.setText(words)
            self.take_focus()
            return
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def next_standing(self) -> None:
        """Show those in the next state, after the last all."""
        self._standings.setCurrentIndex((self._standings.currentIndex() + 1) % self._standings.count())

    def clear(self) -> None:
        """Show all again."""
        self._find.clear()
        self._standings.setCurrentIndex(0)

    def take_focus(self) -> None:
        """The keyboard is at the list, or at what stands instead of it."""
        shown = self._stack.currentWidget()
        (self.table if shown is self.table else self.empty).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- private ---------------------------------------------------------------------------------------------

    def _fill_standings(self) -> None:
        counts = Counter(one.standing for one in self._samples)
        wanted = [(_ALL, tr("All samples ({count})", count=len(self._samples)))]
        wanted += [(one.value, f"{standing_text(one)} ({counts[one]})") for one in Standing]
        if self._standings.view().isVisible():
            return  # she is choosing: what she sees must not change under her hand
        blocked = self._standings.blockSignals(True)
        for at, (value, words) in enumerate(wanted):
            if at < self._standings.count():
                self._standings.setItemText(at, words)
            else:
                self._standings.addItem(words, value)
        self._standings.blockSignals(blocked)

    def _wanted(self) -> list[Sample]:
        letters = self._find.text().strip().casefold()
        standing = str(self._standings.currentData())
        plain = letters.replace("-", "").replace(" ", "")
        return [
            one
            for one in self._samples
            if standing in (_ALL, one.standing)
            and (
                not letters
                or (plain and plain in one.code.replace("-", "").casefold())
                or any(letters in name.casefold() for name in (one.teacher, one.second))
            )
        ]

    def _show(self) -> None:
        if self._place is None:
            return
        shown = self._wanted()
        focus = QApplication.focusWidget()
        at_list = focus is not None and self._stack.isAncestorOf(focus)
        self.table.show_rows([sample_row(one, *self._place) for one in shown])
        self._stack.setCurrentWidget(self.table if shown else self.empty)
        if at_list:
            self.take_focus()
        self._tell()

    def _tell(self) -> None:
        if self.sample != self._told:
            self._told = self.sample
            self.selected.emit(self._told)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_narrowed(self, _what: object) -> None:
        if not self._wanted() and self._samples:
            self.empty.tell("search", tr("No sample is found"), tr("Search otherwise, or show all."))
        self._show()

    def _on_table_row_selected(self, key: object) -> None:
        if cast(EvaluationId | None, key) is not None or not self.table.rows:
            self._tell()

    def _on_table_row_opened(self, _key: object) -> None:
        self.opened.emit()
