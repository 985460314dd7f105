"""What the worker asks to give scripts out, and the counters that it sets back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg import errors

from mv_desktop.services.assignment import assign_script, pool_script
from tests.factories.marking import School

CALLS = ("waiting_scripts(10)", "free_teachers()", "reset_counters(10)")


@pytest.fixture
def worker(school: School):
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    with psycopg.connect(school.database.url_for("mv_worker", "worker"), autocommit=True) as connection:
        yield connection


def ask(connection: psycopg.Connection, call: str) -> list[tuple]:
    return connection.execute(f"SELECT * FROM api.{call}".encode()).fetchall()


def sheet(school: School, hours_ago: float, *, plan: str | None = None):
    received = datetime.now(UTC) - timedelta(hours=hours_ago)
    with school.rows() as rows:
        student = rows.user("student")
        if plan:
            day = date.today()
            rows.subscription(
                student_user_id=student, plan_type=plan, start_date=day - timedelta(9), end_date=day + timedelta(9)
            )
        exam = rows.exam(student_user_id=student, status="uploaded")
        rows.upload(exam_instance_id=exam, page_number=1, s3_key=f"{exam}/1.jpg", uploaded_at=received)
    return exam


def test_waiting_scripts_are_listed_longest_first_until_they_are_assigned(school, worker) -> None:
    later, earlier = sheet(school, 1), sheet(school, 5, plan="premium")
    with school.rows() as rows:
        rows.exam(status="uploaded")  # without sheets: nothing to mark
        rows.exam(status="created")
    listed = ask(worker, "waiting_scripts(10)")
    ((hours,),) = school.select("SELECT sla_hours FROM subscription_plans WHERE plan_type = 'premium'")
    assert [(row[0], row[4]) for row in listed] == [(earlier, hours), (later, None)]
    assert [row[0] for row in ask(worker, "waiting_scripts(1)")] == [earlier]
    teacher, priya = school.person(), school.person(is_coordinator=True)
    with priya.session() as session:
        assign_script(session, earlier, teacher.user_id, 48, datetime.now(UTC) + timedelta(days=2), "x")
    assert [row[0] for row in ask(worker, "waiting_scripts(10)")] == [later]


def test_free_teachers_come_with_what_they_have_open(school, worker) -> None:
    busy, idle, away, locked, closed = (school.person() for _ in range(5))
    priya = school.person(is_coordinator=True)
    kept, pooled = school.script(busy), school.script(busy)
    with priya.session() as session:
        pool_script(session, pooled, 1, "x")
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (gen_random_uuid(), %s, api._today(), api._today() + 1)",
        away.user_id,
    )
    school.execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", locked.user_id)
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", closed.user_id)
    found = {user: (count, absent) for user, count, _, absent in ask(worker, "free_teachers()")}
    assert found == {
        idle.user_id: (0, False),
        priya.user_id: (0, False),
        busy.user_id: (1, False),
        away.user_id: (0, True),
    }
    assert [row[0] for row in ask(worker, "free_teachers()")][-2:] == [busy.user_id, away.user_id]
    ((deadline,),) = school.select("SELECT sla_deadline FROM evaluations WHERE evaluation_id = %s", kept)
    assert (busy.user_id, 1, deadline, False) in ask(worker, "free_teachers()")


@pytest.mark.parametrize("billing_day", [1, 15, 28])
def test_counters_begin_anew_on_the_billing_day_and_once(school, worker, billing_day: int) -> None:
    ((today,),) = school.select("SELECT api._billing_day(now())")
    begins = today.replace(day=billing_day)
    if begins > today:
        begins = (today.replace(day=1) - timedelta(days=1)).replace(day=billing_day)
    values = {
        "billing_day_of_month": billing_day,
        "start_date": begins - timedelta(days=40),
        "end_date": today + timedelta(days=40),
        "exams_used_this_month": 3,
    }
    with school.rows() as rows:
        due = rows.subscription(last_counter_reset_date=begins - timedelta(days=1), **values)
        rows.subscription(student_user_id=rows.user("student"), last_counter_reset_date=begins, **values)
        rows.subscription(student_user_id=rows.user("student"), status="cancelled", **values)
    assert [ask(worker, "reset_counters(10)") for _ in range(2)] == [[(1,)], [(0,)]]
    assert school.select(
        "SELECT subscription_id, last_counter_reset_date FROM subscriptions WHERE exams_used_this_month = 0"
    ) == [(due, today)]
    assert school.select("SELECT event_data ->> 'login' FROM audit_logs WHERE event_type = 'subscription.changed'") == [
        ("mv_worker",)
    ]


@pytest.mark.parametrize("call", CALLS)
def test_nobody_else_asks(school, call: str) -> None:
    for person in (school.person(), school.person("admin")):
        with psycopg.connect(person.url) as connection, pytest.raises(errors.InsufficientPrivilege):
            ask(connection, call)
    with psycopg.connect(school.person(is_coordinator=True).url) as connection:
        if call.startswith("reset"):
            with pytest.raises(errors.InsufficientPrivilege):
                ask(connection, call)
        else:
            ask(connection, call)
