"""Delivery on a bad day: servers that hang, were restored, differ, or have gone on without this program."""

from decimal import Decimal

import pytest

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import ClearMark, PutAnnotations, SetMark
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import evaluation_id, pulled, tick

ONE = evaluation_id(1)


def mark(number, marks, alternative=""):
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(marks)))


def same_as_server(store, server):
    ours, theirs = store.open_script(ONE).script, server.scripts[ONE].script
    return (ours.given, list(ours.ink.items())) == (theirs.given, list(theirs.ink.items()))


def test_a_mark_that_stands_at_another_question_is_found_by_the_first_run_of_a_new_start(store, server, clock):
    Synchroniser(store, server.connect, clock, server).run()
    store.record(ONE, mark(2, "1"))
    Synchroniser(store, server.connect, clock, server).run()
    server.scripts[ONE].script.apply(ClearMark(MarkKey(2)))
    server.scripts[ONE].script.apply(mark(4, "1"))
    (difference,) = Synchroniser(store, server.connect, clock, server).run().differences
    assert "its marks were not the same" in difference
    assert same_as_server(store, server)


def test_what_was_kept_is_not_on_a_script_that_is_hers_again(store, server, sync):
    store.record(ONE, mark(2, "1"))
    server.active = False
    sync.run()
    assert store.status().kept == 1
    server.active = True
    assert sync.run().pending == 0
    assert same_as_server(store, server)
    assert store.open_script(ONE).script.given == {}
    (aside,) = store.work.aside()
    assert (aside.verdict, aside.operation) == ("kept", mark(2, "1"))


def test_an_operation_at_which_the_server_hangs_is_set_aside_and_the_others_get_through(store, server, sync):
    store.record(ONE, mark(2, "1"))
    store.record(ONE, PutAnnotations((tick(1),)))
    store.record(ONE, mark(4, "3"))
    server.hangs = {"annotation.put"}
    results = [sync.run() for _ in range(12)]
    assert not results[0].online
    assert results[-1].online
    assert (store.status().pending, store.status().set_aside) == (1, 1)
    assert server.scripts[ONE].script.vector == {2: 1, 4: 3}
    server.hangs = set()
    assert sync.run(thorough=True).pending == 0


def test_a_network_that_fails_before_anything_goes_out_sets_nothing_aside(store, server, sync):
    store.record(ONE, mark(2, "1"))
    server.reachable = False
    for _ in range(12):
        assert not sync.run().online
    assert (store.status().pending, store.status().set_aside) == (1, 0)
    server.reachable = True
    assert sync.run().pending == 0


def test_a_server_that_was_restored_gets_back_what_it_lost_of_every_stream(store, server, sync):
    store.record(ONE, mark(2, "1"))
    sync.run()
    store.start_stream()
    store.record(ONE, mark(3, "2", "a"))
    sync.run()
    store.start_stream()
    store.record(ONE, mark(4, "3"))
    sync.run()
    before = store.open_script(ONE).script.given
    server.restored(pulled())
    result = sync.run()
    assert (result.pushed, result.pending, result.differences) == (3, 0, ())
    assert store.open_script(ONE).script.given == before
    assert same_as_server(store, server)
    received = len(server.received)
    sync.run()
    assert len(server.received) == received


@pytest.mark.parametrize("signed_in", [True, False])
def test_too_old_a_program_sends_its_work_and_then_says_so(store, server, clock, signed_in):
    Synchroniser(store, server.connect, clock, server).run()
    store.record(ONE, mark(2, "1"))
    server.person = {"operation_schema_min": 9}
    result = Synchroniser(store, server.connect, clock, server, signed_in=signed_in).run()
    assert (result.code, result.pending) == ("schema", 0)
    assert "too old" in result.message
    assert server.scripts[ONE].script.vector == {2: 1}
