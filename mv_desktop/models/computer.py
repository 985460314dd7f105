"""Computers on which members of staff have a file (revision 014)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.models.base import Base, CreatedAt


class ComputerRow(Base):
    """One person's file on one computer; `left_behind` operations could not be sent when it was wiped."""

    __tablename__ = "computers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    computer_id: Mapped[UUID]
    name: Mapped[str]
    program: Mapped[str]
    first_seen_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    reason: Mapped[str | None]
    wiped_at: Mapped[datetime | None]
    left_behind: Mapped[int | None]

    __table_args__ = (
        PrimaryKeyConstraint("user_id", "computer_id"),
        CheckConstraint("length(name) <= 100 AND length(program) <= 100", name="name"),
        CheckConstraint("(revoked_at IS NULL) = (reason IS NULL)", name="revoked"),
        CheckConstraint("(wiped_at IS NULL) = (left_behind IS NULL) AND left_behind >= 0", name="wiped"),
    )
