"""Samples: which scripts are marked a second time, by whom, and how well the markings agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.agreement import (
    Agreement,
    MarkedTwice,
    Tolerance,
    agreement,
    by_question,
    by_script,
    by_teacher,
)
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.identifier import EvaluationId, MarkingId, QuestionId, UserId
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.sample import SampleRule, Standing, Why, chosen

MOST_SAMPLES = 1_000
"""So many are listed at once."""

_SAMPLES_SQL = """
SELECT s.evaluation_id, e.exam_instance_id, s.teacher_user_id, t.first_name || ' ' || t.last_name AS teacher, s.why,
       s.reason, s.chosen_at, s.tried_at, m.marking_id, m.teacher_user_id AS second_id,
       u.first_name || ' ' || u.last_name AS second, m.given_at, m.ended_at, m.comment, (
           SELECT count(*) FROM public.second_markings d
           WHERE d.evaluation_id = s.evaluation_id AND d.outcome = 'declined'
       ) AS declined
FROM public.script_samples s
JOIN public.evaluations e ON e.evaluation_id = s.evaluation_id
JOIN public.users t ON t.user_id = s.teacher_user_id
LEFT JOIN public.second_markings m ON m.evaluation_id = s.evaluation_id
    AND (m.outcome IS NULL OR m.outcome = 'marked')
LEFT JOIN public.users u ON u.user_id = m.teacher_user_id
ORDER BY m.ended_at IS NOT NULL, m.given_at IS NOT NULL, s.chosen_at DESC, s.evaluation_id LIMIT :limit
"""

_MARKS_SQL = """
SELECT evaluation_id, teacher_user_id, question_number, question_id, question_type, marks_possible, first_marks,
       second_marks, second_question_id = question_id AS same_side, coalesce(second_comment, '') AS comment
FROM public.sample_marks
WHERE marked_at >= :since AND (CAST(:teacher AS uuid) IS NULL OR teacher_user_id = CAST(:teacher AS uuid))
ORDER BY marked_at, evaluation_id, question_number
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A script that is marked a second time, as who coordinates sees it.

    Attributes:
        code: of the script.
        teacher_id, teacher: who marked it first.
        reason: of whoever asked for it, "" where a rule took it.
        marking_id: of whoever has it or has marked it; None while it waits.
        second_id, second: who that is.
        comment: what she said when she handed it in.
        declined: how often it was handed back without marks.
        nobody: the worker found nobody who could have it.
    """

    evaluation_id: EvaluationId
    code: str
    teacher_id: UserId
    teacher: str
    why: Why
    reason: str
    chosen_at: datetime
    standing: Standing
    marking_id: MarkingId | None = None
    second_id: UserId | None = None
    second: str = ""
    given_at: datetime | None = None
    marked_at: datetime | None = None
    comment: str = ""
    declined: int = 0
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class SecondTeacher:
    """Somebody who could mark a sample.

    Attributes:
        open: how many second markings she has already.
        away: she is absent today, which forbids nothing.
    """

    user_id: UserId
    name: str
    open: int
    away: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What second markings say; of the signed-in teacher alone where she does not coordinate.

    Attributes:
        pairs: every question that was marked twice, the oldest first.
        tolerance: what they were measured by.
        whole: over all of them; None where there are none.
        teachers, questions, scripts: the same of each.
    """

    pairs: tuple[MarkedTwice, ...]
    tolerance: Tolerance
    whole: Agreement | None
    teachers: Mapping[UserId, Agreement]
    questions: Mapping[QuestionId, Agreement]
    scripts: Mapping[EvaluationId, Agreement]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One round of choosing: of how many scripts was decided, and how many were taken."""

    decided: int
    taken: int


@dataclass(frozen=True, slots=True)
class Given:
    """One round of giving: how many samples were looked at, and for how many there was somebody."""

    looked: int
    given: int


def choose_samples(session: Session, limit: int) -> Chosen:
    """Decide which of the scripts completed lately are marked a second time, for the worker.

    What somebody else is working on at this moment is left for the next round.
    """
    rule = _rule(session.scalar(text("SELECT api.sample_rule()")))
    rows = session.execute(text("SELECT evaluation_id, place FROM api.scripts_to_sample(:limit)"), {"limit": limit})
    decided = [
        {"evaluation": str(row.evaluation_id), "why": chosen(rule, EvaluationId(row.evaluation_id), row.place)}
        for row in rows
    ]
    if not decided:
        return Chosen(0, 0)
    answer = session.scalar(
        text("SELECT api.choose_samples(CAST(:scripts AS jsonb))"), {"scripts": json.dumps(decided)}
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.choose_samples answered {type(answer).__name__}")
    return Chosen(answer["decided"], answer["taken"])


def give_samples(session: Session, limit: int, now: datetime | None = None) -> Given:
    """Give samples that wait to whoever `second_teachers` names first, is there, and has not had them before.

    For the worker. She is told; where there is nobody, the sample goes on waiting, and a coordinator may give it.

    Args:
        session: the worker's.
        limit: how many at most, up to 100.
        now: aware; None for the server's time.
    """
    call = "SELECT api.give_samples(:limit, coalesce(CAST(:now AS timestamptz), now()))"
    answer = session.scalar(text(call), {"limit": limit, "now": now})
    if not isinstance(answer, dict):
        raise TypeError(f"api.give_samples answered {type(answer).__name__}")
    return Given(answer["looked"], answer["given"])


def ask_sample(session: Session, evaluation: EvaluationId, reason: str) -> None:
    """Have a completed script marked a second time.

    Raises:
        ConflictError: it is a sample already.
        RefusedError: there is no such completed script.
        NotAllowedError: the caller does not coordinate.
    """
    call = "SELECT api.ask_sample(CAST(:evaluation AS uuid), :reason)"
    _done(session.scalar(text(call), {"evaluation": evaluation, "reason": reason}))


def give_sample(session: Session, evaluation: EvaluationId, teacher: UserId) -> MarkingId:
    """Give a sample to a second teacher; she is told.

    Raises:
        ConflictError: somebody has it, or has marked it.
        RefusedError: there is no such sample, or she may not mark it.
        NotAllowedError: the caller does not coordinate.
    """
    call = "SELECT api.give_sample(CAST(:evaluation AS uuid), CAST(:teacher AS uuid))"
    answer = _done(session.scalar(text(call), {"evaluation": evaluation, "teacher": teacher}))
    return MarkingId(UUID(answer["marking"]))


def second_teachers(session: Session, evaluation: EvaluationId) -> tuple[SecondTeacher, ...]:
    """Who could be given a sample, best first: those who are there, then those with the fewest second markings open.

    Raises:
        RefusedError: there is no such sample.
        NotAllowedError: the caller does not coordinate.
    """
    call = "SELECT api.second_teachers(CAST(:evaluation AS uuid))"
    answer = session.scalar(text(call), {"evaluation": evaluation})
    if answer is None:
        raise RefusedError(_REFUSALS["unknown"])
    return tuple(SecondTeacher(UserId(UUID(one["user_id"])), one["name"], one["open"], one["away"]) for one in answer)


def take_sample_back(session: Session, marking: MarkingId, reason: str) -> None:
    """Take a sample from whoever has it; it waits again.

    Raises:
        ConflictError: she has handed it in or back meanwhile.
        RefusedError: there is no such second marking.
        NotAllowedError: the caller does not coordinate.
    """
    call = "SELECT api.take_sample_back(CAST(:marking AS uuid), :reason)"
    _done(session.scalar(text(call), {"marking": marking, "reason": reason}))


def samples(session: Session, limit: int = MOST_SAMPLES) -> tuple[Sample, ...]:
    """Samples: those that wait, then those that somebody has, then those that are marked; of each the newest first.

    Args:
        session: of somebody who coordinates, or an admin's.
        limit: how many at most.

    Raises:
        NotAllowedError: the caller is neither.
    """
    rows = session.execute(text(_SAMPLES_SQL), {"limit": min(limit, MOST_SAMPLES)})
    return tuple(_sample(row) for row in rows)


def results(session: Session, since: datetime, teacher: UserId | None = None) -> Results:
    """How well the markings agree that were handed in since a moment.

    Args:
        session: who coordinates and admins read everybody's; a teacher reads of her own scripts, others get nothing.
        since: aware.
        teacher: of whom; None for all that the caller may read.
    """
    tolerance = _tolerance(session.scalar(text("SELECT api.sample_tolerances()")))
    pairs = tuple(_pair(row) for row in session.execute(text(_MARKS_SQL), {"since": since, "teacher": teacher}))
    return Results(
        pairs,
        tolerance,
        agreement(pairs, tolerance),
        by_teacher(pairs, tolerance),
        by_question(pairs, tolerance),
        by_script(pairs, tolerance),
    )


def _rule(answer: Mapping[str, Any]) -> SampleRule:
    return SampleRule(int(answer["first"]), int(answer["percent"]), bytes.fromhex(answer["key"]))


def _tolerance(answer: Mapping[str, str]) -> Tolerance:
    return Tolerance(Decimal(answer["short"]), Decimal(answer["long"]))


def _sample(row: Any) -> Sample:  # noqa: ANN401 (a row of _SAMPLES_SQL)
    standing = Standing.WAITING
    if row.marking_id is not None:
        standing = Standing.GIVEN if row.ended_at is None else Standing.MARKED
    return Sample(
        evaluation_id=EvaluationId(row.evaluation_id),
        code=script_code(row.exam_instance_id),
        teacher_id=UserId(row.teacher_user_id),
        teacher=row.teacher,
        why=Why(row.why),
        reason=row.reason or "",
        chosen_at=row.chosen_at.astimezone(UTC),
        standing=standing,
        marking_id=None if row.marking_id is None else MarkingId(row.marking_id),
        second_id=None if row.second_id is None else UserId(row.second_id),
        second=row.second or "",
        given_at=None if row.given_at is None else row.given_at.astimezone(UTC),
        marked_at=None if row.ended_at is None else row.ended_at.astimezone(UTC),
        comment=row.comment or "",
        declined=row.declined,
        nobody=standing is Standing.WAITING and row.tried_at is not None,
    )


def _pair(row: Any) -> MarkedTwice:  # noqa: ANN401 (a row of _MARKS_SQL)
    return MarkedTwice(
        evaluation_id=EvaluationId(row.evaluation_id),
        teacher=UserId(row.teacher_user_id),
        question_number=row.question_number,
        question_id=QuestionId(row.question_id),
        question_type=QuestionType(row.question_type),
        possible=row.marks_possible,
        first=row.first_marks,
        second=row.second_marks,
        same_side=row.same_side,
        comment=row.comment,
    )


def _done(answer: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise TypeError(f"the server answered {type(answer).__name__}")
    match answer.get("refused"):
        case None:
            return answer
        case "sampled":
            if answer.get("by"):
                raise ConflictError(f"This script is a sample already: {answer['by']} chose it.")
            raise ConflictError("This script is a sample already: a rule chose it.")
        case "given" if answer.get("rule"):
            raise ConflictError(f"{answer['teacher']} has this sample already.")
        case "given" if "teacher" in answer:
            raise ConflictError(f"{answer['by']} was faster: {answer['teacher']} has this sample.")
        case "marked":
            raise ConflictError("This sample is marked already.")
        case "declined" | "taken_back":
            raise ConflictError("Nobody has this sample any more.", remedy="Look at it again.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


_REFUSALS = {
    "unknown": "There is no such script or sample on the server.",
    "not_completed": "Only a completed script can be marked a second time.",
    "no_teacher": "This person is no active teacher.",
    "sees_all": "Whoever coordinates sees the first marks, so she cannot mark a second time.",
    "same_teacher": "This teacher has had the script herself.",
    "conflict": "This teacher may not mark this student's scripts.",
    "class": "This teacher does not mark this class.",
}
