"""A teacher is away from today on, or is back: entered by who coordinates, with the reason."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QWidget

from mv_desktop.domain.board_view import TeacherRow
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.coordination.panel import Panel
from mv_desktop.ui.coordination.wording import scripts_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel

_LONGEST_DAYS = 366


class AwayPanel(Panel):
    """Asks until when somebody is away; of one who is away, only why she is back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Enter it"), parent)
        self._teacher: UserId | None = None
        self._back = False
        self._day = QDateEdit(self)
        self._day.setCalendarPopup(True)
        self._day.setDisplayFormat("ddd d MMM yyyy")
        self._day.setMinimumHeight(spacing(8))
        self._day.setAccessibleName(tr("Back on"))
        self._label = QLabel(tr("Back on"), self)
        self._label.setBuddy(self._day)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(self._label)
        row.addWidget(self._day)
        row.addStretch(1)
        self._note = SignLabel(self)
        self.body.addLayout(row)
        self.body.addWidget(self._note)

    @property
    def ready(self) -> bool:
        return self._teacher is not None

    @property
    def teacher(self) -> UserId | None:
        """Who it is about."""
        return self._teacher

    @property
    def returns(self) -> bool:
        """She is back."""
        return self._back

    @property
    def day(self) -> date:
        """The first day on which she is back."""
        chosen = self._day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def begin(self, row: TeacherRow, today: date, calendar: WorkCalendar) -> None:
        """Ask about a teacher."""
        self._teacher, self._back = row.user_id, row.away
        self._day.setDateRange(_qt(today + timedelta(days=1)), _qt(today + timedelta(days=_LONGEST_DAYS)))
        self._day.setDate(_qt(calendar.next_working_day(today)))
        for widget in (self._label, self._day):
            widget.setVisible(not self._back)
        if self._back:
            self._say(tr("{name} is back today", name=row.name), tr("Enter it"))
            self._note.say("info", tr("She is counted on again from now on."))
        else:
            self._say(tr("{name} is away from today on", name=row.name), tr("Enter it, and propose moves"))
            self._note.say("info", tr("She has {scripts}.", scripts=scripts_text(row.outlook.scripts)))
        self.reason.setText("")
        self.show()
        self.tell_ready()
        self.reason.setFocus()


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
