"""The worker's job for assignment: give what waits to whoever can finish it in time.

One round a call, as with the jobs for pages.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine, text

from mv_desktop.domain.assignment import assign
from mv_desktop.services.assignment_round import MOST_AT_ONCE, markers, record, tell_left, waiting
from mv_desktop.services.database import open_session
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.forecast import paces

ASSIGN_BATCH: Final = 20_000
TELL_BATCH: Final = 20_000

_log = logging.getLogger(__name__)


def assign_scripts(engine: Engine, *, limit: int = ASSIGN_BATCH) -> int:
    """Look at everything that waits, decide once for all of it, and write it down in parts.

    Two workers at once decide about the same scripts; each script is written by one of them, and what the other had
    planned for it is decided anew in its next round.

    Returns:
        How many scripts were given or told of; 0 means that nothing is to be done now.

    Raises:
        UserError: the database cannot be reached. What was written before stays.
    """
    with open_session(engine) as session:
        calendar = server_calendar(session)
        found = waiting(session, calendar, limit)
        if not found.scripts:
            return 0
        now = session.execute(text("SELECT now()")).scalar_one()
        known = paces(session)
        teachers = markers(session, calendar, known, now)
    plan = assign(found.scripts, teachers, known, calendar, now)
    given = 0
    for first in range(0, len(plan.given), MOST_AT_ONCE):
        with open_session(engine) as session:
            given += record(session, plan.given[first : first + MOST_AT_ONCE], found, calendar, now).given
    told = 0
    if plan.left:
        with open_session(engine) as session:
            told = tell_left(session, plan.left, TELL_BATCH)
    if given or told:
        _log.info("%d scripts were given to teachers, %d have nobody", given, len(plan.left))
    return given + told
