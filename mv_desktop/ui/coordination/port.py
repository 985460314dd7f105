"""What the board needs of the server; called on the lane `BOARD_LANE`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_state import WaitingEntry
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.move import MovedScripts, WantedMove

BOARD_LANE = "board"
"""Where the server is asked."""

PLAN_LANE = "plan"
"""Where a proposal is worked out, which may take a second or two."""

PREVIEW_LANE = "preview"
"""Where it is worked out what a large move does."""


class BoardPlace(Protocol):
    """As `offline.coordination.Coordination`, which raises what its methods say."""

    def look(self) -> Look:
        """The board as it is now; the same object when nothing has changed."""
        ...

    def fetched_at(self, evaluations: Sequence[EvaluationId]) -> Mapping[EvaluationId, datetime]:
        """When their teachers last fetched pages of scripts, where they did lately."""
        ...

    def move(
        self, moves: Sequence[WantedMove], given: Sequence[tuple[WaitingEntry, UserId]], reason: str
    ) -> MovedScripts | None:
        """Move scripts, and give out what nobody ever had: all of it or nothing."""
        ...

    def move_back(self, moved: MovedScripts, reason: str) -> MovedScripts:
        """Undo a move."""
        ...

    def call_in_sick(self, teacher: UserId, return_day: date, reason: str) -> None:
        """Enter that a teacher is away from today on."""
        ...

    def call_back(self, teacher: UserId, reason: str) -> None:
        """Enter that a teacher is back today."""
        ...
