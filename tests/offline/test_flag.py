"""Flags on a teacher's own computer: with their place and words, withdrawn, sent, and fetched again."""

import pytest

from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import FlagId, PageRef
from mv_desktop.domain.operation import RaiseFlag, WithdrawFlag
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import NOW, evaluation_id, open_store, pulled
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

ONE = evaluation_id(1)
SPOT, SCRIPT = FlagId(evaluation_id(11)), FlagId(evaluation_id(12))
RAISED = RaiseFlag(SPOT, "illegible", "the last line", PageRef(2), Spot(0.25, 0.5))
FLAGS = {
    SPOT: Flag(SPOT, "illegible", "the last line", PageRef(2), Spot(0.25, 0.5)),
    SCRIPT: Flag(SCRIPT, "missing_page"),
}


@pytest.fixture
def server():
    return FakeSyncServer(pulled(1))


def computer(folder, server):
    clock = FakeClock(NOW)
    store = open_store(folder, clock)
    return store, Synchroniser(store, server.connect, clock, server)


def test_flags_are_kept_here_sent_and_found_again_on_another_computer(tmp_path, server):
    store, sync = computer(tmp_path / "one", server)
    sync.run()
    server.reachable = False
    store.record(ONE, RAISED)
    store.record(ONE, RaiseFlag(SCRIPT, "missing_page"))
    assert store.open_script(ONE).script.flags == FLAGS
    store.rebuild(ONE)
    assert store.open_script(ONE).script.flags == FLAGS
    server.reachable = True
    assert sync.run(thorough=True).differences == ()
    assert store.open_script(ONE).script.flags == FLAGS
    store._vault.close()
    again, sync = computer(tmp_path / "two", server)
    sync.run()
    assert again.open_script(ONE).script.flags == FLAGS
    again._vault.close()


def test_a_withdrawn_flag_is_gone_on_both_sides(tmp_path, server):
    store, sync = computer(tmp_path, server)
    sync.run()
    store.record(ONE, RAISED)
    sync.run()
    store.record(ONE, WithdrawFlag(SPOT))
    assert store.open_script(ONE).script.flags == {}
    sync.run()
    assert server.scripts[ONE].flags == {}
    sync.run(thorough=True)
    assert store.open_script(ONE).script.flags == {}
    store._vault.close()


def test_a_flag_that_was_answered_meanwhile_stands_again_and_that_is_told(tmp_path, server):
    store, sync = computer(tmp_path, server)
    sync.run()
    store.record(ONE, RAISED)
    sync.run()
    known = server.scripts[ONE].flags
    known[SPOT] = type(known[SPOT])(SPOT, 2, 0, "illegible", "the last line", 0.25, 0.5, True, "Read line 3.")
    store.record(ONE, WithdrawFlag(SPOT))
    sync.run(thorough=True)
    (flag,) = store.open_script(ONE).script.flags.values()
    assert flag.spot == Spot(0.25, 0.5)
    (message,) = store.status().messages
    assert "your coordinator has answered it already" in message.text
    store._vault.close()
