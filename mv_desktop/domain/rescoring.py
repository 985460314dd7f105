"""A faulty question in every exam that had it: what an adjustment would do, and how far its work is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from mv_desktop.domain.adjustment import Adjustment, FaultProposal


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an exam.

    Attributes:
        score: None while there is none.
        marks: of how many.
        percent: None where there is nothing to take a share of.
    """

    score: Decimal | None
    marks: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """An exam whose result would be another.

    Attributes:
        exam: its id.
        student: her name.
        template: what the paper was made of.
    """

    exam: UUID
    student: str
    template: str
    before: Result
    after: Result


@dataclass(frozen=True, slots=True)
class Rescoring:
    """The last decision about a question, and how far its work is.

    Attributes:
        through_version: up to which version of the question it holds.
        by: who decided.
        exams: how many there are to look at; `done` of them are, of which `rescored` have another result.
        finished_at: None while the worker is at it.
    """

    rescoring_id: UUID
    adjustment: Adjustment
    through_version: int
    reason: str
    by: str
    at: datetime
    exams: int
    done: int
    rescored: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionFault:
    """What was decided about a question.

    Attributes:
        seen: how many decisions there were, which the next one names.
        holds: in the exams of how many templates what holds; empty where every exam counts it as marked.
        last: None before the first decision for all exams.
        proposals: what coordinators proposed and nobody has decided yet, the oldest first.
    """

    seen: int = 0
    holds: Mapping[Adjustment, int] = field(default_factory=dict)
    last: Rescoring | None = None
    proposals: tuple[FaultProposal, ...] = ()

    @property
    def adjustment(self) -> Adjustment:
        """What holds most widely."""
        return max(self.holds, key=lambda one: self.holds[one], default=Adjustment.NONE)


@dataclass(frozen=True, slots=True)
class AdjustmentPreview:
    """What an adjustment would do.

    Attributes:
        exams: that had the question and are meant; `evaluated` of them have a result.
        students: how many sat them.
        versions: by version of the question, how many exams had it.
        looked_at: in how many exams, the newest ones, it was worked out; in `changed` of these the result would be
            another: `raised` or `lowered` in percent.
        changes: of these as many as one looks through, the newest first.
        nothing_left: of some exam nothing would be left, so that it cannot be done.
        fault: what was decided so far.
    """

    exams: int
    evaluated: int
    students: int
    versions: tuple[tuple[int, int], ...]
    looked_at: int
    changed: int
    raised: int
    lowered: int
    changes: tuple[ScoreChange, ...]
    nothing_left: bool
    fault: QuestionFault

    @property
    def waiting(self) -> int:
        """Exams without a result yet: they get the right one once they have it."""
        return self.exams - self.evaluated
