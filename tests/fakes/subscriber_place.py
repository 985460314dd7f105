"""Subscriptions in memory, behind the office's port."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import ConflictError
from mv_desktop.domain.consultation import Consultation
from mv_desktop.domain.record import Change, Opened, Slice, Wanted
from mv_desktop.domain.subscriber import OtherSubscription, SubscriberRow, SubscriptionDraft
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)

HELD = Consultation(date(2026, 7, 6), "asha@school.in", Decimal(1), "Limits")


def subscription(plan: PlanType, first: date, **values: object) -> SubscriptionDraft:
    draft = SubscriptionDraft(
        "ravi@home.in", plan, first, first + timedelta(days=30), BillingCycle.MONTHLY, 1, 29900,
        exams_limit_per_month=5, teacher_hours_limit=Decimal(3), student="Ravi Kumar", student_id=UUID(int=1),
    )  # fmt: skip
    return replace(draft, **values)  # type: ignore[arg-type]


class FakeSubscribers:
    """A `SubscriberPlace`."""

    def __init__(self) -> None:
        past = OtherSubscription("Basic Plan", date(2026, 5, 1), date(2026, 5, 31), SubscriptionStatus.EXPIRED)
        coming = OtherSubscription("Premium Plan", date(2026, 9, 1), date(2026, 9, 30), SubscriptionStatus.ACTIVE)
        self.sold = {
            UUID(int=1): subscription(PlanType.PREMIUM, date(2026, 7, 1), exams_used_this_month=3,
                                      others=(coming, past), consultations=(HELD,), today=NOW.date(),
                                      billing_today=NOW.date()),
            UUID(int=2): subscription(PlanType.BASIC, date(2026, 5, 1), status=SubscriptionStatus.EXPIRED),
        }  # fmt: skip
        self.seen = dict.fromkeys(self.sold, NOW)
        self.reasons: list[str] = []

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[SubscriberRow]:
        del after
        return Slice(tuple(
            SubscriberRow(
                key, one.student, one.email, str(one.plan_type), one.start_date, one.end_date,
                SubscriptionStatus(one.status), one.exams_used_this_month, one.exams_limit_per_month,
                one.hours_used, one.teacher_hours_limit,
            )
            for key, one in self.sold.items()
            if wanted.choices.get("status") in {None, one.status}
        ))  # fmt: skip

    def open(self, subscription: UUID) -> Opened[SubscriptionDraft]:
        return Opened(str(subscription), self.seen[subscription], self.sold[subscription])

    def save(self, opened: Opened[SubscriptionDraft], draft: SubscriptionDraft, reason: str) -> None:
        key = UUID(opened.key)
        if self.seen[key] != opened.seen:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.")
        self.sold[key] = draft
        self.seen[key] += timedelta(minutes=1)
        self.reasons.append(reason)

    def start(self, draft: SubscriptionDraft, reason: str) -> UUID:
        key = UUID(int=len(self.sold) + 1)
        self.sold[key], self.seen[key] = replace(draft, student="Uma Das"), NOW
        self.reasons.append(reason)
        return key

    def cancel(self, opened: Opened[SubscriptionDraft], reason: str) -> None:
        self.save(opened, replace(opened.draft, status=SubscriptionStatus.CANCELLED), reason)

    def changes(self, subscription: UUID) -> tuple[Change, ...]:
        del subscription
        return ()
