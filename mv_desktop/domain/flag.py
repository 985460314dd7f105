"""Flags: what a teacher tells the coordinator of a script, a page, or a spot on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from mv_desktop.domain.identifier import FlagId, PageRef


class FlagReason(StrEnum):
    """What can be wrong; the values stand in the database."""

    ILLEGIBLE = "illegible"
    WRONG_PAPER = "wrong_paper"
    ANOTHER_STUDENT = "another_student"
    MISSING_PAGE = "missing_page"
    COPYING = "suspected_copying"
    OTHER = "other"
    RESCAN = "rescan_requested"
    """Asked for by a command of its own, and once a page."""


FLAG_WORDS: Mapping[str, str] = {
    FlagReason.ILLEGIBLE: "Illegible",
    FlagReason.WRONG_PAPER: "Wrong paper",
    FlagReason.ANOTHER_STUDENT: "Another student's page",
    FlagReason.MISSING_PAGE: "A page is missing",
    FlagReason.COPYING: "Suspected copying",
    FlagReason.OTHER: "Something else",
    FlagReason.RESCAN: "A rescan was asked for",
}
"""What a reason is called, in English."""

FLAG_COMMENT_MAX = 2000
"""The longest comment that the server takes."""


class Spot(NamedTuple):
    """A place on the unrotated page, in fractions of its width and height."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag that stands.

    Attributes:
        reason: a `FlagReason`, or one that a newer version knows.
        comment: the teacher's own words, "" without.
        page: the page it is about, None for the whole script.
        spot: the place on that page, None for all of it.
        answered: the coordinator has answered it, in the words of `answer`; it can no longer be withdrawn.
    """

    flag_id: FlagId
    reason: str
    comment: str = ""
    page: PageRef | None = None
    spot: Spot | None = None
    answered: bool = False
    answer: str = ""
