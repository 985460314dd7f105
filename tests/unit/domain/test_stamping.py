"""What a stamp carries that is about to be placed."""

from decimal import Decimal as D
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.domain.question import Scheme, SchemeStep
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.stamping import Carried, carried_by, new_stamp, step_stamp
from tests.factories.paper import paper

PAGE, LA, EITHER = PageRef(1), MarkKey(4), MarkKey(3, "b")
halves = st.integers(1, 4).map(lambda n: D(n) / 2)


def stepped(*marks: D) -> MarkedScript:
    """The small paper; question 4 (five marks) earns them by these steps."""
    snapshot = paper()
    scheme = Scheme(steps=tuple(SchemeStep(text="works it out", marks=value) for value in marks))
    last = snapshot.questions[-1].model_copy(update={"scheme": scheme})
    return MarkedScript(ExamSnapshot.model_validate({**snapshot.model_dump(by_alias=True),
                                                     "questions": [*snapshot.questions[:-1], last]}))  # fmt: skip


def place(script: MarkedScript, number: int, stamp, value=None) -> Carried:
    carried = carried_by(stamp, LA, value, script)
    made = new_stamp(UUID(int=number), stamp, 0.5, 0.5, LA, carried)
    script.apply(PutAnnotations((Placed(PAGE, made),)))
    return carried


@pytest.mark.parametrize(
    ("stamp", "carried"), [("tick", D("1.5")), ("half", D("0.5")), ("cross", D(0)), ("circle", None), ("star", None)]
)
def test_with_a_chosen_value_stamps_stand_for_no_step(stamp, carried):
    assert carried_by(stamp, LA, D("1.5"), stepped(D(2), D(3))) == Carried(None, carried)


@pytest.mark.parametrize(
    ("stamp", "carried"),
    [("tick", (1, 2)), ("half", (1, D("0.5"))), ("cross", (1, 0)), ("circle", (None, None)), ("star", (None, None))],
)
def test_by_the_scheme_what_says_how_much_stands_for_the_next_step(stamp, carried):
    assert carried_by(stamp, LA, None, stepped(D(2), D(3))) == carried


def test_a_stamp_that_belongs_to_no_question_carries_nothing():
    assert carried_by("tick", None, D(1), stepped(D(5))) == Carried()
    assert new_stamp(UUID(int=1), "tick", 0.1, 0.2, None, Carried()).mark_key is None


@given(
    st.lists(halves, max_size=6).filter(lambda marks: sum(marks) <= 5),
    st.lists(st.sampled_from(["tick", "half", "cross", "circle"]), max_size=12),
)
def test_ticks_by_the_scheme_never_give_more_than_is_left_and_end_at_full_marks(marks, stamps):
    script = stepped(*marks)
    number = 0
    for number, stamp in enumerate(stamps, 1):
        before = script.stamp_sum(LA) or D(0)
        carried = place(script, number, stamp)
        if stamp == "tick":
            assert (carried.marks is None) == (before >= 5)
            assert before + (carried.marks or 0) <= max(before, D(5))
    while place(script, number := number + 1, "tick").marks is not None:
        assert number < 100
    total = script.stamp_sum(LA)
    assert total is not None
    assert total >= 5
    assert total == 5 or stamps.count("half") > 0


def test_the_newest_stamp_that_gives_marks_for_a_step_is_the_one_to_take_away():
    script = stepped(D(1), D(4))
    for number, stamp in enumerate(("tick", "cross"), 1):
        place(script, number, stamp)
    assert step_stamp(script, LA, 1) == AnnotationId(UUID(int=1))
    assert step_stamp(script, LA, 2) is None, "a cross gave nothing"
    place(script, 3, "tick")
    assert step_stamp(script, LA, 2) == AnnotationId(UUID(int=3))


def test_a_stamp_has_its_side_its_size_and_its_marks_as_a_decimal_string():
    made = new_stamp(UUID(int=1), "tick", 0.1, 0.2, EITHER, Carried(2, D("0.5")), 0.05)
    assert (made.mark_key, made.marks, made.step, made.size) == (EITHER, "0.5", 2, 0.05)
