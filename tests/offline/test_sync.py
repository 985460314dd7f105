from datetime import timedelta
from decimal import Decimal

import pytest

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.evaluation import EvaluationStatus, WorkState
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    SeePage,
    SetMark,
    SubmitEvaluation,
)
from mv_desktop.offline.sync import COMPARE_EVERY_S, LONGEST_DELAY_S, Synchroniser, next_delay
from tests.factories.local import NOW, evaluation_id, pulled, tick

ONE, TWO = evaluation_id(1), evaluation_id(2)


def mark(number, marks, alternative=""):
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(marks)))


def mark_all(store, evaluation=ONE):
    for operation in (mark(2, "1"), mark(3, "2", "a"), mark(4, "3")):
        store.record(evaluation, operation)


def submission():
    return SubmitEvaluation({2: Decimal(1), 3: Decimal(2), 4: Decimal(3)}, Decimal(6))


def row_of(store, evaluation=ONE):
    (row,) = [row for row in store.queue(NOW) if row.evaluation_id == evaluation]
    return row


def same_as_server(store, server, evaluation=ONE):
    ours, theirs = store.open_script(evaluation).script, server.scripts[evaluation].script
    return (ours.given, list(ours.ink.items()), ours.seen, ours.tags) == (
        theirs.given,
        list(theirs.ink.items()),
        theirs.seen,
        theirs.tags,
    )


def test_the_first_run_fetches_the_queue(store, server, clock):
    result = Synchroniser(store, server.connect, clock, server).run()
    assert (result.online, result.pulled, result.pending, result.message) == (True, 2, 0, "")
    assert [row.evaluation_id for row in store.queue(NOW)] == [ONE, TWO]
    assert store.profile().first_name == "Asha"


def test_who_came_in_by_her_file_signs_in_at_the_first_contact_and_says_hello_later(store, server, clock):
    made = Synchroniser(store, server.connect, clock, server, signed_in=False)
    server.reachable = False
    assert not made.run().turned_away
    server.reachable = True
    for _ in range(3):
        assert made.run().person.first_name == "Asha"
    assert server.sign_ins == 1
    assert not store.was_turned_away


def test_who_is_not_let_in_is_turned_away_until_the_server_says_otherwise(store, server, clock):
    made = Synchroniser(store, server.connect, clock, server, signed_in=False)
    server.refuse = NotAllowedError("The e-mail address or the password is wrong.")
    result = made.run()
    assert (result.turned_away, result.code, result.person) == (True, "not_allowed", None)
    assert "password is wrong" in result.message
    assert store.was_turned_away
    server.refuse = None
    assert not made.run().turned_away
    assert not store.was_turned_away


def test_a_closed_account_that_comes_in_by_its_file_still_delivers_its_work(store, server, clock):
    Synchroniser(store, server.connect, clock, server).run()
    store.record(ONE, mark(2, "1"))
    server.active = False
    result = Synchroniser(store, server.connect, clock, server, signed_in=False).run()
    assert (result.turned_away, result.pushed, result.pending) == (True, 1, 0)


def test_what_was_done_reaches_the_server_once_and_changes_nothing_in_sight(store, server, sync):
    store.record(ONE, OpenEvaluation())
    mark_all(store)
    store.record(ONE, PutAnnotations((tick(1), tick(2))))
    store.record(ONE, SeePage(PageRef(1), 2.0, 1.0))
    result = sync.run()
    assert (result.pushed, result.pending, result.changed) == (6, 0, frozenset())
    assert same_as_server(store, server)
    assert (row_of(store).state, row_of(store).unsent) == (WorkState.STARTED, 0)
    assert len(server.received) == len(set(server.received)) == 6
    # what the server said is folded in: nothing is fetched again
    assert server.pulls == [(ONE, TWO)]


def test_without_a_network_nothing_is_lost_and_nothing_is_raised(store, server, sync):
    server.reachable = False
    store.record(ONE, mark(2, "1"))
    result = sync.run()
    assert (result.online, result.pending, result.code) == (False, 1, "offline")
    assert "does not answer" in result.message
    server.reachable = True
    assert sync.run().pushed == 1


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_an_answer_that_was_lost_is_asked_for_again(store, server, sync, calls):
    mark_all(store)
    server.cut_after = calls
    assert not sync.run().online
    result = sync.run()
    assert (result.online, result.pending) == (True, 0)
    assert same_as_server(store, server)
    assert store.open_script(ONE).script.vector == {2: 1, 3: 2, 4: 3}


def test_a_stored_answer_does_not_undo_what_came_after_it(store, server, sync):
    store.record(ONE, mark(2, "1"))
    server.cut_after = 2
    sync.run()
    # on her other computer she thinks again
    server.scripts[ONE].script.apply(mark(2, "2"))
    server.update(ONE, version=server.scripts[ONE].pulled.version + 1)
    sync.run()
    assert store.open_script(ONE).script.vector == {2: 2}
    assert same_as_server(store, server)


def test_what_the_other_computer_did_before_a_push_is_fetched_after_it(store, server, sync):
    server.scripts[ONE].script.apply(mark(4, "4"))
    server.update(ONE, version=1)
    store.record(ONE, mark(2, "1"))
    assert ONE in sync.run().changed
    assert store.open_script(ONE).script.vector == {2: 1, 4: 4}


def test_batches_hold_at_most_fifty(store, server, sync):
    for number in range(120):
        store.record(ONE, mark(2, "1" if number % 2 else "2"))
    assert sync.run().pushed == 120
    assert store.open_script(ONE).script.vector == {2: 1}


def test_a_submission_that_is_accepted_completes_the_script(store, server, sync):
    store.record(ONE, OpenEvaluation())
    mark_all(store)
    store.record(ONE, submission())
    result = sync.run()
    assert ONE in result.changed
    assert row_of(store).state is WorkState.COMPLETED
    assert server.scripts[ONE].pulled.status is EvaluationStatus.COMPLETED
    assert store.open_script(ONE).script.vector == {2: 1, 3: 2, 4: 3}
    assert store.status().messages == ()


def test_a_submission_is_known_to_be_accepted_before_anything_is_fetched(store, server, sync):
    mark_all(store)
    store.record(ONE, submission())
    assert sync.push().pushed == 4
    assert row_of(store).state is WorkState.COMPLETED
    assert store.open_script(ONE).script.vector == {2: 1, 3: 2, 4: 3}


def test_a_submission_that_is_held_opens_the_script_again_and_says_what_is_missing(store, server, sync):
    store.record(ONE, mark(2, "1"))
    store.record(ONE, submission())
    assert row_of(store).state is WorkState.SUBMITTED
    result = sync.run()
    assert ONE in result.changed
    assert row_of(store).state is WorkState.STARTED
    (message,) = store.status().messages
    assert (message.kind, message.evaluation_id, message.questions) == ("held", ONE, (3, 4))
    assert "questions 3 and 4 have no mark" in message.text
    store.dismiss(message.message_id)
    assert store.status().messages == ()
    mark_all(store)
    store.record(ONE, submission())
    sync.run()
    assert row_of(store).state is WorkState.COMPLETED


def test_a_refused_operation_is_taken_out_of_sight_and_blocks_nothing(store, server, sync):
    store.record(ONE, mark(4, "1"))
    store.record(ONE, mark(4, "9"))
    store.record(ONE, mark(2, "1"))
    result = sync.run()
    assert (result.pending, result.changed) == (0, {ONE})
    assert store.open_script(ONE).script.vector == {2: 1, 4: 1}
    assert row_of(store).marked == 2
    assert store.status().refused == 1
    (message,) = store.status().messages
    assert "not between 0 and the marks possible" in message.text
    # the refused one is no step that could be undone
    assert [entry.operation for entry in store.history(ONE)] == [mark(4, "1"), mark(2, "1")]


def test_work_on_a_script_that_was_moved_is_kept_and_said_once(store, server, sync):
    store.record(ONE, mark(2, "1"))
    store.record(ONE, mark(4, "1"))
    store.record(TWO, mark(2, "2"))
    server.move(ONE)
    result = sync.run()
    assert result.pending == 0
    assert row_of(store).state is WorkState.MOVED
    assert store.open_script(ONE).script.vector == {2: 1, 4: 1}
    assert store.status().kept == 2
    (message,) = store.status().messages
    assert "given to another teacher" in message.text
    assert same_as_server(store, server, TWO)


def test_work_on_a_script_that_was_completed_elsewhere_is_kept_and_the_final_marks_shown(store, server, sync):
    server.scripts[ONE].script.apply(mark(2, "2"))
    server.update(ONE, status=EvaluationStatus.COMPLETED, version=9)
    store.record(ONE, mark(2, "1"))
    sync.run()
    assert row_of(store).state is WorkState.COMPLETED
    assert store.open_script(ONE).script.vector == {2: 2}
    assert [item.kind for item in store.status().messages] == ["kept"]


def test_a_server_restored_from_a_backup_is_sent_again_what_it_lost(store, server, sync):
    mark_all(store)
    sync.run()
    (stream,) = server.streams
    lost = [op for op, verdict in server.answers.items() if verdict.seq > 1]
    for op in lost:
        del server.answers[op]
    server.streams[stream] = 1
    server.add(pulled(1, version=1))
    server.scripts[ONE].script.apply(mark(2, "1"))
    store.record(ONE, mark(2, "2"))
    result = sync.run()
    assert (result.pending, result.pushed) == (0, 3)
    assert same_as_server(store, server)
    assert store.open_script(ONE).script.vector == {2: 2, 3: 2, 4: 3}


def test_a_server_that_forgot_the_whole_stream_gets_what_this_file_still_has(store, server, sync):
    store.record(ONE, mark(2, "1"))
    sync.run()
    server.streams.clear()
    server.answers.clear()
    store.record(ONE, mark(4, "1"))
    assert sync.run().pending == 0
    assert same_as_server(store, server)


def test_a_restored_old_file_goes_on_under_a_new_stream(store, server, sync):
    store.record(ONE, mark(2, "1"))
    stream = store.pending(1).stream_id
    server.streams[stream] = 5
    result = sync.run()
    assert (result.pending, result.pushed) == (0, 1)
    assert store.pending(1).stream_id != stream
    store.record(ONE, mark(2, "2"))
    assert sync.run().pushed == 1
    assert same_as_server(store, server)


def test_a_server_that_needs_an_update_makes_the_work_wait(store, server, sync):
    server.schema = 0
    store.record(ONE, mark(2, "1"))
    result = sync.run()
    assert (result.online, result.pending, result.code) == (True, 1, "unsupported_schema")
    assert "Nothing is lost" in result.message
    server.schema = 3
    assert sync.run().pending == 0


def test_one_operation_that_the_server_fails_on_is_set_aside_and_the_rest_goes_on(store, server, sync):
    server.poison = {DeleteAnnotations.kind}
    for number in range(20):
        store.record(ONE, PutAnnotations((tick(number + 1),)))
    store.record(ONE, DeleteAnnotations((tick(3).annotation.annotation_id,)))
    for number in range(20, 40):
        store.record(TWO, PutAnnotations((tick(number + 1),)))
    result = sync.run()
    assert (result.pushed, result.pending) == (40, 1)
    assert (store.status().set_aside, row_of(store).unsent) == (1, 1)
    (message,) = store.status().messages
    assert "tried again" in message.text
    assert len(store.open_script(ONE).script.ink) == 19
    server.poison = set()
    assert sync.run().pushed == 0
    assert sync.run(thorough=True).pushed == 1
    assert same_as_server(store, server)


def test_what_was_set_aside_and_then_done_anew_is_superseded(store, server, sync):
    server.poison = {SetMark.kind}
    store.record(ONE, mark(2, "1"))
    sync.run()
    server.poison = set()
    store.record(ONE, mark(2, "2"))
    sync.run()
    store.rebuild(ONE)
    assert store.open_script(ONE).script.vector == {2: 2}
    assert sync.run(thorough=True).pending == 0
    assert store.open_script(ONE).script.vector == {2: 2}
    assert same_as_server(store, server)


def test_what_was_set_aside_does_not_undo_what_it_shares_with_later_work(store, server, sync):
    server.poison = {PutAnnotations.kind}
    store.record(ONE, PutAnnotations((tick(1), tick(2))))
    sync.run()
    server.poison = set()
    store.record(ONE, PutAnnotations((tick(1, marks="2"),)))
    sync.run()
    assert sync.run(thorough=True).pending == 0
    ink = {item.annotation.id: item.annotation.marks for item in server.scripts[ONE].script.ink.values()}
    assert ink == {tick(1).annotation.id: "2", tick(2).annotation.id: tick(2).annotation.marks}
    assert same_as_server(store, server)


def test_of_a_deletion_that_was_set_aside_the_rest_is_deleted_and_can_be_undone(store, server, sync):
    both = PutAnnotations((tick(1), tick(2)))
    store.record(ONE, both)
    sync.run()
    server.poison = {DeleteAnnotations.kind}
    gone = DeleteAnnotations(tuple(item.annotation.annotation_id for item in both.placed))
    store.record(ONE, gone, inverse=(both,))
    sync.run()
    server.poison = set()
    store.record(ONE, PutAnnotations((tick(1, marks="2"),)))
    sync.run()
    assert sync.run(thorough=True).pending == 0
    assert [item.annotation.id for item in server.scripts[ONE].script.ink.values()] == [tick(1).annotation.id]
    rest = store.history(ONE)[-1]
    assert rest.operation == DeleteAnnotations((tick(2).annotation.annotation_id,))
    assert rest.inverse == (PutAnnotations((tick(2),)),)


def test_a_submission_that_the_server_fails_on_opens_the_script_again(store, server, sync):
    mark_all(store)
    store.record(ONE, submission())
    server.poison = {SubmitEvaluation.kind}
    sync.run()
    assert row_of(store).state is WorkState.STARTED
    assert "submit it once more" in store.status().messages[0].text
    server.poison = set()
    store.record(ONE, submission())
    sync.run()
    assert row_of(store).state is WorkState.COMPLETED


@pytest.mark.parametrize("schema", ["014", "015"])
def test_who_has_a_script_now_is_told_by_a_server_that_knows(store, server, sync, schema):
    server.person = {"schema_version": schema}
    store.record(ONE, mark(2, "1"))
    sync.run()
    server.move(ONE)
    sync.run()
    known = schema == "015"
    (told,) = store.status().messages
    assert told.text.endswith(" What you marked was kept and is offered to your coordinator.")
    assert ("was moved to R. Iyer." in told.text) is known
    assert ("R. Iyer" in store.open_script(ONE).read_only_reason) is known
    sync.run()
    assert len(store.status().messages) == 1


def test_a_server_that_fails_on_everything_is_not_the_operations_fault(store, server, sync):
    for _ in range(30):
        store.record(ONE, mark(2, "1"))
    server.broken = True
    result = sync.run()
    assert (result.pending, result.code) == (30, "server")
    assert "Nothing is lost" in result.message
    assert store.status().set_aside <= 3
    server.broken = False
    assert sync.run(thorough=True).pending == 0
    assert same_as_server(store, server)


def test_a_closed_account_still_sends_and_fetches_nothing(store, server, sync):
    server.active = False
    store.record(ONE, mark(2, "1"))
    result = sync.run()
    assert (result.pushed, result.message) == (1, "")


def test_only_what_changed_is_fetched_again(store, server, sync):
    server.pulls.clear()
    sync.run()
    assert server.pulls == []
    server.scripts[TWO].script.apply(mark(2, "2"))
    server.update(TWO, version=1)
    result = sync.run()
    assert (server.pulls, result.pulled, result.changed) == ([(TWO,)], 1, {TWO})


def test_a_script_taken_away_without_any_work_is_moved_in_silence(store, server, sync):
    server.move(ONE)
    sync.run()
    assert row_of(store).state is WorkState.MOVED
    assert store.status().messages == ()
    server.pulls.clear()
    sync.run()
    assert server.pulls == []


def test_a_difference_that_nobody_made_is_found_reported_and_put_right(store, server, sync, clock):
    store.record(ONE, mark(2, "1"))
    assert sync.run().differences == ()
    server.scripts[ONE].script.apply(mark(2, "2"))
    server.scripts[ONE].script.apply(PutAnnotations((tick(1),)))
    assert sync.run().differences == ()
    clock.advance(COMPARE_EVERY_S)
    result = sync.run()
    (difference,) = result.differences
    assert "0 annotations carrying 0 marks here, 1 annotations carrying 1 marks there" in difference
    assert [(told.kind, told.text) for told in store.status().messages] == [("difference", difference)]
    assert ONE in result.changed
    assert same_as_server(store, server)
    assert sync.run(thorough=True).differences == ()


def test_work_done_while_a_pull_was_under_way_stays(store, server, sync):
    server.scripts[ONE].script.apply(mark(4, "4"))
    server.update(ONE, version=1)
    answer = server.scripts[ONE].as_pulled()
    store.record(ONE, mark(2, "1"))
    store.mirror(server.queue(None, None), [answer], [ONE])
    assert store.open_script(ONE).script.vector == {2: 1, 4: 4}


def test_the_evidence_of_time_is_the_middle_of_the_call(store, server, sync, clock):
    clock.advance(60)
    store.record(ONE, mark(2, "1"))
    (sent,) = store.pending(1).operations
    assert sent.since_beacon_ms == 60_000


def test_delays_double_up_to_five_minutes_and_half_of_each_is_chance():
    assert [next_delay(failures, 1.0) for failures in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert next_delay(1000, 1.0) == LONGEST_DELAY_S
    assert next_delay(3, 0.0) == 4
    assert timedelta(seconds=next_delay(0, 0.5)) == timedelta(seconds=1.5)


def test_every_verdict_of_the_server_is_known():
    assert {kind for kind in VerdictKind if kind.final} == {
        VerdictKind.APPLIED,
        VerdictKind.KEPT,
        VerdictKind.REFUSED,
        VerdictKind.HELD,
        VerdictKind.CONFLICT,
    }
