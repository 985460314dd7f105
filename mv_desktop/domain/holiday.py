"""Holidays as admins keep them, and which deadlines move when the calendar changes.

A deadline that nobody gave by hand is worked out from scratch by the new calendar. What a coordinator gave on top
stays on top, as the working time that it was. Only deadlines that this very change moves are told: one that stood
otherwise before stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import JsonValue

from mv_desktop.domain.record import Fault
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2100, 12, 31)
_LONGEST_NAME = 255
_LONGEST_TYPE = 50


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A holiday in the list; `is_working_day` makes its date a working day whatever else says that it is closed."""

    holiday_id: UUID
    holiday_date: date
    holiday_name: str
    holiday_type: str
    is_working_day: bool
    seen: datetime


@dataclass(frozen=True, slots=True)
class HolidayDraft:
    """What can be written of a holiday, under the names of its columns."""

    holiday_date: date | None
    holiday_name: str
    holiday_type: str = ""
    is_working_day: bool = False


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A holiday that is made (`seen` is None), changed, or taken away (`draft` is None).

    Attributes:
        key: its id; the caller chooses that of a new one.
        seen: the `updated_at` that was seen.
    """

    key: UUID
    seen: datetime | None
    draft: HolidayDraft | None


@dataclass(frozen=True, slots=True)
class HoursChange:
    """Other working hours."""

    seen: datetime
    value: JsonValue


@dataclass(frozen=True, slots=True)
class OpenScript:
    """A script whose deadline runs.

    Attributes:
        start: when its hours began, aware: it was complete, or was returned.
        due: aware; the server's word.
        version: that of its assignment.
        by_hand: it was extended or given anew by a person since it began.
    """

    evaluation_id: UUID
    code: str
    teacher: str
    sla_hours: int
    start: datetime
    due: datetime
    version: int
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A deadline that would move.

    Attributes:
        after: when it would be due, aware.
        past: that lies behind us: it stays as it is, because nobody is late through a calendar.
    """

    script: OpenScript
    after: datetime
    past: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change of the calendar does to deadlines.

    Attributes:
        state: how the calendar stood when it was worked out.
        moves: what would move, the earliest deadline first.
    """

    state: str
    moves: tuple[Move, ...] = ()

    @property
    def possible(self) -> tuple[Move, ...]:
        """Those that can move."""
        return tuple(move for move in self.moves if not move.past)


def holiday_faults(draft: HolidayDraft) -> tuple[Fault, ...]:
    """What a holiday must not be, field by field."""
    found = []
    if draft.holiday_date is None:
        found.append(Fault("holiday_date", "A holiday needs a day."))
    elif not FIRST_DAY <= draft.holiday_date <= LAST_DAY:
        found.append(Fault("holiday_date", "A day between 2024 and 2100."))
    if not draft.holiday_name.strip():
        found.append(Fault("holiday_name", "A holiday needs a name."))
    elif len(draft.holiday_name) > _LONGEST_NAME:
        found.append(Fault("holiday_name", "The name is too long: at most 255 letters."))
    if len(draft.holiday_type) > _LONGEST_TYPE:
        found.append(Fault("holiday_type", "At most 50 letters."))
    return tuple(found)


def changed(rows: Iterable[HolidayRow], changes: Sequence[CalendarChange]) -> tuple[Holiday, ...]:
    """The holidays as they would be."""
    by_key = {
        row.holiday_id: HolidayDraft(row.holiday_date, row.holiday_name, row.holiday_type, row.is_working_day)
        for row in rows
    }
    for change in changes:
        if change.draft is None:
            by_key.pop(change.key, None)
        else:
            by_key[change.key] = change.draft
    return tuple(
        Holiday(draft.holiday_date, draft.holiday_name, draft.is_working_day)
        for draft in by_key.values()
        if draft.holiday_date is not None
    )


def moves(scripts: Iterable[OpenScript], before: WorkCalendar, after: WorkCalendar, now: datetime) -> tuple[Move, ...]:
    """The deadlines that move when one calendar takes the place of the other, the earliest first."""
    found = []
    for script in scripts:
        due = moved(script, before, after)
        if due != script.due:
            found.append(Move(script, due, past=due <= now))
    return tuple(sorted(found, key=lambda move: (move.script.due, move.script.code)))


def moved(script: OpenScript, before: WorkCalendar, after: WorkCalendar) -> datetime:
    """When a script is due by the new calendar; as before, where this change does not touch it."""
    was = before.deadline(script.start, script.sla_hours).due
    will = after.deadline(script.start, script.sla_hours).due
    if not script.by_hand or script.due <= was:
        return script.due if was == will else will
    given = before.working_time(was, script.due)
    beyond = script.due - before.later(was, given)  # given until after closing time, or on a closed day
    return after.later(will, given) + beyond


def calendars(
    hours: WorkingHours, rows: Sequence[HolidayRow], changes: Sequence[CalendarChange], new_hours: WorkingHours | None
) -> tuple[WorkCalendar, WorkCalendar]:
    """The calendar as it is and as it would be."""
    return WorkCalendar(hours, changed(rows, ())), WorkCalendar(new_hours or hours, changed(rows, changes))
