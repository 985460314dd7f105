"""Which absences can be entered, changed and deleted."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.absence import Absence, check_absence, check_deletion, refusal
from mv_desktop.domain.identifier import AbsenceId

TODAY = date(2026, 7, 14)


def away(begins: int, days: int, number: int = 1) -> Absence:
    """An absence that begins so many days from today."""
    first = TODAY + timedelta(days=begins)
    return Absence(AbsenceId(UUID(int=number)), first, first + timedelta(days=days))


def test_an_absence_knows_its_last_day_and_what_has_been():
    absence = away(-1, 2)
    assert (absence.last_day, absence.days) == (TODAY, 2)
    assert absence.has_begun(TODAY)
    assert not absence.is_past(TODAY)
    assert absence.is_past(TODAY + timedelta(days=1))
    assert not away(0, 1).has_begun(TODAY)


@pytest.mark.parametrize(
    ("absence", "others", "why"),
    [
        (away(3, 0), (), "The last day away must not be before the first."),
        (away(3, 367), (), "An absence of more than a year cannot be entered."),
        (away(3, 2), (away(4, 2, 2),), "You are away from 18/07/2026 to 19/07/2026 already."),
        (away(3, 2), (away(-5, 2),), "This absence is over, so it can no longer be changed."),
        (away(-1, 5), (), "Days that have been cannot be added or taken away."),
        (away(-2, 5), (away(-1, 5),), "Days that have been cannot be added or taken away."),
        (away(1, 5), (away(-1, 5),), "Days that have been cannot be added or taken away."),
        (away(-3, 2), (away(-3, 5),), "Days that have been cannot be added or taken away."),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(absence, others, why):
    with pytest.raises(InvalidError) as caught:
        check_absence(absence, others, TODAY)
    assert caught.value.message == why


@pytest.mark.parametrize(
    ("absence", "others"),
    [
        (away(0, 1), ()),
        (away(3, 366), ()),
        (away(3, 2), (away(5, 2, 2), away(1, 2, 3))),
        (away(4, 2), (away(3, 2),)),
        (away(-3, 4), (away(-3, 9),)),
        (away(-3, 3), (away(-3, 9),)),
    ],
)
def test_what_can_be_is_let_through(absence, others):
    check_absence(absence, others, TODAY)


def test_only_what_has_not_begun_is_deleted():
    check_deletion(away(0, 1), TODAY)
    with pytest.raises(InvalidError, match="change its last day"):
        check_deletion(away(-1, 3), TODAY)
    with pytest.raises(InvalidError, match="is over"):
        check_deletion(away(-3, 3), TODAY)


def test_a_reason_of_a_newer_server_still_gives_a_sentence():
    assert refusal("of the moon").message
    assert refusal("overlaps").message
