"""Marks a script a second time until it is killed; says what is kept as soon as it is. Run by `test_crash`."""

import itertools
import os
import sys
from decimal import Decimal
from pathlib import Path

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.domain.identifier import EvaluationId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.domain.second import SecondDraft
from mv_desktop.offline.second_draft import SecondDrafts
from tests.factories.local import open_vault
from tests.fakes.second_place import ONE

QUESTIONS = 30


def main() -> None:
    clock = SystemClock()
    vault = open_vault(Path(sys.argv[1]), clock=clock)
    with vault.reading() as db:
        db.execute("PRAGMA wal_autocheckpoint = 8")  # so that kills hit checkpoints too
    drafts = SecondDrafts(vault, id_source(clock))
    begun = drafts.begin(SecondDraft(ONE, "Board exam", "XII"))
    os.write(1, b"ready\n")
    for number in itertools.count(int(begun.comment or 0) + 1):
        given = GivenMark(MarkState.MARKED, Decimal(1), str(number))
        drafts.record_all(EvaluationId(ONE), [(SetMark(MarkKey(number % QUESTIONS), given), (), None)])
        drafts.comment(ONE, str(number))
        os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    main()
