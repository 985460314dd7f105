"""Has scripts of the demo marked a second time, which the worker leaves to chance where no teacher is new."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError
from mv_desktop.demo.population import staff
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.services.quality import ask_sample, give_sample

_WHY = "To compare how we mark before the December papers"


def ask_second(session: Session, script: EvaluationId, teacher: int) -> None:
    """Ask for it, and give it to the demo's first teacher unless it is her own; nothing where it was asked before.

    Args:
        session: of who coordinates, by her own login.
        script: completed.
        teacher: who marked it, as an index into the demo's teachers.
    """
    with suppress(ConflictError):
        ask_sample(session, script, _WHY)
        if teacher:
            give_sample(session, script, UserId(staff()[0].user_id))
