"""Which state of an exam may follow which."""

from __future__ import annotations

from itertools import product

from mv_desktop.domain.exam import ExamStatus
from mv_desktop.domain.exam_status import STEPS, may_follow


def test_only_steps_of_the_table_are_taken() -> None:
    taken = {(before, after) for before, after in product(ExamStatus, repeat=2) if may_follow(before, after)}
    steps = {(before, after) for before in ExamStatus for after in STEPS[before]}
    assert taken == steps | {(status, status) for status in ExamStatus}
    assert (ExamStatus.EVALUATED, ExamStatus.IN_PROGRESS) not in taken


def test_an_exam_can_get_from_the_beginning_to_every_state_and_out_of_each() -> None:
    reached = {ExamStatus.CREATED}
    while more := {after for before in reached for after in STEPS[before]} - reached:
        reached |= more
    assert reached == set(ExamStatus)
    assert all(STEPS[status] for status in ExamStatus)
