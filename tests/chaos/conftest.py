"""A real server for the machine, with nothing else on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mv_desktop.demo.postgres import LocalPostgres
from tests.chaos.world import World
from tests.fakes.server import clone, drop


@pytest.fixture(scope="module")
def world(pg_server: LocalPostgres, template_db: str) -> Iterator[World]:
    """The server that the machine of a module plays with."""
    database = clone(pg_server, template_db, "mv_chaos")
    made = World(database)
    yield made
    made.close()
    drop(database)
