"""The worker's job for subscriptions: months that begin, and subscriptions whose last day is over.

One round a call, as with the jobs for pages.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services import subscription
from mv_desktop.services.database import open_session

COUNTER_BATCH: Final = 5_000

_log = logging.getLogger(__name__)


def turn_months(engine: Engine, *, limit: int = COUNTER_BATCH) -> int:
    """End subscriptions that are over, and begin the month of those whose billing day has come.

    Returns:
        How many there were of both; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. What was changed before stays so.
    """
    with open_session(engine) as session:
        ended = subscription.expire_subscriptions(session, limit)
    with open_session(engine) as session:
        begun = subscription.begin_months(session, limit)
    if ended or begun:
        _log.info("%d subscriptions have ended, of %d a month has begun", ended, begun)
    return ended + begun
