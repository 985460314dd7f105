"""What the screen of quality needs of the server; called on the lane `QUALITY_LANE`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from mv_desktop.domain.agreement import MarkedTwice
from mv_desktop.domain.identifier import EvaluationId, MarkingId, UserId
from mv_desktop.domain.quality import QualityLook, Results, SecondTeacher

QUALITY_LANE = "quality"


class QualityPlace(Protocol):
    """As `offline.quality.Quality`. Whoever was slower than somebody else gets a `ConflictError` that says so."""

    def look(self) -> QualityLook:
        """The samples, and the rule."""
        ...

    def results(self, since: datetime, until: datetime) -> Results:
        """How well markings agree that were handed in from `since` on and before `until`."""
        ...

    def pairs(self, evaluation: EvaluationId) -> tuple[MarkedTwice, ...]:
        """The questions of a script that was marked twice."""
        ...

    def teachers(self, evaluation: EvaluationId) -> tuple[SecondTeacher, ...]:
        """Who could be given a sample, best first."""
        ...

    def give(self, evaluation: EvaluationId, teacher: UserId) -> None:
        """Give a sample to somebody."""
        ...

    def take_back(self, marking: MarkingId, reason: str) -> None:
        """Take a sample from whoever has it."""
        ...

    def ask(self, code: str, reason: str) -> EvaluationId:
        """Have the completed script with this code marked a second time; answers which it is."""
        ...
