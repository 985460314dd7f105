"""What is said of counts: spans of days, shares that were kept, and questions that stand out, which a few never do."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import (
    NOTHING_DUE,
    DayVolume,
    Kept,
    QuestionReport,
    QuestionSums,
    Span,
    every_day,
    last_week,
    question_means,
    this_month,
    this_week,
    volume,
)

MONDAY = date(2025, 7, 7)


def test_spans_of_days_begin_on_mondays_and_end_with_today():
    for today in (MONDAY, MONDAY + timedelta(days=6)):
        assert this_week(today) == Span(MONDAY, today)
        assert last_week(today) == Span(MONDAY - timedelta(days=7), MONDAY - timedelta(days=1))
        assert this_month(today) == Span(date(2025, 7, 1), today)
    assert Span(MONDAY, MONDAY).days == 1
    assert Span(date(2024, 1, 1), date(2024, 12, 31)).days == 366
    for last in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=366)):
        with pytest.raises(InvalidError):
            Span(MONDAY, last)


def test_compliance_is_what_was_kept_of_all_that_fell_due():
    assert Kept(8, 6, 1, 1, 0).compliance == 0.75
    assert NOTHING_DUE.compliance is None


def test_a_day_without_anything_is_a_day():
    monday = DayVolume(MONDAY, 3, 2, 1)
    found = volume(Span(MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)), [monday])
    assert [day.received for day in found.days] == [0, 3, 0]
    assert (found.received, found.completed, found.returned) == (3, 2, 1)


def test_a_day_on_which_nothing_fell_due_is_a_day():
    found = every_day(Span(MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)), [(MONDAY, Kept(3, 2, 1, 0, 0))])
    assert [(day, kept.due) for day, kept in found] == [
        (MONDAY - timedelta(days=1), 0),
        (MONDAY, 3),
        (MONDAY + timedelta(days=1), 0),
    ]


def asked(
    number: int, shares: list[float], kind: QuestionType = QuestionType.SA, class_name: str = "XII"
) -> QuestionSums:
    squares = sum(share * share for share in shares)
    return QuestionSums(UUID(int=number), class_name, kind, "Matrices", "Find $x$.", len(shares), sum(shares), squares)


EVEN = [0.5, 0.7] * 100
"""The others: a mean of 0.6 with little spread."""


@pytest.mark.parametrize(
    ("shares", "unusual"),
    [
        ([0.4] * 30, True),  # as far as the bound, as many as it takes
        ([0.8] * 30, True),
        ([0.4] * 29, False),  # one too few
        ([0.41] * 30, False),  # not far enough
        ([0.0] * 18 + [1.0] * 12, False),  # far enough, but with that spread it may be chance
        ([0.0] * 180 + [1.0] * 120, True),  # the same of many is none
    ],
)
def test_a_question_stands_out_when_it_is_far_from_its_kind_and_that_is_no_chance(shares, unusual):
    (found,) = (one for one in question_means([asked(1, shares), asked(2, EVEN)]) if one.sums.question_id.int == 1)
    assert found.unusual is unusual
    assert found.usual == pytest.approx(0.6)
    assert found.difference == pytest.approx(sum(shares) / len(shares) - 0.6)


def test_only_questions_of_one_class_and_type_are_compared():
    alone = [asked(1, [0.1] * 50), asked(2, EVEN, QuestionType.LA), asked(3, EVEN, class_name="X")]
    assert [(one.usual, one.difference, one.unusual) for one in question_means(alone)] == [(None, None, False)] * 3
    few = question_means([asked(1, [0.1] * 50), asked(2, [0.6] * 29)])
    assert [(one.sums.answers, one.usual is None, one.unusual) for one in few] == [
        (50, True, False),
        (29, False, False),
    ]


def test_what_stands_out_comes_first_and_the_farthest_of_it():
    questions = [asked(1, EVEN), asked(2, EVEN), asked(3, [0.9] * 40), asked(4, [0.1] * 40)]
    report = QuestionReport(Span(MONDAY, MONDAY), question_means(reversed(questions)))
    assert [one.sums.question_id.int for one in report.questions] == [4, 3, 1, 2]
    assert [one.sums.question_id.int for one in report.unusual] == [4, 3]
