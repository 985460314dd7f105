"""Months that begin, subscriptions that end, and exams that count against the plan."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.subscription import PlanRule, allowed, billing_day, month_began, remaining
from mv_desktop.services.database import open_session
from mv_desktop.services.subscription import begin_months, expire_subscriptions, take_exam
from mv_desktop.worker.counter_job import turn_months
from tests.factories.marking import School
from tests.factories.worker import worker_engine

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with worker_engine(school) as engine:
        yield engine


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=KOLKATA)


def subscribed(school: School, **values: Any) -> tuple[UserId, UUID]:
    with school.rows() as rows:
        student = rows.user("student")
        return UserId(student), rows.subscription(student_user_id=student, **values)


def used(school: School, subscription: UUID) -> tuple[Any, ...]:
    (row,) = school.select(
        "SELECT exams_used_this_month, last_counter_reset_date FROM subscriptions WHERE subscription_id = %s",
        subscription,
    )
    return row


def test_each_month_begins_once_whatever_days_the_worker_was_down(school: School, worker: Engine) -> None:
    """Many subscriptions over a year, on Hypothesis's choice of days; one student's exams are counted beside."""
    _, subscription = subscribed(school, start_date=date(2026, 1, 10), end_date=date(2027, 1, 9))

    @settings(max_examples=15, deadline=None)
    @given(
        billing=st.integers(1, 28),
        worked=st.sets(st.integers(0, 364), min_size=1, max_size=12),
        hour=st.sampled_from([(0, 59), (1, 0), (23, 59)]),
    )
    def run(billing: int, worked: set[int], hour: tuple[int, int]) -> None:
        school.execute(
            "UPDATE subscriptions SET billing_day_of_month = %s, exams_used_this_month = 3,"
            " last_counter_reset_date = NULL WHERE subscription_id = %s",
            billing,
            subscription,
        )
        started = last = date(2026, 1, 10)
        days, begun = set(), 0
        for day in sorted(worked):
            moment = at(date(2026, 1, 10) + timedelta(days=day), *hour)
            counted = billing_day(moment, KOLKATA)
            days.add(counted)
            due = counted >= date(2026, 1, 10) and last < month_began(counted, billing)
            for again in (False, True):
                with open_session(worker) as session:
                    assert begin_months(session, 10, moment) == (due and not again), (moment, last)
            if due:
                begun += 1
                last = counted
                assert used(school, subscription) == (0, counted)
        months = {month_began(day, billing) for day in days if day >= started}
        assert begun == len({month for month in months if month > started})

    run()


def test_subscriptions_end_after_their_last_day_and_no_month_of_theirs_begins(school: School, worker: Engine) -> None:
    today = datetime.now(KOLKATA).date()
    began, yesterday = today - timedelta(days=90), today - timedelta(days=1)
    _, last_day = subscribed(school, start_date=began, end_date=today)
    _, over = subscribed(school, start_date=began, end_date=yesterday)
    _, cancelled = subscribed(school, start_date=began, end_date=yesterday, status="cancelled")
    assert turn_months(worker) >= 1
    assert turn_months(worker) == 0
    states = dict(school.select("SELECT subscription_id, status FROM subscriptions"))
    assert (states[last_day], states[over], states[cancelled]) == ("active", "expired", "cancelled")
    assert used(school, over)[1] is None
    with open_session(worker) as session:
        assert expire_subscriptions(session, 10, at(today + timedelta(days=1), 0, 1)) == 1


def test_an_exam_takes_one_of_the_month_until_none_is_left(school: School, worker: Engine) -> None:
    student, subscription = subscribed(school, plan_type="premium", exams_limit_per_month=2, billing_day_of_month=5)
    noon = at(date(2026, 7, 15))
    with open_session(worker) as session:
        assert [take_exam(session, student, ExamType.BOARD_EXAM, noon) for _ in range(2)] == [1, 0]
        with pytest.raises(RefusedError, match=r"All 2 exams .* 05/08/2026"):
            take_exam(session, student, ExamType.BOARD_EXAM, noon)
    # the worker is down on the billing day: the month begins with the first exam, and no second time
    august = at(date(2026, 8, 5), 1, 0)
    with open_session(worker) as session:
        with pytest.raises(RefusedError, match="All 2"):
            take_exam(session, student, ExamType.BOARD_EXAM, august - timedelta(seconds=1))
        assert take_exam(session, student, ExamType.BOARD_EXAM, august) == 1
        assert begin_months(session, 10, august + timedelta(hours=9)) == 0
        assert take_exam(session, student, ExamType.BOARD_EXAM, august) == 0
    assert used(school, subscription) == (2, date(2026, 8, 5))


def test_the_plan_decides_which_types_may_be_sat(school: School, worker: Engine) -> None:
    """The database refuses what `allowed` refuses, and counts down as `remaining` does."""
    flags = tuple(field.name for field in fields(PlanRule))
    plans = school.select(f"SELECT plan_type, {', '.join(flags)} FROM subscription_plans")
    verdicts = set()
    for plan, *row in plans:
        student, _ = subscribed(school, plan_type=plan, exams_limit_per_month=50)
        taken = 0
        for kind in ExamType:
            may = allowed(PlanRule(**dict(zip(flags, row, strict=True))), kind)
            verdicts.add((kind, may))
            with open_session(worker) as session:
                if may:
                    taken += 1
                    assert take_exam(session, student, kind, at(date(2026, 7, 15))) == remaining(50, taken)
                else:
                    with pytest.raises(RefusedError, match="does not include"):
                        take_exam(session, student, kind, at(date(2026, 7, 15)))
    assert {kind for kind, may in verdicts if may} == set(ExamType)
    assert len({kind for kind, may in verdicts if not may}) > 1


def test_without_a_subscription_that_day_no_exam_counts(school: School, worker: Engine) -> None:
    student, subscription = subscribed(school, start_date=date(2026, 7, 15), end_date=date(2026, 8, 14))
    for moment, counts in (
        (at(date(2026, 7, 14), 23, 59), False),
        (at(date(2026, 7, 15), 0, 1), True),
        (at(date(2026, 8, 14), 23, 59), True),
        (at(date(2026, 8, 15), 0, 0), False),
    ):
        with open_session(worker) as session:
            if counts:
                take_exam(session, student, ExamType.BOARD_EXAM, moment)
            else:
                with pytest.raises(RefusedError, match="no subscription"):
                    take_exam(session, student, ExamType.BOARD_EXAM, moment)
    assert used(school, subscription)[0] == 1  # a month began in between


def test_of_two_who_take_the_last_one_at_once_exactly_one_gets_it(school: School, worker: Engine) -> None:
    student, subscription = subscribed(school, exams_limit_per_month=3)

    def take(_: int) -> bool:
        try:
            with open_session(worker) as session:
                take_exam(session, student, ExamType.BOARD_EXAM, at(date(2026, 7, 15)))
                session.execute(text("SELECT pg_sleep(0.02)"))
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(8))) == 3
    assert used(school, subscription)[0] == 3
