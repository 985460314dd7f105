"""Marks until it is killed; says the id of each operation once it is recorded. Run by `test_crash`."""

import itertools
import os
import sys
from decimal import Decimal
from pathlib import Path

from mv_desktop.core.clock import SystemClock
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import PutAnnotations, SetMark
from tests.factories.local import assigned, evaluation_id, open_store, pulled, tick


def main() -> None:
    store = open_store(Path(sys.argv[1]), SystemClock())
    one = evaluation_id(1)
    with store._vault.reading() as db:
        db.execute("PRAGMA wal_autocheckpoint = 8")  # so that kills hit checkpoints too
    if not store.queue(SystemClock().now()):
        store.mirror([assigned(pulled(1))], [pulled(1)], [one])
    os.write(1, b"ready\n")
    for number in itertools.count(1):
        if number % 3:
            operation = SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(number % 5) / 2))
        else:
            operation = PutAnnotations(tuple(tick(number % 40 * 100 + n) for n in range(1, 6)))
        recorded = store.record(one, operation)
        os.write(1, f"{recorded.op_id}\n".encode())


main()
