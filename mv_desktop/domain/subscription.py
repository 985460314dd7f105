"""Subscriptions: the plans and what each allows, the states of a subscription, and when its months begin.

The database counts by the same rules (`api.take_exam`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mv_desktop.domain.exam import ExamType


class PlanType(StrEnum):
    """The plans; the values are the database's."""

    BASIC = "basic"
    PREMIUM_MCQ = "premium_mcq"
    PREMIUM = "premium"
    CENTUM = "centum"


class SubscriptionStatus(StrEnum):
    """The states of a subscription; the values are the database's."""

    ACTIVE = "active"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    PENDING = "pending"


class BillingCycle(StrEnum):
    """How often a subscription is paid; the values are the database's."""

    MONTHLY = "monthly"
    ANNUAL = "annual"


@dataclass(frozen=True, slots=True)
class PlanRule:
    """Which kinds of exam a plan allows, as its row says."""

    allow_board_exam: bool
    allow_section_practice: bool
    allow_unit_practice: bool
    allow_mcq_only: bool


def allowed(plan: PlanRule, exam_type: ExamType) -> bool:
    """Whether who has this plan may sit an exam of that type."""
    return {
        ExamType.BOARD_EXAM: plan.allow_board_exam,
        ExamType.SECTION_MCQ: plan.allow_mcq_only,
        ExamType.SECTION_VSA: plan.allow_section_practice,
        ExamType.SECTION_SA: plan.allow_section_practice,
        ExamType.UNIT_PRACTICE: plan.allow_unit_practice,
    }[exam_type]


def remaining(limit: int, used: int) -> int:
    """How many exams a month has left; none where a limit was lowered below what is used."""
    return max(limit - used, 0)


def billing_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day that counts for billing at an aware moment: it begins at 01:00 in the school's zone."""
    return (moment.astimezone(zone).replace(tzinfo=None) - timedelta(hours=1)).date()


def month_began(day: date, billing_day_of_month: int) -> date:
    """When the month of a subscription began that holds `day`.

    Args:
        day: a day as `billing_day` answers it.
        billing_day_of_month: 1 to 28, so that every month has it.
    """
    if day.day >= billing_day_of_month:
        return day.replace(day=billing_day_of_month)
    return (day.replace(day=1) - timedelta(days=1)).replace(day=billing_day_of_month)
