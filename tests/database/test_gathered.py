"""What the read models gather: a result that goes, cannot be counted any more, or changes with the same totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine

from mv_desktop.services.database import make_engine
from mv_desktop.worker.analytics_job import refresh_read_models
from mv_desktop.worker.insight_job import refresh_dashboards
from tests.factories.marking import School
from tests.factories.rows import SNAPSHOT, Rows

NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
"""A Thursday."""
SUMS = (
    "SELECT unit, sum(exams)::int, sum(awarded)::int, sum(possible)::int FROM api._insight_units GROUP BY 1 ORDER BY 1"
)


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    engine = make_engine(school.database.url_for("mv_worker", "worker"), application_name="mv-desktop test worker")
    yield engine
    engine.dispose()


def sat(rows: Rows, *, days: int = 2, marks: str = "1") -> UUID:
    """An evaluated exam with a question of each of two units; the first was answered rightly."""
    paper = [
        {"question_number": n, "question_type": "MCQ", "unit": unit, "marks": marks, "question_id": str(UUID(int=n))}
        for n, unit in ((1, "Matrices"), (2, "Sets"))
    ]
    exam = rows.exam(
        exam_snapshot=SNAPSHOT | {"questions": paper}, status="evaluated", percentage=50,
        submitted_at=NOW - timedelta(days=days),
    )  # fmt: skip
    for number in (1, 2):
        rows.answer(exam_instance_id=exam, question_number=number, marks_awarded=number % 2, is_correct=number == 1)
    return exam


def brought_up(worker: Engine, minutes: int) -> None:
    """Everything the worker does by so many minutes later."""
    refresh_read_models(worker, now=NOW + timedelta(minutes=minutes))
    refresh_dashboards(worker, now=NOW + timedelta(minutes=minutes))


def test_a_paper_that_cannot_be_counted_any_more_is_taken_out_of_the_sums_of_its_week(
    school: School, worker: Engine
) -> None:
    with school.rows() as rows:
        sat(rows)
        odd = sat(rows, marks="one")  # which is asked for only where there is no answer
    brought_up(worker, 0)
    assert school.select(SUMS) == [("Matrices", 2, 200, 200), ("Sets", 2, 0, 200)]
    school.execute("DELETE FROM student_mcq_answers WHERE exam_instance_id = %s AND question_number = 2", odd)
    school.execute("UPDATE exam_instances SET percentage = 49 WHERE exam_instance_id = %s", odd)
    brought_up(worker, 20)
    assert school.select("SELECT resource_id FROM audit_logs WHERE event_type = 'exam.uncounted'") == [(odd,)]
    assert school.select(SUMS) == [("Matrices", 1, 100, 100), ("Sets", 1, 0, 100)]


def test_an_exam_that_is_deleted_before_it_was_gathered_anew_leaves_the_sums_of_its_week(
    school: School, worker: Engine
) -> None:
    with school.rows() as rows:
        gone, stays = sat(rows), sat(rows, days=9)
    brought_up(worker, 0)
    # a result stays; one that was taken back may go, and goes before the worker has seen that it was
    school.execute(
        "UPDATE exam_instances SET status = 'pending_evaluation', percentage = NULL WHERE exam_instance_id = %s", gone
    )
    school.execute("DELETE FROM exam_instances WHERE exam_instance_id = %s", gone)
    brought_up(worker, 20)
    assert school.select(SUMS) == [("Matrices", 1, 100, 100), ("Sets", 1, 0, 100)]
    ((student,),) = school.select("SELECT student_user_id FROM exam_instances WHERE exam_instance_id = %s", stays)
    assert school.select("SELECT student_user_id, exams FROM student_analytics") == [(student, 1)]
    # with its student
    school.execute("UPDATE exam_instances SET status = 'pending_evaluation', percentage = NULL")
    school.execute("DELETE FROM users WHERE user_id = %s", student)
    brought_up(worker, 40)
    assert school.select(SUMS) == []
    # one without a result notes nothing
    with school.rows() as rows:
        created = rows.exam()
    school.execute("DELETE FROM exam_instances WHERE exam_instance_id = %s", created)
    assert school.select("SELECT count(*) FROM api._result_changes") == [(0,)]


def test_a_change_that_leaves_the_totals_as_they_were_is_gathered(school: School, worker: Engine) -> None:
    with school.rows() as rows:
        exam = sat(rows)
        waiting = sat(rows)
        rows.connection.execute(
            "UPDATE exam_instances SET status = 'pending_evaluation' WHERE exam_instance_id = %s", (waiting,)
        )
    brought_up(worker, 0)
    assert school.select(SUMS) == [("Matrices", 1, 100, 100), ("Sets", 1, 0, 100)]
    # one answer is put right against another
    school.execute(
        "UPDATE student_mcq_answers SET marks_awarded = 1 - marks_awarded, is_correct = NOT is_correct"
        " WHERE exam_instance_id IN (%s, %s)", exam, waiting,
    )  # fmt: skip
    assert school.select("SELECT DISTINCT exam_instance_id FROM api._result_changes") == [(exam,)]
    brought_up(worker, 20)
    assert school.select(SUMS) == [("Matrices", 1, 0, 100), ("Sets", 1, 100, 100)]
    # the day on which it was handed in
    school.execute("UPDATE exam_instances SET submitted_at = %s WHERE exam_instance_id = %s", NOW - timedelta(60), exam)
    brought_up(worker, 40)
    assert school.select("SELECT DISTINCT day FROM api._insight_units") == [((NOW - timedelta(60)).date(),)]
    school.execute("UPDATE exam_instances SET class = 'X' WHERE exam_instance_id = %s", exam)
    brought_up(worker, 60)
    assert school.select("SELECT class FROM student_analytics") == [("X",)]
