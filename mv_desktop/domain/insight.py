"""What the dashboards show: sums that the server keeps, and what follows from them (`docs/insight.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mv_desktop.domain.analytics import Band, band
from mv_desktop.domain.item_statistic import ChoiceCount, ItemSums
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import Kept, Span
from mv_desktop.domain.subscription import PlanType

INSIGHT_SCHEMA: Final = "044"
"""From this revision on the server keeps the sums."""
CLASSES: Final = ("X", "XII")
BAND_WIDTH: Final = 10
"""Percentage points of a predicted score that one band reaches over; the last one has its end in it."""
_WEEK: Final = timedelta(days=7)


class Order(StrEnum):
    """What the list of questions begins with: the poorest, the hardest, the most answered."""

    DISCRIMINATION = "discrimination"
    FACILITY = "facility"
    ANSWERS = "answers"


class Pace(StrEnum):
    """What one point of a line is."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a dashboard is of.

    Attributes:
        class_name: one class, "" for all.
    """

    span: Span
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class UnitSum:
    """What exams of a class earned in a unit; `exams` had it."""

    class_name: str
    unit: str
    exams: int
    awarded: Decimal
    possible: Decimal

    @property
    def share(self) -> float | None:
        """Of the marks that were possible, 0 to 1; None where none were."""
        return float(self.awarded / self.possible) if self.possible else None

    @property
    def band(self) -> Band:
        """As of a student: strong, middle or weak."""
        return band(self.awarded, self.possible)


@dataclass(frozen=True, slots=True)
class Units:
    """Unit by unit, by class. `as_of` is None before anything was summed, here and below."""

    as_of: datetime | None
    units: tuple[UnitSum, ...]


@dataclass(frozen=True, slots=True)
class PredictedBand:
    """Students of a class whose predicted score lies in a band; `low` is None for those who have none.

    Attributes:
        low: in percent, the lower end.
        students: how many; `rising` and `falling` of them are.
        total: of their predicted scores.
    """

    class_name: str
    low: int | None
    students: int
    rising: int
    falling: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class PredictedStudent:
    """A student with her predicted score, give or take `margin`."""

    student_id: UUID
    student: str
    class_name: str
    percent: Decimal
    margin: Decimal
    trend: Decimal | None


@dataclass(frozen=True, slots=True)
class Predictions:
    """How many students stand where, and the lowest of them, the lowest first."""

    as_of: datetime | None
    bands: tuple[PredictedBand, ...]
    lowest: tuple[PredictedStudent, ...]

    @property
    def predicted(self) -> int:
        """Students with a predicted score."""
        return sum(one.students for one in self.bands if one.low is not None)

    @property
    def unknown(self) -> int:
        """Students with too few board exams for one."""
        return sum(one.students for one in self.bands if one.low is None)

    @property
    def mean(self) -> Decimal | None:
        """Of the predicted scores, in percent; None without any."""
        total = sum((one.total for one in self.bands if one.low is not None), Decimal(0))
        return total / self.predicted if self.predicted else None


@dataclass(frozen=True, slots=True)
class LeadingStudent:
    """A student on the leaderboard of her class.

    Attributes:
        position: from 1, each once.
        mean: of her board exams that count, in percent; `exams` of them, the best with `best` percent.
    """

    student_id: UUID
    student: str
    class_name: str
    position: int
    mean: Decimal
    exams: int
    best: Decimal


@dataclass(frozen=True, slots=True)
class Leaders:
    """The best of each class, of the days that the leaderboard has (`docs/analytics.md`)."""

    as_of: datetime | None
    students: tuple[LeadingStudent, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """Scripts of a day, or of the week that begins on it: came in, completed, returned, waiting at its end."""

    first: date
    received: int
    completed: int
    returned: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Flows:
    """How much there was on each day of a span; `waiting` when it began."""

    as_of: datetime | None
    waiting: int
    days: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class DuePlan:
    """The promises to students with a plan; None for those who had none."""

    plan: PlanType | None
    kept: Kept


@dataclass(frozen=True, slots=True)
class DueDay:
    """The promises that fell due on a day, or in the week that begins on it."""

    first: date
    kept: Kept


@dataclass(frozen=True, slots=True)
class Promises:
    """Whether promises were kept, by day and by plan."""

    as_of: datetime | None
    days: tuple[DueDay, ...]
    plans: tuple[DuePlan, ...]

    @property
    def total(self) -> Kept:
        """All of them."""
        return summed(one.kept for one in self.days)


@dataclass(frozen=True, slots=True)
class QuestionItem:
    """A question and the answers to it; `unit` and `wording` are "" where the bank has it no more."""

    question_id: UUID
    class_name: str
    question_type: QuestionType
    unit: str
    wording: str
    sums: ItemSums


@dataclass(frozen=True, slots=True)
class QuestionPiece:
    """A piece of the list of questions, `total` of which there are; in whole weeks, from `first` to `last`."""

    as_of: datetime | None
    first: date
    last: date
    total: int
    questions: tuple[QuestionItem, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A choice of a multiple choice question; `words` is what it says now, "" where it is no longer offered."""

    counted: ChoiceCount
    words: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Which choices of a question were taken, in whole weeks, from `first` to `last`."""

    as_of: datetime | None
    first: date
    last: date
    wording: str
    taken: tuple[Taken, ...]

    @property
    def answers(self) -> int:
        """How often any was taken or all left out; more than the papers where several may be taken."""
        return sum(one.counted.count for one in self.taken)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def whole_weeks(span: Span) -> tuple[date, date]:
    """From the Monday of the first day's week to the Sunday of the last one's: questions are summed by week."""
    return monday(span.first), monday(span.last) + _WEEK - timedelta(days=1)


def flows(span: Span, waiting: int, counted: Iterable[tuple[date, int, int, int]], until: date) -> tuple[Flow, ...]:
    """Each day of a span, with those on which nothing happened, up to the day that it is.

    Args:
        span: the days.
        waiting: scripts that waited when the span began.
        counted: day, received, completed and returned.
        until: no day after this has been.
    """
    by_day = {day: rest for day, *rest in counted}
    days: list[Flow] = []
    day = span.first
    while day <= min(span.last, until):
        received, completed, returned = by_day.get(day, (0, 0, 0))
        waiting += received - completed + returned
        days.append(Flow(day, received, completed, returned, waiting))
        day += timedelta(days=1)
    return tuple(days)


def weekly_flows(days: Sequence[Flow]) -> tuple[Flow, ...]:
    """The same by week; what waits is what waited at the end of the week's last day that is there."""
    weeks: dict[date, Flow] = {}
    for day in days:
        first = monday(day.first)
        so_far = weeks.get(first, Flow(first, 0, 0, 0, 0))
        weeks[first] = Flow(
            first,
            so_far.received + day.received,
            so_far.completed + day.completed,
            so_far.returned + day.returned,
            day.waiting,
        )
    return tuple(weeks.values())


def weekly_promises(days: Sequence[DueDay]) -> tuple[DueDay, ...]:
    """The same by week, in the order of time."""
    weeks: dict[date, list[Kept]] = {}
    for day in days:
        weeks.setdefault(monday(day.first), []).append(day.kept)
    return tuple(DueDay(first, summed(kept)) for first, kept in weeks.items())


def summed(kept: Iterable[Kept]) -> Kept:
    """All of them together."""
    parts = tuple(kept)
    return Kept(
        sum(one.due for one in parts),
        sum(one.in_time for one in parts),
        sum(one.excused for one in parts),
        sum(one.late for one in parts),
        sum(one.unfinished for one in parts),
    )
