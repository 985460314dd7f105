"""Putting files into the store: staff ask, the worker signs and looks (`docs/security.md`, Pages)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.upload import UploadAnswer, UploadFile, UploadKind, UploadState


@dataclass(frozen=True, slots=True)
class PendingUpload:
    """A request that waits for its address; digests in hexadecimal, `size` in bytes."""

    request_id: UUID
    key: str
    sha256: str
    md5: str
    size: int
    mime_type: str


@dataclass(frozen=True, slots=True)
class ArrivedUpload:
    """A file that is said to be in the store."""

    request_id: UUID
    bucket: str
    key: str
    sha256: str
    size: int
    kind: UploadKind


def request_upload(session: Session, file: UploadFile, *, anew: bool = False) -> UploadAnswer:
    """Ask for an address to put `file` to, or see whether there is one; an expired one is made anew.

    Args:
        session: the person's.
        file: exactly what will be put there.
        anew: the address that there is did not work.
    """
    answer = session.scalar(
        text("SELECT api.request_upload(:request, :kind, :resource, :sha256, :md5, :size, :mime, :anew)"),
        {
            "request": file.request_id,
            "kind": file.kind.value,
            "resource": file.resource_id,
            "sha256": file.sha256,
            "md5": file.md5,
            "size": file.size,
            "mime": file.mime_type,
            "anew": anew,
        },
    )
    return _answer(answer)


def finish_upload(session: Session, request_id: UUID) -> UploadAnswer:
    """Say that the file is there, or see what the worker found."""
    return _answer(session.scalar(text("SELECT api.finish_upload(:request)"), {"request": request_id}))


def pending(session: Session, limit: int) -> tuple[PendingUpload, ...]:
    """The oldest requests without an address, for the worker; others do not see them until the session ends."""
    rows = session.execute(
        text("SELECT request_id, s3_key, sha256, md5, bytes, mime_type FROM api.pending_upload_requests(:limit)"),
        {"limit": limit},
    )
    return tuple(
        PendingUpload(row.request_id, row.s3_key, row.sha256, row.md5, row.bytes, row.mime_type) for row in rows
    )


def answer(session: Session, request_id: UUID, bucket: str, address: str, expires_at: datetime) -> bool:
    """Store a signed address; False when the request was answered before."""
    answered = session.scalar(
        text("SELECT api.answer_upload_request(:request, :bucket, :address, CAST(:expires AS timestamptz))"),
        {"request": request_id, "bucket": bucket, "address": address, "expires": expires_at},
    )
    return bool(answered)


def to_confirm(session: Session, limit: int) -> tuple[ArrivedUpload, ...]:
    """Files that are said to be there, for the worker; others do not see them until the session ends."""
    rows = session.execute(
        text("SELECT request_id, s3_bucket, s3_key, sha256, bytes, kind FROM api.uploads_to_confirm(:limit)"),
        {"limit": limit},
    )
    return tuple(
        ArrivedUpload(row.request_id, row.s3_bucket, row.s3_key, row.sha256, row.bytes, UploadKind(row.kind))
        for row in rows
    )


def confirm(session: Session, request_id: UUID, problem: str | None = None) -> bool:
    """Write down that the file is what was asked for, or what is wrong with it; False when it was done before."""
    done = session.scalar(
        text("SELECT api.confirm_upload(:request, :problem)"), {"request": request_id, "problem": problem}
    )
    return bool(done)


def _answer(told: Any) -> UploadAnswer:  # noqa: ANN401 (JSON)
    expires_at = told.get("expires_at")
    return UploadAnswer(
        UploadState(told["state"]),
        told.get("address"),
        None if expires_at is None else datetime.fromisoformat(expires_at),
        told.get("problem"),
        told.get("reason"),
        told.get("place"),
    )
