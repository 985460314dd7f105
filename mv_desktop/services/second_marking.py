"""The second marking of a script, by a teacher who sees nothing of the first one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError, RefusedError
from mv_desktop.domain.identifier import MarkingId
from mv_desktop.domain.second import SecondMark, SecondScript, SecondTask
from mv_desktop.services.evaluation import pulled_page
from mv_desktop.services.moment import moment


def second_tasks(session: Session) -> tuple[SecondTask, ...]:
    """What the signed-in teacher has to mark a second time, the longest given first."""
    answer = session.scalar(text("SELECT api.my_second_markings()"))
    return tuple(
        SecondTask(
            MarkingId(UUID(entry["marking_id"])),
            moment(entry["given_at"]),
            entry["title"],
            entry["class"],
            entry["exam_type"],
            entry["questions"],
        )
        for entry in answer or ()
    )


def read_second(session: Session, marking: MarkingId) -> SecondScript:
    """The paper and the pages of one of them.

    Raises:
        RefusedError: it is not hers, or not any more.
    """
    row = session.execute(
        text(
            "SELECT s - 'snapshot' AS entry, (s -> 'snapshot')::text AS paper"
            " FROM api.read_second_marking(CAST(:marking AS uuid)) s WHERE s IS NOT NULL"
        ),
        {"marking": marking},
    ).one_or_none()
    if row is None:
        raise RefusedError(_REFUSALS["closed"])
    entry = row.entry
    return SecondScript(
        marking_id=MarkingId(UUID(entry["marking_id"])),
        given_at=moment(entry["given_at"]),
        title=entry["title"],
        class_name=entry["class"],
        exam_type=entry["exam_type"],
        snapshot=row.paper,
        declared_unanswered=tuple(entry["declared_unanswered"]),
        pages=tuple(pulled_page(page) for page in entry["pages"]),
    )


def mark_second(session: Session, marking: MarkingId, marks: Sequence[SecondMark], comment: str = "") -> None:
    """Hand in all her marks at once; after that she sees nothing of the script any more. Doing it twice does no harm.

    Args:
        session: the second teacher's.
        marking: what she was given.
        marks: each written question once.
        comment: for who coordinates; "" for none, at most 2000 characters.

    Raises:
        InvalidError: a question is missing, or has marks that it cannot give; nothing was written.
        RefusedError: it is not hers, or not any more.
    """
    sent = [
        {
            "question_number": mark.key.question_number,
            "alternative": mark.key.alternative,
            "marks": str(mark.marks),
            "comment": mark.comment,
        }
        for mark in marks
    ]
    _done(
        session.scalar(
            text("SELECT api.mark_second(CAST(:marking AS uuid), CAST(:marks AS jsonb), :comment)"),
            {"marking": marking, "marks": json.dumps(sent), "comment": comment},
        )
    )


def decline_second(session: Session, marking: MarkingId, reason: str) -> None:
    """Hand it back without marks; who coordinates is told, and may give it to somebody else.

    Raises:
        RefusedError: it is not hers, or not any more.
    """
    _done(
        session.scalar(
            text("SELECT api.decline_second(CAST(:marking AS uuid), :reason)"), {"marking": marking, "reason": reason}
        )
    )


def _done(answer: Mapping[str, Any] | None) -> None:
    if not isinstance(answer, dict):
        raise TypeError(f"the server answered {type(answer).__name__}")
    match answer.get("refused"):
        case None:
            return
        case "incomplete" | "out_of_range" as why:
            numbers = ", ".join(str(number) for number in answer["questions"] if number is not None)
            words = "Questions are not marked yet" if why == "incomplete" else "Marks are not possible"
            raise InvalidError(f"{words}: {numbers}.", kept="Nothing was sent.", remedy="Correct them and try again.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


_REFUSALS = {
    "unknown": "This second marking is not yours.",
    "closed": "This second marking is not yours any more.",
}
