"""A question marked on two computers of one teacher: what is held, what settles it, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.exchange import SentOperation, Verdict, VerdictKind
from mv_desktop.domain.identifier import MarkKey, OperationId, PageRef, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    Operation,
    PutAnnotations,
    ResolveMark,
    SetMark,
    SubmitEvaluation,
    to_payload,
)
from mv_desktop.services.kept_work import kept_work, read_kept
from tests.factories.marking import Journal, Person, School
from tests.fakes.server import clone, drop

APPLIED, KEPT, HELD, CONFLICT = VerdictKind.APPLIED, VerdictKind.KEPT, VerdictKind.HELD, VerdictKind.CONFLICT
KEY = MarkKey(2)


def given(marks: str | None, comment: str = "") -> GivenMark:
    if marks is None:
        return GivenMark(MarkState.NOT_ATTEMPTED, None, comment)
    return GivenMark(MarkState.MARKED, Decimal(marks), comment)


def typed(marks: str | None, comment: str = "", key: MarkKey = KEY) -> SetMark:
    return SetMark(key, given(marks, comment))


class Computers:
    """Two computers of one teacher on one script."""

    def __init__(self, school: School, person: Person) -> None:
        self.school = school
        self.person = person
        self.first: Journal = school.journal(person)
        self.other = Journal(self.person, self.first.evaluation_id, StreamId(uuid4()))

    def made(
        self,
        journal: Journal,
        operation: Operation,
        base: int = 0,
        replaces: tuple[OperationId, ...] = (),
        schema: int = 3,
    ) -> SentOperation:
        payload: dict[str, Any] = to_payload(operation)
        if replaces:
            payload["replaces"] = [str(item) for item in replaces]
        return journal.raw(operation.kind, payload, base_version=base, schema=schema)

    def send(self, journal: Journal, operation: Operation, **values: Any) -> Verdict:
        (verdict,) = journal.deliver(self.made(journal, operation, **values))
        return verdict

    def conflict(self, mine: SetMark | ClearMark | None = None) -> Verdict:
        """Opens the script, marks question 2 with 1 on the first computer and otherwise on the other, at version 3."""
        self.send(self.first, OpenEvaluation())
        self.send(self.first, typed("1"))
        return self.send(self.other, mine or typed("2"))

    @property
    def register(self) -> tuple[Any, ...]:
        (row,) = self.select("SELECT state, marks, comment, version FROM mark_registers")
        return row

    @property
    def states(self) -> list[str]:
        return [state for state, _ in sorted(self.select("SELECT state, opened_at FROM mark_conflicts"), key=_second)]

    def select(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of this script."""
        condition = " AND evaluation_id = %s" if " WHERE " in query else " WHERE evaluation_id = %s"
        return self.school.select(query + condition, self.first.evaluation_id)


def _second(row: tuple[Any, ...]) -> Any:
    return row[1]


@pytest.fixture(scope="module")
def teaching(pg_server: LocalPostgres, template_db: str) -> Iterator[tuple[School, Person]]:
    """One database and one teacher for all: every test has a script of its own."""
    copy = clone(pg_server, template_db, "mv_conflict")
    school = School(copy)
    yield school, school.person()
    school.close()
    drop(copy)


@pytest.fixture
def computers(teaching: tuple[School, Person]) -> Computers:
    return Computers(*teaching)


@pytest.mark.parametrize(
    ("mine", "verdict"),
    [
        (typed("2"), CONFLICT),
        (typed("1", "see the margin"), CONFLICT),
        (typed(None), CONFLICT),
        (ClearMark(KEY), CONFLICT),
        (typed("1.0"), APPLIED),
        (typed("1.5", key=MarkKey(3, "b")), APPLIED),
    ],
    ids=["another mark", "another comment", "not attempted", "cleared", "the same", "another question"],
)
def test_a_mark_that_did_not_know_another_is_held(
    computers: Computers, mine: SetMark | ClearMark, verdict: VerdictKind
) -> None:
    answer = computers.conflict(mine)
    assert (answer.kind, answer.version) == (verdict, 3)
    if verdict is CONFLICT:
        assert computers.register == ("marked", Decimal(1), "", 2)
        assert answer.reason == "marked_elsewhere"
        assert answer.detail is not None
        assert (answer.detail["question_number"], answer.detail["marks"]) == (2, "1")
        assert computers.states == ["open"]
    else:
        assert computers.states == []
    assert computers.select("SELECT version FROM evaluations") == [(3,)]


def test_the_sides_of_an_either_or_question_are_apart(computers: Computers) -> None:
    computers.send(computers.first, typed("1", key=MarkKey(3, "a")))
    assert computers.send(computers.other, typed("2", key=MarkKey(3, "b"))).kind is APPLIED
    assert computers.send(computers.other, typed("2", key=MarkKey(3, "a"))).kind is CONFLICT


def test_a_mark_that_knew_the_other_takes_its_place(computers: Computers) -> None:
    computers.send(computers.first, typed("1"))
    assert computers.send(computers.other, typed("2"), base=1).kind is APPLIED
    assert computers.register == ("marked", Decimal(2), "", 2)


def test_a_batch_goes_on_after_a_conflict_and_gives_it_again(computers: Computers) -> None:
    computers.send(computers.first, typed("1"))
    journal = computers.other
    batch = [computers.made(journal, typed("2")), computers.made(journal, typed("2", key=MarkKey(4)))]
    first, second = journal.deliver(*batch), journal.deliver(*batch)
    assert [(v.kind, v.version) for v in first] == [(CONFLICT, 2), (APPLIED, 3)]
    assert [(v.kind, v.already) for v in second] == [(CONFLICT, True), (APPLIED, True)]
    assert computers.states == ["open"]


def test_a_copied_file_does_not_conflict_with_itself(computers: Computers) -> None:
    mine = computers.made(computers.first, typed("1"))
    computers.first.deliver(mine)
    copy = computers.other
    (again,) = copy.deliver(SentOperation(**{name: getattr(mine, name) for name in SentOperation.__slots__}))
    assert (again.kind, again.already) == (APPLIED, True)
    copy.seq = 1
    assert computers.send(copy, typed("2"), replaces=(mine.op_id,)).kind is APPLIED
    assert computers.register == ("marked", Decimal(2), "", 2)


def test_more_of_one_stream_is_never_a_conflict(computers: Computers) -> None:
    for marks in ("1", "2", "1.5"):
        assert computers.send(computers.first, typed(marks)).kind is APPLIED


def test_a_program_that_knows_no_conflicts_is_told_that_its_mark_was_kept(computers: Computers) -> None:
    computers.send(computers.first, typed("1"))
    answer = computers.send(computers.other, typed("2"), schema=1)
    assert (answer.kind, answer.reason) == (KEPT, "changed_elsewhere")
    assert (computers.register[1], computers.states) == (Decimal(1), [])


def test_her_later_mark_from_the_same_computer_is_held_instead(computers: Computers) -> None:
    computers.conflict()
    assert computers.send(computers.other, typed("0.5")).kind is CONFLICT
    assert computers.states == ["superseded", "open"]


@pytest.mark.parametrize(
    "settling",
    [
        lambda held: ({"operation": ResolveMark(KEY, given("2"), (held,)), "base": 3}, "resolved"),
        lambda held: ({"operation": typed("1.5"), "base": 3}, "resolved"),
        lambda held: ({"operation": typed("1"), "replaces": (held,)}, "superseded"),
    ],
    ids=["a decision", "a mark that knew both", "the other's mark on her own"],
)
def test_a_conflict_is_settled(
    computers: Computers, settling: Callable[[OperationId], tuple[dict[str, Any], str]]
) -> None:
    values, state = settling(computers.conflict().op_id)
    assert computers.send(computers.other, values.pop("operation"), **values).kind is APPLIED
    assert computers.states == [state]


def test_the_first_computer_comes_to_say_the_same(computers: Computers) -> None:
    computers.conflict()
    assert computers.send(computers.first, typed("2")).kind is APPLIED
    assert (computers.register[1], computers.states) == (Decimal(2), ["resolved"])


def test_a_mark_that_does_not_know_the_conflict_leaves_it_open(computers: Computers) -> None:
    computers.conflict()
    assert computers.send(computers.first, typed("1.5"), base=2).kind is APPLIED
    assert (computers.register[1], computers.states) == (Decimal("1.5"), ["open"])


def test_two_decisions_that_do_not_know_each_other_conflict(computers: Computers) -> None:
    held = computers.conflict().op_id
    assert computers.send(computers.first, ResolveMark(KEY, given("1"), (held,)), base=3).kind is APPLIED
    answer = computers.send(computers.other, ResolveMark(KEY, given("2"), (held,)), base=3, replaces=(held,))
    assert answer.kind is CONFLICT
    assert computers.states == ["resolved", "open"]


def test_a_decision_is_undone_and_done_again(computers: Computers) -> None:
    held = computers.conflict().op_id
    computers.send(computers.other, ResolveMark(KEY, given("2"), (held,)), base=3)
    assert (computers.register[1], computers.states) == (Decimal(2), ["resolved"])
    computers.send(computers.other, ResolveMark(KEY, given("2"), (held,), reopens=True), base=4)
    assert (computers.register[1], computers.states) == (Decimal(1), ["open"])
    computers.send(computers.other, ResolveMark(KEY, given("2"), (held,)), base=5)
    assert (computers.register[1], computers.states) == (Decimal(2), ["resolved"])


def test_a_submission_waits_for_the_decision(computers: Computers) -> None:
    held = computers.conflict().op_id
    for key in (MarkKey(3, "b"), MarkKey(4)):
        computers.send(computers.other, typed("2", key=key))
    submit = SubmitEvaluation({2: Decimal(2), 3: Decimal(2), 4: Decimal(2)}, Decimal(6))
    answer = computers.send(computers.other, submit)
    assert (answer.kind, answer.reason, answer.detail) == (HELD, "conflict_open", {"questions": [2]})
    computers.send(computers.other, ResolveMark(KEY, given("2"), (held,)), base=5)
    assert computers.send(computers.other, submit).kind is APPLIED


def test_what_was_held_when_the_script_changed_hands_is_kept_work(computers: Computers) -> None:
    computers.conflict()
    coordinator, successor = computers.school.person(is_coordinator=True), computers.school.person()
    evaluation = computers.first.evaluation_id
    computers.school.move(evaluation, successor)
    assert computers.states == ["left"]
    with coordinator.session() as session:
        (listed,) = kept_work(session, evaluation)
        (question,) = read_kept(session, listed.piece).questions
    assert (listed.piece.teacher_user_id, listed.operations, listed.waiting) == (computers.person.user_id, 1, 1)
    assert (question.number, [mark["marks"] for mark in question.marks]) == (2, ["2"])


def test_an_edit_outlives_a_delete_that_did_not_know_it(computers: Computers) -> None:
    stamp = Stamp(id=uuid4(), stamp="tick", x=0.4, y=0.3, marks="1", question_number=2)
    mine = Stamp(id=uuid4(), stamp="tick", x=0.5, y=0.3, marks="1", question_number=2)
    computers.send(computers.first, PutAnnotations((Placed(PageRef(1), stamp), Placed(PageRef(1), mine))))
    moved = stamp.model_copy(update={"x": 0.9})
    computers.send(computers.first, PutAnnotations((Placed(PageRef(1), moved),)))
    both = DeleteAnnotations((stamp.annotation_id, mine.annotation_id))
    answer = computers.send(computers.other, both, base=1)
    assert (answer.kind, answer.detail) == (APPLIED, {"stayed": [str(stamp.annotation_id)]})
    standing = "SELECT annotation_id FROM annotation_registers WHERE NOT deleted"
    assert computers.select(standing) == [(stamp.annotation_id,)]
    assert computers.send(computers.other, both, base=3).detail is None
    assert computers.select(standing) == []
