"""The questions that a teacher writes: drafts, what waits, what was not approved and why, and what is in the bank.

So are the changes that she proposes of questions of other people; those that are active can be looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.question import PaperQuestion, QuestionStatus
from mv_desktop.domain.question_draft import QuestionDraft, QuestionRow
from mv_desktop.domain.question_review import (
    RemarkKind,
    ReviewState,
    Standing,
    may_remark,
    may_submit,
    may_withdraw,
    standing,
)
from mv_desktop.domain.record import Opened
from mv_desktop.ui.admin.act import Act, Once
from mv_desktop.ui.admin.question import QuestionPlace, QuestionSubject
from mv_desktop.ui.admin.question_review import REMARK, STANDINGS, remark_text, stale_facts, standing_of
from mv_desktop.ui.admin.record_pictures import PicturePlace
from mv_desktop.ui.admin.subject import Choice, Column
from mv_desktop.ui.text import tr, tr_count

SUBMIT = Act("record.submit", "Hand in", why=False)
TAKE_BACK = Act("record.take_back", "Take back", why=False)
_WHOSE = Choice("whose", "Whose", (("bank", "Everybody’s, active"),), usual="Mine")
_LISTED = (Standing.DRAFT, Standing.WAITING, Standing.REJECTED, Standing.ACTIVE, Standing.ARCHIVED)


class OwnQuestionPlace(QuestionPlace, Protocol):
    """As `offline.office.question_review.OwnQuestions`."""

    def due(self) -> int:
        """How many of hers were not approved."""
        ...

    def printed(self, questions: Sequence[UUID]) -> Sequence[PaperQuestion]:
        """These of hers as a paper would hold them."""
        ...

    def withdraw(self, opened: Opened[QuestionDraft]) -> None:
        """Take a draft away, or drop what a question was to become."""
        ...

    def submit(self, opened: Opened[QuestionDraft], words: str) -> ReviewState:
        """Hand it in."""
        ...

    def take_back(self, opened: Opened[QuestionDraft]) -> None:
        """It waits no more."""
        ...

    def remark(self, question: UUID, words: str) -> None:
        """Say something of it."""
        ...


class OwnQuestionSubject(QuestionSubject):
    """As the bank, without what only admins do. The line for the reason holds what is said along.

    Args:
        own: her questions.
        new_id: makes the ids of new ones.
        when: a moment as people say it today.
        pictures: takes and stores pictures; None for none.
        proposing: changes of questions of other people can be proposed.
    """

    kind = "own_question"
    title = "My questions"
    columns = (
        Column("Question"),
        Column("State", "Waits for approval"),
        Column("Class", "XII"),
        Column("Unit", "Relations and Func"),
        Column("Type", "MCQ MC"),
        Column("Marks", "5", figure=True),
    )
    choices = (
        _WHOSE,
        Choice("status", "State", tuple((str(where), STANDINGS[where]) for where in _LISTED)),
        *(choice for choice in QuestionSubject.choices if choice.name in {"class", "unit", "question_type"}),
    )
    fields = tuple(field for field in QuestionSubject.fields if field.name != "status")
    windows = ()  # they are about what only admins decide and see
    removable = True
    why = "Message"
    why_hint = "What you say of it, to the admins"
    reasoned = False
    logged = False

    def __init__(
        self,
        own: OwnQuestionPlace,
        new_id: IdSource,
        when: Callable[[datetime], str] = str,
        *,
        pictures: PicturePlace | None = None,
        proposing: bool = True,
    ) -> None:
        super().__init__(own, new_id, when=when, pictures=pictures, printed=own.printed)
        if not proposing:
            self.choices = tuple(choice for choice in self.choices if choice is not _WHOSE)
        self._own = own
        self.acts = (SUBMIT, TAKE_BACK, REMARK)

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def text(self, row: QuestionRow, column: int) -> str:
        if column == 1:
            return tr(STANDINGS[standing(row.status, row.review)])
        return super().text(row, column - (column > 1))

    def due(self) -> tuple[int, str]:
        words = tr_count(
            "{count} question was not approved: change it, and hand it in again.",
            "{count} questions were not approved: change them, and hand them in again.",
            self._due,
        )
        return self._due, words if self._due else ""

    def facts(self, draft: QuestionDraft) -> str:
        where = standing_of(draft)
        written = "" if draft.review.own else tr("Written by {name}.", name=draft.review.author or "–")
        lines = [" · ".join(filter(None, (tr(STANDINGS[where]), written))), *stale_facts(draft, self.labels)]
        if draft.review.remarks:
            told = next(
                (one for one in reversed(draft.review.remarks) if one.words or one.kind is not RemarkKind.SUBMITTED),
                draft.review.remarks[-1],
            )
            lines.append(remark_text(told, self._when))
        if where is Standing.ACTIVE:
            lines.append(self._answers(draft))
        return "\n".join(lines)

    def effect(self, draft: QuestionDraft, before: QuestionDraft | None) -> str:
        del draft
        if before is None:
            return ""
        where = standing_of(before)
        if where in {Standing.ACTIVE, Standing.CHANGED}:
            if not before.review.own:
                return tr(
                    "You propose a change: the question stays as it is until you hand it in and an admin approves."
                )
            return tr("The question stays as it is until the change is handed in and approved.")
        if where is Standing.WAITING:
            return tr("It goes on to wait, as it is then.")
        return tr("Hand it in again when it is right.") if where is Standing.REJECTED else ""

    def able(self, act: Act, draft: QuestionDraft) -> bool:
        if act is SUBMIT:
            return may_submit(QuestionStatus(draft.stood), draft.review)
        if act is REMARK:
            return may_remark(draft.review)
        return act is not TAKE_BACK or draft.review.state is ReviewState.WAITING

    def removable_now(self, draft: QuestionDraft) -> bool:
        return may_withdraw(QuestionStatus(draft.stood), draft.review)

    def asked_before_removal(self, draft: QuestionDraft) -> str:
        if draft.stood == QuestionStatus.DRAFT:
            return super().asked_before_removal(draft)
        return tr("Drop the change of “{name}”? The question stays as it is.", name=self.name(draft))

    def offered(self) -> Mapping[str, list[tuple[str, str]]]:
        return {"unit": list(super().offered()["unit"])}

    # -- on the lane -----------------------------------------------------------------------------------------

    def count_due(self) -> None:
        self._due = self._own.due()

    def act(self, act: Act, opened: Opened[QuestionDraft], reason: str, target: Path | None) -> Once | None:
        del target
        if act is SUBMIT:
            self._own.submit(opened, reason)
        elif act is TAKE_BACK:
            self._own.take_back(opened)
        else:
            self._own.remark(UUID(opened.key), reason)
        return None

    def remove(self, opened: Opened[QuestionDraft], reason: str) -> None:
        del reason
        self._own.withdraw(opened)

    def weigh_back(self, done: Opened[QuestionDraft]) -> Consequence:
        del done
        return Consequence("")

    def take_back(self, done: Opened[QuestionDraft], reason: str, seen: Consequence, moving: Sequence[Move]) -> str:
        """A draft is made again under its id, a dropped change is written again; neither is handed in."""
        del seen, moving
        key = UUID(done.key)
        if done.draft.stood == QuestionStatus.DRAFT:
            self._own.save(key, None, done.draft, reason)
        else:
            self._own.save(key, self._own.open(key), done.draft, reason)
        return ""
