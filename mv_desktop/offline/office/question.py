"""The question bank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.question import PaperQuestion, QuestionStatus
from mv_desktop.domain.question_draft import QuestionDraft, QuestionRow, values_of
from mv_desktop.domain.record import Change, Opened, Slice, Wanted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Questions:
    """As `services.question`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def find(self, wanted: Wanted, after: QuestionRow | None) -> Slice[QuestionRow]:
        """The first questions that are wanted, or those after a row."""
        from mv_desktop.services.question import find_questions

        with self._connect() as session:
            return find_questions(session, wanted, after)

    def units(self) -> Mapping[str, Sequence[str]]:
        """The configured units by class."""
        from mv_desktop.services.question import configured_units

        with self._connect() as session:
            return configured_units(session)

    def printed(self, questions: Sequence[UUID]) -> tuple[PaperQuestion, ...]:
        """These as a paper holds them, by class, unit and marks."""
        from mv_desktop.services.template import questions_for_paper

        with self._connect() as session:
            return questions_for_paper(session, questions)

    def years(self) -> tuple[int, ...]:
        """The years of board papers that the bank has questions of, the newest first."""
        from mv_desktop.services.question import years_of_bank

        with self._connect() as session:
            return years_of_bank(session)

    def open(self, question: UUID) -> Opened[QuestionDraft]:
        """One of them."""
        from mv_desktop.services.question import open_question

        with self._connect() as session:
            return open_question(session, question)

    def save(self, question: UUID, opened: Opened[QuestionDraft] | None, draft: QuestionDraft, reason: str) -> None:
        """Write what differs from what was opened, or a new draft under this id; then its state, where that differs."""
        from mv_desktop.services.question import put_question, set_question_status

        before = None if opened is None else opened.draft
        values = values_of(draft, before)
        with self._connect() as session:
            seen = None if opened is None else opened.seen
            if values:
                seen = put_question(session, question, seen, values, reason).updated_at
            was = QuestionStatus.DRAFT if before is None else before.status
            if draft.status != was and seen is not None:
                set_question_status(session, question, seen, QuestionStatus(draft.status), reason)

    def changes(self, question: UUID) -> tuple[Change, ...]:
        """What was changed of it, the newest first."""
        from mv_desktop.services.question import changes_of_question

        with self._connect() as session:
            return changes_of_question(session, question)
