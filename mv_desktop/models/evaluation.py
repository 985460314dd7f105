"""Evaluations: who marks which script until when, and the marks that stand in the end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.annotation.document import AnnotationDocument
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.question import QuestionType
from mv_desktop.models.base import Base, BigZero, CreatedAt, Marks, Name100, NewUuid, No, Score, UpdatedAt
from mv_desktop.models.document import Document
from mv_desktop.models.enums import EVALUATION_STATUS, QUESTION_TYPE


class Evaluation(Base):
    """One script in one teacher's hands.

    From `assignment_version` on, the columns came with revision 003: the assignment it is in, the count of applied
    operations, and what is known of the moment of submission; the last two are the deadlines of which it was told
    that they have passed or will not be kept.
    """

    __tablename__ = "evaluations"

    evaluation_id: Mapped[NewUuid]
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="RESTRICT"))
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    assigned_at: Mapped[CreatedAt]
    sla_deadline: Mapped[datetime]
    sla_hours_allocated: Mapped[int]
    sla_breached: Mapped[No]
    status: Mapped[EvaluationStatus] = mapped_column(EVALUATION_STATUS, server_default=text("'assigned'"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    total_manual_marks: Mapped[Score | None]
    annotation_data: Mapped[AnnotationDocument | None] = mapped_column(Document(AnnotationDocument))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    assignment_version: Mapped[int] = mapped_column(server_default=text("1"))
    version: Mapped[BigZero]
    submitted_claimed_at: Mapped[datetime | None]
    submitted_estimated_at: Mapped[datetime | None]
    submitted_quality: Mapped[str | None]
    submitted_punctuality: Mapped[str | None]
    breach_noticed: Mapped[datetime | None]
    risk_noticed: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("exam_instance_id", name="uq_evaluations_exam_instance_id"),
        CheckConstraint("sla_hours_allocated IN (24, 48)", name="sla_hours"),
        CheckConstraint("total_manual_marks >= 0", name="total_manual_marks"),
        CheckConstraint("assignment_version > 0", name="assignment_version"),
        CheckConstraint(
            "submitted_punctuality IN ('on_time', 'on_time_sent_later', 'claimed', 'late')", name="punctuality"
        ),
        Index("ix_evaluations_teacher", "teacher_user_id"),
        Index("ix_evaluations_status", "status"),
        Index("ix_evaluations_teacher_status", "teacher_user_id", "status"),
        Index("ix_evaluations_deadline", "sla_deadline", "status", postgresql_where=text("status <> 'completed'")),
        Index("ix_evaluations_due", "sla_deadline"),
        Index("ix_evaluations_completed", "completed_at", postgresql_where=text("status = 'completed'")),
        Index(
            "ix_evaluations_queue",
            "teacher_user_id",
            "sla_deadline",
            postgresql_where=text("status IN ('assigned', 'in_progress')"),
        ),
        Index(
            "ix_evaluations_finished",
            "teacher_user_id",
            text("completed_at DESC"),
            text("evaluation_id DESC"),
            postgresql_where=text("status = 'completed'"),
        ),
    )


class QuestionMark(Base):
    """The final mark of one written question."""

    __tablename__ = "question_marks"

    mark_id: Mapped[NewUuid]
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="CASCADE"))
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="RESTRICT"))
    question_number: Mapped[int]
    question_id: Mapped[UUID]
    question_type: Mapped[QuestionType] = mapped_column(QUESTION_TYPE)
    unit: Mapped[Name100 | None]
    marks_awarded: Mapped[Marks]
    marks_possible: Mapped[Marks]
    teacher_comment: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("evaluation_id", "question_number", name="uq_question_marks_question"),
        CheckConstraint("question_number > 0", name="question_number"),
        CheckConstraint("marks_awarded >= 0", name="marks_awarded"),
        CheckConstraint("marks_possible > 0", name="marks_possible"),
        CheckConstraint("marks_awarded <= marks_possible", name="within_possible"),
        Index("ix_question_marks_evaluation", "evaluation_id"),
        Index("ix_question_marks_exam", "exam_instance_id"),
        Index("ix_question_marks_question", "question_id"),
        Index("ix_question_marks_unit", "unit"),
        Index(
            "ix_question_marks_written", "created_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}
        ),
    )


class EvaluationAssignment(Base):
    """One assignment of a script to a teacher; a trigger on `evaluations` writes it (revision 003)."""

    __tablename__ = "evaluation_assignments"

    evaluation_id: Mapped[UUID] = mapped_column(
        ForeignKey("evaluations.evaluation_id", ondelete="CASCADE"), primary_key=True
    )
    assignment_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    assigned_at: Mapped[CreatedAt]
    reason: Mapped[str | None]

    __table_args__ = (
        Index("ix_evaluation_assignments_teacher", "teacher_user_id"),
        Index("ix_evaluation_assignments_day", "assigned_at", "teacher_user_id"),
        Index(
            "ix_evaluation_assignments_again",
            "evaluation_id",
            "assignment_version",
            postgresql_where=text("assignment_version > 1"),
        ),
    )


class EvaluationClock(Base):
    """When a script became complete, which starts its SLA; fixed once (revision 003).

    The others came with revision 024 and are of the time before its evaluation: when it was told that nobody can be
    given it, and the deadlines of which it was told that they come near or have passed.
    """

    __tablename__ = "evaluation_clock"

    exam_instance_id: Mapped[UUID] = mapped_column(
        ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"), primary_key=True
    )
    received_at: Mapped[datetime]
    unassigned_noticed: Mapped[datetime | None]
    risk_noticed: Mapped[datetime | None]
    breach_noticed: Mapped[datetime | None]

    __table_args__ = (Index("ix_evaluation_clock_received", "received_at"),)


class EvaluationFlag(Base):
    """Something a teacher reported about a script, one of its pages or a spot on it (revision 003).

    From `x` on, the columns came with revision 004. `x` and `y` are fractions of the unrotated page.
    """

    __tablename__ = "evaluation_flags"

    flag_id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="CASCADE"))
    page_number: Mapped[int | None]
    pdf_page: Mapped[int | None]
    reason: Mapped[str]
    comment: Mapped[str] = mapped_column(server_default=text("''"))
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    raised_at: Mapped[CreatedAt]
    x: Mapped[float | None]
    y: Mapped[float | None]
    withdrawn_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    answer: Mapped[str] = mapped_column(server_default=text("''"))

    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        CheckConstraint(
            "CASE WHEN x IS NULL AND y IS NULL THEN true"
            " ELSE coalesce(x BETWEEN 0 AND 1 AND y BETWEEN 0 AND 1 AND page_number > 0, false) END",
            name="spot",
        ),
        CheckConstraint("answer = '' OR answered_at IS NOT NULL", name="answer"),
        Index("ix_evaluation_flags_evaluation", "evaluation_id"),
    )


class EvaluationHold(Base):
    """A script that nobody marks for now: handed back by its teacher, or withdrawn (revision 004)."""

    __tablename__ = "evaluation_holds"

    hold_id: Mapped[NewUuid]
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("evaluations.evaluation_id", ondelete="CASCADE"))
    assignment_version: Mapped[int]
    kind: Mapped[str]
    reason: Mapped[str]
    comment: Mapped[str] = mapped_column(server_default=text("''"))
    held_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    held_since: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('handed_back', 'withdrawn')", name="kind"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("uq_evaluation_holds_open", "evaluation_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_evaluation_holds_evaluation", "evaluation_id"),
    )
