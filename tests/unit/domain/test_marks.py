"""Marks in half steps, the mark that counts, totals."""

from decimal import Decimal as D

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.marks import (
    EffectiveMark,
    GivenMark,
    MarkState,
    effective,
    format_marks,
    kept_alternative,
    parse_marks,
    totals,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", "2"),
        (" 2.5 ", "2.5"),
        (".5", "0.5"),
        ("2½", "2.5"),
        ("½", "0.5"),
        ("1,5", "1.5"),
        ("3", "3"),
        ("2 ½", "2.5"),
        ("1.", "1"),
    ],
)
def test_what_teachers_type_is_understood(text, value):
    assert parse_marks(text, D(3)) == D(value)


@pytest.mark.parametrize(
    "text", ["", "two", "1.2.3", "NaN", "-1", "3.5", "1.25", "1e9", "Infinity", "½½", "1.½", "0_1", "-0", "."]
)
def test_what_is_no_mark_is_refused(text):
    with pytest.raises(InvalidError):
        parse_marks(text, D(3))


@pytest.mark.parametrize("text", ["1/2", "2 1/2", "11/2", "/"])
def test_a_fraction_could_mean_two_things_and_is_refused_with_what_to_type(text):
    with pytest.raises(InvalidError) as refused:
        parse_marks(text, D(3))
    assert refused.value.remedy == "Half a mark is .5."


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("0.5", "½"), ("2.50", "2½"), ("3.00", "3"), ("10", "10"), ("1.25", "1.25"), ("Infinity", "Infinity")],
)
def test_marks_are_written_as_teachers_write_them(value, text):
    assert format_marks(D(value)) == text


def test_the_mark_follows_the_stamps_until_it_is_typed():
    assert effective(GivenMark(), None) == EffectiveMark(None, False, None, False)
    assert effective(GivenMark(), D("1.5")) == EffectiveMark(D("1.5"), False, D("1.5"), False)
    typed = GivenMark(MarkState.MARKED, D(2))
    assert effective(typed, D("1.5")) == EffectiveMark(D(2), False, D("1.5"), True)
    assert effective(typed, D("2.0")) == EffectiveMark(D(2), False, D("2.0"), False)
    assert effective(typed, None) == EffectiveMark(D(2), False, None, False)


def test_not_attempted_is_zero_and_disagrees_with_stamps_that_carry_marks():
    given = GivenMark(MarkState.NOT_ATTEMPTED)
    assert effective(given, None) == EffectiveMark(D(0), True, None, False)
    assert effective(given, D(0)) == EffectiveMark(D(0), True, D(0), False)
    assert effective(given, D(1)) == EffectiveMark(D(0), True, D(1), True)


def mark(marks, *, not_attempted=False):
    return EffectiveMark(None if marks is None else D(marks), not_attempted, None, False)


@pytest.mark.parametrize(
    ("marks", "kept"),
    [
        ({"": mark(None)}, None),
        ({"": mark(2)}, ""),
        ({"a": mark(1), "b": mark(2)}, "b"),
        ({"a": mark(2), "b": mark(2)}, "a"),
        ({"a": mark(None), "b": mark(0)}, "b"),
        ({"a": mark(0, not_attempted=True), "b": mark(0)}, "b"),
        ({"a": mark(0), "b": mark(0, not_attempted=True)}, "a"),
    ],
)
def test_the_higher_alternative_is_kept(marks, kept):
    assert kept_alternative(marks) == kept


def test_totals_are_exact_and_rounded_half_up():
    result = totals([D("2.5"), D("0.5")], D(17), 80)
    assert (result.manual, result.mcq, result.total) == (D(3), D(17), D(20))
    assert result.percentage == D("25.00")
    assert totals([D("0.5")], D(0), 80).percentage == D("0.63")  # 0.625 goes up
    assert totals([], D(0), 80).percentage == D("0.00")
