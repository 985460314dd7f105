"""Deciding between two marks of a question that were given on two computers: one side whole, or parts of both.

A side is its mark and the ink that was drawn there. All ink of both stands on the script until she decides, so that a
mark that is the sum of its stamps means something only together with the ink of its own side.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.conflict import ConflictSide, MarkConflict
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.domain.marks import ZERO, EffectiveMark, GivenMark, effective
from mv_desktop.domain.operation import DeleteAnnotations, Operation, PutAnnotations, SetMark
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
    """The mark that the question has on one of the computers."""
    return mark_with(script, conflict, side.of(conflict).given, side_ink(conflict, side))


def deciding(
    script: MarkedScript, conflict: MarkConflict, given: GivenMark, wanted: Collection[AnnotationId], *, settled: bool
) -> tuple[Operation, ...]:
    """What makes `given` the mark, and leaves of both sides' ink what is in `wanted`; the mark comes last.

    Args:
        script: as it stands.
        conflict: what is decided.
        given: the mark that counts.
        wanted: the annotations that stay, or come back.
        settled: it was decided before, and she thinks again: then the mark is given as any other.
    """
    both = {item.annotation.annotation_id: item for item in both_ink(conflict)}
    gone = tuple(name for name in both if name not in wanted and name in script.ink)
    back = tuple(item for name, item in both.items() if name in wanted and name not in script.ink)
    operations: list[Operation] = []
    if gone:
        operations.append(DeleteAnnotations(gone))
    if back:
        operations.append(PutAnnotations(back))
    operations.append(SetMark(conflict.key, given) if settled else conflict.resolved(given))
    return tuple(operations)
