"""People."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.person import UserRole
from mv_desktop.models.base import Base, CreatedAt, Name100, NewUuid, No, Text10, Text20, Text255, UpdatedAt, Yes
from mv_desktop.models.enums import USER_ROLE


class User(Base):
    """A student, parent, teacher or admin. People are deactivated or anonymised, never deleted.

    `is_coordinator` came with revision 003; `password_hash` belongs to the web platform ("!" matches no password).
    """

    __tablename__ = "users"

    user_id: Mapped[NewUuid]
    email: Mapped[Text255]
    password_hash: Mapped[Text255] = mapped_column(deferred=True, deferred_raiseload=True)
    role: Mapped[UserRole] = mapped_column(USER_ROLE)
    first_name: Mapped[Name100]
    last_name: Mapped[Name100]
    phone: Mapped[Text20 | None]
    student_class: Mapped[Text10 | None]
    student_photo_url: Mapped[str | None]
    school_name: Mapped[Text255 | None]
    is_active: Mapped[Yes]
    email_verified: Mapped[No]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    last_login_at: Mapped[datetime | None]
    is_coordinator: Mapped[No]

    __table_args__ = (
        CheckConstraint("role <> 'student' OR student_class IS NOT NULL", name="student_has_class"),
        CheckConstraint("NOT is_coordinator OR role IN ('teacher', 'admin')", name="coordinator_is_staff"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("ix_users_role", "role"),
        Index("ix_users_active", "last_name", "first_name", postgresql_where=text("is_active")),
        Index("ix_users_role_name", "role", "last_name", "first_name", "user_id"),
        Index("ix_users_closed", "role", "last_name", "first_name", "user_id", postgresql_where=text("NOT is_active")),
        Index(
            "ix_users_words",
            literal_column(  # with the parentheses that PostgreSQL gives it, by which it is compared
                "(' ' || lower((((((((first_name || ' ') || last_name) || ' ') || email) || ' ')"
                " || coalesce(phone, '')) || ' ') || coalesce(school_name, '')))"
            ).label("words"),
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        ),
        Index("ix_users_student_class", "student_class", postgresql_where=text("student_class IS NOT NULL")),
    )
