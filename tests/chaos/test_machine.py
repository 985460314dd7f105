"""The short form of `make chaos`; ``MV_LONG=1`` looks twenty times as long."""

import os

from tests.chaos.run import run_machine
from tests.chaos.world import World

LONG = bool(os.environ.get("MV_LONG"))


def test_whatever_happens_nothing_is_lost_and_nothing_counts_twice(world: World) -> None:
    run_machine(world, examples=200 if LONG else 8, steps=50 if LONG else 30, start=20261126, shrink=LONG)
    assert world.stats["verdict: applied"] > 20
