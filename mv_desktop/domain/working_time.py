"""Working time from a moment on: how much there is before another one, and when so much of it has passed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from mv_desktop.domain.forecast import is_away
from mv_desktop.domain.sla import WorkCalendar

_NOTHING = timedelta()


class WorkingTime:
    """The working time of whoever is away on the same days; made as far as somebody asks.

    Args:
        calendar: when work is done.
        now: aware; from then on.
        away: the days on which she does not work: from the first on, back on the second.
    """

    def __init__(self, calendar: WorkCalendar, now: datetime, away: Sequence[tuple[date, date]]) -> None:
        self._now = now
        self._more = self._windows(calendar, now, away)
        self._ends: list[datetime] = []
        self._passed: list[timedelta] = []
        self._before: dict[datetime, timedelta] = {}

    def before(self, moment: datetime) -> timedelta:
        """How much there is until `moment`."""
        found = self._before.get(moment)
        if found is None:
            while (not self._ends or self._ends[-1] < moment) and self._make():
                pass
            number = bisect_left(self._ends, moment)
            # of the window in which the moment lies, what is left of it counts for later; a moment outside has it all
            found = self._passed[number - 1] if number else _NOTHING
            if number < len(self._ends):
                begins = self._ends[number] - (self._passed[number] - found)
                found += max(moment - begins, _NOTHING)
            self._before[moment] = found
        return found

    def after(self, work: timedelta) -> datetime | None:
        """When so much of it has passed; None when it never does within ten years."""
        while (not self._passed or self._passed[-1] < work) and self._make():
            pass
        number = bisect_left(self._passed, work)
        return self._ends[number] - (self._passed[number] - work) if number < len(self._passed) else None

    def _make(self) -> bool:
        window = next(self._more, None)
        if window is None:
            return False
        begins, ends = max(self._now, window[0]), window[1]
        self._ends.append(ends)
        self._passed.append((self._passed[-1] if self._passed else _NOTHING) + (ends - begins))
        return True

    @staticmethod
    def _windows(
        calendar: WorkCalendar, now: datetime, away: Sequence[tuple[date, date]]
    ) -> Iterator[tuple[datetime, datetime]]:
        zone = calendar.hours.zone
        return (window for window in calendar.windows(now) if not is_away(away, window[0].astimezone(zone).date()))
