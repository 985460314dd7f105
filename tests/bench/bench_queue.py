"""db.queue_1m: a teacher's queue at 1,000,000 evaluations over 1,000 teachers, under row security.

Measured is planning and execution inside the database, as teachers' own logins; the reference is a whole round
trip that reads one row by its primary key, in the same run. Budget: p95 at most 5 ms, ratio at most 10.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.identifier import UserId
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.evaluation import QUEUE_SQL, queue
from mv_desktop.services.migration import migrate
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.bench.report import report

EVALUATIONS = 1_000_000
TEACHERS = 1_000
OPEN_SHARE = 0.1
"""Of a teacher's thousand scripts about a hundred wait; the others are completed."""

_DATABASE = "bench_queue"
_MEASURED_TEACHERS = 20
_ROUNDS = 15
_PASSWORD = "bench"

_PEOPLE = """
INSERT INTO users (user_id, email, password_hash, role, first_name, last_name, student_class)
SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bench' || n || '@example.org', '!',
       CASE n WHEN 0 THEN 'student' ELSE 'teacher' END::mv_user_role, 'Bench', n::text, CASE n WHEN 0 THEN 'XII' END
FROM generate_series(0, :teachers) n
"""
_TEMPLATE = """
INSERT INTO exam_templates (template_id, template_name, class, exam_type, config)
VALUES ('00000000-0000-4000-8000-000000000000', 'Bench', 'XII', 'board_exam', '{"schema": 1}')
"""
_EXAMS = """
INSERT INTO exam_instances (student_user_id, template_id, exam_snapshot, exam_type, class, total_marks,
                            duration_minutes, status)
SELECT '00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000',
       '{"schema": 1, "questions": []}', 'board_exam', 'XII', 80, 180, 'pending_evaluation'
FROM generate_series(1, :evaluations)
"""
# Every row picks its teacher, so that a queue's rows lie all over the table, as they would after years.
_SCRIPTS = """
INSERT INTO evaluations (exam_instance_id, teacher_user_id, sla_deadline, sla_hours_allocated, status)
SELECT exam_instance_id,
       ('00000000-0000-4000-8000-' || lpad((1 + floor(random() * :teachers))::int::text, 12, '0'))::uuid,
       now() + random() * interval '3 days' - interval '12 hours', 48,
       CASE WHEN random() < :open THEN CASE WHEN random() < 0.3 THEN 'in_progress' ELSE 'assigned' END
            ELSE 'completed' END::mv_evaluation_status
FROM exam_instances
"""


def main() -> None:
    """Build the database, measure, print one line, and take everything away."""
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-queue-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            _fill(server)
            samples, reference = _measure(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report("db.queue_1m", samples, reference)


def _fill(server: LocalPostgres) -> None:
    started = time.monotonic()
    values = {"teachers": TEACHERS, "evaluations": EVALUATIONS, "open": OPEN_SHARE}
    engine = make_engine(server.super_url(_DATABASE), application_name="mv-desktop bench")
    with Session(engine) as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        # As a replica: no triggers and no foreign key checks while two million rows are made.
        session.execute(text("SET LOCAL session_replication_role = 'replica'"))
        for statement in (_PEOPLE, _TEMPLATE, _EXAMS, _SCRIPTS):
            session.execute(text(statement), values)
        session.commit()
    engine.dispose()
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE users")
        connection.execute("VACUUM ANALYZE evaluations")
    print(f"db.queue_1m: filled in {time.monotonic() - started:.0f} s", file=sys.stderr)


def _measure(server: LocalPostgres) -> tuple[list[float], float]:
    samples: list[float] = []
    round_trips: list[float] = []
    for number in range(1, TEACHERS + 1, TEACHERS // _MEASURED_TEACHERS):
        teacher = UserId(UUID(f"00000000-0000-4000-8000-{number:012}"))
        owner = make_engine(server.owner_url(_DATABASE), application_name="mv-desktop bench")
        with open_session(owner) as session:
            provision_login(session, teacher, scram_verifier(_PASSWORD, iterations=4096))
        owner.dispose()
        login = login_name(f"bench{number}@example.org")
        engine = make_engine(server.url(_DATABASE, login, _PASSWORD), application_name="mv-desktop bench")
        with open_session(engine) as session:
            key = queue(session, teacher)[0].evaluation_id
            for _ in range(_ROUNDS):
                samples.append(_in_database(session, teacher))
                round_trips.append(_round_trip(session, key))
        engine.dispose()
    return samples, statistics.median(round_trips)


def _in_database(session: Session, teacher: UserId) -> float:
    (plan,) = session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {QUEUE_SQL}"), {"me": teacher}).scalar_one()
    return float(plan["Planning Time"]) + float(plan["Execution Time"])


def _round_trip(session: Session, key: UUID) -> float:
    started = time.perf_counter()
    session.execute(text("SELECT status FROM public.evaluations WHERE evaluation_id = :key"), {"key": key}).one()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
