"""Computers: what the program says of its own at each contact, and what admins do about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.computer import Computer
from mv_desktop.domain.identifier import ComputerId, UserId
from mv_desktop.services.moment import moment


def meet_computer(session: Session, computer_id: ComputerId, name: str, program: str) -> bool:
    """Tell the server on which computer the signed-in person is; True when that was revoked.

    Args:
        session: on the person's own login; also of an account closed less than 14 days ago.
        computer_id: of her file.
        name: what the computer calls itself, for admins.
        program: this program's version.

    Raises:
        NotAllowedError: the account is nobody's of the staff.
        SchemaError: the database is older than `domain.computer.MEETING_SCHEMA`.
    """
    answer = session.scalar(
        text("SELECT api.meet_computer(:computer, :name, :program)"),
        {"computer": computer_id, "name": name, "program": program},
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.meet_computer answered {type(answer).__name__}")
    return bool(answer["revoked"])


def computer_wiped(session: Session, computer_id: ComputerId, left_behind: int) -> None:
    """Tell the server that a revoked computer holds nothing any more but `left_behind` operations it would not take."""
    session.execute(text("SELECT api.computer_wiped(:computer, :left)"), {"computer": computer_id, "left": left_behind})


# -- What admins do -------------------------------------------------------------------------------------------


def computers(session: Session, user_id: UserId | None = None) -> tuple[Computer, ...]:
    """All computers, or one person's; the one that was seen last first.

    Raises:
        NotAllowedError: the caller is no admin.
    """
    rows = session.scalar(text("SELECT api.computers(CAST(:user AS uuid))"), {"user": user_id})
    return tuple(_computer(row) for row in rows or ())


def revoke_computer(session: Session, user_id: UserId, computer_id: ComputerId, reason: str) -> None:
    """At its next contact the computer sends what is pending, wipes pages, mirror and keys, and lets nobody in.

    Args:
        session: an admin's.
        user_id: whose file on it.
        computer_id: the computer.
        reason: why, for the audit log.

    Raises:
        RefusedError: there is no such computer, or it is revoked.
        NotAllowedError: the caller is no admin.
        InvalidError: no reason was given.
    """
    _ask(session, "revoke_computer", user_id, computer_id, reason)


def restore_computer(session: Session, user_id: UserId, computer_id: ComputerId, reason: str) -> None:
    """Let the person sign in on that computer again; what was wiped is fetched anew. Raises as `revoke_computer`."""
    _ask(session, "restore_computer", user_id, computer_id, reason)


_REFUSALS = {
    "unknown": "This person has no such computer.",
    "revoked": "This computer is revoked already.",
    "not_revoked": "This computer is not revoked.",
}


def _ask(session: Session, function: str, user_id: UserId, computer_id: ComputerId, reason: str) -> None:
    answer = session.scalar(
        text(f"SELECT api.{function}(:user, :computer, :reason)"),
        {"user": user_id, "computer": computer_id, "reason": reason},
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.{function} answered {type(answer).__name__}")
    if (why := answer.get("refused")) is not None:
        raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


def _computer(row: Mapping[str, Any]) -> Computer:
    return Computer(
        user_id=UserId(UUID(row["user_id"])),
        email=row["email"],
        computer_id=ComputerId(UUID(row["computer_id"])),
        name=row["name"],
        program=row["program"],
        first_seen_at=moment(row["first_seen_at"]),
        last_seen_at=moment(row["last_seen_at"]),
        revoked_at=row["revoked_at"] and moment(row["revoked_at"]),
        reason=row["reason"] or "",
        wiped_at=row["wiped_at"] and moment(row["wiped_at"]),
        left_behind=row["left_behind"],
    )
