"""Plans, for who keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.plan import PlanDraft, PlanRow
from mv_desktop.domain.record import Opened
from mv_desktop.domain.subscription import PlanType
from mv_desktop.services.people import TODAY
from mv_desktop.services.record import RecordKind, Written, put_record

_COLUMNS = (
    "display_name", "description", "exams_per_month", "teacher_hours_per_month", "allow_board_exam",
    "allow_section_practice", "allow_unit_practice", "allow_mcq_only", "leaderboard_eligible", "sla_hours",
    "monthly_price_paise", "annual_price_paise", "is_active",
)  # fmt: skip
# Who has paid for the time to come has it once; what nobody has marked as expired yet has ended all the same.
_SUBSCRIBERS = (
    "(SELECT count(DISTINCT s.student_user_id)::int FROM public.subscriptions s WHERE s.plan_type = p.plan_type"  # noqa: S608
    f" AND s.status = 'active' AND {TODAY} BETWEEN s.start_date AND s.end_date)"
)


def plans(session: Session) -> tuple[PlanRow, ...]:
    """All plans, the cheapest first; what is sold in no month comes last."""
    rows = session.execute(
        text(
            "SELECT p.plan_type::text, p.display_name, p.monthly_price_paise, p.annual_price_paise,"  # noqa: S608 - ours
            " p.exams_per_month,"
            f" p.sla_hours, p.is_active, {_SUBSCRIBERS} AS subscribers"
            " FROM public.subscription_plans p ORDER BY p.monthly_price_paise NULLS LAST, p.plan_type"
        )
    )
    return tuple(PlanRow(PlanType(row[0]), *row[1:]) for row in rows)


def open_plan(session: Session, plan: PlanType) -> Opened[PlanDraft]:
    """A plan as it stands.

    Raises:
        RefusedError: there is none.
    """
    columns = ", ".join(f"p.{name}" for name in _COLUMNS)
    row = session.execute(
        text(
            f"SELECT p.updated_at, {columns}, {_SUBSCRIBERS} AS subscribers"  # noqa: S608 - ours
            " FROM public.subscription_plans p"
            " WHERE p.plan_type::text = :plan"
        ),
        {"plan": plan.value},
    ).one_or_none()
    if row is None:
        raise RefusedError("There is no such plan on the server.")
    shown: dict[str, Any] = {name: getattr(row, name) for name in (*_COLUMNS, "subscribers")}
    return Opened(plan.value, row.updated_at, PlanDraft(**shown | {"description": row.description or ""}))


def put_plan(
    session: Session, plan: PlanType, seen: datetime, draft: PlanDraft, before: PlanDraft, reason: str
) -> Written:
    """Write what is otherwise than `before`. Subscriptions that run keep what they were sold with.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit.
    """
    values = {name: getattr(draft, name) for name in _COLUMNS if getattr(draft, name) != getattr(before, name)}
    if "description" in values:
        values["description"] = draft.description.strip() or None
    return put_record(session, RecordKind.PLAN, plan.value, seen, values, reason)
