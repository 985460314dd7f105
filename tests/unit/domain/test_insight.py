"""What follows from the sums of the dashboards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.analytics import Band
from mv_desktop.domain.insight import (
    Choices,
    DueDay,
    Flow,
    PredictedBand,
    Predictions,
    Promises,
    Taken,
    UnitSum,
    flows,
    monday,
    weekly_flows,
    weekly_promises,
    whole_weeks,
)
from mv_desktop.domain.item_statistic import ChoiceCount
from mv_desktop.domain.report import Kept, Span

NOW = datetime(2026, 7, 16, tzinfo=UTC)
WEDNESDAY = date(2026, 7, 15)


def test_a_unit_is_judged_as_a_students_is():
    unit = UnitSum("XII", "Matrices", 3, Decimal(15), Decimal(20))
    assert (unit.share, unit.band) == (0.75, Band.STRONG)
    assert UnitSum("XII", "Sets", 1, Decimal(0), Decimal(0)).share is None


def test_the_mean_of_predictions_is_of_those_who_have_one():
    bands = (
        PredictedBand("XII", 70, 3, 1, 0, Decimal("225.50")),
        PredictedBand("X", 90, 1, 0, 1, Decimal("94.50")),
        PredictedBand("X", None, 5, 0, 0, Decimal(0)),
    )
    found = Predictions(NOW, bands, ())
    assert (found.predicted, found.unknown, found.mean) == (4, 5, Decimal(80))
    assert Predictions(NOW, bands[2:], ()).mean is None


def test_days_without_anything_are_days_too_and_none_is_told_before_it_comes():
    span = Span(WEDNESDAY - timedelta(3), WEDNESDAY + timedelta(9))
    found = flows(span, 4, [(date(2026, 7, 13), 5, 2, 0), (date(2026, 7, 15), 0, 6, 1)], until=WEDNESDAY)
    assert found == (
        Flow(date(2026, 7, 12), 0, 0, 0, 4),
        Flow(date(2026, 7, 13), 5, 2, 0, 7),
        Flow(date(2026, 7, 14), 0, 0, 0, 7),
        Flow(WEDNESDAY, 0, 6, 1, 2),
    )
    assert weekly_flows(found) == (Flow(date(2026, 7, 6), 0, 0, 0, 4), Flow(date(2026, 7, 13), 5, 8, 1, 2))


def test_weeks_begin_on_monday_and_a_span_touches_whole_ones():
    assert monday(date(2026, 7, 13)) == monday(date(2026, 7, 19)) == date(2026, 7, 13)
    assert whole_weeks(Span(WEDNESDAY, WEDNESDAY)) == (date(2026, 7, 13), date(2026, 7, 19))
    assert whole_weeks(Span(date(2026, 7, 12), date(2026, 7, 13))) == (date(2026, 7, 6), date(2026, 7, 19))


def test_promises_by_week_and_in_all():
    days = tuple(DueDay(day, Kept(4, 2, 1, 1, 1)) for day in (date(2026, 7, 12), date(2026, 7, 13), WEDNESDAY))
    assert weekly_promises(days) == (
        DueDay(date(2026, 7, 6), Kept(4, 2, 1, 1, 1)),
        DueDay(date(2026, 7, 13), Kept(8, 4, 2, 2, 2)),
    )
    assert Promises(NOW, days, ()).total == Kept(12, 6, 3, 3, 3)


def test_choices_are_counted_as_they_were_taken():
    taken = (
        Taken(ChoiceCount("A", 3, right=False, rest=0.4), "$1$"),
        Taken(ChoiceCount("", 2, right=False, rest=0.1), ""),
    )
    assert Choices(NOW, WEDNESDAY, WEDNESDAY, "Find $x$.", taken).answers == 5


counts = st.integers(0, 50)


@settings(max_examples=60)
@given(st.integers(0, 30), st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=40), st.integers(0, 6))
def test_nothing_is_lost_between_days_and_weeks(waiting, counted, shift):
    first = date(2026, 1, 1) + timedelta(days=shift)
    span = Span(first, first + timedelta(days=len(counted) - 1))
    days = flows(span, waiting, [(first + timedelta(n), *row) for n, row in enumerate(counted)], until=span.last)
    weeks = weekly_flows(days)
    for found in (days, weeks):
        assert [sum(getattr(one, part) for one in found) for part in ("received", "completed", "returned")] == [
            sum(column) for column in zip(*counted, strict=True)
        ]
        assert found[-1].waiting == waiting + sum(came - done + back for came, done, back in counted)
    assert all(one.first.weekday() == 0 for one in weeks)
