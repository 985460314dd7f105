"""A stamp that nobody points a place for stands in the free margin of what is seen."""

import pytest

from mv_desktop.domain.annotation.margin import Part, Point, free_place, is_free
from mv_desktop.domain.annotation.turned import as_seen, extent

SIZE, RATIO = 0.03, 1.414


def test_the_first_stands_at_the_top_of_the_right_margin_and_others_below_it():
    taken: list[Point] = []
    for _ in range(12):
        place = free_place(taken, SIZE, RATIO)
        assert is_free(place, taken, SIZE, RATIO)
        taken.append(place)
    assert {place.x for place in taken} == {0.955}
    assert sorted(taken) == taken
    assert 0 < taken[0].y < taken[-1].y < 1


def test_a_gap_is_filled_first():
    taken = [free_place([], SIZE, RATIO)]
    taken.append(free_place(taken, SIZE, RATIO))
    taken.append(free_place(taken, SIZE, RATIO))
    assert free_place([taken[0], taken[2]], SIZE, RATIO) == taken[1]


@pytest.mark.parametrize("shown", [Part(0.1, 0.4, 0.7, 0.9), Part(0.0, 0.95, 1.0, 1.0), Part(0.2, 0.5, 0.3, 0.52)])
def test_it_stands_in_what_is_seen(shown):
    place = free_place([], SIZE, RATIO, shown)
    assert shown.left <= place.x <= shown.right
    assert shown.top <= place.y <= shown.bottom


def test_a_full_margin_begins_a_column_left_of_it_and_a_full_page_hides_one():
    taken: list[Point] = []
    shown = Part(0.8, 0.0, 1.0, 0.3)
    while is_free(place := free_place(taken, SIZE, RATIO, shown), taken, SIZE, RATIO):
        taken.append(place)
    assert len({stamp.x for stamp in taken}) > 1
    assert place == taken[0]


@pytest.mark.parametrize("turns", range(4))
def test_right_and_up_are_the_viewers(turns):
    breadth, _ = extent(turns, RATIO)
    taken: list[Point] = []
    for _ in range(5):
        place = free_place(taken, SIZE, RATIO, turns=turns)
        assert is_free(place, taken, SIZE, RATIO)
        taken.append(place)
    seen = [as_seen(turns, *place) for place in taken]
    assert [x for x, _ in seen] == pytest.approx([1 - 1.5 * SIZE / breadth] * 5, abs=1e-4)
    assert [y for _, y in seen] == sorted(y for _, y in seen)
    assert seen[0][1] < 0.15


def test_on_a_turned_page_it_stands_in_what_is_seen_of_it():
    shown = Part(0.4, 0.2, 0.9, 0.6)
    place = free_place([], SIZE, RATIO, shown, turns=1)
    assert shown.left <= place.x <= shown.left + 0.2, "the viewer's upper"
    assert shown.top <= place.y <= shown.top + 0.1, "right corner"


def test_a_place_beside_or_below_a_stamp_is_free():
    assert not is_free(Point(0.51, 0.51), [Point(0.5, 0.5)], SIZE, RATIO)
    assert is_free(Point(0.54, 0.5), [Point(0.5, 0.5)], SIZE, RATIO)
    assert is_free(Point(0.5, 0.53), [Point(0.5, 0.5)], SIZE, RATIO)
