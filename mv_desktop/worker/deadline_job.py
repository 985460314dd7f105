"""The worker's jobs for deadlines: mark what has passed its deadline, and tell of what will.

One round a call, as with the jobs for pages. What is done again does no harm: of each deadline people are told once.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services.database import open_session
from mv_desktop.services.deadline import mark_breaches
from mv_desktop.services.forecast import expected_finishes, tell_at_risk

BREACH_BATCH: Final = 500
RISK_BATCH: Final = 500

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
        told = tell_at_risk(session, (entry for entry in expected_finishes(session, now) if entry.at_risk), limit)
    if told:
        _log.info("%d scripts are newly at risk", told)
    return told
