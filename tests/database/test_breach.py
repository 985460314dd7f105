"""What is late is marked as late by the worker, in the worker's own login."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Engine

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.services.database import make_engine
from mv_desktop.services.deadline import mark_breaches
from mv_desktop.worker.deadline_job import mark_breached
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


def test_an_index_serves_the_search_for_what_is_late(school: School, teacher: Person) -> None:
    school.script(teacher, hours_left=-1)
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT 1 FROM evaluations e WHERE e.status <> 'completed' AND e.sla_deadline < now()"
            " AND NOT e.sla_breached ORDER BY e.sla_deadline LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED"
        ).fetchall()
    assert any("ix_evaluations_deadline" in line for (line,) in plan)
