"""What row security costs: a teacher's queue among a million evaluations, as she and as the owner, whom none binds.

Budget: `rights.queue_1m` at most 1.5 times as long with row security as without.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.services.database import LIMITS
from mv_desktop.services.evaluation import QUEUE_SQL
from mv_desktop.services.migration import migrate
from mv_desktop.services.staff import scram_verifier
from tests.bench.crowd import PASSWORD, email_of
from tests.bench.report import report, report_value

_DATABASE = "bench_rights"
_TEACHERS, _OPEN = 500, 30
_ASKED = 400
_QUEUE = QUEUE_SQL.replace(":me", "%s").encode()
_NOT_HELD = b"""WHERE NOT EXISTS (
    SELECT 1 FROM evaluation_holds h WHERE h.evaluation_id = evaluations.evaluation_id AND h.ended_at IS NULL) AND """
_UNBOUND = _QUEUE.replace(b"WHERE ", _NOT_HELD, 1)
"""What the owner has to ask for the same rows: that a script is held keeps it out of a queue, whoever asks."""


def main() -> int:
    evaluations = int(os.environ.get("MV_BENCH_EVALUATIONS", "1000000"))
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-rights-"))
    folder.chmod(0o711)
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            _fill(server, evaluations)
            _queue(server, evaluations)
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _fill(server: LocalPostgres, evaluations: int) -> None:
    begun = time.perf_counter()
    # The rows are what the program would have left. Checking a million of them one by one proves nothing here.
    with psycopg.connect(server.super_url(_DATABASE)) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " SELECT 'teacher' || n || '@crowd.example.org', '!', 'teacher', 'Asha', 'Rao ' || n"
            " FROM generate_series(1, %s) n",
            (_TEACHERS,),
        )
        connection.execute("CREATE TEMP TABLE t AS SELECT user_id, row_number() OVER () AS number FROM users")
        connection.execute(
            "INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type,"
            " class, total_marks, duration_minutes, status, mcq_score)"
            " SELECT md5('exam' || n)::uuid, md5('student' || n)::uuid, md5('template')::uuid, '{\"schema\": 1}',"
            " 'board_exam', 'XII', 80, 180, 'pending_evaluation', 1 FROM generate_series(1, %s) n",
            (evaluations,),
        )
        connection.execute(
            """
            INSERT INTO evaluations (exam_instance_id, teacher_user_id, sla_deadline, sla_hours_allocated, status,
                completed_at, total_manual_marks)
            SELECT md5('exam' || n)::uuid, t.user_id, now() + (n %% 4000 - 2000) * interval '1 minute', 48,
                   CASE WHEN n > %(open)s THEN 'completed'::mv_evaluation_status
                        WHEN n %% 3 = 0 THEN 'in_progress' ELSE 'assigned' END,
                   CASE WHEN n > %(open)s THEN now() END, CASE WHEN n > %(open)s THEN 40 END
            FROM generate_series(1, %(all)s) n JOIN t ON t.number = 1 + n %% %(teachers)s
            """,
            {"open": _TEACHERS * _OPEN, "all": evaluations, "teachers": _TEACHERS},
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE evaluations, exam_instances, users")
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        connection.execute(
            "SELECT api.provision_login(user_id, %s) FROM users WHERE email = %s",
            (scram_verifier(PASSWORD), email_of(1)),
        )
    report_value("rights.filled", round(time.perf_counter() - begun, 1), "s", evaluations=evaluations)


def _queue(server: LocalPostgres, evaluations: int) -> None:
    hers = server.url(_DATABASE, login_name(email_of(1)), PASSWORD)
    with (
        psycopg.connect(hers, prepare_threshold=None) as bound,
        psycopg.connect(server.owner_url(_DATABASE), prepare_threshold=None) as free,
    ):
        (me,) = free.execute("SELECT user_id FROM users WHERE email = %s", (email_of(1),)).fetchone() or (None,)
        for connection, query in ((bound, _QUEUE), (free, _UNBOUND)):
            found = connection.execute(query, (me,)).fetchall()
            if len(found) != _OPEN:
                raise RuntimeError(f"{len(found)} rows in a queue of {_OPEN}")
            connection.commit()
        with_rights, without = [], []
        for _ in range(_ASKED):  # in turn, so that both meet the same noise
            with_rights.append(_timed(bound, _QUEUE, me))
            without.append(_timed(free, _UNBOUND, me))
    report("rights.queue_1m", with_rights, statistics.median(without), evaluations=evaluations)
    report("rights.queue_1m_unbound", without, evaluations=evaluations)


def _timed(connection: psycopg.Connection[Any], query: bytes, me: UUID) -> float:
    """The question alone: beginning, limits and commit cost both the same."""
    with connection.transaction():
        connection.execute(LIMITS.encode())
        begun = time.perf_counter()
        connection.execute(query, (me,)).fetchall()
        return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
