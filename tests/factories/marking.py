"""A school for tests of marking: people with logins of their own, scripts, and journals that send operations."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mv_desktop.domain.access import login_name
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import SentOperation, Verdict
from mv_desktop.domain.identifier import EvaluationId, OperationId, StreamId, UserId
from mv_desktop.domain.operation import Operation, schema_of, to_payload
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.operation import apply_operations
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.factories.paper import paper
from tests.factories.rows import Rows
from tests.fakes.server import CloneDatabase

PASSWORD = "correct horse"
QUICK = 4096
"""Iterations of a test login's password: the fewest that PostgreSQL itself uses."""

_number = itertools.count(1)


class Person:
    """A member of staff with her own login and one connection."""

    def __init__(self, database: CloneDatabase, user_id: UserId, email: str) -> None:
        self.user_id = user_id
        self.email = email
        self.login = login_name(email)
        self.url = database.url_for(self.login, PASSWORD)
        self.engine: Engine = make_engine(self.url, application_name="mv-desktop test")

    @contextmanager
    def session(self) -> Iterator[Session]:
        with open_session(self.engine) as session:
            yield session

    def select(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the server with psql's freedom, not through a service."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, parameters).fetchall()


@dataclass(slots=True)
class Journal:
    """One stream of one person on one script; it numbers what it sends."""

    person: Person
    evaluation_id: EvaluationId
    stream_id: StreamId
    assignment_version: int = 1
    seq: int = 0

    def made(self, operation: Operation, **changes: Any) -> SentOperation:
        return self.raw(operation.kind, to_payload(operation), **({"schema": schema_of(operation)} | changes))

    def raw(self, kind: str, payload: Mapping[str, Any], **changes: Any) -> SentOperation:
        """An operation with the next number; `changes` replace fields of it."""
        self.seq += 1
        sent = SentOperation(
            op_id=OperationId(uuid4()),
            seq=self.seq,
            evaluation_id=self.evaluation_id,
            assignment_version=self.assignment_version,
            base_version=0,
            kind=kind,
            payload=payload,
            schema=1,
            wall=datetime.now(UTC),
        )
        return replace(sent, **changes)

    def deliver(self, *operations: SentOperation) -> tuple[Verdict, ...]:
        with self.person.session() as session:
            return apply_operations(session, self.stream_id, operations)

    def send(self, *operations: Operation) -> tuple[Verdict, ...]:
        """Make and deliver, as the program does."""
        return self.deliver(*(self.made(operation) for operation in operations))


class School:
    """Makes people and scripts in a test's database, as its owner; drops the logins at the end."""

    def __init__(self, database: CloneDatabase) -> None:
        self.database = database
        self.engine = make_engine(database.owner_url, application_name="mv-desktop test owner")
        self._people: list[Person] = []

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Rows that are committed at the end of the block."""
        with psycopg.connect(self.database.owner_url) as connection:
            yield Rows(connection)

    def execute(self, query: str, *parameters: object) -> None:
        with psycopg.connect(self.database.owner_url) as connection:
            connection.execute(query, parameters)

    def select(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.owner_url) as connection:
            return connection.execute(query, parameters).fetchall()

    def person(self, role: str = "teacher", *, is_coordinator: bool = False) -> Person:
        # The login's name comes from the address, and logins belong to the whole server.
        email = f"{role}{next(_number)}.{uuid4().hex[:8]}@example.org"
        with self.rows() as rows:
            user_id = UserId(rows.user(role, email=email, is_coordinator=is_coordinator))
        with open_session(self.engine) as session:
            provision_login(session, user_id, scram_verifier(PASSWORD, iterations=QUICK))
        self._people.append(Person(self.database, user_id, email))
        return self._people[-1]

    def script(
        self,
        teacher: Person,
        *,
        exam: ExamSnapshot | None = None,
        pages: int = 1,
        declared: tuple[int, ...] = (),
        mcq_score: int | str = 1,
        hours_left: float = 30,
        **values: Any,
    ) -> EvaluationId:
        """A script in `teacher`'s queue; the paper of `factories.paper` unless `exam` is given."""
        exam = exam or paper()
        with self.rows() as rows:
            exam_id = rows.exam(
                exam_snapshot=exam.model_dump(mode="json", by_alias=True),
                total_marks=exam.template.total_marks,
                status="pending_evaluation",
                mcq_score=mcq_score,
            )
            for number in range(1, pages + 1):
                rows.upload(exam_instance_id=exam_id, page_number=number, s3_key=f"{exam_id}/{number}.jpg")
            for number in declared:
                rows.unanswered(exam_instance_id=exam_id, question_number=number)
            deadline = datetime.now(UTC) + timedelta(hours=hours_left)
            values = {"sla_deadline": deadline} | values
            return EvaluationId(rows.evaluation(exam_instance_id=exam_id, teacher_user_id=teacher.user_id, **values))

    def journal(self, teacher: Person, evaluation_id: EvaluationId | None = None) -> Journal:
        """A new stream of `teacher`'s, on a new script unless one is given."""
        return Journal(teacher, evaluation_id or self.script(teacher), StreamId(uuid4()))

    def move(self, evaluation_id: EvaluationId, teacher: Person) -> None:
        """Give a script to somebody else."""
        self.execute(
            "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = %s", teacher.user_id, evaluation_id
        )

    def uploads(self, evaluation_id: EvaluationId) -> list[UUID]:
        return [
            upload
            for (upload,) in self.select(
                "SELECT upload_id FROM answer_sheet_uploads JOIN evaluations USING (exam_instance_id)"
                " WHERE evaluation_id = %s ORDER BY page_number",
                evaluation_id,
            )
        ]

    def close(self) -> None:
        """Close all connections and drop the logins."""
        self.engine.dispose()
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            for person in self._people:
                person.engine.dispose()
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(person.login)))
