"""What the marking screen needs from the teacher's local file, as small protocols.

Everything here is called on the lane "store" and never on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mv_desktop.domain.evaluation import Place, ScriptView
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import HistoryEntry, Leaving, Operation
from mv_desktop.domain.pace import Pace

STORE_LANE = "store"
"""The lane that owns the local file."""


@dataclass(frozen=True, slots=True)
class OpenedScript:
    """Everything the screen needs to go on where the teacher stopped.

    Attributes:
        history: her operations on this script, oldest first.
        place: where she was, None when it was never open.
        pace: how long it took so far, and how long such scripts take her.
    """

    view: ScriptView
    history: tuple[HistoryEntry, ...] = ()
    place: Place | None = None
    pace: Pace = field(default_factory=Pace)


Done = tuple[Operation, tuple[Operation, ...], OperationId | None]
"""An operation, what undoes it, and the one that it takes back."""


class Recorder(Protocol):
    """Writes down what the teacher does. A call returns when it is on the disk, and not before."""

    def record_all(self, evaluation_id: EvaluationId, what: Sequence[Done]) -> Sequence[OperationId]:
        """Append operations to the journal, all of them or none.

        Raises:
            UserError: they could not be written; nothing of them was.
        """
        ...


class PlaceStore(Protocol):
    """Remembers how a script was looked at."""

    def set_place(self, evaluation_id: EvaluationId, place: Place) -> None:
        """Remember where the teacher is."""
        ...


class ScriptStore(Recorder, PlaceStore, Protocol):
    """The local file, as far as the marking screen sees it."""

    def open_script(self, evaluation_id: EvaluationId) -> OpenedScript:
        """The script as it stands on this computer.

        Raises:
            UserError: it is not on this computer or cannot be read.
        """
        ...

    def spend_time(self, evaluation_id: EvaluationId, seconds: float) -> None:
        """So much more time was spent on the script; it stays on this computer."""
        ...

    def hold_leaving(self, evaluation_id: EvaluationId, operation: Leaving, until: datetime) -> None:
        """Keep, durably, that the script is to be submitted or handed back at `until` unless that is taken back.

        What is still held when the program starts is done then.
        """
        ...

    def release_leaving(self, evaluation_id: EvaluationId) -> None:
        """It was taken back: forget that it was held."""
        ...

    def leave(self, evaluation_id: EvaluationId, operation: Leaving) -> OperationId:
        """Append the submission or the handing back to the journal and end its hold, both or neither."""
        ...
