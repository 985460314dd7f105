"""What a subscription must not be, and which others stand against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mv_desktop.domain.subscriber import overlapping, share_text, subscription_faults
from mv_desktop.domain.subscription import SubscriptionStatus
from tests.fakes.subscriber_place import HELD, FakeSubscribers

RUNNING = next(iter(FakeSubscribers().sold.values()))


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"email": "x"}, ["email"]),
        ({"end_date": date(2026, 7, 1)}, ["end_date", "consultations"]),
        ({"billing_day_of_month": 0}, ["billing_day_of_month"]),
        ({"billing_day_of_month": 29}, ["billing_day_of_month"]),
        ({"amount_paid_paise": None}, ["amount_paid_paise"]),
        ({"amount_paid_paise": -1}, ["amount_paid_paise"]),
        ({"exams_used_this_month": 1001, "exams_limit_per_month": 1001},
         ["exams_used_this_month", "exams_limit_per_month"]),
        ({"teacher_hours_limit": None}, []),
        ({"teacher_hours_limit": Decimal(1000)}, ["teacher_hours_limit"]),
        ({"consultations": (replace(HELD, hours=Decimal(0)),)}, ["consultations"]),
        ({"consultations": (HELD, HELD)}, []),
        ({"billing_day_of_month": 0, "consultations": (HELD,)}, ["billing_day_of_month"]),
        ({"end_date": date(2026, 9, 1)}, [""]),
        ({"end_date": date(2026, 8, 31)}, []),
        ({"start_date": date(2026, 9, 30), "end_date": date(2026, 10, 30)}, ["consultations", ""]),
        ({"start_date": date(2026, 5, 3)}, []),
    ],
)  # fmt: skip
def test_each_field_says_what_is_wrong_with_it(values: dict[str, object], fields: list[str]) -> None:
    assert [fault.field for fault in subscription_faults(replace(RUNNING, **values))] == fields  # type: ignore[arg-type]


def test_only_a_running_one_is_stood_against() -> None:
    draft = replace(RUNNING, end_date=date(2026, 12, 1))
    assert [other.plan for other in overlapping(draft)] == ["Premium Plan"]
    assert overlapping(replace(draft, status=SubscriptionStatus.CANCELLED)) == ()


def test_consultations_count_in_the_month_in_which_they_were() -> None:
    late = replace(HELD, held_on=date(2026, 6, 30), hours=Decimal(4))
    then = replace(RUNNING, start_date=date(2026, 1, 1), consultations=(replace(HELD, hours=Decimal(2)), late))
    assert then.hours_used == Decimal(2)
    assert replace(then, billing_day_of_month=20).hours_used == Decimal(
        6
    )  # another day, and others fall into the month
    assert then.over() == ((date(2026, 6, 1), Decimal(4)),)
    assert replace(then, teacher_hours_limit=None).over() == ()
    assert replace(then, consultations=()).hours_used == 0
    assert replace(then, billing_today=None).hours_used == 0
    # until 01:00 of the billing day the old month runs, and what was then is not of it
    assert replace(then, today=date(2026, 7, 1), billing_today=date(2026, 6, 30)).hours_used == Decimal(4)


def test_what_is_used_of_what_there_is_is_short() -> None:
    assert [share_text(3, 5), share_text(Decimal("2.50"), None), share_text(Decimal("10.00"), Decimal(20))] == [
        "3 / 5", "2.5 / ∞", "10 / 20",
    ]  # fmt: skip
