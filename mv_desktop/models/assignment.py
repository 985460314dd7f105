"""What teachers take on, and whose scripts they may not mark (revision 023)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.models.base import Base


class TeacherLimit(Base):
    """How many scripts a day and which classes; without a row, or with NULL, all of them."""

    __tablename__ = "teacher_limits"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"), primary_key=True)
    daily_limit: Mapped[int | None]
    classes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))

    __table_args__ = (
        CheckConstraint("daily_limit >= 0", name="daily"),
        CheckConstraint("classes <@ ARRAY['X', 'XII']", name="classes"),
    )


class TeacherConflict(Base):
    """A student whose scripts a teacher may not mark."""

    __tablename__ = "teacher_conflicts"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    student_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))

    __table_args__ = (
        PrimaryKeyConstraint("user_id", "student_user_id"),
        Index("ix_teacher_conflicts_student", "student_user_id"),
    )
