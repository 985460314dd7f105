"""The table of docs/sla.md, and the rules around it."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.paths import resource
from mv_desktop.domain.sla import Basis, Holiday, WorkCalendar, WorkingHours, is_breached

IST = ZoneInfo("Asia/Kolkata")
SETTING = {
    "start": "09:00",
    "end": "18:00",
    "timezone": "Asia/Kolkata",
    "weekly_off": ["sunday"],
    "basis": "working_day",
}


def _holidays() -> list[Holiday]:
    with Path(resource("reference", "holidays.csv")).open(encoding="utf-8", newline="") as file:
        return [Holiday(date.fromisoformat(r["holiday_date"]), r["holiday_name"]) for r in csv.DictReader(file)]


def ist(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


TABLE = [
    ("2026-01-19 09:00", 24, "working_day", "2026-01-19 18:00"),
    ("2026-01-19 14:00", 24, "working_day", "2026-01-20 14:00"),
    ("2026-01-19 20:30", 24, "working_day", "2026-01-20 18:00"),
    ("2026-01-19 06:00", 24, "working_day", "2026-01-19 18:00"),
    ("2026-01-23 17:00", 24, "working_day", "2026-01-24 17:00"),
    ("2026-01-23 17:00", 48, "working_day", "2026-01-27 17:00"),
    ("2026-01-25 11:00", 24, "working_day", "2026-01-27 18:00"),
    ("2026-01-24 17:30", 48, "working_day", "2026-01-28 17:30"),
    ("2025-08-14 16:00", 24, "working_day", "2025-08-18 16:00"),
    ("2025-08-14 16:00", 48, "working_day", "2025-08-19 16:00"),
    ("2025-10-01 18:00", 24, "working_day", "2025-10-03 18:00"),
    ("2026-11-07 12:00", 24, "working_day", "2026-11-09 12:00"),
    ("2026-01-23 17:00", 24, "working_hour", "2026-01-28 14:00"),
    ("2026-01-23 17:00", 48, "working_hour", "2026-01-31 11:00"),
]


@pytest.mark.parametrize(("received", "hours", "basis", "due"), TABLE)
def test_deadline_table(received, hours, basis, due):
    calendar = WorkCalendar(WorkingHours.from_setting({**SETTING, "basis": basis}), _holidays())
    assert calendar.deadline(ist(received), hours).due == ist(due)


@pytest.mark.parametrize("received", ["0001-01-01 00:00", "9999-12-31 23:00", "9988-01-01 00:00"])
def test_no_deadline_is_counted_from_the_ends_of_the_computers_calendar(received):
    with pytest.raises(InvalidError, match="No deadline can be counted from the year"):
        WorkCalendar(WorkingHours(), _holidays()).deadline(ist(received), 24)


@pytest.mark.parametrize("received", ["0002-01-01 00:00", "9987-12-31 23:00"])
def test_search_for_a_working_day_ends_before_the_computers_calendar_does(received):
    never = [Holiday(ist(received).date() + timedelta(days=offset), "closed") for offset in range(-2, 3662)]
    with pytest.raises(InvalidError, match="No working day"):
        WorkCalendar(WorkingHours(), never).deadline(ist(received), 24)


def test_deadline_explains_itself():
    deadline = WorkCalendar(WorkingHours(), _holidays()).deadline(ist("2025-08-14 16:00"), 24)
    assert deadline.explanation == (
        "24 h from Thu 14 Aug 16:00, skipping Fri 15 Aug Independence Day, Sat 16 Aug Janmashtami, Sun 17 Aug"
    )


def test_explanation_without_closed_days_is_short():
    deadline = WorkCalendar(WorkingHours(), _holidays()).deadline(ist("2026-01-19 14:00"), 24)
    assert deadline.explanation == "24 h from Mon 19 Jan 14:00"
    assert deadline.skipped == ()
    assert deadline.budget == timedelta(hours=9)


def test_two_holidays_on_one_day_are_both_named():
    deadline = WorkCalendar(WorkingHours(), _holidays()).deadline(ist("2025-10-01 18:00"), 24)
    assert deadline.skipped[0].reason == "Gandhi Jayanti, Dussehra"


def test_a_year_without_holidays_is_told():
    deadline = WorkCalendar(WorkingHours(), _holidays()).deadline(ist("2026-12-31 17:00"), 24)
    assert deadline.years_without_holidays == (2027,)
    assert deadline.explanation.endswith("; holidays of 2027 not entered")


def test_a_make_up_day_is_worked_even_on_a_holiday_and_a_sunday():
    sunday = date(2026, 1, 25)
    calendar = WorkCalendar(
        WorkingHours(), [Holiday(sunday, "Some feast"), Holiday(sunday, "Make-up day", is_working_day=True)]
    )
    assert calendar.is_working_day(sunday)
    assert calendar.deadline(ist("2026-01-24 18:00"), 24).due == ist("2026-01-25 18:00")


def test_a_budget_that_ends_at_closing_time_is_due_then():
    calendar = WorkCalendar(WorkingHours(), [])
    assert calendar.deadline(ist("2026-01-19 08:59:59"), 48).due == ist("2026-01-20 18:00")


def test_the_budget_is_spent_to_the_second():
    calendar = WorkCalendar(WorkingHours(), [])
    assert calendar.deadline(ist("2026-01-19 17:59:59"), 24).due == ist("2026-01-20 17:59:59")


def test_working_time_left_skips_closed_time_and_turns_negative():
    calendar = WorkCalendar(WorkingHours(), _holidays())
    now, due = ist("2026-01-23 17:00"), ist("2026-01-27 17:00")
    assert calendar.working_time(now, due) == timedelta(hours=18)
    assert calendar.working_time(due, now) == timedelta(hours=-18)
    assert calendar.working_time(ist("2026-01-25 01:00"), ist("2026-01-26 23:00")) == timedelta()
    assert calendar.working_time(ist("2026-01-19 10:00"), ist("2026-01-19 12:30")) == timedelta(hours=2.5)


def test_a_zone_with_summer_time_keeps_local_hours():
    hours = WorkingHours(zone=ZoneInfo("Europe/London"))
    received = datetime(2026, 3, 28, 18, 0, tzinfo=ZoneInfo("Europe/London"))  # Saturday before the clocks change
    due = WorkCalendar(hours, []).deadline(received, 24).due
    assert due.astimezone(ZoneInfo("Europe/London")).isoformat() == "2026-03-30T18:00:00+01:00"


@pytest.mark.parametrize(
    "change",
    [
        {"start": "9 o'clock"},
        {"timezone": "Mars/Olympus"},
        {"weekly_off": ["someday"]},
        {"basis": "moon"},
        {"start": None},
        {"weekly_off": 3},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(change):
    with pytest.raises(InvalidError, match="cannot be read"):
        WorkingHours.from_setting({**SETTING, **change})


def test_a_setting_without_a_field_is_refused():
    with pytest.raises(InvalidError):
        WorkingHours.from_setting({"start": "09:00"})


@pytest.mark.parametrize(
    "change",
    [
        {"start": "18:00"},
        {"weekly_off": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
    ],
)
def test_a_setting_without_working_time_is_refused(change):
    with pytest.raises(InvalidError, match="no working time"):
        WorkingHours.from_setting({**SETTING, **change})


def test_the_setting_is_read_as_shipped():
    hours = WorkingHours.from_setting(SETTING)
    assert hours == WorkingHours()
    assert (hours.opens, hours.closes, hours.basis) == (time(9), time(18), Basis.WORKING_DAY)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(InvalidError, match="no time zone"):
        WorkCalendar(WorkingHours()).deadline(datetime(2026, 1, 19, 9), 24)  # the mistake under test


def test_hours_that_are_no_promise_are_refused():
    with pytest.raises(InvalidError, match="no deadline"):
        WorkCalendar(WorkingHours()).deadline(ist("2026-01-19 09:00"), 0)


def test_a_calendar_that_never_opens_is_refused():
    start = date(2026, 1, 1)
    closed = [Holiday(start + timedelta(days=n), "Closed") for n in range(3700)]
    with pytest.raises(InvalidError, match="No working day"):
        WorkCalendar(WorkingHours(), closed).deadline(ist("2026-01-01 09:00"), 24)


def test_breach_is_decided_by_completion_or_now():
    due = datetime(2026, 1, 19, 12, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert not is_breached(due, due, due + second)
    assert is_breached(due, due + second, due)
    assert not is_breached(due, None, due)
    assert is_breached(due, None, due + second)
