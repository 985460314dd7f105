"""Pictures of questions (revision 053): what the worker found at each place, and the addresses that were asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.models.base import Base, BigCount, StampedAt


class QuestionPicture(Base):
    """A picture as a question names it; `problem` is a sentence where it cannot be shown."""

    __tablename__ = "question_pictures"

    picture_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str]
    asked_at: Mapped[StampedAt]
    checked_at: Mapped[datetime | None]
    s3_bucket: Mapped[str | None]
    s3_key: Mapped[str | None]
    url: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(CHAR(64))
    bytes: Mapped[BigCount | None]
    mime_type: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    problem: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("picture_id = md5(place)::uuid AND char_length(place) BETWEEN 1 AND 1000", name="place"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("bytes > 0", name="bytes"),
        Index("ix_question_pictures_open", "asked_at", postgresql_where=text("checked_at IS NULL")),
        Index("ix_question_pictures_key", "s3_key", postgresql_where=text("s3_key IS NOT NULL")),
    )


class PictureRequest(Base):
    """A person's request for the address of a picture, and the worker's answer."""

    __tablename__ = "picture_requests"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"), primary_key=True)
    picture_id: Mapped[UUID] = mapped_column(
        ForeignKey("question_pictures.picture_id", ondelete="RESTRICT"), primary_key=True
    )
    requested_at: Mapped[StampedAt]
    address: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_picture_requests_open", "requested_at", postgresql_where=text("signed_at IS NULL")),)
