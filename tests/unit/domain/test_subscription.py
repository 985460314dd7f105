"""When a subscription's month begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.domain.subscription import billing_day, month_began

KOLKATA = ZoneInfo("Asia/Kolkata")


def test_a_billing_day_begins_an_hour_after_midnight_where_the_school_is() -> None:
    one_o_clock = datetime(2026, 7, 14, 19, 30, tzinfo=UTC)
    assert billing_day(one_o_clock, KOLKATA) == date(2026, 7, 15)
    assert billing_day(one_o_clock - timedelta(seconds=1), KOLKATA) == date(2026, 7, 14)


@pytest.mark.parametrize(
    ("day", "billing", "began"),
    [
        (date(2026, 7, 15), 15, date(2026, 7, 15)),
        (date(2026, 7, 14), 15, date(2026, 6, 15)),
        (date(2026, 1, 1), 28, date(2025, 12, 28)),
        (date(2028, 2, 29), 1, date(2028, 2, 1)),
        (date(2026, 3, 1), 28, date(2026, 2, 28)),
    ],
)
def test_a_month_begins_on_its_billing_day(day: date, billing: int, began: date) -> None:
    assert month_began(day, billing) == began
