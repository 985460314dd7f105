"""Faulty questions: proposed by coordinators, awarded or dropped by admins in all exams of a template, and taken back.

Snapshots and the marks that teachers gave stay; results are worked out anew, also of scripts that are completed later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.domain.adjustment import Adjustment, FaultDecision, FaultProposal, QuestionCase

_PATIENCE = "10min"
"""How long a decision may take: two milliseconds an exam, and templates may have many."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A decision that was carried out: in how many exams the question stood, and how many results that changed."""

    number: int
    exams: int
    rescored: int


def question_cases(session: Session, template: UUID | None = None) -> tuple[QuestionCase, ...]:
    """Every question of which something was proposed or decided, open proposals first.

    Raises:
        NotAllowedError: the caller neither coordinates nor is an admin.
    """
    rows = session.scalar(text("SELECT api.question_adjustments(CAST(:template AS uuid))"), {"template": template})
    return tuple(_case(row) for row in rows or ())


def propose_adjustment(session: Session, template: UUID, question: UUID, adjustment: Adjustment, reason: str) -> int:
    """Propose that a question be awarded or dropped in all exams of a template.

    Returns:
        In how many exams it stands.

    Raises:
        ConflictError: a proposal about it is open already.
        RefusedError: no exam of the template had the question, or that holds already.
        NotAllowedError: the caller does not coordinate.
    """
    answer = _ask(
        session,
        "propose_adjustment(CAST(:t AS uuid), CAST(:q AS uuid), :a, :r)",
        t=template,
        q=question,
        a=str(adjustment),
        r=reason,
    )
    return int(answer["exams"])


def adjust_question(
    session: Session, template: UUID, question: UUID, seen: int, adjustment: Adjustment, reason: str
) -> Adjusted:
    """Award or drop a question in all exams of a template, or take that back; all of it or nothing.

    An open proposal about the question is ended by it.

    Args:
        session: on an admin's own login.
        template: whose exams.
        question: its id in their papers.
        seen: `QuestionCase.seen`, 0 for a question of which nothing was decided.
        adjustment: what is to hold; `NONE` takes back.
        reason: at most 2,000 characters.

    Raises:
        ConflictError: another admin has decided meanwhile.
        RefusedError: no exam had it, that holds already, or nothing would be left of an exam.
        NotAllowedError: the caller is no admin.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    answer = _ask(
        session,
        "adjust_question(CAST(:t AS uuid), CAST(:q AS uuid), :s, :a, :r)",
        t=template,
        q=question,
        s=seen,
        a=str(adjustment),
        r=reason,
    )
    return Adjusted(answer["decision_number"], answer["exams"], answer["rescored"])


def decline_adjustment(session: Session, proposal: UUID, reason: str) -> None:
    """Decline a proposal; what holds goes on holding.

    Raises:
        ConflictError: it was decided meanwhile.
        NotAllowedError: the caller is no admin.
    """
    _ask(session, "decline_adjustment(CAST(:p AS uuid), :r)", p=proposal, r=reason)


def fault_proposal(told: Mapping[str, Any], template: str) -> FaultProposal:
    """A proposal as the database tells it.

    Args:
        told: its answer.
        template: what the template is called.
    """
    return FaultProposal(
        UUID(told["proposal_id"]),
        template,
        Adjustment(told["adjustment"]),
        told["reason"],
        told["by"],
        datetime.fromisoformat(told["at"]),
    )


def rescore_exams(session: Session, limit: int) -> int:
    """Work out the results that a decision does not show in yet; on the worker's login. Answers how many there were."""
    return int(session.scalar(text("SELECT api.rescore_exams(:limit)"), {"limit": limit}) or 0)


_REFUSALS = {
    "unknown": "No exam of this template has that question.",
    "same": "That holds for this question already.",
    "nothing_left": "Of at least one exam nothing would be left. Award the question instead.",
}


def _ask(session: Session, call: str, **values: object) -> Mapping[str, Any]:
    answer = session.scalar(text(f"SELECT api.{call}"), values)
    if not isinstance(answer, dict):
        raise TypeError(f"api.{call} answered {type(answer).__name__}")
    who = answer.get("by") or "Somebody else"
    match answer.get("refused"):
        case None:
            return answer
        case "changed":
            raise ConflictError(f"{who} has decided about this question meanwhile.", remedy="Look at it again.")
        case "proposed":
            raise ConflictError(f"{who} has made a proposal about this question already.")
        case "malformed":
            raise InvalidError("A question can be awarded or dropped, and that can be taken back.")
        case why:
            raise RefusedError(_REFUSALS.get(why, f"The server refused: {why}."))


def _case(row: Mapping[str, Any]) -> QuestionCase:
    proposal = row["proposal"]
    return QuestionCase(
        UUID(row["template_id"]),
        row["template"],
        UUID(row["question_id"]),
        Adjustment(row["adjustment"]),
        row["decision_number"],
        proposal and fault_proposal(proposal, row["template"]),
        tuple(
            FaultDecision(d["decision_number"], d["decision"], d["reason"], d["by"], datetime.fromisoformat(d["at"]))
            for d in row["decisions"]
        ),
    )
