"""A page as its viewer sees it, turned clockwise by quarters, and as it was uploaded.

Points are fractions of its breadth and height as seen, or of its width and height as uploaded.
"""

from __future__ import annotations

from mv_desktop.domain.annotation.geometry import Point


def as_seen(turns: int, x: float, y: float) -> Point:
    """Where a point of the uploaded page stands for the viewer."""
    return ((x, y), (1.0 - y, x), (1.0 - x, 1.0 - y), (y, 1.0 - x))[turns % 4]


def as_uploaded(turns: int, x: float, y: float) -> Point:
    """Which point of the uploaded page the viewer sees there."""
    return as_seen(-turns, x, y)


def extent(turns: int, ratio: float) -> Point:
    """How broad and how high the page is for the viewer, in widths of the uploaded one, `ratio` its height over it."""
    return (ratio, 1.0) if turns % 2 else (1.0, ratio)
