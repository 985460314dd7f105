"""The states of an exam and the steps between them (`docs/exams.md`); the database refuses the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mv_desktop.core.errors import RefusedError
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


def check_step(before: ExamStatus, after: ExamStatus) -> None:
    """Refuse a step that no exam takes; staying where it is, is none.

    Raises:
        RefusedError: it is not one of `STEPS`.
    """
    if after is not before and after not in STEPS[before]:
        raise RefusedError(f"An exam cannot go from {_words(before)} to {_words(after)}.")


def _words(status: ExamStatus) -> str:
    return f"“{status.value.replace('_', ' ')}”"
