"""Gazetted holidays of a year beside what is entered already: what is new, there, or of another name on that day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mv_desktop.domain.holiday import HolidayDraft, HolidayRow

GAZETTED = "gazetted"
"""The kind of a holiday that was imported."""


@dataclass(frozen=True, slots=True)
class Gazetted:
    """A holiday as it is gazetted."""

    day: date
    name: str


class Standing(StrEnum):
    """How an offered holiday stands to what is entered."""

    NEW = "new"
    THERE = "there"
    OTHER_NAME = "other_name"


@dataclass(frozen=True, slots=True)
class Offer:
    """A holiday that can be taken over.

    Attributes:
        others: what is entered on that day, by name.
    """

    day: date
    name: str
    standing: Standing
    others: tuple[str, ...] = ()


def offers(found: Iterable[Gazetted], rows: Iterable[HolidayRow]) -> tuple[Offer, ...]:
    """What can be taken over, by date; each day and name once."""
    entered: dict[date, list[str]] = {}
    for row in rows:
        entered.setdefault(row.holiday_date, []).append(row.holiday_name)
    once = {(one.day, _bare(one.name)): one for one in found}
    return tuple(
        Offer(one.day, _tidy(one.name), _standing(one.name, entered.get(one.day, ())), tuple(entered.get(one.day, ())))
        for one in sorted(once.values(), key=lambda one: (one.day, _bare(one.name)))
    )


def taken(chosen: Iterable[Offer]) -> tuple[HolidayDraft, ...]:
    """The holidays that are made of what was chosen; what is there already is not made again."""
    return tuple(
        HolidayDraft(offer.day, offer.name, GAZETTED) for offer in chosen if offer.standing is not Standing.THERE
    )


def _standing(name: str, entered: Sequence[str]) -> Standing:
    if _bare(name) in map(_bare, entered):
        return Standing.THERE
    return Standing.OTHER_NAME if entered else Standing.NEW


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _bare(name: str) -> str:
    """By which two names are the same: neither capitals nor apostrophes nor spaces count."""
    return "".join(name.casefold().replace("’", "").replace("'", "").split())
