"""What passes between this computer and the server about the comment bank, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from mv_desktop.domain.comment import BankComment, CommentBody, CommentChange, PutComment, UseComment
from mv_desktop.domain.identifier import ChangeId, CommentId

MAX_CHANGES = 50
"""How many changes one call may carry."""


class ChangeVerdict(StrEnum):
    """What the server says of a change; each is final."""

    APPLIED = "applied"
    COPIED = "copied"
    """The comment had changed meanwhile, or is not hers to change: her words are a comment of her own now."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SentChange:
    """A change on its way; `base_version` is the comment's version that she saw, 0 for a new one."""

    change: CommentChange
    base_version: int


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """The server's answer to one change.

    Attributes:
        version: the comment's version now, or the copy's.
        reason: of a copy, "changed" or "not_yours"; of a refusal, a short word.
        copy_id: the comment that holds her words.
        by: who had changed it, a name.
    """

    change_id: ChangeId
    verdict: ChangeVerdict
    version: int = 0
    reason: str = ""
    copy_id: CommentId | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class PulledComments:
    """What is new in the bank.

    Attributes:
        cursor: what to ask with next.
        gone: what she does not see any more.
    """

    cursor: int
    comments: tuple[BankComment, ...] = ()
    gone: tuple[CommentId, ...] = ()


def body_json(body: CommentBody) -> dict[str, Any]:
    """A comment's body as JSON data; marks are decimal strings."""
    return {
        "text": body.text,
        "marks": None if body.marks is None else str(body.marks),
        "question_id": None if body.question_id is None else str(body.question_id),
        "shared": body.shared,
        "archived": body.archived,
    }


def body_from_json(data: Mapping[str, Any]) -> CommentBody:
    """The body that `data` describes."""
    question = data.get("question_id")
    marks = data.get("marks")
    return CommentBody(
        str(data["text"]),
        None if marks is None else Decimal(marks),
        None if question is None else UUID(question),
        bool(data.get("shared")),
        bool(data.get("archived")),
    )


def change_json(change: CommentChange) -> dict[str, Any]:
    """What a change says, beside its ids and its kind."""
    return body_json(change.body) if isinstance(change, PutComment) else {}


def change_from_json(kind: str, change_id: UUID, comment_id: UUID, data: Mapping[str, Any]) -> CommentChange:
    """The change that was written down so."""
    if kind == PutComment.kind:
        return PutComment(ChangeId(change_id), CommentId(comment_id), body_from_json(data))
    return UseComment(ChangeId(change_id), CommentId(comment_id))
