"""Scripts get a teacher by themselves: what the worker reads, decides and writes, alone and with another one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine, text

from mv_desktop.domain.assignment import Given, WaitingScript
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import ExamInstanceId, UserId
from mv_desktop.domain.workload import Paces
from mv_desktop.services.assignment_round import Recorded, Waiting, markers, record, waiting
from mv_desktop.services.database import open_session
from mv_desktop.services.deadline import server_calendar
from mv_desktop.worker.assignment_job import assign_scripts
from mv_desktop.worker.deadline_job import mark_breached, watch_unassigned
from tests.factories.marking import Person, School
from tests.factories.worker import worker_engine


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with worker_engine(school) as engine:
        yield engine


def sheets(school: School, *, hours_ago: float = 1, plan: str | None = "premium", **values: Any) -> ExamInstanceId:
    """A script whose sheets are complete."""
    received = datetime.now(UTC) - timedelta(hours=hours_ago)
    with school.rows() as rows:
        student = values.pop("student", None) or rows.user("student")
        if plan:
            today = date.today()
            rows.subscription(
                student_user_id=student, plan_type=plan, start_date=today - timedelta(9), end_date=today + timedelta(9)
            )
        exam = rows.exam(student_user_id=student, status="uploaded", **values)
        rows.upload(exam_instance_id=exam, page_number=1, s3_key=f"{exam}/1.jpg", uploaded_at=received)
    return ExamInstanceId(exam)


def has(school: School) -> dict[UUID, UUID]:
    """Who has which exam."""
    return dict(school.select("SELECT exam_instance_id, teacher_user_id FROM evaluations"))


def limits(
    school: School, person: Person, *, daily: int | None = None, classes: list[str] | None = None, students: Any = ()
) -> None:
    with psycopg.connect(school.person("admin").url) as connection:
        answer = connection.execute(
            "SELECT api.set_teacher_limits(%s, %s, %s, %s)", (person.user_id, daily, classes, list(students))
        ).fetchone()
    assert answer == ({"done": True},)


def told(school: School, kind: str) -> list[tuple[UUID, str, str]]:
    return school.select("SELECT user_id, key, data ->> 'script' FROM notices WHERE kind = %s ORDER BY 1, 2", kind)


def test_what_waits_is_given_explained_and_told(school: School, worker: Engine) -> None:
    asha = school.person()
    school.script(asha)
    exam = sheets(school, plan="centum")
    assert assign_scripts(worker) == 1
    assert assign_scripts(worker) == 0
    ((evaluation, teacher, hours, deadline, status),) = school.select(
        "SELECT evaluation_id, teacher_user_id, sla_hours_allocated, sla_deadline, x.status FROM evaluations"
        " JOIN exam_instances x USING (exam_instance_id) WHERE exam_instance_id = %s",
        exam,
    )
    assert (teacher, hours, status) == (asha.user_id, 24, "pending_evaluation")
    ((data, actor),) = school.select(
        "SELECT event_data, actor_user_id FROM audit_logs"
        " WHERE event_type = 'evaluation.assigned' AND resource_id = %s",
        evaluation,
    )
    assert data["reason"].startswith("30 min of open work, finished by ")
    assert (data["minutes_before"], data["in_time"], data["login"], actor) == (30, True, "mv_worker", None)
    (clock,) = school.select("SELECT received_at FROM evaluation_clock WHERE exam_instance_id = %s", exam)
    with open_session(worker) as session:
        assert server_calendar(session).deadline(clock[0], 24).due == deadline
    with open_session(worker) as session:
        priya = school.person()
        known = markers(session, server_calendar(session), Paces(), datetime.now(UTC))
    assert {marker.user_id for marker in known if marker.newcomer_since} == {priya.user_id}
    assert told(school, "script.assigned") == [
        (asha.user_id, f"{evaluation} 1", school.select("SELECT api._script_code(%s)", exam)[0][0])
    ]


def test_without_a_plan_the_longer_promise_counts_and_is_said(school: School, worker: Engine) -> None:
    school.person()
    exam = sheets(school, plan=None)
    assert assign_scripts(worker) == 1
    ((hours, reason),) = school.select(
        "SELECT sla_hours_allocated, a.reason FROM evaluations JOIN evaluation_assignments a USING (evaluation_id)"
        " WHERE exam_instance_id = %s",
        exam,
    )
    assert hours == 48
    assert reason.endswith("; the student has no plan, so 48 h count")


def test_who_may_not_gets_nothing(school: School, worker: Engine) -> None:
    mother, listed, other_class, away, full, locked, closed = (school.person() for _ in range(7))
    with school.rows() as rows:
        student = rows.user("student")
        rows.mapping(parent_user_id=mother.user_id, student_user_id=student)
    limits(school, listed, students=[student])
    limits(school, other_class, classes=["X"])
    limits(school, full, daily=0)
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (gen_random_uuid(), %s, api._today(), api._today() + 1)",
        away.user_id,
    )
    school.execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", locked.user_id)
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", closed.user_id)
    exam = sheets(school, student=student)
    priya = school.person("admin", is_coordinator=True)
    assert assign_scripts(worker) == 1  # told of it
    assert has(school) == {}
    assert told(school, "script.unassigned")[0][:2] == (priya.user_id, str(exam))
    assert assign_scripts(worker) == 0
    meera = school.person()
    assert assign_scripts(worker) == 1
    assert has(school) == {exam: meera.user_id}


def test_a_script_that_nobody_has_is_told_when_it_is_nearly_due_and_breaks_its_promise_once(
    school: School, worker: Engine
) -> None:
    monday = datetime(2026, 1, 19, 4, 30, tzinfo=UTC)  # 10:00 where the school works
    due = monday + timedelta(hours=8)
    with school.rows() as rows:
        exam, withdrawn = rows.exam(status="uploaded"), rows.exam(status="evaluated")
        for each in (exam, withdrawn):
            rows.upload(exam_instance_id=each, page_number=1, s3_key=f"{each}.jpg", uploaded_at=monday - timedelta(1))
    priya = school.person("admin", is_coordinator=True)
    with open_session(worker) as session:
        (waits,) = waiting(session, server_calendar(session), 9).scripts
    due = waits.due
    assert [watch_unassigned(worker, now=due - timedelta(minutes=minutes)) for minutes in (121, 120, 119, 5)] == [
        0,
        0,
        1,
        0,
    ]
    assert told(school, "script.unassigned_due")[0][0] == priya.user_id
    late = due + timedelta(minutes=75)
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: watch_unassigned(worker, now=late), range(3))) == 1
    assert watch_unassigned(worker, now=late) == 0
    breaches = "SELECT resource_type, resource_id, event_data FROM audit_logs WHERE event_type = 'sla.breached'"
    ((kind, resource, data),) = school.select(breaches)
    assert (kind, resource, data["minutes_late"], data["held"]) == ("exam", exam, 75, "unassigned")
    assert [row[0] for row in told(school, "sla.breached")] == [priya.user_id]
    asha = school.person()
    assert assign_scripts(worker) == 1
    ((evaluation, teacher, breached, deadline),) = school.select(
        "SELECT evaluation_id, teacher_user_id, sla_breached, sla_deadline FROM evaluations"
    )
    assert (teacher, breached, deadline) == (asha.user_id, True, due)
    assert mark_breached(worker) == 0
    school.execute(
        "UPDATE evaluations SET status = 'completed', completed_at = now(), total_manual_marks = 0"
        " WHERE evaluation_id = %s",
        evaluation,
    )
    assert len(school.select(breaches)) == len(told(school, "sla.breached")) == 1


def test_many_without_a_teacher_are_one_notice(school: School, worker: Engine) -> None:
    priya = school.person("admin", is_coordinator=True)
    exams = [sheets(school) for _ in range(12)]
    assert [assign_scripts(worker) for _ in range(2)] == [12, 0]
    assert told(school, "script.unassigned") == []
    assert school.select("SELECT user_id, data ->> 'count' FROM notices") == [(priya.user_id, "12")]
    later = sheets(school)
    assert assign_scripts(worker) == 1
    assert told(school, "script.unassigned")[0][:2] == (priya.user_id, str(later))
    assert later not in exams


def test_a_daily_limit_counts_what_she_was_given_today_by_whomever(school: School, worker: Engine) -> None:
    asha, meera = school.person(), school.person()
    limits(school, asha, daily=2)
    limits(school, meera, daily=1)
    school.script(asha)
    exams = {sheets(school) for _ in range(3)}
    assert assign_scripts(worker) == 2
    given = has(school)
    assert sorted(given[exam] for exam in exams & given.keys()) == sorted([asha.user_id, meera.user_id])
    school.execute("UPDATE evaluation_assignments SET assigned_at = now() - interval '2 days'")
    assert assign_scripts(worker) == 1


def test_two_workers_at_once_give_each_script_once_and_break_no_limit(school: School, worker: Engine) -> None:
    limited = [school.person() for _ in range(2)]
    for person in limited:
        limits(school, person, daily=5)
    free = school.person()
    exams = {sheets(school) for _ in range(25)}
    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            list(pool.map(lambda _: assign_scripts(worker), range(3)))
    given = has(school)
    assert set(given) == exams
    counts = {person.user_id: list(given.values()).count(person.user_id) for person in (*limited, free)}
    assert all(counts[person.user_id] <= 5 for person in limited)
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'evaluation.assigned'") == [(25,)]
    counted = school.select(
        "SELECT user_id, sum(coalesce((data ->> 'count')::int, 1))::int FROM notices"
        " WHERE kind IN ('script.assigned', 'script.assigned_many') GROUP BY 1"
    )
    assert dict(counted) == counts


def test_what_was_decided_is_looked_at_again_when_it_is_written(school: School, worker: Engine) -> None:
    asha, meera, away = school.person(), school.person(), school.person()
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (gen_random_uuid(), %s, api._today(), api._today() + 1)",
        away.user_id,
    )
    exams = [sheets(school) for _ in range(4)]
    limits(school, meera, classes=["X"])
    now = datetime.now(UTC)
    with psycopg.connect(school.database.owner_url) as busy, open_session(worker) as session:
        busy.execute("SELECT 1 FROM exam_instances WHERE exam_instance_id = %s FOR UPDATE", (exams[0],))
        calendar = server_calendar(session)
        given = [
            Given(
                WaitingScript(exam, "XII", ExamType.BOARD_EXAM, now + timedelta(days=1), UserId(UUID(int=1))),
                teacher.user_id,
                timedelta(),
                now,
                True,
            )
            for exam, teacher in zip(exams, (asha, away, meera, asha), strict=True)
        ]
        found = Waiting((), dict.fromkeys(exams, 24), frozenset())
        assert record(session, given, found, calendar, now) == Recorded(1, 3)
        assert record(session, given[3:], found, calendar, now) == Recorded(0, 1)
    assert has(school) == {exams[3]: asha.user_id}


def test_the_step_to_uploaded_starts_the_clock_and_puts_the_worker_to_work(school: School) -> None:
    with school.rows() as rows:
        exam = rows.exam(status="pending_upload")
        rows.upload(exam_instance_id=exam, page_number=1, s3_key="a.jpg", uploaded_at="2026-07-14T06:00Z")
    school.execute("UPDATE exam_instances SET status = 'uploaded' WHERE exam_instance_id = %s", exam)
    with psycopg.connect(school.database.superuser_url) as connection:
        jobs = connection.execute("SELECT task_name, status::text FROM procrastinate.procrastinate_jobs").fetchall()
    assert jobs == [("script.assign", "todo")]
    school.execute("UPDATE answer_sheet_uploads SET uploaded_at = now() WHERE exam_instance_id = %s", exam)
    assert school.select("SELECT received_at FROM evaluation_clock WHERE exam_instance_id = %s", exam) == [
        (datetime(2026, 7, 14, 6, tzinfo=UTC),)
    ]


@pytest.mark.parametrize(
    "call",
    [
        "scripts_to_assign(1)",
        "markers()",
        "assign_scripts('[]')",
        "tell_unassigned('[]', 1)",
        "watch_unassigned('[]')",
        "set_teacher_limits(gen_random_uuid(), 1, NULL, NULL)",
    ],
)
def test_nobody_else_gives_scripts_out(school: School, call: str) -> None:
    for person in (school.person(), school.person(is_coordinator=True)):
        with psycopg.connect(person.url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM api.{call}".encode())


def test_limits_that_make_no_sense_are_refused(school: School) -> None:
    asha, admin = school.person(), school.person("admin")
    with psycopg.connect(admin.url, autocommit=True) as connection:
        for arguments, why in (
            ((asha.user_id, -1, None, None), "malformed"),
            ((asha.user_id, 1, ["IX"], None), "malformed"),
            ((asha.user_id, 1, None, [admin.user_id]), "malformed"),
            ((admin.user_id, 1, None, None), "no_teacher"),
        ):
            answer = connection.execute("SELECT api.set_teacher_limits(%s, %s, %s, %s)", arguments).fetchone()
            assert answer == ({"refused": why},)


def test_a_list_that_is_too_long_or_none_is_refused(worker: Engine) -> None:
    for sent in ("{}", "[" + ",".join(["{}"] * 501) + "]"):
        with open_session(worker) as session, pytest.raises(Exception, match="at most 500"):
            session.execute(text("SELECT api.assign_scripts(CAST(:s AS jsonb))"), {"s": sent})
