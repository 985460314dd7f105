"""Exams of students as the worker looks after them: time that is up, and results that need no teacher."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


def submit_overdue(session: Session, limit: int, now: datetime | None = None) -> int:
    """Submit exams whose time and grace are over, as of the end of their time; on the worker's login.

    Choices are scored by the frozen paper. Nothing is done where the settings say that exams are not submitted by
    themselves.

    Args:
        session: on the worker's login.
        limit: at most so many.
        now: another moment than the server's, for a simulation.

    Returns:
        How many were looked at. Those that somebody writes to at this moment are left for the next time, those whose
        paper or answers cannot be scored are in the audit log (`exam.stuck`) and left alone for a day.
    """
    return _count(session, "submit_overdue_exams(:limit, coalesce(CAST(:now AS timestamptz), now()))", limit, now)


def score_submitted(session: Session, limit: int) -> int:
    """Score the choices of submitted exams that came in without a score; on the worker's login.

    Returns:
        How many were looked at. What cannot be scored is in the audit log (`exam.stuck`) and left alone for a day.
    """
    return _count(session, "score_submitted_exams(:limit)", limit)


def finish_choice_exams(session: Session, limit: int) -> int:
    """Give submitted exams their result that hold nothing written; on the worker's login. Answers how many."""
    return _count(session, "finish_choice_exams(:limit)", limit)


def _count(session: Session, call: str, limit: int, now: datetime | None = None) -> int:
    return int(
        session.scalar(text(f"SELECT api.{call}"), {"limit": limit} | ({"now": now} if ":now" in call else {})) or 0
    )
