"""The worker's job for deadlines: mark open evaluations whose deadline has passed.

One round a call, as with the jobs for pages. Telling people about it is not built yet.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services.database import open_session
from mv_desktop.services.deadline import mark_breaches

BREACH_BATCH: Final = 500

_log = logging.getLogger(__name__)


def mark_breached(engine: Engine, *, limit: int = BREACH_BATCH) -> int:
    """Mark the evaluations that have become late.

    Returns:
        How many were marked; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. Nothing was marked.
    """
    with open_session(engine) as session:
        marked = mark_breaches(session, limit)
    if marked:
        _log.info("%d evaluations have passed their deadline", marked)
    return marked
