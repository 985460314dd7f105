"""How much room annotations take in one operation: the server takes none above a mebibyte."""

from __future__ import annotations

from collections.abc import Iterable

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.shape import Annotation, Highlight, PenStroke, TextNote

MOST_WEIGHT = 900_000
"""Bytes of one operation; the rest of a mebibyte is for what is not counted."""

_EACH, _POINT = 500, 60
"""Bytes of an annotation's fields and of one of its points, as the database keeps them; never fewer than it takes."""


def weight(annotation: Annotation) -> int:
    """About how many bytes it takes, quickly: no annotation is written for it."""
    if isinstance(annotation, PenStroke | Highlight):
        return _EACH + _POINT * len(annotation.points)
    if isinstance(annotation, TextNote):
        return _EACH + 4 * len(annotation.text)
    return _EACH + len(str(annotation.model_extra or ""))


def check_weight(annotations: Iterable[Annotation]) -> None:
    """Refuse what the server would not take in one go.

    Raises:
        InvalidError: it is too much.
    """
    left = MOST_WEIGHT
    for annotation in annotations:
        left -= weight(annotation)
        if left < 0:
            raise InvalidError(
                "That is too much ink to change in one go.",
                kept="It stays as it was.",
                remedy="Select less of it, and do it in several steps.",
            )
