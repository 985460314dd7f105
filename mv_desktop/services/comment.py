"""The comment bank on the server: sending changes, and asking what is new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.comment import BankComment
from mv_desktop.domain.comment_exchange import (
    MAX_CHANGES,
    ChangeAnswer,
    ChangeVerdict,
    PulledComments,
    SentChange,
    body_from_json,
    change_json,
)
from mv_desktop.domain.identifier import ChangeId, CommentId, UserId
from mv_desktop.services.moment import moment
from mv_desktop.services.operation import storable


def apply_comment_changes(session: Session, changes: Sequence[SentChange]) -> tuple[ChangeAnswer, ...]:
    """Send changes in order; an answer for each. Nothing is final before the session's commit.

    Raises:
        ValueError: more than one call may carry.
    """
    if len(changes) > MAX_CHANGES:
        raise ValueError(f"{len(changes)} changes in one call")
    sent = [
        {
            "change_id": str(item.change.change_id),
            "comment_id": str(item.change.comment_id),
            "kind": item.change.kind,
            "base_version": item.base_version,
            **storable(change_json(item.change)),
        }
        for item in changes
    ]
    answer = session.scalar(
        text("SELECT api.apply_comment_changes(CAST(:changes AS jsonb))"), {"changes": json.dumps(sent)}
    )
    return tuple(_answer(entry) for entry in answer or ())


def pull_comments(session: Session, after: int) -> PulledComments:
    """What changed in the bank since `after`, the cursor of the last answer; 0 for all of it."""
    answer = session.scalar(text("SELECT api.pull_comments(CAST(:after AS bigint))"), {"after": after}) or {}
    return PulledComments(
        answer["cursor"],
        tuple(_comment(entry) for entry in answer["comments"]),
        tuple(CommentId(UUID(item)) for item in answer["gone"]),
    )


def _answer(entry: Mapping[str, Any]) -> ChangeAnswer:
    copy = entry.get("copy_id")
    return ChangeAnswer(
        ChangeId(UUID(entry["change_id"])),
        ChangeVerdict(entry["verdict"]),
        entry.get("version") or 0,
        entry.get("reason") or "",
        None if copy is None else CommentId(UUID(copy)),
        entry.get("by") or "",
    )


def _comment(entry: Mapping[str, Any]) -> BankComment:
    return BankComment(
        comment_id=CommentId(UUID(entry["comment_id"])),
        body=body_from_json(entry),
        owner_id=UserId(UUID(entry["owner_id"])),
        owner_name=entry["owner_name"],
        changed_by=UserId(UUID(entry["changed_by"])),
        changed_by_name=entry["changed_by_name"],
        changed_at=moment(entry["changed_at"]),
        version=entry["version"],
        uses=entry["uses"],
        all_uses=entry["all_uses"],
    )
