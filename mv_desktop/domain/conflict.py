"""One question marked otherwise on two computers of one teacher: both marks, until she decides (`docs/offline.md`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import EvaluationId, MarkKey, OperationId
from mv_desktop.domain.marks import GivenMark
from mv_desktop.domain.operation import ResolveMark, SetMark


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """What one of the two computers has for the question.

    Attributes:
        given: the mark.
        at: when it was given, as well as that is known; None when it is not.
        op_id: the operation that gave it, None when it is not known here.
        annotations: the question's ink that was drawn there, as it stands now. All of it stands on the script, whatever
            is decided about the mark.
    """

    given: GivenMark
    at: datetime | None = None
    op_id: OperationId | None = None
    annotations: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkConflict:
    """A question, or one alternative of it, with two marks.

    Attributes:
        mine: what was given on this computer; it is what the script shows.
        theirs: what was given on the other.
        held: the operation that the server keeps beside the mark that counts meanwhile.
    """

    evaluation_id: EvaluationId
    key: MarkKey
    mine: ConflictSide
    theirs: ConflictSide
    held: OperationId

    @property
    def question_number(self) -> int:
        """The question."""
        return self.key.question_number

    @property
    def alternative(self) -> str:
        """Which side of an either/or question; "" for a plain one."""
        return self.key.alternative

    def resolved(self, given: GivenMark) -> ResolveMark:
        """The operation with which she decides: `mine.given`, `theirs.given` or a third mark."""
        return ResolveMark(self.key, given, (self.held,))


def undecided(conflicts: Iterable[MarkConflict], decided: Collection[MarkKey]) -> tuple[MarkConflict, ...]:
    """Those of `conflicts` of which no mark was given since (`MarkedScript.decided`)."""
    return tuple(conflict for conflict in conflicts if conflict.key not in decided)


def mark_operation(
    key: MarkKey, given: GivenMark, conflicts: Iterable[MarkConflict], decided: Collection[MarkKey]
) -> SetMark | ResolveMark:
    """How a mark is given: where two stand it is the decision between them, so that undo opens it again."""
    held = tuple(conflict.held for conflict in undecided(conflicts, decided) if conflict.key == key)
    return ResolveMark(key, given, held) if held else SetMark(key, given)
