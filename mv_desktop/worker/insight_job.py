"""The worker's job for the dashboards: weeks that changed are summed anew, then promises and volumes.

A round begins ten minutes after the one before at the earliest: the database says when, so this may be asked as often
as one likes.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services.database import open_session
from mv_desktop.services.insight import refresh_insight

WEEKS: Final = 4
"""Summed in one transaction, some seconds of a large school."""

_log = logging.getLogger(__name__)


def refresh_dashboards(engine: Engine, *, weeks: int = WEEKS, now: datetime | None = None) -> int:
    """Bring the dashboards up to date if it is time.

    Args:
        engine: as the worker.
        weeks: so many are summed in one transaction; all that changed are.
        now: the moment; the server's own when None.

    Returns:
        How many weeks were summed anew; 0 also when it is not time, or another worker does it.

    Raises:
        UserError: the database cannot be reached. What was summed stays, and the round goes on the next time.
    """
    summed = 0
    while True:
        with open_session(engine) as session:
            done = refresh_insight(session, weeks, now)
        if done is None:
            return summed
        summed += done.weeks
        if done.over:
            _log.info("dashboards refreshed: %d weeks", summed)
            return summed
