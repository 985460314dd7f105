"""The comment bank (revision 005)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.question import Stored
from mv_desktop.models.base import Base, BigZero, CreatedAt, Marks, No, StampedAt, Zero
from mv_desktop.models.document import Document


def _user_key() -> ForeignKey:
    return ForeignKey("users.user_id", ondelete="RESTRICT")


class BankCommentRow(Base):
    """One comment; `changed_in` and `was_shared` are kept by a trigger."""

    __tablename__ = "bank_comments"

    comment_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_user_id: Mapped[UUID] = mapped_column(_user_key())
    changed_by: Mapped[UUID] = mapped_column(_user_key())
    text: Mapped[str]
    marks: Mapped[Marks | None]
    question_id: Mapped[UUID | None]
    shared: Mapped[No]
    archived: Mapped[No]
    was_shared: Mapped[No]
    copy_of: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default=sql_text("1"))
    uses: Mapped[Zero]
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]
    changed_in: Mapped[BigZero]

    __table_args__ = (
        CheckConstraint("length(text) BETWEEN 1 AND 2000", name="text"),
        CheckConstraint("marks BETWEEN 0 AND 100 AND marks % 0.5 = 0", name="marks"),
        CheckConstraint("version > 0 AND uses >= 0", name="version"),
        Index("ix_bank_comments_owner", "owner_user_id"),
        Index("ix_bank_comments_changed_in", "changed_in"),
    )


class CommentUse(Base):
    """How often one person used a comment."""

    __tablename__ = "comment_uses"

    comment_id: Mapped[UUID] = mapped_column(
        ForeignKey("bank_comments.comment_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(_user_key(), primary_key=True)
    uses: Mapped[Zero]


class CommentEnvelope(Stored):
    """`comment_changes.payload` and `.answer`: kept as they were sent and answered."""


class CommentChangeRow(Base):
    """One change as it arrived, and what was answered; rows are added only."""

    __tablename__ = "comment_changes"

    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(_user_key())
    comment_id: Mapped[UUID | None]
    kind: Mapped[str]
    payload: Mapped[CommentEnvelope] = mapped_column(Document(CommentEnvelope))
    answer: Mapped[CommentEnvelope] = mapped_column(Document(CommentEnvelope))
    received_at: Mapped[StampedAt]

    __table_args__ = (Index("ix_comment_changes_comment", "comment_id", "received_at"),)
