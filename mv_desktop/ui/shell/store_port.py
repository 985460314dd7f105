"""The local file as the screens want it, by the protocols that they declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mv_desktop.core.clock import Clock
from mv_desktop.domain.evaluation import Place, QueueRow, ScriptView, TakenSize, WorkState
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import Leaving, Operation
from mv_desktop.offline.store import LocalStore
from mv_desktop.pages.cache import PageCache
from mv_desktop.ui.marking.port import Done, OpenedScript

_OPEN = (WorkState.NEW, WorkState.STARTED)


class QueueOfStore:
    """The queue as the local file has it."""

    def __init__(self, store: LocalStore, clock: Clock, cache: PageCache) -> None:
        self._store, self._clock, self._cache = store, clock, cache

    def rows(self) -> tuple[QueueRow, ...]:
        """All scripts in deadline order, finished ones last."""
        rows = self._store.queue(self._clock.now())
        return (*(row for row in rows if row.state in _OPEN), *(row for row in rows if row.state not in _OPEN))

    def size_of(self, scripts: Sequence[EvaluationId]) -> TakenSize:
        """What taking these along comes to, and how much room there is."""
        room = self._cache.quota - self._store.pages.staying(scripts)
        return replace(self._store.pages.size_of(scripts), room=max(0, room))

    def take(self, scripts: Sequence[EvaluationId]) -> None:
        """Keep their pages here from now on."""
        self._store.pages.take(scripts, self._clock.now())

    def release(self, scripts: Sequence[EvaluationId]) -> None:
        """They need not stay any more."""
        self._store.pages.release(scripts)


class ScriptsOfStore:
    """The local file as the marking screen wants it (`ui/marking/port.py`)."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def open_script(self, evaluation_id: EvaluationId) -> OpenedScript:
        """The script, its history and where it was left."""
        store = self._store
        view, history = store.open_script(evaluation_id), store.history(evaluation_id)
        return OpenedScript(view, history, store.place(evaluation_id), store.times.pace(evaluation_id))

    def view(self, evaluation_id: EvaluationId) -> ScriptView:
        """The script, with what is to be decided of it."""
        return self._store.open_script(evaluation_id)

    def record(
        self,
        evaluation_id: EvaluationId,
        operation: Operation,
        inverse: tuple[Operation, ...],
        undoes: OperationId | None,
    ) -> OperationId:
        """Append to the journal."""
        return self._store.record(evaluation_id, operation, inverse=inverse, undoes=undoes).op_id

    def record_all(self, evaluation_id: EvaluationId, what: Sequence[Done]) -> tuple[OperationId, ...]:
        """The same of several, all of them or none."""
        return tuple(recorded.op_id for recorded in self._store.record_all(evaluation_id, what))

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
