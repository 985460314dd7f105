"""How well two markings of the same answers agree, which were made without knowledge of one another.

Differences are the first marking minus the second: above zero, whoever marked first gave more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from mv_desktop.domain.identifier import EvaluationId, QuestionId, UserId
from mv_desktop.domain.question import QuestionType

HALF = Decimal("0.5")
_HUNDREDTH = Decimal("0.01")

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """By how many marks two markings of a question may differ.

    Attributes:
        short: of a question worth few marks.
        long: of a long answer (LA).
    """

    short: Decimal
    long: Decimal

    def of(self, question_type: QuestionType) -> Decimal:
        """That of a question."""
        return self.long if question_type is QuestionType.LA else self.short


@dataclass(frozen=True, slots=True)
class MarkedTwice:
    """A question of a script that was marked twice.

    Attributes:
        teacher: who marked first.
        question_id: the one that counted in the first marking.
        possible: the most that it gives.
        first, second: the marks.
        same_side: False where, of an either/or question, the other side counted in the second marking.
        comment: what was said with the second marks, "" for nothing.
        code: of the script, "" to whom it is not told.
    """

    evaluation_id: EvaluationId
    teacher: UserId
    question_number: int
    question_id: QuestionId
    question_type: QuestionType
    possible: Decimal
    first: Decimal
    second: Decimal
    same_side: bool = True
    comment: str = ""
    code: str = ""

    @property
    def difference(self) -> Decimal:
        """The first marks minus the second."""
        return self.first - self.second

    def within(self, tolerance: Tolerance) -> bool:
        """Whether the two differ by no more than they may."""
        return abs(self.difference) <= tolerance.of(self.question_type)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two markings agree, over some questions.

    Attributes:
        scripts: how many they are from.
        questions: how many there are; at least one.
        exact: with the same marks.
        within_half: with marks that differ by no more than half a mark, the exact ones too.
        tolerated: with marks that differ by no more than is tolerated for the question.
        mean_difference: marks; above zero, the first marking gave more.
        mean_distance: marks, without regard to the direction.
    """

    scripts: int
    questions: int
    exact: int
    within_half: int
    tolerated: int
    mean_difference: Decimal
    mean_distance: Decimal


def agreement(pairs: Iterable[MarkedTwice], tolerance: Tolerance) -> Agreement | None:
    """How well the two markings agree; None where nothing was marked twice. Means are rounded to hundredths."""
    all_pairs = tuple(pairs)
    if not all_pairs:
        return None
    differences = [pair.difference for pair in all_pairs]
    distances = [abs(difference) for difference in differences]
    return Agreement(
        scripts=len({pair.evaluation_id for pair in all_pairs}),
        questions=len(all_pairs),
        exact=sum(distance == 0 for distance in distances),
        within_half=sum(distance <= HALF for distance in distances),
        tolerated=sum(pair.within(tolerance) for pair in all_pairs),
        mean_difference=_mean(differences),
        mean_distance=_mean(distances),
    )


def by_teacher(pairs: Iterable[MarkedTwice], tolerance: Tolerance) -> Mapping[UserId, Agreement]:
    """Of each teacher whose scripts were marked a second time."""
    return _grouped(pairs, tolerance, lambda pair: pair.teacher)


def by_question(pairs: Iterable[MarkedTwice], tolerance: Tolerance) -> Mapping[QuestionId, Agreement]:
    """Of each question, over all scripts in which it counted: where teachers differ, its scheme may be at fault."""
    return _grouped(pairs, tolerance, lambda pair: pair.question_id)


def by_script(pairs: Iterable[MarkedTwice], tolerance: Tolerance) -> Mapping[EvaluationId, Agreement]:
    """Of each script."""
    return _grouped(pairs, tolerance, lambda pair: pair.evaluation_id)


def _grouped(
    pairs: Iterable[MarkedTwice], tolerance: Tolerance, key: Callable[[MarkedTwice], K]
) -> Mapping[K, Agreement]:
    groups: dict[K, list[MarkedTwice]] = {}
    for pair in pairs:
        groups.setdefault(key(pair), []).append(pair)
    return {name: found for name, group in groups.items() if (found := agreement(group, tolerance)) is not None}


def _mean(values: list[Decimal]) -> Decimal:
    return (sum(values, Decimal()) / len(values)).quantize(_HUNDREDTH, ROUND_HALF_UP)
