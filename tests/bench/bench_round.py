"""Rounds of the worker where much was left lying, and a billing day.

- round.exam_idle: the round of exams that finds nothing to do, with 100,000 exams that wait for sheets that never come;
  each of them has answers that earned nothing. Budget: 20 ms.
- round.months: a billing day of 50,000 subscriptions. Budget: 60 s. `round.months_idle`: the next round.

`BENCH_ABANDONED` and `BENCH_SUBSCRIPTIONS` in the environment make it smaller.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.services.database import make_engine
from mv_desktop.services.migration import migrate
from mv_desktop.worker.counter_job import turn_months
from mv_desktop.worker.exam_job import submit_exams
from tests.bench.report import report, report_value, timed
from tests.factories.paper import paper

_DATABASE = "bench_round"
_ABANDONED = int(os.environ.get("BENCH_ABANDONED", "100000"))
_SUBSCRIPTIONS = int(os.environ.get("BENCH_SUBSCRIPTIONS", "50000"))
_PASSWORD = "bench"
_ROUNDS = 20


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-round-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            _fill(server)
            engine = make_engine(
                server.url(_DATABASE, "mv_worker", _PASSWORD), application_name="mv-desktop bench worker"
            )
            _exams(engine)
            _months(engine)
            engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _fill(server: LocalPostgres) -> None:
    """Rows as the program would have left them."""
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE mv_worker PASSWORD '{_PASSWORD}'".encode())
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "INSERT INTO users (user_id, email, password_hash, role, first_name, last_name, student_class)"
            " SELECT md5('student' || n)::uuid, 'student' || n || '@bench.example.org', '!', 'student', 'Ravi', 'Das',"
            " 'XII' FROM generate_series(1, %s) n",
            (_SUBSCRIPTIONS,),
        )
        connection.execute(
            "INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date, billing_cycle,"
            " exams_limit_per_month, exams_used_this_month, billing_day_of_month, amount_paid_paise,"
            " last_counter_reset_date)"
            " SELECT user_id, 'premium', current_date - 70, current_date + 300, 'annual', 50, 7,"
            " extract(day FROM least(current_date - 1, date_trunc('month', current_date - 1)::date + 27)), 0,"
            " current_date - 40 FROM users"
        )
        connection.execute(
            "INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type,"
            " class, total_marks, duration_minutes, status, submitted_at, mcq_score)"
            " SELECT md5('exam' || n)::uuid, md5('student' || n)::uuid, md5('template')::uuid, %s, 'board_exam', 'XII',"
            " 80, 180, 'pending_upload', now(), 0 FROM generate_series(1, %s) n",
            (Jsonb(paper().model_dump(mode="json", by_alias=True)), _ABANDONED),
        )
        connection.execute(
            "INSERT INTO student_mcq_answers (exam_instance_id, question_number, question_id, selected_choices,"
            " is_correct, marks_awarded, marks_possible)"
            " SELECT exam_instance_id, 1, gen_random_uuid(), '[]', false, 0, 1 FROM exam_instances"
        )
        connection.execute("VACUUM ANALYZE")


def _exams(engine: Engine) -> None:
    submit_exams(engine)
    report("round.exam_idle", [timed(lambda: submit_exams(engine)) for _ in range(_ROUNDS)], abandoned=_ABANDONED)


def _months(engine: Engine) -> None:
    begun, count = time.perf_counter(), 0
    while found := turn_months(engine):
        count += found
    took = time.perf_counter() - begun
    if count != _SUBSCRIPTIONS:
        raise RuntimeError(f"months begun: {count}")
    report_value("round.months", round(took, 1), "s", subscriptions=count, a_second=round(count / took))
    report("round.months_idle", [timed(lambda: turn_months(engine)) for _ in range(5)], subscriptions=count)


if __name__ == "__main__":
    sys.exit(main())
