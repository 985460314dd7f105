"""Where a question stands on its way into the bank, and what may be done with it there."""

from __future__ import annotations

import pytest

from mv_desktop.domain.question import QuestionStatus
from mv_desktop.domain.question_review import (
    RemarkKind,
    Review,
    ReviewState,
    Standing,
    may_approve,
    may_submit,
    may_withdraw,
    review_of,
    standing,
)
from mv_desktop.domain.record import Difference
from tests.factories.local import NOW

DRAFT, ACTIVE, ARCHIVED = QuestionStatus.DRAFT, QuestionStatus.ACTIVE, QuestionStatus.ARCHIVED
WRITTEN, WAITING, REJECTED, APPROVED = ReviewState


@pytest.mark.parametrize(
    ("status", "state", "where", "approve"),
    [
        (DRAFT, None, Standing.DRAFT, True),
        (DRAFT, WRITTEN, Standing.DRAFT, True),
        (DRAFT, WAITING, Standing.WAITING, True),
        (DRAFT, REJECTED, Standing.REJECTED, True),
        (ACTIVE, None, Standing.ACTIVE, False),
        (ACTIVE, APPROVED, Standing.ACTIVE, False),
        (ACTIVE, WRITTEN, Standing.CHANGED, False),
        (ACTIVE, WAITING, Standing.WAITING, True),
        (ACTIVE, REJECTED, Standing.REJECTED, True),
        (ARCHIVED, REJECTED, Standing.ARCHIVED, False),
    ],
)
def test_where_a_question_stands(status, state, where, approve) -> None:
    assert standing(status, state) is where
    assert may_approve(status, state) is approve


def test_what_is_written_can_be_handed_in_once_and_taken_away() -> None:
    change = Review(WRITTEN, change={"topic": "x"})
    assert may_submit(DRAFT, Review())
    assert may_submit(ACTIVE, change)
    assert not may_submit(ACTIVE, Review())
    assert not may_submit(ARCHIVED, change)
    assert not may_submit(DRAFT, Review(WAITING))
    assert [may_withdraw(DRAFT, Review()), may_withdraw(ACTIVE, change), may_withdraw(ACTIVE, Review())] == [
        True, True, False,
    ]  # fmt: skip


def test_it_is_read_as_the_server_tells_it() -> None:
    said = {"at": NOW.isoformat(), "by": "Asha Rao", "kind": "rejected", "words": "unit?"}
    stored = {
        "state": "waiting", "change": {"topic": "b", "marks": 3}, "before": {"topic": "a", "marks": 3},
        "author": None, "required": False, "remarks": [said],
    }  # fmt: skip
    found = review_of(stored)
    assert found.differences == (Difference("topic", "a", "b"),)
    assert (found.state, found.author, found.required) == (WAITING, "", False)
    assert found.remarks[0].kind is RemarkKind.REJECTED
    assert review_of(stored | {"state": "approved"}).change == {}
    assert review_of(stored | {"state": None, "change": None, "before": None}) == Review(
        remarks=found.remarks, required=False
    )
    assert review_of(None) == Review()
