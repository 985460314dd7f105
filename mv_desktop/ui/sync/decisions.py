"""Deciding, question by question, between the marks of two computers: what was decided, recorded, and undone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.conflict import MarkConflict
from mv_desktop.domain.decision import Side, deciding, standing_ink
from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import AnnotationId, MarkKey, OperationId
from mv_desktop.domain.marks import GivenMark
from mv_desktop.domain.operation import Operation
from mv_desktop.domain.script import Change
from mv_desktop.ui.sync.port import STORE_LANE, ConflictStore
from mv_desktop.ui.tasks import Tasks


class Choice(StrEnum):
    """What became of a conflict."""

    OPEN = "open"
    MINE = "mine"
    THEIRS = "theirs"
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, and what was decided of it.

    Attributes:
        held: the operations of the question that the server holds beside the mark that counts.
    """

    conflict: MarkConflict
    held: tuple[OperationId, ...]
    choice: Choice = Choice.OPEN
    given: GivenMark | None = None


@dataclass(slots=True)
class _Done:
    """One operation as it was done; `op_id` is known when the journal has it."""

    operation: Operation
    inverse: tuple[Operation, ...]
    op_id: OperationId | None = None


@dataclass(slots=True)
class _Step:
    """One gesture: what was done, in order, and what was decided before it."""

    before: Decision
    done: list[_Done] = field(default_factory=list)


class Decisions(QObject):
    """The conflicts of one script.

    A decision is in the model at once and on its way to the journal at the same moment. One gesture is undone as a
    whole, though it may be two operations: the ink that goes, and the mark.

    Attributes:
        view: the script; its model is changed by this only.

    Signals:
        changed(Change): something was decided or undone.
        recorded(): something is on the disk and can be sent.
        failed(Exception): it could not be written; the script is to be read anew.
    """

    changed = Signal(object)
    recorded = Signal()
    failed = Signal(object)

    def __init__(self, view: ScriptView, store: ConflictStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self._store, self._tasks = store, tasks
        self._decided = {decision.conflict.key: decision for decision in _decisions(view)}
        self._steps: list[_Step] = []

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def all(self) -> tuple[Decision, ...]:
        """Every question in the order of the paper."""
        return tuple(self._decided.values())

    def of(self, key: MarkKey) -> Decision:
        """A question. Raises KeyError when it is not to be decided."""
        return self._decided[key]

    @property
    def open(self) -> int:
        """How many are to be decided."""
        return sum(decision.choice is Choice.OPEN for decision in self.all)

    @property
    def can_undo(self) -> bool:
        """Something was decided here."""
        return bool(self._steps)

    def next_open(self, after: MarkKey) -> MarkKey | None:
        """The next question to be decided, round to the start; None when all are."""
        keys = list(self._decided)
        place = keys.index(after) + 1
        return next((key for key in (*keys[place:], *keys[:place]) if self.of(key).choice is Choice.OPEN), None)

    # -- deciding --------------------------------------------------------------------------------------------

    def choose(self, key: MarkKey, side: Side) -> None:
        """Let the mark of one computer count; all ink stays."""
        conflict = self.of(key).conflict
        standing = standing_ink(self.view.script, conflict)
        self._decide(key, Choice(side.value), side.of(conflict).given, standing)

    def take_parts(self, key: MarkKey, given: GivenMark, wanted: Collection[AnnotationId]) -> None:
        """Let `given` count, and of the ink of both what is in `wanted`."""
        self._decide(key, Choice.PARTS, given, wanted)

    def undo(self) -> MarkKey | None:
        """Take the last decision back; answers its question."""
        if not self._steps:
            return None
        step = self._steps.pop()
        change = Change()
        for done in reversed(step.done):
            for operation in done.inverse:
                change |= self._do(_Done(operation, self.view.script.inverse(operation)), undone=done)
        self._decided[step.before.conflict.key] = step.before
        self.changed.emit(change)
        return step.before.conflict.key

    def learn(self, view: ScriptView) -> bool:
        """Other conflicts are known of the script now; True when there is something else to be decided than before.

        What was decided here stays decided, until the other computer has said something else again.
        """
        known = {_said(decision) for decision in self.all}
        fresh = [decision for decision in _decisions(view) if _said(decision) not in known]
        here = {conflict.key for conflict in view.conflicts}
        gone = [key for key, decision in self._decided.items() if decision.choice is Choice.OPEN and key not in here]
        if not fresh and not gone:
            return False
        for decision in fresh:
            self._decided[decision.conflict.key] = decision
        for key in gone:
            del self._decided[key]
        self._steps.clear()  # what they would bring back is not what stands there now
        self.view = view
        return True

    # -- private ---------------------------------------------------------------------------------------------

    def _decide(self, key: MarkKey, choice: Choice, given: GivenMark, wanted: Collection[AnnotationId]) -> None:
        before = self.of(key)
        if before.choice is choice and before.given == given and choice is not Choice.PARTS:
            return
        settles = before.held if before.choice is Choice.OPEN else ()
        step = _Step(before)
        change = Change()
        for operation in deciding(self.view.script, before.conflict, given, wanted, settles):
            done = _Done(operation, self.view.script.inverse(operation))
            step.done.append(done)
            change |= self._do(done)
        self._steps.append(step)
        self._decided[key] = replace(before, choice=choice, given=given)
        self.changed.emit(change)

    def _do(self, done: _Done, *, undone: _Done | None = None) -> Change:
        change = self.view.script.apply(done.operation)
        evaluation_id, store = self.view.evaluation_id, self._store

        def record() -> None:  # lanes are in order: what is undone has its id by now
            undoes = None if undone is None else undone.op_id
            done.op_id = store.record(evaluation_id, done.operation, done.inverse, undoes)

        self._tasks.run(STORE_LANE, record, self._on_recorded, self._on_failed, receiver=self)
        return change

    def _on_recorded(self, _: None) -> None:
        self.recorded.emit()

    def _on_failed(self, error: Exception) -> None:
        self._steps.clear()
        self.failed.emit(error)


def _decisions(view: ScriptView) -> tuple[Decision, ...]:
    """A decision a question, though several marks of it may be held: the latest stands for the others."""
    by_key: dict[MarkKey, list[MarkConflict]] = {}
    for conflict in view.conflicts:
        by_key.setdefault(conflict.key, []).append(conflict)
    return tuple(Decision(held[-1], tuple(item.held for item in held)) for held in by_key.values())


def _said(decision: Decision) -> tuple[object, ...]:
    """What makes it another conflict than before; its ink may have gone by a decision."""
    return decision.held, decision.conflict.mine.given, decision.conflict.theirs.given
