"""From a hand's movement to a stroke of few points, and the area that its ink covers."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mv_desktop.domain.annotation.stroke import (
    MOST_POINTS,
    Point,
    Trace,
    breadth,
    crossing,
    outline,
    simplified,
    smoothed,
    within,
)

RATIO = 1.4
PIXEL = 0.75 / 1000


def traced(points: list[Point], grain: float = PIXEL) -> tuple[Point, ...]:
    trace = Trace(RATIO, grain)
    for point in points:
        trace.add(point)
    return trace.points()


def distance(x: float, y: float, start: Point, end: Point) -> float:
    """From a spot to the straight line between two points; all even."""
    bx, by = end[0] - start[0], end[1] - start[1]
    square = bx * bx + by * by
    t = 0.0 if square == 0 else max(0.0, min(1.0, ((x - start[0]) * bx + (y - start[1]) * by) / square))
    return math.hypot(x - start[0] - t * bx, y - start[1] - t * by)


def even(points: tuple[Point, ...]) -> list[Point]:
    return [(x, y * RATIO, pressure) for x, y, pressure in points]


# -- storing -------------------------------------------------------------------------------------------------


def test_a_straight_stroke_is_two_points() -> None:
    line = [(0.1 + n / 1000, 0.2, 0.5) for n in range(300)]
    assert traced(line) == ((0.1, 0.2, 0.5), (0.399, 0.2, 0.5))


def test_a_dot_is_one_point() -> None:
    assert traced([(0.123456789, 0.3, 0.256)] * 4) == ((0.12346, 0.3, 0.26),)


def test_nothing_drawn_is_no_point() -> None:
    assert traced([]) == ()


def test_a_curve_drawn_on_pixels_becomes_smooth() -> None:
    """A circle of 60 pixels drawn on whole pixels is never a pixel off, and has no steps."""
    circle = []
    for n in range(200):
        angle = n * math.pi / 100
        x, y = round(500 + 60 * math.cos(angle)) / 1000, round(500 + 60 * math.sin(angle)) / 1000
        circle.append((x, y / RATIO, 0.5))
    points = even(traced(circle))
    assert len(points) < 110
    for x, y, _ in points:
        assert math.hypot(x - 0.5, y - 0.5) == pytest.approx(0.06, abs=0.001)
    turns = []
    for (ax, ay, _), (bx, by, _), (cx, cy, _) in zip(points, points[1:], points[2:], strict=False):
        turn = math.atan2(cy - by, cx - bx) - math.atan2(by - ay, bx - ax)
        turns.append(abs((turn + math.pi) % (2 * math.pi) - math.pi))
    assert max(turns) < math.radians(20)


def test_a_sharp_corner_stays_where_it_was_drawn() -> None:
    tick = [(0.2 + n / 500, 0.2 + n / 500 / RATIO, 0.5) for n in range(20)]
    corner = tick[-1]
    tick += [(corner[0] + n / 500, corner[1] - n / 250 / RATIO, 0.5) for n in range(1, 40)]
    assert min(math.dist(corner[:2], point[:2]) for point in traced(tick)) < 0.0005


def test_a_change_of_pressure_is_kept() -> None:
    line = [(0.1 + n / 1000, 0.2, 0.2 + 0.6 * (n > 150)) for n in range(300)]
    points = traced(line)
    assert points[0][2] == pytest.approx(0.2)
    assert points[-1][2] == pytest.approx(0.8)
    assert 4 <= len(points) < 20


def test_a_very_long_stroke_stays_small_and_whole() -> None:
    scribble = [
        (0.5 + 0.4 * math.cos(n / 9) * math.cos(n / 700), 0.5 + 0.4 * math.sin(n / 11), 0.5) for n in range(12_000)
    ]
    points = traced(scribble)
    assert 100 < len(points) <= MOST_POINTS
    assert points[0][:2] == pytest.approx(scribble[0][:2], abs=1e-4)
    assert points[-1][:2] == pytest.approx(scribble[-1][:2], abs=1e-4)


@settings(deadline=None)
@given(st.integers(2, 400), st.floats(0.002, 0.02), st.floats(0.0, 0.3))
def test_settling_while_drawing_loses_nothing(count: int, step: float, bend: float) -> None:
    """However long the stroke, no point of the drawn one is farther from the stored one than a pixel or two."""
    way, angle, x, y = [], 0.0, 0.5, 0.5
    for number in range(count):
        way.append((x, y / RATIO, 0.5))
        angle += bend * math.sin(number / 5)
        x, y = x + step / 10 * math.cos(angle), y + step / 10 * math.sin(angle)
    stored = even(traced(way))
    for x, y, _ in even(tuple(way[::7])):
        assert min((distance(x, y, a, b) for a, b in pairwise(stored)), default=0.0) < 2.5 * PIXEL


def test_smoothing_does_not_shrink_a_curve() -> None:
    circle = [(math.cos(n / 8), math.sin(n / 8), 0.5) for n in range(50)]
    for x, y, _ in smoothed(circle, 0.01)[5:-5]:
        assert math.hypot(x, y) == pytest.approx(1, abs=0.003)


points = st.lists(
    st.tuples(st.floats(0.3, 0.6), st.floats(0.3, 0.6), st.floats(0, 1)), min_size=1, max_size=60, unique=True
)


@given(points, st.sampled_from([0.0001, 0.01]))
def test_what_is_left_out_lies_within_the_tolerance(way: list[Point], tolerance: float) -> None:
    kept = simplified(way, tolerance)
    assert (kept[0], kept[-1]) == (way[0], way[-1])
    places = [way.index(point) for point in kept]
    assert places == sorted(places)
    for (first, last), (start, end) in zip(pairwise(places), pairwise(kept), strict=True):
        for x, y, _ in way[first : last + 1]:
            assert distance(x, y, start, end) <= tolerance * 1.0001


# -- the edge of the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "outside", "edge"),
    [
        ((0.5, 0.5, 0.2), (1.5, 0.5, 0.4), (1.0, 0.5, 0.3)),
        ((0.5, 0.5, 0.5), (-0.5, 0.5, 0.5), (0.0, 0.5, 0.5)),
        ((0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.5, 0.0, 0.5)),
        ((0.5, 0.75, 0.5), (1.5, 1.25, 0.5), (1.0, 1.0, 0.5)),
        ((1.0, 0.5, 0.5), (1.5, 0.5, 0.5), (1.0, 0.5, 0.5)),
    ],
)
def test_where_a_movement_leaves_the_page(inside: Point, outside: Point, edge: Point) -> None:
    assert crossing(inside, outside) == pytest.approx(edge)
    assert within(crossing(inside, outside))


# -- the area of the ink -------------------------------------------------------------------------------------


def covered(area: list[tuple[float, float]], x: float, y: float) -> bool:
    """True where the polygon winds around a spot."""
    winding = 0
    for (ax, ay), (bx, by) in pairwise([*area, area[0]]):
        side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
        if ay <= y < by and side > 0:
            winding += 1
        elif by <= y < ay and side < 0:
            winding -= 1
    return winding != 0


def test_a_dot_is_round() -> None:
    area = outline([(0.5, 0.5, 0.5)], 0.1, 2.0)
    for x, y in area:
        assert math.hypot(x - 0.5, y - 1.0) == pytest.approx(0.05)


def test_nothing_covers_nothing() -> None:
    assert outline([], 0.1, 1.0) == []


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(30, 60), st.integers(30, 60)).map(lambda p: (p[0] / 100, p[1] / 100)),
        min_size=2,
        max_size=12,
    ),
    st.floats(0.1, 0.9),
)
@example([(0.3, 0.3), (0.6, 0.3), (0.3, 0.3)], 0.5)
@example([(0.3, 0.3), (0.6, 0.3), (0.59, 0.3), (0.59, 0.31), (0.6, 0.31), (0.6, 0.3)], 0.9)
def test_all_of_the_way_is_covered_and_nothing_far_from_it(way: list[tuple[float, float]], pressure: float) -> None:
    """However sharply it turns and however narrow it curls, ink has no hole along its way."""
    stroke = [(x, y, pressure) for x, y in way]
    area = outline(stroke, 0.02, 1.0)
    half = breadth(0.02, pressure) / 2
    for start, end in pairwise(stroke):
        for share in (0.03, 0.5, 0.97):
            x, y = (a + (b - a) * share for a, b in zip(start[:2], end[:2], strict=True))
            for angle in (0.3, 2.4, 4.5):
                spot = (x + 0.9 * half * math.cos(angle), y + 0.9 * half * math.sin(angle))
                assert covered(area, *spot)
    for x, y in area:
        assert min(distance(x, y, a, b) for a, b in pairwise(stroke)) <= half * 1.03


def test_a_curl_narrower_than_the_pen_has_no_hole() -> None:
    """A small circle drawn with a broad pen is a blot."""
    curl = [(0.5 + 0.003 * math.cos(n / 4), 0.5 + 0.003 * math.sin(n / 4), 0.3 + n / 100) for n in range(51)]
    area = outline(curl, 0.02, 1.0)
    for x in range(-4, 5):
        for y in range(-4, 5):
            assert covered(area, 0.5 + x / 1000, 0.5 + y / 1000)
