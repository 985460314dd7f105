"""Which scripts the demo holds, and when they must have come in."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from mv_desktop.demo.population import pupils, staff
from mv_desktop.demo.script_plan import STANDARD, DemoState, script_plans
from mv_desktop.domain.person import UserRole
from mv_desktop.services.deadline import shipped_calendar

CALENDAR = shipped_calendar()


def test_every_state_and_every_distance_is_there() -> None:
    plans = script_plans()
    assert len(plans) == STANDARD >= 24
    assert {plan.state for plan in plans} == set(DemoState)
    waiting = [plan.left for plan in plans if plan.state is DemoState.ASSIGNED]
    assert min(waiting) < 0
    assert min(left for left in waiting if left > 0) < 1
    assert max(waiting) > 9
    assert any(plan.broken_page for plan in plans)


def test_people_are_as_many_as_promised() -> None:
    roles = Counter(person.role for person in staff())
    assert (roles[UserRole.TEACHER], roles[UserRole.ADMIN]) == (6, 1)
    assert sum(person.is_coordinator for person in staff()) == 1
    assert len({pupil.student.user_id for pupil in pupils()}) == 40


def test_more_scripts_have_numbers_of_their_own_and_a_teacher() -> None:
    plans = script_plans(STANDARD + 40)
    assert [plan.number for plan in plans] == list(range(1, STANDARD + 41))
    assert {plan.teacher for plan in plans[STANDARD:]} == set(range(6))
    assert script_plans(2) == plans[:2]
    assert script_plans(0) == ()


def test_students_plan_promises_the_scripts_hours() -> None:
    for plan in script_plans(STANDARD + 20):
        assert plan.pupil.student.student_class == plan.class_name


@pytest.mark.parametrize(
    "now",
    [
        "2026-07-15T11:30+05:30",  # in working hours
        "2026-07-15T03:00+05:30",  # at night
        "2026-07-19T12:00+05:30",  # on a Sunday
        "2026-08-15T10:00+05:30",  # on a holiday
        "2026-07-20T09:00+05:30",  # as the day opens
        "2026-07-20T18:00+05:30",  # as it closes
    ],
)
def test_scripts_are_due_at_the_planned_distance_whenever_the_demo_is_made(now: str) -> None:
    moment = datetime.fromisoformat(now)
    for plan in script_plans():
        if plan.state.has_pages:
            received = plan.received(CALENDAR, moment)
            due = CALENDAR.deadline(received, plan.sla_hours).due
            assert received <= moment
            left = CALENDAR.working_time(moment, due)
            assert abs(left - timedelta(hours=plan.left)) < timedelta(seconds=5), plan
