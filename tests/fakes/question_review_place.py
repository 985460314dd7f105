"""What teachers hand in and admins decide, in memory, over a bank in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from mv_desktop.core.errors import ConflictError, UserError
from mv_desktop.domain.question import QuestionStatus
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_review import (
    Approval,
    Approved,
    Remark,
    RemarkKind,
    Review,
    ReviewState,
    may_approve,
)
from mv_desktop.domain.record import Change, Difference, Opened
from tests.fakes.question_place import NOW, FakeQuestions, question


def reviewed(bank: FakeQuestions, key: UUID, by: str, kind: RemarkKind, words: str = "", **values: object) -> None:
    """Say something of a question, and let its review be otherwise."""
    before = bank.bank[key].review
    remark = Remark(NOW, by, kind, words)
    review = replace(before, remarks=(*before.remarks, remark), **values)  # type: ignore[arg-type]
    bank.bank[key] = replace(bank.bank[key], review=review)
    bank.seen[key] += timedelta(seconds=1)


class FakeReviews:
    """A `ReviewPlace`.

    Attributes:
        parts: how many were approved or taken back at a time.
        problem: what stands in the way of the next part.
        before_part: is called before each.
    """

    def __init__(self, questions: FakeQuestions) -> None:
        self._questions = questions
        self.parts: list[int] = []
        self.problem: UserError | None = None
        self.before_part: Callable[[], None] = lambda: None

    def due(self) -> int:
        self._questions._reach()
        return sum(one.review.state is ReviewState.WAITING for one in self._questions.bank.values())

    def approve(self, rows: Sequence[Approval], words: str) -> Approved:
        self._begin(rows)
        done, left = [], []
        for key, seen in rows:
            draft = self._questions.bank[key]
            if seen != self._questions.seen[key] or not may_approve(QuestionStatus(draft.status), draft.review.state):
                left.append((key, "changed"))
                continue
            self._questions.bank[key] = replace(draft, status="active", stood="active")
            reviewed(self._questions, key, "Me", RemarkKind.APPROVED, words, state=ReviewState.APPROVED)
            done.append(Approval(key, self._questions.seen[key]))
        return Approved(tuple(done), tuple(left))

    def undo(self, rows: Sequence[Approval]) -> Approved:
        self._begin(rows)
        for key, _ in rows:
            self._questions.bank[key] = replace(self._questions.bank[key], status="draft", stood="draft")
            reviewed(self._questions, key, "Me", RemarkKind.UNDONE, state=ReviewState.WAITING)
        return Approved(tuple(rows))

    def reject(self, opened: Opened[QuestionDraft], words: str) -> None:
        key = UUID(opened.key)
        if opened.seen != self._questions.seen[key]:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.")
        reviewed(self._questions, key, "Me", RemarkKind.REJECTED, words, state=ReviewState.REJECTED)

    def remark(self, question: UUID, words: str) -> None:
        reviewed(self._questions, question, "Me", RemarkKind.REMARKED, words)

    def _begin(self, rows: Sequence[Approval]) -> None:
        self.before_part()
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem
        self.parts.append(len(rows))


class FakeOwnQuestions(FakeQuestions):
    """An `OwnQuestionPlace`: five questions, of which one waits, one was rejected and one is active."""

    def __init__(self) -> None:
        super().__init__()
        states = {
            3: Review(ReviewState.WAITING, remarks=(Remark(NOW, "Asha Rao", RemarkKind.SUBMITTED),)),
            4: Review(ReviewState.REJECTED, remarks=(Remark(NOW, "Meera Nair", RemarkKind.REJECTED, "Which unit?"),)),
        }
        self.bank = {
            UUID(int=n): question(n, status="draft", stood="draft", review=states.get(n, Review())) for n in range(1, 5)
        } | {UUID(int=5): question(5)}
        self.seen = {key: NOW - timedelta(minutes=key.int) for key in self.bank}

    def save(self, question: UUID, opened: Opened[QuestionDraft] | None, draft: QuestionDraft, reason: str) -> None:
        before = None if opened is None else opened.draft
        super().save(question, opened, draft, reason)
        if before is not None and before.status == "active":
            changed = Difference("topic", before.topic, draft.topic)
            review = Review(ReviewState.WRITTEN, change={"topic": draft.topic}, differences=(changed,))
            self.bank[question] = replace(self.bank[question], review=review)

    def changes(self, question: UUID) -> tuple[Change, ...]:
        return ()

    def due(self) -> int:
        self._reach()
        return sum(one.review.state is ReviewState.REJECTED for one in self.bank.values())

    def withdraw(self, opened: Opened[QuestionDraft]) -> None:
        self._reach()
        key = UUID(opened.key)
        if opened.draft.status == "draft":
            del self.bank[key]
        else:
            self.bank[key] = replace(self.bank[key], review=Review())

    def submit(self, opened: Opened[QuestionDraft], words: str) -> ReviewState:
        self._reach()
        reviewed(self, UUID(opened.key), "Asha Rao", RemarkKind.SUBMITTED, words, state=ReviewState.WAITING)
        return ReviewState.WAITING

    def take_back(self, opened: Opened[QuestionDraft]) -> None:
        self._reach()
        reviewed(self, UUID(opened.key), "Asha Rao", RemarkKind.TAKEN_BACK, state=ReviewState.WRITTEN)

    def remark(self, question: UUID, words: str) -> None:
        self._reach()
        reviewed(self, question, "Asha Rao", RemarkKind.REMARKED, words)
