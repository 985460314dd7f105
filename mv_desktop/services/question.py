"""Questions of the bank: teachers write drafts of their own, admins write, approve and archive all of them.

Exams hold copies of their questions, so nothing here reaches an exam that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.question import QuestionStatus
from mv_desktop.services.record import Written, accepted, as_json


def own_drafts(session: Session) -> tuple[Mapping[str, Any], ...]:
    """The caller's drafts, oldest first, each with its columns and its `scheme`."""
    return tuple(session.scalar(text("SELECT api.own_drafts()")) or ())


def put_question(
    session: Session, question: UUID, seen: datetime | None, values: Mapping[str, Any], reason: str | None = None
) -> Written:
    """Make a draft (`seen` None, the id is the caller's), or change a question; a teacher only drafts of her own.

    Args:
        session: on a teacher's or an admin's own login.
        question: its id.
        seen: the `updated_at` that the caller saw.
        values: by column, and `scheme`. What was active gets a new version with each change.
        reason: an admin gives one.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit, or breaks a rule of the table.
        RefusedError: there is no such question to be changed by the caller.
    """
    answer = accepted(
        session.scalar(
            text(
                "SELECT api.put_question(CAST(:question AS uuid), CAST(:seen AS timestamptz), CAST(:values AS jsonb),"
                " :reason)"
            ),
            {"question": question, "seen": seen, "values": as_json(values), "reason": reason},
        )
    )
    return Written(datetime.fromisoformat(answer["updated_at"]), answer["version"])


def set_question_status(
    session: Session, question: UUID, seen: datetime, status: QuestionStatus, reason: str
) -> Written:
    """Approve a draft, archive a question, or activate an archived one; admins only.

    Raises:
        ConflictError: somebody was faster.
        RefusedError: there is no such question, or no such step.
    """
    answer = accepted(
        session.scalar(
            text(
                "SELECT api.set_question_status(CAST(:question AS uuid), CAST(:seen AS timestamptz), :status, :reason)"
            ),
            {"question": question, "seen": seen, "status": str(status), "reason": reason},
        )
    )
    return Written(datetime.fromisoformat(answer["updated_at"]))


def withdraw_draft(session: Session, question: UUID, seen: datetime) -> None:
    """Delete a draft of one's own; the audit log keeps what it was.

    Raises:
        ConflictError: somebody has changed it meanwhile.
        RefusedError: it is no draft of the caller's.
    """
    accepted(
        session.scalar(
            text("SELECT api.withdraw_draft(CAST(:question AS uuid), CAST(:seen AS timestamptz))"),
            {"question": question, "seen": seen},
        )
    )
