"""The worker's job for exams: submit those whose time is up, and give a result to those that need no teacher.

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
    """Submit exams whose time is up, and finish those that hold choices only.

    Returns:
        How many there were of both; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached. What was submitted before stays so.
    """
    with open_session(engine) as session:
        submitted = exam.submit_overdue(session, limit)
    with open_session(engine) as session:
        finished = exam.finish_choice_exams(session, limit)
    if submitted or finished:
        _log.info("%d exams were submitted at the end of their time, %d have their result", submitted, finished)
    return submitted + finished
