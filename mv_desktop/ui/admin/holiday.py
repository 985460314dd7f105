"""Holidays in the office: a calendar above the list, and deadlines that move are told before anything is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import RefusedError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.holiday import (
    CalendarChange,
    Consequence,
    HolidayDraft,
    HolidayRow,
    Move,
    holiday_faults,
)
from mv_desktop.domain.holiday_import import Gazetted
from mv_desktop.domain.record import ORDER, Change, Fault, Opened, Slice, Wanted, ordered
from mv_desktop.offline.office.new_record import NewRecords
from mv_desktop.ui.admin.choice_words import choice_text
from mv_desktop.ui.admin.exchange import TablePlace, unstopped
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.holiday_import import HolidayImport
from mv_desktop.ui.admin.overview import Importer, Overview
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.admin.value_words import Said
from mv_desktop.ui.admin.year_calendar import DayMark, YearCalendar
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole, spacing
from mv_desktop.ui.widgets.deadline_text import day, longest_day
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.keyed_model import Sign

_FIELDS = (
    Field("holiday_date", "Day", Kind.DAY),
    Field("holiday_name", "Name", help="As it is told beside deadlines; Hindi is fine."),
    Field("holiday_type", "Kind", optional=True, help="As you like, such as national or school."),
    Field("is_working_day", "A working day", Kind.SWITCH,
          help="Work is counted on this day, even where another holiday or the weekday says that it is closed."),
)  # fmt: skip
_FIRST_YEAR = 2024
_YEARS_AHEAD = 3
"""As far as holidays are brought in."""


class HolidayPlace(Protocol):
    """As `offline.office.holiday.Holidays`."""

    def all(self) -> tuple[HolidayRow, ...]:
        """Every holiday, by date."""
        ...

    def open(self, holiday: UUID) -> Opened[HolidayDraft]:
        """One of them."""
        ...

    def consequence(self, changes: Sequence[CalendarChange]) -> Consequence:
        """Which deadlines move when the calendar changes so."""
        ...

    def save(self, changes: Sequence[CalendarChange], state: str, moving: Sequence[Move], reason: str) -> None:
        """Change it, and move these deadlines with it."""
        ...

    def changes(self, holiday: UUID) -> tuple[Change, ...]:
        """What was changed of one."""
        ...

    def regions(self) -> tuple[tuple[str, str], ...]:
        """The states whose holidays can be imported, code and name."""
        ...

    def gazetted(self, year: int, region: str, language: str) -> tuple[Gazetted, ...]:
        """The gazetted holidays of a year."""
        ...


_ORDERS: Mapping[str, Callable[[HolidayRow], object]] = {
    "last": lambda row: -row.holiday_date.toordinal(),
    "name": lambda row: row.holiday_name.casefold(),
}


class HolidaySubject(Subject):
    """A holiday is made, changed or taken away together with the deadlines that move by it, or without.

    Args:
        ids: of new ones.
        today: by the school's clock.
        weekly_off: the weekdays that are closed every week, Monday = 0.
        table: as `Subject.table`.
    """

    kind = "holiday"
    title = "Holidays"
    columns = (
        Column("Day", longest_day),
        Column("Holiday"),
        Column("Kind", "gazetted."),
        Column("Then", "working"),
    )
    choices: tuple[Choice, ...] = (
        Choice("state", "Then", (("closed", "closed"), ("working", "working"))),
        Choice(ORDER, "Order", (("last", "Latest first"), ("name", "By name")), usual="By date"),
    )
    fields = _FIELDS
    new = "Enter a holiday …"
    removable = True
    importing = "Import those of a year …"
    naming = ("holiday_name", "holiday_date")

    def __init__(
        self,
        place: HolidayPlace,
        ids: IdSource,
        today: Callable[[], date],
        weekly_off: Callable[[], frozenset[int]],
        table: TablePlace | None = None,
    ) -> None:
        self.table = table
        if table is None:  # what is brought in is written by it
            self.importing = ""
        self._place, self._ids, self._today, self._off = place, ids, today, weekly_off
        self._new = NewRecords(ids)
        # all came with the list, whatever it shows of them; a tuple is put in whole, so that either thread may look
        self._all: tuple[HolidayRow, ...] = ()
        years = [str(year) for year in range(_FIRST_YEAR, today().year + _YEARS_AHEAD + 1)]
        self.choices = (Choice("year", "Year", tuple((year, year) for year in years)), *self.choices)

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: HolidayRow) -> str:
        return str(row.holiday_id)

    def text(self, row: HolidayRow, column: int) -> str:
        then = tr("working") if row.is_working_day else tr("closed")
        return (day(row.holiday_date, year=True), row.holiday_name, _type_text(row), then)[column]

    def sign(self, row: HolidayRow, column: int) -> Sign | None:
        if column:
            return None
        return Sign("done", "done") if row.is_working_day else Sign("close", "accent")

    def color(self, row: HolidayRow, column: int) -> ColorRole | None:
        del column
        return "muted" if row.holiday_date < self._today() else None

    def name(self, draft: HolidayDraft) -> str:
        return draft.holiday_name

    def blank(self) -> HolidayDraft:
        return HolidayDraft(self._today(), "")

    def faults(self, draft: HolidayDraft) -> Sequence[Fault]:
        return holiday_faults(draft)

    def weighs(self, draft: HolidayDraft | None) -> bool:
        del draft
        return True

    def overview(self, parent: QWidget) -> Overview:
        return HolidayCalendar(self._today, self._off, lambda: self._all, parent)

    def importer(self, tasks: Tasks, clock: Clock, zone: tzinfo, parent: QWidget) -> Importer:
        return HolidayImport(self._place, self._imports(), self.naming, self._today(), tasks, clock, zone, parent)

    def difference(self, column: str, value: object) -> str | Said:
        if column == "holiday_date" and isinstance(value, str):
            return day(date.fromisoformat(value), year=True)
        return super().difference(column, value)

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: HolidayRow | None) -> Slice[HolidayRow]:
        del after  # a few dozen a year
        words, year, state = wanted.words.casefold(), wanted.choices.get("year"), wanted.choices.get("state")
        self._all = self._place.all()
        found = (
            row
            for row in self._all
            if words in f"{row.holiday_name} {_type_text(row)} {day(row.holiday_date, year=True)}".casefold()
            and year in {None, str(row.holiday_date.year)}
            and state in {None, "working" if row.is_working_day else "closed"}
        )
        return Slice(ordered(found, wanted, _ORDERS))

    def open(self, key: str) -> Opened[HolidayDraft]:
        return self._place.open(UUID(key))

    def consequence(self, opened: Opened[HolidayDraft] | None, draft: HolidayDraft | None) -> Consequence:
        return self._place.consequence((self._change(opened, draft),))

    def save_weighed(
        self,
        opened: Opened[HolidayDraft] | None,
        draft: HolidayDraft | None,
        reason: str,
        seen: Consequence,
        moving: Sequence[Move],
    ) -> str:
        if opened is None:

            def write(key: UUID) -> None:
                self._place.save((CalendarChange(key, None, draft),), seen.state, moving, reason)

            return str(self._new.make(draft, write, self._place.open))
        self._place.save((self._change(opened, draft),), seen.state, moving, reason)
        return opened.key

    def weigh_back(self, done: Opened[HolidayDraft] | UUID) -> Consequence:
        if isinstance(done, Opened):
            return self._place.consequence((self._again(done),))
        table = self._imports()
        found = table.weigh_back(done)
        if found is None or not table.prospect(done).new:
            raise RefusedError("All of it was changed or taken away since.")
        return found

    def take_back(
        self,
        done: Opened[HolidayDraft] | UUID,
        reason: str,
        seen: Consequence,
        moving: Sequence[Move],
    ) -> str:
        if isinstance(done, Opened):
            self._place.save((self._again(done),), seen.state, moving, reason)
            return ""
        taken = self._imports().take_back(done, reason, (seen, moving), unstopped)
        gone = tr_count("{count} holiday is taken away again.", "{count} holidays are taken away again.", taken.gone)
        stay = tr_count("{count} was changed since and stays.", "{count} were changed since and stay.", taken.left)
        return f"{gone} {stay}" if taken.left else gone

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(UUID(key))

    def _again(self, done: Opened[HolidayDraft]) -> CalendarChange:
        """What enters one again that was taken away, as it was."""
        return CalendarChange(UUID(done.key), None, done.draft)

    def _imports(self) -> TablePlace:
        if self.table is None:
            raise TypeError("no holidays are brought in here")
        return self.table

    def _change(self, opened: Opened[HolidayDraft] | None, draft: HolidayDraft | None) -> CalendarChange:
        if opened is None:
            return CalendarChange(self._ids(), None, draft)
        return CalendarChange(UUID(opened.key), opened.seen, draft)


class HolidayCalendar(Overview):
    """The year above the list: every holiday, also where the list shows only some.

    Args:
        today, weekly_off: as of a `YearCalendar`, as they are now.
        everything: all holidays, as they were read last.
    """

    def __init__(
        self,
        today: Callable[[], date],
        weekly_off: Callable[[], frozenset[int]],
        everything: Callable[[], Sequence[HolidayRow]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._today, self._off, self._everything = today, weekly_off, everything
        self._keys: dict[date, list[str]] = {}
        self.calendar = YearCalendar(today(), weekly_off(), self)
        self._words = ElidedLabel("", "muted", self)
        self._turn = QPushButton(tr("Month"), self)
        self._turn.setToolTip(tr("Month or year (M)"))
        before, after = QPushButton("‹", self), QPushButton("›", self)
        for button, by, name in ((before, -1, tr("Year before")), (after, 1, tr("Next year"))):
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setFixedWidth(spacing(8))
            button.clicked.connect(lambda _=False, by=by: self._go_on(by))
        head = QHBoxLayout()
        head.setSpacing(spacing(1))
        head.addWidget(self._words, 1)
        for widget in (before, after, self._turn):
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addLayout(head)
        column.addWidget(self.calendar)
        self.setFocusProxy(self.calendar)
        self.calendar.moved.connect(self._on_calendar_moved)
        self.calendar.opened.connect(self._on_calendar_opened)
        self.calendar.turned.connect(self._on_calendar_turned)
        self._turn.clicked.connect(self.calendar.turn)
        self._tell()

    # -- public ----------------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[HolidayRow]) -> None:
        self.calendar.show_week(self._today(), self._off())
        by_day: dict[date, list[HolidayRow]] = {}
        for row in self._everything():
            by_day.setdefault(row.holiday_date, []).append(row)
        self._keys = {when: [str(row.holiday_id) for row in found] for when, found in by_day.items()}
        self.calendar.show_marks(
            {
                when: DayMark("\n".join(row.holiday_name for row in found), any(row.is_working_day for row in found))
                for when, found in by_day.items()
            }
        )
        years = {row.holiday_date.year for row in rows}
        if len(years) == 1 and not self.calendar.hasFocus() and self.calendar.looked_at.year not in years:
            self.calendar.go_to(date(years.pop(), 1, 1))  # the list shows that year alone
        self._tell()

    def show_draft(self, draft: HolidayDraft) -> None:
        if draft.holiday_date is not None and not self.calendar.hasFocus():
            self.calendar.go_to(draft.holiday_date)
            self._tell()

    # -- private ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        self._words.setText(self.calendar.spoken(self.calendar.looked_at))

    def _go_on(self, by: int) -> None:
        cursor = self.calendar.looked_at
        self.calendar.go_to(date(cursor.year + by, cursor.month, 1))
        self._tell()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_calendar_moved(self, _when: date) -> None:
        self._tell()

    def _on_calendar_opened(self, when: date) -> None:
        keys = self._keys.get(when)
        if keys:
            self.record_chosen.emit(keys[0])
        else:
            self.new_wanted.emit(HolidayDraft(when, ""))

    def _on_calendar_turned(self) -> None:
        self._turn.setText(tr("Year") if self.calendar.month_only else tr("Month"))


def _type_text(row: HolidayRow) -> str:
    """Its kind: in the language spoken where the program wrote it, else as somebody typed it."""
    return choice_text("holiday", "holiday_type", row.holiday_type) or row.holiday_type
