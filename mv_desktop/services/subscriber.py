"""Subscriptions, for who keeps them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError, RefusedError
from mv_desktop.domain.consultation import Consultation, differing
from mv_desktop.domain.record import Opened, Slice, Wanted
from mv_desktop.domain.subscriber import (
    OtherSubscription,
    SubscriberRow,
    SubscriptionDraft,
    overlap_text,
    overlapping,
)
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus
from mv_desktop.services.people import PIECE
from mv_desktop.services.record import RecordKind, Written, accepted, as_json, put_record

_COLUMNS = (
    "plan_type", "start_date", "end_date", "billing_cycle", "status", "exams_used_this_month", "exams_limit_per_month",
    "teacher_hours_limit", "billing_day_of_month",
)  # fmt: skip
_NEW = ("plan_type", "start_date", "end_date", "billing_cycle", "billing_day_of_month", "amount_paid_paise")
_OPENED = """
    SELECT s.*, s.status::text AS state, s.plan_type::text AS plan, u.email,
           u.first_name || ' ' || u.last_name AS student,
           t.here::date AS today, (t.here - interval '1 hour')::date AS billing_today
    FROM public.subscriptions s JOIN public.users u ON u.user_id = s.student_user_id
    CROSS JOIN (SELECT now() AT TIME ZONE coalesce((
        SELECT c.config_value ->> 'timezone' FROM public.system_config c WHERE c.config_key = 'sla_working_hours'
    ), 'Asia/Kolkata') AS here) t
    WHERE s.subscription_id = :subscription
"""
_OTHERS = """
    SELECT p.display_name, s.start_date, s.end_date, s.status::text AS status
    FROM public.subscriptions s JOIN public.subscription_plans p ON p.plan_type = s.plan_type
    WHERE s.student_user_id = :student AND s.subscription_id <> :subscription
    ORDER BY s.start_date DESC, s.subscription_id
"""
_CONSULTATIONS = """
    SELECT c.consultation_id, c.held_on, u.email, c.hours, c.note
    FROM public.consultations c JOIN public.users u ON u.user_id = c.teacher_user_id
    WHERE c.subscription_id = :subscription ORDER BY c.held_on DESC, c.created_at DESC, c.consultation_id
"""


def subscribers(session: Session, wanted: Wanted, after: UUID | None, limit: int = PIECE) -> Slice[SubscriberRow]:
    """A piece of the list of subscriptions, the newest first.

    Args:
        session: on an admin's own login.
        wanted: each of its words must be known of the student.
        after: the last subscription of the piece before.
        limit: at most so many.
    """
    rows = session.execute(
        text("SELECT * FROM api.subscriptions(:words, CAST(:choices AS jsonb), :after, :limit)"),
        {"words": wanted.words, "choices": json.dumps(dict(wanted.choices)), "after": after, "limit": limit + 1},
    ).all()
    found = tuple(
        SubscriberRow(
            *(row.subscription_id, row.student, row.email, row.plan, row.start_date, row.end_date),
            SubscriptionStatus(row.status),
            *(row.exams_used, row.exams_limit, row.hours_used or Decimal(0), row.hours_limit),
        )
        for row in rows[:limit]
    )
    return Slice(found, len(rows) > limit)


def open_subscription(session: Session, subscription: UUID) -> Opened[SubscriptionDraft]:
    """A subscription as it stands, with the others of the same student.

    Raises:
        RefusedError: there is none.
    """
    row = session.execute(text(_OPENED), {"subscription": subscription}).one_or_none()
    if row is None:
        raise RefusedError("There is no such subscription on the server.")
    others = session.execute(text(_OTHERS), {"student": row.student_user_id, "subscription": subscription})
    draft = SubscriptionDraft(
        email=row.email,
        plan_type=PlanType(row.plan),
        start_date=row.start_date,
        end_date=row.end_date,
        billing_cycle=BillingCycle(row.billing_cycle),
        billing_day_of_month=row.billing_day_of_month,
        amount_paid_paise=row.amount_paid_paise,
        exams_used_this_month=row.exams_used_this_month,
        exams_limit_per_month=row.exams_limit_per_month,
        teacher_hours_limit=row.teacher_hours_limit,
        consultations=tuple(one for _, one in _consultations(session, subscription)),
        status=SubscriptionStatus(row.state),
        student=row.student,
        student_id=row.student_user_id,
        payment_gateway=row.payment_gateway or "",
        payment_ref=row.payment_gateway_ref or "",
        today=row.today,
        billing_today=row.billing_today,
        others=tuple(
            OtherSubscription(one.display_name, one.start_date, one.end_date, SubscriptionStatus(one.status))
            for one in others
        ),
    )
    return Opened(str(subscription), row.updated_at, draft)


def put_subscription(
    session: Session,
    subscription: UUID,
    seen: datetime,
    draft: SubscriptionDraft,
    before: SubscriptionDraft,
    reason: str,
) -> Written:
    """Write what is otherwise than `before`, consultations too, all of it or nothing.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit, another subscription of the student runs on the same days, or a
            consultation was with nobody of the staff.
    """
    values: dict[str, Any] = {
        name: getattr(draft, name) for name in _COLUMNS if getattr(draft, name) != getattr(before, name)
    }
    written = Written(seen)
    if values:
        now = open_subscription(session, subscription).draft
        other = next(iter(overlapping(replace(draft, others=now.others))), None)
        if other is not None:
            raise InvalidError(overlap_text(other.plan, other.start_date, other.end_date))
        written = put_record(session, RecordKind.SUBSCRIPTION, subscription, seen, values, reason)
    if Counter(draft.consultations) == Counter(before.consultations):
        return written
    return _put_consultations(session, subscription, written.updated_at, draft.consultations, reason)


def _put_consultations(
    session: Session, subscription: UUID, seen: datetime, wanted: Sequence[Consultation], reason: str
) -> Written:
    put, gone = differing(_consultations(session, subscription), wanted)
    rows = [
        {
            "consultation_id": None if key is None else str(key),
            "held_on": one.held_on.isoformat(),
            "teacher": one.teacher,
            "hours": str(one.hours),
            "note": one.note,
        }
        for key, one in put
    ]
    answer = session.scalar(
        text(
            "SELECT api.put_consultations(:subscription, CAST(:seen AS timestamptz), CAST(:put AS jsonb),"
            " CAST(:gone AS uuid[]), :reason)"
        ),
        {
            "subscription": subscription,
            "seen": seen,
            "put": json.dumps(rows),
            "gone": [str(key) for key in gone],
            "reason": reason,
        },
    )
    why = answer.get("refused") if isinstance(answer, dict) else None
    if why == "no_teacher":
        raise InvalidError(f"Nobody of the staff has the address {answer['email']}. Nothing was saved.")
    if why == "day":
        raise InvalidError(
            "A consultation is on a day on which the subscription does not run, or that is still to come."
        )
    return Written(datetime.fromisoformat(accepted(answer)["updated_at"]))


def _consultations(session: Session, subscription: UUID) -> list[tuple[UUID, Consultation]]:
    rows = session.execute(text(_CONSULTATIONS), {"subscription": subscription})
    return [(row.consultation_id, Consultation(row.held_on, row.email, row.hours, row.note)) for row in rows]


def start_subscription(session: Session, draft: SubscriptionDraft, reason: str) -> UUID:
    """Begin one, with the limits that its plan has now; answers its id.

    Raises:
        InvalidError: no student has that address, a value does not fit, or another one runs on the same days.
    """
    answer = session.scalar(
        text("SELECT api.start_subscription(:email, CAST(:values AS jsonb), :reason)"),
        {"email": draft.email, "values": as_json({name: getattr(draft, name) for name in _NEW}), "reason": reason},
    )
    why = answer.get("refused") if isinstance(answer, dict) else None
    if why == "no_student":
        raise InvalidError(f"No student has the address {draft.email}. Nothing was saved.")
    if why == "overlap":
        start, end = (date.fromisoformat(answer[name]) for name in ("start_date", "end_date"))
        raise InvalidError(overlap_text(answer["plan"], start, end))
    return UUID(accepted(answer)["subscription_id"])
