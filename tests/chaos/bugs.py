"""Bugs that somebody might make, in the program and in the server: the machine is worth what it finds of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from mv_desktop.domain import exchange
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import OperationId
from mv_desktop.offline import journal, projection, registers
from mv_desktop.offline.store import LocalStore
from tests.chaos.machine import Chaos
from tests.chaos.world import World


@dataclass(frozen=True)
class Bug:
    """One bug.

    Attributes:
        name: what is wrong.
        rules: the machine's rules that show it soonest; with these alone it is found in a moment.
        patch: makes it in the program.
        function, was, becomes: makes it in the server, in a function of `api`.
    """

    name: str
    rules: frozenset[str]
    patch: Callable[[pytest.MonkeyPatch], None] | None = None
    function: str = ""
    was: str = ""
    becomes: str = ""

    def __str__(self) -> str:
        return self.name

    @contextmanager
    def made(self, world: World) -> Iterator[None]:
        """The bug is there as long as this lasts."""
        with ExitStack() as stack:
            if self.patch is not None:
                self.patch(stack.enter_context(pytest.MonkeyPatch.context()))
            else:
                stack.enter_context(self._on_the_server(world))
            yield

    @contextmanager
    def _on_the_server(self, world: World) -> Iterator[None]:
        # on connections of their own: a database to which somebody is connected cannot be copied
        with psycopg.connect(world.database.superuser_url, autocommit=True) as connection:
            ((source,),) = connection.execute(
                "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname = %s",
                (self.function,),
            ).fetchall()
            assert self.was in source, f"api.{self.function} has changed"
            connection.execute(sql.SQL(source.replace(self.was, self.becomes)))
        try:
            yield
        finally:
            with psycopg.connect(world.database.superuser_url, autocommit=True) as connection:
                connection.execute(sql.SQL(source))


_TAKEN = "UPDATE journal SET state = 'answered', verdict = 'applied'"


def _forgets_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    pending = LocalStore.pending

    def sending(self: LocalStore, limit: int) -> Any:
        batch = pending(self, limit)
        with self._vault.transaction() as db:
            for sent in batch.operations:
                db.execute(
                    "UPDATE journal SET state = 'answered', verdict = 'applied' WHERE op_id = ?", (str(sent.op_id),)
                )
        return batch

    patch.setattr(LocalStore, "pending", sending)


def _new_ids_at_each_try(patch: pytest.MonkeyPatch) -> None:
    pending, answer, known = LocalStore.pending, LocalStore.answer, {}

    def sending(self: LocalStore, limit: int) -> Any:
        batch = pending(self, limit)
        fresh = [dataclasses.replace(sent, op_id=OperationId(uuid4())) for sent in batch.operations]
        known.update({new.op_id: old.op_id for new, old in zip(fresh, batch.operations, strict=True)})
        return dataclasses.replace(batch, operations=tuple(fresh))

    def answered(self: LocalStore, verdicts: Any) -> Any:
        return answer(self, [dataclasses.replace(v, op_id=known.get(v.op_id, v.op_id)) for v in verdicts])

    patch.setattr(LocalStore, "pending", sending)
    patch.setattr(LocalStore, "answer", answered)


def _fetching_covers_what_waits(patch: pytest.MonkeyPatch) -> None:
    def rebuilt(db: Any, evaluation_id: Any) -> None:
        registers.view_from_mirror(db, evaluation_id)
        projection.recount(db, evaluation_id)
        projection.refresh_state(db, evaluation_id)

    patch.setattr(projection, "rebuild", rebuilt)


def _a_new_stream_drops_what_waits(patch: pytest.MonkeyPatch) -> None:
    def started(self: LocalStore) -> None:
        with self._vault.transaction() as db:
            db.execute(f"{_TAKEN} WHERE state = 'pending'")
            journal.start_stream(db, self._ids)

    patch.setattr(LocalStore, "start_stream", started)


def _sent_by_the_wall_clock(patch: pytest.MonkeyPatch) -> None:
    def by_clock(db: Any, rows: str) -> list[Any]:
        return db.execute(f"SELECT {rows} FROM journal WHERE state = 'pending' ORDER BY recorded_at, entry").fetchall()

    def waiting(db: Any, limit: int, *rest: Any) -> Any:
        first = db.execute("SELECT min(seq) FROM journal WHERE state = 'pending'").fetchone()[0]
        rows = by_clock(db, "seq, body")[:limit]
        return [journal._sent(first + n, json.loads(row["body"])) for n, row in enumerate(rows)]

    patch.setattr(journal, "waiting", waiting)


def _what_is_too_new_counts_as_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(exchange, "_FINAL", exchange._FINAL | {VerdictKind.UNSUPPORTED_SCHEMA})


def _a_number_is_taken_in_another_transaction(patch: pytest.MonkeyPatch) -> None:
    append = journal.append

    def appended(db: Any, *arguments: Any, **how: Any) -> int:
        current = str(journal.stream(db, how["ids"]))
        ((before,),) = db.execute("SELECT next_seq FROM stream WHERE stream_id = ?", (current,)).fetchall()
        seq = append(db, *arguments, **how)
        db.execute("UPDATE stream SET next_seq = ? WHERE stream_id = ?", (before, current))
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE stream SET next_seq = next_seq + 1 WHERE stream_id = ?", (current,))
        return seq

    patch.setattr(journal, "append", appended)


def _a_held_submission_stays_closed(patch: pytest.MonkeyPatch) -> None:
    refresh = projection.refresh_state

    def refreshed(db: Any, evaluation_id: Any) -> None:
        refresh(db, evaluation_id)
        db.execute(
            "UPDATE script SET state = 'submitted' WHERE evaluation_id = ? AND state = 'started' AND EXISTS ("
            "SELECT 1 FROM journal j WHERE j.evaluation_id = script.evaluation_id AND j.kind = 'evaluation.submit')",
            (str(evaluation_id),),
        )

    patch.setattr(projection, "refresh_state", refreshed)


def _the_version_is_that_of_the_sending(patch: pytest.MonkeyPatch) -> None:
    sent = journal._sent
    patch.setattr(journal, "_sent", lambda seq, body: dataclasses.replace(sent(seq, body), base_version=10**9))


def _bug(name: str, rules: str, patch: Callable[[pytest.MonkeyPatch], None]) -> Bug:
    return Bug(name, frozenset(rules.split()), patch)


def _server(name: str, rules: str, function: str, was: str, becomes: str) -> Bug:
    return Bug(name, frozenset(rules.split()), None, function, was, becomes)


BUGS = (
    _bug("it forgets what was sent", "burst", _forgets_what_was_sent),
    _bug("a new id at each try", "burst", _new_ids_at_each_try),
    _bug("what is fetched covers what waits", "types_while_syncing", _fetching_covers_what_waits),
    _bug(
        "a new stream drops what waits",
        "burst her_disk_is_copied is_backed_up gets_an_old_disk marks",
        _a_new_stream_drops_what_waits,
    ),
    _bug("sent in the order of the wall clock", "marks_all the_clock_jumps marks sends", _sent_by_the_wall_clock),
    _bug("what is too new counts as done", "meets_an_old_server", _what_is_too_new_counts_as_done),
    _bug(
        "a number is taken in another transaction",
        "is_killed_writing sends",
        _a_number_is_taken_in_another_transaction,
    ),
    _bug("a submission that was held stays closed", "opens submits sends", _a_held_submission_stays_closed),
    _bug("the base version is that of the sending", "marks_and_sends", _the_version_is_that_of_the_sending),
    _server(
        "assignments are not told apart",
        "holds releases marks sends",
        "_judge",
        "WHEN v_evaluation.assignment_version <> v_op.assignment_version THEN 'assignment_changed'",
        "",
    ),
    _server(
        "what is completed takes changes",
        "finishes marks her_disk_is_copied marks_all sends",
        "_judge",
        "WHEN v_evaluation.status = 'completed' THEN 'completed'",
        "",
    ),
    _server(
        "a submission need not agree",
        "submits_unaware",
        "_submission_fault",
        "ELSIF v_differ IS NOT NULL THEN",
        "ELSIF false THEN",
    ),
    _server(
        "what is withdrawn takes changes",
        "loses_it_with_work_waiting",
        "_judge",
        "ELSE api._hold_reason(v_op.evaluation_id)",
        "",
    ),
    _server(
        "what comes again is applied again",
        "burst",
        "apply_operations",
        "v_answer := api._delivery_answer(",
        "IF EXISTS (SELECT 1 FROM public.applied_operations a WHERE a.op_id = (v_sent ->> 'op_id')::uuid) THEN"
        " v_sent := v_sent || jsonb_build_object('op_id', gen_random_uuid(), 'seq', v_stream.last_seq + 1); END IF;"
        " v_answer := api._delivery_answer(",
    ),
    _server(
        "gaps do not matter",
        "burst",
        "_delivery_answer",
        "IF v_seq > p_stream.last_seq + 1 THEN",
        "IF false THEN",
    ),
    _server(
        "nobody is told of kept work",
        "loses_it_with_work_waiting",
        "kept_work",
        "WHERE c.waiting > 0 OR p_decided_too",
        "WHERE false",
    ),
    _server(
        "any moment may be claimed",
        "time_passes marks_and_sends",
        "_read_operation",
        "v_op.estimated_at := least(greatest(v_op.estimated_at, p_stream.last_estimate), v_now);",
        "",
    ),
    _server(
        "the last mark wins",
        "decides_between_two",
        "_set_mark",
        "ELSIF api._unknown_to(",
        "ELSIF false AND api._unknown_to(",
    ),
    _server(
        "a submission does not wait for a decision",
        "submits_undecided",
        "_submission_fault",
        "IF v_open IS NOT NULL THEN",
        "IF false THEN",
    ),
    _server(
        "a delete beats an edit that it did not know",
        "race",
        "_delete_annotations",
        "AND api._unknown_to(",
        "AND false AND api._unknown_to(",
    ),
)

assert all(callable(getattr(Chaos, rule)) for bug in BUGS for rule in bug.rules)
