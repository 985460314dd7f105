"""The lines of the board, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from mv_desktop.domain.assignment import Marker
from mv_desktop.domain.board import BoardScript, Outlook, School
from mv_desktop.domain.board_view import Bands, BoardTeacher, at_risk, bands, teacher_rows
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Paces

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
"""A Wednesday, 10:00 at the school."""

TODAY = date(2026, 7, 15)
CALENDAR = WorkCalendar(WorkingHours(), [Holiday(date(2026, 7, 16), "Rath Yatra")])
ASHA, BINA, GONE = (UserId(UUID(int=number)) for number in (1, 2, 3))


def script(number: int, who: UserId | None, hours: float, **rest: object) -> BoardScript:
    """A board exam that is due in so many hours of clock time; it takes half an hour."""
    given = {"class_name": "XII", "exam_type": ExamType.BOARD_EXAM, "student_id": UserId(UUID(int=900))} | rest
    due = NOW + timedelta(hours=hours)
    return BoardScript(EvaluationId(UUID(int=number)), who, due=due, **given)  # type: ignore[arg-type]


def test_each_teacher_has_a_line_and_what_breaks_first_stands_first() -> None:
    away = ((TODAY - timedelta(days=1), TODAY + timedelta(days=1)),)
    school = School(
        (
            script(1, ASHA, -1),
            script(2, ASHA, 0.75, started=True),
            script(3, ASHA, 0.8),
            script(4, BINA, 2),
            script(5, GONE, 0.25),
            script(6, None, 100),
        ),
        (Marker(ASHA), Marker(BINA, away=away)),
        Paces(),
        CALENDAR,
        NOW,
    )
    known = [
        BoardTeacher(ASHA, "Meera", True, NOW),
        BoardTeacher(BINA, "asha", True, None),
        BoardTeacher(GONE, "Zara", False, None),
    ]
    expected = school.expected(school.scripts)
    bina, asha, gone = teacher_rows(school, known, expected)
    assert asha.outlook == Outlook(3, timedelta(minutes=90), NOW + timedelta(minutes=90), late=1, at_risk=2)
    assert (asha.left, asha.bands, asha.started) == (timedelta(minutes=48), Bands(1, 2, 0, 0), 1)
    assert (asha.away, asha.back_on, asha.last_seen) == (False, None, NOW)
    assert asha.pace[ExamType.BOARD_EXAM] == timedelta(minutes=30)
    assert (bina.away, bina.back_on, bina.left) == (True, TODAY + timedelta(days=1), timedelta())
    assert (gone.marks, gone.outlook.scripts, gone.outlook.finish, gone.left) == (False, 1, None, timedelta())
    assert [entry.script.evaluation_id.int for entry in at_risk(expected)] == [5, 2, 3, 4]
    (idle, *_) = teacher_rows(replace(school, scripts=()), known, ())
    assert (idle.outlook, idle.left, idle.bands) == (Outlook(), timedelta(), Bands())


def test_tomorrow_is_the_next_day_of_work() -> None:
    dues = [NOW + timedelta(hours=hours) for hours in (-0.1, 0, 8, 24, 48, 72)]
    assert bands(dues, CALENDAR, NOW) == Bands(breached=1, today=2, tomorrow=2, later=1)
    never = WorkCalendar(WorkingHours(time(9), time(18), weekly_off=frozenset(range(7))))
    assert bands(dues, never, NOW) == Bands(breached=1, today=2, tomorrow=1, later=2)
