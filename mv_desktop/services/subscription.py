"""Subscriptions as the worker looks after them: months that begin, subscriptions that end, and exams that count."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId


def begin_months(session: Session, limit: int, now: datetime | None = None) -> int:
    """Begin the month of subscriptions whose billing day has come, from 01:00 where the school works, once for each.

    Args:
        session: on the worker's login.
        limit: at most so many.
        now: another moment than the server's, for a simulation.

    Returns:
        How many began; what somebody writes to at this moment is left for the next time.
    """
    return _count(session, "begin_months", limit, now)


def expire_subscriptions(session: Session, limit: int, now: datetime | None = None) -> int:
    """End the subscriptions whose last day is over. As `begin_months`."""
    return _count(session, "expire_subscriptions", limit, now)


def take_exam(session: Session, student: UserId, exam_type: ExamType, now: datetime | None = None) -> int:
    """Count an exam that a student starts.

    Returns:
        How many the month has left.

    Raises:
        RefusedError: there is no subscription today, its plan does not allow that type, or the month has none left.
            Nothing was counted.
    """
    answer = session.scalar(
        text(
            "SELECT api.take_exam(CAST(:student AS uuid), CAST(:type AS public.mv_exam_type),"
            " coalesce(CAST(:now AS timestamptz), now()))"
        ),
        {"student": student, "type": exam_type.value, "now": now},
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.take_exam answered {type(answer).__name__}")
    match answer.get("refused"):
        case None:
            return int(answer["remaining"])
        case "no_subscription":
            raise RefusedError("The student has no subscription today.")
        case "not_in_plan":
            raise RefusedError(f"{answer['plan']} does not include exams of this type.")
        case "limit_reached":
            begins = date.fromisoformat(answer["begins"])
            raise RefusedError(
                f"All {answer['limit']} exams of this month are used. The next month begins on {begins:%d/%m/%Y}."
            )
        case why:
            raise RefusedError(f"The server refused: {why}.")


def _count(session: Session, function: str, limit: int, now: datetime | None) -> int:
    call = text(f"SELECT api.{function}(:limit, coalesce(CAST(:now AS timestamptz), now()))")
    return int(session.scalar(call, {"limit": limit, "now": now}) or 0)
