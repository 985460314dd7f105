"""The read models over a million exams: how long a refresh takes, and what a reader and who completes notice of it.

Budget: `analytics.refresh_1m` at most 60 s, with ten thousand results that changed since the last one taken over first;
meanwhile no reader of the leaderboard and nobody who completes a script waits longer than 500 ms.
`MV_BENCH_EXAMS` says over how many; each has five written marks in five units.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.services.database import make_engine
from mv_desktop.services.migration import migrate
from mv_desktop.services.staff import scram_verifier
from mv_desktop.worker.analytics_job import refresh_read_models
from tests.bench.crowd import PASSWORD
from tests.bench.report import report, report_value, timed

_DATABASE = "bench_analytics"
_EXAMS_EACH = 20
"""Exams of one student."""
_CHANGED = 10_000
_COORDINATOR = "coordinator@crowd.example.org"


def main() -> int:
    exams = int(os.environ.get("MV_BENCH_EXAMS", "1000000"))
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-analytics-"))
    folder.chmod(0o711)
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            report_value("analytics.filled", round(timed(lambda: _fill(server, exams)) / 1000, 1), "s", exams=exams)
            _measure(server, exams)
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _fill(server: LocalPostgres, exams: int) -> None:
    """Rows as the program would have left them; to check a million one by one would prove nothing."""
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "INSERT INTO users (user_id, email, password_hash, role, first_name, last_name, student_class)"
            " SELECT md5('student' || n)::uuid, 'student' || n || '@crowd.example.org', '!', 'student', 'Asha',"
            " 'Rao ' || n, CASE n %% 2 WHEN 0 THEN 'X' ELSE 'XII' END FROM generate_series(0, %s) n",
            (exams // _EXAMS_EACH,),
        )
        connection.execute(
            "INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date, billing_cycle,"
            " exams_limit_per_month, billing_day_of_month, amount_paid_paise) SELECT user_id, 'premium',"
            " current_date - 9, current_date + 9, 'annual', 50, 1, 1 FROM users WHERE role = 'student'"
        )
        connection.execute(
            "INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type,"
            " class, total_marks, duration_minutes, status, percentage, submitted_at)"
            " SELECT md5('exam' || n)::uuid, md5('student' || n / %(each)s)::uuid, md5('template')::uuid,"
            ' \'{"schema": 1, "questions": []}\','
            " CASE n %% 4 WHEN 0 THEN 'unit_practice'::mv_exam_type ELSE 'board_exam' END,"
            " CASE n / %(each)s %% 2 WHEN 0 THEN 'X' ELSE 'XII' END, 80, 180, 'evaluated', (hashint4(n) & 8191) / 82.0,"
            " now() - (n %% %(each)s) * interval '9 days' FROM generate_series(0, %(last)s) n",
            {"each": _EXAMS_EACH, "last": exams - 1},
        )
        connection.execute(
            "INSERT INTO question_marks (evaluation_id, exam_instance_id, question_number, question_id, question_type,"
            " unit, marks_awarded, marks_possible) SELECT md5('evaluation' || n)::uuid, md5('exam' || n)::uuid, q,"
            " md5('question' || q)::uuid, 'LA', 'Unit of mathematics ' || (n + q) %% 13, (n + q) %% 6, 5"
            " FROM generate_series(0, %s) n CROSS JOIN generate_series(21, 25) q",
            (exams - 1,),
        )
        connection.execute(
            "INSERT INTO api._result_changes (exam_instance_id) SELECT exam_instance_id FROM exam_instances"
        )
        connection.execute("VACUUM ANALYZE")
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        connection.execute(
            "WITH made AS (INSERT INTO users (email, password_hash, role, first_name, last_name, is_coordinator)"
            " VALUES (%s, '!', 'teacher', 'Priya', 'Nair', true) RETURNING user_id)"
            " SELECT api.provision_login(user_id, %s) FROM made",
            (_COORDINATOR, scram_verifier(PASSWORD)),
        )


def _measure(server: LocalPostgres, exams: int) -> None:
    worker = make_engine(server.url(_DATABASE, "mv_worker", "worker"), application_name="mv-desktop bench")
    first = timed(lambda: refresh_read_models(worker))
    report_value("analytics.first", round(first / 1000, 1), "s", exams=exams)
    changed = min(_CHANGED, exams // 10)
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        connection.execute("UPDATE api._analytics_refreshes SET as_of = as_of - interval '1 hour'")
        connection.execute(
            "INSERT INTO api._result_changes (exam_instance_id)"
            " SELECT md5('exam' || n)::uuid FROM generate_series(0, %s) n",
            (changed - 1,),
        )
    over = threading.Event()
    reads: list[float] = []
    completions: list[float] = []
    reader = threading.Thread(target=_read, args=(server, over, reads))
    writer = threading.Thread(target=_complete, args=(server, over, completions))
    reader.start()
    writer.start()
    try:
        again = timed(lambda: refresh_read_models(worker))
    finally:
        over.set()
        reader.join()
        writer.join()
    worker.dispose()
    report_value("analytics.refresh_1m", round(again / 1000, 2), "s", exams=exams, changed=changed)
    report("analytics.read_meanwhile", reads, exams=exams)
    report("analytics.complete_meanwhile", completions, exams=exams)


def _read(server: LocalPostgres, over: threading.Event, reads: list[float]) -> None:
    url = server.url(_DATABASE, login_name(_COORDINATOR), PASSWORD)
    with psycopg.connect(url, autocommit=True) as connection:
        while not over.is_set() or not reads:
            reads.append(timed(lambda: connection.execute("SELECT api.leaderboard()").fetchone()))
            time.sleep(0.01)


def _complete(server: LocalPostgres, over: threading.Event, completions: list[float]) -> None:
    """Results that change while they are refreshed; as the owner, without marking a whole script."""
    number = 0
    with psycopg.connect(server.owner_url(_DATABASE), autocommit=True) as connection:
        while not over.is_set() or not completions:
            number += 1
            completions.append(
                timed(
                    lambda number=number: connection.execute(  # type: ignore[misc]
                        "UPDATE exam_instances SET percentage = 50 WHERE exam_instance_id = md5('exam' || %s)::uuid",
                        (str(number),),
                    )
                )
            )
            time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
