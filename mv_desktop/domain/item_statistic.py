"""How a question did among those who had it: facility, discrimination, and which choices were taken.

All of it is worked out from sums, so that the database counts and nothing but a few numbers travels; sums of two groups
of students add up to those of both.

Where the formulas come from:

- Facility (the p-value of an item) is the mean share of its marks: R. L. Ebel, D. A. Frisbie, *Essentials of
  Educational Measurement*, 5th ed. 1991, ch. 13.
- Discrimination is the correlation of a student's share of the question's marks with her share of the **rest** of the
  paper; for a question of right and wrong that is the point-biserial correlation. The question itself is left out of
  the total, for it would agree with itself: S. Henrysson, “Correction of item-total correlations in item analysis”,
  *Psychometrika* 28 (1963), 211-218.
- The steps from `Discrimination.POOR` to `VERY_GOOD` at 0.20, 0.30 and 0.40 are Ebel's, there as well.
- A wrong choice that fewer than 5 % take does not work as one: T. M. Haladyna, S. M. Downing, “How many options is
  enough for a multiple-choice test item?”, *Educational and Psychological Measurement* 53 (1993), 999-1010.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST = 20
"""Of fewer students nothing is said of how a question discriminates: chance would say more than the question."""
TOO_HARD, TOO_EASY = 0.2, 0.9
"""Below and above these facilities a question tells hardly anybody from anybody else."""
WORKING_SHARE = 0.05
"""A wrong choice that a smaller share takes does not work."""
_LEVEL = 1e-9
"""Variances up to this are rounding: all have the same."""


class Ease(StrEnum):
    """How hard a question was for those who had it."""

    UNKNOWN = "unknown"
    HARD = "hard"
    """Hardly anybody can do it."""
    FITTING = "fitting"
    EASY = "easy"
    """Nearly everybody can do it."""


class Discrimination(StrEnum):
    """How well a question tells stronger students from weaker ones."""

    UNKNOWN = "unknown"
    """Too few had it, or all did alike."""
    NEGATIVE = "negative"
    """Weaker students do better: the key or the question is probably wrong."""
    POOR = "poor"
    MARGINAL = "marginal"
    GOOD = "good"
    VERY_GOOD = "very_good"


@dataclass(frozen=True, slots=True)
class ItemSums:
    """Of one question, over the students who had it; each of them has two shares between 0 and 1.

    Attributes:
        count: how many there are.
        item, item_squares: sums of her share of the question's marks, and of its square.
        rest, rest_squares: the same of her share of all other marks of the paper.
        products: sum of both shares multiplied.
    """

    count: int = 0
    item: float = 0.0
    item_squares: float = 0.0
    rest: float = 0.0
    rest_squares: float = 0.0
    products: float = 0.0

    def __add__(self, other: ItemSums) -> ItemSums:
        """Those of both groups together."""
        return ItemSums(
            self.count + other.count,
            self.item + other.item,
            self.item_squares + other.item_squares,
            self.rest + other.rest,
            self.rest_squares + other.rest_squares,
            self.products + other.products,
        )


@dataclass(frozen=True, slots=True)
class ChoiceCount:
    """How often a choice was taken.

    Attributes:
        choice: its letter; "" for those who chose nothing.
        count: how many took it.
        right: it is one of the right ones.
        rest: the mean share of the rest of the paper of those who took it (0 to 1); None where nobody did.
    """

    choice: str
    count: int
    right: bool
    rest: float | None = None


def sums_of(shares: Iterable[tuple[float, float]]) -> ItemSums:
    """The sums of students one by one: each one's share of the question and of the rest of the paper."""
    pairs = list(shares)
    return ItemSums(
        len(pairs),
        math.fsum(item for item, _ in pairs),
        math.fsum(item * item for item, _ in pairs),
        math.fsum(rest for _, rest in pairs),
        math.fsum(rest * rest for _, rest in pairs),
        math.fsum(item * rest for item, rest in pairs),
    )


def facility(sums: ItemSums) -> float | None:
    """The mean share of the question's marks, 0 (nobody earned any) to 1; None where nobody had it."""
    return sums.item / sums.count if sums.count else None


def ease(value: float | None) -> Ease:
    """What a facility means."""
    if value is None:
        return Ease.UNKNOWN
    return Ease.HARD if value < TOO_HARD else Ease.EASY if value > TOO_EASY else Ease.FITTING


def discrimination(sums: ItemSums) -> float | None:
    """How the question goes with the rest of the paper, -1 to 1; None of too few, or where all did alike."""
    if sums.count < FEWEST:
        return None
    of_item = sums.item_squares / sums.count - (sums.item / sums.count) ** 2
    of_rest = sums.rest_squares / sums.count - (sums.rest / sums.count) ** 2
    if min(of_item, of_rest) <= _LEVEL:
        return None
    both = sums.products / sums.count - sums.item / sums.count * (sums.rest / sums.count)
    return max(-1.0, min(1.0, both / math.sqrt(of_item * of_rest)))


def discrimination_grade(value: float | None) -> Discrimination:
    """What a discrimination means."""
    if value is None:
        return Discrimination.UNKNOWN
    if value < 0:
        return Discrimination.NEGATIVE
    grades = ((0.4, Discrimination.VERY_GOOD), (0.3, Discrimination.GOOD), (0.2, Discrimination.MARGINAL))
    return next((grade for least, grade in grades if value >= least), Discrimination.POOR)


def idle_choices(counts: Sequence[ChoiceCount]) -> tuple[str, ...]:
    """The wrong choices that hardly anybody takes; none while too few have answered."""
    total = sum(one.count for one in counts)
    if total < FEWEST:
        return ()
    return tuple(one.choice for one in counts if one.choice and not one.right and one.count < total * WORKING_SHARE)


def suspicious_choices(counts: Sequence[ChoiceCount]) -> tuple[str, ...]:
    """Wrong choices of stronger students than the right ones: the key may be wrong. None while too few answered."""
    if sum(one.count for one in counts) < FEWEST:
        return ()
    right = [one for one in counts if one.right and one.rest is not None]
    taken = sum(one.count for one in right)
    mean = sum((one.rest or 0.0) * one.count for one in right) / taken if taken else 0.0
    idle = idle_choices(counts)
    return tuple(
        one.choice
        for one in counts
        if one.choice and not one.right and one.rest is not None and one.rest > mean and one.choice not in idle
    )
