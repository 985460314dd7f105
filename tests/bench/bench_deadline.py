"""Deadlines at 1,000,000 evaluations: what the worker's sweep takes, and what a forecast of everything open takes.

- deadline.sweep: one round that marks, audits and tells 500 scripts to their teachers and three coordinators, of
  thousands that are late at once. Budget: 1 s. `deadline.sweep_all` is how long it took until none was left.
- deadline.sweep_none: a round that finds nothing, though thousands late ones are still open. Budget: 1 s.
- deadline.forecast: the rules alone, 20,000 scripts of 500 teachers. Budget: 1 s.
- deadline.forecast_1m: the same from the server's rows, with what every teacher's pace is read from.

`BENCH_EVALUATIONS` in the environment makes it smaller.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.forecast import OpenScript, forecast
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.forecast import expected_finishes
from mv_desktop.services.migration import migrate
from mv_desktop.worker.deadline_job import BREACH_BATCH, mark_breached, watch_risk
from tests.bench.million import OPEN, TEACHERS, fill
from tests.bench.report import report, report_value, timed

EVALUATIONS = int(os.environ.get("BENCH_EVALUATIONS", "1000000"))
SCRIPTS = 20_000

_DATABASE = "bench_deadline"
_ROUNDS = 5
_COORDINATORS = 3


def main() -> None:
    """Build the database, measure, and take everything away."""
    _rules()
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-deadline-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            fill(server, _DATABASE, EVALUATIONS)
            engine = _worker(server)
            _forecast(engine)
            _sweep(engine)
            engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rules() -> None:
    now = datetime(2026, 1, 20, 5, tzinfo=UTC)
    teachers = [UserId(UUID(int=number)) for number in range(1, TEACHERS + 1)]
    scripts = [
        OpenScript(
            EvaluationId(uuid4()),
            teachers[number % TEACHERS],
            now + timedelta(minutes=number % 4000),
            timedelta(minutes=30),
        )
        for number in range(SCRIPTS)
    ]
    away = {teacher: [(date(2026, 1, 20), date(2026, 1, 22))] for teacher in teachers[::10]}
    samples = [timed(lambda: forecast(scripts, away, WorkCalendar(WorkingHours()), now)) for _ in range(_ROUNDS)]
    report("deadline.forecast", samples, scripts=SCRIPTS, teachers=TEACHERS)


def _worker(server: LocalPostgres) -> Engine:
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'bench'")
        connection.execute(
            "UPDATE users SET is_coordinator = true"
            " WHERE user_id IN (SELECT user_id FROM users ORDER BY email LIMIT %s)",
            (_COORDINATORS,),
        )
        # half of what is completed was begun and completed within one day
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "UPDATE evaluations SET started_at = completed_at - interval '25 minutes'"
            " WHERE status = 'completed' AND get_byte(uuid_send(evaluation_id), 0) % 2 = 0"
        )
        connection.execute("VACUUM ANALYZE evaluations")
    return make_engine(server.url(_DATABASE, "mv_worker", "bench"), application_name="mv-desktop bench")


def _forecast(engine: Engine) -> None:
    samples = []
    for _ in range(_ROUNDS):
        with open_session(engine) as session:
            samples.append(timed(lambda session=session: expected_finishes(session)))
    report("deadline.forecast_1m", samples, scripts=TEACHERS * OPEN, teachers=TEACHERS, evaluations=EVALUATIONS)
    samples = [timed(lambda: watch_risk(engine)) for _ in range(_ROUNDS)]
    report("deadline.risk_1m", samples, evaluations=EVALUATIONS)


def _sweep(engine: Engine) -> None:
    samples, marked, found = [], 0, BREACH_BATCH
    begun = time.perf_counter()
    while found:
        before = time.perf_counter()
        found = mark_breached(engine)
        marked += found
        if found == BREACH_BATCH:
            samples.append((time.perf_counter() - before) * 1000)
    report_value("deadline.sweep_all", round(time.perf_counter() - begun, 1), "s", marked=marked)
    report("deadline.sweep", samples, marked=BREACH_BATCH, evaluations=EVALUATIONS)
    report("deadline.sweep_none", [timed(lambda: mark_breached(engine)) for _ in range(_ROUNDS)], open_late=marked)


if __name__ == "__main__":
    main()
