"""Plans as admins keep them: what each offers and costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mv_desktop.domain.record import Fault
from mv_desktop.domain.sla import SLA_HOURS
from mv_desktop.domain.subscription import PlanType

MOST_EXAMS = 1000
MOST_HOURS = Decimal("999.99")
MOST_PAISE = 2_000_000_000
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in the list.

    Attributes:
        monthly_price_paise, annual_price_paise: None where it is not sold so.
        subscribers: how many have it now.
    """

    plan_type: PlanType
    display_name: str
    monthly_price_paise: int | None
    annual_price_paise: int | None
    exams_per_month: int
    sla_hours: int
    is_active: bool
    subscribers: int


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What can be written of a plan, under the names of its columns.

    Attributes:
        teacher_hours_per_month: consultations, in hours; None is unlimited.
        sla_hours: within so many hours a script is marked.
        subscribers: how many have it now; not written.
    """

    display_name: str
    description: str
    exams_per_month: int
    teacher_hours_per_month: Decimal | None
    allow_board_exam: bool
    allow_section_practice: bool
    allow_unit_practice: bool
    allow_mcq_only: bool
    leaderboard_eligible: bool
    sla_hours: int
    monthly_price_paise: int | None
    annual_price_paise: int | None
    is_active: bool
    subscribers: int = 0


def plan_faults(draft: PlanDraft) -> tuple[Fault, ...]:
    """What a plan must not be, field by field (the checks of `subscription_plans`, and what nobody would want)."""
    found = []
    if not draft.display_name.strip():
        found.append(Fault("display_name", "A plan needs a name."))
    elif len(draft.display_name) > _LONGEST_NAME:
        found.append(Fault("display_name", "The name is too long: at most 100 letters."))
    if not 1 <= draft.exams_per_month <= MOST_EXAMS:
        found.append(Fault("exams_per_month", "Between 1 and 1,000 exams a month."))
    hours = draft.teacher_hours_per_month
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        found.append(Fault("teacher_hours_per_month", "Between 0 and 999.99 hours, or nothing for no limit."))
    if draft.sla_hours not in SLA_HOURS:
        found.append(Fault("sla_hours", "24 or 48 hours."))
    found += [
        Fault(name, "More than nothing; leave it empty where the plan is not sold so.")
        for name, price in (
            ("monthly_price_paise", draft.monthly_price_paise),
            ("annual_price_paise", draft.annual_price_paise),
        )
        if price is not None and not 0 < price <= MOST_PAISE
    ]
    if not any((
        draft.allow_board_exam, draft.allow_section_practice, draft.allow_unit_practice, draft.allow_mcq_only,
    )):  # fmt: skip
        found.append(Fault("allow_board_exam", "A plan must allow some kind of exam."))
    return tuple(found)
