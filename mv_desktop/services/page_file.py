"""The worker's check of uploaded files, as it stands in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.identifier import UploadId


@dataclass(frozen=True, slots=True)
class UncheckedUpload:
    """An uploaded file that nobody has looked at; `key` is its name in the bucket."""

    upload_id: UploadId
    bucket: str
    key: str


def uploads_to_check(session: Session, limit: int) -> tuple[UncheckedUpload, ...]:
    """Files without a check, the oldest first."""
    rows = session.execute(
        text("SELECT upload_id, s3_bucket, s3_key FROM api.uploads_to_check(:limit)"), {"limit": limit}
    )
    return tuple(UncheckedUpload(UploadId(row.upload_id), row.s3_bucket, row.s3_key) for row in rows)


def store_page_file(
    session: Session,
    upload_id: UploadId,
    *,
    sha256: str,
    size: int,
    pages: Sequence[Mapping[str, Any]],
    problem: str | None = None,
) -> None:
    """Write down what was found in a file; a second check replaces the first.

    Args:
        session: the worker's.
        upload_id: which file.
        sha256: of its bytes, in hexadecimal.
        size: in bytes.
        pages: for each page ``{"width", "height", "source"}``; empty when it cannot be shown.
        problem: why it cannot be shown, a sentence for the teacher.
    """
    session.execute(
        text("SELECT api.store_page_file(:upload, :sha256, :size, CAST(:pages AS jsonb), :problem)"),
        {
            "upload": upload_id,
            "sha256": sha256,
            "size": size,
            "pages": json.dumps([dict(page) for page in pages]),
            "problem": problem,
        },
    )
