"""A question that turned out to be faulty after it was set: what is done about it for everybody who had it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mv_desktop.domain.question import Stored


class Adjustment(StrEnum):
    """What holds for a question in all exams of a template."""

    AWARD = "award"
    """Everybody who had it gets all its marks."""
    DROP = "drop"
    """It counts for nobody: its marks are neither earned nor possible."""
    NONE = "none"
    """It counts as it was marked."""


class AdjustedQuestion(Stored):
    """One entry of `exam_adjustments.questions`.

    Attributes:
        question_number: its number in this exam's paper.
        question_id: what was decided about; of an either/or question one of its sides.
        adjustment: what holds for the whole question.
        awarded: what the student had without it.
        possible: the question's marks.
    """

    question_number: int
    question_id: UUID
    adjustment: Adjustment
    awarded: Decimal
    possible: Decimal
