"""The demo as the tests see it: people, scripts, and what stands in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from mv_desktop.demo.demonstration import Demonstration
from mv_desktop.demo.script_plan import script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.identifier import EvaluationId, MarkKey

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Teacher:
    """Somebody who marks, and how she signs in."""

    user_id: UUID
    email: str
    password: str
    database_url: str


@dataclass(frozen=True)
class Given:
    """What a test gave for one question or side."""

    marks: Decimal
    not_attempted: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Stamped:
    """A stamp that a test placed."""

    stamp: str
    key: MarkKey
    marks: Decimal | None


class School:
    """A running demo."""

    def __init__(self, demo: Demonstration) -> None:
        self.demo = demo
        said = demo.description()
        self.owner_url: str = said["database_url"]
        self.port = urlsplit(self.owner_url).port or 0
        self._people: list[dict[str, Any]] = said["people"]

    def teacher(self, index: int) -> Teacher:
        """The teacher whom the demo's plans number so."""
        return self._person(self._people[index])

    def coordinator(self) -> Teacher:
        """The teacher who coordinates."""
        return self._person(next(person for person in self._people if person["is_coordinator"]))

    def admin(self) -> Teacher:
        """Who administers."""
        return self._person(next(person for person in self._people if person["role"] == "admin"))

    def person(self, user_id: UUID) -> Teacher:
        """Whoever has that id."""
        return self._person(next(person for person in self._people if UUID(person["user_id"]) == user_id))

    @staticmethod
    def _person(person: Mapping[str, Any]) -> Teacher:
        return Teacher(UUID(person["user_id"]), person["email"], person["password"], person["database_url"])

    def script(self, number: int) -> EvaluationId:
        """The script that the demo's plans number so."""
        return EvaluationId(evaluation_id(script_plans()[number - 1]))

    def move(self, script: EvaluationId, teacher: UUID) -> None:
        """The coordinator gives the script to another teacher."""
        with psycopg.connect(self.owner_url) as connection:
            connection.execute(
                "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = %s", (teacher, script)
            )

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """What the owner of the database reads."""
        with psycopg.connect(self.owner_url, row_factory=dict_row) as connection:
            return connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> dict[str, Any]:
        """The one row there is."""
        (row,) = self.rows(sql, *values)
        return row

    def evaluation(self, evaluation_id: EvaluationId) -> dict[str, Any]:
        """The row of an evaluation."""
        return self.row("SELECT * FROM evaluations WHERE evaluation_id = %s", evaluation_id)

    def completed(self, evaluation_id: EvaluationId) -> bool:
        """The server has accepted the submission."""
        return bool(self.evaluation(evaluation_id)["status"] == "completed")

    def declared_unanswered(self, evaluation_id: EvaluationId) -> set[int]:
        """What the student said to have left out."""
        found = self.rows(
            "SELECT question_number FROM unanswered_questions JOIN evaluations USING (exam_instance_id)"
            " WHERE evaluation_id = %s AND declared_unanswered",
            evaluation_id,
        )
        return {row["question_number"] for row in found}

    def paper(self, evaluation_id: EvaluationId) -> list[dict[str, Any]]:
        """The written questions of a script, as the frozen paper has them."""
        snapshot = self.row(
            "SELECT exam_snapshot FROM exam_instances JOIN evaluations USING (exam_instance_id)"
            " WHERE evaluation_id = %s",
            evaluation_id,
        )["exam_snapshot"]
        return [question for question in snapshot["questions"] if question["question_type"] != "MCQ"]

    def full_marks(self, evaluation_id: EvaluationId) -> dict[MarkKey, Given]:
        """All the marks there are, for every question and side."""
        return {
            MarkKey(question["question_number"], key): Given(Decimal(side["marks"]))
            for question in self.paper(evaluation_id)
            for key, side in _sides(question).items()
        }

    def operations(self, evaluation_id: EvaluationId) -> list[dict[str, Any]]:
        """What was applied to an evaluation, in the order in which it was done."""
        return self.rows(
            "SELECT * FROM applied_operations WHERE evaluation_id = %s ORDER BY received_at, seq", evaluation_id
        )


def assert_completed(
    school: School, evaluation_id: EvaluationId, teacher: Teacher, given: Mapping[MarkKey, Given]
) -> dict[str, Any]:
    """Everything that a submission writes is there and right to the half mark; the evaluation's row."""
    evaluation = school.evaluation(evaluation_id)
    exam = school.row("SELECT * FROM exam_instances WHERE exam_instance_id = %s", evaluation["exam_instance_id"])
    paper = school.paper(evaluation_id)
    kept = {q["question_number"]: _kept(q, given) for q in paper}
    _assert_question_marks(school, evaluation, paper, kept, given)

    manual = sum((given[MarkKey(number, key)].marks for number, key in kept.items()), Decimal(0))
    total = exam["mcq_score"] + manual if exam["mcq_score"] is not None else manual
    assert evaluation["status"] == "completed"
    assert evaluation["total_manual_marks"] == exam["manual_score"] == manual
    assert exam["total_score"] == total
    assert exam["percentage"] == (100 * total / exam["total_marks"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert exam["status"] == "evaluated"
    assert evaluation["assigned_at"] <= evaluation["started_at"] <= evaluation["completed_at"]
    assert evaluation["sla_breached"] == (evaluation["completed_at"] > evaluation["sla_deadline"])
    _assert_document(evaluation, kept, given)
    _assert_audit(school, evaluation_id, teacher, manual)
    return evaluation


def stamps_of(evaluation: Mapping[str, Any]) -> list[Stamped]:
    """The stamps in the document of a completed evaluation, in the order of pages and of placing."""
    return [
        Stamped(
            ink["stamp"],
            MarkKey(ink["question_number"], ink.get("alternative") or ""),
            None if ink.get("marks") is None else Decimal(ink["marks"]),
        )
        for page in evaluation["annotation_data"]["pages"]
        for ink in page["annotations"]
    ]


def _sides(question: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {side["key"]: side for side in question["alternatives"]} or {"": question}


def _kept(question: Mapping[str, Any], given: Mapping[MarkKey, Given]) -> str:
    """The side that counts: the higher mark, then the attempted one, then the first."""

    def rank(key: str) -> tuple[Decimal, bool, str]:
        one = given[MarkKey(question["question_number"], key)]
        return -one.marks, one.not_attempted, key

    marked = [key for key in _sides(question) if MarkKey(question["question_number"], key) in given]
    return min(marked, key=rank)


def _assert_question_marks(
    school: School,
    evaluation: Mapping[str, Any],
    paper: list[dict[str, Any]],
    kept: Mapping[int, str],
    given: Mapping[MarkKey, Given],
) -> None:
    found = school.rows(
        "SELECT * FROM question_marks WHERE evaluation_id = %s ORDER BY question_number", evaluation["evaluation_id"]
    )
    expected = []
    for question in paper:
        number = question["question_number"]
        side, one = _sides(question)[kept[number]], given[MarkKey(number, kept[number])]
        expected.append(
            {
                "question_number": number,
                "question_id": UUID(side["question_id"]),
                "question_type": side["question_type"],
                "unit": side["unit"],
                "marks_awarded": one.marks,
                "marks_possible": Decimal(side["marks"]),
                "teacher_comment": one.comment or None,
            }
        )
    assert [{name: row[name] for name in expected[0]} for row in found] == expected
    assert {row["exam_instance_id"] for row in found} == {evaluation["exam_instance_id"]}
    assert all(row["marks_awarded"] % HALF == 0 for row in found)


def _assert_document(evaluation: Mapping[str, Any], kept: Mapping[int, str], given: Mapping[MarkKey, Given]) -> None:
    document = evaluation["annotation_data"]
    assert document["schema"] == 1
    states = {(state["question_number"], state["state"], state.get("alternative")) for state in document["questions"]}
    assert states == {
        *((n, "not_attempted", None) for n, key in kept.items() if given[MarkKey(n, key)].not_attempted),
        *(
            (key.question_number, "struck_out", key.alternative)
            for key, one in given.items()
            if kept[key.question_number] != key.alternative and not one.not_attempted
        ),
    }
    for page in document["pages"]:
        assert page["seen"].keys() == {"seconds", "largest_share"}
        for ink in page["annotations"]:
            assert 0 <= ink["x"] <= 1
            assert 0 <= ink["y"] <= 1


def _assert_audit(school: School, evaluation_id: EvaluationId, teacher: Teacher, manual: Decimal) -> None:
    events = school.rows(
        "SELECT event_type, actor_user_id, event_data FROM audit_logs WHERE resource_id = %s AND event_type IN"
        " ('evaluation.started', 'evaluation.completed') ORDER BY created_at",
        evaluation_id,
    )
    assert [(event["event_type"], event["actor_user_id"]) for event in events] == [
        ("evaluation.started", teacher.user_id),
        ("evaluation.completed", teacher.user_id),
    ]
    assert Decimal(events[1]["event_data"]["total_manual_marks"]) == manual
    logins = school.rows(
        "SELECT created_at FROM audit_logs WHERE event_type = 'user.login' AND actor_user_id = %s", teacher.user_id
    )
    assert logins
