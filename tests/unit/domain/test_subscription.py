"""What plans allow, what a month has left, and when it begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.subscription import PlanRule, allowed, billing_day, month_began, remaining

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("flag", "types"),
    [
        ("allow_board_exam", {ExamType.BOARD_EXAM}),
        ("allow_mcq_only", {ExamType.SECTION_MCQ}),
        ("allow_section_practice", {ExamType.SECTION_VSA, ExamType.SECTION_SA}),
        ("allow_unit_practice", {ExamType.UNIT_PRACTICE}),
    ],
)
def test_each_flag_of_a_plan_allows_its_types_and_no_others(flag: str, types: set[ExamType]) -> None:
    nothing = dict.fromkeys(PlanRule.__dataclass_fields__, False)
    assert {kind for kind in ExamType if allowed(PlanRule(**nothing | {flag: True}), kind)} == types


def test_a_month_never_has_less_than_nothing_left() -> None:
    assert [remaining(3, used) for used in (0, 3, 5)] == [3, 0, 0]


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
