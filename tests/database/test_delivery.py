"""What a call may carry and what is stored of it, restored servers, and scripts that move while work arrives."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.delivery import StreamState, stored_bytes
from mv_desktop.domain.exchange import Verdict, VerdictKind
from mv_desktop.domain.identifier import EvaluationId, MarkKey, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark, SubmitEvaluation
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.submission import submission
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.assignment import move_script, return_questions, withdraw_script
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.delivery import script_sums, stream_state
from mv_desktop.services.operation import apply_operations
from tests.factories.local import open_store
from tests.factories.marking import Journal, Person, School
from tests.fakes.server import clone, drop

APPLIED, KEPT, REFUSED = VerdictKind.APPLIED, VerdictKind.KEPT, VerdictKind.REFUSED
KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(4))
LARGE = {"annotations": [], "text": "x" * 1_100_000}


def mark(key: MarkKey, marks: str = "1") -> SetMark:
    return SetMark(key, GivenMark(MarkState.MARKED, Decimal(marks)))


# -- how much is taken, and how much of it is stored -----------------------------------------------------------


def test_more_than_four_megabytes_are_not_taken_in_one_call_and_one_by_one_they_are_answered(school: School) -> None:
    journal = school.journal(school.person())
    batch = [journal.raw("annotation.put", LARGE) for _ in range(4)]
    with pytest.raises(InvalidError, match="4 MB"):
        journal.deliver(*batch)
    assert school.select("SELECT count(*) FROM applied_operations") == [(0,)]
    assert [journal.deliver(sent)[0].reason for sent in batch] == ["too_large"] * 4


def test_of_what_is_too_large_only_its_fingerprint_is_stored_and_it_is_known_again(school: School) -> None:
    asha = school.person()
    journal = school.journal(asha)
    sent = journal.raw("annotation.put", LARGE)
    journal.deliver(sent)
    ((size, named),) = school.select("SELECT pg_column_size(payload), payload ? 'sha256' FROM applied_operations")
    assert (size < 300, named) == (True, True)
    (again,) = journal.deliver(sent)
    assert (again.kind, again.reason, again.already) == (REFUSED, "too_large", True)
    other = journal.raw("annotation.put", LARGE | {"text": "y"}, op_id=sent.op_id)
    assert [verdict.reason for verdict in journal.deliver(other)] == ["op_id_reused"]


def test_what_is_too_large_is_refused_wherever_the_script_is_by_now(school: School) -> None:
    journal = school.journal(school.person())
    school.move(journal.evaluation_id, school.person())
    (verdict,) = journal.deliver(journal.raw("annotation.put", LARGE))
    assert (verdict.kind, verdict.reason, verdict.version) == (REFUSED, "too_large", 0)


def test_a_stranger_fills_the_ledger_with_little(school: School) -> None:
    script = school.script(school.person())
    stranger = Journal(school.person(), script, StreamId(uuid4()))
    sent = stranger.raw("mark.set", {"text": "x" * 900_000})
    broken = stranger.raw("mark.set", {"text": "x" * 900_000}, assignment_version=-1)
    assert [v.reason for v in stranger.deliver(sent, broken)] == ["never_assigned", "malformed_envelope"]
    assert school.select("SELECT max(pg_column_size(payload)) < 300 FROM applied_operations") == [(True,)]
    assert [v.already for v in stranger.deliver(sent, broken)] == [True, True]
    events = "SELECT count(*) FROM audit_logs WHERE event_type = 'security.operation_refused'"
    assert school.select(events) == [(1,)]


def test_what_the_program_writes_down_is_never_too_large_for_the_server(school: School) -> None:
    points = [[round(n / 20_000, 4), round(n / 30_000, 5), 0.5] for n in range(20_000)]
    for data in ({"points": points}, {"text": "½" * 300_000}, {"n": list(range(50_000))}, {"s": ["a"] * 50_000}):
        ((size,),) = school.select("SELECT pg_column_size(%s::text::jsonb)", json.dumps(data))
        assert size <= stored_bytes(data) <= 3 * size


# -- how far the server is, and what stands there -----------------------------------------------------------------


def test_streams_and_sums_are_told_to_whose_they_are(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    journal.send(mark(KEYS[0]), mark(KEYS[1]))
    unknown = StreamId(UUID(int=7))
    for person, last, scripts in ((asha, 2, 1), (meera, 0, 0)):
        with person.session() as session:
            state = stream_state(session, [journal.stream_id, unknown])
            assert (state[journal.stream_id].last, state[unknown]) == (last, StreamState())
            assert len(script_sums(session, [journal.evaluation_id])) == scripts


@pytest.mark.parametrize("call", ["stream_state", "script_sums"])
def test_no_more_is_asked_at_once_than_is_answered(school: School, call: str) -> None:
    asha = school.person()
    for ids in ("NULL", "array_fill(gen_random_uuid(), ARRAY[201])"):
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            asha.select(f"SELECT api.{call}({ids})")


def test_a_row_that_changed_on_the_server_behind_everybody_is_found(school: School, tmp_path: Path) -> None:
    asha = school.person()
    script = school.script(asha)
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, asha.session, SystemClock())
    sync.run()
    store.record(script, mark(KEYS[0]))
    store.record(script, mark(KEYS[2], "2.5"))
    assert sync.run(thorough=True).differences == ()
    school.execute("UPDATE mark_registers SET comment = 'x' WHERE question_number = 4")
    assert len(sync.run(thorough=True).differences) == 1
    assert store.open_script(script).script.given[KEYS[2]].comment == "x"
    assert sync.run(thorough=True).differences == ()
    store._vault.close()


def test_a_server_restored_from_a_backup_gets_all_of_it_again_once_each(school: School, tmp_path: Path) -> None:
    asha = school.person()
    done, going = school.script(asha, hours_left=10), school.script(asha, hours_left=20)
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, asha.session, SystemClock())
    sync.run()
    store.record(going, mark(KEYS[0]))
    sync.run()
    backup = _copy(school, asha)
    for key in KEYS:
        store.record(done, mark(key))
    store.record(going, mark(KEYS[1], "2"))
    sync.run()
    store.start_stream()
    store.record(done, submission(store.open_script(done).script))
    store.record(going, mark(KEYS[2], "2"))
    sync.run()
    completed = "SELECT count(*) FROM evaluations WHERE status = 'completed'"
    assert school.select(completed) == [(1,)]
    _restore(school, asha, backup)
    assert school.select(completed) == [(0,)]
    result = sync.run()
    assert (result.pending, result.message, result.differences) == (0, "", ())
    assert school.select(completed) == [(1,)]
    assert store.open_script(going).script.vector == {2: 1, 3: 2, 4: 2}
    assert school.select("SELECT verdict, count(*) FROM applied_operations GROUP BY 1") == [("applied", 7)]
    assert sync.run(thorough=True).differences == ()
    store._vault.close()


def test_a_restored_server_gets_all_again_also_when_a_copied_file_went_on_under_the_same_stream(
    school: School, tmp_path: Path
) -> None:
    asha = school.person()
    script = school.script(asha)
    one = open_store(tmp_path / "one", SystemClock())
    Synchroniser(one, asha.session, SystemClock()).run()
    one.record(script, mark(KEYS[0]))
    Synchroniser(one, asha.session, SystemClock()).run()
    one._vault.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    backup = _copy(school, asha)
    one, two = (open_store(tmp_path / name, SystemClock()) for name in ("one", "two"))
    lost = one.record(script, mark(KEYS[1])).op_id
    assert Synchroniser(one, asha.session, SystemClock()).run().pending == 0
    _restore(school, asha, backup)
    two.record(script, mark(KEYS[2]))
    assert Synchroniser(two, asha.session, SystemClock()).run().pending == 0
    assert Synchroniser(one, asha.session, SystemClock()).run().pending == 0
    assert school.select("SELECT verdict FROM applied_operations WHERE op_id = %s", lost) == [("applied",)]
    assert one.open_script(script).script.vector == {2: 1, 3: 1, 4: 1}
    for store in (one, two):
        store._vault.close()


# -- scripts that change hands while work arrives -------------------------------------------------------------------


@pytest.mark.parametrize("moved_by", ["moved", "withdrawn"])
def test_work_that_arrives_while_a_script_is_taken_away_is_all_applied_or_all_kept(
    school: School, moved_by: str
) -> None:
    asha, meera, boss = school.person(), school.person(), school.person(is_coordinator=True)
    scripts = [school.script(asha) for _ in range(8)]
    start = threading.Barrier(3)

    def computer(order: int) -> list[tuple[EvaluationId, Verdict]]:
        journal = school.journal(asha, scripts[0])
        found = []
        engine = make_engine(asha.url, application_name="mv-desktop test")
        for first in range(0, len(scripts), 2):
            batch = [journal.made(mark(KEYS[0]), evaluation_id=one) for one in scripts[first : first + 2][::order] * 2]
            start.wait(timeout=30)
            with open_session(engine) as session:
                verdicts = apply_operations(session, journal.stream_id, batch)
            found += [(sent.evaluation_id, verdict) for sent, verdict in zip(batch, verdicts, strict=True)]
        engine.dispose()
        return found

    def coordinator() -> None:
        for first in range(0, len(scripts), 2):
            start.wait(timeout=30)
            for script in scripts[first : first + 2]:
                with boss.session() as session:
                    if moved_by == "moved":
                        move_script(session, script, 1, meera.user_id, "Ill")
                    else:
                        withdraw_script(session, script, 1, "Asked back")

    with ThreadPoolExecutor(3) as pool:
        computers = [pool.submit(computer, order) for order in (1, -1)]
        pool.submit(coordinator).result()
        delivered = [one.result() for one in computers]
    for found in delivered:
        for script in scripts:
            verdicts = [verdict for one, verdict in found if one == script]
            assert len({(verdict.kind, verdict.reason) for verdict in verdicts}) == 1
            assert verdicts[0].kind in (APPLIED, KEPT)
    for script in scripts:
        applied = [v for found in delivered for one, v in found if one == script and v.kind is APPLIED]
        assert sorted(verdict.version for verdict in applied) == list(range(1, len(applied) + 1))
    ((late,),) = school.select(
        "SELECT count(*) FROM applied_operations o JOIN evaluations e USING (evaluation_id)"
        " WHERE o.verdict = 'applied' AND o.new_version > e.version"
    )
    assert late == 0
    ((answered,),) = school.select("SELECT count(*) FROM applied_operations")
    assert answered == 2 * 2 * len(scripts)


def test_what_arrives_while_questions_are_returned_is_kept_or_taken_as_a_whole(school: School) -> None:
    asha, boss = school.person(), school.person(is_coordinator=True)
    start = threading.Barrier(2)
    for _ in range(4):
        journal = school.journal(asha)
        journal.send(*(mark(key) for key in KEYS), _submission())
        # made after the return is known: of the new assignment; those before it are late whatever happens first
        before = [journal.made(mark(KEYS[0], "2")) for _ in range(3)]

        def back(script: EvaluationId = journal.evaluation_id) -> None:
            start.wait(timeout=30)
            deadline = datetime.now(UTC) + timedelta(hours=24)
            with boss.session() as session:
                return_questions(session, script, 1, [ReturnedQuestion(2, "Look again")], deadline, "A slip")

        with ThreadPoolExecutor(1) as pool:
            returned = pool.submit(back)
            start.wait(timeout=30)
            verdicts = journal.deliver(*before)
            returned.result()
        assert {verdict.reason for verdict in verdicts} in ({"completed"}, {"assignment_changed"})
        journal.assignment_version = 2
        assert [verdict.kind for verdict in journal.send(mark(KEYS[0], "2"))] == [APPLIED]


def _submission() -> SubmitEvaluation:
    return SubmitEvaluation({2: Decimal(1), 3: Decimal(1), 4: Decimal(1)}, Decimal(3))


def _copy(school: School, *people: Person) -> str:
    """A backup: the whole database as it is now."""
    _hang_up(school, *people)
    name = f"{school.database.name}_backup"
    clone(school.database.server, school.database.name, name)
    return name


def _restore(school: School, person: Person, backup: str) -> None:
    """Put the backup in the place of what is there."""
    _hang_up(school, person)
    drop(school.database)
    clone(school.database.server, backup, school.database.name)
    drop(type(school.database)(school.database.server, backup))


def _hang_up(school: School, *people: Person) -> None:
    school.engine.dispose()
    for person in people:
        person.engine.dispose()
