"""Questions that a teacher writes and hands in, and what admins decide about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.question import PaperQuestion
from mv_desktop.domain.question_draft import QuestionDraft, QuestionRow, values_of
from mv_desktop.domain.question_review import Approval, Approved, ReviewState
from mv_desktop.domain.record import Change, Opened, Slice, Wanted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class QuestionReviews:
    """An admin's part of `services.question_review`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def due(self) -> int:
        """How many wait for an admin."""
        from mv_desktop.services.question_review import count_waiting

        with self._connect() as session:
            return count_waiting(session)

    def approve(self, rows: Sequence[Approval], words: str) -> Approved:
        """Take these into the bank."""
        from mv_desktop.services.question_review import approve_questions

        with self._connect() as session:
            return approve_questions(session, rows, words)

    def undo(self, rows: Sequence[Approval]) -> Approved:
        """Take these approvals back."""
        from mv_desktop.services.question_review import undo_approvals

        with self._connect() as session:
            return undo_approvals(session, rows)

    def reject(self, opened: Opened[QuestionDraft], words: str) -> None:
        """Say what is wrong with it."""
        from mv_desktop.services.question_review import reject_question

        with self._connect() as session:
            reject_question(session, UUID(opened.key), opened.seen, words)

    def remark(self, question: UUID, words: str) -> None:
        """Say something of it."""
        from mv_desktop.services.question_review import remark_question

        with self._connect() as session:
            remark_question(session, question, words)


class OwnQuestions:
    """A teacher's part of it: her own questions, whatever their state, and changes of others that are active.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def find(self, wanted: Wanted, after: QuestionRow | None) -> Slice[QuestionRow]:
        """The first of hers that are wanted, or of all that are active, or those after a row."""
        from mv_desktop.services.question_review import own_questions

        with self._connect() as session:
            return own_questions(session, wanted, after)

    def due(self) -> int:
        """How many of hers were not approved."""
        from mv_desktop.services.question_review import count_rejected

        with self._connect() as session:
            return count_rejected(session)

    def printed(self, questions: Sequence[UUID]) -> tuple[PaperQuestion, ...]:
        """These of hers as a paper would hold them, by class, unit and marks."""
        from mv_desktop.services.question_review import own_for_paper

        with self._connect() as session:
            return own_for_paper(session, questions)

    def units(self) -> Mapping[str, Sequence[str]]:
        """The configured units by class."""
        from mv_desktop.services.question import configured_units

        with self._connect() as session:
            return configured_units(session)

    def years(self) -> tuple[int, ...]:
        """None: so few are looked through without."""
        return ()

    def open(self, question: UUID) -> Opened[QuestionDraft]:
        """One of hers, or an active one."""
        from mv_desktop.services.question_review import open_own

        with self._connect() as session:
            return open_own(session, question)

    def save(self, question: UUID, opened: Opened[QuestionDraft] | None, draft: QuestionDraft, reason: str) -> None:
        """Write what differs, or a new draft."""
        from mv_desktop.services.question_review import put_own

        del reason  # what is hers needs none
        values = values_of(draft, None if opened is None else opened.draft)
        if values:
            with self._connect() as session:
                put_own(session, question, None if opened is None else opened.seen, values)

    def changes(self, question: UUID) -> tuple[Change, ...]:
        """None: the log is not hers to read; what was said of a question comes with it."""
        del question
        return ()

    def withdraw(self, opened: Opened[QuestionDraft]) -> None:
        """Take a draft away, or drop what a question was to become."""
        from mv_desktop.services.question_review import withdraw_own

        with self._connect() as session:
            withdraw_own(session, UUID(opened.key), opened.seen)

    def submit(self, opened: Opened[QuestionDraft], words: str) -> ReviewState:
        """Hand it in."""
        from mv_desktop.services.question_review import submit_question

        with self._connect() as session:
            return submit_question(session, UUID(opened.key), opened.seen, words)

    def take_back(self, opened: Opened[QuestionDraft]) -> None:
        """It waits no more."""
        from mv_desktop.services.question_review import take_back_question

        with self._connect() as session:
            take_back_question(session, UUID(opened.key), opened.seen)

    def remark(self, question: UUID, words: str) -> None:
        """Say something of it."""
        from mv_desktop.services.question_review import remark_question

        with self._connect() as session:
            remark_question(session, question, words)
