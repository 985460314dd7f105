"""When open scripts will be finished, from what the server knows: for whoever coordinates, and for the worker."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.forecast import Expected, OpenScript, forecast
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.workload import Measured, Paces
from mv_desktop.services.deadline import server_calendar


def open_scripts(session: Session, paces: Paces) -> tuple[OpenScript, ...]:
    """Every script that is not completed, in the order of the deadlines; nobody has those that are held."""
    rows = session.execute(
        text("SELECT evaluation_id, teacher_user_id, exam_type, sla_deadline FROM api.open_scripts()")
    )
    return tuple(
        OpenScript(EvaluationId(evaluation), teacher, due, paces.expected(teacher, ExamType(exam_type)))
        for evaluation, teacher, exam_type, due in rows
    )


def paces(session: Session) -> Paces:
    """How long teachers take, by kind of exam."""
    rows = session.execute(text("SELECT user_id, exam_type, minutes, scripts FROM api.teacher_paces()"))
    return Paces(
        {
            (UserId(teacher), ExamType(exam_type)): Measured(timedelta(minutes=minutes), scripts)
            for teacher, exam_type, minutes, scripts in rows
        }
    )


def away_spans(session: Session, day: date) -> dict[UserId, list[tuple[date, date]]]:
    """When teachers are away from `day` on: from the first day on, back on the second."""
    found: dict[UserId, list[tuple[date, date]]] = {}
    for teacher, first, back in session.execute(text("SELECT * FROM api.away_spans(:day)"), {"day": day}):
        found.setdefault(UserId(teacher), []).append((first, back))
    return found


def expected_finishes(session: Session, now: datetime | None = None) -> tuple[Expected, ...]:
    """What is expected of every open script, in the order of the deadlines.

    A few queries, however many scripts there are.

    Args:
        session: of somebody who coordinates, an admin, or the worker.
        now: the moment from which teachers go on, aware; the server's clock when None.

    Raises:
        NotAllowedError: the caller is none of these.
    """
    now = now or session.execute(text("SELECT now()")).scalar_one()
    calendar = server_calendar(session)
    scripts = open_scripts(session, paces(session))
    away = away_spans(session, now.astimezone(calendar.hours.zone).date())
    return forecast(scripts, away, calendar, now)


def tell_at_risk(session: Session, scripts: Iterable[Expected], limit: int, now: datetime | None = None) -> int:
    """Tell who coordinates of scripts that will be late, for the worker; of each and its deadline once.

    Args:
        session: the worker's.
        scripts: what is at risk, told before or not.
        limit: how many to tell of at most, those that are due first.
        now: the moment, aware; the server's clock when None.

    Returns:
        Of how many nobody had been told. Those that are being written at this moment are left for the next time.
    """
    told = [
        {
            "evaluation_id": str(entry.script.evaluation_id),
            "deadline": entry.script.due.isoformat(),
            "finish": None if entry.finish is None else entry.finish.isoformat(),
            "place": entry.place,
            "minutes_before": round(entry.before.total_seconds() / 60),
        }
        for entry in scripts
    ]
    answer = session.scalar(
        text("SELECT api.tell_at_risk(CAST(:scripts AS jsonb), :limit, coalesce(CAST(:now AS timestamptz), now()))"),
        {"scripts": json.dumps(told), "limit": limit, "now": now},
    )
    return int(answer or 0)
