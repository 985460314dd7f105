"""Exams that students sit: the frozen paper, answers to choices, uploaded pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.exam import ExamSnapshot, ExamStatus, ExamType
from mv_desktop.models.base import (
    Base,
    BigCount,
    CreatedAt,
    Marks,
    Name100,
    NewUuid,
    Score,
    Text10,
    Text255,
    UpdatedAt,
    Yes,
)
from mv_desktop.models.document import Document
from mv_desktop.models.enums import EXAM_STATUS, EXAM_TYPE

_NOUGHT = text("0")


_SCRIPT = (
    "(((('x'::text || substr(exam_instance_id::text, 1, 8)))::bit(32)::bigint * 16777216"
    " + ((('x'::text || substr(exam_instance_id::text, 10, 4)) || substr(exam_instance_id::text, 15, 4)))"
    "::bit(32)::bigint * 4194304"
    " + ((('x'::text || substr(exam_instance_id::text, 20, 4)) || substr(exam_instance_id::text, 25, 4)))"
    "::bit(32)::bigint * 10485760"
    " + (('x'::text || substr(exam_instance_id::text, 29, 8)))::bit(32)::bigint) % 18874368::bigint)"
)
"""A script's code as a number: what the id leaves when it is divided by 24² · 32³. In the form in which PostgreSQL says
it, because the models are compared with that."""


class ExamInstance(Base):
    """One student's exam. A trigger refuses every change of `exam_snapshot`."""

    __tablename__ = "exam_instances"

    exam_instance_id: Mapped[NewUuid]
    student_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    template_id: Mapped[UUID] = mapped_column(ForeignKey("exam_templates.template_id", ondelete="RESTRICT"))
    exam_snapshot: Mapped[ExamSnapshot] = mapped_column(Document(ExamSnapshot))
    exam_type: Mapped[ExamType] = mapped_column(EXAM_TYPE)
    class_name: Mapped[Text10] = mapped_column("class")
    total_marks: Mapped[int]
    duration_minutes: Mapped[int]
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    time_taken_minutes: Mapped[int | None]
    status: Mapped[ExamStatus] = mapped_column(EXAM_STATUS, server_default=text("'created'"))
    mcq_score: Mapped[Score | None] = mapped_column(server_default=_NOUGHT)
    manual_score: Mapped[Score | None] = mapped_column(server_default=_NOUGHT)
    total_score: Mapped[Score | None] = mapped_column(server_default=_NOUGHT)
    percentage: Mapped[Marks | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("submitted_at >= started_at", name="submitted_after_start"),
        CheckConstraint("mcq_score >= 0", name="mcq_score"),
        CheckConstraint("manual_score >= 0", name="manual_score"),
        CheckConstraint("total_score >= 0", name="total_score"),
        CheckConstraint("percentage BETWEEN 0 AND 100", name="percentage"),
        CheckConstraint("total_score <= total_marks", name="total_within_marks"),
        Index("ix_exam_instances_student", "student_user_id"),
        Index("ix_exam_instances_status", "status"),
        Index("ix_exam_instances_student_status", "student_user_id", "status"),
        Index("ix_exam_instances_created", text("created_at DESC")),
        Index(
            "ix_exam_instances_submitted",
            text("submitted_at DESC"),
            postgresql_where=text("submitted_at IS NOT NULL"),
        ),
        Index(
            "ix_exam_instances_ranking",
            "class",
            text("percentage DESC"),
            postgresql_where=text("status = 'evaluated'"),
        ),
        Index("ix_exam_instances_template", "template_id"),
        Index("ix_exam_instances_script", text(_SCRIPT)),
        Index(
            "ix_exam_instances_choices_only",
            "submitted_at",
            "exam_instance_id",
            postgresql_where=text(
                "status = 'submitted_mcq'"
                """ AND NOT jsonb_path_exists(exam_snapshot, '$.questions[*] ? (@.question_type != "MCQ")')"""
            ),
        ),
    )


class StudentMcqAnswer(Base):
    """What a student chose for one MCQ, and what it earned."""

    __tablename__ = "student_mcq_answers"

    answer_id: Mapped[NewUuid]
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"))
    question_number: Mapped[int]
    question_id: Mapped[UUID]
    selected_choices: Mapped[tuple[str, ...]] = mapped_column(Document(tuple[str, ...]))
    is_correct: Mapped[bool]
    marks_awarded: Mapped[Marks]
    marks_possible: Mapped[Marks]
    answered_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("exam_instance_id", "question_number", name="uq_student_mcq_answers_question"),
        CheckConstraint("question_number > 0", name="question_number"),
        CheckConstraint("marks_awarded >= 0", name="marks_awarded"),
        CheckConstraint("marks_possible > 0", name="marks_possible"),
        Index("ix_student_mcq_answers_exam", "exam_instance_id"),
        Index("ix_student_mcq_answers_question", "question_id"),
    )


class AnswerSheetUpload(Base):
    """One uploaded file of a script: a picture, or a PDF with several pages."""

    __tablename__ = "answer_sheet_uploads"

    upload_id: Mapped[NewUuid]
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"))
    student_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    page_number: Mapped[int]
    s3_bucket: Mapped[Text255]
    s3_key: Mapped[str]
    file_size_bytes: Mapped[BigCount | None]
    mime_type: Mapped[Name100 | None]
    questions_on_page: Mapped[tuple[int, ...] | None] = mapped_column(Document(tuple[int, ...]))
    uploaded_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("exam_instance_id", "page_number", name="uq_answer_sheet_uploads_page"),
        CheckConstraint("page_number > 0", name="page_number"),
        CheckConstraint("file_size_bytes > 0", name="file_size"),
        Index("ix_answer_sheet_uploads_exam", "exam_instance_id"),
        Index("ix_answer_sheet_uploads_key", "s3_key"),
        Index("ix_answer_sheet_uploads_student", "student_user_id"),
    )


class UnansweredQuestion(Base):
    """A question that the student declared unanswered."""

    __tablename__ = "unanswered_questions"

    record_id: Mapped[NewUuid]
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"))
    question_number: Mapped[int]
    declared_unanswered: Mapped[Yes]
    declared_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("exam_instance_id", "question_number", name="uq_unanswered_questions_question"),
        CheckConstraint("question_number > 0", name="question_number"),
        Index("ix_unanswered_questions_exam", "exam_instance_id"),
    )
