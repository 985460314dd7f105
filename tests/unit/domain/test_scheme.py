"""Which step the next tick is for, and what it may carry."""

from decimal import Decimal as D

import pytest

from mv_desktop.domain.question import SchemeStep
from mv_desktop.domain.scheme import Award, next_award, undecided_step


def steps(*marks):
    return tuple(SchemeStep(text="works it out", marks=D(value)) for value in marks)


@pytest.mark.parametrize(
    ("marks", "decided", "left", "award"),
    [
        (("1", "0.5"), {}, "1.5", Award(1, D(1))),
        (("1", "0.5"), {1: D(1)}, "0.5", Award(2, D("0.5"))),
        (("1", "1"), {2: D(1)}, "1", Award(1, D(1))),  # in whatever order they were given
        (("1", "1"), {1: D(0)}, "2", Award(2, D(1))),  # a cross decided the first
        (("1", "2"), {1: D("0.5"), 2: D(2)}, "0.5", Award(1, D("0.5"))),  # what was half right is made whole
        (("2", "2"), {1: D(2)}, "1.5", Award(2, D("1.5"))),  # never more than is left
        (("0", "1"), {}, "1", Award(2, D(1))),
        (("1",), {1: D(1)}, "2", Award(None, D(1))),  # the scheme says less than the question carries
        ((), {}, "2", Award(None, D(1))),
        ((), {}, "0.5", Award(None, D("0.5"))),
    ],
)
def test_the_next_tick_is_for_the_first_step_that_is_not_decided(marks, decided, left, award):
    assert next_award(steps(*marks), decided, D(left)) == award


@pytest.mark.parametrize("left", ["0", "-1"])
def test_a_question_that_has_nothing_left_gives_nothing(left):
    assert next_award(steps("1", "1"), {1: D(1)}, D(left)) is None


def test_a_half_and_a_cross_are_for_the_first_undecided_step_too():
    assert undecided_step(steps("0", "1", "1"), {2: D("0.5")}) == 3
    assert undecided_step(steps("1"), {1: D(0)}) is None
