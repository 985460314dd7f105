"""Runs the machine, whole or for a bug."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.services.migration import migrate
from tests.chaos.machine import Chaos
from tests.chaos.world import World
from tests.fakes.server import CloneDatabase


@contextmanager
def quiet() -> Iterator[None]:
    """Without the log's word for every fault that is made."""
    log = logging.getLogger("mv_desktop")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def run_machine(
    world: World,
    *,
    examples: int,
    steps: int,
    start: int,
    shrink: bool = False,
    only: frozenset[str] = frozenset(),
) -> None:
    """Raises what the machine finds.

    Args:
        world: the server.
        examples: how often it begins anew, with `steps` each.
        start: the seed.
        shrink: look for the shortest way to what was found.
        only: the rules to choose from; all when empty.
    """
    rules = {name for name, part in vars(Chaos).items() if hasattr(part, RULE_MARKER)}
    left_out = {name: _no_rule(name) for name in rules - only} if only else {}
    machine = seed(start)(type("Machine", (Chaos,), {"world": world} | left_out))
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with quiet():
        run_state_machine_as_test(machine, settings=how)


def _no_rule(name: str) -> Callable[..., Any]:
    """The machine's method, no longer one of its rules."""
    return lambda self, *arguments, **named: getattr(super(type(self), self), name)(*arguments, **named)


@contextmanager
def real_server(folder: Path) -> Iterator[CloneDatabase]:
    """A PostgreSQL of its own with a migrated database."""
    with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
        server.prepare("mv_chaos")
        database = CloneDatabase(server, "mv_chaos")
        migrate(database.owner_url)
        yield database
