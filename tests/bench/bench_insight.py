"""Dashboards over a year of 200,000 evaluated exams with thirty-eight questions each, as a coordinator asks for them.

- insight.units, .predictions, .leaders, .flows, .promises, .questions, .choices: one dashboard of a whole year each, in
  the database and on its way. Budget: 300 ms.
- insight.first: what the worker sums at first; insight.again: after results of one week changed. Nobody waits for it.

Twenty questions of each paper are multiple choice, one in ten left out; 5,000 questions are in the bank.
`MV_BENCH_EXAMS` in the environment makes it smaller.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.insight import Chosen, Order
from mv_desktop.domain.report import Span
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.insight import (
    read_choices,
    read_flows,
    read_leaders,
    read_predictions,
    read_promises,
    read_questions,
    read_units,
)
from mv_desktop.services.migration import migrate
from mv_desktop.services.staff import provision_login, scram_verifier
from mv_desktop.worker.analytics_job import refresh_read_models
from mv_desktop.worker.insight_job import refresh_dashboards
from tests.bench.report import report, report_value, timed

_DATABASE = "bench_insight"
_EXAMS = int(os.environ.get("MV_BENCH_EXAMS", "200000"))
_QUESTIONS = 5_000
_EMAIL, _PASSWORD = "head@bench.example.org", "bench insight"
_ROUNDS = 5


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-insight-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            report_value("insight.filled", round(timed(lambda: _fill(server)) / 1000, 1), "s", exams=_EXAMS)
            _sum(server)
            _measure(_head(server))
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


_STATEMENTS = (
    """
    INSERT INTO users (user_id, email, password_hash, role, first_name, last_name)
    SELECT md5('teacher' || n)::uuid, 'teacher' || n || '@bench.example.org', '!', 'teacher', 'Asha', 'Rao ' || n
    FROM generate_series(0, 99) n
    """,
    """
    INSERT INTO users (user_id, email, password_hash, role, first_name, last_name, student_class)
    SELECT md5('student' || n)::uuid, 'student' || n || '@bench.example.org', '!', 'student', 'Asha', 'Rao',
           CASE n %% 2 WHEN 0 THEN 'X' ELSE 'XII' END
    FROM generate_series(0, %(all)s / 20) n
    """,
    """
    INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date, billing_cycle, exams_limit_per_month,
        billing_day_of_month, amount_paid_paise)
    SELECT md5('student' || n)::uuid,
           CASE n %% 3 WHEN 0 THEN 'centum'::mv_plan_type WHEN 1 THEN 'premium' ELSE 'basic' END,
           current_date - 800, current_date + 800, 'annual', 50, 1, 1
    FROM generate_series(0, %(all)s / 20) n
    """,
    """
    INSERT INTO questions (question_id, class, unit, question_type, marks, question_text, mcq_choices,
        mcq_correct_choices, status)
    SELECT md5('question' || n)::uuid, 'XII', 'Unit of mathematics ' || n %% 13,
           CASE WHEN n < %(questions)s / 2 THEN 'MCQ'::mv_question_type ELSE 'SA' END,
           CASE WHEN n < %(questions)s / 2 THEN 1 ELSE 3 END, repeat('Find the value of x. ', 10),
           '[{"id": "A", "text": "1"}, {"id": "B", "text": "2"}, {"id": "C", "text": "3"}]', '["B"]', 'active'
    FROM generate_series(0, %(questions)s - 1) n
    """,
    # a hundred papers, fifty of each class, whose questions are their own
    """
    INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type, class,
        total_marks, duration_minutes, status, mcq_score, percentage, submitted_at)
    SELECT md5('exam' || n)::uuid, md5('student' || n / 20)::uuid, md5('template')::uuid, p.paper,
           CASE n %% 4 WHEN 0 THEN 'unit_practice'::mv_exam_type ELSE 'board_exam' END,
           CASE n / 20 %% 2 WHEN 0 THEN 'X' ELSE 'XII' END, 74, 180, 'evaluated', 1, (hashint4(n) & 8191) / 82.0,
           now() - (n %% 365) * interval '1 day' - interval '1 hour'
    FROM generate_series(0, %(all)s - 1) n
    JOIN (
        SELECT k, jsonb_build_object('schema', 1, 'questions', jsonb_agg(jsonb_build_object(
            'question_number', q, 'question_id', md5('question' || (k * 25 + q) %% (%(questions)s / 2))::uuid,
            'question_type', 'MCQ', 'unit', 'Unit of mathematics ' || q %% 13, 'marks', '1',
            'question_text', repeat('Find the value of x. ', 8)
        ))) AS paper
        FROM generate_series(0, 99) k CROSS JOIN generate_series(1, 20) q GROUP BY k
    ) p ON p.k = n / 20 %% 2 * 50 + n %% 50
    """,
    """
    INSERT INTO student_mcq_answers (exam_instance_id, question_number, question_id, selected_choices, is_correct,
        marks_awarded, marks_possible)
    SELECT md5('exam' || n)::uuid, q,
           md5('question' || ((n / 20 %% 2 * 50 + n %% 50) * 25 + q) %% (%(questions)s / 2))::uuid,
           CASE h.h %% 3 WHEN 0 THEN '["A"]'::jsonb WHEN 1 THEN '["B"]' ELSE '["C"]' END, h.h %% 3 = 1,
           (h.h %% 3 = 1)::int, 1
    FROM generate_series(0, %(all)s - 1) n CROSS JOIN generate_series(1, 20) q
    CROSS JOIN LATERAL (SELECT hashint4(n * 50 + q) & 1023 AS h) h WHERE h.h %% 10 <> 0
    """,
    """
    INSERT INTO evaluation_clock (exam_instance_id, received_at)
    SELECT exam_instance_id, submitted_at FROM exam_instances
    """,
    """
    INSERT INTO evaluations (evaluation_id, exam_instance_id, teacher_user_id, assigned_at, started_at, sla_deadline,
        sla_hours_allocated, status, completed_at, total_manual_marks)
    SELECT md5('evaluation' || n)::uuid, md5('exam' || n)::uuid, md5('teacher' || n %% 100)::uuid, t.at, t.at,
           t.at + interval '1 day', 48, 'completed',
           t.at + CASE n %% 20 WHEN 0 THEN 27 ELSE 20 END * interval '1 hour', 40
    FROM generate_series(0, %(all)s - 1) n
    CROSS JOIN LATERAL (SELECT now() - (n %% 365 + 2) * interval '1 day' AS at) t
    """,
    """
    INSERT INTO question_marks (evaluation_id, exam_instance_id, question_number, question_id, question_type, unit,
        marks_awarded, marks_possible, created_at)
    SELECT md5('evaluation' || n)::uuid, md5('exam' || n)::uuid, q,
           md5('question' || %(questions)s / 2 + ((n / 20 %% 2 * 50 + n %% 50) * 25 + q) %% (%(questions)s / 2))::uuid,
           'SA',
           'Unit of mathematics ' || q %% 13, (hashint4(n * 50 + q) & 1023) %% 4, 3, now()
    FROM generate_series(0, %(all)s - 1) n CROSS JOIN generate_series(21, 38) q
    """,
    "INSERT INTO api._result_changes (exam_instance_id) SELECT exam_instance_id FROM exam_instances",
)


def _fill(server: LocalPostgres) -> None:
    """Rows as the platform and the program would have left them, without what checks each of them."""
    values = {"all": _EXAMS, "questions": _QUESTIONS}
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        for statement in _STATEMENTS:
            connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE")
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")


def _sum(server: LocalPostgres) -> None:
    worker = make_engine(server.url(_DATABASE, "mv_worker", "worker"), application_name="mv-desktop bench")
    gathered = timed(lambda: refresh_read_models(worker))
    report_value("insight.gathered", round(gathered / 1000, 1), "s", exams=_EXAMS)
    first = timed(lambda: refresh_dashboards(worker))
    report_value("insight.first", round(first / 1000, 1), "s", exams=_EXAMS)
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        connection.execute("UPDATE api._insight_mark SET as_of = as_of - interval '1 hour'")
        connection.execute(
            "INSERT INTO api._insight_weeks VALUES (date_trunc('week', now() - interval '2 days')::date)"
            " ON CONFLICT DO NOTHING"
        )
    again = timed(lambda: refresh_dashboards(worker))
    report_value("insight.again", round(again / 1000, 2), "s", exams=_EXAMS)
    worker.dispose()
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as autovacuum does after a while


def _head(server: LocalPostgres) -> Engine:
    owner = make_engine(server.owner_url(_DATABASE), application_name="mv-desktop bench owner")
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        made = connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name, is_coordinator)"
            " VALUES (%s, '!', 'teacher', 'Priya', 'Nair', true) RETURNING user_id",
            (_EMAIL,),
        ).fetchone()
    assert made is not None
    with open_session(owner) as session:
        provision_login(session, UserId(made[0]), scram_verifier(_PASSWORD))
    owner.dispose()
    url = server.url(_DATABASE, login_name(_EMAIL), _PASSWORD)
    return make_engine(url, application_name="mv-desktop bench")


def _measure(engine: Engine) -> None:
    today = date.today()
    chosen = Chosen(Span(today - timedelta(days=365), today))
    with open_session(engine) as session:
        question = read_questions(session, chosen, Order.ANSWERS).questions[0].question_id
    for name, read in _reads(chosen, today, question).items():
        with open_session(engine) as session:
            samples = [timed(lambda read=read, session=session: read(session)) for _ in range(_ROUNDS)]  # type: ignore[misc]
        report(f"insight.{name}", samples, exams=_EXAMS)
    engine.dispose()


def _reads(chosen: Chosen, today: date, question: UUID) -> dict[str, Callable[[Session], object]]:
    return {
        "units": lambda session: read_units(session, chosen),
        "predictions": lambda session: read_predictions(session, chosen),
        "leaders": lambda session: read_leaders(session, chosen),
        "flows": lambda session: read_flows(session, chosen, today),
        "promises": lambda session: read_promises(session, chosen),
        "questions": lambda session: read_questions(session, chosen, Order.DISCRIMINATION),
        "choices": lambda session: read_choices(session, chosen, question),
    }


if __name__ == "__main__":
    sys.exit(main())
