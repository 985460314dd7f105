"""What is proposed so that fewer are late, and what a move does: told by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from mv_desktop.domain.assignment import Marker, Obstacle
from mv_desktop.domain.board import BoardScript, Outlook, School, preview, preview_size
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.rebalance import Hurdle, rebalance
from mv_desktop.domain.rebalance_search import MOST_SCRIPTS
from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Measured, Paces

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
"""A Wednesday, 10:00 at the school."""

TODAY = date(2026, 7, 15)
ALL_WEEK = ((TODAY, TODAY + timedelta(days=7)),)
STUDENT = UserId(UUID(int=900))


def teacher(number: int, **rest: object) -> Marker:
    return Marker(UserId(UUID(int=number)), **rest)  # type: ignore[arg-type]


def script(number: int, who: int | None, hours: float, **rest: object) -> BoardScript:
    """A board exam that is due in so many hours of clock time; it takes an hour."""
    holder = None if who is None else UserId(UUID(int=who))
    given = {"class_name": "XII", "exam_type": ExamType.BOARD_EXAM, "student_id": STUDENT} | rest
    return BoardScript(EvaluationId(UUID(int=number)), holder, due=NOW + timedelta(hours=hours), **given)  # type: ignore[arg-type]


def school(markers: list[Marker], *scripts: BoardScript, **minutes: int) -> School:
    """Each takes an hour for a board exam, or so many minutes: `_2=30` is the second teacher."""
    measured = {
        (m.user_id, ExamType.BOARD_EXAM): Measured(timedelta(minutes=minutes.get(f"_{m.user_id.int}", 60)), 9)
        for m in markers
    }
    return School(scripts, tuple(markers), Paces(measured), WorkCalendar(WorkingHours()), NOW)


def moves(found: School, **options: bool) -> list[tuple[int, int]]:
    return [(m.script.evaluation_id.int, m.to.int) for m in rebalance(found, **options).moves]


def hurdles(found: School, **options: bool) -> dict[int, Hurdle]:
    return {u.script.evaluation_id.int: u.hurdle for u in rebalance(found, **options).uncleared}


def test_as_few_go_as_can_and_the_least_loaded_get_them() -> None:
    crowded = school(
        [teacher(1), teacher(2), teacher(3)],
        *(script(number, 1, 2) for number in (1, 2, 3, 4)),
        script(5, 2, 30),
        script(6, 3, 2),
    )
    found = rebalance(crowded)
    # two of them are done in two hours, and each of the others has room for one more
    assert moves(crowded) == [(3, 2), (4, 3)]
    assert (found.least, found.uncleared) == (True, ())
    first = found.preview.teachers[0]
    assert (first.before.at_risk, first.after.at_risk) == (2, 0)
    assert (first.before.work, first.after.work) == (timedelta(hours=4), timedelta(hours=2))
    assert [change.after.script.evaluation_id.int for change in found.preview.cleared] == [3, 4]
    assert moves(crowded.moved({m.script.evaluation_id: m.to for m in found.moves})) == []


def test_one_long_script_goes_rather_than_two_short_ones() -> None:
    short = ExamType.SECTION_MCQ
    crowded = school(
        [teacher(1), teacher(2)],
        script(1, 1, 1.5),
        script(2, 1, 1.05, exam_type=short),
        script(3, 1, 1.6, exam_type=short),
        script(4, 1, 1.61, exam_type=short),
        _1=85,
    )
    assert moves(crowded) == [(1, 2)]
    calm = tuple(script(number, 2, 900) for number in range(100, 101 + MOST_SCRIPTS))
    assert moves(replace(crowded, scripts=crowded.scripts + calm)) == [(1, 2)]


def test_one_that_goes_clears_several_and_what_only_one_can_take_is_left_for_her() -> None:
    quick = ExamType.SECTION_MCQ
    two = school(
        [teacher(1), teacher(2)],
        script(1, 1, 1.4),
        script(2, 1, 1.45, exam_type=quick),
        script(3, 1, 1.5, exam_type=quick),
        _1=84,
        _2=84,
    )
    assert moves(two) == [(1, 2)]
    # and not where it makes one late that was in time, though two would be cleared for it
    harmful = replace(
        two,
        scripts=(
            two.scripts[0],
            *(one._replace(class_name="X") for one in two.scripts[1:]),
            script(4, 2, 1.41, exam_type=quick),
        ),
        markers=(teacher(1, classes=frozenset({"X"})), teacher(2, classes=frozenset({"XII"}))),
    )
    assert moves(harmful) == []
    assert hurdles(harmful) == {2: Hurdle.CLASS, 3: Hurdle.CLASS}
    # the first to be cleared would go to the idle one, who alone marks the class of the second
    markers = [teacher(1, away=ALL_WEEK), teacher(2), teacher(3, classes=frozenset({"XII"}))]
    later = script(3, 3, 900, exam_type=quick)
    both = school(markers, script(1, 1, 1), script(2, 1, 1.01, class_name="X"), later)
    assert moves(both) == [(1, 3), (2, 2)]


def test_what_was_begun_stays_unless_it_may_go_and_what_nobody_has_is_given() -> None:
    begun = school([teacher(1, away=ALL_WEEK), teacher(2)], script(1, 1, 3, started=True), script(2, None, 3))
    assert moves(begun) == [(2, 2)]
    assert hurdles(begun) == {1: Hurdle.STARTED}
    assert moves(begun, started_too=True) == [(1, 2), (2, 2)]
    gone = school([teacher(2)], script(1, 77, 3, started=True))
    assert moves(gone) == [(1, 2)]
    assert gone.holder(gone.scripts[0]) is None


def test_somebody_makes_room_by_handing_on_to_a_third() -> None:
    markers = [teacher(1), teacher(2), teacher(3, classes=frozenset({"X"}))]
    crowded = school(
        markers, script(1, 1, 1), script(2, 1, 1), script(3, 2, 1, class_name="X"), script(4, 2, 60, class_name="X")
    )
    assert moves(crowded) == [(2, 2), (3, 3)]
    calm = tuple(script(number, 2, 500) for number in range(100, 101 + MOST_SCRIPTS))
    assert moves(replace(crowded, scripts=crowded.scripts + calm)) == [(2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("others", "hurdle"),
    [
        ([], Hurdle.NO_TEACHER),
        ([teacher(2, away=ALL_WEEK)], Hurdle.AWAY),
        ([teacher(2, classes=frozenset({"X"})), teacher(3, away=ALL_WEEK)], Hurdle.CLASS),
        ([teacher(2, barred_students=frozenset({STUDENT})), teacher(3, classes=frozenset({"X"}))], Hurdle.CONFLICT),
        ([teacher(2, daily_limit=3, given_today=3), teacher(3, away=ALL_WEEK)], Hurdle.LIMIT),
        ([teacher(2), teacher(3, away=ALL_WEEK)], Hurdle.TOO_LONG),
    ],
)
def test_of_what_stays_late_it_is_said_why(others: list[Marker], hurdle: Hurdle) -> None:
    late = school([teacher(1), *others], script(1, 1, 0.5), script(2, 1, -1), script(3, None, 0.4, withdrawn=True))
    assert hurdles(late) == {1: hurdle, 2: Hurdle.OVERDUE, 3: Hurdle.WITHDRAWN}
    assert moves(late) == []


def test_who_is_busy_has_no_room_and_what_is_too_long_is_told_in_figures() -> None:
    busy = school([teacher(1), teacher(2)], script(1, 1, 1), script(2, 1, 1), script(3, 2, 1))
    assert hurdles(busy) == {2: Hurdle.NO_ROOM}
    long = school([teacher(1), teacher(2), teacher(3)], script(1, 1, 0.75), _2=80, _3=50)
    (told,) = rebalance(long).uncleared
    assert told.why == "It takes 50 min at least, and 45 min of working time is left: nobody would be in time."
    assert rebalance(long).least


def test_that_nobody_has_room_now_says_nothing_of_later() -> None:
    others = range(2, 9)
    busy = [script(n, n, 1) for n in others]
    markers = [teacher(1, away=ALL_WEEK), *map(teacher, others)]
    found = school(markers, script(1, 1, 1), *busy, script(20, 1, 30), script(21, 1, 30))
    assert moves(found) == [(20, 2), (21, 3)]
    assert hurdles(found) == {1: Hurdle.NO_ROOM}
    calm = tuple(script(n, 2, 900) for n in range(100, 101 + MOST_SCRIPTS))
    many = school([teacher(1, away=ALL_WEEK), teacher(2)], script(1, 1, 1), *calm)
    assert moves(many) == [(1, 2)]


def test_two_go_where_one_is_not_enough_and_none_where_two_are_not() -> None:
    quick = ExamType.SECTION_MCQ
    # before the fourth, which only the first teacher may mark, two short ones have to go
    fixed = [script(n, 1, 1.1, exam_type=quick) for n in (1, 2, 3)]
    last = script(9, 1, 1.12, started=True)
    roomy = school([teacher(1), teacher(2)], *fixed, last, _1=58)
    assert moves(roomy) == [(2, 2), (3, 2)]
    for one in (roomy, replace(roomy, scripts=roomy.scripts + tuple(script(n, 2, 900) for n in range(20, 80)))):
        assert not hurdles(one)
    tight = replace(roomy, markers=(teacher(1), teacher(2, daily_limit=1)))
    assert moves(tight) == []
    assert hurdles(tight) == {9: Hurdle.STARTED}
    many = replace(tight, scripts=tight.scripts + tuple(script(n, 2, 900) for n in range(20, 80)))
    assert moves(many) == []


def test_a_move_that_a_later_one_makes_needless_is_taken_back() -> None:
    work = dict(zip(ExamType, (30, 12, 34, 200, 50), strict=True))
    board, quick, short, long, unit = ExamType
    markers = [teacher(1), teacher(2), *(teacher(n, classes=frozenset({"XII"})) for n in (3, 4))]
    found = School(
        (
            script(1, 1, 35 / 60, exam_type=board, class_name="X"),
            script(2, 1, 40 / 60, exam_type=quick),  # late by two minutes; until the second teacher has room it goes
            script(3, 2, 36 / 60, exam_type=short),
            script(4, 2, 82 / 60, exam_type=unit, started=True),  # late by two minutes: makes the third go
            script(5, 1, 215 / 60, exam_type=long, started=True),  # late by half an hour: makes the first go
        ),
        tuple(markers),
        Paces({(m.user_id, kind): Measured(timedelta(minutes=n), 9) for m in markers for kind, n in work.items()}),
        WorkCalendar(WorkingHours()),
        NOW,
    )
    assert moves(found) == [(1, 2), (3, 4)]


def test_where_there_is_no_end_of_possibilities_it_is_not_claimed_that_none_is_better() -> None:
    full = [script(n, 1 + n % 4, 6 + n / 7) for n in range(60)]
    found = rebalance(school([teacher(n) for n in (1, 2, 3, 4)], *full, _2=50, _3=40))
    assert not found.least
    assert found.uncleared
    busy = [script(1, 1, 1), script(2, 1, 1), script(3, 2, 1), *(script(n, 3, 900) for n in range(10, 80))]
    assert not rebalance(school([teacher(1), teacher(2), teacher(3, away=ALL_WEEK)], *busy)).least
    calm = [script(n, 1, 900) for n in range(10, 80)]
    sure = [script(1, 1, 0.5, started=True), script(2, 1, 0.6), script(3, None, 0.7)]
    assert rebalance(school([teacher(1), teacher(2)], *sure, *calm)).least
    # twenty exchanges with the second teacher are tried, and no more
    packed = [script(n, 2, 8) for n in range(10, 34)]
    assert moves(school([teacher(1, away=ALL_WEEK), teacher(2)], script(1, 1, 1), *packed, _2=20)) == []


def test_a_move_by_hand_is_told_with_what_it_does_to_both() -> None:
    two = school(
        [teacher(1), teacher(2, daily_limit=1, given_today=0), teacher(3, away=ALL_WEEK)],
        script(1, 1, 1),
        script(2, 1, 1.5, started=True),
        script(3, 2, 1.5),
        script(4, None, 9),
    )
    first, second, fourth = (EvaluationId(UUID(int=n)) for n in (1, 2, 4))
    who = UserId(UUID(int=2))
    assert preview_size(two, {first: who, second: who}) == 2 + 3  # both queues, and what moves once more
    assert preview_size(two, {fourth: None}) == 1
    found = preview(two, {first: who, second: who})
    assert [(c.user_id.int, c.before.scripts, c.after.scripts, c.after.at_risk) for c in found.teachers] == [
        (1, 2, 0, 0),
        (2, 1, 3, 2),
    ]
    assert found.teachers[0].after == Outlook()
    assert found.teachers[1].after.finish == NOW + timedelta(hours=3)
    assert [change.before.script.evaluation_id.int for change in found.newly_at_risk] == [3]
    assert not found.cleared
    assert [(o.evaluation_id, o.obstacle) for o in found.objections] == [(second, Obstacle.LIMIT)]
    assert found.started == (second,)
    pooled = preview(two, {second: None, fourth: None, first: UserId(UUID(int=1))})
    assert [change.after.script.evaluation_id for change in pooled.moved] == [second]
    assert pooled.moved[0].after.script.teacher_id is None
    away = preview(two, {fourth: UserId(UUID(int=3))})
    assert away.objections[0].obstacle is Obstacle.AWAY
    assert len(away.newly_at_risk) == 1
    with pytest.raises(KeyError):
        preview(two, {first: UserId(UUID(int=99))})


def test_a_school_that_never_works_and_an_empty_one_get_an_answer() -> None:
    never = WorkCalendar(WorkingHours(time(9), time(18), weekly_off=frozenset(range(7))))
    late = replace(school([teacher(1), teacher(2)], script(1, 1, 4)), calendar=never, _times={})
    assert hurdles(late) == {1: Hurdle.TOO_LONG}
    assert rebalance(school([])).moves == ()
