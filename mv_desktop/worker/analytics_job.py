"""The worker's job for the read models: the leaderboard, and what is known of each student.

Once a day at `analytics_refresh_hour`, and after completions, never twice in five minutes: the database says when, so
this may be asked as often as one likes.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services.analytics import analytics_due, gather_results, refresh_analytics
from mv_desktop.services.database import open_session

GATHER_BATCH: Final = 5_000

_log = logging.getLogger(__name__)


def refresh_read_models(engine: Engine, *, limit: int = GATHER_BATCH, now: datetime | None = None) -> int:
    """Refresh the read models if it is time.

    Args:
        engine: as the worker.
        limit: results that are taken over in one transaction; all that changed are.
        now: the moment; the server's own when None.

    Returns:
        How many changed results were taken over; 0 also when it is not time, or another worker does it.

    Raises:
        UserError: the database cannot be reached. What was taken over stays; the read models are as before.
    """
    with open_session(engine) as session:
        if analytics_due(session, now) is None:
            return 0
    gathered, taken = 0, limit
    while taken == limit:
        with open_session(engine) as session:
            taken = gather_results(session, limit)
        gathered += taken
    with open_session(engine) as session:
        done = refresh_analytics(session, now)
    if done is not None:
        _log.info(
            "read models refreshed (%s) in %.1f s: %d changes, %d exams of %d students",
            done.cause,
            done.seconds,
            gathered,
            done.exams,
            done.students,
        )
    return gathered
