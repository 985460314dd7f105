"""Exams as the office looks at them: whose, where each stands, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from mv_desktop.domain.case import CaseKind
from mv_desktop.domain.exam import ExamStatus

MOST_EXAMS = 200
"""So many of a student or a template are listed, the newest."""


@dataclass(frozen=True, slots=True)
class ExamRecord:
    """One exam.

    Attributes:
        code: of its script.
        template, student: by name.
        made_at: when its paper was made; all moments are aware.
        began_at, handed_in_at: None before that.
        marks: that can be earned.
        choices, written, score: what was earned; None where nothing says so yet.
        percentage: of the result.
        pages: files that came.
        teacher: who has the script, had it last, or marked it; "" where it was never given to anybody.
        due_at: the deadline of that; None where it was never given to anybody.
        late: the deadline has passed, or had when the script was completed.
        marked_at: None while it is not completed.
        held: it was handed back, or withdrawn, and nobody has it now.
        stuck: it cannot be scored, which the worker has written into the audit log.
    """

    exam: UUID
    code: str
    template: str
    student: str
    made_at: datetime
    status: ExamStatus
    marks: int
    began_at: datetime | None = None
    handed_in_at: datetime | None = None
    choices: Decimal | None = None
    written: Decimal | None = None
    score: Decimal | None = None
    percentage: Decimal | None = None
    pages: int = 0
    teacher: str = ""
    due_at: datetime | None = None
    late: bool = False
    marked_at: datetime | None = None
    held: CaseKind | None = None
    stuck: bool = False

    @property
    def done(self) -> bool:
        """It has its result."""
        return self.status is ExamStatus.EVALUATED
