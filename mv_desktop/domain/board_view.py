"""The lines of the board: each teacher's work against her time, and what will be late, what breaks first before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mv_desktop.domain.board import Outlook, School
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.forecast import Expected, in_queue
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.sla import WorkCalendar

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Bands:
    """How many scripts are due when, by days of the school; `tomorrow` lasts until the next working day is over.

    Attributes:
        breached: the deadline has passed.
        today, tomorrow, later: it has not.
    """

    breached: int = 0
    today: int = 0
    tomorrow: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """A teacher on the board.

    Attributes:
        outlook: how her queue stands: how much work, finished when, how many late and at risk.
        left: her working time until the last of its deadlines; nothing when all have passed.
        bands: what is due when.
        started: how many she has begun.
        away: she is absent today.
        back_on: the first day after that absence on which she is there.
        pace: how long she is expected to take, by kind of exam.
        marks: she may be given scripts; False of whoever has work and marks no more.
        last_seen: when the server last heard of her; None: never.
    """

    user_id: UserId
    name: str
    outlook: Outlook
    left: timedelta
    bands: Bands
    started: int
    away: bool
    back_on: date | None
    pace: Mapping[ExamType, timedelta]
    marks: bool
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class BoardTeacher:
    """What the server knows of a teacher beside her work."""

    user_id: UserId
    name: str
    marks: bool
    last_seen: datetime | None


def bands(dues: Iterable[datetime], calendar: WorkCalendar, now: datetime) -> Bands:
    """Count deadlines by how near they are."""
    zone = calendar.hours.zone
    today = now.astimezone(zone).date()
    tomorrow = calendar.next_working_day(today)
    # the ends of both days in UTC: comparing moments is quicker than asking each for its day
    ends = [datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) for day in (today, tomorrow)]
    limits = [now, *ends]
    counts = [0, 0, 0, 0]
    for due in dues:
        counts[bisect_right(limits, due)] += 1
    return Bands(*counts)


def teacher_rows(
    school: School, teachers: Iterable[BoardTeacher], expected: Iterable[Expected]
) -> tuple[TeacherRow, ...]:
    """A line for each of `teachers`, in the order of their names.

    Args:
        school: how it stands.
        teachers: who is shown.
        expected: of all its scripts, as `School.expected` gives it.
    """
    queues: dict[UserId | None, list[Expected]] = {}
    started: dict[UserId | None, int] = {}
    for entry in expected:
        script = school.script[entry.script.evaluation_id]
        queues.setdefault(script.teacher_id, []).append(entry)
        if script.started:
            started[script.teacher_id] = started.get(script.teacher_id, 0) + 1
    rows = [
        _row(school, teacher, queues.get(teacher.user_id, []), started.get(teacher.user_id, 0)) for teacher in teachers
    ]
    return by_name(rows)


def by_name(rows: Iterable[TeacherRow]) -> tuple[TeacherRow, ...]:
    """In the order of their names."""
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.user_id.int)))


def at_risk(expected: Iterable[Expected]) -> tuple[Expected, ...]:
    """What will be late, in the order in which it will be."""
    return tuple(sorted((e for e in expected if e.at_risk), key=lambda e: in_queue(e.script)))


def _row(school: School, teacher: BoardTeacher, queue: Sequence[Expected], started: int) -> TeacherRow:
    user = teacher.user_id
    outlook, left, away = Outlook.of(queue), _NOTHING, False
    if user in school.marker:
        away = school.is_away(user)
        left = school.time_of(user).before(queue[-1].script.due) if queue else _NOTHING
    return TeacherRow(
        user,
        teacher.name,
        outlook,
        left,
        bands((entry.script.due for entry in queue), school.calendar, school.now),
        started,
        away,
        max(back for first, back in school.marker[user].away if first <= school.today < back) if away else None,
        {kind: school.paces.expected(user, kind) for kind in ExamType},
        teacher.marks,
        teacher.last_seen,
    )
