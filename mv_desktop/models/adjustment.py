"""Faulty questions: what was proposed and decided about them, and the exams whose results that changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.adjustment import AdjustedQuestion
from mv_desktop.models.base import Base, Marks, NewUuid, Score, StampedAt
from mv_desktop.models.document import Document


class QuestionProposal(Base):
    """What a coordinator proposed about a question in all exams of a template; open until a decision names it."""

    __tablename__ = "question_proposals"

    proposal_id: Mapped[NewUuid]
    template_id: Mapped[UUID] = mapped_column(ForeignKey("exam_templates.template_id", ondelete="RESTRICT"))
    question_id: Mapped[UUID]
    adjustment: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    proposed_at: Mapped[StampedAt]

    __table_args__ = (
        CheckConstraint("adjustment IN ('award', 'drop')", name="adjustment"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("ix_question_proposals_template", "template_id", "question_id"),
        Index("ix_question_proposals_question", "question_id"),
    )


class QuestionDecision(Base):
    """What an admin decided; the latest of a question that was not `declined` holds."""

    __tablename__ = "question_decisions"

    template_id: Mapped[UUID] = mapped_column(ForeignKey("exam_templates.template_id", ondelete="RESTRICT"))
    decision_number: Mapped[int]
    question_id: Mapped[UUID]
    decision: Mapped[str]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("question_proposals.proposal_id", ondelete="RESTRICT"))
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    decided_at: Mapped[StampedAt]
    through_version: Mapped[int | None]

    __table_args__ = (
        PrimaryKeyConstraint("template_id", "decision_number"),
        UniqueConstraint("proposal_id"),
        CheckConstraint("decision_number > 0", name="decision_number"),
        CheckConstraint("decision IN ('award', 'drop', 'none', 'declined')", name="decision"),
        CheckConstraint("decision <> 'declined' OR proposal_id IS NOT NULL", name="declined"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        CheckConstraint("through_version > 0", name="through_version"),
        Index("ix_question_decisions_question", "question_id", "template_id", "decision_number"),
    )


class QuestionRescoring(Base):
    """The work of a decision for every exam that had a question (054): exams up to `after`, by id, are done."""

    __tablename__ = "question_rescorings"

    rescoring_id: Mapped[NewUuid]
    question_id: Mapped[UUID]
    adjustment: Mapped[str]
    through_version: Mapped[int]
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    decided_at: Mapped[StampedAt]
    exams: Mapped[int]
    after: Mapped[UUID | None]
    done: Mapped[int] = mapped_column(server_default=text("0"))
    rescored: Mapped[int] = mapped_column(server_default=text("0"))
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("adjustment IN ('award', 'drop', 'none')", name="adjustment"),
        CheckConstraint("through_version > 0", name="through_version"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        CheckConstraint("done >= 0 AND rescored BETWEEN 0 AND done", name="done"),
        Index("uq_question_rescorings_open", "question_id", unique=True, postgresql_where=text("finished_at IS NULL")),
        Index("ix_question_rescorings_question", "question_id", "decided_at"),
    )


class PaperQuestionPlace(Base):
    """Where a question stands in a paper, also as one side of an either/or question; written with it by trigger."""

    __tablename__ = "paper_questions"

    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"))
    question_number: Mapped[int]
    question_id: Mapped[UUID]
    version: Mapped[int]

    __table_args__ = (
        PrimaryKeyConstraint("exam_instance_id", "question_number", "question_id"),
        Index("ix_paper_questions_question", "question_id", "exam_instance_id"),
    )


class ExamAdjustment(Base):
    """An exam whose result is adjusted now, with its result as it is without that. Written by trigger alone."""

    __tablename__ = "exam_adjustments"

    exam_instance_id: Mapped[UUID] = mapped_column(
        ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"), primary_key=True
    )
    decision_number: Mapped[int]
    questions: Mapped[tuple[AdjustedQuestion, ...]] = mapped_column(Document(tuple[AdjustedQuestion, ...]))
    total_marks: Mapped[int]
    mcq_score: Mapped[Score | None]
    manual_score: Mapped[Score | None]
    total_score: Mapped[Score | None]
    percentage: Mapped[Marks | None]
    adjusted_at: Mapped[StampedAt]

    __table_args__ = (
        CheckConstraint("decision_number > 0", name="decision_number"),
        CheckConstraint("jsonb_typeof(questions) = 'array' AND questions <> '[]'", name="questions"),
    )
