"""The database and the program agree on marks, kept alternatives and totals, whatever was done."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState, totals
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    Operation,
    PutAnnotations,
    SetMark,
    SubmitEvaluation,
    to_payload,
)
from mv_desktop.domain.question import Alternative, SnapshotQuestion
from mv_desktop.domain.script import MarkedScript
from tests.factories.paper import bank_question, section, template
from tests.factories.rows import Rows
from tests.fakes.server import clone, drop

KEYS = [MarkKey(1), MarkKey(2, "a"), MarkKey(2, "b"), MarkKey(3, "b"), MarkKey(3, "a"), MarkKey(3, "C"), MarkKey(4)]
INK = [AnnotationId(UUID(int=number)) for number in range(1, 4)]


def exam() -> ExamSnapshot:
    def pair(number: int, keys: str, kind: str, marks: int) -> SnapshotQuestion:
        sides = [bank_question(f"{number}{key}", kind, marks) for key in keys]
        return SnapshotQuestion(
            question_number=number,
            alternatives=tuple(Alternative(key=k, **q.model_dump()) for k, q in zip(keys, sides, strict=True)),
            **sides[0].model_dump(),
        )

    return ExamSnapshot(
        template=template(section("A"), section("B", "SA", 3), section("C", "LA", 5), section("D", "LA", 6)),
        questions=(
            SnapshotQuestion(question_number=1, **bank_question("1").model_dump()),
            pair(2, "ab", "SA", 3),
            pair(3, "baC", "LA", 5),  # not in the order of their keys
            SnapshotQuestion(question_number=4, **bank_question("4", "LA", 6).model_dump()),
        ),
    )


PAPER = exam()
POSSIBLE_IN_ALL = 37
"""More than the written marks, so that any MCQ score fits, and a divisor that leaves long percentages."""
marks = st.sampled_from(("0", "0", "0.5", "1.5", "2")).map(Decimal)
"""Few values, so that ties are common."""
keys = st.sampled_from(KEYS)


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    match draw(
        st.sampled_from(
            ("mark", "mark", "not attempted", "not attempted", "clear", "stamp", "stamp", "stamp", "delete", "delete")
        )
    ):
        case "mark":
            return SetMark(draw(keys), GivenMark(MarkState.MARKED, draw(marks)))
        case "not attempted":
            return SetMark(draw(keys), GivenMark(MarkState.NOT_ATTEMPTED))
        case "clear":
            return ClearMark(draw(keys))
        case "delete":
            return DeleteAnnotations((draw(st.sampled_from(INK)),))
    number, alternative = draw(keys)
    stamp = Stamp(
        id=draw(st.sampled_from(INK)),
        stamp="tick",
        x=0.5,
        y=0.5,
        question_number=draw(st.sampled_from((number, number, number, None))),
        alternative=alternative or None,
        marks=draw(st.sampled_from(("0.5", "1.0", "2", "-0.5", "0", None))),
    )
    return PutAnnotations((Placed(PageRef(1), stamp),))


@pytest.fixture(scope="module")
def owner(pg_server: LocalPostgres, template_db: str) -> Iterator[psycopg.Connection]:
    """The owner's connection, whose login is also a teacher's here: examples need no login of their own."""
    copy = clone(pg_server, template_db, "mv_marks_property")
    with psycopg.connect(copy.owner_url, autocommit=True) as connection:
        rows = Rows(connection)
        rows.insert("staff_logins", login_name="mv_owner", user_id=rows.user())
        yield connection
    drop(copy)


def new_script(connection: psycopg.Connection, declared: set[int], mcq: Decimal) -> UUID:
    rows = Rows(connection)
    exam_id = rows.exam(
        exam_snapshot=PAPER.model_dump(mode="json", by_alias=True),
        total_marks=POSSIBLE_IN_ALL,
        status="pending_evaluation",
        mcq_score=mcq,
    )
    for number in declared:
        rows.unanswered(exam_instance_id=exam_id, question_number=number)
    teacher = connection.execute("SELECT user_id FROM staff_logins").fetchone()
    assert teacher is not None
    return rows.evaluation(exam_instance_id=exam_id, teacher_user_id=teacher[0])


def send(connection: psycopg.Connection, evaluation: UUID, operations: list[Operation]) -> list[dict[str, Any]]:
    batch = [
        {
            "op_id": str(uuid4()),
            "seq": seq,
            "evaluation_id": str(evaluation),
            "assignment_version": 1,
            "base_version": 0,
            "kind": operation.kind,
            "payload": to_payload(operation),
            "schema": 1,
        }
        for seq, operation in enumerate(operations, 1)
    ]
    answer = connection.execute("SELECT api.apply_operations(%s, %s)", (uuid4(), Jsonb(batch))).fetchone()
    assert answer is not None
    return answer[0]


def expected_fault(script: MarkedScript) -> str | None:
    if script.marked < len(script.written):
        return "incomplete"
    for question in script.written:
        options = script.mark(question.question_number).options
        for key, option in question.options:
            marks = options[key].marks
            if marks is not None and (not 0 <= marks <= option.marks or marks % Decimal("0.5")):
                return "out_of_range"
    return None


def compare_marks(connection: psycopg.Connection, evaluation: UUID, script: MarkedScript) -> None:
    rows = connection.execute(
        "SELECT question_number, alternative, marks, not_attempted, kept FROM api._effective_marks(%s)", (evaluation,)
    ).fetchall()
    here = {
        (question.question_number, key): (mark.marks, mark.not_attempted)
        for question in script.written
        for key, mark in script.mark(question.question_number).options.items()
    }
    assert {(number, key): (marks, absent) for number, key, marks, absent, _ in rows} == here
    kept = {question.question_number: script.mark(question.question_number).kept for question in script.written}
    assert {number: key for number, key, *_, counts in rows if counts} == {
        n: k for n, k in kept.items() if k is not None
    }


@settings(max_examples=60, deadline=None)
@given(
    done=st.lists(operations(), min_size=10, max_size=24),
    filled=st.booleans(),
    declared=st.sets(st.integers(1, 4), max_size=2),
    mcq=st.integers(0, 80).map(lambda n: Decimal(n) / 4),
)
def test_database_and_program_agree_on_marks_and_totals(
    owner: psycopg.Connection, done: list[Operation], filled: bool, declared: set[int], mcq: Decimal
) -> None:
    script = MarkedScript(PAPER, declared_unanswered=declared)
    if filled:
        done = [SetMark(key, GivenMark(MarkState.MARKED, Decimal("1.5"))) for key in KEYS] + done
    for operation in done:
        script.apply(operation)
    with owner.transaction(force_rollback=True):
        evaluation = new_script(owner, declared, mcq)
        submission = SubmitEvaluation(script.vector, script.total)
        assert all(v["verdict"] == "applied" for v in send(owner, evaluation, done))
        compare_marks(owner, evaluation, script)
        (verdict,) = send(owner, evaluation, [submission])
        if (fault := expected_fault(script)) is not None:
            assert (verdict["verdict"], verdict["reason"]) == ("held", fault)
            return
        assert verdict["verdict"] == "applied", verdict
        stored = owner.execute(
            "SELECT question_number, marks_awarded, question_id FROM question_marks WHERE evaluation_id = %s",
            (evaluation,),
        ).fetchall()
        assert {number: marks for number, marks, _ in stored} == script.vector
        for number, _, question_id in stored:
            options = dict(script.question(number).options)
            assert str(question_id) == options[script.mark(number).kept or ""].question_id
        want = totals(script.vector.values(), mcq, POSSIBLE_IN_ALL)
        scores = owner.execute(
            "SELECT manual_score, mcq_score, total_score, percentage FROM exam_instances"
            " JOIN evaluations USING (exam_instance_id) WHERE evaluation_id = %s",
            (evaluation,),
        ).fetchone()
        assert scores == (want.manual, want.mcq, want.total, want.percentage)
