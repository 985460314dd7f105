"""A program that works until it is killed: marks, draws, gets answers, fetches, keeps pages, starts anew.

Says on standard output what is done, a line each, never before it is. Started by `kill.py` and `power.py` as
``child.py FOLDER ROUNDS [PRAGMA]``; 0 rounds is until it is killed.
"""

from __future__ import annotations

import itertools
import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from mv_desktop.core.clock import SystemClock
from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.exchange import PulledMark, Verdict, VerdictKind
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import HandBack, PutAnnotations, SetMark
from mv_desktop.offline.store import LocalStore
from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.intake import CheckedFile, CheckedPage
from tests.factories.local import assigned, evaluation_id, open_store, pulled, tick

ONE, TWO = evaluation_id(1), evaluation_id(2)
QUOTA = 1_000_000


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def open_pages(store: LocalStore) -> PageCache:
    return PageCache(store._vault.pages_folder, store._vault.page_key, QUOTA)


def page_of(number: int) -> CheckedFile:
    """A file of one page that says its number all over."""
    full = f"page {number} ".encode() * 300
    return CheckedFile(
        None, "", "image/jpeg", "0" * 64, len(full), (CheckedPage(9, 9, "jpeg", full, "jpeg", full[:90], 0),)
    )


def fetched(version: int) -> object:
    """The second script as the server has it at a version: every mark says which."""
    marks = [PulledMark(n, side, MarkState.MARKED, Decimal(1), str(version), version) for n, side in _KEYS]
    return pulled(2, version=version, marks=tuple(marks))


_KEYS = ((2, ""), (3, "a"), (3, "b"), (4, ""))


def work(folder: Path, rounds: int, pragma: str) -> None:
    clock = SystemClock()
    store = open_store(folder, clock)
    with store._vault.reading() as db:
        db.execute("PRAGMA wal_autocheckpoint = 8")  # so that what happens hits checkpoints too
        if pragma:
            db.execute(f"PRAGMA {pragma}")
    pages = open_pages(store)
    if not store.queue(clock.now()):
        store.mirror([assigned(pulled(1)), assigned(pulled(2))], [pulled(1), fetched(0)], [ONE, TWO])
    with store._vault.reading() as db:
        ((done,),) = db.execute("SELECT count(*) FROM journal").fetchall()
    say("ready")
    for number in itertools.islice(itertools.count(done + 1), rounds or None):
        if number % 3:
            operation = SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(number % 5) / 2, f"no. {number}"))
        else:
            operation = PutAnnotations(tuple(tick(number % 40 * 100 + n) for n in range(1, 6)))
        say("saved", store.record(ONE, operation).op_id)
        _more(store, pages, number)


def _more(store: LocalStore, pages: PageCache, number: int) -> None:
    """What the program writes beside operations, by turns."""
    now = SystemClock().now()
    match number % 6:
        case 0:
            with store._vault.reading() as db:
                ((version,),) = db.execute("SELECT version FROM script WHERE evaluation_id = ?", (str(ONE),)).fetchall()
            batch = store.pending(3).operations
            store.answer(
                Verdict(sent.op_id, sent.seq, VerdictKind.APPLIED, version=version + n)
                for n, sent in enumerate(batch, 1)
            )
            for sent in batch:
                say("answered", sent.op_id)
        case 1:
            store.mirror([assigned(pulled(1)), assigned(pulled(2, version=number))], [fetched(number)], [TWO])
            say("fetched", number)
        case 2:
            upload = UUID(int=number)
            pages.put(upload, page_of(number))
            say("page", upload)
        case 3:
            store.hold_leaving(TWO, HandBack("other", "why"), now + timedelta(seconds=10))
            store.release_leaving(TWO)
        case 4:
            store.start_stream()
        case 5:
            store.set_place(ONE, Place(PageRef(1), number % 10 / 10))


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
