"""How a question did: against the textbook's formulas, and where nothing can be said."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.item_statistic import (
    FEWEST,
    ChoiceCount,
    Discrimination,
    ItemSums,
    discrimination,
    discrimination_grade,
    ease,
    facility,
    idle_choices,
    sums_of,
    suspicious_choices,
)

_SHARES = st.lists(
    st.tuples(st.sampled_from((0.0, 0.25, 0.5, 1.0)), st.integers(0, 80).map(lambda marks: marks / 80)),
    min_size=FEWEST,
    max_size=60,
)


@given(_SHARES, st.integers(0, 60))
def test_sums_say_what_the_students_one_by_one_say(shares: list[tuple[float, float]], cut: int) -> None:
    items, rests = zip(*shares, strict=True)
    sums = sums_of(shares[:cut]) + sums_of(shares[cut:])
    assert sums.count == len(shares)
    assert facility(sums) == pytest.approx(statistics.fmean(items))
    found = discrimination(sums)
    if len(set(items)) == 1 or len(set(rests)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(statistics.correlation(items, rests), abs=1e-6)


def test_of_nobody_and_of_few_nothing_is_said() -> None:
    assert facility(ItemSums()) is None
    few = [(n % 2, n / FEWEST) for n in range(FEWEST - 1)]
    assert discrimination(sums_of(few)) is None
    assert discrimination(sums_of([*few, (0.0, 1.0)])) is not None


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (None, "unknown"), (-0.01, "negative"), (0.0, "poor"), (0.2, "marginal"), (0.3, "good"), (0.4, "very_good"),
    ],
)  # fmt: skip
def test_what_a_discrimination_means(value: float | None, grade: str) -> None:
    assert discrimination_grade(value) is Discrimination(grade)


def test_what_a_facility_means() -> None:
    assert [ease(value) for value in (None, 0.19, 0.2, 0.9, 0.91)] == ["unknown", "hard", "fitting", "fitting", "easy"]


def test_choices_that_nobody_takes_and_choices_that_should_be_right() -> None:
    counts = [
        ChoiceCount("A", 10, right=True, rest=0.4),
        ChoiceCount("B", 9, right=False, rest=0.8),
        ChoiceCount("C", 0, right=False),
        ChoiceCount("D", 1, right=False, rest=0.9),
        ChoiceCount("", 2, right=False, rest=0.9),
    ]
    assert idle_choices(counts) == ("C", "D")
    assert suspicious_choices(counts) == ("B",)
    assert idle_choices(counts[:2]) == suspicious_choices(counts[:2]) == ()
    wrong = [ChoiceCount("A", 0, right=True), ChoiceCount("B", FEWEST, right=False, rest=0.5)]
    assert suspicious_choices(wrong) == ("B",)
