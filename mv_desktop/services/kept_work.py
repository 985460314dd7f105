"""Work that came from a teacher who has the script no more: what a coordinator reads, takes into it, or declines.

Nothing of it is ever lost: what was declined stays and may be taken later. Whoever was slower than somebody else gets a
`ConflictError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, RefusedError
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.kept_work import KeptQuestion, KeptReading, KeptWork, Piece, RefusedWork, Taken


def kept_work(
    session: Session, evaluation: EvaluationId | None = None, *, decided_too: bool = False
) -> tuple[KeptWork, ...]:
    """All kept work with something undecided, oldest first; of one script when `evaluation` is given.

    Raises:
        NotAllowedError: the caller does not coordinate.
    """
    rows = session.scalar(
        text("SELECT api.kept_work(CAST(:evaluation AS uuid), :decided_too)"),
        {"evaluation": evaluation, "decided_too": decided_too},
    )
    return tuple(
        KeptWork(
            Piece(EvaluationId(UUID(r["evaluation_id"])), UserId(UUID(r["teacher_user_id"])), r["work_version"]),
            r["teacher"],
            r["present_teacher"],
            r["operations"],
            r["waiting"],
            tuple(r["reasons"]),
            r["submitted"],
            datetime.fromisoformat(r["last_at"]),
        )
        for r in rows or ()
    )


def refused_work(session: Session, since: datetime) -> tuple[RefusedWork, ...]:
    """What the server refused since a moment, the latest first; for who coordinates."""
    rows = session.scalar(text("SELECT api.refused_work(:since)"), {"since": since})
    return tuple(
        RefusedWork(
            UserId(UUID(row["teacher_user_id"])),
            row["teacher"],
            row["reason"],
            row["operations"],
            row["scripts"],
            datetime.fromisoformat(row["last_at"]),
        )
        for row in rows
    )


def read_kept(session: Session, piece: Piece) -> KeptReading:
    """A piece question by question.

    Raises:
        RefusedError: there is no such kept work.
        NotAllowedError: the caller does not coordinate.
    """
    answer = _ask(
        session, "read_kept(CAST(:e AS uuid), CAST(:t AS uuid), :w)", e=piece.evaluation_id, t=piece.teacher_user_id,
        w=piece.work_version,
    )  # fmt: skip
    questions = tuple(
        KeptQuestion(
            q["question_number"],
            q["waiting"],
            *(tuple(q[name]) for name in ("marks", "annotations", "present_marks", "present_annotations", "decisions")),
        )
        for q in answer["questions"]
    )
    return KeptReading(
        piece,
        answer["assignment_version"],
        answer["version"],
        answer["seen"],
        answer["replaces"],
        questions,
        tuple(answer["others"]),
    )


def take_kept(session: Session, reading: KeptReading, questions: Sequence[int] | None, reason: str) -> Taken:
    """Take all (None) or some questions into the open script, through the checks that every operation passes.

    Raises:
        ConflictError: somebody has decided, moved the script, or marked one of the questions since it was read.
        RefusedError: the script is completed or held, or nothing could be taken.
    """
    piece = reading.piece
    answer = _ask(
        session,
        "take_kept(CAST(:e AS uuid), CAST(:t AS uuid), :w, :a, :v, :s, CAST(:q AS int[]), :r)",
        e=piece.evaluation_id,
        t=piece.teacher_user_id,
        w=piece.work_version,
        a=reading.assignment_version,
        v=reading.version,
        s=reading.seen,
        q=None if questions is None else list(questions),
        r=reason,
    )
    return Taken(tuple(answer["taken"]), {int(number): why for number, why in answer["left"].items()})


def decline_kept(session: Session, reading: KeptReading, questions: Sequence[int] | None, reason: str) -> None:
    """Say that all (None) or some questions are not taken. They stay, and may be taken later.

    Raises:
        ConflictError: somebody has decided since it was read, or more work has come.
    """
    piece = reading.piece
    _ask(
        session,
        "decline_kept(CAST(:e AS uuid), CAST(:t AS uuid), :w, :s, CAST(:q AS int[]), :r)",
        e=piece.evaluation_id,
        t=piece.teacher_user_id,
        w=piece.work_version,
        s=reading.seen,
        q=None if questions is None else list(questions),
        r=reason,
    )


_REFUSALS = {
    "unknown": "There is no such kept work on the server.",
    "unknown_question": "This kept work has nothing of that question.",
    "completed": "This script is completed. Return its questions first; the kept work waits.",
    "handed_back": "This script is in the pool. Give it to a teacher first; the kept work waits.",
    "withdrawn": "This script is withdrawn. Release it first; the kept work waits.",
    "nothing_taken": "Nothing of this work could be taken; it waits on.",
}


def _ask(session: Session, call: str, **values: object) -> Mapping[str, Any]:
    answer = session.scalar(text(f"SELECT api.{call}"), values)
    if not isinstance(answer, dict):
        raise TypeError(f"api.{call} answered {type(answer).__name__}")
    match answer.get("refused"):
        case None:
            return answer
        case "decided" if answer.get("by"):
            raise ConflictError(f"{answer['by']} has decided about this work meanwhile.", remedy="Look at it again.")
        case "decided":
            raise ConflictError("More work of this teacher has come meanwhile.", remedy="Look at it again.")
        case "changed":
            raise ConflictError(f"The script is with {answer['teacher']} now.", remedy="Look at it again.")
        case "marked_since":
            raise ConflictError("Its teacher has marked this question meanwhile.", remedy="Compare again.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))
