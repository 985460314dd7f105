"""Many scripts that should go elsewhere at once, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from mv_desktop.core.errors import ConflictError, UserError
from mv_desktop.domain.identifier import EvaluationId, UserId

MOST_AT_ONCE = 2_000
"""As many scripts as the server moves at once."""


@dataclass(frozen=True, slots=True)
class WantedMove:
    """A script and to whom it should go.

    Attributes:
        assignment_version: as whoever decided saw it.
        to: None is the pool.
    """

    evaluation_id: EvaluationId
    assignment_version: int
    to: UserId | None


@dataclass(frozen=True, slots=True)
class MovedScript:
    """A script that was moved.

    Attributes:
        assignment_version: the one that it has now.
        came_from: who had it; None when it lay in the pool.
        to: who has it; None when it lies there now.
    """

    evaluation_id: EvaluationId
    assignment_version: int
    came_from: UserId | None
    to: UserId | None


@dataclass(frozen=True, slots=True)
class MovedScripts:
    """What was done together.

    Attributes:
        batch: names it in the audit log.
        away: who got something and is absent today.
    """

    batch: UUID
    scripts: tuple[MovedScript, ...]
    away: frozenset[UserId] = frozenset()


class MoveError(ConflictError):
    """Nothing was moved, because something of it cannot be.

    Attributes:
        faults: of each script that stands in the way, why: a `ConflictError` says who was faster and how it stands.
    """

    code = "move"

    def __init__(self, faults: Mapping[EvaluationId, UserError]) -> None:
        first = next(iter(faults.values()))
        super().__init__(
            first.message,
            kept="Nothing was moved.",
            remedy="Look at it again; what is still wanted can be moved without it.",
        )
        self.faults = faults
