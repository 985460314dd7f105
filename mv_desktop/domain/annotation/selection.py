"""What is selected together, and what a selection can do: plain data, nothing of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from mv_desktop.domain.annotation.geometry import can_change
from mv_desktop.domain.annotation.shape import Annotation, Figure, Placed, Stamp, TextNote
from mv_desktop.domain.identifier import AnnotationId


class Stretch(StrEnum):
    """How a selection can be made larger and smaller."""

    NONE = "none"
    """Not at all: nothing in it is known to this version."""
    WHOLE = "whole"
    """Only as a whole, by its corners: a stamp has no breadth of its own."""
    WRAP = "wrap"
    """As a whole by its corners; its two sides set the width at which a text wraps."""
    ENDS = "ends"
    """By the two ends of a line or an arrow."""
    FREE = "free"
    """Each way for itself."""


def unit_of(ink: Mapping[AnnotationId, Placed], annotation_id: AnnotationId) -> tuple[AnnotationId, ...]:
    """The annotation and what was made in one gesture with it, in the order in which they were placed."""
    placed = ink.get(annotation_id)
    if placed is None:
        return ()
    group = placed.annotation.group
    if group is None:
        return (annotation_id,)
    return tuple(other for other, item in ink.items() if item.annotation.group == group)


def with_units(ink: Mapping[AnnotationId, Placed], annotation_ids: Iterable[AnnotationId]) -> tuple[AnnotationId, ...]:
    """These annotations and all that belongs to them, each once."""
    chosen = dict.fromkeys(annotation_ids)
    groups = {ink[i].annotation.group for i in chosen if i in ink} - {None}
    if groups:
        chosen |= dict.fromkeys(i for i, item in ink.items() if item.annotation.group in groups)
    return tuple(chosen)


def stretch_of(annotations: Iterable[Annotation]) -> Stretch:
    """How these can be resized together."""
    known = [annotation for annotation in annotations if can_change(annotation)]
    if not known:
        return Stretch.NONE
    if all(isinstance(annotation, Stamp) for annotation in known):
        return Stretch.WHOLE
    if len(known) == 1 and isinstance(known[0], TextNote):
        return Stretch.WRAP
    if len(known) == 1 and isinstance(known[0], Figure) and known[0].type in {"line", "arrow"}:
        return Stretch.ENDS
    return Stretch.FREE


def keeps_proportion(annotations: Iterable[Annotation]) -> bool:
    """True when a corner must keep their proportion: letters and stamps are never squeezed."""
    return any(isinstance(annotation, Stamp | TextNote) for annotation in annotations)
