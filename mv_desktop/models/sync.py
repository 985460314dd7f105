"""Work in progress on the server, and the operations it came from (revision 003)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.annotation.document import AnyAnnotation
from mv_desktop.domain.annotation.shape import Annotation
from mv_desktop.domain.question import Stored
from mv_desktop.models.base import Base, BigCount, BigZero, CreatedAt, Marks, No, StampedAt, Zero
from mv_desktop.models.document import Document

_NOUGHT = text("0")
_EMPTY = text("''")


def _evaluation_key() -> ForeignKey:
    return ForeignKey("evaluations.evaluation_id", ondelete="CASCADE")


class MarkRegister(Base):
    """The mark of one question, or of one alternative ("" without alternatives), while a script is being marked."""

    __tablename__ = "mark_registers"

    evaluation_id: Mapped[UUID] = mapped_column(_evaluation_key(), primary_key=True)
    question_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    alternative: Mapped[str] = mapped_column(primary_key=True, server_default=_EMPTY)
    state: Mapped[str]
    marks: Mapped[Marks | None]
    comment: Mapped[str] = mapped_column(server_default=_EMPTY)
    version: Mapped[BigCount]
    last_stream: Mapped[UUID | None]
    last_operation: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("question_number > 0", name="question_number"),
        CheckConstraint("state IN ('follows_stamps', 'marked', 'not_attempted')", name="state"),
        CheckConstraint("marks >= 0", name="marks"),
        CheckConstraint("(state = 'marked') = (marks IS NOT NULL)", name="marked_has_marks"),
    )


class AnnotationRegister(Base):
    """One annotation while a script is being marked; `placed_seq` keeps the order of first placing."""

    __tablename__ = "annotation_registers"

    evaluation_id: Mapped[UUID] = mapped_column(_evaluation_key(), primary_key=True)
    annotation_id: Mapped[UUID] = mapped_column(primary_key=True)
    page_number: Mapped[int]
    pdf_page: Mapped[Zero]
    body: Mapped[Annotation] = mapped_column(Document(AnyAnnotation))
    deleted: Mapped[No]
    version: Mapped[BigCount]
    last_stream: Mapped[UUID | None]
    last_operation: Mapped[UUID | None]
    placed_seq: Mapped[BigCount]

    __table_args__ = (CheckConstraint("page_number > 0 AND pdf_page >= 0", name="page"),)


class PageRegister(Base):
    """How long a page was seen, and which questions are on it, while a script is being marked."""

    __tablename__ = "page_registers"

    evaluation_id: Mapped[UUID] = mapped_column(_evaluation_key(), primary_key=True)
    page_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pdf_page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=_NOUGHT)
    seen_seconds: Mapped[Decimal] = mapped_column(Numeric(), server_default=_NOUGHT)
    largest_share: Mapped[Decimal] = mapped_column(Numeric(), server_default=_NOUGHT)
    question_numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer()))
    version: Mapped[BigCount]

    __table_args__ = (
        CheckConstraint("page_number > 0 AND pdf_page >= 0", name="page"),
        CheckConstraint("seen_seconds >= 0 AND largest_share BETWEEN 0 AND 1", name="seen"),
    )


class MarkConflict(Base):
    """A mark held beside the one that counts, because another computer of the teacher's had said otherwise before."""

    __tablename__ = "mark_conflicts"

    held_operation: Mapped[UUID] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(_evaluation_key())
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    stream_id: Mapped[UUID]
    question_number: Mapped[int]
    alternative: Mapped[str]
    held_state: Mapped[str]
    held_marks: Mapped[Marks | None]
    held_comment: Mapped[str]
    version: Mapped[BigCount]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    kept_state: Mapped[str | None]
    kept_marks: Mapped[Marks | None]
    kept_comment: Mapped[str | None]
    opened_at: Mapped[StampedAt]

    __table_args__ = (
        CheckConstraint("state IN ('open', 'resolved', 'superseded', 'left')", name="state"),
        Index("ix_mark_conflicts_evaluation", "evaluation_id", "state"),
    )


class OperationStream(Base):
    """One journal: one person on one computer, and how far the server has heard it."""

    __tablename__ = "streams"

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    last_seq: Mapped[BigZero]
    last_estimate: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class ClockBeacon(Base):
    """A moment of the server's clock that was told to a person's computer."""

    __tablename__ = "clock_beacons"

    beacon_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    issued_at: Mapped[StampedAt]

    __table_args__ = (Index("ix_clock_beacons_user", "user_id", "issued_at"),)


class OperationPayload(Stored):
    """`applied_operations.payload`: its fields depend on the kind (`domain/operation.py`); all are kept as sent."""


class VerdictDetail(Stored):
    """`applied_operations.detail`: what the verdict's reason is about, for example the questions without a mark."""


class AppliedOperation(Base):
    """One operation as it arrived, and its verdict; rows are added only.

    No foreign key binds the evaluation: what was refused may name one that never was.
    """

    __tablename__ = "applied_operations"

    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(ForeignKey("streams.stream_id", ondelete="RESTRICT"))
    seq: Mapped[BigCount]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    evaluation_id: Mapped[UUID]
    assignment_version: Mapped[int]
    base_version: Mapped[BigCount]
    kind: Mapped[str]
    operation_schema: Mapped[int]
    payload: Mapped[OperationPayload] = mapped_column(Document(OperationPayload))
    claimed_at: Mapped[datetime | None]
    estimated_at: Mapped[datetime | None]
    estimate_quality: Mapped[str]
    received_at: Mapped[StampedAt]
    verdict: Mapped[str]
    reason: Mapped[str | None]
    detail: Mapped[VerdictDetail | None] = mapped_column(Document(VerdictDetail))
    new_version: Mapped[BigCount]

    __table_args__ = (
        UniqueConstraint("stream_id", "seq", name="uq_applied_operations_stream_id"),
        CheckConstraint("estimate_quality IN ('monotonic', 'wall', 'none')", name="estimate_quality"),
        CheckConstraint("verdict IN ('applied', 'kept', 'refused', 'held', 'conflict')", name="verdict"),
        Index("ix_applied_operations_evaluation", "evaluation_id", "received_at"),
        Index("ix_applied_operations_user", "user_id", "received_at"),
        Index(
            "ix_applied_operations_kept",
            "evaluation_id",
            "user_id",
            "assignment_version",
            postgresql_where=text("verdict = 'kept'"),
        ),
        Index("ix_applied_operations_refused", "received_at", postgresql_where=text("verdict = 'refused'")),
    )
