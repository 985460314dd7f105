"""How well two markings agree."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.agreement import (
    MarkedTwice,
    Tolerance,
    agreement,
    by_question,
    by_script,
    by_teacher,
)
from mv_desktop.domain.identifier import EvaluationId, QuestionId, UserId
from mv_desktop.domain.question import QuestionType

TOLERANCE = Tolerance(Decimal("0.5"), Decimal(1))


def pair(first: str, second: str, *, kind: str = "SA", script: int = 1, teacher: int = 1, question: int = 1):
    return MarkedTwice(
        EvaluationId(UUID(int=script)),
        UserId(UUID(int=teacher)),
        question,
        QuestionId(UUID(int=question)),
        QuestionType(kind),
        Decimal(5),
        Decimal(first),
        Decimal(second),
    )


halves = st.integers(0, 10).map(lambda number: str(Decimal(number) / 2))
pairs = st.builds(
    pair,
    halves,
    halves,
    kind=st.sampled_from(["VSA", "SA", "LA"]),
    script=st.integers(1, 4),
    teacher=st.integers(1, 3),
    question=st.integers(1, 4),
)


def test_what_is_counted() -> None:
    found = agreement(
        [
            pair("2", "2"),
            pair("2.5", "2"),
            pair("1", "2", script=2),
            pair("3", "4", kind="LA", script=2),
            pair("4", "2.5", kind="LA"),
        ],
        TOLERANCE,
    )
    assert found is not None
    assert (found.scripts, found.questions) == (2, 5)
    assert (found.exact, found.within_half, found.tolerated) == (1, 2, 3)
    assert (found.mean_difference, found.mean_distance) == (Decimal("0.00"), Decimal("0.80"))


def test_where_nothing_was_marked_twice_nothing_is_said() -> None:
    assert agreement([], TOLERANCE) is None
    assert by_teacher([], TOLERANCE) == by_question([], TOLERANCE) == by_script([], TOLERANCE) == {}


@pytest.mark.parametrize(
    ("kind", "second", "within"), [("SA", "1.5", True), ("SA", "3", False), ("LA", "3", True), ("LA", "3.5", False)]
)
def test_long_answers_may_differ_by_more(kind: str, second: str, within: bool) -> None:
    assert pair("2", second, kind=kind).within(TOLERANCE) is within


@given(st.lists(pairs, min_size=1, max_size=12))
def test_what_holds_of_every_agreement(many: list[MarkedTwice]) -> None:
    found = agreement(many, TOLERANCE)
    assert found is not None
    assert 0 <= found.exact <= found.within_half <= found.tolerated <= found.questions == len(many)
    assert abs(found.mean_difference) <= found.mean_distance <= 5
    assert agreement(reversed(many), TOLERANCE) == found
    swapped = agreement((replace(one, first=one.second, second=one.first) for one in many), TOLERANCE)
    assert swapped == replace(found, mean_difference=-found.mean_difference)
    for groups in (by_teacher(many, TOLERANCE), by_question(many, TOLERANCE), by_script(many, TOLERANCE)):
        for field in ("questions", "exact", "within_half", "tolerated"):
            assert sum(getattr(group, field) for group in groups.values()) == getattr(found, field)
    assert sum(group.scripts for group in by_script(many, TOLERANCE).values()) == found.scripts
