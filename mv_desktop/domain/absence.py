"""Days on which a teacher is away, and why some cannot be entered: rules on plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.identifier import AbsenceId

LONGEST_NOTE = 500
LONGEST_DAYS = 366
"""A leave of more than a year is not an absence: the account is closed for so long."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A teacher is away from `first_day` on and back at work on `return_day`; days of the school's zone.

    Attributes:
        absence_id: made where it is entered, so that what was deleted comes back as what it was.
        first_day: the first day away.
        return_day: the day after the last.
        note: for the coordinator; may be empty.
    """

    absence_id: AbsenceId
    first_day: date
    return_day: date
    note: str = ""

    @property
    def last_day(self) -> date:
        """The last day away."""
        return self.return_day - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days she is away."""
        return (self.return_day - self.first_day).days

    def is_past(self, today: date) -> bool:
        """It is over: nothing of it can be changed."""
        return self.return_day <= today

    def has_begun(self, today: date) -> bool:
        """Days of it have been; those stay as they were."""
        return self.first_day < today


@dataclass(frozen=True, slots=True)
class Absences:
    """All absences of one person.

    Attributes:
        today: which day it is where the school works.
        absences: in the order of their days.
    """

    today: date
    absences: tuple[Absence, ...] = ()


def check_absence(absence: Absence, others: Iterable[Absence], today: date) -> None:
    """Refuse what the server would refuse (`api.put_absence`), in words, before it is asked.

    Args:
        absence: as it is to be.
        others: all that she has, an earlier version of `absence` included.
        today: which day it is where the school works.

    Raises:
        InvalidError: it cannot be so; the sentence says why.
    """
    before: Absence | None = None
    if absence.days < 1:
        raise refusal("days")
    if absence.days > LONGEST_DAYS:
        raise refusal("too_long")
    for other in others:
        if other.absence_id == absence.absence_id:
            before = other
        elif other.first_day < absence.return_day and absence.first_day < other.return_day:
            raise refusal("overlaps", other.first_day, other.return_day)
    if before is not None and before.is_past(today):
        raise refusal("past")
    moved = before is None or before.first_day != absence.first_day
    if (moved and min(absence.first_day, before.first_day if before else today) < today) or absence.return_day < today:
        raise refusal("begun")


def check_deletion(absence: Absence, today: date) -> None:
    """Refuse to delete days that have been.

    Raises:
        InvalidError: they have.
    """
    if absence.is_past(today):
        raise refusal("past")
    if absence.has_begun(today):
        raise refusal("begun_stays")


def refusal(
    reason: str, first_day: date | None = None, return_day: date | None = None, *, own: bool = True
) -> InvalidError:
    """Why an absence cannot be as it is wanted.

    Args:
        reason: as the server names it.
        first_day: of the other absence, where two overlap.
        return_day: of the same.
        own: it is the absence of whoever wants it so.
    """
    if reason == "overlaps" and first_day is not None and return_day is not None:
        first, last = day_text(first_day), day_text(return_day - timedelta(days=1))
        if own:
            overlap = Worded("You are away from {first} to {last} already.", first=first, last=last)
            return InvalidError(overlap, remedy="Change that absence, or choose other days.")
        return InvalidError(Worded("She is entered as away from {first} to {last} already.", first=first, last=last))
    return InvalidError(*_REFUSALS.get(reason, _REFUSALS["days"]))


def day_text(day: date) -> str:
    """A day in figures, which are the same in every language: 02/07/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


_REFUSALS: dict[str, tuple[str]] = {
    "days": ("The last day away must not be before the first.",),
    "too_long": ("An absence of more than a year cannot be entered.",),
    "past": ("This absence is over, so it can no longer be changed.",),
    "begun": ("Days that have been cannot be added or taken away.",),
    "no_teacher": ("There is no such teacher any more.",),
    "not_away": ("She is not entered as away today.",),
    "begun_stays": ("This absence has begun: change its last day instead.",),
}
