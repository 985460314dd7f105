"""What results say of a student."""

from decimal import Decimal

import pytest

from mv_desktop.domain.analytics import Band, Direction, Prediction, band, direction, predict, trend


def percents(*values: float | str) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


def test_a_prediction_is_the_middle_of_the_newest_five_and_one_bad_day_does_not_move_it():
    assert predict(percents(80, 82)) is None
    assert predict(percents(80, 12, 84, 78, 82, 5, 5)) == Prediction(Decimal(80), Decimal(6))
    assert predict(percents(80, 79, 81, 80, 80)) == Prediction(Decimal(80), Decimal(5))
    assert predict(percents(80, 79, 81)) == Prediction(Decimal(80), Decimal(10))
    assert predict(percents(60, 80, "70.01", 90)) == Prediction(Decimal("75.01"), Decimal("29.99"))


def test_a_range_stays_between_nothing_and_everything():
    wide = Prediction(Decimal(50), Decimal(60))
    assert (wide.lowest, wide.highest) == (0, 100)
    assert (Prediction(Decimal(60), Decimal(5)).lowest, Prediction(Decimal(60), Decimal(5)).highest) == (55, 65)


@pytest.mark.parametrize(
    ("results", "change", "word"),
    [
        (percents(80, 80, 80), None, Direction.UNKNOWN),
        (percents(80, 81, 10, 75), Decimal(5), Direction.RISING),
        (percents(80, 80, 80, 75.01, 75.01, 75.01, 0, 0), Decimal("4.99"), Direction.STEADY),
        (percents(60, 60, 60, 65, 65), Decimal(-5), Direction.FALLING),
    ],
)
def test_a_trend_compares_the_newest_three_with_those_before(results, change, word):
    assert trend(results) == change
    assert direction(trend(results)) is word


@pytest.mark.parametrize(
    ("awarded", "possible", "word"),
    [
        ("9.5", "9.5", Band.UNKNOWN),
        ("7.5", "10", Band.STRONG),
        ("7", "10", Band.MIDDLE),
        ("5", "10", Band.MIDDLE),
        ("4.5", "10", Band.WEAK),
    ],
)
def test_a_unit_is_judged_once_there_are_ten_marks(awarded, possible, word):
    assert band(Decimal(awarded), Decimal(possible)) is word
