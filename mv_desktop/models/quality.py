"""Scripts that are marked a second time, and both marks of each of their questions (revision 032)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.question import QuestionType
from mv_desktop.models.base import Base, CreatedAt, Marks, NewUuid
from mv_desktop.models.enums import QUESTION_TYPE

_USER = "users.user_id"
_SAMPLE = "script_samples.evaluation_id"


class ScriptSample(Base):
    """A completed script that is marked a second time; `teacher_user_id` marked it first."""

    __tablename__ = "script_samples"

    evaluation_id: Mapped[UUID] = mapped_column(
        ForeignKey("evaluations.evaluation_id", ondelete="RESTRICT"), primary_key=True
    )
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="RESTRICT"))
    why: Mapped[str]
    reason: Mapped[str | None]
    chosen_by: Mapped[UUID | None] = mapped_column(ForeignKey(_USER, ondelete="RESTRICT"))
    chosen_at: Mapped[CreatedAt]
    tried_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("why IN ('first', 'share', 'asked')", name="why"),
        CheckConstraint(
            "(why = 'asked') = (chosen_by IS NOT NULL) AND (why = 'asked') = (reason IS NOT NULL)", name="asked"
        ),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
    )


class SecondMarking(Base):
    """Each time that a sample was given to somebody; open until it has an outcome. By the worker without `given_by`."""

    __tablename__ = "second_markings"

    marking_id: Mapped[NewUuid]
    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey(_SAMPLE, ondelete="RESTRICT"))
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="RESTRICT"))
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey(_USER, ondelete="RESTRICT"))
    given_at: Mapped[CreatedAt]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    comment: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("outcome IN ('marked', 'declined', 'taken_back')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_second_markings_live",
            "evaluation_id",
            unique=True,
            postgresql_where=text("outcome IS NULL OR outcome = 'marked'"),
        ),
        Index("ix_second_markings_evaluation_id", "evaluation_id"),
        Index("ix_second_markings_open", "teacher_user_id", postgresql_where=text("outcome IS NULL")),
    )


class SampleMark(Base):
    """A question of a sample: its marks when the script was chosen, and the second ones once there are some."""

    __tablename__ = "sample_marks"

    evaluation_id: Mapped[UUID] = mapped_column(ForeignKey(_SAMPLE, ondelete="RESTRICT"))
    question_number: Mapped[int]
    teacher_user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="RESTRICT"))
    question_id: Mapped[UUID]
    question_type: Mapped[QuestionType] = mapped_column(QUESTION_TYPE)
    marks_possible: Mapped[Marks]
    first_marks: Mapped[Marks]
    second_question_id: Mapped[UUID | None]
    second_marks: Mapped[Marks | None]
    second_comment: Mapped[str | None]
    marked_at: Mapped[datetime | None]

    __table_args__ = (
        PrimaryKeyConstraint("evaluation_id", "question_number"),
        CheckConstraint("first_marks BETWEEN 0 AND marks_possible", name="first"),
        CheckConstraint("second_marks >= 0", name="second"),
        CheckConstraint(
            "(marked_at IS NULL) = (second_marks IS NULL) AND (marked_at IS NULL) = (second_question_id IS NULL)",
            name="marked",
        ),
        Index(
            "ix_sample_marks_marked",
            "marked_at",
            "teacher_user_id",
            postgresql_where=text("marked_at IS NOT NULL"),
        ),
    )
