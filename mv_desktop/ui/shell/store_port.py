"""The local file as the screens want it, by the protocols that they declare."""

from __future__ import annotations

from datetime import datetime

from mv_desktop.core.clock import Clock
from mv_desktop.domain.evaluation import Place, QueueRow, WorkState
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import Leaving, Operation
from mv_desktop.offline.store import LocalStore
from mv_desktop.ui.marking.port import OpenedScript

_OPEN = (WorkState.NEW, WorkState.STARTED)


class QueueOfStore:
    """The queue as the local file has it."""

    def __init__(self, store: LocalStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def rows(self) -> tuple[QueueRow, ...]:
        """All scripts in deadline order, finished ones last."""
        rows = self._store.queue(self._clock.now())
        return (*(row for row in rows if row.state in _OPEN), *(row for row in rows if row.state not in _OPEN))


class ScriptsOfStore:
    """The local file as the marking screen wants it (`ui/marking/port.py`)."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def open_script(self, evaluation_id: EvaluationId) -> OpenedScript:
        """The script, its history and where it was left."""
        store = self._store
        view, history = store.open_script(evaluation_id), store.history(evaluation_id)
        return OpenedScript(view, history, store.place(evaluation_id), store.times.pace(evaluation_id))

    def record(
        self,
        evaluation_id: EvaluationId,
        operation: Operation,
        inverse: tuple[Operation, ...],
        undoes: OperationId | None,
    ) -> OperationId:
        """Append to the journal."""
        return self._store.record(evaluation_id, operation, inverse=inverse, undoes=undoes).op_id

    def set_place(self, evaluation_id: EvaluationId, place: Place) -> None:
        """Remember where the teacher is."""
        self._store.set_place(evaluation_id, place)

    def spend_time(self, evaluation_id: EvaluationId, seconds: float) -> None:
        """Keep how long she worked."""
        self._store.times.spend(evaluation_id, seconds)

    def hold_leaving(self, evaluation_id: EvaluationId, operation: Leaving, until: datetime) -> None:
        """Keep that the script is to be submitted or handed back."""
        self._store.hold_leaving(evaluation_id, operation, until)

    def release_leaving(self, evaluation_id: EvaluationId) -> None:
        """It was taken back."""
        self._store.release_leaving(evaluation_id)

    def leave(self, evaluation_id: EvaluationId, operation: Leaving) -> OperationId:
        """Append the submission or the handing back to the journal and end its hold."""
        return self._store.leave(evaluation_id, operation).op_id
