"""Where the parts of a callout stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.annotation.callout import Spot, callout

WIDTH, HEIGHT, SIZE = 1.0, 1.4, 0.03
spots = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT))


def anywhere(_: Spot) -> bool:
    return True


@given(spots, spots)
def test_every_part_is_on_the_page_and_the_line_leads_from_the_box_to_the_stamp(start: Spot, end: Spot) -> None:
    parts = callout(start, end, (WIDTH, HEIGHT), SIZE, anywhere)
    for x, y in parts:
        assert -1e-9 <= x <= WIDTH + 1e-9
        assert -1e-9 <= y <= HEIGHT + 1e-9
    (left, top), (right, bottom) = parts.first, parts.second
    assert left <= min(start[0], end[0]) + 1e-9
    assert right >= max(start[0], end[0]) - 1e-9
    assert min(right - left, bottom - top) >= 0.6 * SIZE - 1e-9
    x, y = parts.start
    assert left - 1e-9 <= x <= right + 1e-9
    assert top - 1e-9 <= y <= bottom + 1e-9
    assert max(abs(parts.end[0] - parts.stamp[0]), abs(parts.end[1] - parts.stamp[1])) <= 0.7 * SIZE


@given(spots, spots)
def test_the_stamp_stands_beside_the_box_wherever_there_is_room(start: Spot, end: Spot) -> None:
    (left, top), (right, bottom), _, _, (x, y) = callout(start, end, (WIDTH, HEIGHT), SIZE, anywhere)
    if right - left > 0.8 and bottom - top > HEIGHT - 0.1:
        return  # a box as large as the page has its stamp inside
    half = SIZE / 2 - 1e-9
    assert x + half <= left or x - half >= right or y + half <= top or y - half >= bottom


def test_a_taken_place_is_avoided_upwards_or_downwards() -> None:
    free_below = callout((0.6, 0.5), (0.7, 0.6), (WIDTH, HEIGHT), SIZE, lambda spot: spot[1] > 0.56)
    assert 0.56 < free_below.stamp[1] < 0.62
    at_the_edge = callout((0.6, 1.38), (0.7, 1.4), (WIDTH, HEIGHT), SIZE, lambda spot: spot[1] < 1.37)
    assert at_the_edge.stamp[1] < 1.37
    full = callout((0.6, 0.5), (0.7, 0.6), (WIDTH, HEIGHT), SIZE, lambda _: False)
    assert full.stamp[1] == 0.55
