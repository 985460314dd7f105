"""What the record says of a question: where it was used, what it was before, and what is nearly the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.question_use import AlikeQuestion, QuestionUse
from mv_desktop.domain.question_version import QuestionVersion

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class QuestionHistory:
    """As `services.question_use`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def use(self, question: UUID) -> QuestionUse:
        """Where it was used, and how students did on it."""
        from mv_desktop.services.question_use import question_use

        with self._connect() as session:
            return question_use(session, question)

    def versions(self, question: UUID) -> tuple[QuestionVersion, ...]:
        """All there were, the newest first."""
        from mv_desktop.services.question_use import question_versions

        with self._connect() as session:
            return question_versions(session, question)

    def alike(self, words: str, but: UUID | None) -> tuple[AlikeQuestion, ...]:
        """What is most like these words, but for the question itself."""
        from mv_desktop.services.question_use import similar_questions

        with self._connect() as session:
            return similar_questions(session, words, but)
