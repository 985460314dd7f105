"""Where a stamp goes that nobody points a place for: the free right margin of what is seen of a page."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from mv_desktop.domain.annotation.turned import as_seen, as_uploaded, extent


class Part(NamedTuple):
    """A part of a page, in fractions of its width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0


WHOLE = Part()


class Point(NamedTuple):
    """A place on a page, in fractions of its width and height."""

    x: float
    y: float


def is_free(place: Point, taken: Collection[Point], size: float, ratio: float) -> bool:
    """No stamp stands so near to `place` that a second one would hide it.

    Args:
        place: the middle of the stamp.
        taken: the middles of the stamps that are there.
        size: a stamp's width, as a fraction of the page's.
        ratio: the page's height over its width.
    """
    return all(abs(x - place.x) >= size or abs(y - place.y) * ratio >= size for x, y in taken)


def free_place(taken: Collection[Point], size: float, ratio: float, shown: Part = WHOLE, turns: int = 0) -> Point:
    """A place in the right margin of what is `shown` of a page: as far up as it is free.

    The margin is full when stamps stand from the top of what is shown to its bottom; then a column left of it is
    taken, and so on. The page is turned for viewing by `turns` quarters, clockwise: right and up are the viewer's. The
    other arguments are those of `is_free`.
    """
    breadth, height = extent(turns, ratio)
    first, last = as_seen(turns, shown.left, shown.top), as_seen(turns, shown.right, shown.bottom)
    part = Part(min(first[0], last[0]), min(first[1], last[1]), max(first[0], last[0]), max(first[1], last[1]))
    there = [Point(*as_seen(turns, *place)) for place in taken]
    x, y = as_uploaded(turns, *_free_place(there, size / breadth, height / breadth, part))
    return Point(round(x, 5), round(y, 5))


# -- private -------------------------------------------------------------------------------------------------


def _free_place(taken: Collection[Point], size: float, ratio: float, shown: Part) -> Point:
    across, down = 1.5 * size, 1.3 * size / ratio
    x = shown.right - across
    top = min(shown.top + 2 * down, max(shown.top, shown.bottom - down))
    while x > shown.left:
        y = top
        while y <= max(top, shown.bottom - down):
            place = Point(round(x, 5), round(y, 5))
            if is_free(place, taken, size, ratio):
                return place
            y += down
        x -= across
    return Point(round(shown.right - across, 5), round(top, 5))
