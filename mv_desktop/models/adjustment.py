"""Faulty questions: what was proposed and decided about them, and the exams whose results that changed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint
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

    __table_args__ = (
        PrimaryKeyConstraint("template_id", "decision_number"),
        UniqueConstraint("proposal_id"),
        CheckConstraint("decision_number > 0", name="decision_number"),
        CheckConstraint("decision IN ('award', 'drop', 'none', 'declined')", name="decision"),
        CheckConstraint("decision <> 'declined' OR proposal_id IS NOT NULL", name="declined"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
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
