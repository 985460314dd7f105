"""Faulty questions in memory, behind the office's port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import UserError
from mv_desktop.domain.adjustment import Adjustment, FaultProposal
from mv_desktop.domain.rescoring import AdjustmentPreview, QuestionFault, Rescoring, Result, ScoreChange

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)


class FakeFaults:
    """A `FaultPlace` over three exams, of which two have a result.

    Attributes:
        now: what was decided.
        problem: what stands in the way of deciding, once.
        asked: what was looked at, one by one: what was to hold, and up to which version.
        versions: by version, how many exams had it.
        behind: so many looks the worker still needs.
        trouble: what stands in the way of the next look, once.
        declined: which proposals, and why.
    """

    def __init__(self) -> None:
        self.now = QuestionFault()
        self.problem: UserError | None = None
        self.asked: list[tuple[Adjustment, int]] = []
        self.versions: tuple[tuple[int, int], ...] = ((1, 3),)
        self.behind = 0
        self.trouble: UserError | None = None
        self.declined: list[tuple[tuple[UUID, ...], str]] = []

    def propose(self, *what: Adjustment) -> None:
        """Coordinators propose this."""
        proposals = (
            FaultProposal(UUID(int=70 + number), "Board exam", one, "the figure is missing", "Meera Iyer", NOW)
            for number, one in enumerate(what)
        )
        self.now = replace(self.now, proposals=tuple(proposals))

    def due(self) -> int:
        return 1 if self.now.proposals else 0

    def fault(self, question: UUID) -> QuestionFault:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        last = self.now.last
        if last is not None and last.finished_at is None:
            self.behind -= 1
            if self.behind <= 0:
                self.now = replace(self.now, last=replace(last, done=3, rescored=2, finished_at=NOW))
        return self.now

    def preview(self, question: UUID, adjustment: Adjustment, through: int) -> AdjustmentPreview:
        self.asked.append((adjustment, through))
        before, after = Result(Decimal("3.5"), 80, Decimal("4.38")), Result(Decimal(5), 80, Decimal("6.25"))
        pair = (before, after) if adjustment is Adjustment.AWARD else (after, before)
        changes = [
            ScoreChange(UUID(int=n), f"Student {n}", "Board exam", *pair)
            for n in (1, 2)
        ]  # fmt: skip
        raised = 2 if adjustment is Adjustment.AWARD else 0
        left = adjustment is Adjustment.DROP and through == 9
        return AdjustmentPreview(
            3, 2, 3, self.versions, 2, 2, raised, 2 - raised, tuple(changes), nothing_left=left, fault=self.now
        )

    def adjust(self, question: UUID, seen: int, adjustment: Adjustment, through: int, reason: str) -> QuestionFault:
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem
        done = NOW if not self.behind else None
        far = (3, 2) if done else (1, 1)
        last = Rescoring(UUID(int=seen), adjustment, through, reason, "Priya Nair", NOW, 3, *far, done)
        holds = {} if adjustment is Adjustment.NONE else {adjustment: 2}
        self.now = QuestionFault(seen + 1, holds, last)
        return self.now

    def decline(self, question: UUID, proposals: Sequence[UUID], reason: str) -> QuestionFault:
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem
        self.declined.append((tuple(proposals), reason))
        left = tuple(one for one in self.now.proposals if one.proposal_id not in proposals)
        self.now = replace(self.now, seen=self.now.seen + len(proposals), proposals=left)
        return self.now
