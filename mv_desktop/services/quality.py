"""Samples: which scripts are marked a second time, by whom, and how well the markings agree."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.agreement import MarkedTwice, Tolerance, agreement, by_question, by_script, by_teacher
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.identifier import EvaluationId, MarkingId, QuestionId, UserId
from mv_desktop.domain.quality import OwnAgreement, QualityLook, Results, Sample, Sampling, SecondTeacher
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
SELECT s.evaluation_id, e.exam_instance_id, s.teacher_user_id, s.question_number, s.question_id, s.question_type,
       s.marks_possible, s.first_marks, s.second_marks, s.second_question_id = s.question_id AS same_side,
       coalesce(s.second_comment, '') AS comment
FROM public.sample_marks s
LEFT JOIN public.evaluations e ON e.evaluation_id = s.evaluation_id
WHERE s.marked_at IS NOT NULL AND {condition}
ORDER BY s.marked_at, s.evaluation_id, s.question_number
"""
_SPAN_SQL = _MARKS_SQL.format(
    condition="s.marked_at >= :since AND s.marked_at < coalesce(CAST(:until AS timestamptz), 'infinity')"
    " AND (CAST(:teacher AS uuid) IS NULL OR s.teacher_user_id = CAST(:teacher AS uuid))"
)
_SCRIPT_SQL = _MARKS_SQL.format(condition="s.evaluation_id = CAST(:evaluation AS uuid)")

_WORDINGS_SQL = """
SELECT q.question_id AS key, left(coalesce(q.question_text, ''), 300) AS words
FROM public.questions q WHERE q.question_id = ANY (CAST(:keys AS uuid[]))
"""
_NAMES_SQL = """
SELECT u.user_id AS key, u.first_name || ' ' || u.last_name AS words
FROM public.users u WHERE u.user_id = ANY (CAST(:keys AS uuid[]))
"""
_SAMPLING_SQL = """
SELECT config_key, config_value FROM public.system_config WHERE config_key IN ('sample_first', 'sample_percent')
"""
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything was marked twice."""


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


def read_quality(session: Session) -> QualityLook:
    """The samples, and the rule by which they are chosen.

    Raises:
        NotAllowedError: the caller neither coordinates nor administers.
    """
    values = {row.config_key: row.config_value for row in session.execute(text(_SAMPLING_SQL))}
    return QualityLook(
        samples=samples(session),
        # as api.sample_rule has them where they are not set
        sampling=Sampling(
            int(values.get("sample_first", 0)), int(values.get("sample_percent", 0)), _read_tolerance(session)
        ),
        read_at=session.execute(text("SELECT now()")).scalar_one().astimezone(UTC),
    )


def results(session: Session, since: datetime, teacher: UserId | None = None, until: datetime | None = None) -> Results:
    """How well the markings agree that were handed in since a moment.

    Args:
        session: who coordinates and admins read everybody's; a teacher reads of her own scripts, others get nothing.
        since: aware.
        teacher: of whom; None for all that the caller may read.
        until: aware, itself not any more; None for now.
    """
    tolerance = _read_tolerance(session)
    values = {"since": since, "until": until, "teacher": teacher}
    pairs = tuple(_pair(row) for row in session.execute(text(_SPAN_SQL), values))
    return Results(
        pairs,
        tolerance,
        agreement(pairs, tolerance),
        by_teacher(pairs, tolerance),
        by_question(pairs, tolerance),
        by_script(pairs, tolerance),
    )


def read_results(session: Session, since: datetime, until: datetime) -> Results:
    """As `results`, with the teachers' names and how the questions begin; for who coordinates."""
    found = results(session, since, until=until)
    names = {UserId(key): words for key, words in _words(session, _NAMES_SQL, found.teachers)}
    wordings = {QuestionId(key): words for key, words in _words(session, _WORDINGS_SQL, found.questions)}
    return replace(found, names=names, wordings=wordings)


def read_pairs(session: Session, evaluation: EvaluationId) -> tuple[MarkedTwice, ...]:
    """The questions of a script that was marked twice, in their order; none while it was not."""
    return tuple(_pair(row) for row in session.execute(text(_SCRIPT_SQL), {"evaluation": evaluation}))


def own_agreement(session: Session, teacher: UserId) -> OwnAgreement:
    """What second markings of the caller's own scripts say, the oldest first, and never who made them."""
    found = results(session, _ALWAYS, teacher)
    return OwnAgreement(found.pairs, found.tolerance)


def _rule(answer: Mapping[str, Any]) -> SampleRule:
    return SampleRule(int(answer["first"]), int(answer["percent"]), bytes.fromhex(answer["key"]))


def _read_tolerance(session: Session) -> Tolerance:
    answer = session.execute(text("SELECT api.sample_tolerances()")).scalar_one()
    return Tolerance(Decimal(answer["short"]), Decimal(answer["long"]))


def _words(session: Session, query: str, keys: Iterable[UUID]) -> list[tuple[UUID, str]]:
    return [(row.key, row.words) for row in session.execute(text(query), {"keys": list(keys)})]


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
        code="" if row.exam_instance_id is None else script_code(row.exam_instance_id),
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
