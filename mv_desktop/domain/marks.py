"""Marks: decimals in half steps, the mark that counts, and totals (`annotation.md`, Marks).

Nothing here uses floats, so the numbers are the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.identifier import MarkKey

STEP = Decimal("0.5")
ZERO = Decimal(0)
_TYPED = re.compile(r"(?P<whole>\d*)\s*(?P<half>½)|\d+\.?\d*|\.\d+")


class MarkState(StrEnum):
    """Where a mark comes from."""

    FOLLOWS_STAMPS = "follows_stamps"
    """Nothing was typed: the mark is the sum of the question's stamps, and missing without any."""
    MARKED = "marked"
    """A mark was typed; it wins over the stamps."""
    NOT_ATTEMPTED = "not_attempted"
    """The student wrote nothing: a state of its own, not a zero."""


@dataclass(frozen=True, slots=True)
class GivenMark:
    """What the teacher gave for one question or one alternative of it.

    Attributes:
        state: where the mark comes from.
        marks: the typed mark when `state` is MARKED, else None.
        comment: the teacher's words for the student.
    """

    state: MarkState = MarkState.FOLLOWS_STAMPS
    marks: Decimal | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class EffectiveMark:
    """The mark that counts.

    Attributes:
        marks: the number, 0 when not attempted, None when there is no mark yet.
        not_attempted: the student wrote nothing.
        stamp_sum: what the stamps add up to, None without any.
        disagrees: the stamps' sum differs from what was typed.
    """

    marks: Decimal | None
    not_attempted: bool
    stamp_sum: Decimal | None
    disagrees: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """An exam's totals; `percentage` is rounded half up to two places."""

    manual: Decimal
    mcq: Decimal
    total: Decimal
    percentage: Decimal


def parse_marks(text: str, possible: Decimal) -> Decimal:
    """The mark a teacher typed: "2", "2.5", ".5", "2½", "2 ½", "½".

    "1/2" is refused: it may mean half a mark, or one mark of two.

    Raises:
        InvalidError: it is not a number, not a multiple of the step, or outside 0..possible.
    """
    cleaned = text.strip().replace(",", ".")
    typed = _TYPED.fullmatch(cleaned)
    if typed is None:
        hint = "Half a mark is .5." if "/" in cleaned else "Type a number such as 2 or 2.5."
        raise InvalidError(f"“{text.strip()}” is not a mark.", remedy=hint)
    value = Decimal(typed["whole"] or 0) + STEP if typed["half"] else Decimal(cleaned)
    check_marks(value, possible)
    return value


def check_marks(value: Decimal, possible: Decimal) -> None:
    """Refuse a mark that no teacher may give.

    Raises:
        InvalidError: it is not a multiple of the step, or outside 0..possible.
    """
    if is_mark(value, possible):
        return
    if not value.is_finite() or not ZERO <= value <= possible:
        raise InvalidError(
            f"{format_marks(value)} is not between 0 and {format_marks(possible)}.",
            remedy=f"This question carries {format_marks(possible)} marks.",
        )
    raise InvalidError(f"{value.normalize():f} is not a multiple of ½.", remedy="Marks go in steps of ½.")


def is_mark(value: Decimal, possible: Decimal) -> bool:
    """A teacher may give it: a multiple of the step between 0 and `possible`."""
    return value.is_finite() and ZERO <= value <= possible and not value % STEP


def format_marks(value: Decimal) -> str:
    """As a teacher writes it: "0", "½", "2½", "3"; what is no multiple of a half keeps its digits."""
    if not value.is_finite():
        return str(value)
    whole, rest = divmod(value, 1)
    if rest == 0:
        return f"{whole:f}"
    if rest == STEP:
        return f"{whole:f}½" if whole else "½"
    return f"{value.normalize():f}"


def effective(given: GivenMark, stamp_sum: Decimal | None) -> EffectiveMark:
    """The mark that counts for one question: the typed one, else the stamps' sum."""
    if given.state is MarkState.NOT_ATTEMPTED:
        return EffectiveMark(ZERO, True, stamp_sum, stamp_sum is not None and stamp_sum != ZERO)
    if given.state is MarkState.MARKED:
        return EffectiveMark(given.marks, False, stamp_sum, stamp_sum is not None and stamp_sum != given.marks)
    return EffectiveMark(stamp_sum, False, stamp_sum, False)


def kept_alternative(marks: Mapping[str, EffectiveMark]) -> str | None:
    """The key of the alternative that counts, or None while nothing is marked.

    The higher mark is kept; an attempted alternative wins over one not attempted, and the first key wins a tie.
    """
    marked = [(key, mark) for key, mark in sorted(marks.items()) if mark.marks is not None]
    if not marked:
        return None
    return max(marked, key=lambda item: (item[1].marks, not item[1].not_attempted))[0]


def totals(manual: Iterable[Decimal], mcq: Decimal, possible: int) -> Totals:
    """An exam's totals from the written marks, the MCQ score and the paper's marks (> 0)."""
    written = sum(manual, ZERO)
    total = written + mcq
    percentage = (100 * total / Decimal(possible)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Totals(written, mcq, total, percentage)


MarkVector = Mapping[MarkKey, EffectiveMark]


def score_mcq(correct: Iterable[str], selected: Iterable[str]) -> Decimal:
    """1 when all and only the correct choices were selected, else 0 (`annotation.md`: MCQ is 0 or 1)."""
    right = frozenset(correct)
    return Decimal(1) if right and right == frozenset(selected) else ZERO
