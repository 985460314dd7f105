"""Reports of a month out of a year with a million evaluations and five million marks, as a coordinator asks for them.

- report.compliance, report.volume, report.pace, report.questions: one report of a month each. Budget: 1 s.

One in twenty was late; one in fifty has its deadline extended, one in a hundred was returned once.
`BENCH_EVALUATIONS` in the environment makes it smaller.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.report import Span
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.migration import migrate
from mv_desktop.services.report import read_compliance, read_pace, read_questions, read_volume
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.bench.report import report, report_value, timed

_DATABASE = "bench_report"
_EVALUATIONS = int(os.environ.get("BENCH_EVALUATIONS", "1000000"))
_TEACHERS = 500
_QUESTIONS = 2_000
_EMAIL, _PASSWORD = "head@bench.example.org", "bench report"
_ROUNDS = 5
_REPORTS = {
    "compliance": read_compliance,
    "volume": read_volume,
    "pace": read_pace,
    "questions": read_questions,
}


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-report-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            report_value("report.filled", round(timed(lambda: _fill(server)) / 1000, 1), "s", evaluations=_EVALUATIONS)
            _measure(_head(server))
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


_STATEMENTS = (
    """
    INSERT INTO users (user_id, email, password_hash, role, first_name, last_name)
    SELECT md5('teacher' || n)::uuid, 'teacher' || n || '@bench.example.org', '!', 'teacher', 'Asha', 'Rao ' || n
    FROM generate_series(0, %(teachers)s - 1) n
    """,
    """
    INSERT INTO users (user_id, email, password_hash, role, first_name, last_name, student_class)
    SELECT md5('student' || n)::uuid, 'student' || n || '@bench.example.org', '!', 'student', 'Asha', 'Rao', 'XII'
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
    INSERT INTO questions (question_id, class, unit, question_type, marks, question_text, status)
    SELECT md5('question' || n)::uuid, 'XII', 'Unit ' || n %% 13, 'LA', 5, repeat('Find the value of x. ', 10), 'active'
    FROM generate_series(0, %(questions)s - 1) n
    """,
    """
    INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type, class,
        total_marks, duration_minutes, status, mcq_score)
    SELECT md5('exam' || n)::uuid, md5('student' || n / 20)::uuid, md5('template')::uuid, '{"schema": 1}',
           CASE n %% 4 WHEN 0 THEN 'unit_practice'::mv_exam_type ELSE 'board_exam' END, 'XII', 80, 180, 'evaluated', 1
    FROM generate_series(0, %(all)s - 1) n
    """,
    """
    INSERT INTO evaluation_clock (exam_instance_id, received_at)
    SELECT md5('exam' || n)::uuid, now() - (%(all)s - n) * (interval '366 days' / %(all)s) - interval '2 days'
    FROM generate_series(0, %(all)s - 1) n
    """,
    """
    INSERT INTO evaluations (evaluation_id, exam_instance_id, teacher_user_id, assigned_at, started_at, sla_deadline,
        sla_hours_allocated, status, completed_at, total_manual_marks)
    SELECT md5('evaluation' || n)::uuid, md5('exam' || n)::uuid, md5('teacher' || (n %% %(teachers)s))::uuid,
           t.due - interval '1 day', t.due - interval '6 hours', t.due, 48, 'completed',
           t.due + CASE n %% 20 WHEN 0 THEN 3 ELSE -3 END * interval '1 hour', 40
    FROM generate_series(0, %(all)s - 1) n
    CROSS JOIN LATERAL (SELECT now() - (%(all)s - n) * (interval '366 days' / %(all)s) AS due) t
    """,
    """
    INSERT INTO evaluation_assignments (evaluation_id, assignment_version, teacher_user_id, assigned_at)
    SELECT evaluation_id, 1, teacher_user_id, assigned_at FROM evaluations
    """,
    """
    INSERT INTO deadline_changes (evaluation_id, kind, deadline_before, deadline_after, reason, changed_by, changed_at)
    SELECT e.evaluation_id, 'extended', e.sla_deadline - interval '1 day', e.sla_deadline, 'flood', e.teacher_user_id,
           e.sla_deadline - interval '1 day' + (n %% 3 - 1) * interval '1 hour'
    FROM generate_series(0, %(all)s - 1, 50) n JOIN evaluations e ON e.evaluation_id = md5('evaluation' || n)::uuid
    """,
    """
    INSERT INTO deadline_changes (evaluation_id, kind, deadline_before, deadline_after, reason, changed_by, changed_at)
    SELECT e.evaluation_id, 'returned', e.sla_deadline - interval '2 days', e.sla_deadline, 'again', e.teacher_user_id,
           e.sla_deadline - interval '1 day'
    FROM generate_series(1, %(all)s - 1, 100) n JOIN evaluations e ON e.evaluation_id = md5('evaluation' || n)::uuid
    """,
    """
    INSERT INTO evaluation_versions (evaluation_id, version_number, reason, copied_by, copied_at, written_in,
        evaluation, exam, marks, work)
    SELECT c.evaluation_id, 1, 'again', c.changed_by, c.changed_at, 1, to_jsonb(e) || jsonb_build_object(
               'completed_at', c.changed_at - interval '25 hours', 'annotation_data', w.words
           ), '{}', '[]', '{}'
    FROM deadline_changes c JOIN evaluations e USING (evaluation_id)
    CROSS JOIN LATERAL (
        SELECT string_agg(md5(c.evaluation_id::text || n), '') AS words FROM generate_series(1, 500) n
    ) w
    WHERE c.kind = 'returned'
    """,
    """
    INSERT INTO question_marks (evaluation_id, exam_instance_id, question_number, question_id, question_type, unit,
        marks_awarded, marks_possible, created_at)
    SELECT md5('evaluation' || n)::uuid, md5('exam' || n)::uuid, q,
           md5('question' || (hashint4(n + q) & 2147483647) %% %(questions)s)::uuid, 'LA', 'Unit', (n + q) %% 6, 5,
           now() - (%(all)s - n) * (interval '366 days' / %(all)s)
    FROM generate_series(0, %(all)s - 1) n CROSS JOIN generate_series(21, 25) q
    """,
)


def _fill(server: LocalPostgres) -> None:
    """Rows as the program would have left them; to check a million one by one would prove nothing."""
    values = {"all": _EVALUATIONS, "teachers": _TEACHERS, "questions": _QUESTIONS}
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        for statement in _STATEMENTS:
            connection.execute(statement, values)
        connection.execute("VACUUM ANALYZE")


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
    last = date.today() - timedelta(days=100)
    month = Span(last - timedelta(days=30), last)
    for name, read in _REPORTS.items():
        with open_session(engine) as session:
            samples = [timed(partial(read, session, month)) for _ in range(_ROUNDS)]
        report(f"report.{name}", samples, evaluations=_EVALUATIONS)
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
