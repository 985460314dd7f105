"""The worker's jobs for results: work out anew what a decision about a faulty question does not show in yet.

A decision for every exam that had a question leaves the exams to the worker. Completion does it by itself, but for a
submission whose transaction looked at the database as it had been before the decision.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services.adjustment import rescore_exams
from mv_desktop.services.database import open_session
from mv_desktop.services.rescoring import rescore_step

SCORE_BATCH: Final = 100

_log = logging.getLogger(__name__)


def rescore(engine: Engine, *, limit: int = SCORE_BATCH) -> int:
    """Work out results of the last day that are behind a decision.

    Returns:
        How many there were; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. Nothing was changed.
    """
    with open_session(engine) as session:
        found = rescore_exams(session, limit)
    if found:
        _log.info("%d results were worked out anew", found)
    return found


def rescore_everywhere(engine: Engine, *, limit: int = SCORE_BATCH) -> int:
    """Work out the next exams that had a question which was decided about, in one transaction.

    Returns:
        How many were looked at; 0 when nothing is left.

    Raises:
        UserError: the database cannot be reached. Nothing was changed.
    """
    with open_session(engine) as session:
        found = rescore_step(session, limit)
    if found:
        _log.info("%d exams with a faulty question were looked at", found)
    return found
