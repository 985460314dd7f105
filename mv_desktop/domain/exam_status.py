"""The states of an exam and the steps between them (`docs/exams.md`); the database refuses the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mv_desktop.domain.exam import ExamStatus

STEPS: Final[Mapping[ExamStatus, frozenset[ExamStatus]]] = {
    ExamStatus.CREATED: frozenset({ExamStatus.IN_PROGRESS}),
    ExamStatus.IN_PROGRESS: frozenset({ExamStatus.SUBMITTED_MCQ, ExamStatus.PENDING_UPLOAD}),
    ExamStatus.SUBMITTED_MCQ: frozenset({ExamStatus.EVALUATED, ExamStatus.PENDING_UPLOAD}),
    ExamStatus.PENDING_UPLOAD: frozenset({ExamStatus.UPLOADED}),
    ExamStatus.UPLOADED: frozenset({ExamStatus.PENDING_EVALUATION}),
    ExamStatus.PENDING_EVALUATION: frozenset({ExamStatus.EVALUATED, ExamStatus.UPLOADED}),
    ExamStatus.EVALUATED: frozenset({ExamStatus.PENDING_EVALUATION}),
}
"""What may follow each state. Back from `pending_evaluation`: withdrawn from marking; from `evaluated`: returned."""


def may_follow(before: ExamStatus, after: ExamStatus) -> bool:
    """True for a step of `STEPS`, and for staying where it is, which is none."""
    return after is before or after in STEPS[before]
