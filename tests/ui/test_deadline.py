"""Deadlines in words, and the badge that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.deadline_badge import DeadlineBadge
from mv_desktop.ui.widgets.deadline_text import (
    DueWork,
    Urgency,
    day,
    duration,
    explanation,
    longest_day,
    moment,
    told,
    whole_moment,
)
from tests.factories.queue_row import CALENDAR, NOON

HOUR = timedelta(hours=1)
IST = CALENDAR.hours.zone


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language("en")


def work(
    due: datetime, *, received: datetime = NOON - 20 * HOUR, breached: bool = False, done: bool = False
) -> DueWork:
    return DueWork(received, due, 24, breached, done)


@pytest.mark.parametrize(
    ("due", "urgency", "line"),
    [
        (NOON + 5 * HOUR, Urgency.TODAY, "due today 16:30 · 5 h left"),
        (NOON + timedelta(minutes=80), Urgency.TODAY, "due today 12:50 · 1 h 20 min left"),
        (NOON + 24 * HOUR, Urgency.SOON, "due tomorrow 11:30 · 9 h left"),
        (NOON + 30 * HOUR, Urgency.LATER, "due tomorrow 17:30 · 15 h left"),
        (NOON + 72 * HOUR, Urgency.LATER, "due Sat 18 Jul 11:30 · 18 h left"),
        (NOON - HOUR, Urgency.BREACHED, "was due today 10:30 · 1 h late"),
        (NOON - 24 * HOUR, Urgency.BREACHED, "was due yesterday 11:30 · 9 h late"),
        (NOON - timedelta(seconds=5), Urgency.BREACHED, "was due today 11:29 · late"),
    ],
)
def test_a_deadline_is_told_in_working_time(due: datetime, urgency: Urgency, line: str) -> None:
    said = told(work(due), CALENDAR, NOON)
    assert (said.urgency, said.line) == (urgency, line)


def test_the_servers_verdict_counts_even_when_the_deadline_was_extended() -> None:
    said = told(work(NOON + HOUR, breached=True), CALENDAR, NOON)
    assert said.urgency is Urgency.BREACHED
    assert said.line == "due today 12:30 · 1 h left"


def test_finished_work_has_no_time_left() -> None:
    said = told(work(NOON - HOUR, done=True), CALENDAR, NOON)
    assert (said.urgency, said.left, said.line) == (Urgency.DONE, "", "was due today 10:30")


def test_a_whole_moment_has_its_year_and_its_zone() -> None:
    assert whole_moment(NOON, CALENDAR.hours.zone) == "Wed 15 Jul 2026 11:30 (IST)"


def test_the_tooltip_has_the_full_deadline_the_clock_and_the_reason() -> None:
    received = NOON - 20 * HOUR
    due = CALENDAR.deadline(received, 24).due
    assert told(DueWork(received, due, 24), CALENDAR, NOON).tooltip.splitlines() == [
        "Due Wed 15 Jul 2026 15:30 (IST)",
        "4 h left on the clock",
        "24 h from Tue 14 Jul 15:30",
    ]


def test_a_deadline_that_the_server_moved_says_so() -> None:
    tooltip = told(work(NOON + 5 * HOUR), CALENDAR, NOON).tooltip
    assert "The server set another deadline; by today's calendar it would be Wed 15 Jul 2026 15:30." in tooltip


def test_reasons_are_those_of_the_domain() -> None:
    for received, hours in [(NOON, 48), (datetime(2026, 12, 31, 6, tzinfo=UTC), 24), (NOON + 40 * HOUR, 24)]:
        deadline = CALENDAR.deadline(received, hours)
        assert explanation(deadline) == deadline.explanation
    assert "Muharram" in explanation(CALENDAR.deadline(NOON, 48))


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (3 * HOUR, "3 h"),
        (26.5 * HOUR, "26 h 30 min"),
    ],
)
def test_lengths_of_time_are_rounded_down_to_minutes(length: timedelta, text: str) -> None:
    assert duration(length) == text


def test_a_moment_of_another_year_names_it() -> None:
    assert moment(datetime(2027, 1, 4, 6, tzinfo=UTC), NOON, IST) == "Mon 4 Jan 2027 11:30"


def test_hindi_deadlines() -> None:
    set_language("hi")
    said = told(work(NOON + 5 * HOUR), CALENDAR, NOON)
    assert said.due == "आज 16:30"
    assert said.left == "5 घं"


def test_a_badge_says_icon_word_and_reason_and_follows_time_and_palette(qtbot: QtBot, qapp: QApplication) -> None:
    badge = DeadlineBadge()
    qtbot.addWidget(badge)
    badge.show_deadline(work(NOON + 5 * HOUR), CALENDAR, NOON)
    assert badge.text == "due today 16:30 · 5 h left"
    assert badge.accessibleName() == "Today: due today 16:30 · 5 h left"
    assert "24 h from" in badge.toolTip()
    badge.show_deadline(work(NOON + 5 * HOUR), CALENDAR, NOON + 6 * HOUR)
    assert badge.accessibleName().startswith("Breached: ")
    badge.show()
    light = badge.grab().toImage()
    apply_theme(qapp, "dark")
    assert badge.grab().toImage() != light
    apply_theme(qapp, "light")


def test_another_basis_and_zone_are_told_in_that_zone() -> None:
    calendar = WorkCalendar(WorkingHours.from_setting(
        {"start": "08:00", "end": "16:00", "timezone": "Europe/Berlin", "weekly_off": ["sunday"]}
    ))  # fmt: skip
    said = told(work(NOON + 5 * HOUR), calendar, NOON)
    assert said.due == "today 13:00"


@pytest.mark.parametrize("spoken", ["en", "hi"])
def test_a_column_of_days_has_room_for_every_day_of_a_year(qapp, spoken):
    set_language(spoken)
    width = QFontMetrics(qapp.font()).horizontalAdvance
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert max(width(day(one, year=True)) for one in days) <= width(longest_day()) + 2  # Devanagari varies by a pixel
