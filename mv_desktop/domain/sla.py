"""Deadlines: a promise of 24 or 48 hours, spent inside working hours only (`docs/sla.md`).

Everything is computed in the configured time zone and given back in UTC, so the machine's own zone never matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from mv_desktop.core.errors import InvalidError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SLA_HOURS = (24, 48)

_SEARCH_DAYS = 3660
"""A deadline further off than ten years means that nothing is ever open."""
_SOON_DAYS = 60
"""A school that is closed for longer has no next working day that anybody asks for."""
_YEARS = range(2, 9988)
"""Years from which ten more can be counted, in every zone, before the calendar of the computer ends."""


class Basis(StrEnum):
    """How SLA hours are counted."""

    WORKING_DAY = "working_day"
    """24 SLA hours are one working day."""
    WORKING_HOUR = "working_hour"
    """Each SLA hour is one working hour."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday row; with `is_working_day` it makes its date a working day whatever else says it is closed."""

    day: date
    name: str
    is_working_day: bool = False


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When work is counted: the setting `sla_working_hours`.

    Attributes:
        opens, closes: local times of a working day, opens < closes.
        zone: the time zone they are in.
        weekly_off: closed weekdays, Monday = 0.
        basis: how SLA hours are counted.
    """

    opens: time = time(9)
    closes: time = time(18)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Kolkata"))
    weekly_off: frozenset[int] = frozenset({6})
    basis: Basis = Basis.WORKING_DAY

    @classmethod
    def from_setting(cls, value: Mapping[str, Any]) -> WorkingHours:
        """The hours that the setting's JSON value describes.

        Raises:
            InvalidError: a field is missing or makes no sense.
        """
        try:
            hours = cls(
                opens=time.fromisoformat(value["start"]),
                closes=time.fromisoformat(value["end"]),
                zone=ZoneInfo(value["timezone"]),
                weekly_off=frozenset(WEEKDAYS.index(day.lower()) for day in value["weekly_off"]),
                basis=Basis(value.get("basis", Basis.WORKING_DAY)),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            raise InvalidError(
                "The setting “sla_working_hours” cannot be read.", remedy="An admin can correct it in the settings."
            ) from error
        if hours.opens >= hours.closes or len(hours.weekly_off) == len(WEEKDAYS):
            raise InvalidError(
                "The setting “sla_working_hours” leaves no working time.",
                remedy="The day must open before it closes, and one weekday at least must be a working day.",
            )
        return hours

    def budget(self, sla_hours: int) -> timedelta:
        """The working time that `sla_hours` (> 0) allow."""
        if self.basis is Basis.WORKING_HOUR:
            return timedelta(hours=sla_hours)
        day = datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)
        return day * sla_hours / 24


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day on which no work is counted; `reason` is the holiday's name, "" for a weekly off day."""

    day: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a script is due, and why.

    Attributes:
        received: the start of the SLA, aware UTC.
        due: aware UTC.
        sla_hours: what was promised.
        budget: the working time that was counted.
        skipped: closed days between the start and the deadline.
        years_without_holidays: years touched for which no holiday is entered.
        zone: the zone in which the deadline is told.
    """

    received: datetime
    due: datetime
    sla_hours: int
    budget: timedelta
    skipped: tuple[ClosedDay, ...]
    years_without_holidays: tuple[int, ...]
    zone: ZoneInfo

    @property
    def explanation(self) -> str:
        """The reasons in one line: "24 h from Thu 14 Aug 16:00, skipping Fri 15 Aug Independence Day"."""
        text = f"{self.sla_hours} h from {_moment(self.received.astimezone(self.zone))}"
        if self.skipped:
            text += ", skipping " + ", ".join(f"{_day(item.day)} {item.reason}".strip() for item in self.skipped)
        for year in self.years_without_holidays:
            text += f"; holidays of {year} not entered"
        return text


class WorkCalendar:
    """Working hours together with the holidays: tells which time counts."""

    def __init__(self, hours: WorkingHours, holidays: Iterable[Holiday] = ()) -> None:
        self.hours = hours
        self._working: set[date] = set()
        self._closed: dict[date, list[str]] = {}
        for holiday in holidays:
            if holiday.is_working_day:
                self._working.add(holiday.day)
            else:
                self._closed.setdefault(holiday.day, []).append(holiday.name)
        self._years = {day.year for day in (*self._working, *self._closed)}
        self._windows_of: dict[date, tuple[datetime, datetime]] = {}

    def is_working_day(self, day: date) -> bool:
        """True when work is counted on `day`."""
        if day in self._working:
            return True
        return day not in self._closed and day.weekday() not in self.hours.weekly_off

    def next_working_day(self, day: date) -> date:
        """The first day after `day` on which work is counted; the very next one where none is for weeks."""
        coming = (day + timedelta(days=n) for n in range(1, _SOON_DAYS))
        return next((later for later in coming if self.is_working_day(later)), day + timedelta(days=1))

    def closed_reason(self, day: date) -> str:
        """The holidays' names of a closed day, "" for a weekly off day."""
        return ", ".join(self._closed.get(day, ()))

    def deadline(self, received: datetime, sla_hours: int) -> Deadline:
        """When a script received at `received` (aware) is due within `sla_hours`.

        Raises:
            InvalidError: `received` has no zone or lies at the end of the computer's calendar, the hours are not
                positive, or no working day is ever reached.
        """
        if received.tzinfo is None:
            raise InvalidError("The moment of receipt has no time zone.", remedy="Add one, such as +05:30.")
        if received.year not in _YEARS:
            raise InvalidError(f"No deadline can be counted from the year {received.year}.", remedy="Correct the date.")
        if sla_hours <= 0:
            raise InvalidError(f"{sla_hours} hours are no deadline.", remedy="Plans promise 24 or 48 hours.")
        budget = self.hours.budget(sla_hours)
        start = received.astimezone(UTC)
        return self._explained(start, self._spent(start, budget), sla_hours, budget)

    def later(self, start: datetime, work: timedelta) -> datetime:
        """The moment at which so much working time has gone by since `start` (aware); itself where there is none.

        Raises:
            InvalidError: no working day is ever reached.
        """
        return self._spent(start, work) if work > timedelta() else start

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two aware moments; negative when `end` comes first."""
        if end < start:
            return -self.working_time(end, start)
        total = timedelta()
        for opens, closes in takewhile(lambda window: window[0] < end, self.windows(start)):
            total += min(closes, end) - max(opens, start)
        return total

    def windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working windows in UTC that end after `start` (aware), in order, for ten years."""
        first = start.astimezone(self.hours.zone).date()
        for offset in range(_SEARCH_DAYS):
            day = first + timedelta(days=offset)
            if not self.is_working_day(day):
                continue
            opens, closes = self._window(day)
            if closes > start:
                yield opens, closes

    def _spent(self, start: datetime, budget: timedelta) -> datetime:
        for opens, closes in self.windows(start):
            begin = max(opens, start)
            if begin + budget <= closes:
                return begin + budget
            budget -= closes - begin
        raise InvalidError("No working day comes up within ten years.", remedy="Check the holidays.")

    def _window(self, day: date) -> tuple[datetime, datetime]:
        """When work begins and ends on `day`, in UTC; remembered, because a queue asks for the same days again."""
        window = self._windows_of.get(day)
        if window is None:
            opens = datetime.combine(day, self.hours.opens, self.hours.zone).astimezone(UTC)
            closes = datetime.combine(day, self.hours.closes, self.hours.zone).astimezone(UTC)
            window = self._windows_of[day] = opens, closes
        return window

    def _explained(self, start: datetime, due: datetime, sla_hours: int, budget: timedelta) -> Deadline:
        zone = self.hours.zone
        first, last = start.astimezone(zone).date(), due.astimezone(zone).date()
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        skipped = tuple(ClosedDay(day, self.closed_reason(day)) for day in days if not self.is_working_day(day))
        years = tuple(sorted({day.year for day in days} - self._years))
        return Deadline(start, due, sla_hours, budget, skipped, years, zone)


def is_breached(due: datetime, completed: datetime | None, now: datetime) -> bool:
    """True when a script was completed after its deadline, or is not completed and past it (server's clock)."""
    return (completed or now) > due


# Not strftime's %a and %b: Qt sets the process's locale, and an explanation reads the same everywhere.
_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(day: date) -> str:
    return f"{_DAY_NAMES[day.weekday()]} {day.day} {_MONTH_NAMES[day.month - 1]}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment.date())} {moment:%H:%M}"
