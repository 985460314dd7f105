"""Sending and fetching at the size of years: operations applied a second, and 200 scripts on an empty computer.

The server writes to its disk as in production (fsync). Budgets: `sync.apply` at least 2,000 operations a second in
batches of 50, by two teachers at once, with 1,000,000 evaluations in the table; `pull.200` at most 1 s for 200 open
scripts, twenty of them begun, from hello to the last row in the encrypted file (`pull.200_marked`: all of them).
Reference of `sync.apply.batch`: fifty rows put into a plain table in one transaction, on the same server.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from mv_desktop.core.clock import SystemClock
from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.exchange import MAX_OPERATIONS
from mv_desktop.domain.identifier import AnnotationId, EvaluationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import Operation, PutAnnotations, SetMark
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.database import LIMITS
from mv_desktop.services.migration import migrate
from tests.bench.crowd import on_the_wire
from tests.bench.million import fill
from tests.bench.report import report, report_value, timed
from tests.factories.local import open_store
from tests.factories.marking import Person, School
from tests.factories.paper import board_paper
from tests.fakes.server import CloneDatabase

_DATABASE = "bench_sync"
_SENDERS, _SCRIPTS, _SECONDS = 2, 20, 15.0
_PULLED, _BEGUN, _MARKS, _PULLS = 200, 20, 100, 5
_WRITTEN = tuple(range(21, 38))


def main() -> int:
    evaluations = int(os.environ.get("MV_BENCH_EVALUATIONS", "1000000"))
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-sync-"))
    folder.chmod(0o711)
    try:
        with LocalPostgres(folder / "postgres") as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            fill(server, _DATABASE, evaluations)
            with closing(School(CloneDatabase(server, _DATABASE))) as school:
                _apply(server, school, evaluations)
                _pull(school, folder, evaluations)
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


class Sender(threading.Thread):
    """One teacher's computer that sends batch after batch."""

    def __init__(self, teacher: Person, scripts: list[EvaluationId], seconds: float) -> None:
        super().__init__()
        self._teacher, self._scripts, self._seconds = teacher, scripts, seconds
        self.times: list[float] = []
        self.failure: Exception | None = None

    def run(self) -> None:
        stream, seq = uuid4(), 0
        try:
            with psycopg.connect(self._teacher.url, prepare_threshold=None) as connection:
                end = time.perf_counter() + self._seconds
                while time.perf_counter() < end:
                    batch = json.dumps(
                        [_sent(seq + number, self._script(seq)) for number in range(1, MAX_OPERATIONS + 1)]
                    )
                    seq += MAX_OPERATIONS
                    self.times.append(timed(lambda batch=batch: _send(connection, stream, batch)))  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 (told where it is waited for)
            self.failure = error

    def _script(self, seq: int) -> EvaluationId:
        return self._scripts[seq // MAX_OPERATIONS % len(self._scripts)]


def _apply(server: LocalPostgres, school: School, evaluations: int) -> None:
    exam = board_paper()
    teachers = [school.person() for _ in range(_SENDERS)]
    work = [(teacher, [school.script(teacher, exam=exam, pages=8) for _ in range(_SCRIPTS)]) for teacher in teachers]
    for seconds in (2.0, _SECONDS):  # once to get warm
        senders = [Sender(teacher, scripts, seconds) for teacher, scripts in work]
        begun = time.perf_counter()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
            if sender.failure is not None:
                raise sender.failure
        took = time.perf_counter() - begun
    batches = [batch for sender in senders for batch in sender.times]
    report("sync.apply.batch", batches, _plain_batch(server), evaluations=evaluations)
    report_value("sync.apply", round(len(batches) * MAX_OPERATIONS / took), "operations/s", evaluations=evaluations)


def _send(connection: psycopg.Connection, stream: UUID, batch: str) -> None:
    with connection.transaction():
        connection.execute(LIMITS.encode())
        row = connection.execute("SELECT api.apply_operations(%s::uuid, %s::jsonb)", (stream, batch)).fetchone()
    wrong = [verdict for verdict in row[0] if verdict["verdict"] != "applied"] if row else ["no answer"]
    if wrong:
        raise RuntimeError(f"not applied: {wrong[:3]}")


def _plain_batch(server: LocalPostgres) -> float:
    """Milliseconds of what no batch can do without: fifty rows in a table, in one transaction, on the disk."""
    with psycopg.connect(server.super_url(_DATABASE)) as connection:
        connection.execute("CREATE TABLE plain (id uuid PRIMARY KEY, body jsonb)")
        connection.commit()
        body = json.dumps(_sent(1, EvaluationId(uuid4())))

        def put() -> None:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO plain VALUES (%s, %s)", [(uuid4(), body) for _ in range(MAX_OPERATIONS)]
                )

        times = sorted(timed(put) for _ in range(40))
        connection.execute("DROP TABLE plain")
    return times[len(times) // 2]


def _pull(school: School, folder: Path, evaluations: int) -> None:
    teacher = school.person()
    exam = board_paper()
    scripts = [school.script(teacher, exam=exam, pages=8) for _ in range(_PULLED)]
    for name, begun in (("pull.200", scripts[:_BEGUN]), ("pull.200_marked", scripts[_BEGUN:])):
        _mark(teacher, begun)
        report(
            name, [_pulled(teacher, folder / f"{name}-{number}") for number in range(_PULLS)], evaluations=evaluations
        )


def _pulled(teacher: Person, folder: Path) -> float:
    store = open_store(folder, SystemClock())
    sync = Synchroniser(store, teacher.session, SystemClock())
    took = timed(sync.run)
    found = len(store.queue(SystemClock().now()))
    store._vault.close()
    if found != _PULLED:
        raise RuntimeError(f"{found} of {_PULLED} scripts were fetched")
    return took


def _mark(teacher: Person, scripts: list[EvaluationId]) -> None:
    stream, seq = uuid4(), 0
    with psycopg.connect(teacher.url, prepare_threshold=None) as connection:
        for script in scripts:
            for _ in range(_MARKS // MAX_OPERATIONS):
                batch = [_sent(seq + number, script) for number in range(1, MAX_OPERATIONS + 1)]
                seq += MAX_OPERATIONS
                _send(connection, stream, json.dumps(batch))


def _sent(seq: int, script: EvaluationId) -> dict[str, Any]:
    return on_the_wire(seq, script, _operation(seq))


def _operation(number: int) -> Operation:
    """One in three is a mark, the others are stamps."""
    question = _WRITTEN[number % len(_WRITTEN)]
    if number % 3 == 0:
        return SetMark(MarkKey(question), GivenMark(MarkState.MARKED, Decimal("0.5")))
    stamp = Stamp(id=AnnotationId(uuid4()), stamp="tick", x=0.42, y=0.31, question_number=question, marks="0.5")
    return PutAnnotations((Placed(PageRef(1 + number % 8), stamp),))


if __name__ == "__main__":
    sys.exit(main())
