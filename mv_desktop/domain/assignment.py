"""Who gets which script: by what she can still finish in time, not by how many she has (`docs/assignment.md`).

The most urgent script first. It goes to the least loaded of those who would finish it before its deadline and all that
they have in time besides; where nobody would, to whoever finishes it first. The same input gives the same answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final
from uuid import UUID

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.forecast import is_away, work_text
from mv_desktop.domain.identifier import ExamInstanceId, UserId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.domain.working_time import WorkingTime
from mv_desktop.domain.workload import Paces

PRESSING: Final = timedelta(hours=2)
"""Who coordinates is told when no more working time is left to find a script its first teacher."""

MOST_COMPARED: Final = 8
"""It is looked at what would be without so many newcomers; in a school that begins everybody is one."""

_NOTHING = timedelta()
_FOR_EVER = timedelta.max
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WaitingScript:
    """A script whose sheets are complete and that nobody has.

    Attributes:
        due: its deadline, aware.
        student_id: who wrote it.
    """

    exam_instance_id: ExamInstanceId
    class_name: str
    exam_type: ExamType
    due: datetime
    student_id: UserId


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A script that a teacher has: when it is due, and how long it is expected to take, in working time."""

    due: datetime
    work: timedelta


@dataclass(frozen=True, slots=True)
class Marker:
    """A teacher as far as it matters for what she is given.

    Attributes:
        open_work: all that she has and nobody holds, in any order.
        away: the days on which she does not work: from the first on, back on the second.
        classes: which she may mark; all when None.
        daily_limit: how many scripts she may be given on a day; as many as there are when None.
        given_today: how many she was given today.
        barred_students: the students whose scripts she may not mark: her relatives, and those on her conflict list.
        newcomer_since: when she came, while she was never given a script; None for everybody else.
    """

    user_id: UserId
    open_work: Sequence[OpenWork] = ()
    away: Sequence[tuple[date, date]] = ()
    classes: frozenset[str] | None = None
    daily_limit: int | None = None
    given_today: int = 0
    barred_students: frozenset[UUID] = frozenset()
    newcomer_since: datetime | None = None


class Obstacle(StrEnum):
    """Why nobody can be given a script: what stood in the way of whoever came nearest."""

    NO_TEACHER = "no_teacher"
    AWAY = "away"
    CLASS = "class"
    CONFLICT = "conflict"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Given:
    """A script and who gets it.

    Attributes:
        before: the work that she had already.
        finish: when she is expected to finish it, in UTC; None when no working day comes up within ten years.
        in_time: that is before the deadline.
    """

    script: WaitingScript
    teacher_id: UserId
    before: timedelta
    finish: datetime | None
    in_time: bool


@dataclass(frozen=True, slots=True)
class Left:
    """A script that nobody can be given, and why."""

    script: WaitingScript
    obstacle: Obstacle


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided: `given` and `left`, each in the order of the deadlines."""

    given: tuple[Given, ...] = ()
    left: tuple[Left, ...] = ()


def obstacle(marker: Marker, class_name: str, student_id: UUID, given: int = 0) -> Obstacle | None:
    """Why a teacher may not have a script, whether she is there or not; None when she may.

    Args:
        marker: the teacher.
        class_name: of the script.
        student_id: who wrote it.
        given: how many she gets today beside those that she was given.
    """
    if marker.classes is not None and class_name not in marker.classes:
        return Obstacle.CLASS
    if student_id in marker.barred_students:
        return Obstacle.CONFLICT
    if marker.daily_limit is not None and marker.given_today + given >= marker.daily_limit:
        return Obstacle.LIMIT
    return None


def explanation(given: Given, calendar: WorkCalendar) -> str:
    """Why she: "3 h 10 of open work, finished by 16/07 16:40, due 16/07 18:00"; in the school's zone."""
    zone = calendar.hours.zone
    finish = "" if given.finish is None else f"finished by {given.finish.astimezone(zone):%d/%m %H:%M}, "
    late = "" if given.in_time else "; nobody would be in time"
    return f"{work_text(given.before)} of open work, {finish}due {given.script.due.astimezone(zone):%d/%m %H:%M}{late}"


def pressing(scripts: Iterable[WaitingScript], calendar: WorkCalendar, now: datetime) -> tuple[WaitingScript, ...]:
    """The scripts whose deadline has passed, or before which there is less than `PRESSING` of working time left."""
    time = WorkingTime(calendar, now, ())
    return tuple(script for script in scripts if time.before(script.due) < PRESSING)


def assign(
    scripts: Iterable[WaitingScript], markers: Iterable[Marker], paces: Paces, calendar: WorkCalendar, now: datetime
) -> Plan:
    """Give scripts to teachers.

    Who was never given a script makes no more scripts late by being there: where some are late, it is looked at what
    would be without the newest newcomer, without the newest two and so on, and the fewest late ones decide.

    Args:
        scripts: what waits, in any order; each once.
        markers: every active teacher, absent ones too.
        paces: how long they take.
        calendar: when work is done.
        now: aware.
    """
    waiting, known = sorted(scripts, key=_urgency), list(markers)
    today = now.astimezone(calendar.hours.zone).date()
    times: dict[tuple[tuple[date, date], ...], WorkingTime] = {}

    def loads(chosen: Iterable[Marker]) -> list[_Load]:
        made = []
        for marker in chosen:
            away = tuple(sorted(marker.away))
            made.append(_Load(marker, times.setdefault(away, WorkingTime(calendar, now, away)), is_away(away, today)))
        return made

    plan, late = _plan(waiting, loads(known), [], paces)
    newest = sorted((marker for marker in known if marker.newcomer_since is not None), key=_newest_first)
    for count in range(1, min(len(newest), MOST_COMPARED) + 1):
        if not late:
            break
        aside = newest[:count]
        other, fewer = _plan(waiting, loads(m for m in known if m not in aside), loads(aside), paces)
        if fewer < late:
            plan, late = other, fewer
    return plan


def _plan(
    waiting: Sequence[WaitingScript], loads: Sequence[_Load], aside: Sequence[_Load], paces: Paces
) -> tuple[Plan, int]:
    """A plan and how many scripts are late with it. Whoever is `aside` gets what nobody else may have."""
    given, left = _deal(waiting, loads, paces)
    more, left = _deal(left, aside, paces)
    everybody = (*loads, *aside)
    plan = Plan(
        tuple(sorted((*given, *more), key=lambda entry: _urgency(entry.script))),
        tuple(Left(script, _obstacle(script, everybody)) for script in left),
    )
    return plan, len(left) + sum(load.late for load in everybody)


def _deal(
    waiting: Iterable[WaitingScript], loads: Iterable[_Load], paces: Paces
) -> tuple[list[Given], list[WaitingScript]]:
    """Give what waits, in its order, to those who are there; and what none of them may have."""
    there = {load.marker.user_id.int: load for load in loads if not load.away}
    order = sorted((load.total, key) for key, load in there.items())
    given, left = [], []
    for script in waiting:
        chosen = _choose(script, [there[key] for _, key in order], paces)
        if chosen is None:
            left.append(script)
            continue
        load, work, in_time = chosen
        before, finish = load.total, load.finish(script.due, work)
        del order[bisect_left(order, (before, load.marker.user_id.int))]
        load.add(script.due, work)
        insort(order, (load.total, load.marker.user_id.int))
        given.append(Given(script, load.marker.user_id, before, finish, in_time))
    return given, left


def _choose(script: WaitingScript, order: Sequence[_Load], paces: Paces) -> tuple[_Load, timedelta, bool] | None:
    """The least loaded of those who can in time; else who finishes first, and of several the least loaded."""
    first: tuple[datetime, _Load, timedelta] | None = None
    able = []
    for load in order:
        if load.obstacle(script) is None:
            work = paces.expected(load.marker.user_id, script.exam_type)
            if load.holds(script.due, work):
                return load, work, True
            able.append((load, work))
    for load, work in able:
        finish = load.finish(script.due, work) or datetime.max.replace(tzinfo=script.due.tzinfo)
        if first is None or finish < first[0]:
            first = finish, load, work
    return None if first is None else (first[1], first[2], first[0] <= script.due)


def _obstacle(script: WaitingScript, loads: Sequence[_Load]) -> Obstacle:
    """What stood in the way of whoever came nearest: of all who are there, the last thing that was asked."""
    found = {Obstacle.AWAY if load.away else load.obstacle(script) for load in loads}
    nearest = (Obstacle.LIMIT, Obstacle.CONFLICT, Obstacle.CLASS, Obstacle.AWAY)
    return next((obstacle for obstacle in nearest if obstacle in found), Obstacle.NO_TEACHER)


def _newest_first(marker: Marker) -> tuple[float, int]:
    return -(marker.newcomer_since or _LONG_AGO).timestamp(), -marker.user_id.int


def _urgency(script: WaitingScript) -> tuple[datetime, int]:
    return script.due, script.exam_instance_id.int


@dataclass(slots=True, eq=False)
class _Load:
    """What one teacher has, in the order in which her queue shows it: the nearest deadline first."""

    marker: Marker
    time: WorkingTime
    away: bool
    given: int = 0
    total: timedelta = _NOTHING
    dues: list[datetime] = field(default_factory=list)
    works: list[timedelta] = field(default_factory=list)
    done_by: list[timedelta] = field(default_factory=list)
    room: list[timedelta] = field(default_factory=list)

    def __post_init__(self) -> None:
        for item in sorted(self.marker.open_work, key=lambda item: item.due):
            self.dues.append(item.due)
            self.works.append(item.work)
        self._count()

    def obstacle(self, script: WaitingScript) -> Obstacle | None:
        """Why she may not have it, the day and the hour apart."""
        return obstacle(self.marker, script.class_name, script.student_id, self.given)

    @property
    def late(self) -> int:
        """How many of hers will be finished after their deadline."""
        return sum(done > self.time.before(due) for due, done in zip(self.dues, self.done_by, strict=True))

    def holds(self, due: datetime, work: timedelta) -> bool:
        """She would finish it in time, and so all that she finishes in time now."""
        place = bisect_right(self.dues, due)
        before = self.done_by[place - 1] if place else _NOTHING
        return before + work <= self.time.before(due) and (place == len(self.dues) or work <= self.room[place])

    def finish(self, due: datetime, work: timedelta) -> datetime | None:
        """When she would finish it."""
        place = bisect_right(self.dues, due)
        return self.time.after((self.done_by[place - 1] if place else _NOTHING) + work)

    def add(self, due: datetime, work: timedelta) -> None:
        """She has it."""
        place = bisect_right(self.dues, due)
        self.dues.insert(place, due)
        self.works.insert(place, work)
        self.given += 1
        self._count()

    def _count(self) -> None:
        """`done_by`: the work up to each; `room`: what may come before each so that it and all after stay in time."""
        self.done_by = list(accumulate(self.works))
        self.total = self.done_by[-1] if self.done_by else _NOTHING
        left = _FOR_EVER
        room = []
        for due, done in zip(reversed(self.dues), reversed(self.done_by), strict=True):
            spare = self.time.before(due) - done
            if _NOTHING <= spare < left:
                left = spare
            room.append(left)
        self.room = room[::-1]
