"""Where a question was used, and how those did who had it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mv_desktop.domain.item_statistic import ChoiceCount, ItemSums


@dataclass(frozen=True, slots=True)
class VersionUse:
    """One version of a question in papers.

    Attributes:
        answered: how many students have a mark for it; `mean` is what they earned, None where there are none.
    """

    version: int
    exams: int
    students: int
    answered: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class QuestionUse:
    """All versions of a question.

    Attributes:
        exams, students: that had it; students once, however often.
        first_at, last_at: when a paper was made with it; None where none was.
        versions: the newest first.
        templates: what the papers were made of, with how many; the most used first, not all where they are many.
        answered: how many marks there are for it; `mean` of them, of `possible`.
        sums: of these, for `domain.item_statistic`.
        choices: how often each choice of the newest answered version, `choices_of`, was taken.
    """

    exams: int
    students: int
    first_at: datetime | None
    last_at: datetime | None
    versions: tuple[VersionUse, ...]
    templates: tuple[tuple[str, int], ...]
    answered: int
    mean: float | None
    possible: float | None
    sums: ItemSums
    choices_of: int | None
    choices: tuple[ChoiceCount, ...]


@dataclass(frozen=True, slots=True)
class AlikeQuestion:
    """A question of the bank that asks nearly what somebody writes.

    Attributes:
        alike: 0 to 1, 1 for the same.
        opening: how its text begins.
    """

    key: str
    status: str
    class_name: str
    unit: str
    alike: float
    opening: str
