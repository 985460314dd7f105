"""What results say of a student: how sure a prediction is, where she is going, what she is strong in.

The database works out the same numbers for all students at once (`migrations/sql`, `public.student_analytics`); a test
holds both to the same answers. `docs/analytics.md` tells the rules in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

PREDICTION_EXAMS: Final = 5
"""So many of the newest board exams a prediction looks at."""
PREDICTION_LEAST: Final = 3
"""Fewer board exams than this predict nothing."""
TREND_EXAMS: Final = 3
"""The newest so many board exams are compared with up to as many before them."""
TREND_STEP: Final = Decimal(5)
"""Percentage points from which on a change is told as one."""
STRONG: Final = Decimal(75)
"""Percent of a unit's marks from which on it is a strength."""
WEAK: Final = Decimal(50)
"""Percent of a unit's marks below which it is a weakness."""
UNIT_LEAST: Final = Decimal(10)
"""Fewer possible marks than this say nothing of a unit."""

_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_DEVIATIONS: Final = 3
_FLOOR: Final = Decimal(5)
_FLOOR_OF_FEW: Final = Decimal(10)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A predicted board result in percent, give or take `margin` percentage points."""

    percent: Decimal
    margin: Decimal

    @property
    def lowest(self) -> Decimal:
        """The lower end of the range, never below 0."""
        return max(self.percent - self.margin, Decimal(0))

    @property
    def highest(self) -> Decimal:
        """The upper end of the range, never above 100."""
        return min(self.percent + self.margin, _HUNDRED)


class Direction(StrEnum):
    """Where a student's board exams are going."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    UNKNOWN = "unknown"


class Band(StrEnum):
    """How a student stands in a unit."""

    STRONG = "strong"
    MIDDLE = "middle"
    WEAK = "weak"
    UNKNOWN = "unknown"


def predict(newest_first: Sequence[Decimal]) -> Prediction | None:
    """What the next board exam would bring: the middle of the newest five, and how far they lie from it.

    Args:
        newest_first: percentages of her board exams, the newest first.

    Returns:
        None for fewer than three. The margin is three times the middle distance from the middle result, at least 5
        percentage points, and at least 10 while there are fewer than five exams.
    """
    if len(newest_first) < PREDICTION_LEAST:
        return None
    counted = newest_first[:PREDICTION_EXAMS]
    middle = _median(counted)
    deviation = _median([abs(percent - middle) for percent in counted])
    floor = _FLOOR_OF_FEW if len(counted) < PREDICTION_EXAMS else _FLOOR
    return Prediction(_rounded(middle), max(_rounded(_DEVIATIONS * deviation), floor))


def trend(newest_first: Sequence[Decimal]) -> Decimal | None:
    """By how many percentage points the middle of her newest three board exams is above that of up to three before.

    Returns:
        Below zero when it is lower; None for fewer than four exams.
    """
    earlier = newest_first[TREND_EXAMS : 2 * TREND_EXAMS]
    return _rounded(_median(newest_first[:TREND_EXAMS]) - _median(earlier)) if earlier else None


def direction(change: Decimal | None) -> Direction:
    """A trend in one word."""
    if change is None:
        return Direction.UNKNOWN
    if change >= TREND_STEP:
        return Direction.RISING
    return Direction.FALLING if change <= -TREND_STEP else Direction.STEADY


def band(awarded: Decimal, possible: Decimal) -> Band:
    """How a student stands in a unit with so many marks awarded of those possible."""
    if possible < UNIT_LEAST:
        return Band.UNKNOWN
    percent = _HUNDRED * awarded / possible
    if percent >= STRONG:
        return Band.STRONG
    return Band.WEAK if percent < WEAK else Band.MIDDLE


def _median(values: Sequence[Decimal]) -> Decimal:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
