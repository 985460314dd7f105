"""The undo history of one script: steps made from the operations of the journal.

The journal is never edited: an undo is one more operation, and so is a redo. Which steps can be undone and redone
follows from the operations alone, so the history after reopening is the history before closing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import OperationId
from mv_desktop.domain.operation import HistoryEntry, Operation, PutAnnotations
from mv_desktop.domain.script import Seen


@dataclass(eq=False, slots=True)
class Entry:
    """One operation that was done.

    Attributes:
        inverse: what undoes it, in order; () when it cannot be undone.
        undoes: the entry that this one took back, or None.
        op_id: its name in the journal, None while it is not recorded.
        seen: of the reading of a page, how it had been read before: no step for the teacher, but taken back as well
            when it cannot be saved.
    """

    operation: Operation
    inverse: tuple[Operation, ...] = ()
    undoes: Entry | None = None
    op_id: OperationId | None = None
    seen: Seen | None = None


@dataclass(eq=False, slots=True)
class _Step:
    """One gesture. `entries` did it (or took it back) last; `before` are the entries that they took back."""

    entries: list[Entry]
    before: list[Entry] = field(default_factory=list)


def ink_of(entries: Sequence[Entry]) -> tuple[Placed, ...]:
    """The ink that is seen to change when these are taken back: where it will stand, else where it stands."""
    back = [operation for entry in entries for operation in entry.inverse]
    done = [entry.operation for entry in entries]
    for operations in (back, done):
        found = [item for one in operations if isinstance(one, PutAnnotations) for item in one.placed]
        if found:
            return tuple(found)
    return ()


class UndoHistory:
    """What can be undone and redone.

    Args:
        recorded: the teacher's operations on the script, oldest first.
    """

    def __init__(self, recorded: Sequence[HistoryEntry] = ()) -> None:
        self._entries: list[Entry] = []
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        known: dict[OperationId, Entry] = {}
        for item in recorded:
            undoes = None if item.undoes is None else known.get(item.undoes)
            entry = Entry(item.operation, item.inverse, undoes, item.op_id)
            known[item.op_id] = entry
            # what an operation took back may be older than the history: then it is no step of its own either
            if item.undoes is None or undoes is not None:
                self.add(entry)

    @property
    def can_undo(self) -> bool:
        """There is a step to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """There is a step to redo."""
        return bool(self._undone)

    @property
    def to_undo(self) -> tuple[Entry, ...]:
        """The entries to take back for an undo, in that order."""
        return tuple(reversed(self._done[-1].entries)) if self._done else ()

    @property
    def to_redo(self) -> tuple[Entry, ...]:
        """The entries to take back for a redo, in that order."""
        return tuple(reversed(self._undone[-1].entries)) if self._undone else ()

    def add(self, entry: Entry) -> None:
        """An operation was done: a new step, or a part of an undo or redo."""
        self._entries.append(entry)
        if entry.undoes is None:
            if entry.inverse:
                self._done.append(_Step([entry]))
                self._undone.clear()
        elif not self._moved(entry, entry.undoes, self._done, self._undone):
            self._moved(entry, entry.undoes, self._undone, self._done)

    def drop(self, gone: Collection[Entry]) -> None:
        """Forget operations that could not be recorded; what can be undone is as if they had never been."""
        names = {id(entry) for entry in gone}
        kept = [entry for entry in self._entries if id(entry) not in names]
        self._entries, self._done, self._undone = [], [], []
        for entry in kept:
            self.add(entry)

    @staticmethod
    def _moved(entry: Entry, undoes: Entry, source: list[_Step], target: list[_Step]) -> bool:
        """Let `entry`, which takes back `undoes`, move the step from the top of one stack to the other."""
        if source and undoes in source[-1].entries:
            target.append(_Step([entry], source.pop().entries))
            return True
        # a step of several operations is taken back by several
        if target and undoes in target[-1].before:
            target[-1].entries.append(entry)
            return True
        return False
