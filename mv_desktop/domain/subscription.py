"""Subscriptions: which plans there are, and the states of a subscription."""

from __future__ import annotations

from enum import StrEnum


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
