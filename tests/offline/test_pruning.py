"""What is let go of after thirty days, and what never is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.evaluation import EvaluationStatus, WorkState
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import PutAnnotations, SetMark
from mv_desktop.offline import pruning, work_store
from tests.factories.local import evaluation_id, tick

ONE, TWO = evaluation_id(1), evaluation_id(2)
DAY = timedelta(days=1).total_seconds()


def mark(number, marks):
    return SetMark(MarkKey(number), GivenMark(MarkState.MARKED, Decimal(marks)))


def operations(store):
    with store._vault.reading() as db:
        return [row["evaluation_id"] for row in db.execute("SELECT evaluation_id FROM journal ORDER BY entry")]


def complete(server, which):
    server.update(which, status=EvaluationStatus.COMPLETED, version=9)


def test_what_was_confirmed_goes_after_thirty_days_once_the_script_is_finished(store, server, sync, clock):
    store.record(ONE, mark(2, "1"))
    store.record(TWO, mark(2, "1"))
    sync.run()
    complete(server, ONE)
    sync.run()
    clock.advance(29 * DAY)
    sync.run()
    assert operations(store) == [str(ONE), str(TWO)]
    clock.advance(2 * DAY)
    assert sync.run().message == ""
    assert operations(store) == [str(TWO)], "of an open script every stroke can be undone"
    assert [entry.operation for entry in store.history(TWO)] == [mark(2, "1")]


def test_a_script_that_is_long_finished_goes_whole_and_can_be_brought_again(store, server, sync, clock):
    store.record(ONE, PutAnnotations((tick(1),)))
    sync.run()
    complete(server, ONE)
    sync.run()
    clock.advance(31 * DAY)
    sync.run()
    with pytest.raises(InvalidError, match="not on this computer"):
        store.open_script(ONE)
    with store._vault.reading() as db:
        left = {
            table: db.execute(f"SELECT count(*) FROM {table} WHERE evaluation_id = ?", (str(ONE),)).fetchone()[0]
            for table in (*pruning._OF_A_SCRIPT, "journal")
        }
    assert set(left.values()) == {0}, left
    store.mirror((), server.pull_scripts(None, [ONE]), ())
    assert store.open_script(ONE).state is WorkState.COMPLETED
    clock.advance(DAY)
    sync.run()
    assert store.open_script(ONE).read_only, "what was brought to be read stays for a while"


def test_what_was_not_sent_or_is_kept_does_not_go_before_its_time(store, server, sync, clock):
    store.record(ONE, mark(2, "1"))
    sync.run()
    server.scripts[ONE].mine = False
    server.reachable = False
    store.record(ONE, mark(3, "1"))
    clock.advance(60 * DAY)
    store.prune()
    assert operations(store) == [str(ONE)] * 2
    server.reachable = True
    sync.run()
    assert store.status().kept == 1
    clock.advance(29 * DAY)
    sync.run()
    assert store.status().kept == 1
    clock.advance(2 * DAY)
    sync.run()
    assert (store.status().kept, operations(store)) == (0, [])
    assert any("given to another teacher" in told.text for told in store.status().messages), "it was never dismissed"


def test_it_goes_in_pieces(store, server, sync, clock, monkeypatch):
    monkeypatch.setattr(pruning, "_AT_ONCE", 10)
    for _ in range(25):
        store.record(ONE, mark(2, "1"))
    sync.run()
    complete(server, ONE)
    sync.run()
    clock.advance(31 * DAY)
    left = []
    while store.prune():
        left.append(len(operations(store)))
    assert left == [15, 5, 1, 0]
    assert sync.run(thorough=True).differences == ()


def test_a_month_of_work_is_counted_without_reading_it(store):
    with store._vault.reading() as db:
        plan = " ".join(row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {work_store._COUNTS}"))
    assert "journal_waiting" in plan
    assert "journal_aside" in plan
    assert "journal_answered" in plan
    assert "SCAN journal " not in plan.replace("SCAN journal USING", "")


def test_a_stream_of_which_something_went_does_not_look_like_one_that_a_copy_went_on_under(store, server, sync, clock):
    store.record(TWO, mark(2, "1"))
    for marks in ("1", "2"):
        store.record(ONE, mark(2, marks))
    sync.run()
    complete(server, ONE)
    sync.run()
    clock.advance(31 * DAY)
    sync.run()
    assert len(operations(store)) < 3
    answered = store.answered_streams()
    result = sync.run(thorough=True)
    assert (result.pushed, result.changed, store.answered_streams()) == (0, frozenset(), answered)
    complete(server, TWO)
    sync.run()
    clock.advance(31 * DAY)
    while store.prune():
        pass
    assert (operations(store), store.answered_streams()) == ([], {})
    assert sync.run(thorough=True).pushed == 0
