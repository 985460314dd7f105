"""Which database login is whom (revisions 003 and 007)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.models.base import Base, CreatedAt, No, RoleName


class StaffLogin(Base):
    """The login role of one member of staff; the row stays when the account is closed, so that sent work is kept."""

    __tablename__ = "staff_logins"

    login_name: Mapped[str] = mapped_column(RoleName(), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    created_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None]
    must_change_password: Mapped[No]
    locked_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("user_id", name="uq_staff_logins_user_id"),)
