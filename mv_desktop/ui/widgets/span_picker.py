"""Which days a report is of: one of some named spans, or one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import QDate, QLocale, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QWidget

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.report import Span, last_week, this_month, this_week
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

_NEVER = 2000
"""The year of Qt's date before one is set."""


Spans = Mapping[str, Callable[[date], Span]]
"""Names in English, and which days of the day that it is."""

CURRENT: Spans = {"This week": this_week, "Last week": last_week, "This month": this_month}
"""What is asked every day."""
_OWN = "Own days"


NO_SPAN = ("These days make no report", "Choose other days above.")
"""Title and sentence in place of a report while one's own days make no span, in English."""


class SpanPicker(QWidget):
    """A list of spans, and two days for one's own.

    Signals:
        picked(): another span is wanted; `span` says which, also that none is there.

    Args:
        today: the day it is at the school.
        spans: what is offered, the first of them picked; one's own come last.
    """

    picked = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None, spans: Spans = CURRENT) -> None:
        super().__init__(parent)
        self._today, self._spans = today, spans
        self._choice = QComboBox(self)
        self._choice.setAccessibleName(tr("Days of the report"))
        for name in (*spans, _OWN):
            self._choice.addItem(tr(name), name)
        self._first, self._last = self._day(tr("First day")), self._day(tr("Last day"))
        self._until = QLabel("–", self)
        self._fault = ToneLabel("", "danger", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        for widget in (self._choice, self._first, self._until, self._last, self._fault):
            row.addWidget(widget)
        row.addStretch(1)
        self._show_own()
        self._choice.currentIndexChanged.connect(self._on_choice_changed)
        self.setFocusProxy(self._choice)

    @property
    def span(self) -> Span | None:
        """The days; None while one's own make no span."""
        choice = self._choice.currentData()
        if choice != _OWN:
            return self._spans[choice](self._today())
        try:
            return Span(_date(self._first), _date(self._last))
        except InvalidError:
            return None

    @property
    def fault(self) -> str:
        """What is wrong with one's own days, "" when nothing is."""
        return self._fault.text()

    def pick(self, span: Span) -> None:
        """Show one's own days."""
        for field, day in ((self._first, span.first), (self._last, span.last)):
            field.blockSignals(True)
            field.setDate(QDate(day.year, day.month, day.day))
            field.blockSignals(False)
        if self._choice.currentData() == _OWN:
            self._on_day_changed()
        else:
            self._choice.setCurrentIndex(len(self._spans))

    def _day(self, name: str) -> QDateEdit:
        field = QDateEdit(self)
        field.setAccessibleName(name)
        field.setCalendarPopup(True)
        field.setDisplayFormat("dd/MM/yyyy")
        field.setLocale(QLocale(QLocale.Language.English, QLocale.Country.India))
        # only a whole date is asked for, not each of its digits
        field.setKeyboardTracking(False)
        field.dateChanged.connect(self._on_day_changed)
        return field

    def _show_own(self) -> None:
        own = self._choice.currentData() == _OWN
        for widget in (self._first, self._until, self._last):
            widget.setVisible(own)
        fault = ""
        if own:
            try:
                Span(_date(self._first), _date(self._last))
            except InvalidError as error:
                fault = said(error.message)
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_choice_changed(self, _index: int) -> None:
        if self._choice.currentData() == _OWN and _date(self._first).year == _NEVER:
            self.pick(this_month(self._today()))
            return
        self._show_own()
        self.picked.emit()

    def _on_day_changed(self) -> None:
        self._show_own()
        self.picked.emit()


def _date(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
