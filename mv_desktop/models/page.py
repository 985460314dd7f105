"""Pages and other files: what intake found in an upload, and the addresses that were asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.page import PageSize
from mv_desktop.models.base import Base, BigCount, CreatedAt, NewUuid, StampedAt
from mv_desktop.models.document import Document


class PageFile(Base):
    """An uploaded file as the worker found it: `pages` is empty and `problem` a sentence when it cannot be shown."""

    __tablename__ = "page_files"

    upload_id: Mapped[UUID] = mapped_column(
        ForeignKey("answer_sheet_uploads.upload_id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(CHAR(64))
    bytes: Mapped[BigCount]
    pages: Mapped[tuple[PageSize, ...]] = mapped_column(Document(tuple[PageSize, ...]))
    problem: Mapped[str | None]
    checked_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("bytes >= 0", name="bytes"),
        CheckConstraint("jsonb_typeof(pages) = 'array'", name="pages"),
    )


class PageRequest(Base):
    """A person's request for the address of one file, and the worker's answer."""

    __tablename__ = "page_requests"

    request_id: Mapped[NewUuid]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sheet_uploads.upload_id", ondelete="CASCADE"))
    requested_at: Mapped[StampedAt]
    address: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("page_versions.version_id", ondelete="CASCADE"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("upload_requests.request_id", ondelete="CASCADE"))

    __table_args__ = (
        Index("ix_page_requests_file", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        Index("ix_page_requests_version", "version_id", postgresql_where=text("version_id IS NOT NULL")),
        Index("ix_page_requests_upload", "upload_id", "user_id", "requested_at"),
        Index("ix_page_requests_open", "requested_at", postgresql_where=text("signed_at IS NULL")),
        Index("ix_page_requests_user", "user_id", "requested_at"),
    )


class UploadRequest(Base):
    """A file that a member of staff puts into the store (revision 010), and how far it has come."""

    __tablename__ = "upload_requests"

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    kind: Mapped[str]
    resource_id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(CHAR(64))
    md5: Mapped[str] = mapped_column(CHAR(32))
    bytes: Mapped[BigCount]
    mime_type: Mapped[str]
    s3_key: Mapped[str]
    s3_bucket: Mapped[str | None]
    requested_at: Mapped[StampedAt]
    asked_at: Mapped[StampedAt]
    address: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    put_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    problem: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("kind IN ('question_image', 'rescan', 'annotated_pdf')", name="kind"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("md5 ~ '^[0-9a-f]{32}$'", name="md5"),
        CheckConstraint("bytes > 0", name="bytes"),
        Index("ix_upload_requests_user", "user_id", "requested_at"),
        Index("uq_upload_requests_s3_key", "s3_key", unique=True, postgresql_where=text("kind <> 'question_image'")),
        Index("ix_upload_requests_open", "asked_at", postgresql_where=text("signed_at IS NULL")),
        Index("ix_upload_requests_put", "put_at", postgresql_where=text("put_at IS NOT NULL AND arrived_at IS NULL")),
        Index("ix_upload_requests_resource", "resource_id", postgresql_where=text("arrived_at IS NOT NULL")),
    )
