"""What a coordinator sees of the whole school at one moment, and what a move does before it happens (`docs/board.md`).

All expected times come from `domain/forecast.py`, so what is shown, promised and told by the worker is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from mv_desktop.domain.assignment import Marker, Obstacle, obstacle
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.forecast import Expected, OpenScript, forecast, is_away
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.domain.working_time import WorkingTime
from mv_desktop.domain.workload import Paces

_NOTHING = timedelta()


class BoardScript(NamedTuple):
    """A script that is not completed, as far as it matters for who may have it.

    Attributes:
        teacher_id: whose queue it is in; None while it is in the pool or withdrawn.
        due: its deadline, aware.
        student_id: who wrote it.
        started: its teacher has begun it.
        withdrawn: it is out of marking, and nobody can be given it.
    """

    evaluation_id: EvaluationId
    teacher_id: UserId | None
    class_name: str
    exam_type: ExamType
    due: datetime
    student_id: UserId
    started: bool = False
    withdrawn: bool = False


@dataclass(frozen=True)
class School:
    """Everything that is open, and everybody who marks, at one moment.

    What is in the queue of somebody who marks no more counts as in nobody's hands.

    Attributes:
        scripts: all open ones, in any order; each once.
        markers: every active teacher, absent ones too; what they have stands in `scripts`.
        paces: how long they take.
        calendar: when work is done.
        now: aware.
    """

    scripts: tuple[BoardScript, ...]
    markers: tuple[Marker, ...]
    paces: Paces
    calendar: WorkCalendar
    now: datetime
    _times: dict[tuple[tuple[date, date], ...], WorkingTime] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def today(self) -> date:
        """Which day it is where the school works."""
        return self.now.astimezone(self.calendar.hours.zone).date()

    @cached_property
    def marker(self) -> Mapping[UserId, Marker]:
        """Who marks, by id."""
        return {marker.user_id: marker for marker in self.markers}

    @cached_property
    def script(self) -> Mapping[EvaluationId, BoardScript]:
        """What is open, by id."""
        return {script.evaluation_id: script for script in self.scripts}

    @cached_property
    def queues(self) -> Mapping[UserId, Sequence[BoardScript]]:
        """What each teacher has, in any order."""
        found: dict[UserId, list[BoardScript]] = {user: [] for user in self.marker}
        for script in self.scripts:
            if script.teacher_id in found:
                found[script.teacher_id].append(script)
        return found

    def is_away(self, teacher: UserId) -> bool:
        """She is absent today."""
        return is_away(self.marker[teacher].away, self.today)

    def time_of(self, teacher: UserId) -> WorkingTime:
        """Her working time from now on; one for all who are away on the same days."""
        spans = tuple(sorted(self.marker[teacher].away))
        if spans not in self._times:
            self._times[spans] = WorkingTime(self.calendar, self.now, spans)
        return self._times[spans]

    def holder(self, script: BoardScript) -> UserId | None:
        """In whose hands it is."""
        return script.teacher_id if script.teacher_id in self.marker else None

    def expected(self, scripts: Iterable[BoardScript]) -> tuple[Expected, ...]:
        """When each of `scripts` will be finished: whole queues, and any of what nobody has."""
        return forecast(map(self._open, scripts), self._away, self.calendar, self.now)

    def moved(self, moves: Mapping[EvaluationId, UserId | None]) -> School:
        """How it stands after moves; None is the pool. Whoever gets a script has not begun it."""
        given: dict[UserId, int] = {}
        scripts = []
        for script in self.scripts:
            to = moves.get(script.evaluation_id, script.teacher_id)
            if to == script.teacher_id:
                scripts.append(script)
                continue
            scripts.append(script._replace(teacher_id=to, started=False))
            if to is not None:
                given[to] = given.get(to, 0) + 1
        markers = tuple(
            replace(marker, given_today=marker.given_today + given.get(marker.user_id, 0)) for marker in self.markers
        )
        return replace(self, scripts=tuple(scripts), markers=markers)

    @cached_property
    def _away(self) -> dict[UserId, Sequence[tuple[date, date]]]:
        return {marker.user_id: marker.away for marker in self.markers}

    def _open(self, script: BoardScript) -> OpenScript:
        holder = self.holder(script)
        return OpenScript(script.evaluation_id, holder, script.due, self.paces.expected(holder, script.exam_type))


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a teacher's queue stands.

    Attributes:
        scripts: how many she has.
        work: how long all of them take, in working time.
        finish: when the last is finished, in UTC; None when she has none, or never will be.
        late: how many are past their deadline.
        at_risk: how many will not be finished by it.
    """

    scripts: int = 0
    work: timedelta = _NOTHING
    finish: datetime | None = None
    late: int = 0
    at_risk: int = 0

    @classmethod
    def of(cls, queue: Sequence[Expected]) -> Outlook:
        """The outlook of one queue, in its order."""
        if not queue:
            return cls()
        work = sum((entry.script.work for entry in queue), _NOTHING)
        finish = queue[-1].finish if queue[-1].place else None
        return cls(len(queue), work, finish, sum(e.late for e in queue), sum(e.at_risk for e in queue))


@dataclass(frozen=True, slots=True)
class TeacherChange:
    """How the queue of a teacher stands, and would stand."""

    user_id: UserId
    before: Outlook
    after: Outlook


@dataclass(frozen=True, slots=True)
class ScriptChange:
    """What is expected of a script, and would be."""

    before: Expected
    after: Expected


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a move, without forbidding a person to make it."""

    evaluation_id: EvaluationId
    obstacle: Obstacle


@dataclass(frozen=True, slots=True)
class Preview:
    """What moves would do.

    Attributes:
        teachers: who would have other work than now, in the order of their ids.
        moved: what would move, in the order of the deadlines.
        newly_at_risk: what would not be finished in time any more, in the order of the deadlines.
        cleared: what would be finished in time again; the same order.
        objections: what the rules of assignment would not have done.
        started: what somebody has begun: she starts anew who gets it, and what was marked is kept and offered.
    """

    teachers: tuple[TeacherChange, ...] = ()
    moved: tuple[ScriptChange, ...] = ()
    newly_at_risk: tuple[ScriptChange, ...] = ()
    cleared: tuple[ScriptChange, ...] = ()
    objections: tuple[Objection, ...] = ()
    started: tuple[EvaluationId, ...] = ()


def preview_size(school: School, moves: Mapping[EvaluationId, UserId | None]) -> int:
    """How many scripts `preview` has to look at, and so how long it takes."""
    touched = {school.holder(school.script[key]) for key in moves} | set(moves.values())
    return len(moves) + sum(len(school.queues[user]) for user in touched if user is not None)


def preview(school: School, moves: Mapping[EvaluationId, UserId | None]) -> Preview:
    """What would become of everybody's work.

    Only the queues that change are looked at, so it takes as long with a large school as with a small one.

    Args:
        school: how it stands.
        moves: to whom each script would go; None is the pool. What is where it would go is left out.

    Raises:
        KeyError: a script or a teacher is unknown.
    """
    real = {key: to for key, to in moves.items() if school.script[key].teacher_id != to}
    touched = {school.holder(school.script[key]) for key in real} | set(real.values())
    teachers = sorted((user for user in touched if user is not None), key=lambda user: user.int)
    concerned = {script.evaluation_id: script for user in teachers for script in school.queues[user]}
    concerned |= {key: school.script[key] for key in real}
    part = replace(school, scripts=tuple(concerned.values()))
    changed = part.moved(real)
    before = {entry.script.evaluation_id: entry for entry in part.expected(part.scripts)}
    after = changed.expected(changed.scripts)
    was, will = _by_teacher(before.values()), _by_teacher(after)
    changes = [ScriptChange(before[entry.script.evaluation_id], entry) for entry in after]
    return Preview(
        tuple(TeacherChange(u, Outlook.of(was.get(u, ())), Outlook.of(will.get(u, ()))) for u in teachers),
        tuple(change for change in changes if change.after.script.evaluation_id in real),
        tuple(change for change in changes if change.after.at_risk and not change.before.at_risk),
        tuple(change for change in changes if change.before.at_risk and not change.after.at_risk),
        _objections(school, real, changes),
        tuple(change.after.script.evaluation_id for change in changes if _is_begun(school, real, change)),
    )


def _by_teacher(entries: Iterable[Expected]) -> Mapping[UserId | None, Sequence[Expected]]:
    found: dict[UserId | None, list[Expected]] = {}
    for entry in entries:
        found.setdefault(entry.script.teacher_id, []).append(entry)
    return found


def _is_begun(school: School, moves: Mapping[EvaluationId, UserId | None], change: ScriptChange) -> bool:
    key = change.after.script.evaluation_id
    return key in moves and school.script[key].started


def _objections(
    school: School, moves: Mapping[EvaluationId, UserId | None], changes: Iterable[ScriptChange]
) -> tuple[Objection, ...]:
    found = []
    given: dict[UserId, int] = {}
    for change in changes:
        key, to = change.after.script.evaluation_id, change.after.script.teacher_id
        if key not in moves or to is None:
            continue
        script = school.script[key]
        fault = obstacle(school.marker[to], script.class_name, script.student_id, given.get(to, 0))
        given[to] = given.get(to, 0) + 1
        if school.is_away(to):
            fault = Obstacle.AWAY
        if fault is not None:
            found.append(Objection(key, fault))
    return tuple(found)
