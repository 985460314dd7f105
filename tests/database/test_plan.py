"""Plans: listed with who has them, opened, changed with a reason, and what was changed read back from the log."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mv_desktop.core.errors import ConflictError, InvalidError
from mv_desktop.domain.record import Difference, put_back
from mv_desktop.domain.subscription import PlanType
from mv_desktop.offline.office.plan import Plans
from tests.factories.marking import School


def test_a_plan_is_changed_with_a_reason_and_its_history_says_what_it_was(school: School) -> None:
    admin, other = school.person("admin"), school.person("admin")
    plans, others = Plans(admin.session), Plans(other.session)
    listed = {row.plan_type: row for row in plans.all()}
    assert [row.monthly_price_paise for row in plans.all()] == [29900, 49900, 99900, 149900]
    assert listed[PlanType.CENTUM].sla_hours == 24
    opened = plans.open(PlanType.CENTUM)
    assert opened.draft.teacher_hours_per_month is None
    assert opened.draft.subscribers == listed[PlanType.CENTUM].subscribers
    dearer = replace(
        opened.draft, monthly_price_paise=159900, teacher_hours_per_month=Decimal("2.5"), description=" The best "
    )
    plans.save(opened, dearer, "new year")
    with pytest.raises(ConflictError, match="has changed this meanwhile"):
        others.save(opened, replace(opened.draft, is_active=False), "too late")
    again = others.open(PlanType.CENTUM)
    assert again.draft == replace(dearer, description="The best")
    with pytest.raises(InvalidError):
        others.save(again, replace(again.draft, sla_hours=36), "as if")
    others.save(again, replace(again.draft, is_active=False), "sold no more")
    newest, before = plans.changes(PlanType.CENTUM)[:2]
    assert (newest.reason, newest.event, newest.differences) == (
        "sold no more", "plan.changed", (Difference("is_active", True, False),),
    )  # fmt: skip
    ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", admin.user_id)
    assert (before.by, before.reason) == (name, "new year")
    assert put_back((newest, before), before.log_id) == {
        "description": None, "is_active": True, "monthly_price_paise": 149900, "teacher_hours_per_month": None,
    }  # fmt: skip
    assert put_back((newest, before), newest.log_id) == {"is_active": True}
    assert plans.changes(PlanType.BASIC) == ()
