"""What is late is marked as late by the worker, in the worker's own login."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import Engine, event

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import EvaluationId, MarkKey, UserId
from mv_desktop.domain.marks import ZERO, GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, SetMark, SubmitEvaluation
from mv_desktop.domain.workload import Measured
from mv_desktop.services.assignment import extend_deadline
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.deadline import mark_breaches
from mv_desktop.services.forecast import expected_finishes, paces
from mv_desktop.worker.deadline_job import mark_breached, watch_risk
from tests.factories.marking import Person, School


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    engine = make_engine(school.database.url_for("mv_worker", "worker"), application_name="mv-desktop test worker")
    yield engine
    engine.dispose()


@pytest.fixture
def teacher(school: School) -> Person:
    return school.person()


class Told(NamedTuple):
    """What is written of breaches."""

    audited: int
    people: set[UserId]
    notices: int


def _told(school: School, evaluation: EvaluationId, kind: str = "sla.breached") -> Told:
    people = school.select(
        "SELECT user_id FROM notices WHERE kind = %s AND data ->> 'evaluation_id' = %s", kind, str(evaluation)
    )
    ((audited,),) = school.select(
        "SELECT count(*) FROM audit_logs WHERE event_type = %s AND resource_id = %s", kind, evaluation
    )
    return Told(audited, {UserId(user) for (user,) in people}, len(people))


def _late(school: School) -> set[EvaluationId]:
    return {EvaluationId(row[0]) for row in school.select("SELECT evaluation_id FROM evaluations WHERE sla_breached")}


def test_open_scripts_past_their_deadline_are_marked_once(school: School, teacher: Person, worker: Engine) -> None:
    assigned, opened = (school.script(teacher, hours_left=-hours) for hours in (0.001, 5))
    school.journal(teacher, opened).send(OpenEvaluation())
    school.script(teacher, hours_left=0.1)
    assert mark_breached(worker) == 2
    assert _late(school) == {assigned, opened}
    assert school.select("SELECT status FROM evaluations WHERE sla_breached ORDER BY status") == [
        ("assigned",),
        ("in_progress",),
    ]
    before = school.select("SELECT updated_at FROM evaluations ORDER BY evaluation_id")
    assert mark_breached(worker) == 0
    assert school.select("SELECT updated_at FROM evaluations ORDER BY evaluation_id") == before


def test_a_breach_stays_when_the_deadline_is_moved(school: School, teacher: Person, worker: Engine) -> None:
    script = school.script(teacher, hours_left=-1)
    mark_breached(worker)
    school.execute("UPDATE evaluations SET sla_deadline = now() + interval '1 day'")
    assert mark_breached(worker) == 0
    assert _late(school) == {script}


def test_what_was_completed_in_time_is_never_marked(school: School, teacher: Person, worker: Engine) -> None:
    in_time = datetime.now(UTC) - timedelta(hours=2)
    school.script(teacher, status="completed", completed_at=in_time, total_manual_marks=0, hours_left=-1)
    assert mark_breached(worker) == 0
    assert _late(school) == set()


def test_the_longest_overdue_come_first_when_there_are_many(school: School, teacher: Person, worker: Engine) -> None:
    scripts = [school.script(teacher, hours_left=-hours) for hours in (1, 4, 2, 3)]
    assert mark_breached(worker, limit=3) == 3
    assert _late(school) == {scripts[1], scripts[2], scripts[3]}
    assert [mark_breached(worker, limit=3) for _ in range(2)] == [1, 0]


def test_a_script_that_is_being_written_is_left_for_the_next_round(
    school: School, teacher: Person, worker: Engine
) -> None:
    held, free = (school.script(teacher, hours_left=-1) for _ in range(2))
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute("SELECT 1 FROM evaluations WHERE evaluation_id = %s FOR UPDATE", (held,))
        assert mark_breached(worker) == 1
        assert _late(school) == {free}
    assert mark_breached(worker) == 1
    assert _late(school) == {held, free}


def test_only_the_worker_may_mark(school: School, teacher: Person) -> None:
    school.script(teacher, hours_left=-1)
    for person in (teacher, school.person("teacher", is_coordinator=True), school.person("admin")):
        with pytest.raises(NotAllowedError), person.session() as session:
            mark_breaches(session, 10)
    assert _late(school) == set()


def test_a_breach_is_audited_and_told_once_to_its_teacher_and_who_coordinates(
    school: School, teacher: Person, worker: Engine
) -> None:
    coordinator = school.person("teacher", is_coordinator=True)
    script, held = (school.script(teacher, hours_left=-hours) for hours in (2, 1))
    school.execute(
        "INSERT INTO evaluation_holds (evaluation_id, assignment_version, kind, reason, held_by)"
        " VALUES (%s, 1, 'withdrawn', 'a reason', %s)",
        held,
        coordinator.user_id,
    )
    assert [mark_breached(worker) for _ in range(2)] == [2, 0]
    assert _told(school, script) == Told(1, {teacher.user_id, coordinator.user_id}, 2)
    assert _told(school, held) == Told(1, {coordinator.user_id}, 1)
    ((data, login),) = school.select(
        "SELECT event_data, event_data ->> 'login' FROM audit_logs WHERE event_type = 'sla.breached'"
        " AND resource_id = %s",
        script,
    )
    assert (data["minutes_late"], login, data["teacher"]) == (120, "mv_worker", str(teacher.user_id))
    assert data["changes"]["sla_breached"] == {"old": False, "new": True}


def test_many_at_once_are_told_as_a_number_and_each_is_audited(school: School, teacher: Person, worker: Engine) -> None:
    """Ten of a kind within an hour are named; who would have more has one notice for the hour, which counts on."""
    noon = datetime(2026, 1, 19, 6, 10, tzinfo=UTC)
    coordinator, other = school.person("teacher", is_coordinator=True), school.person()
    hers = [school.script(teacher, sla_deadline=noon - timedelta(minutes=30 + n)) for n in range(9)]
    school.script(other, sla_deadline=noon - timedelta(minutes=29))
    assert mark_breached(worker, now=noon) == 10
    named = "SELECT user_id, count(*) FROM notices WHERE kind = 'sla.breached' GROUP BY 1"
    assert dict(school.select(named)) == {teacher.user_id: 9, other.user_id: 1, coordinator.user_id: 10}
    later = [school.script(teacher, sla_deadline=noon + timedelta(minutes=n)) for n in range(1, 4)]
    before = dict(school.select(named))
    assert [mark_breached(worker, now=noon + timedelta(minutes=n), limit=2) for n in (5, 5, 6)] == [2, 1, 0]
    before[teacher.user_id] = 10
    assert dict(school.select(named)) == before
    counted = (
        "SELECT user_id, (data ->> 'count')::int, (data ->> 'due_at')::timestamptz, read_at IS NULL FROM notices"
        " WHERE kind = 'sla.breached_many' ORDER BY created_at, 2"
    )
    first = noon + timedelta(minutes=1)
    assert sorted(school.select(counted)) == sorted(
        (person.user_id, count, first, True) for person, count in ((teacher, 2), (coordinator, 3))
    )
    school.execute("UPDATE notices SET read_at = now()")
    school.script(other, sla_deadline=noon + timedelta(minutes=6))
    assert mark_breached(worker, now=noon + timedelta(minutes=8)) == 1
    assert [row for row in school.select(counted) if row[3]] == [(coordinator.user_id, 4, first, True)]
    assert dict(school.select(named))[other.user_id] == 2
    school.script(other, sla_deadline=noon + timedelta(minutes=58))
    assert mark_breached(worker, now=noon + timedelta(minutes=61)) == 1
    assert dict(school.select(named)) == before | {coordinator.user_id: 11, other.user_id: 3}
    audited = school.select(
        "SELECT resource_id, (event_data ->> 'minutes_late')::int, event_data ->> 'login',"
        " event_data #> '{changes,sla_breached,new}' FROM audit_logs WHERE event_type = 'sla.breached' ORDER BY log_seq"
    )
    assert audited[:10] == [*((s, 38 - n, "mv_worker", True) for n, s in enumerate(reversed(hers))), audited[9]]
    assert [row[:2] for row in audited[10:13]] == [(script, 4 - n) for n, script in enumerate(later)]
    assert len(audited) == 15
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'evaluation.changed'") == [(0,)]


def test_a_second_deadline_is_told_anew(school: School, teacher: Person, worker: Engine) -> None:
    coordinator = school.person("teacher", is_coordinator=True)
    script = school.script(teacher, hours_left=-2)
    mark_breached(worker)
    with coordinator.session() as session:
        ((seen,),) = school.select("SELECT sla_deadline FROM evaluations")
        extend_deadline(session, script, seen, datetime.now(UTC) + timedelta(hours=1), "exams")
    assert mark_breached(worker) == 0
    later = datetime.now(UTC) + timedelta(hours=2)
    assert [mark_breached(worker, now=later) for _ in range(2)] == [1, 0]
    assert _told(school, script) == Told(2, {teacher.user_id, coordinator.user_id}, 4)


def test_what_is_late_between_two_rounds_is_told_by_what_ends_it(
    school: School, teacher: Person, worker: Engine
) -> None:
    coordinator = school.person("teacher", is_coordinator=True)
    extended, completed, in_time = (school.script(teacher, hours_left=hours) for hours in (-3, -1, 1))
    with coordinator.session() as session:
        ((seen,),) = school.select("SELECT sla_deadline FROM evaluations WHERE evaluation_id = %s", extended)
        extend_deadline(session, extended, seen, datetime.now(UTC) + timedelta(hours=1), "exams")
    marks = [SetMark(key, GivenMark(MarkState.NOT_ATTEMPTED)) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
    submitting = SubmitEvaluation(dict.fromkeys((2, 3, 4), ZERO), ZERO)
    for script in (completed, in_time):
        verdicts = school.journal(teacher, script).send(OpenEvaluation(), *marks, submitting)
        assert verdicts[-1].kind == VerdictKind.APPLIED
    assert mark_breached(worker) == 0
    both = Told(1, {teacher.user_id, coordinator.user_id}, 2)
    assert [_told(school, script) for script in (extended, completed)] == [both, both]
    assert _told(school, in_time) == Told(0, set(), 0)
    assert _late(school) == {extended, completed}


def test_two_workers_mark_everything_once(school: School, teacher: Person, worker: Engine) -> None:
    scripts = [school.script(teacher, hours_left=-1) for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        marked = list(pool.map(lambda _: mark_breached(worker, limit=3), range(8)))
    assert sum(marked) + mark_breached(worker) == 8
    assert [_told(school, script).audited for script in scripts] == [1] * 8


def test_coordinators_hear_once_of_scripts_that_will_be_late(school: School, teacher: Person, worker: Engine) -> None:
    monday = datetime(2026, 1, 19, 5, 0, tzinfo=UTC)  # 10:30 where the school works
    coordinator = school.person("teacher", is_coordinator=True)
    first, second, held, safe = (
        school.script(teacher, sla_deadline=monday + timedelta(minutes=minutes)) for minutes in (35, 50, 55, 100)
    )
    school.execute(
        "INSERT INTO evaluation_holds (evaluation_id, assignment_version, kind, reason, held_by)"
        " VALUES (%s, 1, 'withdrawn', 'a reason', %s)",
        held,
        coordinator.user_id,
    )
    with coordinator.session() as session:
        found = expected_finishes(session, monday)
    assert [(entry.script.evaluation_id, entry.at_risk, entry.reason) for entry in found] == [
        (first, False, "1st in the queue, 30 min of work"),
        (second, True, "2nd in the queue, 30 min of work before it"),
        (held, False, "in nobody's hands, 30 min of work"),
        (safe, False, "3rd in the queue, 1 h of work before it"),
    ]
    assert [watch_risk(worker, now=monday) for _ in range(2)] == [1, 0]
    assert _told(school, second, "script.at_risk") == Told(0, {coordinator.user_id}, 1)
    ((data,),) = school.select("SELECT data FROM notices WHERE kind = 'script.at_risk'")
    assert (data["place"], data["minutes_before"]) == (2, 30)
    # ten minutes before it is due the pool's can no longer be done; hers wait for two days, one was told before
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (gen_random_uuid(), %s, '2026-01-19', '2026-01-21')",
        teacher.user_id,
    )
    assert [watch_risk(worker, now=monday + timedelta(minutes=40)) for _ in range(2)] == [2, 0]
    assert [_told(school, script, "script.at_risk").notices for script in (first, second, held, safe)] == [0, 1, 1, 1]
    with pytest.raises(NotAllowedError), teacher.session() as session:
        expected_finishes(session, monday)


def test_a_teacher_s_own_pace_is_the_median_of_what_she_did_within_a_day(school: School, teacher: Person) -> None:
    coordinator = school.person("teacher", is_coordinator=True)
    noon = datetime(2026, 1, 19, 6, 30, tzinfo=UTC)
    for minutes in (10, 12, 50, 60 * 30):
        end = noon + timedelta(minutes=minutes)
        school.script(
            teacher, status="completed", started_at=noon, completed_at=end, total_manual_marks=0, sla_deadline=end
        )
    with coordinator.session() as session:
        known = paces(session)
    assert known.measured == {(teacher.user_id, ExamType.BOARD_EXAM): Measured(timedelta(minutes=12), 3)}


def test_a_forecast_asks_the_server_equally_often_for_many_scripts(
    school: School, teacher: Person, worker: Engine
) -> None:
    asked: list[str] = []
    event.listen(worker, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    counts = []
    for _ in range(2):
        school.script(teacher)
        asked.clear()
        with open_session(worker) as session:
            expected_finishes(session)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_index_serves_the_search_for_what_is_late(school: School, teacher: Person) -> None:
    school.script(teacher, hours_left=-1)
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT 1 FROM evaluations e WHERE e.status <> 'completed' AND e.sla_deadline < now()"
            " AND e.breach_noticed IS DISTINCT FROM e.sla_deadline ORDER BY e.sla_deadline LIMIT 500"
            " FOR NO KEY UPDATE SKIP LOCKED"
        ).fetchall()
    assert any("ix_evaluations_deadline" in line for (line,) in plan)
