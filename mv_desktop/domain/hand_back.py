"""Why a teacher hands a script back to the pool."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class HandBackReason(StrEnum):
    """The reasons; the values stand in the database."""

    TOO_ILL = "too_ill"
    CONFLICT = "conflict_of_interest"
    SUBJECT = "outside_subject"
    UNREADABLE = "unreadable"
    OTHER = "other"


HAND_BACK_WORDS: Mapping[str, str] = {
    HandBackReason.TOO_ILL: "I am too ill to mark it in time",
    HandBackReason.CONFLICT: "I know this student",
    HandBackReason.SUBJECT: "It is outside my subject",
    HandBackReason.UNREADABLE: "It cannot be read",
    HandBackReason.OTHER: "Another reason",
}
"""What a reason is called, in English."""
