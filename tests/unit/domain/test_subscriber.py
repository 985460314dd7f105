"""What a subscription must not be, and which others stand against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mv_desktop.domain.subscriber import overlapping, share_text, subscription_faults
from mv_desktop.domain.subscription import SubscriptionStatus
from tests.fakes.subscriber_place import FakeSubscribers

RUNNING = next(iter(FakeSubscribers().sold.values()))


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"email": "x"}, ["email"]),
        ({"end_date": date(2026, 7, 1)}, ["end_date"]),
        ({"billing_day_of_month": 0}, ["billing_day_of_month"]),
        ({"billing_day_of_month": 29}, ["billing_day_of_month"]),
        ({"amount_paid_paise": None}, ["amount_paid_paise"]),
        ({"amount_paid_paise": -1}, ["amount_paid_paise"]),
        ({"exams_used_this_month": 1001, "exams_limit_per_month": 1001},
         ["exams_used_this_month", "exams_limit_per_month"]),
        ({"teacher_hours_limit": None}, []),
        ({"teacher_hours_limit": Decimal(1000)}, ["teacher_hours_limit"]),
        ({"teacher_hours_used": Decimal(1000)}, ["teacher_hours_used", "consultation"]),
        ({"consultation": Decimal(0)}, ["consultation"]),
        ({"consultation": Decimal(999)}, ["consultation"]),
        ({"consultation": Decimal("0.5")}, []),
        ({"end_date": date(2026, 9, 1)}, [""]),
        ({"end_date": date(2026, 8, 31)}, []),
        ({"start_date": date(2026, 9, 30), "end_date": date(2026, 10, 30)}, [""]),
        ({"start_date": date(2026, 5, 3)}, []),
    ],
)  # fmt: skip
def test_each_field_says_what_is_wrong_with_it(values: dict[str, object], fields: list[str]) -> None:
    assert [fault.field for fault in subscription_faults(replace(RUNNING, **values))] == fields  # type: ignore[arg-type]


def test_only_a_running_one_is_stood_against() -> None:
    draft = replace(RUNNING, end_date=date(2026, 12, 1))
    assert [other.plan for other in overlapping(draft)] == ["Premium Plan"]
    assert overlapping(replace(draft, status=SubscriptionStatus.CANCELLED)) == ()


def test_what_is_used_of_what_there_is_is_short() -> None:
    assert [share_text(3, 5), share_text(Decimal("2.50"), None), share_text(Decimal("10.00"), Decimal(20))] == [
        "3 / 5", "2.5 / ∞", "10 / 20",
    ]  # fmt: skip
