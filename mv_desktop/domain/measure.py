"""Lengths and angles as a teacher reads them off a page: degrees counterclockwise, on a page whose y runs down."""

from __future__ import annotations

import math

A4_ACROSS = 21.0
"""Centimetres across a page, until a teacher says what a centimetre is on it."""


def angle_of(dx: float, dy: float) -> float:
    """The direction of a step, 0 ≤ degrees < 360; 0 is to the right, 90 is up."""
    return math.degrees(math.atan2(-dy, dx)) % 360.0


def direction(degrees: float) -> tuple[float, float]:
    """A step of length 1 in a direction."""
    return math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))


def in_steps(value: float, step: float) -> float:
    """The nearest multiple of `step`."""
    return round(value / step) * step


def inclination(degrees: float) -> float:
    """The angle of a line, which has no front and no back: 0 ≤ degrees < 180, to a tenth."""
    return round(degrees % 180.0, 1) % 180.0


def opening(degrees: float) -> float:
    """An angle as a protractor can show it, 0 ≤ degrees ≤ 180: what lies below its base is at the nearer end."""
    turned = degrees % 360.0
    if turned <= 180.0:
        return turned
    return 180.0 if turned < 270.0 else 0.0
