"""What who coordinates sees of samples and second markings, and what a teacher sees of her own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from mv_desktop.domain.agreement import Agreement, MarkedTwice, Tolerance, agreement
from mv_desktop.domain.identifier import EvaluationId, MarkingId, QuestionId, UserId
from mv_desktop.domain.report import Span
from mv_desktop.domain.sample import Standing, Why

AGREEMENT_SCHEMA: Final = "032"
"""From this revision on scripts are marked a second time."""
QUALITY_SCHEMA: Final = "035"
"""From this revision on the worker gives them, and says for which it found nobody."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A script that is marked a second time, as who coordinates sees it.

    Attributes:
        code: of the script.
        teacher_id, teacher: who marked it first.
        reason: of whoever asked for it, "" where a rule took it.
        marking_id: of whoever has it or has marked it; None while it waits.
        second_id, second: who that is.
        comment: what she said when she handed it in.
        declined: how often it was handed back without marks.
        nobody: the worker found nobody who could have it.
    """

    evaluation_id: EvaluationId
    code: str
    teacher_id: UserId
    teacher: str
    why: Why
    reason: str
    chosen_at: datetime
    standing: Standing
    marking_id: MarkingId | None = None
    second_id: UserId | None = None
    second: str = ""
    given_at: datetime | None = None
    marked_at: datetime | None = None
    comment: str = ""
    declined: int = 0
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class SecondTeacher:
    """Somebody who could mark a sample.

    Attributes:
        open: how many second markings she has already.
        away: she is absent today, which forbids nothing.
    """

    user_id: UserId
    name: str
    open: int
    away: bool


@dataclass(frozen=True, slots=True)
class Sampling:
    """The rule in numbers.

    Attributes:
        first: so many of a teacher's first scripts are always taken.
        percent: of the later ones.
    """

    first: int
    percent: int
    tolerance: Tolerance


@dataclass(frozen=True, slots=True)
class QualityLook:
    """What the list is made of, as the server had it at `read_at`."""

    samples: tuple[Sample, ...]
    sampling: Sampling
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Results:
    """What second markings say; of the signed-in teacher alone where she does not coordinate.

    Attributes:
        pairs: every question that was marked twice, the oldest first.
        tolerance: what they were measured by.
        whole: over all of them; None where there are none.
        teachers, questions, scripts: the same of each.
        names: of the teachers; wordings: how the questions begin. Read for who coordinates.
    """

    pairs: tuple[MarkedTwice, ...]
    tolerance: Tolerance
    whole: Agreement | None
    teachers: Mapping[UserId, Agreement]
    questions: Mapping[QuestionId, Agreement]
    scripts: Mapping[EvaluationId, Agreement]
    names: Mapping[UserId, str] = field(default_factory=dict)
    wordings: Mapping[QuestionId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnAgreement:
    """What second markings of a teacher's own scripts say, without who made them."""

    pairs: tuple[MarkedTwice, ...]
    tolerance: Tolerance

    @property
    def whole(self) -> Agreement | None:
        """Over all of them; None where there are none."""
        return agreement(self.pairs, self.tolerance)


def bounds(span: Span, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of these days, and the first one after them."""
    return (
        datetime.combine(span.first, time(), zone),
        datetime.combine(span.last + timedelta(days=1), time(), zone),
    )
