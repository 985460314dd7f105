"""What the school asks afterwards: were promises kept, how much was there, how long did it take, what stands out.

The server counts (`services/report.py`); what is said of them is worked out here. `docs/report.md` has it in words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.subscription import PlanType

LONGEST_SPAN: Final = 366
"""Days that a report reaches over at most."""
UNUSUAL_LEAST: Final = 30
"""Fewer answers than this say nothing of a question, nor of the others of its kind."""
UNUSUAL_BOUND: Final = 0.2
"""A question stands out when its mean share of the marks is at least this far from that of the others of its kind."""
UNUSUAL_SURE: Final = 3.0
"""And at least so many standard errors of that difference, so that it is no chance."""


REPORT_SCHEMA: Final = "031"
"""From this revision on the server counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the school's zone, `first` and `last` among them.

    Raises:
        InvalidError: the last is before the first, or they are more than `LONGEST_SPAN`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidError("The last day is before the first.")
        if self.days > LONGEST_SPAN:
            raise InvalidError("A report reaches over at most 366 days.")

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1


def this_week(today: date) -> Span:
    """From Monday until `today`."""
    return Span(today - timedelta(days=today.weekday()), today)


def last_week(today: date) -> Span:
    """The seven days before the Monday of `today`'s week."""
    monday = today - timedelta(days=today.weekday())
    return Span(monday - timedelta(days=7), monday - timedelta(days=1))


def this_month(today: date) -> Span:
    """From the first of the month until `today`."""
    return Span(today.replace(day=1), today)


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises that fell due, and what became of them.

    Attributes:
        due: all of them; `in_time`, `excused` and `late` add up to it.
        in_time: completed by the deadline, by the moment at which the server had it.
        excused: completed later, or not yet, and that was excused or the time extended.
        late: neither.
        unfinished: of the late ones, those that are still open.
    """

    due: int
    in_time: int
    excused: int
    late: int
    unfinished: int

    @property
    def compliance(self) -> float | None:
        """The share of promises that was kept, 0 to 1; None where none fell due."""
        return self.in_time / self.due if self.due else None


NOTHING_DUE: Final = Kept(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class DayKept:
    """The promises that fell due on a day."""

    day: date
    kept: Kept


@dataclass(frozen=True, slots=True)
class PlanKept:
    """The promises to students with a plan; None for those who had none on the day."""

    plan: PlanType | None
    kept: Kept


@dataclass(frozen=True, slots=True)
class TeacherKept:
    """The promises in a teacher's hands when they fell due; without an id those that nobody had."""

    teacher_id: UserId | None
    name: str
    kept: Kept


@dataclass(frozen=True, slots=True)
class Compliance:
    """Whether promises were kept: by day in their order, by plan, by teacher, and altogether."""

    span: Span
    total: Kept
    days: tuple[DayKept, ...]
    plans: tuple[PlanKept, ...]
    teachers: tuple[TeacherKept, ...]


def every_day(span: Span, counted: Iterable[tuple[date, Kept]]) -> tuple[tuple[date, Kept], ...]:
    """The promises of each day of a span, with those on which none fell due."""
    by_day = dict(counted)
    days = (span.first + timedelta(days=number) for number in range(span.days))
    return tuple((day, by_day.get(day, NOTHING_DUE)) for day in days)


@dataclass(frozen=True, slots=True)
class DayVolume:
    """Scripts that came in, were completed (also again) and were returned on a day."""

    day: date
    received: int
    completed: int
    returned: int


@dataclass(frozen=True, slots=True)
class Volume:
    """How much there was, on each day of a span."""

    span: Span
    days: tuple[DayVolume, ...]

    @property
    def received(self) -> int:
        """Scripts that came in."""
        return sum(day.received for day in self.days)

    @property
    def completed(self) -> int:
        """Scripts that were completed, those that were returned each time."""
        return sum(day.completed for day in self.days)

    @property
    def returned(self) -> int:
        """Scripts that were returned to their teachers."""
        return sum(day.returned for day in self.days)


def volume(span: Span, counted: Iterable[DayVolume]) -> Volume:
    """The days of a span, with those on which nothing happened."""
    by_day = {day.day: day for day in counted}
    days = (span.first + timedelta(days=number) for number in range(span.days))
    return Volume(span, tuple(by_day.get(day, DayVolume(day, 0, 0, 0)) for day in days))


@dataclass(frozen=True, slots=True)
class PaceRow:
    """How long exams of a kind took a teacher; without an id, all teachers.

    Attributes:
        scripts: so many were begun and completed on one day.
        quick, middle, slow: minutes; a quarter took no longer than `quick`, half no longer than `middle`, and a quarter
            no shorter than `slow`.
    """

    teacher_id: UserId | None
    name: str
    exam_type: ExamType
    scripts: int
    quick: float
    middle: float
    slow: float


@dataclass(frozen=True, slots=True)
class PaceReport:
    """How long scripts took, by kind of exam: first all teachers, then each."""

    span: Span
    rows: tuple[PaceRow, ...]


@dataclass(frozen=True, slots=True)
class QuestionSums:
    """The answers to a written question, as they were marked.

    Attributes:
        class_name, unit, wording: of the question in the bank; "" where it is not there.
        answers: how many; `shares` is the sum of each one's share of the marks (0 to 1), `squares` of their squares.
    """

    question_id: UUID
    class_name: str
    question_type: QuestionType
    unit: str
    wording: str
    answers: int
    shares: float
    squares: float


@dataclass(frozen=True, slots=True)
class QuestionMean:
    """How a question was answered, beside the others of its kind: of the same class and type.

    Attributes:
        mean: share of the marks that an answer earned in the mean, 0 to 1.
        usual: the same of all answers to the others; None where they are too few to compare.
        unusual: it stands out.
    """

    sums: QuestionSums
    mean: float
    usual: float | None
    unusual: bool

    @property
    def difference(self) -> float | None:
        """How far it is from the others: above zero they did better here; None where nothing can be compared."""
        return None if self.usual is None else self.mean - self.usual


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """Every written question that was marked: those that stand out first, the farthest first; then the rest."""

    span: Span
    questions: tuple[QuestionMean, ...]

    @property
    def unusual(self) -> tuple[QuestionMean, ...]:
        """Those that stand out."""
        return tuple(question for question in self.questions if question.unusual)


def question_means(counted: Iterable[QuestionSums]) -> tuple[QuestionMean, ...]:
    """Compare each question with the others of its kind.

    A question stands out when it and the others have at least `UNUSUAL_LEAST` answers each, and its mean is at least
    `UNUSUAL_BOUND` from theirs and at least `UNUSUAL_SURE` standard errors.
    """
    questions = tuple(counted)
    kinds: defaultdict[tuple[str, QuestionType], _Sample] = defaultdict(lambda: _Sample(0, 0.0, 0.0))
    for one in questions:
        kinds[one.class_name, one.question_type] += _Sample(one.answers, one.shares, one.squares)
    means = [_compared(one, kinds[one.class_name, one.question_type]) for one in questions]
    return tuple(sorted(means, key=_place))


@dataclass(frozen=True, slots=True)
class _Sample:
    """Shares of marks: how many, their sum and that of their squares."""

    count: int
    total: float
    squares: float

    def __add__(self, other: _Sample) -> _Sample:
        return _Sample(self.count + other.count, self.total + other.total, self.squares + other.squares)

    def __sub__(self, other: _Sample) -> _Sample:
        return _Sample(self.count - other.count, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def variance_of_mean(self) -> float:
        # of floats that were summed up, a spread of nothing may come out a little below zero
        spread = max(0.0, self.squares - self.total * self.mean)
        return spread / (self.count - 1) / self.count


def _compared(one: QuestionSums, kind: _Sample) -> QuestionMean:
    own = _Sample(one.answers, one.shares, one.squares)
    others = kind - own
    if own.count < UNUSUAL_LEAST or others.count < UNUSUAL_LEAST:
        return QuestionMean(one, own.mean, others.mean if others.count >= UNUSUAL_LEAST else None, unusual=False)
    far = abs(own.mean - others.mean)
    error = math.sqrt(own.variance_of_mean + others.variance_of_mean)
    # a hair less, so that 0.7 and 0.5 are 0.2 apart in floats, too
    unusual = far >= UNUSUAL_BOUND - 1e-9 and far >= UNUSUAL_SURE * error
    return QuestionMean(one, own.mean, others.mean, unusual)


def _place(question: QuestionMean) -> tuple[bool, float, str, str, str, str]:
    sums = question.sums
    far = -abs(question.difference or 0.0) if question.unusual else 0.0
    return (not question.unusual, far, sums.class_name, sums.question_type, sums.unit, str(sums.question_id))
