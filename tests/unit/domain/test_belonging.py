"""Which question ink belongs to."""

from __future__ import annotations

from decimal import Decimal as D
from uuid import UUID

from mv_desktop.domain.annotation.belonging import Belonging, belonging, counted_for
from mv_desktop.domain.annotation.shape import Figure, Placed, Stamp, read_annotation
from mv_desktop.domain.identifier import MarkKey, PageRef

TICK = Stamp(id=UUID(int=1), stamp="tick", x=0.5, y=0.5, question_number=3, alternative="b", marks="1.0", step=2)
HALF = Stamp(id=UUID(int=2), stamp="half", x=0.5, y=0.6, question_number=2, marks="0.5", step=1)
BOX = Figure(id=UUID(int=3), type="box", x=0.1, y=0.1, x2=0.2, y2=0.2)
LATER = read_annotation({"id": str(UUID(int=4)), "type": "hologram", "question_number": 2, "marks": "1"})
STRAY = Stamp(id=UUID(int=5), stamp="tick", x=0.5, y=0.5, marks="1.0")
"""Marks that belong to no question count for nothing."""


def test_it_says_which_questions_and_how_much():
    assert belonging([]) == Belonging(0, (), loose=False, marks=None)
    assert belonging([BOX]) == Belonging(1, (), loose=True, marks=None)
    assert belonging([STRAY]) == Belonging(1, (), loose=True, marks=None)
    assert belonging([HALF]) == Belonging(1, (MarkKey(2),), loose=False, marks=D("0.5"))
    assert belonging([TICK, BOX, HALF, LATER]) == Belonging(
        4, (MarkKey(2), MarkKey(3, "b")), loose=True, marks=D("2.5")
    )


def test_all_of_it_counts_for_another_question_and_steps_stay_behind():
    placed = [Placed(PageRef(1), one) for one in (TICK, BOX, HALF, LATER)]
    first, second = counted_for(placed, MarkKey(2))
    assert (first.page, first.annotation.mark_key, first.annotation.carried) == (PageRef(1), MarkKey(2), D(1))
    assert first.annotation.step is None
    assert second.annotation == BOX.model_copy(update={"question_number": 2})
    assert [item.annotation.mark_key for item in counted_for(placed, MarkKey(3, "a"))] == [MarkKey(3, "a")] * 3
    assert counted_for([Placed(PageRef(1), HALF)], MarkKey(2)) == ()
