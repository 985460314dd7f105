"""10,000 scripts become complete at once, with 200 teachers: how long until all of them have one.

- assignment.10000: the worker's round on its own login: reading, deciding, and writing each with its audit entry and
  notice. Budget: 60 s. `assignment.queries` is how many statements a script takes, counted on the worker's side.
- assignment.limits: the same where every fourth teacher has a daily limit, every fifth is away, every third marks only
  class XII (half of the scripts are of class X), each has twenty students on her list, and every tenth is a parent of
  one. Budget: 60 s. `assignment.limits_queries` must be as many statements as without.
- assignment.rules: the rules alone, for the same scripts.

`BENCH_SCRIPTS` in the environment makes it smaller.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, event

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.assignment import Marker, OpenWork, WaitingScript, assign
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import ExamInstanceId, UserId
from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Paces
from mv_desktop.services.database import make_engine
from mv_desktop.services.migration import migrate
from mv_desktop.worker.assignment_job import assign_scripts
from tests.bench.report import report, report_value, timed
from tests.factories.paper import paper

_DATABASE = "bench_assignment"
_SCRIPTS = int(os.environ.get("BENCH_SCRIPTS", "10000"))
_TEACHERS = 200
_PASSWORD = "bench"


def main() -> int:
    _rules()
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-assignment-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres") as server:
            for database, name in ((_DATABASE, "10000"), (f"{_DATABASE}_limits", "limits")):
                server.prepare(database)
                migrate(server.owner_url(database))
                _fill(server, database)
                if name == "limits":
                    _limit(server, database)
                engine = _worker(server, database)
                _round(server, database, engine, name)
                engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _rules() -> None:
    now = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
    markers = [
        Marker(
            UserId(UUID(int=number)),
            [OpenWork(now + timedelta(minutes=97 * place), timedelta(minutes=30)) for place in range(1, 11)],
        )
        for number in range(1, _TEACHERS + 1)
    ]
    scripts = [
        WaitingScript(
            ExamInstanceId(UUID(int=number)), "XII", ExamType.BOARD_EXAM, now + timedelta(days=2, seconds=number),
            UserId(UUID(int=1)),
        )
        for number in range(1, _SCRIPTS + 1)
    ]  # fmt: skip
    samples = [timed(lambda: assign(scripts, markers, Paces(), WorkCalendar(WorkingHours()), now)) for _ in range(3)]
    report("assignment.rules", samples, scripts=_SCRIPTS, teachers=_TEACHERS)


def _fill(server: LocalPostgres, database: str) -> None:
    with psycopg.connect(server.super_url(database)) as connection:
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " SELECT 'teacher' || n || '@bench.example.org', '!', 'teacher', 'Asha', 'Rao ' || n"
            " FROM generate_series(1, %s) n",
            (_TEACHERS,),
        )
        connection.execute(
            "INSERT INTO staff_logins (login_name, user_id)"
            " SELECT 'mv_bench_' || row_number() OVER (), user_id FROM users WHERE role = 'teacher'"
        )
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name, student_class)"
            " SELECT 'student' || n || '@bench.example.org', '!', 'student', 'Ravi', 'Das', 'XII'"
            " FROM generate_series(1, %s) n",
            (_SCRIPTS,),
        )
        connection.execute(
            "INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date, billing_cycle,"
            " exams_limit_per_month, billing_day_of_month, amount_paid_paise)"
            " SELECT user_id, CASE WHEN right(user_id::text, 1) < '8' THEN 'premium' ELSE 'centum' END::mv_plan_type,"
            " current_date - 30, current_date + 30, 'monthly', 50, 1, 0 FROM users WHERE role = 'student'"
        )
        row = connection.execute(
            "INSERT INTO exam_templates (template_name, class, exam_type, config)"
            " VALUES ('Board', 'XII', 'board_exam', '{}') RETURNING template_id"
        ).fetchone()
        assert row is not None
        connection.execute(
            "INSERT INTO exam_instances (student_user_id, template_id, exam_snapshot, exam_type, class, total_marks,"
            " duration_minutes, status)"
            " SELECT user_id, %s, %s, 'board_exam', 'XII', 80, 180, 'uploaded' FROM users WHERE role = 'student'",
            (row[0], Jsonb(paper().model_dump(mode="json", by_alias=True))),
        )
        connection.execute(
            "INSERT INTO answer_sheet_uploads (exam_instance_id, student_user_id, page_number, s3_bucket, s3_key)"
            " SELECT exam_instance_id, student_user_id, page, 'b', exam_instance_id || '/' || page"
            " FROM exam_instances, generate_series(1, 8) page"
        )
        # by the step that made each complete
        connection.execute(
            "INSERT INTO evaluation_clock (exam_instance_id, received_at)"
            " SELECT exam_instance_id, max(uploaded_at) FROM answer_sheet_uploads GROUP BY 1"
        )
    with psycopg.connect(server.super_url(database), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _limit(server: LocalPostgres, database: str) -> None:
    with psycopg.connect(server.super_url(database)) as connection:
        connection.execute(
            "CREATE TEMP TABLE t AS SELECT user_id, row_number() OVER (ORDER BY user_id) AS n FROM users"
            " WHERE role = 'teacher'"
        )
        connection.execute(
            "CREATE TEMP TABLE s AS SELECT user_id, row_number() OVER (ORDER BY user_id) AS n FROM users"
            " WHERE role = 'student'"
        )
        connection.execute(
            "INSERT INTO teacher_limits (user_id, daily_limit, classes) SELECT user_id,"
            " CASE WHEN n % 4 = 0 THEN 30 END, CASE WHEN n % 3 = 0 THEN ARRAY['XII'] END FROM t"
        )
        connection.execute(
            "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
            " SELECT gen_random_uuid(), user_id, current_date - 1, current_date + 2 FROM t WHERE n % 5 = 0"
        )
        connection.execute(
            "INSERT INTO teacher_conflicts (user_id, student_user_id)"
            " SELECT t.user_id, s.user_id FROM t JOIN s ON s.n % 200 = t.n % 200 AND s.n <= 4000"
        )
        connection.execute(
            "INSERT INTO parent_student_mappings (parent_user_id, student_user_id, relationship)"
            " SELECT t.user_id, s.user_id, 'mother' FROM t JOIN s ON s.n = t.n + 1 WHERE t.n % 10 = 0"
        )
        connection.execute(
            "UPDATE exam_instances SET class = 'X' WHERE get_byte(uuid_send(exam_instance_id), 0) % 2 = 0"
        )
    with psycopg.connect(server.super_url(database), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _worker(server: LocalPostgres, database: str) -> Engine:
    with psycopg.connect(server.super_url(database), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE mv_worker PASSWORD '{_PASSWORD}'".encode())
    return make_engine(server.url(database, "mv_worker", _PASSWORD), application_name="mv-desktop bench worker")


def _round(server: LocalPostgres, database: str, engine: Engine, name: str) -> None:
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    took = timed(lambda: assign_scripts(engine))
    with psycopg.connect(server.super_url(database)) as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT teacher_user_id) FROM evaluations").fetchone()
    assert found is not None
    there = _TEACHERS if name == "10000" else _TEACHERS - _TEACHERS // 5
    if found[0] != _SCRIPTS or found[1] > there:
        raise RuntimeError(f"given: {found}")
    report(f"assignment.{name}", [took], scripts=_SCRIPTS, teachers=found[1])
    prefix = "assignment." if name == "10000" else "assignment.limits_"
    report_value(f"{prefix}queries", round(len(statements) / _SCRIPTS, 4), "statements a script", scripts=_SCRIPTS)


if __name__ == "__main__":
    sys.exit(main())
