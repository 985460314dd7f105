"""Addresses of pages: a teacher asks, the worker signs (`docs/security.md`, Pages in S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import UploadId

CHANNEL = "mv_page_requests"
"""The server notifies it when somebody asks; a hint only, because a pooler may swallow it."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request that waits for the worker; `key` is the file's in the bucket."""

    request_id: UUID
    upload_id: UploadId
    bucket: str
    key: str


def request_pages(session: Session, upload_ids: Sequence[UploadId]) -> tuple[PageAddress, ...]:
    """Ask for these pages, at most 500, and get what is there now; call it again until all are answered.

    A page that is not in a script of the signed-in teacher is answered with a problem.
    """
    rows = session.execute(
        text("SELECT upload_id, address, expires_at, problem FROM api.request_pages(CAST(:uploads AS uuid[]))"),
        {"uploads": list(upload_ids)},
    )
    return tuple(
        PageAddress(
            UploadId(row.upload_id),
            row.address,
            None if row.expires_at is None else row.expires_at.astimezone(UTC),
            row.problem,
        )
        for row in rows
    )


def renew_pages(session: Session, upload_ids: Sequence[UploadId]) -> int:
    """Say that the addresses of these pages do not work, so that the next question gets new ones.

    Returns:
        How many are made anew; one that was signed a moment ago is not.
    """
    renewed = session.scalar(text("SELECT api.renew_pages(CAST(:uploads AS uuid[]))"), {"uploads": list(upload_ids)})
    return int(renewed or 0)


def pending(session: Session, limit: int) -> tuple[PageRequest, ...]:
    """The oldest requests without an answer, for the worker; others do not see them until the session ends."""
    rows = session.execute(
        text("SELECT request_id, upload_id, s3_bucket, s3_key FROM api.pending_page_requests(:limit)"),
        {"limit": limit},
    )
    return tuple(PageRequest(row.request_id, UploadId(row.upload_id), row.s3_bucket, row.s3_key) for row in rows)


def answer(session: Session, request_id: UUID, address: str, expires_at: datetime) -> bool:
    """Store a signed address; False when the request was answered before."""
    return _answer(session, request_id, address, expires_at, None)


def answer_problem(session: Session, request_id: UUID, problem: str) -> bool:
    """Say, in a sentence for the teacher, why there is no address; False when the request was answered before."""
    return _answer(session, request_id, None, None, problem)


def _answer(
    session: Session, request_id: UUID, address: str | None, expires_at: datetime | None, problem: str | None
) -> bool:
    answered = session.scalar(
        text("SELECT api.answer_page_request(:request, :address, CAST(:expires AS timestamptz), :problem)"),
        {"request": request_id, "address": address, "expires": expires_at, "problem": problem},
    )
    return bool(answered)
