"""Handing a script back on a teacher's own computer: at once, offline, and whatever the server says later."""

from datetime import timedelta
from decimal import Decimal

import pytest

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.evaluation import EvaluationStatus, WorkState
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import HandBack, OpenEvaluation, SetMark, SubmitEvaluation
from tests.factories.local import NOW, evaluation_id, open_store

ONE, TWO = evaluation_id(1), evaluation_id(2)
BACK = HandBack("too_ill")
MARKS = [SetMark(key, GivenMark(MarkState.MARKED, Decimal(1))) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
SUBMISSION = SubmitEvaluation({2: Decimal(1), 3: Decimal(1), 4: Decimal(1)}, Decimal(3))


def state(store, evaluation=ONE):
    return {row.evaluation_id: row.state for row in store.queue(NOW)}[evaluation]


def test_it_is_gone_from_the_queue_at_once_and_readable_with_the_reason(store, sync, server):
    server.reachable = False
    store.record(ONE, OpenEvaluation())
    store.record(ONE, MARKS[0])
    store.leave(ONE, BACK)
    assert state(store) is WorkState.HANDED_BACK
    view = store.open_script(ONE)
    assert (view.read_only, view.read_only_reason) == (True, "You handed it back. What you marked was kept.")
    assert view.script.mark(2).mark.marks == 1
    with pytest.raises(NotAllowedError, match="You handed this script back"):
        store.record(ONE, MARKS[1])
    assert store.pages.next_scripts(9) == (TWO,)


def test_the_server_takes_it_and_nothing_more_is_said(store, sync, server):
    store.leave(ONE, BACK)
    sync.run()
    assert server.scripts[ONE].held
    sync.run()
    assert state(store) is WorkState.HANDED_BACK
    assert store.open_script(ONE).read_only_reason.startswith("You handed it back")
    assert store.status().messages == ()
    assert store.status().pending == 0
    pulls = len(server.pulls)
    sync.run()
    assert len(server.pulls) == pulls  # it is not asked for again and again


def test_given_to_her_again_it_is_open_with_what_she_marked(store, sync, server):
    store.record(ONE, MARKS[0])
    store.leave(ONE, BACK)
    sync.run()
    server.scripts[ONE].held = False
    server.update(ONE, assignment_version=2)
    sync.run()
    assert state(store) is WorkState.NEW
    assert store.open_script(ONE).script.mark(2).mark.marks == 1
    store.record(ONE, MARKS[1])
    store.leave(ONE, BACK)
    assert state(store) is WorkState.HANDED_BACK


def test_while_it_is_held_the_queue_leaves_it_out_and_taking_back_brings_it_again(store, sync):
    until = NOW + timedelta(seconds=10)
    store.hold_leaving(ONE, BACK, until)
    assert state(store) is WorkState.HANDED_BACK
    assert [item.operation for item in store.held_leavings()] == [BACK]
    store.release_leaving(ONE)
    assert state(store) is WorkState.NEW


@pytest.mark.parametrize(("first", "second"), [(BACK, SUBMISSION), (SUBMISSION, BACK)])
def test_a_script_is_left_in_one_way_only(store, sync, first, second):
    until = NOW + timedelta(seconds=10)
    store.hold_leaving(ONE, first, until)
    with pytest.raises(NotAllowedError, match="is being"):
        store.hold_leaving(ONE, second, until)
    assert [item.operation for item in store.held_leavings()] == [first]


def test_a_submission_in_the_journal_stands_against_handing_back(store, sync):
    for operation in MARKS:
        store.record(ONE, operation)
    store.leave(ONE, SUBMISSION)
    with pytest.raises(NotAllowedError, match="submitted"):
        store.hold_leaving(ONE, BACK, NOW)
    with pytest.raises(NotAllowedError, match="submitted"):
        store.leave(ONE, BACK)
    assert state(store) is WorkState.SUBMITTED


def test_completed_elsewhere_meanwhile_it_is_completed_and_that_is_told(store, sync, server):
    store.leave(ONE, BACK)
    server.update(ONE, status=EvaluationStatus.COMPLETED, version=7)
    sync.run()
    assert state(store) is WorkState.COMPLETED
    (message,) = store.status().messages
    assert "already completed" in message.text


def test_what_was_done_after_it_was_handed_back_elsewhere_is_kept_and_told(store, sync, server):
    server.scripts[ONE].held = True
    store.record(ONE, MARKS[0])
    sync.run()
    assert state(store) is WorkState.MOVED
    texts = [message.text for message in store.status().messages]
    assert any("was handed back before" in text for text in texts)


def test_a_server_that_knows_nothing_of_it_is_waited_for(store, sync, server):
    server.schema = 1
    store.leave(ONE, BACK)
    result = sync.run()
    assert (result.code, result.pending) == ("unsupported_schema", 1)
    assert state(store) is WorkState.HANDED_BACK
    server.schema = 2
    assert sync.run().pending == 0
    assert server.scripts[ONE].held


def test_a_file_of_the_first_version_is_brought_up_with_all_that_is_in_it(tmp_path, clock, monkeypatch):
    from mv_desktop.offline import layout

    with monkeypatch.context() as before:
        before.setattr(layout, "VERSIONS", layout.VERSIONS[:1])
        old = open_store(tmp_path, clock)
        with old._vault.transaction() as db:
            db.execute("INSERT INTO held_submission VALUES (?, ?, ?)", (str(ONE), _PAYLOAD, NOW.isoformat()))
            db.execute("INSERT INTO flag VALUES (?, 'view', ?, 2, 0, 'rescan_requested')", (str(ONE), str(ONE)))
        old._vault.close()
    store = open_store(tmp_path, clock)
    assert [item.operation for item in store.held_leavings()] == [SUBMISSION]
    with store._vault.reading() as db:
        assert tuple(db.execute("SELECT reason, comment, x, answered FROM flag").fetchone()) == (
            *("rescan_requested", "", None, 0),
        )
    store._vault.close()


_PAYLOAD = '{"marks":{"2":"1","3":"1","4":"1"},"total":"3"}'
