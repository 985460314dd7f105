"""The local file: saving an operation, opening a script, the queue, and a week's work sent at once.

Budgets: `journal.append` p95 at most 5 ms (reference: 300 bytes appended to a plain file and fsynced, in the same
run), `journal.open_at_200` at most 30 ms, `journal.queue_200` at most 20 ms, `sync.2000_operations` at most 10 s.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from mv_desktop.core.clock import SystemClock
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.identifier import EvaluationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, PutAnnotations, SetMark
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.migration import migrate
from tests.bench.report import report, timed
from tests.factories.local import assigned, evaluation_id, open_store, pulled
from tests.factories.marking import School
from tests.factories.paper import board_paper
from tests.fakes.server import CloneDatabase

_APPENDS = 1_000
_WEEK_SCRIPTS, _WEEK_OPERATIONS = 20, 100


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-"))
    folder.chmod(0o711)
    try:
        _local(folder)
        _week(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _local(folder: Path) -> None:
    store = open_store(folder / "local", SystemClock())
    exam = board_paper().model_dump_json(by_alias=True)
    scripts = [pulled(number, snapshot=exam, total_marks=80) for number in range(1, 201)]
    store.mirror([assigned(script) for script in scripts], scripts, [script.evaluation_id for script in scripts])
    one = evaluation_id(1)
    reference = _plain_append(folder / "plain")
    report("journal.append", _appends(store, one), reference)
    two = evaluation_id(2)
    for number in range(200):
        store.record(two, PutAnnotations((_tick(number + 1, 21 + number % 17),)))
    store.open_script(two)
    report("journal.open_at_200", [timed(lambda: store.open_script(two)) for _ in range(50)])
    now = SystemClock().now()
    report("journal.queue_200", [timed(lambda: store.queue(now)) for _ in range(50)])
    store._vault.close()


def _appends(store: LocalStore, script: EvaluationId) -> list[float]:
    """Two stamps, then a typed mark, again and again, all on one script."""
    times = []
    for number in range(_APPENDS):
        question = 21 + number % 17
        if number % 3 == 2:
            operation = SetMark(MarkKey(question), GivenMark(MarkState.MARKED, Decimal(number % 4) / 2))
        else:
            operation = PutAnnotations((_tick(number + 1, question),))
        times.append(timed(lambda operation=operation: store.record(script, operation)))
    return times


def _week(folder: Path) -> None:
    with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
        server.prepare("bench_week")
        migrate(server.owner_url("bench_week"))
        school = School(CloneDatabase(server, "bench_week"))
        teacher = school.person()
        exam = board_paper()
        scripts = [school.script(teacher, exam=exam) for _ in range(_WEEK_SCRIPTS)]
        times = []
        store = open_store(folder / "week", SystemClock())
        sync = Synchroniser(store, teacher.session, SystemClock())
        sync.run()
        for week in range(3):
            for number in range(_WEEK_OPERATIONS):
                for script in scripts:
                    store.record(script, _week_operation(week * _WEEK_OPERATIONS + number))
            times.append(timed(lambda: _check(sync.run())))
        report("sync.2000_operations", times)
        store._vault.close()
        school.close()


def _check(result: object) -> None:
    expected = (True, _WEEK_SCRIPTS * _WEEK_OPERATIONS, 0)
    found = (result.online, result.pushed, result.pending)
    if found != expected:
        raise RuntimeError(f"the sync went wrong: {result}")


def _week_operation(number: int) -> object:
    if number == 0:
        return OpenEvaluation()
    question = 21 + number % 17
    if number % 5 == 0:
        return SetMark(MarkKey(question), GivenMark(MarkState.MARKED, Decimal(1)))
    return PutAnnotations((_tick(number, question),))


def _tick(number: int, question: int) -> Placed:
    stamp = Stamp(id=UUID(int=number), stamp="tick", x=0.4213, y=0.3107, question_number=question, marks="0.5")
    return Placed(PageRef(1 + number % 8), stamp)


def _plain_append(path: Path) -> float:
    """Milliseconds of what no journal can do without: bytes at the end of a file, on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append() -> None:
        os.write(descriptor, b"x" * 300)
        os.fsync(descriptor)

    times = [timed(append) for _ in range(200)]
    os.close(descriptor)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
