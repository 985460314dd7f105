"""Which deadlines move with the calendar: worked out from scratch, with what was given by hand on top."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.holiday import (
    CalendarChange,
    Consequence,
    HolidayDraft,
    HolidayRow,
    Move,
    calendars,
    changed,
    holiday_faults,
    moved,
    moves,
)
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours
from tests.fakes.holiday_place import HOURS, NOW, script

FRIDAY = HolidayDraft(date(2026, 7, 17), "Rath Yatra")
PLAIN = WorkCalendar(HOURS)
CLOSED = WorkCalendar(HOURS, [Holiday(date(2026, 7, 17), "Rath Yatra")])


def local(moment: datetime) -> str:
    return moment.astimezone(HOURS.zone).isoformat(timespec="minutes")[:16]


def test_a_deadline_of_nobodys_hand_is_worked_out_from_scratch() -> None:
    one = script(1, "2026-07-16T14:00", "2026-07-17T14:00")
    assert local(moved(one, PLAIN, CLOSED)) == "2026-07-18T14:00"
    stale = replace(one, due=one.due + timedelta(days=5))  # an earlier change did not move it
    assert moved(stale, PLAIN, PLAIN) == stale.due  # and this one does not touch it
    assert local(moved(stale, PLAIN, CLOSED)) == "2026-07-18T14:00"


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-07-18T12:00", "2026-07-20T12:00"),  # seven hours on top of Friday 14:00, past the Sunday
        ("2026-07-17T20:00", "2026-07-18T20:00"),  # until after closing time
        ("2026-07-19T11:00", "2026-07-21T11:00"),  # until a Sunday, which now is as far behind a Monday
        ("2026-07-17T10:00", "2026-07-18T14:00"),  # less than the hours: they hold
    ],
)
def test_what_was_given_by_hand_stays_on_top(due: str, expected: str) -> None:
    one = script(1, "2026-07-16T14:00", due, by_hand=True)
    assert local(moved(one, PLAIN, CLOSED)) == expected
    assert moved(one, PLAIN, PLAIN) == one.due


def test_an_extension_over_the_new_holiday_is_longer_by_it() -> None:
    one = script(1, "2026-07-15T14:00", "2026-07-18T12:00", by_hand=True)  # due on Thursday by its hours
    assert local(moved(one, PLAIN, CLOSED)) == "2026-07-20T12:00"


def test_moves_are_told_in_order_and_nobody_becomes_late_by_them() -> None:
    late = script(2, "2026-07-13T10:00", "2026-07-16T10:00")
    early = script(1, "2026-07-14T08:00", "2026-07-15T18:00")
    with_holiday = WorkCalendar(HOURS, [Holiday(date(2026, 7, 14), "Mistake"), Holiday(date(2026, 7, 13), "Another")])
    found = moves([late, early], with_holiday, PLAIN, NOW)
    assert [move.script.code for move in found] == ["MV-0001", "MV-0002"]
    assert [move.past for move in found] == [True, True]
    assert Consequence("x", found).possible == tuple(move for move in found if not move.past)
    assert found[1] == Move(late, PLAIN.deadline(late.start, 24).due, past=True)
    later = script(3, "2026-07-17T10:00", "2026-07-18T10:00")
    assert moves([later], PLAIN, with_holiday, NOW) == ()  # what is not touched is not told
    (move,) = moves([later], PLAIN, CLOSED, NOW)
    assert not move.past
    assert Consequence("x", (*found, move)).possible == (move,)


@pytest.mark.parametrize(
    ("field", "draft"),
    [
        ("holiday_date", replace(FRIDAY, holiday_date=None)),
        ("holiday_date", replace(FRIDAY, holiday_date=date(2023, 12, 31))),
        ("holiday_date", replace(FRIDAY, holiday_date=date(2101, 1, 1))),
        ("holiday_name", replace(FRIDAY, holiday_name=" ")),
        ("holiday_name", replace(FRIDAY, holiday_name="x" * 256)),
        ("holiday_type", replace(FRIDAY, holiday_type="x" * 51)),
    ],
)
def test_what_is_no_holiday_is_said_beside_its_field(field: str, draft: HolidayDraft) -> None:
    (fault,) = holiday_faults(draft)
    assert fault.field == field
    assert holiday_faults(FRIDAY) == ()


def test_holidays_are_made_changed_and_taken_away() -> None:
    rows = [HolidayRow(UUID(int=n), date(2026, 8, n), f"day {n}", "", False, NOW) for n in (1, 2, 3)]
    changes = [
        CalendarChange(UUID(int=1), NOW, None),
        CalendarChange(UUID(int=2), NOW, HolidayDraft(date(2026, 8, 20), "later", "", True)),
        CalendarChange(UUID(int=4), None, HolidayDraft(date(2026, 8, 4), "new")),
        CalendarChange(UUID(int=5), None, HolidayDraft(None, "no day yet")),
    ]
    assert set(changed(rows, changes)) == {
        Holiday(date(2026, 8, 20), "later", True), Holiday(date(2026, 8, 3), "day 3"), Holiday(date(2026, 8, 4), "new"),
    }  # fmt: skip
    hours = replace(HOURS, weekly_off=frozenset({5, 6}))
    before, after = calendars(HOURS, rows, changes, hours)
    assert (before.hours, after.hours) == (HOURS, hours)
    assert calendars(HOURS, rows, changes, None)[1].hours == HOURS


_days = st.dates(date(2026, 7, 1), date(2026, 8, 31))
_holidays = st.lists(st.builds(Holiday, _days, st.just("x"), st.booleans()), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    before=_holidays,
    after=_holidays,
    start=st.datetimes(datetime(2026, 7, 1), datetime(2026, 7, 31), timezones=st.just(UTC)),
    hours=st.sampled_from([24, 48]),
    on_top=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=9))),
)
def test_there_and_back_again(before, after, start, hours, on_top) -> None:
    """By the new calendar a deadline is what it would be had it always been so; the old one brings it back."""
    old, new = WorkCalendar(WorkingHours(), before), WorkCalendar(WorkingHours(), after)
    base = old.deadline(start, hours).due
    if on_top is None:
        one = replace(script(1, "2026-07-16T14:00", "2026-07-17T14:00"), start=start, sla_hours=hours, due=base)
        there = moved(one, old, new)
        assert there == new.deadline(start, hours).due
        assert moved(replace(one, due=there), new, old) == base
        return
    given_by_hand = old.later(base, on_top)
    one = replace(
        script(1, "2026-07-16T14:00", "2026-07-17T14:00", by_hand=True), start=start, sla_hours=hours, due=given_by_hand
    )
    there = moved(one, old, new)
    assert new.working_time(new.deadline(start, hours).due, there) >= old.working_time(base, given_by_hand)
    assert moved(one, old, old) == given_by_hand
