"""The ten seconds in which a submission, or a handing back, can be taken back.

The intention is on the disk from the first second, so a crash loses neither the submission nor the right to it: what
is still held when the program starts is done then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.clock import Clock
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.operation import HandBack, Leaving
from mv_desktop.ui.marking.port import STORE_LANE, ScriptStore
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.tasks import Periodic, Tasks

HOLD_SECONDS = 10
"""How long a submission can be taken back (`annotation.md`)."""
NO_HOLD_BEFORE_DEADLINE = timedelta(minutes=2)
"""So close to the deadline a submission goes at once."""


@dataclass(slots=True)
class _Held:
    operation: Leaving
    timer: Periodic | None = None
    on_its_way: bool = False
    leaving: bool = False


class SubmissionHold(QObject):
    """Holds submissions and scripts handed back, each for ten seconds, and then writes them into the journal.

    Signals:
        held(EvaluationId, seconds): the submission can be taken back for so long; 0 when it went at once.
        handed_back(EvaluationId, seconds): the same of a script handed back, which is never gone at once.
        released(EvaluationId): it was taken back.
        submitted(EvaluationId): it is in the journal, whichever of the two it was.
        failed(EvaluationId, Exception): it could not be held or written, and the script is open again; or it could not
            be taken back, and is still held. What the file says is to be submitted is always held here, too.
    """

    held = Signal(object, int)
    handed_back = Signal(object, int)
    released = Signal(object)
    submitted = Signal(object)
    failed = Signal(object, object)

    def __init__(self, store: ScriptStore, tasks: Tasks, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._clock = clock
        self._held: dict[EvaluationId, _Held] = {}

    def hold(self, session: MarkingSession) -> None:
        """Submit what `session` shows, unless it is taken back in time."""
        submission, now = session.submission(), self._clock.now()
        if timedelta() <= session.view.deadline - now < NO_HOLD_BEFORE_DEADLINE:
            evaluation_id = session.view.evaluation_id
            self._held[evaluation_id] = _Held(submission, on_its_way=True)
            self.held.emit(evaluation_id, 0)
            session.after_saving(
                partial(self._store.leave, evaluation_id, submission),
                partial(self._on_submitted, evaluation_id),
                partial(self._on_failed, evaluation_id),
                receiver=self,  # the script may be left by then
            )
            return
        self._hold(session, submission)

    def hand_back(self, session: MarkingSession, reason: HandBack) -> None:
        """Give the script of `session` back to the pool, unless that is taken back in time."""
        self._hold(session, reason)

    def holds(self, evaluation_id: EvaluationId) -> bool:
        """True until the submission of a script is in the journal or taken back: nothing may change before that."""
        return evaluation_id in self._held

    def can_take_back(self, evaluation_id: EvaluationId) -> bool:
        """True while the submission of a script is held."""
        held = self._held.get(evaluation_id)
        return held is not None and not held.on_its_way

    def take_back(self, evaluation_id: EvaluationId) -> bool:
        """Do not submit after all; False when it is too late."""
        if not self.can_take_back(evaluation_id):
            return False
        held = self._held.pop(evaluation_id)
        if held.timer is not None:
            held.timer.cancel()
        self._tasks.run(
            STORE_LANE,
            partial(self._store.release_leaving, evaluation_id),
            lambda _: self.released.emit(evaluation_id),
            partial(self._on_release_failed, evaluation_id, held),
            receiver=self,
        )
        return True

    def flush(self) -> None:
        """Submit at once whatever is held: on sign-out and on exit."""
        for evaluation_id, held in list(self._held.items()):
            held.leaving = True
            self._submit(evaluation_id)

    @property
    def latest(self) -> EvaluationId | None:
        """The script that was left last and can still be taken back."""
        return next((held for held in reversed(self._held) if self.can_take_back(held)), None)

    def handing_back(self, evaluation_id: EvaluationId) -> bool:
        """True while the script is about to be handed back, and not submitted."""
        held = self._held.get(evaluation_id)
        return held is not None and isinstance(held.operation, HandBack)

    # -- private ---------------------------------------------------------------------------------------------

    def _hold(self, session: MarkingSession, operation: Leaving) -> None:
        evaluation_id = session.view.evaluation_id
        self._held[evaluation_id] = _Held(operation)
        until: datetime = self._clock.now() + timedelta(seconds=HOLD_SECONDS)
        session.after_saving(
            partial(self._store.hold_leaving, evaluation_id, operation, until),
            partial(self._on_held, evaluation_id),
            partial(self._on_failed, evaluation_id),
            receiver=self,
        )

    def _on_held(self, evaluation_id: EvaluationId, _: None) -> None:
        held = self._held.get(evaluation_id)
        if held is None or held.on_its_way:
            return
        held.timer = self._tasks.after(HOLD_SECONDS, partial(self._submit, evaluation_id), receiver=self)
        handed_back = isinstance(held.operation, HandBack)
        (self.handed_back if handed_back else self.held).emit(evaluation_id, HOLD_SECONDS)

    def _submit(self, evaluation_id: EvaluationId) -> None:
        held = self._held.get(evaluation_id)
        if held is None or held.on_its_way:
            return
        held.on_its_way = True
        if held.timer is not None:
            held.timer.cancel()
        self._tasks.run(
            STORE_LANE,
            _leaving(self._store, evaluation_id, held.operation),
            partial(self._on_submitted, evaluation_id),
            partial(self._on_submit_failed, evaluation_id, held),
            receiver=self,
        )

    def _on_submitted(self, evaluation_id: EvaluationId, _: OperationId) -> None:
        self._held.pop(evaluation_id, None)
        self.submitted.emit(evaluation_id)

    def _on_submit_failed(self, evaluation_id: EvaluationId, held: _Held, error: Exception) -> None:
        """The script is opened again, and what the file says of its submission goes first.

        Not when the teacher leaves: what the file still holds is submitted at the next start.
        """
        if held.leaving:
            self._on_failed(evaluation_id, error)
            return
        self._tasks.run(
            STORE_LANE,
            partial(self._store.release_leaving, evaluation_id),
            lambda _: self._on_failed(evaluation_id, error),
            lambda _: self._on_release_failed(evaluation_id, held, error),
            receiver=self,
        )

    def _on_release_failed(self, evaluation_id: EvaluationId, held: _Held, error: Exception) -> None:
        """The file still says that it is to be submitted, so it is."""
        held.on_its_way = False
        self._held[evaluation_id] = held
        held.timer = self._tasks.after(HOLD_SECONDS, partial(self._submit, evaluation_id), receiver=self)
        self.failed.emit(evaluation_id, error)

    def _on_failed(self, evaluation_id: EvaluationId, error: Exception) -> None:
        self._held.pop(evaluation_id, None)
        self.failed.emit(evaluation_id, error)


def _leaving(store: ScriptStore, evaluation_id: EvaluationId, operation: Leaving) -> Callable[[], OperationId]:
    return lambda: store.leave(evaluation_id, operation)
