"""How a teacher's question gets into the bank: where it stands, what would change, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from mv_desktop.domain.question import QuestionStatus
from mv_desktop.domain.record import Difference

REVIEW_SCHEMA = "050"
"""The first version of the database in which questions are handed in."""
PROPOSAL_SCHEMA = "066"
"""The first version of the database in which changes of questions of other people are."""


class ReviewState(StrEnum):
    """How far a question, or a change of one, has come; the values are the database's."""

    WRITTEN = "written"
    WAITING = "waiting"
    REJECTED = "rejected"
    APPROVED = "approved"


class RemarkKind(StrEnum):
    """What was done when something was said; the values are the database's."""

    SUBMITTED = "submitted"
    TAKEN_BACK = "taken_back"
    REMARKED = "remarked"
    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"


class Standing(StrEnum):
    """Where a question stands for who looks at it.

    Attributes:
        CHANGED: it is in the bank, and a change of it is written and not handed in.
    """

    DRAFT = "draft"
    WAITING = "waiting"
    REJECTED = "rejected"
    ACTIVE = "active"
    CHANGED = "changed"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said of a question.

    Attributes:
        by: her name.
        words: "" where nothing was said.
    """

    at: datetime
    by: str
    kind: RemarkKind
    words: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What is known of a question beside the question.

    Attributes:
        state: None while nothing was handed in.
        author: who wrote the question, "" where nobody knows.
        change: what a question that is in the bank is to become, by column and with `scheme`; empty where the question
            itself is the draft, or nothing is to change.
        differences: the same, with what stands there now.
        remarks: the oldest first.
        required: what teachers hand in waits for an admin.
        own: who looks at it wrote the question, or decides about all; of another's a change can be proposed.
        proposer: who wrote the change, where that is somebody else; else "".
        base_version: the version of the question that the change was written for; None where nothing is to change.
        moved: columns of the change that somebody has changed otherwise meanwhile; it is not approved before they were
            looked at by who wrote it.
    """

    state: ReviewState | None = None
    author: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    required: bool = True
    own: bool = True
    proposer: str = ""
    base_version: int | None = None
    moved: tuple[str, ...] = ()


class Approval(NamedTuple):
    """A question that is to be approved, or was.

    Attributes:
        seen: its `updated_at`; of what was approved, the one after.
    """

    question_id: UUID
    seen: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of questions that were to be approved, or whose approval was to be taken back.

    Attributes:
        done: these were.
        left: these stay as they are, each with the database's word for why.
    """

    done: tuple[Approval, ...] = ()
    left: tuple[tuple[UUID, str], ...] = ()


def standing(status: QuestionStatus, state: ReviewState | None) -> Standing:
    """Where a question stands.

    Args:
        status: in the bank.
        state: of its review; None where there is none.
    """
    if status is QuestionStatus.ARCHIVED:
        return Standing.ARCHIVED
    if state is ReviewState.WAITING:
        return Standing.WAITING
    if state is ReviewState.REJECTED:
        return Standing.REJECTED
    if status is QuestionStatus.DRAFT:
        return Standing.DRAFT
    return Standing.CHANGED if state is ReviewState.WRITTEN else Standing.ACTIVE


def may_remark(review: Review) -> bool:
    """There is somebody to speak with: it is hers, or she wrote a change of it."""
    return review.own or review.state is not None


def may_submit(status: QuestionStatus, review: Review) -> bool:
    """Something is there that can be handed in."""
    if review.state is ReviewState.WAITING:
        return False
    if status is QuestionStatus.DRAFT:
        return True
    return bool(review.change) and status is QuestionStatus.ACTIVE


def may_approve(status: QuestionStatus, state: ReviewState | None) -> bool:
    """It is a draft, or a change of it waits or was rejected."""
    return status is QuestionStatus.DRAFT or standing(status, state) in {Standing.WAITING, Standing.REJECTED}


def may_withdraw(status: QuestionStatus, review: Review) -> bool:
    """Its writer can take it away, or drop its change."""
    return status is QuestionStatus.DRAFT or bool(review.change)


def review_of(stored: Mapping[str, Any] | None) -> Review:
    """As the database answers it, also one before 066; None where it has nothing to say."""
    if stored is None:
        return Review()
    state = None if stored["state"] is None else ReviewState(stored["state"])
    change = {} if state is ReviewState.APPROVED else stored["change"] or {}
    before = stored["before"] or {}
    return Review(
        state,
        stored["author"] or "",
        change,
        tuple(
            Difference(column, before.get(column), change[column])
            for column in sorted(change)
            if before.get(column) != change[column]
        ),
        tuple(
            Remark(datetime.fromisoformat(one["at"]), one["by"], RemarkKind(one["kind"]), one["words"])
            for one in stored["remarks"]
        ),
        stored["required"],
        stored.get("own", True),
        stored.get("proposer") or "",
        stored.get("base_version"),
        tuple(stored.get("moved", ())),
    )
