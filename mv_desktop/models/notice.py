"""What people are told, and the mails that told them (revision 017)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.notice import NoticeData
from mv_desktop.models.base import Base, CreatedAt, NewUuid, No, StampedAt, Zero
from mv_desktop.models.document import Document

_USER = "users.user_id"


class NoticeReader(Base):
    """How a person is told: the secret channel that wakes her program, her language, when she was last written to."""

    __tablename__ = "notice_readers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(
        server_default=text("('mv_notice_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text))")
    )
    language: Mapped[str] = mapped_column(server_default=text("'en'"))
    mailed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("language IN ('en', 'hi')", name="language"),)


class NoticeMail(Base):
    """One mail; `claimed` while a worker has it in hand, `try_at` is then when its outcome counts as unknown."""

    __tablename__ = "notice_mails"

    mail_id: Mapped[NewUuid]
    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"))
    made_at: Mapped[CreatedAt]
    tries: Mapped[Zero]
    claimed: Mapped[No]
    try_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("outcome IN ('sent', 'given_up', 'unknown')", name="outcome"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        Index("ix_notice_mails_due", "try_at", postgresql_where=text("ended_at IS NULL")),
        Index("ix_notice_mails_ended", "ended_at"),
    )


class NoticeRow(Base):
    """One thing one person was told; with a `key` she is told it once."""

    __tablename__ = "notices"

    notice_id: Mapped[NewUuid]
    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"))
    kind: Mapped[str]
    key: Mapped[str | None]
    data: Mapped[NoticeData] = mapped_column(Document(NoticeData))
    created_at: Mapped[StampedAt]
    read_at: Mapped[datetime | None]
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice_mails.mail_id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z_]+([.][a-z_]+)+$' AND length(kind) <= 60", name="kind"),
        CheckConstraint("length(key) <= 200", name="key"),
        CheckConstraint("jsonb_typeof(data) = 'object' AND octet_length(data::text) <= 4000", name="data"),
        Index("uq_notices_key", "user_id", "kind", "key", unique=True, postgresql_where=text("key IS NOT NULL")),
        Index("ix_notices_user", "user_id", text("created_at DESC"), text("notice_id DESC")),
        Index("ix_notices_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        Index(
            "ix_notices_unmailed",
            "user_id",
            "created_at",
            postgresql_where=text("mail_id IS NULL AND read_at IS NULL"),
        ),
        Index("ix_notices_mail", "mail_id", postgresql_where=text("mail_id IS NOT NULL")),
        Index("ix_notices_created", "created_at"),
    )
