"""Everything a teacher can do to a script, in any order: nothing is lost, and every number is right.

``MV_LONG=1`` looks a hundred times as long.
"""

from __future__ import annotations

import os
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, Leaving, Operation, PutAnnotations
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.tally import InkTally
from mv_desktop.offline import registers
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.undo import UndoHistory
from tests.property.marking_machine import OPERATIONS, MarkingMachine

_LONG = bool(os.environ.get("MV_LONG"))

TestMarking = MarkingMachine.TestCase
TestMarking.settings = settings(
    max_examples=1_000 if _LONG else 30,
    stateful_step_count=60 if _LONG else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_the_machine_does_every_kind_of_operation():
    assert set(OPERATIONS) == set(get_args(Operation)) - set(get_args(Leaving))


def test_a_disk_that_fills_in_the_middle_of_an_undo_leaves_no_step_half_undone() -> None:
    """Found by the machine: the second half of what an undo does could not be saved, the first one could."""
    machine = MarkingMachine()
    try:
        machine.begin(declared=(), ink=True)
        ink = [Stamp(id=UUID(int=number), stamp="tick", x=0.2, y=0.5) for number in (1, 3)]  # 3 is there already
        machine.does(PutAnnotations(tuple(Placed(PageRef(1), stamp) for stamp in ink)))
        machine.closes_and_opens(new_stream=False)
        machine.undoes_everything_and_redoes_it()
        assert len(machine.lane.waiting) == 2, "an undo of two operations, and its redo"
        for after in (0, 1):
            machine.runs_out_of_disk(after=after)
            machine.undoes_everything_and_redoes_it()
    finally:
        machine.teardown()


# -- the machine can fail ------------------------------------------------------------------------------------


def _no_inverse_of_a_deletion(monkeypatch):
    inverse = MarkedScript.inverse
    monkeypatch.setattr(
        MarkedScript, "inverse", lambda self, op: () if isinstance(op, DeleteAnnotations) else inverse(self, op)
    )


def _sums_that_only_grow(monkeypatch):
    monkeypatch.setattr(InkTally, "remove", lambda self, placed: None)


def _redo_survives_new_work(monkeypatch):
    add = UndoHistory.add

    def adding(self, entry):
        undone = list(self._undone)
        add(self, entry)
        if entry.undoes is None:
            self._undone[:] = undone

    monkeypatch.setattr(UndoHistory, "add", adding)


def _ink_is_not_put_into_the_file(monkeypatch):
    monkeypatch.setattr(registers, "put_ink", lambda *_: frozenset())


def _a_failure_drops_nothing(monkeypatch):
    monkeypatch.setattr(UndoHistory, "drop", lambda self, gone: None)


def _a_failure_takes_back_only_the_last(monkeypatch):
    failed = MarkingSession._on_record_failed

    def taking_back(self, failed_round, error):
        for entry in list(self._unsaved)[:-1]:
            entry.inverse = ()
        failed(self, failed_round, error)

    monkeypatch.setattr(MarkingSession, "_on_record_failed", taking_back)


@pytest.mark.parametrize(
    "mutate",
    [
        _no_inverse_of_a_deletion,
        _sums_that_only_grow,
        _redo_survives_new_work,
        _ink_is_not_put_into_the_file,
        _a_failure_drops_nothing,
        _a_failure_takes_back_only_the_last,
    ],
)
def test_the_machine_finds_what_is_wrong(monkeypatch, mutate):
    mutate(monkeypatch)
    how = settings(
        max_examples=60,
        stateful_step_count=25,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises((AssertionError, KeyError, ExceptionGroup)):
        run_state_machine_as_test(MarkingMachine, settings=how)
