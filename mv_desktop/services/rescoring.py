"""A faulty question in every exam that had it: looked at before, decided at once, worked out exam by exam.

What is decided holds from that moment for every result that is made; results that are there are worked out anew in
small transactions, by who decided as far as they are few, and by the worker. Whoever dies on the way leaves nothing
half done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.adjustment import Adjustment, FaultProposal
from mv_desktop.domain.rescoring import AdjustmentPreview, QuestionFault, Rescoring, Result, ScoreChange
from mv_desktop.services.adjustment import decline_adjustment, fault_proposal

STEP: Final = 100
"""So many exams are worked out in one transaction: a fifth of a second, in which nobody can submit them."""
_PATIENCE = "2min"
"""How long a look ahead may take: half a millisecond an exam."""


def question_fault(session: Session, question: UUID) -> QuestionFault:
    """What was decided about a question; on an admin's own login."""
    return _fault(session.scalar(text("SELECT api.question_fault(CAST(:q AS uuid))"), {"q": question}))


def preview_adjustment(session: Session, question: UUID, adjustment: Adjustment, through: int) -> AdjustmentPreview:
    """What an adjustment would do; nothing is written.

    Args:
        session: on an admin's own login.
        question: its id.
        adjustment: what would hold; `NONE` takes back.
        through: up to which version of the question.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    answer = _ask(session, "preview_adjustment(CAST(:q AS uuid), :a, :t)", q=question, a=str(adjustment), t=through)
    return AdjustmentPreview(
        exams=answer["exams"],
        evaluated=answer["evaluated"],
        students=answer["students"],
        versions=tuple((one["version"], one["exams"]) for one in answer["versions"]),
        looked_at=answer["looked_at"],
        changed=answer["changed"],
        raised=answer["raised"],
        lowered=answer["lowered"],
        changes=tuple(
            ScoreChange(UUID(one["exam"]), one["student"], one["template"], _result(one["old"]), _result(one["new"]))
            for one in answer["named"]
        ),
        nothing_left=answer["nothing_left"],
        fault=_fault(answer["fault"]),
    )


def adjust_everywhere(
    session: Session, question: UUID, seen: int, adjustment: Adjustment, through: int, reason: str
) -> UUID:
    """Decide for every exam that had the question; answers the id of the work that this makes.

    Args:
        session: on an admin's own login.
        question: its id.
        seen: `QuestionFault.seen`.
        adjustment: what is to hold; `NONE` takes back.
        through: up to which version of the question.
        reason: at most 2,000 characters.

    Raises:
        ConflictError: another admin has decided meanwhile.
        RefusedError: no exam had it, that holds already, or nothing would be left of an exam.
        NotAllowedError: the caller is no admin.
    """
    answer = _ask(
        session,
        "adjust_everywhere(CAST(:q AS uuid), :s, :a, :t, :r)",
        q=question,
        s=seen,
        a=str(adjustment),
        t=through,
        r=reason,
    )
    return UUID(answer["rescoring_id"])


def count_faulty(session: Session) -> int:
    """How many questions are proposed as faulty; on an admin's own login; at most 500 are counted."""
    query = "SELECT count(*) FROM api.find_questions('', jsonb_build_object('status', 'faulty'), NULL, NULL, 500)"
    return int(session.scalar(text(query)) or 0)


def decline_proposals(session: Session, proposals: Iterable[UUID], reason: str) -> None:
    """Decline what coordinators proposed of a question, all of it or none; its results stay as they are.

    Args:
        session: on an admin's own login.
        proposals: their ids.
        reason: at most 2,000 characters.

    Raises:
        ConflictError: one was decided meanwhile.
        NotAllowedError: the caller is no admin.
    """
    for proposal in proposals:
        decline_adjustment(session, proposal, reason)


def rescore_step(session: Session, limit: int = STEP, rescoring: UUID | None = None) -> int:
    """Work out the next exams; on an admin's login or the worker's.

    Args:
        session: one transaction, in which nobody else can write these exams.
        limit: at most so many.
        rescoring: of which decision; None for the oldest that has any.

    Returns:
        How many were looked at, 0 when nothing is left to do.
    """
    return int(session.scalar(text("SELECT api.rescore_step(:n, CAST(:r AS uuid))"), {"n": limit, "r": rescoring}) or 0)


def proposals_of(told: Mapping[str, Any]) -> tuple[FaultProposal, ...]:
    """What is proposed of a question, of what the database tells of it; none where it is before revision 075."""
    return tuple(fault_proposal(one, one["template"]) for one in told.get("proposals", ()))


# -- private ---------------------------------------------------------------------------------------------------

_REFUSALS = {
    "unused": "No exam had this question.",
    "same": "That holds for this question already.",
    "nothing_left": "Of at least one exam nothing would be left. Award the question instead.",
}


def _ask(session: Session, call: str, **values: object) -> Mapping[str, Any]:
    answer = session.scalar(text(f"SELECT api.{call}"), values)
    if not isinstance(answer, dict):
        raise TypeError(f"api.{call} answered {type(answer).__name__}")
    match answer.get("refused"):
        case None:
            return answer
        case "changed":
            who = answer.get("by") or "Somebody else"
            raise ConflictError(f"{who} has decided about this question meanwhile.", remedy="Look at it again.")
        case "malformed":
            raise InvalidError("A question can be awarded or dropped, and that can be taken back.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


def _result(told: tuple[str | None, int, str | None]) -> Result:
    score, marks, percent = told
    return Result(None if score is None else Decimal(score), marks, None if percent is None else Decimal(percent))


def _fault(told: Mapping[str, Any] | None) -> QuestionFault:
    if told is None:
        return QuestionFault()
    last = told["last"]
    return QuestionFault(
        told["seen"],
        {Adjustment(name): count for name, count in told["holds"].items()},
        None
        if last is None
        else Rescoring(
            UUID(last["rescoring_id"]),
            Adjustment(last["adjustment"]),
            last["through_version"],
            last["reason"],
            last["by"],
            datetime.fromisoformat(last["at"]),
            last["exams"],
            last["done"],
            last["rescored"],
            None if last["finished_at"] is None else datetime.fromisoformat(last["finished_at"]),
        ),
        proposals_of(told),
    )
