"""The machine finds bugs. Some of them here, all twenty in `make chaos`."""

import pytest

from tests.chaos.bugs import BUGS, Bug
from tests.chaos.run import run_machine
from tests.chaos.world import BrokenError, World

QUICK = {
    "a new id at each try",
    "a new stream drops what waits",
    "what is too new counts as done",
    "a submission need not agree",
    "nobody is told of kept work",
}


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.name in QUICK], ids=str)
def test_the_machine_finds_a_bug(world: World, bug: Bug) -> None:
    with bug.made(world), pytest.raises(BrokenError):
        run_machine(world, examples=15, steps=12, start=1, only=bug.rules)


def test_there_are_twenty_bugs() -> None:
    assert len({bug.name for bug in BUGS}) == 20
