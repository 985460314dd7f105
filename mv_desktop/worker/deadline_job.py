"""The worker's jobs for deadlines: mark what has passed its deadline, and tell of what will.

One round a call, as with the jobs for pages. What is done again does no harm: of each deadline people are told once.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, text

from mv_desktop.domain.assignment import pressing
from mv_desktop.services.assignment_round import tell_due, waiting
from mv_desktop.services.database import open_session
from mv_desktop.services.deadline import mark_breaches, server_calendar
from mv_desktop.services.forecast import expected_finishes, tell_at_risk

BREACH_BATCH: Final = 1_000
RISK_BATCH: Final = 20_000
WATCH_BATCH: Final = 20_000

_log = logging.getLogger(__name__)


def mark_breached(engine: Engine, *, limit: int = BREACH_BATCH, now: datetime | None = None) -> int:
    """Mark the evaluations that have become late; that is audited, and told to their teachers and to coordinators.

    Args:
        engine: the worker's.
        limit: how many at most.
        now: the moment, aware; the server's clock when None.

    Returns:
        How many were marked; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. Nothing was marked.
    """
    with open_session(engine) as session:
        marked = mark_breaches(session, limit, now)
    if marked:
        _log.info("%d evaluations have passed their deadline", marked)
    return marked


def watch_risk(engine: Engine, *, limit: int = RISK_BATCH, now: datetime | None = None) -> int:
    """Tell coordinators of the open scripts that will not be finished by their deadline.

    Args:
        engine: the worker's.
        limit: of how many new ones at most, those that are due first.
        now: the moment, aware; the server's clock when None.

    Returns:
        Of how many nobody had been told; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. Nobody was told.
    """
    with open_session(engine) as session:
        told = tell_at_risk(session, (entry for entry in expected_finishes(session, now) if entry.at_risk), limit, now)
    if told:
        _log.info("%d scripts are newly at risk", told)
    return told


def watch_unassigned(engine: Engine, *, limit: int = WATCH_BATCH, now: datetime | None = None) -> int:
    """Tell coordinators of scripts that nobody ever had and whose deadline comes near, or has passed.

    The promise is to the student: what has passed is audited as a breach, before anybody was given the script.

    Args:
        engine: the worker's.
        limit: how many to look at at most, those that wait longest.
        now: the moment, aware; the server's clock when None.

    Returns:
        Of how many nobody had been told.

    Raises:
        UserError: the database cannot be reached. Nobody was told.
    """
    with open_session(engine) as session:
        calendar = server_calendar(session)
        found = waiting(session, calendar, limit)
        if not found.scripts:
            return 0
        moment = now or session.execute(text("SELECT now()")).scalar_one()
        told = tell_due(session, pressing(found.scripts, calendar, moment), moment)
    if told:
        _log.info("%d scripts have no teacher, and their deadline is near or past", told)
    return told
