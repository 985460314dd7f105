"""Who gets which script: told by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from mv_desktop.domain.assignment import (
    Given,
    Left,
    Marker,
    Obstacle,
    OpenWork,
    WaitingScript,
    assign,
    explanation,
    pressing,
)
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import ExamInstanceId, UserId
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Measured, Paces

CALENDAR = WorkCalendar(WorkingHours())
NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
"""A Wednesday, 10:00 at the school."""

TODAY = date(2026, 7, 15)
EVENING = datetime(2026, 7, 15, 12, 30, tzinfo=UTC)
"""18:00 that day: eight hours of work away."""


def teacher(number: int, *hours: float, **rest: object) -> Marker:
    """A teacher with so many hours of work, all due this evening."""
    work = tuple(OpenWork(EVENING, timedelta(hours=hour)) for hour in hours)
    return Marker(UserId(UUID(int=number)), **{"open_work": work} | rest)  # type: ignore[arg-type]


def script(number: int = 1, due: datetime = EVENING, **rest: object) -> WaitingScript:
    """A board exam; it takes half an hour."""
    given = {"class_name": "XII", "exam_type": ExamType.BOARD_EXAM, "student_id": UserId(UUID(int=900))} | rest
    return WaitingScript(ExamInstanceId(UUID(int=number)), due=due, **given)  # type: ignore[arg-type]


def who(*markers: Marker, scripts: tuple[WaitingScript, ...] = (script(),), paces: Paces | None = None) -> list[object]:
    """To whom the scripts go, by number; or why nobody can have them."""
    plan = assign(scripts, markers, paces or Paces(), CALENDAR, NOW)
    found: dict[int, object] = {g.script.exam_instance_id.int: g.teacher_id.int for g in plan.given}
    found |= {entry.script.exam_instance_id.int: entry.obstacle for entry in plan.left}
    return [found[item.exam_instance_id.int] for item in scripts]


def test_the_least_loaded_gets_it_and_of_equals_the_first() -> None:
    assert who(teacher(1, 3), teacher(2, 2), teacher(3, 2)) == [2]


def test_what_counts_is_time_against_the_deadline_and_not_the_number_of_scripts() -> None:
    tomorrow = OpenWork(EVENING + timedelta(days=1), timedelta(hours=7))
    assert who(teacher(1, 0.1, 0.1, 0.1, 0.1), teacher(2, 3)) == [1]
    # seven hours for tomorrow leave room today, eight for today do not
    assert who(teacher(1, open_work=(tomorrow,)), teacher(2, 7.6)) == [1]


def test_nobody_gets_what_would_make_another_script_of_hers_late() -> None:
    morrow = datetime(2026, 7, 16, 12, 30, tzinfo=UTC)
    full = teacher(1, open_work=(OpenWork(morrow, timedelta(hours=17)),))
    longer = teacher(
        2,
        open_work=(
            OpenWork(morrow, timedelta(hours=10)),
            OpenWork(morrow + timedelta(days=5), timedelta(hours=9)),
        ),
    )
    assert who(full, longer) == [2]


def test_what_is_late_already_bars_nobody_from_more() -> None:
    late = teacher(1, open_work=(OpenWork(NOW - timedelta(hours=1), timedelta(minutes=30)),))
    assert who(late, teacher(2, 2)) == [1]


def test_where_nobody_is_in_time_whoever_finishes_first_gets_it() -> None:
    quick = Paces({(UserId(UUID(int=2)), ExamType.BOARD_EXAM): Measured(timedelta(minutes=5), 9)})
    assert who(teacher(1, 8), teacher(2, 8.1)) == [1]
    assert who(teacher(1, 8), teacher(2, 8.1), paces=quick) == [2]
    plan = assign([script()], [teacher(1, 8)], Paces(), CALENDAR, NOW)
    (given,) = plan.given
    assert not given.in_time
    assert given.finish == datetime(2026, 7, 16, 4, 0, tzinfo=UTC)
    assert explanation(given, CALENDAR) == (
        "8 h of open work, finished by 16/07 09:30, due 15/07 18:00; nobody would be in time"
    )


def test_the_most_urgent_goes_first() -> None:
    later = script(1, EVENING + timedelta(days=3))
    urgent = script(2, NOW + timedelta(minutes=40))
    assert who(teacher(1), teacher(2, 0.25), scripts=(later, urgent)) == [2, 1]


def test_whoever_is_away_gets_nothing_and_days_away_are_no_time_to_work() -> None:
    away = ((TODAY, TODAY + timedelta(days=1)),)
    soon = ((TODAY + timedelta(days=1), TODAY + timedelta(days=3)),)
    assert who(teacher(1, away=away), teacher(2, 5)) == [2]
    assert who(teacher(1, away=away)) == [Obstacle.AWAY]
    friday = script(due=datetime(2026, 7, 17, 12, 30, tzinfo=UTC))
    assert who(teacher(1, 7.8, away=soon), teacher(2, 9), scripts=(friday,)) == [2]


@pytest.mark.parametrize(
    ("marker", "obstacle"),
    [
        (teacher(1, classes=frozenset({"X"})), Obstacle.CLASS),
        (teacher(1, barred_students=frozenset({UUID(int=900)})), Obstacle.CONFLICT),
        (teacher(1, daily_limit=3, given_today=3), Obstacle.LIMIT),
    ],
)
def test_a_script_that_nobody_may_have_stays_with_the_nearest_reason(marker: Marker, obstacle: Obstacle) -> None:
    assert who(marker) == [obstacle]
    assert who(marker, teacher(2, 20)) == [2]
    elsewhere = teacher(3, away=((TODAY, TODAY + timedelta(days=9)),))
    assert who(elsewhere, marker) == [obstacle]


def test_without_teachers_it_says_so() -> None:
    plan = assign([script()], [], Paces(), CALENDAR, NOW)
    assert plan.left == (Left(script(), Obstacle.NO_TEACHER),)


def test_a_limit_counts_what_is_given_now_as_well() -> None:
    scripts = tuple(script(number) for number in range(1, 5))
    assert who(teacher(1, daily_limit=2, given_today=1), teacher(2, 3), scripts=scripts) == [1, 2, 2, 2]


def test_it_is_explained_by_what_she_has() -> None:
    (given,) = assign([script()], [teacher(1, 2, 7 / 6)], Paces(), CALENDAR, NOW).given
    assert explanation(given, CALENDAR) == "3 h 10 of open work, finished by 15/07 13:40, due 15/07 18:00"


def test_a_calendar_without_an_end_of_holidays_still_gives_it_to_somebody() -> None:
    closed = WorkingHours(opens=time(9), closes=time(18), weekly_off=frozenset({0, 1, 3, 4, 5, 6}))
    days = (date(2026, 7, 15) + timedelta(weeks=week) for week in range(600))
    never = WorkCalendar(closed, [Holiday(day, "closed") for day in days])
    (given,) = assign([script()], [teacher(2), teacher(1)], Paces(), never, NOW).given
    assert (given.teacher_id.int, given.finish, given.in_time) == (1, None, False)
    assert explanation(given, never) == "0 min of open work, due 15/07 18:00; nobody would be in time"


def test_given_and_left_are_told_in_the_order_of_the_deadlines() -> None:
    scripts = [script(number, EVENING + timedelta(hours=24 * (3 - number))) for number in (1, 2, 3)]
    plan = assign(scripts, [teacher(1)], Paces(), CALENDAR, NOW)
    assert [given.script for given in plan.given] == scripts[::-1]
    assert all(isinstance(given, Given) for given in plan.given)


def test_a_script_is_pressing_when_less_than_two_hours_of_work_are_left_or_none() -> None:
    scripts = [
        script(number, NOW + timedelta(hours=hours)) for number, hours in enumerate((-30, 0, 1.9, 2, 9.5, 23.5, 24), 1)
    ]
    assert [found.exam_instance_id.int for found in pressing(scripts, CALENDAR, NOW)] == [1, 2, 3]
    # after closing time, what is due the next morning at 10:59
    closed = EVENING + timedelta(hours=3)
    assert pressing([script(due=EVENING + timedelta(hours=16.9))], CALENDAR, closed) != ()
    assert pressing([script(due=EVENING + timedelta(hours=17))], CALENDAR, closed) == ()


def test_a_newcomer_is_left_out_where_her_help_would_make_more_scripts_late() -> None:
    """Three scripts; the last is of class X, which only the first teacher marks, and needs her to be free by then.

    Without a newcomer the first short one is hers and the long one her colleague's. A newcomer who takes the short one,
    and may have no more today, leaves the long one to the first teacher: the last comes too late. Whoever looks at one
    script at a time does not see that.
    """
    short = script(1, NOW + timedelta(minutes=5), exam_type=ExamType.SECTION_MCQ)
    long = script(2, NOW + timedelta(minutes=40))
    last = script(3, NOW + timedelta(minutes=45), class_name="X")
    first, colleague = teacher(2), teacher(3, classes=frozenset({"XII"}))
    new = {"classes": frozenset({"XII"}), "daily_limit": 1}
    assert who(first, colleague, scripts=(short, long, last)) == [2, 3, 2]
    assert who(teacher(1, **new), first, colleague, scripts=(short, long, last)) == [1, 2, 2]
    newcomer = teacher(1, newcomer_since=NOW, **new)
    assert who(newcomer, first, colleague, scripts=(short, long, last)) == [2, 3, 2]
    # where nothing is late she counts like everybody else, and so where nobody can help it
    assert who(newcomer, first, scripts=(short, script(2, EVENING))) == [1, 2]
    assert who(newcomer, first, scripts=(script(1, NOW), script(2, EVENING))) == [1, 2]
    # and what only she may have is hers all the same
    hers = script(4, EVENING, class_name="XII", student_id=UserId(UUID(int=7)))
    barred = {"barred_students": frozenset({UUID(int=7)})}
    colleagues = (teacher(2, **barred), teacher(3, classes=frozenset({"XII"}), **barred))
    assert who(newcomer, *colleagues, scripts=(short, long, last, hers)) == [2, 3, 2, 1]
