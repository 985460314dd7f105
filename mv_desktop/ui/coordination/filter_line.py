"""The line above the board: what is looked for, and until when it is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QWidget

from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.search_field import SearchField

_ANY, _TODAY, _TOMORROW, _MOMENT = "any", "today", "tomorrow", "moment"


class FilterLine(QWidget):
    """Letters of a name or a code, and a moment before which scripts are due.

    Signals:
        changed(): something else is wanted.

    Attributes:
        search: where one types.
        due: which scripts by their deadline.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(tr("Search teacher or script"), self)
        self.search.setMinimumWidth(spacing(62))
        self.search.setMaximumWidth(spacing(80))
        self.due = QComboBox(self)
        self.due.setAccessibleName(tr("Due before"))
        for text, value in (
            (tr("Due at any time"), _ANY),
            (tr("Due by tonight"), _TODAY),
            (tr("Due by the next working day"), _TOMORROW),
            (tr("Due before …"), _MOMENT),
        ):
            self.due.addItem(text, value)
        self._before = QDateTimeEdit(self)
        self._before.setCalendarPopup(True)
        self._before.setDisplayFormat("ddd d MMM HH:mm")
        self._before.setAccessibleName(tr("Due before"))
        self._before.hide()
        self.search.textChanged.connect(self.changed)
        self.due.currentIndexChanged.connect(self._on_due_changed)
        self._before.dateTimeChanged.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        for widget in (self.search, self.due, self._before):
            widget.setMinimumHeight(spacing(8))
            row.addWidget(widget)

    @property
    def letters(self) -> str:
        """What is looked for, ready to be compared."""
        return self.search.text().strip().casefold()

    @property
    def narrows(self) -> bool:
        """Not everything is wanted."""
        return bool(self.letters) or self.due.currentData() != _ANY

    def before(self, now: datetime, calendar: WorkCalendar) -> datetime | None:
        """Before which moment what is wanted is due; None: at any time."""
        zone, wanted = calendar.hours.zone, self.due.currentData()
        today = now.astimezone(zone).date()
        if wanted == _ANY:
            return None
        if wanted == _MOMENT:
            chosen = self._before.dateTime()
            day, clock = chosen.date(), chosen.time()
            return datetime(day.year(), day.month(), day.day(), clock.hour(), clock.minute(), tzinfo=zone)
        last = calendar.next_working_day(today) if wanted == _TOMORROW else today
        return datetime.combine(last + timedelta(days=1), time(), zone)

    def offer_moment(self, now: datetime, calendar: WorkCalendar) -> None:
        """Let "Due before …" begin with the end of today's work, unless somebody has chosen another moment."""
        if self._before.isHidden():
            local = datetime.combine(now.astimezone(calendar.hours.zone).date(), calendar.hours.closes)
            self._before.blockSignals(True)
            self._before.setDateTime(QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0))
            self._before.blockSignals(False)

    def next_due(self) -> None:
        """The next choice, all around."""
        self.due.setCurrentIndex((self.due.currentIndex() + 1) % self.due.count())

    def clear(self) -> None:
        """Want everything again."""
        self.search.clear()
        self.due.setCurrentIndex(0)

    def _on_due_changed(self, _index: int) -> None:
        self._before.setVisible(self.due.currentData() == _MOMENT)
        self.changed.emit()
