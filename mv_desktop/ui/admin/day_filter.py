"""Which days a list is narrowed to: all, today, the last seven, this month, or one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QWidget

from mv_desktop.ui.admin.day_edit import DayEdit
from mv_desktop.ui.admin.subject import DAYS, FIRST_DAY, LAST_DAY
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_ALL, _TODAY, _WEEK, _MONTH, _OWN = range(5)
_NAMES = ("All days", "Today", "Last 7 days", "This month", "Own days")
_MOVING = {"today": _TODAY, "week": _WEEK, "month": _MONTH}
"""Spans that are others tomorrow, as saved views call them."""


class DayFilter(QWidget):
    """A list of spans, and two days for one's own.

    Args:
        today: the day it is at the school.

    Signals:
        changed(): other days are wanted.
    """

    changed = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.span = QComboBox(self)
        self.span.setAccessibleName(tr("Days"))
        self.span.setMinimumHeight(spacing(8))
        for name in _NAMES:
            self.span.addItem(tr(name))
        self.first, self.last = self._day(tr("First day")), self._day(tr("Last day"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        for widget in (self.span, self.first, self.last):
            row.addWidget(widget)
        self._show_own(today(), today())
        self.span.currentIndexChanged.connect(self._on_span_changed)
        self.first.dateChanged.connect(self._on_day_changed)
        self.last.dateChanged.connect(self._on_day_changed)

    @property
    def choices(self) -> Mapping[str, str]:
        """The days as `Wanted.choices` has them; empty for all. Of one's own days the earlier one comes first."""
        today, which = self._today(), self.span.currentIndex()
        if which == _ALL:
            return {}
        days = {
            _TODAY: (today, today),
            _WEEK: (today - timedelta(days=6), today),
            _MONTH: (today.replace(day=1), today),
        }.get(which) or sorted((_date(self.first), _date(self.last)))
        return {FIRST_DAY: days[0].isoformat(), LAST_DAY: days[1].isoformat()}

    @property
    def kept(self) -> Mapping[str, str]:
        """The days as a saved view has them: what moves with the calendar by its name."""
        name = next((name for name, span in _MOVING.items() if span == self.span.currentIndex()), None)
        return self.choices if name is None else {DAYS: name}

    def take(self, choices: Mapping[str, str]) -> None:
        """The days of a saved view; all where it names none, or none that are known."""
        try:
            days = [date.fromisoformat(choices[name]) for name in (FIRST_DAY, LAST_DAY)]
        except (KeyError, ValueError):
            self.span.setCurrentIndex(_MOVING.get(choices.get(DAYS, ""), _ALL))
        else:
            self.pick(*days)

    def in_words(self, choices: Mapping[str, str]) -> str:
        """The days of a saved view, in the language spoken; "" for all."""
        if FIRST_DAY in choices and LAST_DAY in choices:
            return f"{choices[FIRST_DAY]} – {choices[LAST_DAY]}"
        span = _MOVING.get(choices.get(DAYS, ""))
        return "" if span is None else tr(_NAMES[span])

    def clear(self) -> None:
        """All days again."""
        self.span.setCurrentIndex(_ALL)

    def pick(self, first: date, last: date) -> None:
        """These days."""
        self._show_own(first, last)
        if self.span.currentIndex() == _OWN:
            self.changed.emit()
        else:
            self.span.setCurrentIndex(_OWN)

    def _day(self, name: str) -> QDateEdit:
        field = DayEdit(self)
        field.setAccessibleName(name)
        field.setKeyboardTracking(False)  # only a whole date is looked for, not each of its digits
        return field

    def _show_own(self, first: date, last: date) -> None:
        for field, day in ((self.first, first), (self.last, last)):
            before = field.blockSignals(True)
            field.setDate(QDate(day.year, day.month, day.day))
            field.blockSignals(before)
            field.setVisible(self.span.currentIndex() == _OWN)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_span_changed(self, which: int) -> None:
        for field in (self.first, self.last):
            field.setVisible(which == _OWN)
        self.changed.emit()

    def _on_day_changed(self, _day: QDate) -> None:
        self.changed.emit()


def _date(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
