"""What a coordinator looks at, kept up to date piece by piece, is what it would be if all were computed anew."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from mv_desktop.domain.board import School
from mv_desktop.domain.board_look import RENEWED_EVERY, Look, look_again, look_at
from mv_desktop.domain.board_state import Board, Refreshed, WaitingEntry
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, UserId
from tests.fakes.board_place import FakeBoardPlace, exam_id, script_id, teacher_id


def _board(place: FakeBoardPlace) -> Board:
    return place.look().board


def _same(one: Look, other: Look) -> bool:
    return (one.expected, one.teachers, one.at_risk, one.overdue, one.in_pool) == (
        other.expected, other.teachers, other.at_risk, other.overdue, other.in_pool,
    )  # fmt: skip


def test_what_changed_is_computed_and_all_else_stays_as_it_would_be() -> None:
    for seed in range(40):
        chance = random.Random(seed)
        place = FakeBoardPlace(5, 30, seed)
        look = look_at(_board(place), ())
        for _ in range(6):
            changed: set[EvaluationId] = set()
            for _ in range(chance.randrange(1, 4)):
                key = chance.choice(list(place.scripts))
                what = chance.randrange(4)
                if what == 0:
                    del place.scripts[key], place.entries[key]  # completed
                elif what == 1:
                    key = place.add(
                        1000 + chance.randrange(50), teacher_id(1 + chance.randrange(5)), timedelta(hours=9)
                    )
                else:
                    place.give(key, None if what == 2 else teacher_id(1 + chance.randrange(5)))
                changed.add(key)
            board = _board(place)
            look = look_again(look, Refreshed(board, frozenset(changed)), ())
            assert _same(look, look_at(board, ()))
            assert look.board is board
            assert {key: look.codes[key] for key in place.scripts} == look_at(board, ()).codes
            assert look.prepared() is look


def test_codes_are_worked_out_once_for_all_looks_that_follow() -> None:
    place = FakeBoardPlace(3, 10)
    waits = WaitingEntry(exam_id(77), "X", ExamType.BOARD_EXAM, place.now, place.now, 24, has_plan=True)
    first = look_at(_board(place), (waits,))
    assert first.codes[script_id(1)] == script_code(exam_id(1)).casefold()
    assert first.codes[waits.exam_instance_id] == script_code(exam_id(77)).casefold()
    kept = first.codes[script_id(1)]
    place.give(script_id(1), None)
    again = look_again(first, Refreshed(_board(place), frozenset({script_id(1)})), (waits,))
    assert again is not first
    assert again.codes[script_id(1)] is kept


def test_nothing_new_is_the_same_look_until_time_has_gone_on() -> None:
    place = FakeBoardPlace(3, 10)
    look = place.look()
    assert look_again(look, Refreshed(_board(place)), ()) is look
    place.now += RENEWED_EVERY
    later = look_again(look, Refreshed(_board(place)), ())
    assert later.whole_at == place.now
    assert _same(later, place.look())
    waiting = (WaitingEntry(exam_id(9), "XII", ExamType.BOARD_EXAM, place.now, place.now, 48, True),)
    assert look_again(later, Refreshed(_board(place)), waiting).waiting == waiting


def test_who_comes_and_goes_and_what_is_read_anew_is_looked_at_as_a_whole() -> None:
    place = FakeBoardPlace(3, 10)
    look = place.look()
    gone = teacher_id(2)
    place.markers.pop(gone)
    place.teachers[gone] = replace(place.teachers[gone], marks=False)
    for news in (Refreshed(_board(place), rest=True), Refreshed(_board(place), whole=True)):
        again = look_again(look, news, ())
        assert _same(again, place.look())
        assert not again.teacher[gone].marks
    assert {entry.place for entry in again.of(gone)} <= {0}
    assert set(again.of(gone)) <= set(again.in_pool)


def test_a_teacher_who_left_with_nothing_open_has_no_line_any_more() -> None:
    place = FakeBoardPlace(3, 0)
    key = place.add(1, teacher_id(1), timedelta(hours=5))
    look = place.look()
    place.give(key, teacher_id(2))
    del place.teachers[UserId(teacher_id(1))]
    del place.markers[teacher_id(1)]
    again = look_again(look, Refreshed(_board(place), frozenset({key})), ())
    assert [row.user_id for row in again.teachers] == [teacher_id(2), teacher_id(3)]


def test_what_is_withdrawn_is_in_nobodys_hands_and_not_among_what_can_be_cleared() -> None:
    place = FakeBoardPlace(1, 0)
    key = place.add(1, None, timedelta(minutes=10))
    late = place.add(2, teacher_id(1), timedelta(hours=-1))
    assert [entry.script.evaluation_id for entry in place.look().at_risk] == [script_id(1)]
    place.scripts[key] = place.scripts[key]._replace(withdrawn=True)
    look = place.look()
    assert look.at_risk == ()
    assert [entry.script.evaluation_id for entry in look.in_pool] == [key]
    assert [entry.script.evaluation_id for entry in look.overdue] == [late]
    assert isinstance(look.board.school, School)
