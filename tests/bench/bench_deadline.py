"""Deadlines at 1,000,000 evaluations: what the worker's sweep takes, and what a forecast of everything open takes.

- deadline.sweep: one round that marks, audits and tells a full batch of the thousands that broke at once to their
  teachers and three coordinators. Budget: 1 s. `deadline.sweep_all` is how long it took until none was left, with its
  ratio to as many one by one (`deadline.one_by_one`: as somebody does it who extends after the deadline).
- deadline.sweep_none: a round that finds nothing, though thousands late ones are still open. Budget: 1 s.
- deadline.sweep_100: one that finds a hundred newly late. Budget: 1 s.
- deadline.forecast: the rules alone, 20,000 scripts of 500 teachers. Budget: 1 s.
- deadline.forecast_1m: the same from the server's rows, with what every teacher's pace is read from. Budget: 1 s.
- deadline.risk_1m: the round that tells what is at risk, the first and then ones that find nothing new.

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
from tests.bench.million import TEACHERS, fill
from tests.bench.report import report, timed

EVALUATIONS = int(os.environ.get("BENCH_EVALUATIONS", "1000000"))
SCRIPTS = 20_000

_DATABASE = "bench_deadline"
_ROUNDS = 5
_COORDINATORS = 3
_ALONE = 200


def main() -> None:
    """Build the database, measure, and take everything away."""
    _rules()
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-deadline-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            fill(server, _DATABASE, EVALUATIONS, each=SCRIPTS // TEACHERS)
            engine = _worker(server)
            _forecast(engine)
            _sweep(server, engine)
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
    report("deadline.forecast_1m", samples, scripts=SCRIPTS, teachers=TEACHERS, evaluations=EVALUATIONS)
    told: list[int] = []
    first = timed(lambda: told.append(watch_risk(engine)))
    report("deadline.risk_first_1m", [first], told=told[0], evaluations=EVALUATIONS)
    samples = [timed(lambda: watch_risk(engine)) for _ in range(_ROUNDS)]
    report("deadline.risk_1m", samples, evaluations=EVALUATIONS)


def _sweep(server: LocalPostgres, engine: Engine) -> None:
    one = _one_by_one(server)
    samples, marked, found = [], 0, BREACH_BATCH
    begun = time.perf_counter()
    while found:
        before = time.perf_counter()
        found = mark_breached(engine)
        marked += found
        if found == BREACH_BATCH:
            samples.append((time.perf_counter() - before) * 1000)
    all_ms = (time.perf_counter() - begun) * 1000
    report("deadline.sweep_all", [all_ms], one * marked, marked=marked)
    report("deadline.sweep", samples, marked=BREACH_BATCH, evaluations=EVALUATIONS)
    report("deadline.sweep_none", [timed(lambda: mark_breached(engine)) for _ in range(_ROUNDS)], open_late=marked)
    samples = []
    for _ in range(_ROUNDS):
        with psycopg.connect(server.super_url(_DATABASE)) as connection:
            connection.execute("SET session_replication_role = 'replica'")
            connection.execute(
                "UPDATE evaluations SET sla_deadline = now() - interval '1 second' WHERE evaluation_id IN ("
                "SELECT evaluation_id FROM evaluations WHERE status <> 'completed' AND sla_deadline > now() LIMIT 100)"
            )
        samples.append(timed(lambda: mark_breached(engine)))
    report("deadline.sweep_100", samples, one * 100, evaluations=EVALUATIONS)


def _one_by_one(server: LocalPostgres) -> float:
    """Milliseconds that one breach takes when it is marked, audited and told by itself; nothing is left of it."""
    with psycopg.connect(server.super_url(_DATABASE)) as connection:
        late = connection.execute(
            "SELECT evaluation_id FROM evaluations WHERE status <> 'completed' AND sla_deadline < now() LIMIT %s",
            (_ALONE,),
        ).fetchall()
        took = timed(
            lambda: connection.cursor().executemany(
                "UPDATE evaluations SET sla_breached = true, sla_deadline = sla_deadline + interval '1 year'"
                " WHERE evaluation_id = %s",
                late,
            )
        )
        connection.rollback()
    report("deadline.one_by_one", [took / _ALONE], scripts=_ALONE)
    return took / _ALONE


if __name__ == "__main__":
    main()
