"""Deciding between two marks of a question that were given on two computers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mv_desktop.domain.conflict import MarkConflict
from mv_desktop.domain.decision import Side, both_ink, deciding, mark_with, side_ink, side_mark, standing_ink
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.domain.marks import GivenMark
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations, ResolveMark, SetMark
from mv_desktop.domain.script import MarkedScript
from tests.factories.conflict import THREE, TWO, disputed, given, op, ticks
from tests.factories.script import script_view

SETTLES = (op(11), op(12))


@pytest.fixture
def question() -> tuple[MarkedScript, MarkConflict]:
    """Question 2 of a script: 1 and two ticks here, one tick there."""
    view = disputed(script_view())
    return view.script, view.conflicts[0]


def names(*items) -> list[AnnotationId]:
    return [item.annotation.annotation_id for item in items]


def test_each_side_has_what_was_drawn_there_and_both_have_each_once_in_order(question):
    script, conflict = question
    here, there = conflict.mine.annotations, conflict.theirs.annotations
    assert side_ink(conflict, Side.MINE) == set(names(*here))
    assert side_ink(conflict, Side.THEIRS) == set(names(*there))
    both = replace(conflict, theirs=replace(conflict.theirs, annotations=(*there, here[0])))
    assert names(*both_ink(both)) == sorted(names(*here, *there), key=lambda name: name.int)
    script.apply(DeleteAnnotations(tuple(names(here[1]))))
    assert standing_ink(script, conflict) == set(names(here[0], *there))


def test_stamps_count_where_nothing_was_typed_and_only_those_that_stay(question):
    script, conflict = question
    here, there = conflict.mine.annotations, conflict.theirs.annotations
    other = ticks(TWO, 1, 2, 0.9)
    elsewhere = ticks(THREE, 1, 2, 0.8)
    script.apply(PutAnnotations((*other, *elsewhere)))
    assert mark_with(script, conflict, GivenMark(), names(*here, *there)).marks == Decimal(4)
    assert mark_with(script, conflict, GivenMark(), names(*there)).marks == Decimal(2), "what neither drew stays"
    assert mark_with(script, conflict, GivenMark(), names(*elsewhere)).marks == Decimal(1), "not this question's"
    assert mark_with(script, conflict, given("1.5"), names(*here)).marks == Decimal("1.5")
    script.apply(DeleteAnnotations(tuple(names(*other))))
    assert mark_with(script, conflict, GivenMark(), ()).marks is None, "nothing says how many"
    assert side_mark(script, conflict, Side.MINE).marks == Decimal(1)
    assert side_mark(script, conflict, Side.THEIRS).marks == Decimal(3), "all ink of both stands"


def test_what_is_decided_takes_away_what_goes_brings_back_what_comes_and_gives_the_mark_last(question):
    script, conflict = question
    here, there = conflict.mine.annotations, conflict.theirs.annotations
    script.apply(DeleteAnnotations(tuple(names(here[1]))))
    wanted = names(here[1], *there)
    operations = deciding(script, conflict, given("2"), wanted, SETTLES)
    assert operations == (
        DeleteAnnotations(tuple(names(here[0]))),
        PutAnnotations((here[1],)),
        ResolveMark(TWO, given("2"), SETTLES),
    )
    for operation in operations:
        script.apply(operation)
    assert standing_ink(script, conflict) == set(wanted)
    assert script.given[TWO] == given("2")
    assert deciding(script, conflict, given("3"), wanted, ()) == (SetMark(TWO, given("3")),), "decided before"
