"""What coordinators leave behind: copies of what was final, returns, moved deadlines, decisions about kept work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.evaluation_copy import CopiedRow, CopiedRows
from mv_desktop.models.base import Base, CreatedAt, NewUuid, StampedAt
from mv_desktop.models.document import Document


class EvaluationVersion(Base):
    """A completed evaluation as it was before it was opened again."""

    __tablename__ = "evaluation_versions"

    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="RESTRICT"))
    version_number: Mapped[int]
    reason: Mapped[str]
    copied_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    copied_at: Mapped[CreatedAt]
    written_in: Mapped[int] = mapped_column(BigInteger)
    evaluation: Mapped[CopiedRow] = mapped_column(Document(CopiedRow))
    exam: Mapped[CopiedRow] = mapped_column(Document(CopiedRow))
    marks: Mapped[CopiedRows] = mapped_column(Document(CopiedRows))
    work: Mapped[CopiedRow] = mapped_column(Document(CopiedRow))

    __table_args__ = (
        PrimaryKeyConstraint("evaluation_id", "version_number"),
        CheckConstraint("version_number > 0", name="number"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
    )


class EvaluationReturn(Base):
    """Questions that a coordinator returned to the teacher who had completed the script."""

    __tablename__ = "evaluation_returns"

    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="RESTRICT"))
    assignment_version: Mapped[int]
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    questions: Mapped[CopiedRows] = mapped_column(Document(CopiedRows))
    reason: Mapped[str]
    returned_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    returned_at: Mapped[CreatedAt]

    __table_args__ = (
        PrimaryKeyConstraint("evaluation_id", "assignment_version"),
        CheckConstraint("jsonb_typeof(questions) = 'array' AND questions <> '[]'", name="questions"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
    )


class DeadlineChange(Base):
    """A deadline extended or excused by a person, given anew with a return, or moved with the calendar."""

    __tablename__ = "deadline_changes"

    change_id: Mapped[NewUuid]
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="RESTRICT"))
    kind: Mapped[str]
    deadline_before: Mapped[datetime]
    deadline_after: Mapped[datetime]
    reason: Mapped[str]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    changed_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("kind IN ('extended', 'excused', 'returned', 'moved')", name="kind"),
        CheckConstraint("(kind = 'excused') = (deadline_before = deadline_after)", name="moves"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("ix_deadline_changes_evaluation", "evaluation_id", "changed_at"),
    )


class KeptDecision(Base):
    """What was decided about a part of an operation that was kept: that of one question, 0 for what is of none."""

    __tablename__ = "kept_decisions"

    op_id: Mapped[UUID] = mapped_column(ForeignKey("applied_operations.op_id", ondelete="RESTRICT"))
    question_number: Mapped[int]
    decision_number: Mapped[int]
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="RESTRICT"))
    decision: Mapped[str]
    assignment_version: Mapped[int]
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    decided_at: Mapped[StampedAt]

    __table_args__ = (
        PrimaryKeyConstraint("op_id", "question_number", "decision_number"),
        CheckConstraint("question_number >= 0", name="question_number"),
        CheckConstraint("decision_number > 0", name="decision_number"),
        CheckConstraint("decision IN ('taken', 'declined')", name="decision"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("ix_kept_decisions_evaluation", "evaluation_id", "decided_at"),
    )
