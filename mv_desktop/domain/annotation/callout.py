"""A callout: a box around something, a stamp in the margin beside it, and a line between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

Spot = tuple[float, float]

_BEFORE, _AFTER = 0.5, 1.4  # of a stamp's size: from its centre to its left edge, and to the right end of its marks
_EDGE = 0.4  # to the edge of the page
_SHORTEST = 0.6  # of the line
_GAP = 0.15  # between the line and the stamp
_LEAST = 0.6  # of a box's sides
_APART = 1.3  # from one stamp to the next
_TRIES = 4  # to either side


class Callout(NamedTuple):
    """Where its parts stand.

    Attributes:
        first, second: opposite corners of the box, upper left and lower right.
        start, end: of the line, from the box to the stamp.
        stamp: the stamp's centre.
    """

    first: Spot
    second: Spot
    start: Spot
    end: Spot
    stamp: Spot


def callout(start: Spot, end: Spot, page: Spot, size: float, free: Callable[[Spot], bool]) -> Callout:
    """Where the parts of a callout stand whose box was drawn from `start` to `end`.

    All in one unit, with y down. The stamp goes to the margin that is nearer to the box, else to the other one, else
    above or below the box.

    Args:
        start: a corner on the page.
        end: the opposite one.
        page: its width and height.
        size: the stamp's width.
        free: False where another stamp stands already.
    """
    left, right = _widened(start[0], end[0], page[0], _LEAST * size)
    top, bottom = _widened(start[1], end[1], page[1], _LEAST * size)
    middle = min(max((top + bottom) / 2, _BEFORE * size), page[1] - _BEFORE * size)
    corners = ((left, top), (right, bottom))
    at_left, at_right = (_EDGE + _BEFORE) * size, page[0] - (_EDGE + _AFTER) * size
    sides = {
        "left": (left - at_left - _AFTER * size, at_left, _Line(left, at_left + (_BEFORE + _GAP) * size)),
        "right": (at_right - _BEFORE * size - right, at_right, _Line(right, at_right - (_BEFORE + _GAP) * size)),
    }
    for side in ("left", "right") if left + right < page[0] else ("right", "left"):
        room, x, line = sides[side]
        if room >= _SHORTEST * size:
            y = _free_place(x, middle, page[1], size, free)
            return Callout(*corners, (line.start, middle), (line.end, y), (x, y))
    return _above_or_below(*corners, page, size)


# -- private -------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    start: float
    end: float


def _widened(first: float, second: float, most: float, least: float) -> tuple[float, float]:
    """Both in order, on the page, and at least so far apart that what is between can be seen."""
    low, high = min(first, second), max(first, second)
    missing = max(0.0, least - (high - low)) / 2
    low, high = low - missing, high + missing
    shift = max(0.0, -low) - max(0.0, high - most)
    return max(0.0, low + shift), min(most, high + shift)


def _free_place(x: float, middle: float, height: float, size: float, free: Callable[[Spot], bool]) -> float:
    """The height beside the box, or a little above or below, at which no other stamp stands."""
    return next((y for y in _places(middle, height, size) if free((x, y))), middle)


def _places(middle: float, height: float, size: float) -> Iterator[float]:
    yield middle
    for number in range(1, _TRIES + 1):
        for y in (middle + number * _APART * size, middle - number * _APART * size):
            if _BEFORE * size <= y <= height - _BEFORE * size:
                yield y


def _above_or_below(first: Spot, second: Spot, page: Spot, size: float) -> Callout:
    """At the right end of a box that reaches into both margins."""
    needed = (_EDGE + 2 * _BEFORE + _SHORTEST) * size
    x = max(first[0] + _BEFORE * size, min(second[0], page[0]) - (_EDGE + _AFTER) * size)
    reach = (_BEFORE + _GAP) * size
    if first[1] >= needed or first[1] >= page[1] - second[1]:
        y = max(first[1] - (_SHORTEST + _BEFORE + _GAP) * size, _BEFORE * size)
        return Callout(first, second, (x, first[1]), (x, min(y + reach, first[1])), (x, y))
    y = min(second[1] + (_SHORTEST + _BEFORE + _GAP) * size, page[1] - _BEFORE * size)
    return Callout(first, second, (x, second[1]), (x, max(y - reach, second[1])), (x, y))
