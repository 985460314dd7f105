"""Which scripts the demo holds: every state, and every distance from the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import cycle

from mv_desktop.demo.population import Pupil, pupils
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.domain.subscription import PlanType


class DemoState(StrEnum):
    """How far a script of the demo has come."""

    CREATED = "created"
    SITTING = "sitting"
    SUBMITTED_MCQ = "submitted_mcq"
    PENDING_UPLOAD = "pending_upload"
    UPLOADED = "uploaded"
    ASSIGNED = "assigned"
    MARKING = "marking"
    EVALUATED = "evaluated"

    @property
    def has_pages(self) -> bool:
        """True once the student has uploaded answer sheets."""
        return self in (DemoState.UPLOADED, DemoState.ASSIGNED, DemoState.MARKING, DemoState.EVALUATED)

    @property
    def has_marks(self) -> bool:
        """True once a teacher has begun to mark, where there is something for her to mark."""
        return self in (DemoState.MARKING, DemoState.EVALUATED)


@dataclass(frozen=True, slots=True)
class ScriptPlan:
    """One script to make.

    Attributes:
        number: from 1; ids, names and the paper's seed are made from it.
        state: how far it has come.
        class_name, exam_type: which paper.
        sla_hours: what the student's plan promises.
        left: working hours left until the deadline; negative when it is past.
        teacher: index into the demo's teachers, None without one.
        share: the share of questions already marked, for MARKING.
        broken_page: one uploaded file cannot be read.
        unit: for unit practice.
    """

    number: int
    state: DemoState
    class_name: str
    exam_type: ExamType
    sla_hours: int = 48
    left: float = 0.0
    teacher: int | None = None
    share: float = 0.0
    broken_page: bool = False
    unit: str | None = None

    @property
    def pupil(self) -> Pupil:
        """A student of the class whose plan promises these hours and allows this exam."""
        fitting = [
            pupil
            for pupil in pupils()
            if pupil.student.student_class == self.class_name
            and (pupil.plan is PlanType.CENTUM) == (self.sla_hours == 24)
            and pupil.plan in _ALLOWED[self.exam_type]
        ]
        return fitting[self.number % len(fitting)]

    def received(self, calendar: WorkCalendar, now: datetime) -> datetime:
        """When the script must have come in so that `left` working hours remain at `now` (aware)."""
        spent = calendar.hours.budget(self.sla_hours) - timedelta(hours=self.left)
        early, late = now - timedelta(days=90), now
        while late - early > timedelta(seconds=1):
            middle = early + (late - early) / 2
            if calendar.working_time(middle, now) > spent:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)


_SUBSCRIBED = frozenset({PlanType.PREMIUM, PlanType.CENTUM})
_ALLOWED = {
    ExamType.BOARD_EXAM: _SUBSCRIBED | {PlanType.BASIC},
    ExamType.SECTION_MCQ: frozenset(PlanType),
    ExamType.SECTION_VSA: _SUBSCRIBED | {PlanType.BASIC},
    ExamType.SECTION_SA: _SUBSCRIBED | {PlanType.BASIC},
    ExamType.UNIT_PRACTICE: _SUBSCRIBED,
}
"""The plan flags of `schema.md`."""

_BOARD, _UNIT = ExamType.BOARD_EXAM, ExamType.UNIT_PRACTICE
_FIRST = (
    ScriptPlan(1, DemoState.ASSIGNED, "XII", _BOARD, 24, 0.7, 0),
    ScriptPlan(2, DemoState.MARKING, "XII", _BOARD, 48, 2.5, 0, share=0.65),
    ScriptPlan(3, DemoState.ASSIGNED, "XII", _UNIT, 48, 4.0, 0, unit="Integrals"),
    ScriptPlan(4, DemoState.ASSIGNED, "X", _BOARD, 24, 8.0, 0),
    ScriptPlan(5, DemoState.ASSIGNED, "XII", _BOARD, 48, -3.0, 0),
    ScriptPlan(6, DemoState.ASSIGNED, "XII", _BOARD, 48, 6.0, 0, broken_page=True),
    ScriptPlan(7, DemoState.ASSIGNED, "XII", _BOARD, 48, 11.0, 0),
    ScriptPlan(8, DemoState.ASSIGNED, "X", ExamType.SECTION_SA, 48, 14.0, 0),
    ScriptPlan(9, DemoState.ASSIGNED, "XII", ExamType.SECTION_VSA, 48, 17.0, 0),
    ScriptPlan(10, DemoState.MARKING, "X", _BOARD, 48, 12.0, 0, share=0.3),
    ScriptPlan(11, DemoState.EVALUATED, "XII", _UNIT, 48, 5.0, 0, unit="Matrices"),
    ScriptPlan(12, DemoState.EVALUATED, "XII", ExamType.SECTION_SA, 48, -2.0, 0),
    ScriptPlan(13, DemoState.ASSIGNED, "XII", _BOARD, 24, 1.0, 1),
    ScriptPlan(14, DemoState.ASSIGNED, "X", _BOARD, 48, 9.0, 1),
    ScriptPlan(15, DemoState.ASSIGNED, "XII", ExamType.SECTION_SA, 48, 5.0, 2),
    ScriptPlan(16, DemoState.MARKING, "XII", _BOARD, 48, 3.0, 3, share=0.5),
    ScriptPlan(17, DemoState.ASSIGNED, "X", ExamType.SECTION_VSA, 48, -1.0, 4),
    ScriptPlan(18, DemoState.ASSIGNED, "XII", _UNIT, 24, 7.5, 5, unit="Probability"),
    ScriptPlan(19, DemoState.EVALUATED, "X", ExamType.SECTION_SA, 48, 8.0, 3),
    ScriptPlan(20, DemoState.UPLOADED, "XII", _BOARD, 48, 17.5),
    ScriptPlan(21, DemoState.UPLOADED, "X", ExamType.SECTION_SA, 48, 6.5),
    ScriptPlan(22, DemoState.PENDING_UPLOAD, "XII", _BOARD, 48),
    ScriptPlan(23, DemoState.SUBMITTED_MCQ, "X", _BOARD, 48),
    ScriptPlan(24, DemoState.SITTING, "XII", _BOARD, 48),
    ScriptPlan(25, DemoState.CREATED, "X", _UNIT, 48, unit="Triangles"),
    ScriptPlan(26, DemoState.EVALUATED, "XII", ExamType.SECTION_MCQ, 48),
)
STANDARD = len(_FIRST)


def script_plans(count: int = STANDARD) -> tuple[ScriptPlan, ...]:
    """The first `count` scripts, the fullest queue first; beyond the standard ones, more work for all teachers."""
    return (*_FIRST[:count], *_more(count - STANDARD))


def _more(count: int) -> Iterator[ScriptPlan]:
    models = cycle([plan for plan in _FIRST if plan.state is DemoState.ASSIGNED and not plan.broken_page])
    for extra in range(count):
        model = next(models)
        yield replace(model, number=STANDARD + 1 + extra, teacher=extra % 6, left=0.5 + extra * 1.7 % 8)
