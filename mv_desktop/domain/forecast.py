"""When each open script will be finished, if its teacher takes them in the order in which her queue shows them.

Work goes on inside working hours only, and not on days on which she is away. A script in nobody's hands is looked at as
if somebody began it now: when even that would be too late, somebody has to be told all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import WorkCalendar

_NOTHING = timedelta()


class OpenScript(NamedTuple):
    """A script that is not completed.

    Attributes:
        teacher_id: who has it; None while it is in the pool or withdrawn.
        due: its deadline, aware.
        work: how long it is expected to take, in working time; more than nothing.
    """

    evaluation_id: EvaluationId
    teacher_id: UserId | None
    due: datetime
    work: timedelta


class Expected(NamedTuple):
    """What is expected of one open script.

    Attributes:
        now: the moment at which it was expected.
        finish: in UTC; None when no working day comes up within ten years.
        place: in its teacher's queue, from 1; 0 while nobody has it.
        before: the work that stands before it in that queue.
        back_on: the first day on which she works, when she is away now.
    """

    script: OpenScript
    now: datetime
    finish: datetime | None
    place: int = 0
    before: timedelta = _NOTHING
    back_on: date | None = None

    @property
    def late(self) -> bool:
        """The deadline has passed."""
        return self.script.due < self.now

    @property
    def at_risk(self) -> bool:
        """The deadline has not passed, and the script will not be finished by then."""
        return not self.late and (self.finish is None or self.finish > self.script.due)

    @property
    def reason(self) -> str:
        """Why it is finished no earlier: "6th in the queue, 4 h 20 of work before it"."""
        own = work_text(self.script.work)
        if not self.place:
            return f"in nobody's hands, {own} of work"
        before = f"{work_text(self.before)} of work before it" if self.before else f"{own} of work"
        away = "" if self.back_on is None else f", its teacher is back on {self.back_on:%d/%m/%Y}"
        return f"{ordinal(self.place)} in the queue, {before}{away}"


class _Days:
    """Working windows from a moment on with their local dates, made once for all teachers."""

    def __init__(self, calendar: WorkCalendar, now: datetime) -> None:
        self._zone = calendar.hours.zone
        self._more = calendar.windows(now)
        self._made: list[tuple[date, datetime, datetime]] = []

    def without(self, away: Sequence[tuple[date, date]]) -> Iterator[tuple[date, datetime, datetime]]:
        """The windows of the days outside the half-open spans `away`."""
        return (found for found in self._all() if not is_away(away, found[0]))

    def _all(self) -> Iterator[tuple[date, datetime, datetime]]:
        number = 0
        while True:
            if number == len(self._made):
                window = next(self._more, None)
                if window is None:
                    return
                self._made.append((window[0].astimezone(self._zone).date(), *window))
            yield self._made[number]
            number += 1


def forecast(
    scripts: Iterable[OpenScript],
    away: Mapping[UserId, Sequence[tuple[date, date]]],
    calendar: WorkCalendar,
    now: datetime,
) -> tuple[Expected, ...]:
    """When each script will be finished.

    Args:
        scripts: all open ones, in any order; each once.
        away: by teacher, the days on which she does not work: from the first on, back on the second.
        calendar: when work is done.
        now: aware.

    Returns:
        One for each script, in the order of the deadlines.
    """
    days = _Days(calendar, now)
    places: dict[UserId | None, list[int]] = {}
    ordered = sorted(scripts, key=in_queue)
    for place, script in enumerate(ordered):
        places.setdefault(script.teacher_id, []).append(place)
    found: dict[int, Expected] = {}  # by place: ids of twenty thousand take long to be looked up
    for teacher, hers in places.items():
        queue = [ordered[place] for place in hers]
        entries = (
            _of_nobody(queue, days, now) if teacher is None else _of_queue(queue, days, away.get(teacher, ()), now)
        )
        found.update(zip(hers, entries, strict=True))
    return tuple(found[place] for place in range(len(ordered)))


def is_away(away: Iterable[tuple[date, date]], day: date) -> bool:
    """True when one of the half-open spans has `day` in it."""
    return any(first <= day < back for first, back in away)


def work_text(work: timedelta) -> str:
    """Working time to the minute, as people say it: "4 h 20", "3 h", "45 min"."""
    hours, minutes = divmod(round(work.total_seconds() / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02}" if minutes else f"{hours} h"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th, 22nd."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def in_queue(script: OpenScript) -> tuple[datetime, int]:
    """By what a queue is in order: the deadline, and then the id, so that it is the same everywhere."""
    # as services/evaluation.py orders a queue; ids as numbers, which compare faster and alike
    return script.due, script.evaluation_id.int


def _of_queue(
    queue: Sequence[OpenScript], days: _Days, away: Sequence[tuple[date, date]], now: datetime
) -> Iterator[Expected]:
    windows = days.without(away)
    window = next(windows, None)
    at, before = now, _NOTHING
    back_on = window[0] if window is not None and window != next(days.without(())) else None
    for place, script in enumerate(queue, 1):
        left = script.work
        while window is not None:
            at = max(at, window[1])
            if at + left <= window[2]:
                at += left
                break
            left -= window[2] - at
            window = next(windows, None)
        yield Expected(script, now, None if window is None else at, place, before, back_on)
        before += script.work


def _of_nobody(queue: Sequence[OpenScript], days: _Days, now: datetime) -> Iterator[Expected]:
    for script in queue:
        (begun,) = _of_queue((script,), days, (), now)
        yield Expected(script, now, begun.finish)
