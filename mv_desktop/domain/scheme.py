"""What a marking scheme has still to give: which step the next tick is for, and what it may carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from mv_desktop.domain.marks import ZERO
from mv_desktop.domain.question import SchemeStep

_PLAIN_TICK = Decimal(1)
"""What a tick is worth where the scheme says nothing."""


class Award(NamedTuple):
    """What a stamp gives.

    Attributes:
        step: the step of the scheme that it decides, from 1; None for none.
        marks: what it carries.
    """

    step: int | None
    marks: Decimal


def undecided_step(steps: Sequence[SchemeStep], decided: Mapping[int, Decimal]) -> int | None:
    """The first step, from 1, that no stamp stands for; None when there is none.

    Args:
        steps: the scheme.
        decided: what the stamps gave, by step.
    """
    return next((n for n, step in enumerate(steps, 1) if n not in decided and step.marks > ZERO), None)


def next_award(steps: Sequence[SchemeStep], decided: Mapping[int, Decimal], left: Decimal) -> Award | None:
    """What the next tick gives by the scheme; None when the question has nothing left to give.

    The first step that no stamp stands for; once all are decided, what the first that is not fully earned still
    lacks; where the scheme has no step for it, one mark. Never more than `left`.

    Args:
        steps: the scheme.
        decided: what the stamps gave, by step.
        left: the marks of the question that no stamp has given yet.
    """
    if left <= ZERO:
        return None
    number = undecided_step(steps, decided)
    if number is None:
        number = next((n for n, step in enumerate(steps, 1) if decided.get(n, ZERO) < step.marks), None)
    if number is None:
        return Award(None, min(_PLAIN_TICK, left))
    return Award(number, min(steps[number - 1].marks - decided.get(number, ZERO), left))
