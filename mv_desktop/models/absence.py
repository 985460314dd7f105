"""When a teacher is away (revision 006)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.models.base import Base, CreatedAt, UpdatedAt


class TeacherAbsence(Base):
    """A teacher is away from `first_day` on and back on `return_day`, days of the school's zone."""

    __tablename__ = "teacher_absences"

    absence_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    first_day: Mapped[date]
    return_day: Mapped[date]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("first_day < return_day", name="days"),
        CheckConstraint("length(note) <= 500", name="note"),
        ExcludeConstraint(
            ("user_id", "="),
            (text("daterange(first_day, return_day)"), "&&"),
            name="ex_teacher_absences_days",
        ),
    )
