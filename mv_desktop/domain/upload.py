"""A file that a member of staff puts into the store, and what the server says of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4


class UploadKind(StrEnum):
    """What a file is for; `UploadFile.resource_id` names the question, the sheet or the evaluation."""

    QUESTION_IMAGE = "question_image"
    RESCAN = "rescan"
    ANNOTATED_PDF = "annotated_pdf"


class UploadState(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    READY = "ready"
    CHECKING = "checking"
    STORED = "stored"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A file as it is asked for: address and check are good for these very bytes only.

    Attributes:
        request_id: made here, so that the question can be asked again.
        sha256: in hexadecimal.
        md5: in hexadecimal; some servers check nothing else.
        size: in bytes.
    """

    request_id: UUID
    kind: UploadKind
    resource_id: UUID
    sha256: str
    md5: str
    size: int
    mime_type: str


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """What the server says now.

    Attributes:
        address: where to put the file, while the state is ready.
        expires_at: until when that works.
        problem: a sentence, when the worker found something else than was asked for.
        reason: why it was refused: not_allowed, wrong_type, too_large, too_many, id_reused, unknown.
        place: by which a question names it, of a picture that is stored.
    """

    state: UploadState
    address: str | None = None
    expires_at: datetime | None = None
    problem: str | None = None
    reason: str | None = None
    place: str | None = None


def upload_file(kind: UploadKind, resource_id: UUID, data: bytes, mime_type: str) -> UploadFile:
    """What is to be asked for to put `data` into the store."""
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return UploadFile(uuid4(), kind, resource_id, hashlib.sha256(data).hexdigest(), md5, len(data), mime_type)
