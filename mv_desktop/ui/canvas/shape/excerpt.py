"""How much of a very long stroke or text is drawn: what a person can tell apart, and no more.

The model keeps all of it. A stroke of a hundred thousand points or a text as long as a book could otherwise hold the
window up for seconds, and would again each time it is painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

MOST_POINTS = 1_000
"""Of a stroke: a teacher's longest has a few hundred."""
MOST_LETTERS = 1_000
"""Of a text: the longest that anybody writes on a page has a few hundred."""
MOST_LINES = 60

P = TypeVar("P")


def thinned(points: Sequence[P]) -> Sequence[P]:
    """All points of a stroke, or as many as are drawn of a longer one: evenly taken, with its first and its last."""
    if len(points) <= MOST_POINTS:
        return points
    every = -(-len(points) // (MOST_POINTS - 1))
    return (*points[:-1:every], points[-1])


def excerpt(text: str) -> str:
    """A text, or the beginning of a longer one with an ellipsis."""
    beginning = text[:MOST_LETTERS]
    lines = beginning.split("\n")
    if len(lines) > MOST_LINES:
        beginning = "\n".join(lines[:MOST_LINES])
    return text if len(beginning) == len(text) else f"{beginning}…"
