"""What a stamp carries that is about to be placed, and the stamp itself."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from mv_desktop.domain.annotation.shape import Stamp, StampName
from mv_desktop.domain.identifier import AnnotationId, MarkKey
from mv_desktop.domain.marks import STEP, ZERO
from mv_desktop.domain.script import MarkedScript

_GIVING: tuple[StampName, ...] = ("tick", "half", "cross")
"""The stamps that say how much; the others draw attention."""


class Carried(NamedTuple):
    """What a stamp carries.

    Attributes:
        step: the step of the scheme that its marks are for, from 1, or None.
        marks: how much, or None.
    """

    step: int | None = None
    marks: Decimal | None = None


def carried_by(stamp: StampName, key: MarkKey | None, value: Decimal | None, script: MarkedScript) -> Carried:
    """What a stamp for a question carries: a tick `value`, a half ½, a cross 0, circle and star nothing.

    By the scheme (`value` None), a tick gives what the scheme has next and never more than the question has left, and
    a half or a cross decides the next step, too. A stamp that belongs to no question carries nothing: it would count
    for nothing.
    """
    if key is None or stamp not in _GIVING:
        return Carried()
    fixed = {"half": STEP, "cross": ZERO}.get(stamp, value)
    if value is not None:
        return Carried(None, fixed)
    if fixed is not None:
        return Carried(script.undecided_step(key), fixed)
    award = script.next_award(key)
    return Carried() if award is None else Carried(award.step, award.marks)


def step_stamp(script: MarkedScript, key: MarkKey, step: int) -> AnnotationId | None:
    """The newest stamp that gives marks for a step of the scheme, from 1; None when the step is not earned."""
    stamps = script.stamps_of_step(key, step)
    return next((i for i, marks in reversed(list(stamps.items())) if marks > ZERO), None)


def new_stamp(
    stamp_id: UUID,
    stamp: StampName,
    x: float,
    y: float,
    key: MarkKey | None,
    carried: Carried,
    size: float | None = None,
) -> Stamp:
    """A stamp with its middle at (x, y), fractions of the page, for the question `key`."""
    return Stamp(
        id=stamp_id,
        stamp=stamp,
        x=x,
        y=y,
        **({} if size is None else {"size": size}),
        question_number=None if key is None else key.question_number,
        alternative=(key.alternative or None) if key else None,
        marks=None if carried.marks is None else f"{carried.marks:.1f}",
        step=carried.step,
    )
