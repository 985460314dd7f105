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
from tests.bench.million import OPEN, fill
from tests.bench.report import report

_DATABASE = "bench_rights"
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
            fill(server, _DATABASE, evaluations)
            _enrol(server)
            _queue(server, evaluations)
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _enrol(server: LocalPostgres) -> None:
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        connection.execute(
            "SELECT api.provision_login(user_id, %s) FROM users WHERE email = %s",
            (scram_verifier(PASSWORD), email_of(1)),
        )


def _queue(server: LocalPostgres, evaluations: int) -> None:
    hers = server.url(_DATABASE, login_name(email_of(1)), PASSWORD)
    with (
        psycopg.connect(hers, prepare_threshold=None) as bound,
        psycopg.connect(server.owner_url(_DATABASE), prepare_threshold=None) as free,
    ):
        (me,) = free.execute("SELECT user_id FROM users WHERE email = %s", (email_of(1),)).fetchone() or (None,)
        for connection, query in ((bound, _QUEUE), (free, _UNBOUND)):
            found = connection.execute(query, (me,)).fetchall()
            if len(found) != OPEN:
                raise RuntimeError(f"{len(found)} rows in a queue of {OPEN}")
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
