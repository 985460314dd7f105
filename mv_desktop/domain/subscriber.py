"""Subscriptions as admins keep them: whose, which plan, from when to when, and what of a month is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from mv_desktop.domain.consultation import Consultation, consultation_fault, hours_of_month, months
from mv_desktop.domain.member import is_email
from mv_desktop.domain.plan import MOST_EXAMS, MOST_HOURS, MOST_PAISE
from mv_desktop.domain.record import Fault
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus

LAST_BILLING_DAY = 28


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A subscription in the list.

    Attributes:
        student, email: whose it is.
        plan: as plans are called.
        hours_used, hours_limit: with a teacher; without a limit where that is None.
    """

    subscription_id: UUID
    student: str
    email: str
    plan: str
    start_date: date
    end_date: date
    status: SubscriptionStatus
    exams_used: int
    exams_limit: int
    hours_used: Decimal
    hours_limit: Decimal | None


@dataclass(frozen=True, slots=True)
class OtherSubscription:
    """Another subscription of the same student.

    Attributes:
        plan: as plans are called.
    """

    plan: str
    start_date: date
    end_date: date
    status: SubscriptionStatus


@dataclass(frozen=True, slots=True)
class SubscriptionDraft:
    """What can be written of a subscription, under the names of its columns, and what is known beside.

    Attributes:
        email: of the student; said when it begins, as what was paid.
        consultations: with a teacher, the newest first; those of the month that runs are the hours it has used.
        student, student_id, others, today: not written; who she is, her other subscriptions, the newest first, and
            which day it is.
        payment_gateway, payment_ref: not written; through what it was paid, and its number there; "" where neither is.
        billing_today: the day that counts for billing, which begins at 01:00; it says which month runs.
    """

    email: str
    plan_type: PlanType
    start_date: date
    end_date: date
    billing_cycle: BillingCycle
    billing_day_of_month: int
    amount_paid_paise: int | None
    exams_used_this_month: int = 0
    exams_limit_per_month: int = 1
    teacher_hours_limit: Decimal | None = None
    consultations: tuple[Consultation, ...] = ()
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    student: str = ""
    student_id: UUID | None = None
    others: tuple[OtherSubscription, ...] = ()
    payment_gateway: str = ""
    payment_ref: str = ""
    today: date | None = None
    billing_today: date | None = None

    @property
    def hours_used(self) -> Decimal:
        """The hours of the consultations of the month that runs (`api._hours_used`)."""
        return hours_of_month(self.consultations, self.billing_day_of_month, self.billing_today)

    def over(self) -> tuple[tuple[date, Decimal], ...]:
        """The months, by their first days, in which there were more hours than the plan gives, the newest first."""
        limit = self.teacher_hours_limit
        found = months(self.consultations, self.billing_day_of_month)
        return () if limit is None else tuple((first, hours) for first, hours in found if hours > limit)


def subscription_faults(draft: SubscriptionDraft) -> tuple[Fault, ...]:
    """What a subscription must not be, field by field (the checks of `subscriptions`)."""
    found = []
    if not is_email(draft.email.strip()):
        found.append(Fault("email", "Enter the e-mail address of a student."))
    if draft.end_date <= draft.start_date:
        found.append(Fault("end_date", "It must end after it begins."))
    if not 1 <= draft.billing_day_of_month <= LAST_BILLING_DAY:
        found.append(Fault("billing_day_of_month", "Between 1 and 28: every month has these days."))
    if draft.amount_paid_paise is None or not 0 <= draft.amount_paid_paise <= MOST_PAISE:
        found.append(Fault("amount_paid_paise", "What was paid in rupees; 0 where nothing was."))
    for name, exams in (
        ("exams_used_this_month", draft.exams_used_this_month),
        ("exams_limit_per_month", draft.exams_limit_per_month),
    ):
        if exams > MOST_EXAMS:
            found.append(Fault(name, "At most 1,000 exams a month."))
    found += _hour_faults(draft)
    found += [Fault("", overlap_text(other.plan, other.start_date, other.end_date)) for other in overlapping(draft)[:1]]
    return tuple(found)


def overlapping(draft: SubscriptionDraft) -> tuple[OtherSubscription, ...]:
    """The running subscriptions of the same student that share days with a running one: there must be none."""
    if draft.status != SubscriptionStatus.ACTIVE:
        return ()
    return tuple(
        other
        for other in draft.others
        if other.status == SubscriptionStatus.ACTIVE
        and other.start_date <= draft.end_date
        and draft.start_date <= other.end_date
    )


def overlap_text(plan: str, start: date, end: date) -> str:
    """Why a subscription cannot begin or be changed so."""
    return f"{plan} runs from {_day(start)} to {_day(end)} already."


def share_text(used: Decimal | int, limit: Decimal | int | None) -> str:
    """What is used of what there is: "3 / 5", "2.5 / ∞"."""
    return f"{_plain(used)} / {'∞' if limit is None else _plain(limit)}"


def _hour_faults(draft: SubscriptionDraft) -> list[Fault]:
    found = []
    limit = draft.teacher_hours_limit
    if limit is not None and not 0 <= limit <= MOST_HOURS:
        found.append(Fault("teacher_hours_limit", "Between 0 and 999.99 hours, or nothing for no limit."))
    if 1 <= draft.billing_day_of_month <= LAST_BILLING_DAY:
        why = consultation_fault(draft.consultations, draft.start_date, draft.end_date, draft.today)
        found += [Fault("consultations", why)] if why else []
    return found


def _plain(number: Decimal | int) -> str:
    return f"{Decimal(number).normalize():f}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
