"""What becomes of a hand's movement: a smooth stroke of few points, and the area that its ink covers.

A point is (x, y, pressure) as it is stored: x a fraction of the page's width, y of its height, pressure 0..1. What
reckons with distances takes "even" points, whose y is in page widths, too. `ratio` is a page's height over its width.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float, float]
Spot = tuple[float, float]

EVEN_PRESSURE = 0.5
"""What a mouse presses with: the pen has its nominal width."""

FINEST = 0.00006
"""How far a stored stroke may be from the drawn one: 0.4 pixels at 800 %, where the line is a dozen broad."""
MOST_POINTS = 900
"""Of one stroke. What a very long one has more is thinned out, by as little as will do."""

_PLACES, _PRESSURE_PLACES = 5, 2
_LIGHTEST, _SPAN = 0.35, 1.3  # the width at no pressure, and what full pressure adds, in nominal widths
_CORNER = math.cos(math.radians(65))  # a sharper turn is meant, and is not smoothed away
_SMOOTH = math.cos(math.radians(25))  # a lesser turn needs no joint of its own
_SPACING, _REACH = 1.2, 4.0  # grains: between two points, and to where a turn is looked at from
_PASSES = (0.6, -0.63) * 4
_SETTLE_AFTER, _OVERLAP, _BLOCK = 60, 10, 60  # points


def breadth(width: float, pressure: float) -> float:
    """How broad a pen of nominal `width` is under a pressure."""
    return width * (_LIGHTEST + _SPAN * min(1.0, max(0.0, pressure)))


def within(point: Sequence[float]) -> bool:
    """True on the page, its edge included."""
    return 0.0 <= point[0] <= 1.0 and 0.0 <= point[1] <= 1.0


def crossing(inside: Point, outside: Point) -> Point:
    """Where a movement from a point on the page to one beside it crosses the page's edge."""
    share = 1.0
    for start, end in zip(inside[:2], outside[:2], strict=True):
        if end > 1.0:
            share = min(share, (1.0 - start) / (end - start))
        elif end < 0.0:
            share = min(share, start / (start - end))
    x, y, pressure = (start + (end - start) * share for start, end in zip(inside, outside, strict=True))
    return (min(1.0, max(0.0, x)), min(1.0, max(0.0, y)), pressure)


class Trace:
    """A stroke while it is drawn; settles as it grows, so that lifting the pen costs little however long it was.

    Args:
        ratio: the page's height over its width.
        grain: how exactly the hand can be followed, in page widths: about a pixel of the screen.
        tolerance: how far the stored stroke may be from the smooth one.
    """

    def __init__(self, ratio: float, grain: float, tolerance: float = FINEST) -> None:
        self._ratio, self._grain, self._tolerance = ratio, grain, tolerance
        self._settled: list[Point] = []
        self._fresh: list[Point] = []

    def add(self, point: Point) -> bool:
        """The pen moved on; False when it stands where it was."""
        x, y, pressure = point
        even = (x, y * self._ratio, pressure)
        fresh = self._fresh
        if fresh and fresh[-1][:2] == even[:2]:
            return False
        if len(fresh) > 1 and _apart(fresh[-2], fresh[-1]) < _SPACING * self._grain:
            fresh[-1] = even  # what was between says nothing but where the screen's pixels are
        else:
            fresh.append(even)
        if len(fresh) >= _SETTLE_AFTER:
            self._settle(_OVERLAP)
        return True

    def points(self) -> tuple[Point, ...]:
        """The stroke as it is stored. Nothing can be added afterwards."""
        self._settle(0)
        self._settled = _by_blocks(self._settled, self._tolerance, _BLOCK // 2)  # seams that nobody needs
        return tuple(
            (round(x, _PLACES), round(y / self._ratio, _PLACES), round(pressure, _PRESSURE_PLACES))
            for x, y, pressure in self._settled
        )

    # -- private ---------------------------------------------------------------------------------------------

    def _settle(self, keep: int) -> None:
        """Smooth and thin out all but the last `keep` points, which still wait for what follows them."""
        smooth = smoothed(self._fresh, self._grain)
        seam = len(smooth) - keep
        thin = simplified(curved(smooth[: seam + 1], self._tolerance), self._tolerance)
        self._settled += thin[1:] if self._settled else thin
        self._fresh = [*smooth[seam : seam + 1], *self._fresh[seam + 1 :]]
        if len(self._settled) > MOST_POINTS:
            self._thin_out()

    def _thin_out(self) -> None:
        while len(self._settled) > MOST_POINTS * 0.7:
            self._tolerance *= 1.6
            self._settled = _by_blocks(self._settled, self._tolerance, _BLOCK)


def smoothed(points: Sequence[Point], grain: float) -> list[Point]:
    """Even `points` without the tremble of a hand and the steps of a screen.

    After Taubin: each step inwards is followed by one outwards, so that curves do not shrink. Ends and sharp corners
    stay; `grain` is as in `Trace`.
    """
    result = list(points)
    free = [number for number in range(1, len(points) - 1) if not _corner(points, number, _REACH * grain)]
    for factor in _PASSES:
        before = tuple(result)
        for number in free:
            x, y, pressure = before[number]
            x1, y1, pressure1 = before[number - 1]
            x2, y2, pressure2 = before[number + 1]
            x += factor * ((x1 + x2) / 2 - x)
            y += factor * ((y1 + y2) / 2 - y)
            result[number] = (x, y, pressure + factor * ((pressure1 + pressure2) / 2 - pressure))
    return result


def curved(points: Sequence[Point], tolerance: float = FINEST) -> list[Point]:
    """Even `points` with more between them where a curve through them leaves the straight way by over `tolerance`."""
    if len(points) < 3:
        return list(points)
    result = [points[0]]
    last = len(points) - 1
    for number in range(last):
        a, b, c, d = points[max(0, number - 1)], points[number], points[number + 1], points[min(last, number + 2)]
        # a cubic with the tangents of Catmull and Rom; none at a corner
        out = _tangent(a, b, c)
        into = _tangent(b, c, d)
        bulge = math.hypot(out[0] - into[0], out[1] - into[1]) / 8
        steps = min(12, math.ceil(math.sqrt(bulge / tolerance))) if bulge > tolerance else 1
        for step in range(1, steps):
            t = step / steps
            h10, h11 = t * (1 - t) ** 2, t * t * (t - 1)
            h01 = t * t * (3 - 2 * t)
            result.append(
                (
                    b[0] + (c[0] - b[0]) * h01 + out[0] * h10 + into[0] * h11,
                    b[1] + (c[1] - b[1]) * h01 + out[1] * h10 + into[1] * h11,
                    b[2] + (c[2] - b[2]) * t,
                )
            )
        result.append(c)
    return result


def simplified(points: Sequence[Point], tolerance: float = FINEST) -> list[Point]:
    """As few of even `points` as stay within `tolerance` of all of them (after Ramer, Douglas and Peucker).

    A change of pressure counts as much as the breadth of a fine pen that it changes.
    """
    if len(points) < 3:
        return list(points)
    flat = [(x, y, pressure * 0.002) for x, y, pressure in points]
    keep = bytearray(len(points))
    keep[0] = keep[-1] = 1
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        worst, place = _farthest(flat, first, last)
        if worst > tolerance * tolerance:
            keep[place] = 1
            spans += [(first, place), (place, last)]
    return [point for point, kept in zip(points, keep, strict=True) if kept]


def outline(points: Iterable[Point], width: float, ratio: float) -> list[Spot]:
    """The area that a pen's stroke covers, as one polygon to be filled by the winding rule.

    In page widths both ways: a spot is (x, y · ratio). Turns and ends are round; a single point is a dot.
    """
    way: list[Point] = []
    for x, y, pressure in points:
        down = y * ratio
        if not way or abs(way[-1][0] - x) + abs(way[-1][1] - down) > 1e-7:
            way.append((x, down, breadth(width, pressure) / 2))
    if not way:
        return []
    if len(way) == 1:
        x, y, half = way[0]
        return _arc(x, y, half, 0.0, 2 * math.pi)
    left: list[Spot] = []
    right: list[Spot] = []
    directions = [_direction(start, end) for start, end in pairwise(way)]
    _offset(way[0], directions[0], left, right)
    for number in range(1, len(directions)):
        _joint(way[number - 1 : number + 2], directions[number - 1], directions[number], left, right)
    _offset(way[-1], directions[-1], left, right)
    return [*left, *_cap(way[-1], directions[-1]), *reversed(right), *_cap(way[0], directions[0], back=True)]


# -- private -------------------------------------------------------------------------------------------------


def _by_blocks(points: Sequence[Point], tolerance: float, first: int) -> list[Point]:
    """Simplified by blocks, the first of so many points, so that it takes no longer than a frame."""
    edges = [0, *range(first, len(points) - 1, _BLOCK), len(points) - 1]
    thinned = [simplified(points[start : end + 1], tolerance)[:-1] for start, end in pairwise(edges)]
    return [*(point for block in thinned for point in block), *points[-1:]]


def _apart(first: Point, second: Point) -> float:
    return math.hypot(second[0] - first[0], second[1] - first[1])


def _turn(first: Point, here: Point, last: Point) -> float:
    """The cosine of the turn at a point; 1 straight on."""
    ax, ay, bx, by = here[0] - first[0], here[1] - first[1], last[0] - here[0], last[1] - here[1]
    lengths = math.hypot(ax, ay) * math.hypot(bx, by)
    return (ax * bx + ay * by) / lengths if lengths else 1.0


def _corner(points: Sequence[Point], number: int, reach: float) -> bool:
    """True where the hand turned sharply, seen from `reach` away: nearer there are only the screen's steps."""
    here = points[number]
    before, after = number - 1, number + 1
    while before > 0 and _apart(points[before], here) < reach:
        before -= 1
    while after < len(points) - 1 and _apart(points[after], here) < reach:
        after += 1
    return _turn(points[before], here, points[after]) < _CORNER


def _tangent(first: Point, here: Point, last: Point) -> Spot:
    """The direction of a curve through `here`, as long as its shorter neighbour lets it be."""
    if first is here or here is last or _turn(first, here, last) < _CORNER:
        return (0.0, 0.0) if first is not here and here is not last else (last[0] - first[0], last[1] - first[1])
    x, y = last[0] - first[0], last[1] - first[1]
    length = math.hypot(x, y)
    shorter = min(math.hypot(here[0] - first[0], here[1] - first[1]), math.hypot(last[0] - here[0], last[1] - here[1]))
    return (x * shorter / length, y * shorter / length) if length else (0.0, 0.0)


def _farthest(flat: Sequence[Point], first: int, last: int) -> tuple[float, int]:
    """The square of the largest distance from the straight line between two points, and whose it is."""
    ax, ay, ap = flat[first]
    bx, by, bp = flat[last][0] - ax, flat[last][1] - ay, flat[last][2] - ap
    square = bx * bx + by * by
    worst, place = -1.0, first
    for number in range(first + 1, last):
        x, y, p = flat[number]
        x, y = x - ax, y - ay
        t = min(1.0, max(0.0, (x * bx + y * by) / square)) if square else 0.0
        x, y, p = x - bx * t, y - by * t, p - ap - bp * t
        off = x * x + y * y + p * p
        if off > worst:
            worst, place = off, number
    return worst, place


def _direction(start: Point, end: Point) -> Spot:
    x, y = end[0] - start[0], end[1] - start[1]
    length = math.hypot(x, y)
    return (x / length, y / length)


def _offset(point: Point, direction: Spot, left: list[Spot], right: list[Spot]) -> None:
    """Both edges of the stroke beside a point that it passes in a direction."""
    x, y, half = point
    dx, dy = direction[0] * half, direction[1] * half
    left.append((x + dy, y - dx))
    right.append((x - dy, y + dx))


def _joint(way: Sequence[Point], before: Spot, after: Spot, left: list[Spot], right: list[Spot]) -> None:
    """Both edges where the stroke turns at the middle one of three points.

    On the inner side of a sharp turn the edge goes through the point itself. That way all of the polygon winds the
    same way round and no hole is left, however narrow a curl is.
    """
    start, (x, y, half), end = way
    cosine = before[0] * after[0] + before[1] * after[1]
    sine = before[0] * after[1] - before[1] * after[0]
    if cosine > _SMOOTH:
        room = half * abs(sine) * 0.6
        if abs(x - start[0]) + abs(y - start[1]) > room and abs(end[0] - x) + abs(end[1] - y) > room:
            mx, my = before[0] + after[0], before[1] + after[1]
            length = math.hypot(mx, my)
            _offset((x, y, half), (mx / length, my / length), left, right)
            return
    outer, inner, side = (left, right, 1.0) if sine >= 0 else (right, left, -1.0)
    inner += [
        (x - side * before[1] * half, y + side * before[0] * half),
        (x, y),
        (x - side * after[1] * half, y + side * after[0] * half),
    ]
    begin = math.atan2(-side * before[0], side * before[1])
    outer += _arc(x, y, half, begin, side * math.acos(min(1.0, max(-1.0, cosine))))


def _cap(point: Point, direction: Spot, *, back: bool = False) -> list[Spot]:
    """The half circle at an end, from the left edge to the right one; `back` at the start, from right to left."""
    x, y, half = point
    dx, dy = (-direction[0], -direction[1]) if back else direction
    return _arc(x, y, half, math.atan2(-dx, dy), math.pi)


def _arc(x: float, y: float, radius: float, begin: float, sweep: float) -> list[Spot]:
    """Points on a circle, close enough for the largest zoom."""
    steps = max(1, math.ceil(abs(sweep) / 0.4))
    return [
        (x + radius * math.cos(begin + sweep * step / steps), y + radius * math.sin(begin + sweep * step / steps))
        for step in range(steps + 1)
    ]
