"""Where a point of a page is for the viewer of a page that is turned."""

import pytest

from mv_desktop.domain.annotation.turned import as_seen, as_uploaded, extent

CORNERS = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
"""From the upper left one, clockwise."""


@pytest.mark.parametrize("turns", range(-1, 5))
def test_each_quarter_leads_a_corner_on_to_the_next(turns):
    seen = [as_seen(turns, *corner) for corner in CORNERS]
    assert seen == [CORNERS[(number + turns) % 4] for number in range(4)]


@pytest.mark.parametrize("turns", range(4))
def test_it_leads_back(turns):
    assert as_uploaded(turns, *as_seen(turns, 0.25, 0.125)) == (0.25, 0.125)


def test_a_page_that_lies_on_its_side_is_as_broad_as_it_was_high():
    assert [extent(turns, 1.5) for turns in range(4)] == [(1.0, 1.5), (1.5, 1.0), (1.0, 1.5), (1.5, 1.0)]
