"""A teacher's local file in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mv_desktop.core.errors import UserError
from mv_desktop.domain.evaluation import Place, ScriptView
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import HistoryEntry, Leaving, Operation
from mv_desktop.ui.marking.port import Done, OpenedScript


@dataclass
class FakeScriptStore:
    """Keeps what it is given, in order, and fails when told to.

    Attributes:
        scripts: what `open_script` answers.
        journal: what was recorded, oldest first.
        fail: how many of the next writes fail.
        gate: writes wait while it is not set.
    """

    scripts: dict[EvaluationId, OpenedScript] = field(default_factory=dict)
    journal: list[tuple[EvaluationId, HistoryEntry]] = field(default_factory=list)
    places: dict[EvaluationId, Place] = field(default_factory=dict)
    held: dict[EvaluationId, tuple[Leaving, datetime]] = field(default_factory=dict)
    submitted: dict[EvaluationId, Leaving] = field(default_factory=dict)
    spent: dict[EvaluationId, float] = field(default_factory=dict)
    fail: int = 0
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def open_script(self, evaluation_id: EvaluationId) -> OpenedScript:
        try:
            return self.scripts[evaluation_id]
        except KeyError:
            raise UserError("This script is not on this computer.") from None

    def view(self, evaluation_id: EvaluationId) -> ScriptView:
        return self.open_script(evaluation_id).view

    def record(self, evaluation_id: EvaluationId, *what: Any) -> OperationId:
        (op_id,) = self.record_all(evaluation_id, [what])
        return op_id

    def record_all(self, evaluation_id: EvaluationId, what: Sequence[Done]) -> list[OperationId]:
        self._write()
        made = []
        for operation, inverse, undoes in what:
            made.append(OperationId(UUID(int=len(self.journal) + 1)))
            self.journal.append((evaluation_id, HistoryEntry(made[-1], operation, inverse, undoes)))
        return made

    def set_place(self, evaluation_id: EvaluationId, place: Place) -> None:
        self._write()
        self.places[evaluation_id] = place

    def spend_time(self, evaluation_id: EvaluationId, seconds: float) -> None:
        self._write()
        self.spent[evaluation_id] = self.spent.get(evaluation_id, 0.0) + seconds

    def hold_leaving(self, evaluation_id: EvaluationId, operation: Leaving, until: datetime) -> None:
        self._write()
        self.held[evaluation_id] = (operation, until)

    def release_leaving(self, evaluation_id: EvaluationId) -> None:
        self._write()
        self.held.pop(evaluation_id, None)

    def leave(self, evaluation_id: EvaluationId, operation: Leaving) -> OperationId:
        (op_id,) = self.record_all(evaluation_id, [(operation, (), None)])
        self.held.pop(evaluation_id, None)
        self.submitted[evaluation_id] = operation
        return op_id

    def operations(self, evaluation_id: EvaluationId | None = None) -> list[Operation]:
        """What was recorded, of one script or of all."""
        return [entry.operation for name, entry in self.journal if evaluation_id in {None, name}]

    def history(self, evaluation_id: EvaluationId) -> tuple[HistoryEntry, ...]:
        """The history of one script, as after reopening."""
        return tuple(entry for name, entry in self.journal if name == evaluation_id)

    def _write(self) -> None:
        self.gate.wait(10)
        if self.fail:
            self.fail -= 1
            raise UserError("The disk is full.", remedy="Free some space.")
