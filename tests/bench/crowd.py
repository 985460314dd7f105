"""A crowd of workstations for benchmarks: many teachers with logins of their own, in one process.

Each workstation is a coroutine with one connection. It says what the program says, statement by statement, each
transaction with the program's own limits; only what happens on the teacher's computer is left out.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from mv_desktop import __version__
from mv_desktop.domain.access import login_name
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import MAX_OPERATIONS
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    OPERATION_SCHEMA,
    OpenEvaluation,
    Operation,
    PutAnnotations,
    SetMark,
    schema_of,
    to_payload,
)
from mv_desktop.services.database import LIMITS
from mv_desktop.services.evaluation import QUEUE_SQL
from mv_desktop.services.staff import scram_verifier

PASSWORD = "correct horse battery"
QUEUE_SECONDS, BATCH_SECONDS = 60.0, 10.0
BATCH = 6
"""Operations in ten seconds of brisk marking: two marks and four stamps."""
PULLED = 5
"""Scripts that are fetched as a whole at sign-in."""
_QUEUE = QUEUE_SQL.replace(":me", "%s")
_WRITTEN = tuple(range(21, 38))


@dataclass(slots=True)
class Taken:
    """What a crowd measured.

    Attributes:
        times: milliseconds of each statement, by its kind; a statement is a whole transaction with its commit.
        failures: what went wrong.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)


def email_of(number: int) -> str:
    """A teacher's address."""
    return f"teacher{number}@crowd.example.org"


def enrol(owner_url: str, teachers: int, scripts: int, paper: ExamSnapshot) -> None:
    """Make teachers with logins and open scripts of one paper each, as the owner."""
    verifier = scram_verifier(PASSWORD)
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " SELECT 'teacher' || n || '@crowd.example.org', '!', 'teacher', 'Asha', 'Rao ' || n"
            " FROM generate_series(1, %s) n",
            (teachers,),
        )
        connection.execute("SELECT api.provision_login(user_id, %s) FROM users WHERE role = 'teacher'", (verifier,))
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name, student_class)"
            " VALUES ('student@crowd.example.org', '!', 'student', 'Ravi', 'Das', 'XII')"
        )
        connection.execute(
            """
            WITH template AS (
                INSERT INTO exam_templates (template_name, class, exam_type, config)
                SELECT 'Board exam', 'XII', 'board_exam', %(paper)s -> 'template' RETURNING template_id
            ), exam AS (
                INSERT INTO exam_instances (student_user_id, template_id, exam_snapshot, exam_type, class, total_marks,
                    duration_minutes, status, mcq_score)
                SELECT s.user_id, t.template_id, %(paper)s, 'board_exam', 'XII', %(total)s, 180, 'pending_evaluation', 1
                FROM users s, template t, generate_series(1, %(scripts)s)
                WHERE s.role = 'student' RETURNING exam_instance_id
            ), numbered AS (SELECT exam_instance_id, row_number() OVER () AS n FROM exam)
            INSERT INTO evaluations (exam_instance_id, teacher_user_id, sla_deadline, sla_hours_allocated)
            SELECT n.exam_instance_id, t.user_id, now() + interval '1 day', 48
            FROM numbered n
            JOIN (SELECT user_id, row_number() OVER () AS n FROM users WHERE role = 'teacher') t
              ON t.n = 1 + n.n %% %(teachers)s
            """,
            {
                "paper": Jsonb(paper.model_dump(mode="json", by_alias=True)),
                "total": paper.template.total_marks,
                "scripts": teachers * scripts,
                "teachers": teachers,
            },
        )


class Workstation:
    """One teacher's program.

    Args:
        number: whose.
        address: host, port and database as psycopg's arguments.
        taken: where times and failures go.
    """

    def __init__(self, number: int, address: dict[str, Any], taken: Taken) -> None:
        self._email = email_of(number)
        self._address, self.taken = address, taken
        self._chance = random.Random(number)
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._stream, self._seq = uuid4(), 0
        self._me: UUID | None = None
        self._scripts: list[UUID] = []

    async def sign_in(self) -> None:
        """Connect, say who it is, fetch the queue and some scripts, and begin the first."""
        try:
            begun = time.perf_counter()
            self._connection = await psycopg.AsyncConnection.connect(
                **self._address,
                user=login_name(self._email),
                password=PASSWORD,
                prepare_threshold=None,
                connect_timeout=60,
                application_name="mv-desktop crowd",
            )
            self.taken.times["connect"].append((time.perf_counter() - begun) * 1000)
            answer = await self._ask("sign_in", "SELECT api.sign_in(%s, %s)", (__version__, OPERATION_SCHEMA))
            self._me = UUID(answer[0][0]["user_id"])
            await self._queue()
            await self._ask("pull", "SELECT api.pull_scripts(%s::uuid[])", (self._scripts[:PULLED],))
            await self._send([OpenEvaluation()])
        except (psycopg.Error, OSError, RuntimeError, LookupError) as error:
            self.taken.failures.append(f"sign-in: {error!r}")

    async def work(self, seconds: float) -> None:
        """Mark for so long: a batch every ten seconds, the queue every minute."""
        if self._connection is None:
            return
        end = time.monotonic() + seconds
        batch_at = time.monotonic() + self._chance.uniform(0, BATCH_SECONDS)
        queue_at = time.monotonic() + self._chance.uniform(0, QUEUE_SECONDS)
        number = 0
        while (due := min(batch_at, queue_at)) < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            try:
                if due == queue_at:
                    queue_at += QUEUE_SECONDS
                    await self._ask("hello", "SELECT api.hello(%s, %s)", (__version__, OPERATION_SCHEMA))
                    await self._queue()
                else:
                    batch_at += BATCH_SECONDS
                    await self._send(_marking(number, BATCH))
                    number += BATCH
            except (psycopg.Error, OSError, RuntimeError) as error:
                self.taken.failures.append(f"work: {error!r}")

    async def come_back(self, waiting: int) -> None:
        """Sign in after days alone, as `sign_in` does, and send so many operations; then see that all agrees."""
        await self.sign_in()
        if self._connection is None:
            return
        try:
            await self._ask("stream_state", "SELECT api.stream_state(%s::uuid[])", ([self._stream],))
            for begin in range(0, waiting, MAX_OPERATIONS):
                await self._send(_marking(begin, min(MAX_OPERATIONS, waiting - begin)))
            await self._queue()
            await self._ask("sums", "SELECT api.script_sums(%s::uuid[])", (self._scripts,))
        except (psycopg.Error, OSError, RuntimeError) as error:
            self.taken.failures.append(f"return: {error!r}")

    async def close(self) -> None:
        """Sign out."""
        if self._connection is not None:
            await self._connection.close()

    async def _queue(self) -> None:
        rows = await self._ask("queue", _QUEUE, (self._me,))
        self._scripts = [row[0] for row in rows]

    async def _send(self, operations: Sequence[Operation]) -> None:
        sent = [on_the_wire(self._seq + place, self._scripts[0], each) for place, each in enumerate(operations, 1)]
        self._seq += len(sent)
        rows = await self._ask(
            "apply", "SELECT api.apply_operations(%s::uuid, %s::jsonb)", (self._stream, json.dumps(sent))
        )
        wrong = [verdict for verdict in rows[0][0] if verdict["verdict"] != "applied"]
        if wrong or len(rows[0][0]) != len(sent):
            raise RuntimeError(f"not applied: {wrong}")

    async def _ask(self, kind: str, query: str, parameters: Sequence[object]) -> list[Any]:
        assert self._connection is not None
        begun = time.perf_counter()
        async with self._connection.transaction():
            await self._connection.execute(LIMITS.encode())
            cursor = await self._connection.execute(query.encode(), parameters)
            rows = await cursor.fetchall()
        self.taken.times[kind].append((time.perf_counter() - begun) * 1000)
        return rows


def on_the_wire(seq: int, evaluation_id: UUID, operation: Operation) -> dict[str, Any]:
    """An operation as the program sends it, made on a script that nobody has marked yet."""
    return {
        "op_id": str(uuid4()),
        "seq": seq,
        "evaluation_id": str(evaluation_id),
        "assignment_version": 1,
        "base_version": 0,
        "kind": operation.kind,
        "payload": to_payload(operation),
        "schema": schema_of(operation),
        "wall": datetime.now(UTC).isoformat(),
        "program": __version__,
    }


@asynccontextmanager
async def crowd(teachers: int, address: dict[str, Any], taken: Taken, at_once: int) -> AsyncIterator[list[Workstation]]:
    """So many workstations, signed in, `at_once` at a time; signed out at the end."""
    stations = [Workstation(number, address, taken) for number in range(1, teachers + 1)]
    door = asyncio.Semaphore(at_once)

    async def enter(station: Workstation) -> None:
        async with door:
            await station.sign_in()

    await asyncio.gather(*(enter(station) for station in stations))
    try:
        yield stations
    finally:
        await asyncio.gather(*(station.close() for station in stations))


def _marking(begin: int, count: int) -> list[Operation]:
    """Work number `begin` and on: a mark for every two stamps, on one question after the other."""
    operations: list[Operation] = []
    for number in range(begin, begin + count):
        question = _WRITTEN[number % len(_WRITTEN)]
        if number % 3 == 2:
            operations.append(SetMark(MarkKey(question), GivenMark(MarkState.MARKED, Decimal("1.5"))))
        else:
            stamp = Stamp(id=AnnotationId(uuid4()), stamp="tick", x=0.42, y=0.31, question_number=question, marks="0.5")
            operations.append(PutAnnotations((Placed(PageRef(1 + number % 8), stamp),)))
    return operations
