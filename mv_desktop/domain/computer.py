"""Computers on which members of staff have a file with their work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mv_desktop.domain.identifier import ComputerId, UserId

MEETING_SCHEMA = "014"
"""The first version of the database that knows computers."""


@dataclass(frozen=True, slots=True)
class Computer:
    """One person's file on one computer, as admins see it.

    Attributes:
        name: what the computer calls itself.
        program: the version of the program that was there last.
        last_seen_at: to within ten minutes.
        revoked_at, reason: when and why an admin revoked it, None and "" when nobody did.
        wiped_at: when the program there said that pages, mirror and keys are gone; None before that.
        left_behind: operations that the server would not take; they stay there, encrypted. None before it was wiped.
    """

    user_id: UserId
    email: str
    computer_id: ComputerId
    name: str
    program: str
    first_seen_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None = None
    reason: str = ""
    wiped_at: datetime | None = None
    left_behind: int | None = None
