"""Consultations of a student with a teacher: entered one by one, and counted by the months of her subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.member import is_email
from mv_desktop.domain.subscription import month_began

LONGEST_NOTE = 500
MOST_CONSULTATIONS = 500
_MOST_HOURS = Decimal(24)


@dataclass(frozen=True, slots=True)
class Consultation:
    """One of them.

    Attributes:
        teacher: her e-mail address.
        hours: how long, in hours.
    """

    held_on: date
    teacher: str
    hours: Decimal
    note: str = ""


def consultation_fault(found: Sequence[Consultation], start: date, end: date, today: date | None) -> str:
    """What is wrong with the first of them that is wrong, "" where none is.

    Args:
        found: as they are to stand.
        start: the first day of the subscription.
        end: its last day.
        today: which day it is where the school works; None where nobody says.
    """
    for number, one in enumerate(found, 1):
        why = _why(one, start, end, today)
        if why:
            return Worded("Consultation {number}: {why}", number=number, why=why)
    return "At most 500 consultations." if len(found) > MOST_CONSULTATIONS else ""


def hours_of_month(found: Sequence[Consultation], billing_day: int, day: date | None) -> Decimal:
    """How many hours fell into the month that holds `day`; nothing where that is None."""
    if day is None:
        return Decimal(0)
    return dict(months(found, billing_day)).get(month_began(day, billing_day), Decimal(0))


def months(found: Sequence[Consultation], billing_day: int) -> tuple[tuple[date, Decimal], ...]:
    """The first day of each month with consultations and its hours, the newest first."""
    sums: dict[date, Decimal] = {}
    for one in found:
        first = month_began(one.held_on, billing_day)
        sums[first] = sums.get(first, Decimal(0)) + one.hours
    return tuple(sorted(sums.items(), reverse=True))


def differing(
    stored: Sequence[tuple[UUID, Consultation]], wanted: Sequence[Consultation]
) -> tuple[tuple[tuple[UUID | None, Consultation], ...], tuple[UUID, ...]]:
    """What is to be written so that what is stored becomes what is wanted, and what is to go.

    What stands there as it was is left alone. Of the rest one is put right by another as far as they go: those of the
    same day first.
    """
    left = list(stored)
    new: list[Consultation] = []
    for one in wanted:
        same = next((pair for pair in left if _same(pair[1], one)), None)
        if same is None:
            new.append(one)
        else:
            left.remove(same)
    put: list[tuple[UUID | None, Consultation]] = []
    for one in new:
        near = next((pair for pair in left if pair[1].held_on == one.held_on), left[0] if left else None)
        if near is not None:
            left.remove(near)
        put.append((None if near is None else near[0], one))
    return tuple(put), tuple(key for key, _ in left)


def read_day(words: str) -> date:
    """A day as people write it: 2026-11-27, 27/11/2026 or 27.11.2026.

    Raises:
        InvalidError: it is none.
    """
    parts = words.replace("/", "-").replace(".", "-").split("-")
    try:
        year, month, day = map(int, parts if len(parts[0]) == 4 else reversed(parts))
        return date(year, month, day)
    except ValueError:
        raise InvalidError("Enter a day, such as 27/11/2026.") from None


def _why(one: Consultation, start: date, end: date, today: date | None) -> str:
    if not start <= one.held_on <= end:
        return "The subscription does not run on that day."
    if today is not None and one.held_on > today:
        return "That day is still to come."
    if not is_email(one.teacher.strip()):
        return "Enter the e-mail address of a teacher."
    if not 0 < one.hours <= _MOST_HOURS:
        return "More than nothing, and at most 24 hours."
    return "The note is too long: at most 500 letters." if len(one.note) > LONGEST_NOTE else ""


def _same(one: Consultation, other: Consultation) -> bool:
    return (one.held_on, one.teacher.casefold(), one.hours, one.note) == (
        other.held_on, other.teacher.strip().casefold(), other.hours, other.note,
    )  # fmt: skip
