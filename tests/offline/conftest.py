"""A local file, a server in memory, and people and scripts on the real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import NOW, open_store, pulled
from tests.factories.marking import School
from tests.fakes.clock import FakeClock
from tests.fakes.server import CloneDatabase
from tests.fakes.sync_server import FakeSyncServer


@pytest.fixture
def clock() -> FakeClock:
    """The computer's, at the moment from which the factories count."""
    return FakeClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[LocalStore]:
    """An empty local file."""
    opened = open_store(tmp_path, clock)
    yield opened
    opened._vault.close()


@pytest.fixture
def server() -> FakeSyncServer:
    """A server in memory with two scripts."""
    return FakeSyncServer(pulled(1), pulled(2))


@pytest.fixture
def sync(store: LocalStore, server: FakeSyncServer, clock: FakeClock) -> Synchroniser:
    """What brings the two together; it has run once."""
    made = Synchroniser(store, server.connect, clock, server)
    made.run()
    return made


@pytest.fixture
def school(database: CloneDatabase) -> Iterator[School]:
    """People and scripts in a database of the test's own, in which everybody commits."""
    made = School(database)
    yield made
    made.close()
