"""Which state of an exam may follow which."""

from __future__ import annotations

from itertools import product

import pytest

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.exam import ExamStatus
from mv_desktop.domain.exam_status import STEPS, check_step


@pytest.mark.parametrize(("before", "after"), list(product(ExamStatus, repeat=2)))
def test_only_steps_of_the_table_are_taken(before: ExamStatus, after: ExamStatus) -> None:
    if before is after or after in STEPS[before]:
        check_step(before, after)
    else:
        with pytest.raises(RefusedError, match="cannot go from"):
            check_step(before, after)


def test_an_exam_can_get_from_the_beginning_to_every_state_and_out_of_each() -> None:
    reached = {ExamStatus.CREATED}
    while more := {after for before in reached for after in STEPS[before]} - reached:
        reached |= more
    assert reached == set(ExamStatus)
    assert all(STEPS[status] for status in ExamStatus)
