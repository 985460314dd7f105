"""What must hold of every deadline."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.sla import Basis, Holiday, WorkCalendar, WorkingHours

IST = ZoneInfo("Asia/Kolkata")
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))
holidays = st.lists(
    st.builds(
        Holiday,
        st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        st.just("Holiday"),
        st.booleans(),
    ),
    max_size=30,
)
working_hours = st.builds(
    WorkingHours,
    opens=st.sampled_from([time(0), time(9), time(10, 30)]),
    closes=st.sampled_from([time(12), time(18), time(23, 59, 59)]),
    zone=st.sampled_from([IST, ZoneInfo("UTC"), ZoneInfo("America/New_York")]),
    weekly_off=st.sets(st.integers(0, 6), max_size=6).map(frozenset),
    basis=st.sampled_from(Basis),
)
calendars = st.builds(WorkCalendar, working_hours, holidays)
promises = st.sampled_from([24, 48])


@given(calendars, moments, promises)
def test_a_deadline_is_never_inside_closed_time(calendar, received, hours):
    due = calendar.deadline(received, hours).due.astimezone(calendar.hours.zone)
    assert calendar.is_working_day(due.date())
    assert calendar.hours.opens <= due.time() <= calendar.hours.closes


@given(calendars, moments, st.timedeltas(timedelta(), timedelta(days=20)), promises)
def test_later_arrival_is_never_due_earlier(calendar, received, delay, hours):
    assert calendar.deadline(received, hours).due <= calendar.deadline(received + delay, hours).due


@given(calendars, moments)
def test_more_hours_are_never_due_earlier(calendar, received):
    assert calendar.deadline(received, 24).due <= calendar.deadline(received, 48).due


@given(calendars, moments, promises)
def test_the_working_time_until_the_deadline_is_the_budget(calendar, received, hours):
    deadline = calendar.deadline(received, hours)
    assert calendar.working_time(received, deadline.due) == deadline.budget


@given(calendars, moments, promises)
def test_every_skipped_day_is_closed_and_lies_between(calendar, received, hours):
    deadline = calendar.deadline(received, hours)
    zone = calendar.hours.zone
    for closed in deadline.skipped:
        assert not calendar.is_working_day(closed.day)
        assert received.astimezone(zone).date() <= closed.day <= deadline.due.astimezone(zone).date()


@given(calendars, moments, promises, st.sampled_from([ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/Lima")]))
@settings(max_examples=50)
def test_the_zone_in_which_receipt_is_told_does_not_matter(calendar, received, hours, zone):
    assert calendar.deadline(received, hours).due == calendar.deadline(received.astimezone(zone), hours).due


def test_the_machines_zone_does_not_matter():
    code = (
        "from datetime import datetime, UTC; from mv_desktop.domain.sla import *;"
        "print(WorkCalendar(WorkingHours()).deadline(datetime(2026,1,23,11,30,tzinfo=UTC), 48).due.isoformat())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati")
    }
    assert answers == {"2026-01-26T11:30:00+00:00\n"}
