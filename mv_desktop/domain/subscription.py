"""Subscriptions: which plans there are, the states of a subscription, and when its months begin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


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
