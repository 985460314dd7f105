"""Deciding between two marks of a question that were given on two computers: one of them, or a third and less ink.

All ink of both computers stands on the script, whichever mark counts: what was drawn elsewhere may be older than the
disagreement. It goes only where she says so of each piece.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.conflict import ConflictSide, MarkConflict
from mv_desktop.domain.identifier import AnnotationId, OperationId
from mv_desktop.domain.marks import ZERO, EffectiveMark, GivenMark, effective
from mv_desktop.domain.operation import DeleteAnnotations, Operation, PutAnnotations, ResolveMark, SetMark
from mv_desktop.domain.script import MarkedScript


class Side(StrEnum):
    """One of the two computers."""

    MINE = "mine"
    THEIRS = "theirs"

    def of(self, conflict: MarkConflict) -> ConflictSide:
        """What it has."""
        return conflict.mine if self is Side.MINE else conflict.theirs


def side_ink(conflict: MarkConflict, side: Side) -> frozenset[AnnotationId]:
    """The annotations that were drawn on one of the computers."""
    return frozenset(item.annotation.annotation_id for item in side.of(conflict).annotations)


def both_ink(conflict: MarkConflict) -> tuple[Placed, ...]:
    """The annotations of both sides, each once, in the order in which they were made."""
    both = {item.annotation.annotation_id: item for side in Side for item in side.of(conflict).annotations}
    return tuple(both[name] for name in sorted(both, key=lambda item: item.int))


def standing_ink(script: MarkedScript, conflict: MarkConflict) -> frozenset[AnnotationId]:
    """Of the ink of both sides, what stands on the script now."""
    return frozenset(
        item.annotation.annotation_id for item in both_ink(conflict) if item.annotation.annotation_id in script.ink
    )


def mark_with(
    script: MarkedScript, conflict: MarkConflict, given: GivenMark, wanted: Collection[AnnotationId]
) -> EffectiveMark:
    """The mark that would count with `given`, and of both sides' ink with that in `wanted` only."""
    ours = {item.annotation.annotation_id: item for item in both_ink(conflict)}
    others = (item for name, item in script.ink.items() if name not in ours)
    stamps = [item.annotation for item in (*others, *(ours[name] for name in wanted if name in ours))]
    carried = [one.carried for one in stamps if one.mark_key == conflict.key and one.carried is not None]
    return effective(given, sum(carried, ZERO) if carried else None)


def side_mark(script: MarkedScript, conflict: MarkConflict, side: Side) -> EffectiveMark:
    """The mark that would count if that of one computer did, with the ink that stands."""
    return mark_with(script, conflict, side.of(conflict).given, standing_ink(script, conflict))


def deciding(
    script: MarkedScript,
    conflict: MarkConflict,
    given: GivenMark,
    wanted: Collection[AnnotationId],
    settles: tuple[OperationId, ...],
) -> tuple[Operation, ...]:
    """What makes `given` the mark, and leaves of both sides' ink what is in `wanted`; the mark comes last.

    Args:
        script: as it stands.
        conflict: what is decided.
        given: the mark that counts.
        wanted: the annotations that stay, or come back.
        settles: the operations that the server holds of the question; none when it was decided before and she thinks
            again: then the mark is given as any other.
    """
    both = {item.annotation.annotation_id: item for item in both_ink(conflict)}
    gone = tuple(name for name in both if name not in wanted and name in script.ink)
    back = tuple(item for name, item in both.items() if name in wanted and name not in script.ink)
    operations: list[Operation] = []
    if gone:
        operations.append(DeleteAnnotations(gone))
    if back:
        operations.append(PutAnnotations(back))
    operations.append(ResolveMark(conflict.key, given, settles) if settles else SetMark(conflict.key, given))
    return tuple(operations)
