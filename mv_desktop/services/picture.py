"""Pictures of questions: staff ask by place, the worker looks and signs (`docs/security.md`, Pictures of questions)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.picture import PictureAddress


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A request that waits for the worker: for a key of the store, or an address that needs no signature."""

    user_id: UUID
    picture_id: UUID
    bucket: str | None
    key: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """What the worker found at a place: where it lies and what it is, or the problem in a sentence."""

    place: str
    bucket: str | None = None
    key: str | None = None
    url: str | None = None
    sha256: str | None = None
    size: int | None = None
    mime_type: str | None = None
    width: int | None = None
    height: int | None = None
    problem: str | None = None


def request_pictures(
    session: Session,
    places: Sequence[str],
    *,
    evaluations: Sequence[UUID] = (),
    questions: Sequence[UUID] = (),
    anew: bool = False,
) -> tuple[PictureAddress, ...]:
    """Ask for pictures, at most 500, and get what is there now; call it again until all are answered.

    Args:
        session: on the person's own login.
        places: as the questions name them.
        evaluations: whose papers have them, or second markings, at most 100; who directs need not say.
        questions: that have them, at most 100.
        anew: the addresses that there are did not work, or gave something else.
    """
    rows = session.execute(
        text(
            "SELECT place, address, bytes, sha256, problem FROM api.request_pictures(CAST(:places AS text[]),"
            " CAST(:evaluations AS uuid[]), CAST(:questions AS uuid[]), :anew)"
        ),
        {"places": list(places), "evaluations": list(evaluations), "questions": list(questions), "anew": anew},
    )
    return tuple(PictureAddress(row.place, row.address, row.bytes, row.sha256, row.problem) for row in rows)


def to_check(session: Session, limit: int) -> tuple[str, ...]:
    """Places that nobody has looked at, for the worker; others do not see them until the session ends."""
    return tuple(session.scalars(text("SELECT place FROM api.pictures_to_check(:limit)"), {"limit": limit}))


def store_picture(session: Session, found: FoundPicture) -> None:
    """Write down what was found; a second look replaces the first."""
    session.execute(
        text(
            "SELECT api.store_picture(:place, :bucket, :key, :url, :sha256, CAST(:size AS bigint), :mime,"
            " CAST(:width AS int), CAST(:height AS int), :problem)"
        ),
        {
            "place": found.place,
            "bucket": found.bucket,
            "key": found.key,
            "url": found.url,
            "sha256": found.sha256,
            "size": found.size,
            "mime": found.mime_type,
            "width": found.width,
            "height": found.height,
            "problem": found.problem,
        },
    )


def pending(session: Session, limit: int) -> tuple[PictureRequest, ...]:
    """The oldest requests without an address, for the worker; others do not see them until the session ends."""
    rows = session.execute(
        text("SELECT user_id, picture_id, s3_bucket, s3_key, url FROM api.pending_picture_requests(:limit)"),
        {"limit": limit},
    )
    return tuple(PictureRequest(*row) for row in rows)


def answer(session: Session, request: PictureRequest, address: str, expires_at: datetime) -> bool:
    """Store an address; False when the request was answered before."""
    answered = session.scalar(
        text("SELECT api.answer_picture_request(:user, :picture, :address, CAST(:expires AS timestamptz))"),
        {"user": request.user_id, "picture": request.picture_id, "address": address, "expires": expires_at},
    )
    return bool(answered)
