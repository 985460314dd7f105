"""Consultations: what is wrong with one, what differs, and how days are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.consultation import (
    MOST_CONSULTATIONS,
    Consultation,
    consultation_fault,
    differing,
    hours_of_month,
    months,
    read_day,
)

ONE = Consultation(date(2026, 7, 6), "asha@school.in", Decimal(1), "Limits")
TWO = replace(ONE, held_on=date(2026, 6, 9), hours=Decimal("0.5"))
A, B = UUID(int=1), UUID(int=2)


def fault(*found: Consultation) -> str:
    return consultation_fault(found, date(2026, 6, 1), date(2026, 7, 31), date(2026, 7, 15))


def test_the_first_that_is_wrong_is_named() -> None:
    assert fault() == fault(ONE, TWO) == ""
    for values, why in (
        ({"held_on": date(2026, 5, 31)}, "does not run"),
        ({"held_on": date(2026, 7, 16)}, "still to come"),
        ({"teacher": "Asha"}, "e-mail address"),
        ({"hours": Decimal(0)}, "at most 24"),
        ({"hours": Decimal("24.5")}, "at most 24"),
        ({"note": "x" * 501}, "too long"),
    ):
        found = fault(ONE, replace(TWO, **values))  # type: ignore[arg-type]
        assert found.startswith("Consultation 2: ")
        assert why in found
    assert "At most 500" in fault(*[ONE] * (MOST_CONSULTATIONS + 1))
    assert consultation_fault([replace(ONE, held_on=date(2026, 7, 20))], TWO.held_on, date(2026, 7, 31), None) == ""


def test_hours_are_summed_by_the_months_of_the_subscription() -> None:
    assert months([ONE, TWO, ONE], 1) == ((date(2026, 7, 1), Decimal(2)), (date(2026, 6, 1), Decimal("0.5")))
    assert months([ONE, TWO], 9) == ((date(2026, 6, 9), Decimal("1.5")),)
    assert hours_of_month([ONE, TWO], 9, date(2026, 7, 8)) == Decimal("1.5")
    assert hours_of_month([ONE, TWO], 9, date(2026, 7, 9)) == hours_of_month([ONE], 1, None) == 0


def test_only_what_differs_is_written_and_one_is_put_right_by_its_day() -> None:
    stored = ((A, ONE), (B, TWO))
    assert differing(stored, (TWO, replace(ONE, teacher=" ASHA@school.in "))) == ((), ())
    longer = replace(TWO, hours=Decimal(2))
    assert differing(stored, (longer, ONE)) == (((B, longer),), ())
    other = replace(ONE, held_on=date(2026, 7, 1))
    assert differing(stored, (other,)) == (((A, other),), (B,))
    assert differing(stored, (ONE, TWO, ONE)) == (((None, ONE),), ())
    assert differing(stored, ()) == ((), (A, B))


def test_days_are_read_as_people_write_them() -> None:
    day = date(2026, 11, 7)
    assert [read_day(words) for words in ("2026-11-07", "7/11/2026", "07.11.2026", "7-11-2026")] == [day] * 4
    for words in ("", "soon", "31/11/2026", "7/11", "1/2/3/4", "2026-13-01"):
        with pytest.raises(InvalidError):
            read_day(words)
