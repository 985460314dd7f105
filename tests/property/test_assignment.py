"""What holds of every assignment."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.assignment import Marker, OpenWork, Plan, WaitingScript, assign
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.forecast import OpenScript, forecast, is_away
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Measured, Paces

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
TODAY = date(2026, 7, 15)
CALENDAR = WorkCalendar(WorkingHours(), [Holiday(date(2026, 7, 17), "Rath Yatra")])

minutes = st.integers(1, 400).map(lambda n: timedelta(minutes=n))
moments = st.integers(-600, 6_000).map(lambda n: NOW + timedelta(minutes=n))
open_works = st.lists(st.builds(OpenWork, moments, minutes), max_size=6)
spans = st.lists(
    st.tuples(st.integers(-3, 8), st.integers(1, 4)).map(
        lambda span: (TODAY + timedelta(days=span[0]), TODAY + timedelta(days=span[0] + span[1]))
    ),
    max_size=2,
)
classes = st.sampled_from([None, frozenset({"X"}), frozenset({"XII"})])
students = st.integers(900, 903).map(lambda n: UserId(UUID(int=n)))


@st.composite
def schools(draw: st.DrawFn) -> tuple[list[WaitingScript], list[Marker], Paces]:
    markers = [
        Marker(
            UserId(UUID(int=number)),
            tuple(draw(open_works)),
            tuple(draw(spans)),
            draw(classes),
            draw(st.sampled_from([None, 1, 3])),
            draw(st.integers(0, 2)),
            frozenset(draw(st.sets(students, max_size=2))),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]
    scripts = [
        WaitingScript(
            ExamInstanceId(UUID(int=number)),
            draw(st.sampled_from(["X", "XII"])),
            draw(st.sampled_from(ExamType)),
            draw(moments),
            draw(students),
        )
        for number in range(1, draw(st.integers(0, 12)) + 1)
    ]
    measured = {
        (marker.user_id, kind): Measured(draw(minutes), draw(st.integers(1, 9)))
        for marker in markers
        for kind in draw(st.sets(st.sampled_from(ExamType), max_size=2))
    }
    return scripts, markers, Paces(measured)


def may(marker: Marker, script: WaitingScript, given_now: int) -> bool:
    """A second telling of who may have a script."""
    return not (
        is_away(marker.away, TODAY)
        or (marker.classes is not None and script.class_name not in marker.classes)
        or script.student_id in marker.barred_students
        or (marker.daily_limit is not None and marker.given_today + given_now >= marker.daily_limit)
    )


@given(school=schools())
@settings(max_examples=150, deadline=None)
def test_limits_and_absences_hold_and_nobody_waits_while_somebody_is_free(
    school: tuple[list[WaitingScript], list[Marker], Paces],
) -> None:
    scripts, markers, paces = school
    plan = assign(scripts, markers, paces, CALENDAR, NOW)
    assert assign(scripts[::-1], markers[::-1], paces, CALENDAR, NOW) == plan
    assert sorted(s.exam_instance_id.int for s in [g.script for g in plan.given] + [e.script for e in plan.left]) == [
        script.exam_instance_id.int for script in scripts
    ]
    by_id = {marker.user_id: marker for marker in markers}
    count = dict.fromkeys(by_id, 0)
    in_order = sorted((*plan.given, *plan.left), key=lambda e: (e.script.due, e.script.exam_instance_id.int))
    for entry in in_order:
        free = {user for user, marker in by_id.items() if may(marker, entry.script, count[user])}
        if hasattr(entry, "teacher_id"):
            assert entry.teacher_id in free
            count[entry.teacher_id] += 1
        else:
            assert not free


@given(school=schools())
@settings(max_examples=100, deadline=None)
def test_what_is_expected_is_what_the_forecast_says_and_nothing_in_time_becomes_late(
    school: tuple[list[WaitingScript], list[Marker], Paces],
) -> None:
    scripts, markers, paces = school
    scripts = [replace(script, due=script.due + timedelta(microseconds=n)) for n, script in enumerate(scripts, 1)]
    plan = assign(scripts, markers, paces, CALENDAR, NOW)
    kept = {marker.user_id: list(marker.open_work) for marker in markers}
    for entry in plan.given:
        before = _expected(kept, markers)
        kept[entry.teacher_id].append(
            OpenWork(entry.script.due, paces.expected(entry.teacher_id, entry.script.exam_type))
        )
        after = _expected(kept, markers)
        assert after[entry.teacher_id, entry.script.due] == entry.finish
        assert entry.in_time == (entry.finish is not None and entry.finish <= entry.script.due)
        others = [key for key in before if key != (entry.teacher_id, entry.script.due)]
        pushed = [key for key in others if before[key] <= key[1] < after[key]]
        if pushed:  # nobody could take it without making one late
            assert all(
                _harms(kept, markers, marker, entry.script, paces, entry.teacher_id)
                for marker in markers
                if may(marker, entry.script, _given(plan, marker, entry.script))
            )


def _expected(kept: dict[UserId, list[OpenWork]], markers: list[Marker]) -> dict[tuple[UserId, datetime], datetime]:
    """When each script is finished as the forecast has it; of several with one deadline, the last."""
    number = iter(range(1, 10_000))
    queues = [
        OpenScript(EvaluationId(UUID(int=next(number))), user, item.due, item.work)
        for user, items in kept.items()
        for item in items
    ]
    away = {marker.user_id: marker.away for marker in markers}
    found: dict[tuple[UserId, datetime], datetime] = {}
    for entry in forecast(queues, away, CALENDAR, NOW):
        assert entry.script.teacher_id is not None
        assert entry.finish is not None
        key = UserId(entry.script.teacher_id), entry.script.due
        found[key] = max(found.get(key, entry.finish), entry.finish)
    return found


def _given(plan: Plan, marker: Marker, until: WaitingScript) -> int:
    here = until.due, until.exam_instance_id.int
    earlier = [g for g in plan.given if (g.script.due, g.script.exam_instance_id.int) < here]
    return sum(g.teacher_id == marker.user_id for g in earlier)


def _harms(
    kept: dict[UserId, list[OpenWork]],
    markers: list[Marker],
    marker: Marker,
    script: WaitingScript,
    paces: Paces,
    had: UserId,
) -> bool:
    """Given to this teacher instead it would be late, or make another script late."""
    without = {user: [item for item in items if user != had or item.due != script.due] for user, items in kept.items()}
    before = _expected(without, markers)
    without[marker.user_id].append(OpenWork(script.due, paces.expected(marker.user_id, script.exam_type)))
    after = _expected(without, markers)
    return any(before.get(key, datetime.min.replace(tzinfo=UTC)) <= key[1] < finish for key, finish in after.items())


@given(
    works=st.lists(open_works, min_size=1, max_size=4),
    dues=st.lists(st.integers(0, 3_000), min_size=1, max_size=25, unique=True),
    pace=minutes,
)
@settings(max_examples=75, deadline=None)
def test_one_more_teacher_makes_no_more_scripts_late(
    works: list[list[OpenWork]], dues: list[int], pace: timedelta
) -> None:
    """Newcomers or not, where all take as long, are there on the same days and may mark the same scripts."""
    scripts = [
        WaitingScript(
            ExamInstanceId(UUID(int=n)), "XII", ExamType.BOARD_EXAM, NOW + timedelta(minutes=due), UserId(UUID(int=900))
        )
        for n, due in enumerate(dues, 1)
    ]
    late = []
    for number in range(1, len(works) + 1):
        # what they have stands before all that comes, so that each script begins when the least loaded is free
        markers = [
            Marker(UserId(UUID(int=n)), tuple(OpenWork(NOW - timedelta(hours=1), item.work) for item in items))
            for n, items in enumerate(works[:number], 1)
        ]
        kind = {(marker.user_id, ExamType.BOARD_EXAM): Measured(pace, 9) for marker in markers}
        plan = assign(scripts, markers, Paces(kind), CALENDAR, NOW)
        late.append(sum(not given.in_time for given in plan.given))
    assert late == sorted(late, reverse=True)


@given(
    school=schools(),
    kept=st.integers(0, 3),
    newcomer=st.tuples(spans, classes, st.sampled_from([None, 1, 3])),
    pace=minutes,
    first_id=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_newcomer_makes_no_more_scripts_late_whoever_she_is(
    school: tuple[list[WaitingScript], list[Marker], Paces],
    kept: int,
    newcomer: tuple[list[tuple[date, date]], frozenset[str] | None, int | None],
    pace: timedelta,
    first_id: bool,
) -> None:
    """Any school, some of whose teachers are newcomers already, and one more: also what nobody can be given is late."""
    scripts, markers, paces = school
    markers = [
        replace(m, open_work=(), newcomer_since=NOW - timedelta(days=9 - n)) if n >= kept else m
        for n, m in enumerate(markers)
    ]
    away, marks, limit = newcomer
    hers = Marker(UserId(UUID(int=0 if first_id else 99)), (), away, marks, limit, newcomer_since=NOW)
    own = {(hers.user_id, kind): Measured(pace, 9) for kind in ExamType}
    paces = Paces(paces.measured | own)
    assert _late(scripts, [*markers, hers], paces) <= _late(scripts, markers, paces)


def test_where_a_teacher_more_would_do_harm_a_newcomer_does_none() -> None:
    """Schools of three teachers with scripts due within the hour: in one of a hundred who comes would do harm."""
    chance, harmed = random.Random(5), 0
    for _ in range(250):
        scripts, markers = _tight(chance)
        only = Marker(UserId(UUID(int=chance.choice((0, 99)))), classes=frozenset({"XII"}), daily_limit=1)
        before = _late(scripts, markers, Paces())
        harmed += _late(scripts, [*markers, only], Paces()) > before
        assert _late(scripts, [*markers, replace(only, newcomer_since=NOW)], Paces()) <= before
    assert harmed


def _tight(chance: random.Random) -> tuple[list[WaitingScript], list[Marker]]:
    def soon() -> datetime:
        return NOW + timedelta(minutes=5 * chance.randint(1, 14))

    kinds = (ExamType.SECTION_MCQ, ExamType.SECTION_SA, ExamType.BOARD_EXAM)
    student = UserId(UUID(int=900))
    scripts = [
        WaitingScript(ExamInstanceId(UUID(int=n)), chance.choice(("X", "XII")), chance.choice(kinds), soon(), student)
        for n in range(1, chance.randint(6, 12))
    ]
    markers = [
        Marker(
            UserId(UUID(int=n)),
            [OpenWork(soon(), timedelta(minutes=chance.choice((5, 15)))) for _ in range(chance.randint(0, 2))],
            classes=chance.choice((None, frozenset({"X"}), frozenset({"XII"}))),
        )
        for n in range(10, 13)
    ]
    return scripts, markers


def _late(scripts: list[WaitingScript], markers: list[Marker], paces: Paces) -> int:
    """How many scripts are late in the end by the forecast, of those given, those had before and those left over."""
    plan = assign(scripts, markers, paces, CALENDAR, NOW)
    number = iter(range(1, 10_000))
    queues = [
        OpenScript(EvaluationId(UUID(int=next(number))), marker.user_id, item.due, item.work)
        for marker in markers
        for item in marker.open_work
    ]
    queues += [
        OpenScript(
            EvaluationId(UUID(int=next(number))),
            g.teacher_id,
            g.script.due,
            paces.expected(g.teacher_id, g.script.exam_type),
        )
        for g in plan.given
    ]
    away = {marker.user_id: marker.away for marker in markers}
    return len(plan.left) + sum(entry.finish > entry.script.due for entry in forecast(queues, away, CALENDAR, NOW))
