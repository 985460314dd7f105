"""What coordinators do with the sheets of a script: rescans, pages that are taken out, and what students were asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.page import PageSize
from mv_desktop.models.base import Base, BigCount, BigZero, NewUuid, StampedAt
from mv_desktop.models.document import Document


class PageVersion(Base):
    """A file that took the place of an upload, or of its version before; the upload itself is version 1."""

    __tablename__ = "page_versions"

    version_id: Mapped[NewUuid]
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sheet_uploads.upload_id", ondelete="CASCADE"))
    version_number: Mapped[int]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("upload_requests.request_id", ondelete="RESTRICT"))
    restores: Mapped[int | None]
    evaluation_version: Mapped[BigZero]
    s3_bucket: Mapped[str]
    s3_key: Mapped[str]
    mime_type: Mapped[str]
    bytes: Mapped[BigCount | None]
    sha256: Mapped[str | None] = mapped_column(CHAR(64))
    pages: Mapped[tuple[PageSize, ...]] = mapped_column(
        Document(tuple[PageSize, ...]), server_default=text("'[]'::jsonb")
    )
    problem: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    reason: Mapped[str]
    replaced_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    replaced_at: Mapped[StampedAt]

    __table_args__ = (
        UniqueConstraint("upload_id", "version_number"),
        UniqueConstraint("request_id"),
        CheckConstraint("version_number > 1", name="version_number"),
        CheckConstraint("(request_id IS NULL) = (restores IS NOT NULL)", name="source"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("jsonb_typeof(pages) = 'array'", name="pages"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("ix_page_versions_unchecked", "replaced_at", postgresql_where=text("checked_at IS NULL")),
    )


class PageExclusion(Base):
    """A page that is, or was, taken out of its script."""

    __tablename__ = "page_exclusions"

    exclusion_id: Mapped[NewUuid]
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sheet_uploads.upload_id", ondelete="CASCADE"))
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"))
    reason: Mapped[str]
    excluded_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    excluded_at: Mapped[StampedAt]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    end_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end"),
        Index("uq_page_exclusions_open", "upload_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_page_exclusions_exam", "exam_instance_id"),
    )


class RescanRequest(Base):
    """A page of which a student was asked for a better scan, and what came of it."""

    __tablename__ = "rescan_requests"

    rescan_id: Mapped[NewUuid]
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sheet_uploads.upload_id", ondelete="CASCADE"))
    exam_instance_id: Mapped[UUID] = mapped_column(ForeignKey("exam_instances.exam_instance_id", ondelete="CASCADE"))
    flag_id: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation_flags.flag_id", ondelete="SET NULL"))
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    asked_at: Mapped[StampedAt]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    close_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("outcome IN ('replaced', 'cancelled')", name="outcome"),
        CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL) AND (closed_at IS NULL) = (close_reason IS NULL)", name="closed"
        ),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("uq_rescan_requests_open", "upload_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_rescan_requests_exam", "exam_instance_id"),
        Index("ix_rescan_requests_flag", "flag_id", postgresql_where=text("flag_id IS NOT NULL")),
    )
