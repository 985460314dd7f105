"""Faulty questions in every exam that had them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final
from uuid import UUID

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.rescoring import AdjustmentPreview, QuestionFault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_STEPS: Final = 2
"""So many transactions of `services.rescoring.STEP` exams are done here at once; the worker does the others."""


class Rescorings:
    """As `services.rescoring`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def due(self) -> int:
        """How many questions are proposed as faulty."""
        from mv_desktop.services.rescoring import count_faulty

        with self._connect() as session:
            return count_faulty(session)

    def fault(self, question: UUID) -> QuestionFault:
        """What was decided about a question."""
        from mv_desktop.services.rescoring import question_fault

        with self._connect() as session:
            return question_fault(session, question)

    def preview(self, question: UUID, adjustment: Adjustment, through: int) -> AdjustmentPreview:
        """What an adjustment would do."""
        from mv_desktop.services.rescoring import preview_adjustment

        with self._connect() as session:
            return preview_adjustment(session, question, adjustment, through)

    def adjust(self, question: UUID, seen: int, adjustment: Adjustment, through: int, reason: str) -> QuestionFault:
        """Decide, and work out the first exams; answers how far that is."""
        from mv_desktop.services.rescoring import adjust_everywhere, question_fault, rescore_step

        with self._connect() as session:
            rescoring = adjust_everywhere(session, question, seen, adjustment, through, reason)
        for _ in range(_STEPS):
            with self._connect() as session:
                if not rescore_step(session, rescoring=rescoring):
                    break
        with self._connect() as session:
            return question_fault(session, question)

    def decline(self, question: UUID, proposals: Sequence[UUID], reason: str) -> QuestionFault:
        """Decline what was proposed of a question; answers what is decided of it then."""
        from mv_desktop.services.rescoring import decline_proposals, question_fault

        with self._connect() as session:
            decline_proposals(session, proposals, reason)
            return question_fault(session, question)
