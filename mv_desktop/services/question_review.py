"""Questions that teachers write and hand in, and that admins approve or reject, with what both say of them.

A teacher writes questions of her own, and changes of any that is in the bank. What is handed in waits for an admin
where the settings ask for approval, and always where the question is another's; a change waits beside the question, and
papers go on to be made of the question as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.question import PaperQuestion
from mv_desktop.domain.question_draft import QuestionDraft, QuestionRow, draft_of
from mv_desktop.domain.question_review import Approval, Approved, ReviewState, review_of
from mv_desktop.domain.record import Opened, Slice, Wanted
from mv_desktop.services.question import configured_units, listed_questions
from mv_desktop.services.record import Written, accepted, as_json
from mv_desktop.services.template import content_of

MOST_AT_ONCE = 100
"""So many approvals go to the server in one transaction; it takes 500."""


def own_questions(session: Session, wanted: Wanted, after: QuestionRow | None = None) -> Slice[QuestionRow]:
    """Questions that the caller wrote, or wrote changes of, as `question.find_questions`.

    Args:
        session: on a teacher's own login.
        wanted: as there; with the choice `whose`: "bank" all that are active, whoever wrote them.
        after: as there.
    """
    return listed_questions(session, "own_questions", wanted, after)


def open_own(session: Session, question: UUID) -> Opened[QuestionDraft]:
    """A question of the caller's own, or an active one; as she has changed it, where she has.

    Raises:
        RefusedError: she has none such.
    """
    stored = session.scalar(text("SELECT api.own_question(:question)"), {"question": question})
    if stored is None:
        raise RefusedError("There is no such question of yours on the server.")
    review = review_of(stored["review"])
    draft = draft_of({**stored, **review.change}, configured_units(session))
    return Opened(str(question), datetime.fromisoformat(stored["updated_at"]), replace(draft, review=review))


def own_for_paper(session: Session, questions: Sequence[UUID]) -> tuple[PaperQuestion, ...]:
    """These as a paper would hold them, by class, unit and marks: of a question in the bank, as the caller changed it.

    Args:
        session: on a teacher's own login.
        questions: what she cannot open, or is no question any more, is left out.
    """
    rows = session.scalars(
        text("SELECT api.own_question(o.id) FROM unnest(CAST(:ids AS uuid[])) o (id)"),
        {"ids": [str(one) for one in questions]},
    )
    found = [{**stored, **review_of(stored["review"]).change} for stored in rows if stored is not None]
    names = ("class", "unit", "marks", "created_at", "question_id")
    return tuple(content_of(stored) for stored in sorted(found, key=lambda one: tuple(one[name] for name in names)))


def count_waiting(session: Session) -> int:
    """How many questions wait for an admin, or have changes that do; on his own login; at most 500 are counted."""
    query = "SELECT count(*) FROM api.find_questions('', jsonb_build_object('status', 'waiting'), NULL, NULL, 500)"
    return int(session.scalar(text(query)) or 0)


def count_rejected(session: Session) -> int:
    """How many of the caller's own were not approved and are hers to change; at most 500 are counted."""
    query = "SELECT count(*) FROM api.own_questions('', jsonb_build_object('status', 'rejected'), NULL, NULL, 500)"
    return int(session.scalar(text(query)) or 0)


def put_own(session: Session, question: UUID, seen: datetime | None, values: Mapping[str, Any]) -> Written:
    """Make a draft (`seen` None), or change it; of a question in the bank, whosever, write what it shall become.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        InvalidError: a value does not fit, or breaks a rule of the table.
        RefusedError: it is another's draft, or archived.
    """
    return _written(session, "put_own_question", question=question, seen=seen, values=as_json(values))


def withdraw_own(session: Session, question: UUID, seen: datetime) -> None:
    """Take a draft away, or drop what a question in the bank was to become by the caller.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        RefusedError: it is not the caller's, or nothing is written.
    """
    _asked(session, "withdraw_own_question", question=question, seen=seen)


def submit_question(session: Session, question: UUID, seen: datetime, words: str = "") -> ReviewState:
    """Hand it in; answers whether it waits, or is approved already.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        RefusedError: it is not the caller's, it waits already, or nothing is written.
    """
    return ReviewState(_asked(session, "submit_question", question=question, seen=seen, words=words)["state"])


def take_back_question(session: Session, question: UUID, seen: datetime) -> None:
    """It waits no more.

    Raises:
        ConflictError: somebody has changed it, or decided.
        RefusedError: it is not the caller's, or does not wait.
    """
    _asked(session, "take_back_question", question=question, seen=seen)


def remark_question(session: Session, question: UUID, words: str) -> None:
    """Say something of it; a teacher of her own only. The others who spoke of it are told.

    Raises:
        RefusedError: there is none such for the caller.
        InvalidError: nothing is said.
    """
    _asked(session, "remark_question", question=question, words=words)


def reject_question(session: Session, question: UUID, seen: datetime, words: str) -> None:
    """Say what is wrong with what waits; admins only.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        RefusedError: it does not wait.
    """
    _asked(session, "reject_question", question=question, seen=seen, words=words)


def approve_questions(session: Session, rows: Sequence[Approval], words: str = "") -> Approved:
    """Take drafts, and what waits, into the bank; admins only. What is otherwise than it was seen stays, and is told.

    So does a change of what somebody has changed otherwise since it was written: nothing is written over.

    Args:
        session: on an admin's own login.
        rows: at most 500.
        words: what is said along, if anything.
    """
    return _approved(session, "approve_questions(CAST(:rows AS jsonb), :words)", rows, words=words)


def undo_approvals(session: Session, rows: Sequence[Approval]) -> Approved:
    """Take approvals of one's own back; what was touched since, or stands in a paper made since, stays.

    Args:
        session: on the same admin's own login.
        rows: as `approve_questions` answered them.
    """
    return _approved(session, "undo_approvals(CAST(:rows AS jsonb))", rows)


# -- private ---------------------------------------------------------------------------------------------------

_TYPES = {"question": "uuid", "seen": "timestamptz", "values": "jsonb", "words": "text"}


def _asked(session: Session, function: str, **values: object) -> Mapping[str, Any]:
    arguments = ", ".join(f"CAST(:{name} AS {_TYPES[name]})" for name in values)
    return accepted(session.scalar(text(f"SELECT api.{function}({arguments})"), values))


def _written(session: Session, function: str, **values: object) -> Written:
    answer = _asked(session, function, **values)
    return Written(datetime.fromisoformat(answer["updated_at"]), answer["version"])


def _approved(session: Session, call: str, rows: Sequence[Approval], **values: object) -> Approved:
    sent = [{"question_id": str(row.question_id), "seen": row.seen.isoformat()} for row in rows]
    answer = accepted(session.scalar(text(f"SELECT api.{call}"), {"rows": as_json({"r": sent})[6:-1], **values}))
    seen = {row.question_id: row.seen for row in rows}
    return Approved(
        tuple(
            Approval(key, datetime.fromisoformat(one["updated_at"]) if "updated_at" in one else seen[key])
            for one in answer["done"]
            for key in (UUID(one["question_id"]),)
        ),
        tuple((UUID(one["question_id"]), one["refused"]) for one in answer["left"]),
    )
