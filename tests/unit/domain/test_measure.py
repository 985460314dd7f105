"""Lengths and angles on a page."""

from __future__ import annotations

import pytest

from mv_desktop.domain.measure import angle_of, direction, in_steps, inclination, opening


@pytest.mark.parametrize(
    ("dx", "dy", "degrees"), [(1, 0, 0), (1, -1, 45), (0, -1, 90), (-1, 0, 180), (0, 1, 270), (1, 1, 315)]
)
def test_angles_run_counterclockwise_although_y_runs_down(dx: float, dy: float, degrees: float):
    assert angle_of(dx, dy) == pytest.approx(degrees)
    x, y = direction(degrees)
    assert angle_of(x, y) == pytest.approx(degrees)


def test_steps_are_the_nearest_ones():
    assert in_steps(37, 15) == 30
    assert in_steps(38, 15) == 45
    assert in_steps(7.26, 0.1) == pytest.approx(7.3)


@pytest.mark.parametrize(("degrees", "shown"), [(0, 0), (31.26, 31.3), (180, 0), (359.99, 0), (225, 45), (-30, 150)])
def test_a_line_has_no_front(degrees: float, shown: float):
    assert inclination(degrees) == pytest.approx(shown)


@pytest.mark.parametrize(
    ("degrees", "shown"), [(0, 0), (47, 47), (180, 180), (200, 180), (300, 0), (-10, 0), (540, 180)]
)
def test_a_protractor_opens_to_half_a_turn(degrees: float, shown: float):
    assert opening(degrees) == pytest.approx(shown)
