"""What a plan must not be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mv_desktop.domain.plan import plan_faults
from tests.fakes.plan_place import plan

GOOD = plan("Basic Plan", 29900)
NOTHING_ALLOWED = dict.fromkeys(
    ("allow_board_exam", "allow_section_practice", "allow_unit_practice", "allow_mcq_only"), False
)


def test_a_plan_as_it_is_sold_has_no_fault() -> None:
    assert plan_faults(GOOD) == ()
    assert plan_faults(replace(GOOD, monthly_price_paise=None, teacher_hours_per_month=Decimal(0))) == ()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("display_name", {"display_name": "  "}),
        ("display_name", {"display_name": "x" * 101}),
        ("exams_per_month", {"exams_per_month": 0}),
        ("exams_per_month", {"exams_per_month": 1001}),
        ("teacher_hours_per_month", {"teacher_hours_per_month": Decimal("-0.5")}),
        ("teacher_hours_per_month", {"teacher_hours_per_month": Decimal(1000)}),
        ("sla_hours", {"sla_hours": 36}),
        ("monthly_price_paise", {"monthly_price_paise": 0}),
        ("annual_price_paise", {"annual_price_paise": 2_000_000_001}),
        ("allow_board_exam", NOTHING_ALLOWED),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(field: str, values: dict) -> None:
    (fault,) = plan_faults(replace(GOOD, **values))
    assert fault.field == field
    assert fault.message.endswith(".")
