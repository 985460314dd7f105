"""Where the work is: only here, sent, confirmed, put aside."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.exchange import Verdict, VerdictKind
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import ResolveMark, SetMark, SubmitEvaluation
from tests.factories.local import evaluation_id

ONE, TWO = evaluation_id(1), evaluation_id(2)
WEEK = timedelta(days=7)


def mark(number, marks):
    return SetMark(MarkKey(number), GivenMark(MarkState.MARKED, Decimal(marks)))


def test_what_was_recorded_is_here_until_it_went_out_over_a_connection(store, server, sync, clock):
    server.reachable = False
    store.record(ONE, mark(2, "1"))
    sync.run()
    (work,) = [item for item in store.work.scripts(clock.now(), WEEK) if item.evaluation_id == ONE]
    assert (work.here, work.here_since, work.sent, work.confirmed) == (1, clock.now(), 0, 0)
    assert (store.status().pending, store.status().sent) == (1, 0)


def test_a_lost_answer_leaves_it_sent_and_the_answer_confirms_it(store, server, sync, clock):
    store.record(ONE, mark(2, "1"))
    at = clock.now()

    def lose(*_):
        raise OfflineError("The connection to the server was lost.")

    answering, server.apply_operations = server.apply_operations, lose
    sync.run()
    (work,) = store.work.scripts(clock.now(), WEEK)
    assert (work.here, work.sent, work.sent_at, work.confirmed) == (0, 1, at, 0)
    assert (store.status().pending, store.status().sent) == (1, 1)
    server.apply_operations = answering
    clock.advance(60)
    sync.run()
    (work,) = store.work.scripts(clock.now(), WEEK)
    assert (work.here, work.sent, work.confirmed, work.confirmed_at) == (0, 0, 1, clock.now())
    assert store.status().sent == 0


def test_what_was_refused_kept_or_set_aside_is_listed_with_what_it_was_and_why(store, server, sync):
    store.record(ONE, mark(2, "99"))
    sync.run()
    store.record(TWO, mark(2, "1"))
    server.scripts[TWO].mine = False
    sync.run()
    kept, refused = store.work.aside()
    assert (kept.verdict, kept.evaluation_id, kept.operation) == ("kept", TWO, mark(2, "1"))
    assert "given to another teacher" in kept.why
    assert (refused.verdict, refused.operation, refused.script_code) == ("refused", mark(2, "99"), refused.script_code)
    assert "not between 0 and the marks possible" in refused.why
    assert refused.answered_at is not None


def test_what_the_server_fails_on_is_listed_until_it_is_taken(store, server, sync):
    server.poison = {"mark.set"}
    store.record(ONE, mark(2, "1"))
    sync.run()
    (aside,) = store.work.aside()
    assert (aside.verdict, aside.answered_at) == ("set_aside", None)
    assert "It is kept here and tried again" in aside.why
    server.poison = set()
    sync.run(thorough=True)
    assert store.work.aside() == ()


def test_a_finished_script_is_listed_for_a_while_and_what_is_not_confirmed_comes_first(store, server, sync, clock):
    store.record(ONE, mark(2, "1"))
    store.record(ONE, mark(3, "2"))
    store.record(TWO, mark(2, "1"))
    sync.run()
    store.record(ONE, mark(4, "3"))
    assert [item.evaluation_id for item in store.work.scripts(clock.now(), WEEK)] == [ONE, TWO]
    sync.run()
    assert [item.here for item in store.work.scripts(clock.now(), WEEK)] == [0, 0]


def test_a_message_says_which_script_it_is_about_and_leads_to_its_questions(store, server, sync):
    store.record(ONE, SubmitEvaluation({}, Decimal(0)))
    sync.run()
    (told,) = store.status().messages
    assert (told.kind, told.evaluation_id) == ("held", ONE)
    assert told.script_code in told.text
    assert told.questions


def test_a_script_is_to_be_decided_until_its_conflict_is_settled_and_again_when_that_is_undone(store, server, sync):
    recorded = store.record(ONE, mark(2, "1"))

    detail = {"question_number": 2, "alternative": "", "state": "marked", "marks": "2", "comment": ""}

    def hold(_session, _stream, operations):
        return tuple(Verdict(sent.op_id, sent.seq, VerdictKind.CONFLICT, None, detail, 2) for sent in operations)

    answering, server.apply_operations = server.apply_operations, hold
    sync.push()
    server.apply_operations = answering
    assert store.status().to_decide == (ONE,)
    (told,) = store.status().messages
    assert told.kind == "conflict"
    assert told.script_code in told.text
    settled = (recorded.op_id,)
    store.record(ONE, ResolveMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1)), settled))
    assert store.status().to_decide == ()
    store.record(ONE, ResolveMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1)), settled, reopens=True))
    assert store.status().to_decide == (ONE,)
