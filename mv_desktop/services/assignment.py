"""Who marks which script until when: what coordinators decide, each with a reason.

Whoever was slower than somebody else gets a `ConflictError` that says how the script stands now; a `RefusedError` says
why something cannot be done at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, FlagId, UserId
from mv_desktop.domain.returned import ReturnedQuestion, written_pin


@dataclass(frozen=True, slots=True)
class Assigned:
    """A script in somebody's hands; `away` when she is absent today, which forbids nothing."""

    assignment_version: int
    away: bool = False
    evaluation_id: EvaluationId | None = None


def assign_script(
    session: Session, exam: ExamInstanceId, teacher: UserId, sla_hours: int, deadline: datetime, reason: str
) -> Assigned:
    """Give a script that nobody ever had to a teacher.

    Raises:
        ConflictError: somebody has assigned it meanwhile.
        RefusedError: there is no such script to mark, or no such teacher.
        NotAllowedError: the caller neither coordinates nor is the worker.
    """
    answer = _ask(session, "assign_script", exam, teacher, sla_hours, deadline, reason)
    return _assigned(answer, EvaluationId(UUID(answer["evaluation_id"])))


def move_script(
    session: Session, evaluation: EvaluationId, assignment_version: int, teacher: UserId, reason: str
) -> Assigned:
    """Give a script to another teacher, or one from the pool to anybody. Its deadline stays; work is kept."""
    return _assigned(_ask(session, "move_script", evaluation, assignment_version, teacher, reason))


def pool_script(session: Session, evaluation: EvaluationId, assignment_version: int, reason: str) -> None:
    """Put a script back into the pool; what was marked stays until somebody else gets it."""
    _ask(session, "pool_script", evaluation, assignment_version, reason)


def withdraw_script(session: Session, evaluation: EvaluationId, assignment_version: int, reason: str) -> None:
    """Take a script out of marking until it is released."""
    _ask(session, "withdraw_script", evaluation, assignment_version, reason)


def release_script(session: Session, evaluation: EvaluationId, assignment_version: int, reason: str) -> Assigned:
    """Give a script from the pool, or a withdrawn one, back to the teacher who had it, as she left it."""
    return _assigned(_ask(session, "release_script", evaluation, assignment_version, reason))


def extend_deadline(
    session: Session, evaluation: EvaluationId, seen: datetime, deadline: datetime, reason: str
) -> None:
    """Give a script more time than `seen`, the deadline that the caller saw. A breach that was stays one."""
    _ask(session, "extend_deadline", evaluation, seen, deadline, reason)


def excuse_deadline(session: Session, evaluation: EvaluationId, seen: datetime, reason: str) -> None:
    """Excuse that the deadline `seen` was not kept; the breach stays and so does the deadline."""
    _ask(session, "excuse_deadline", evaluation, seen, reason)


def answer_flag(session: Session, flag: FlagId, answer: str) -> None:
    """Answer a teacher's flag, once; her computer fetches it with the next sync."""
    _ask(session, "answer_flag", flag, answer)


def return_questions(
    session: Session,
    evaluation: EvaluationId,
    assignment_version: int,
    questions: Sequence[ReturnedQuestion],
    deadline: datetime,
    reason: str,
) -> Assigned:
    """Return questions of a completed script to its teacher, who may change these only.

    What was completed is copied first and stays. `deadline` is the second one, the plan's hours from now.
    """
    returned = [
        {"question_number": q.question_number, "reason": q.reason} | ({"pin": written_pin(q.pin)} if q.pin else {})
        for q in questions
    ]
    arguments = (evaluation, assignment_version, json.dumps(returned), deadline, reason)
    return _assigned(_ask(session, "return_questions", *arguments))


def refusal(answer: Mapping[str, Any]) -> ConflictError | RefusedError:
    """What a "refused" of the server says to a person."""
    who = answer.get("by") or "Somebody else"
    match answer["refused"]:
        case "changed" if "deadline" in answer:
            return ConflictError(f"{who} has changed this deadline meanwhile.", remedy="Look at it again.")
        case "changed":
            return ConflictError(
                f"{who} was faster: the script is with {answer['teacher']} now.", remedy="Look at it again."
            )
        case "handed_back":
            return ConflictError(f"The script is in the pool already: {who} put it there.")
        case "withdrawn":
            return ConflictError(f"The script is withdrawn: {who} took it out of marking.", remedy="Release it first.")
        case "answered":
            return ConflictError(f"{who} has answered this flag already.")
        case why:
            return RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


_SIGNATURES = {
    "assign_script": ("uuid", "uuid", "int", "timestamptz", "text"),
    "move_script": ("uuid", "int", "uuid", "text"),
    "pool_script": ("uuid", "int", "text"),
    "withdraw_script": ("uuid", "int", "text"),
    "release_script": ("uuid", "int", "text"),
    "extend_deadline": ("uuid", "timestamptz", "timestamptz", "text"),
    "excuse_deadline": ("uuid", "timestamptz", "text"),
    "answer_flag": ("uuid", "text"),
    "return_questions": ("uuid", "int", "jsonb", "timestamptz", "text"),
}
_REFUSALS = {
    "unknown": "There is no such script or flag on the server any more.",
    "completed": "This script is completed.",
    "not_completed": "Only questions of a completed script can be returned.",
    "not_uploaded": "This script cannot be given to anybody: its sheets are not complete, or it is marked already.",
    "no_teacher": "This person is no active teacher.",
    "same_teacher": "This teacher has the script already.",
    "not_held": "This script is neither in the pool nor withdrawn.",
    "not_later": "The new deadline must be later than the old one, and within 60 days.",
    "not_breached": "This deadline was kept, so there is nothing to excuse.",
    "excused": "This deadline is excused already.",
    "flag_withdrawn": "The teacher has withdrawn this flag.",
    "unknown_question": "The script has no such marked question.",
    "unknown_page": "Its teacher sees no such page: pin another place.",
    "malformed": "Each returned question needs a reason of at most 2000 characters.",
}


def _ask(session: Session, function: str, *arguments: object) -> Mapping[str, Any]:
    types = _SIGNATURES[function]
    call = ", ".join(f"CAST(:a{n} AS {kind})" for n, kind in enumerate(types))
    values = {f"a{n}": value for n, value in enumerate(arguments)}
    answer = session.scalar(text(f"SELECT api.{function}({call})"), values)
    if not isinstance(answer, dict):
        raise TypeError(f"api.{function} answered {type(answer).__name__}")
    if "refused" in answer:
        raise refusal(answer)
    return answer


def _assigned(answer: Mapping[str, Any], evaluation: EvaluationId | None = None) -> Assigned:
    return Assigned(answer["assignment_version"], "away" in answer.get("warnings", ()), evaluation)
