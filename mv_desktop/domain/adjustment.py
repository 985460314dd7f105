"""A question that turned out to be faulty after it was set: what is done about it for everybody who had it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mv_desktop.domain.question import Stored

FAULT_SCHEMA: Final = "075"
"""The first version of the database that tells admins what is proposed."""
FAULTY: Final = "faulty"
"""Asks of the bank, as a state, for questions that are proposed as faulty."""


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


@dataclass(frozen=True, slots=True)
class FaultProposal:
    """What a coordinator proposed of a question, and nobody has decided yet.

    Attributes:
        template: in whose exams.
        by, at: who, and when.
    """

    proposal_id: UUID
    template: str
    adjustment: Adjustment
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FaultDecision:
    """What an admin decided; `decision` is an adjustment, or "declined", which changes nothing."""

    number: int
    decision: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuestionCase:
    """A question of which something was proposed or decided.

    Attributes:
        template_id, template: in whose exams.
        question_id: as it stands in their papers.
        adjustment: what holds now.
        seen: the number of the latest decision, 0 before the first; the next one names it.
        proposal: what is open.
        decisions: all there were, oldest first.
    """

    template_id: UUID
    template: str
    question_id: UUID
    adjustment: Adjustment
    seen: int
    proposal: FaultProposal | None
    decisions: tuple[FaultDecision, ...]
