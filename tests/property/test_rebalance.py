"""What holds of every proposal, and that small ones are the best there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.assignment import Marker
from mv_desktop.domain.board import BoardScript, School, preview
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.rebalance import Hurdle, rebalance, spread
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Measured, Paces

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
TODAY = date(2026, 7, 15)
CALENDAR = WorkCalendar(WorkingHours(), [Holiday(date(2026, 7, 17), "Rath Yatra")])
GONE = UserId(UUID(int=77))
"""A teacher whose account is closed."""

spans = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(1, 3)).map(
        lambda span: (TODAY + timedelta(days=span[0]), TODAY + timedelta(days=span[0] + span[1]))
    ),
    max_size=1,
)
students = st.integers(900, 902).map(lambda n: UserId(UUID(int=n)))
kinds = st.sampled_from([ExamType.BOARD_EXAM, ExamType.SECTION_SA])


@st.composite
def schools(draw: st.DrawFn, teachers: int, most: int, tight: int = 1_500) -> School:
    markers = tuple(
        Marker(
            UserId(UUID(int=number)),
            (),
            tuple(draw(spans)),
            draw(st.sampled_from([None, None, frozenset({"X"}), frozenset({"XII"})])),
            draw(st.sampled_from([None, 1, 3])),
            draw(st.integers(0, 1)),
            frozenset(draw(st.sets(students, max_size=1))),
        )
        for number in range(1, draw(st.integers(0, teachers)) + 1)
    )
    holders = st.sampled_from([None, GONE, *[marker.user_id for marker in markers] * 3])
    scripts = tuple(
        BoardScript(
            EvaluationId(UUID(int=number)),
            draw(holders),
            draw(st.sampled_from(["X", "XII"])),
            draw(kinds),
            NOW + timedelta(minutes=draw(st.integers(-60, tight))),
            draw(students),
            draw(st.booleans()),
            draw(st.sampled_from([False] * 9 + [True])),
        )
        for number in range(1, draw(st.integers(0, most)) + 1)
    )
    scripts = tuple(s._replace(teacher_id=None) if s.withdrawn else s for s in scripts)
    minutes = st.integers(10, 300).map(lambda n: timedelta(minutes=n))
    measured = {(m.user_id, kind): Measured(draw(minutes), 5) for m in markers for kind in draw(st.sets(kinds))}
    return School(scripts, markers, Paces(measured), CALENDAR, NOW)


def uncleared(school: School) -> set[EvaluationId]:
    """A second telling, by the forecast: what will be late, or lies in nobody's hands."""
    return {
        entry.script.evaluation_id
        for entry in school.expected(school.scripts)
        if not entry.late
        and not school.script[entry.script.evaluation_id].withdrawn
        and (entry.at_risk or entry.script.teacher_id is None)
    }


def check(school: School, moves: dict[EvaluationId, UserId], *, started_too: bool) -> str:
    """What is wrong with moves; "" when nothing is."""
    after = school.moved(dict(moves))
    before = uncleared(school)
    expected = {entry.script.evaluation_id: entry for entry in after.expected(after.scripts)}
    for key, to in moves.items():
        script, marker = school.script[key], school.marker[to]
        if script.started and not started_too and school.holder(script) is not None:
            return "started"
        if script.withdrawn or expected[key].late or expected[key].at_risk:
            return "moved and late"
        if school.is_away(to) or script.student_id in marker.barred_students:
            return "barred"
        if marker.classes is not None and script.class_name not in marker.classes:
            return "class"
    for to, count in Counter(moves.values()).items():
        marker = school.marker[to]
        if marker.daily_limit is not None and marker.given_today + count > marker.daily_limit:
            return "limit"
    return "" if uncleared(after) <= before else "newly late"


@given(schools(teachers=5, most=25), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_nothing_becomes_late_nobody_is_over_a_limit_and_the_answer_is_always_the_same(school, started_too, chance):
    found = rebalance(school, started_too=started_too)
    moves = {move.script.evaluation_id: move.to for move in found.moves}
    assert check(school, moves, started_too=started_too) == ""
    after = school.moved(dict(moves))
    left = uncleared(after)
    assert len(moves) == 0 or len(left) < len(uncleared(school))

    told = {entry.script.evaluation_id: entry.hurdle for entry in found.uncleared}
    assert {key for key, hurdle in told.items() if hurdle not in {Hurdle.OVERDUE, Hurdle.WITHDRAWN}} == left
    assert {key for key, hurdle in told.items() if hurdle is Hurdle.OVERDUE} == {
        script.evaluation_id for script in school.scripts if script.due < NOW
    }
    assert found.preview == preview(school, dict(moves))
    assert not found.preview.newly_at_risk
    assert not found.preview.objections

    again = rebalance(after, started_too=started_too)
    assert again.moves == ()
    scripts, markers = list(school.scripts), list(school.markers)
    chance.shuffle(scripts)
    chance.shuffle(markers)
    other = rebalance(replace(school, scripts=tuple(scripts), markers=tuple(markers)), started_too=started_too)
    assert other == found


@given(schools(teachers=3, most=6, tight=900), st.booleans())
@settings(max_examples=120, deadline=None)
def test_of_few_scripts_nothing_clears_more_and_nothing_as_many_with_fewer_moves(school, started_too):
    found = rebalance(school, started_too=started_too)
    moves = {move.script.evaluation_id: move.to for move in found.moves}
    assert found.least
    mine = len(uncleared(school.moved(dict(moves)))), len(moves)
    assert mine == _best(school, started_too=started_too)


@settings(max_examples=60, deadline=None)
@given(schools(teachers=4, most=12), st.booleans(), st.randoms(use_true_random=False))
def test_what_is_to_be_given_to_others_is_in_time_with_them_or_stays(school, started_too, chance):
    freed = {s.evaluation_id for s in school.scripts if not s.withdrawn and chance.random() < 0.5}
    found = spread(school, freed, started_too=started_too)
    moves = {move.script.evaluation_id: move.to for move in found.moves}
    assert found.preview == preview(school, dict(moves))
    for key, to in moves.items():
        assert school.script[key].teacher_id != to
        assert (
            started_too or key in freed or not school.script[key].started or school.holder(school.script[key]) is None
        )
    after = school.moved(dict(moves))
    expected = {entry.script.evaluation_id: entry for entry in after.expected(after.scripts)}
    was = {entry.script.evaluation_id: entry for entry in school.expected(school.scripts)}
    assert not any(expected[key].at_risk or expected[key].late for key in moves)
    assert all(was[key].at_risk for key, entry in expected.items() if entry.at_risk)
    assert spread(school, (), started_too=started_too) == rebalance(school, started_too=started_too)


def _best(school: School, *, started_too: bool) -> tuple[int, int]:
    """By trying everything."""
    best = len(uncleared(school)), 0
    teachers = [marker.user_id for marker in school.markers]
    for choice in product([None, *teachers], repeat=len(school.scripts)):
        moves = {
            script.evaluation_id: to
            for script, to in zip(school.scripts, choice, strict=True)
            if to is not None and to != script.teacher_id
        }
        if len(moves) < len(choice) - choice.count(None) or (best[0] == 0 and len(moves) >= best[1]):
            continue
        if not check(school, moves, started_too=started_too):
            best = min(best, (len(uncleared(school.moved(dict(moves)))), len(moves)))
    return best
