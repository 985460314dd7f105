"""Samples and second markings for who coordinates, on the server. Needs a connection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.agreement import MarkedTwice
from mv_desktop.domain.identifier import EvaluationId, MarkingId, UserId
from mv_desktop.domain.quality import QualityLook, Results, SecondTeacher

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Quality:
    """Not for the GUI thread. All methods raise what the services of the same name do, and OfflineError.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def look(self) -> QualityLook:
        """The samples, and the rule."""
        from mv_desktop.services.quality import read_quality

        with self._connect() as session:
            return read_quality(session)

    def results(self, since: datetime, until: datetime) -> Results:
        """How well markings agree that were handed in from `since` on and before `until`."""
        from mv_desktop.services.quality import read_results

        with self._connect() as session:
            return read_results(session, since, until)

    def pairs(self, evaluation: EvaluationId) -> tuple[MarkedTwice, ...]:
        """The questions of a script that was marked twice."""
        from mv_desktop.services.quality import read_pairs

        with self._connect() as session:
            return read_pairs(session, evaluation)

    def teachers(self, evaluation: EvaluationId) -> tuple[SecondTeacher, ...]:
        """Who could be given a sample, best first."""
        from mv_desktop.services.quality import second_teachers

        with self._connect() as session:
            return second_teachers(session, evaluation)

    def give(self, evaluation: EvaluationId, teacher: UserId) -> None:
        """Give a sample to somebody."""
        from mv_desktop.services.quality import give_sample

        with self._connect() as session:
            give_sample(session, evaluation, teacher)

    def take_back(self, marking: MarkingId, reason: str) -> None:
        """Take a sample from whoever has it."""
        from mv_desktop.services.quality import take_sample_back

        with self._connect() as session:
            take_sample_back(session, marking, reason)

    def ask(self, code: str, reason: str) -> EvaluationId:
        """Have the completed script with this code marked a second time; answers which it is."""
        from mv_desktop.services.case import find_scripts
        from mv_desktop.services.quality import ask_sample

        with self._connect() as session:
            scripts = [case.script for case in find_scripts(session, code) if case.script is not None]
            if not scripts:
                raise RefusedError("No script has this code.", remedy="Look at it again.")
            done = [script.evaluation_id for script in scripts if script.completed and script.evaluation_id is not None]
            if len(done) > 1:
                raise RefusedError("More than one script has this code.")
            if not done:
                raise RefusedError("Only a completed script can be marked a second time.")
            ask_sample(session, done[0], reason)
        return done[0]
