"""The worker's job for exams: time that is up, choices that nobody scored, results that need no teacher.

One round a call, as with the jobs for pages.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine

from mv_desktop.services import exam
from mv_desktop.services.database import open_session

EXAM_BATCH: Final = 200

_log = logging.getLogger(__name__)


def submit_exams(engine: Engine, *, limit: int = EXAM_BATCH) -> int:
    """Submit exams whose time is up, score those that came in without a score, and finish those of choices only.

    Returns:
        How many there were of all; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. What was submitted before stays so.
    """
    with open_session(engine) as session:
        submitted = exam.submit_overdue(session, limit)
    with open_session(engine) as session:
        scored = exam.score_submitted(session, limit)
    with open_session(engine) as session:
        finished = exam.finish_choice_exams(session, limit)
    if submitted or scored or finished:
        _log.info("exams: %d at the end of their time, %d scored, %d finished", submitted, scored, finished)
    return submitted + scored + finished
