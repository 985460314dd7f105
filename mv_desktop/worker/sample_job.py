"""The worker's job for quality: decide which completed scripts are marked a second time, and give them to somebody.

One round a call, as with the jobs for pages.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services import quality
from mv_desktop.services.database import open_session

SAMPLE_BATCH: Final = 500
GIVE_BATCH: Final = 20
"""So few, because for each all teachers are looked at while it is locked."""

_log = logging.getLogger(__name__)


def choose_samples(engine: Engine, *, limit: int = SAMPLE_BATCH) -> int:
    """Decide of the scripts that were completed since the last round.

    Returns:
        Of how many was decided; 0 means that nothing is to be done now, or that another worker does it.

    Raises:
        UserError: the database cannot be reached. Nothing was decided.
    """
    with open_session(engine) as session:
        found = quality.choose_samples(session, limit)
    if found.taken:
        _log.info("%d of %d completed scripts are marked a second time", found.taken, found.decided)
    return found.decided


def give_samples(engine: Engine, *, limit: int = GIVE_BATCH) -> int:
    """Give samples that wait to second teachers; for which there is nobody is looked at again ten minutes later.

    Returns:
        How many were looked at; 0 means that nothing is to be done now, or that another worker does it.

    Raises:
        UserError: the database cannot be reached. Nothing was given.
    """
    with open_session(engine) as session:
        found = quality.give_samples(session, limit)
    if found.given:
        _log.info("%d scripts were given to second teachers", found.given)
    if found.looked > found.given:
        _log.info("for %d scripts there is no second teacher now", found.looked - found.given)
    return found.looked
