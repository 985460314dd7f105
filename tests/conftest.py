"""What all tests share: the real servers of a run, a database of a test's own, and a clock that tests set."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

# before anything imports Qt; a person who wants to watch sets it to xcb
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import hypothesis
import psycopg
import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.demo.object_server import LocalS3
from mv_desktop.demo.postgres import LocalPostgres
from tests.fakes.clock import FakeClock
from tests.fakes.server import CloneDatabase, TestStore, clone, drop

# How long something takes is for the benchmarks: an example of a property may wait for other processes.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

# A machine that does much else may need this long; nothing waits longer than it has to.
QtBot.waitUntil.__kwdefaults__["timeout"] = 30_000  # type: ignore[index]

_TEMPLATE = "mv_template"
_TESTS_PER_FULL_COLLECTION = 40
_number = itertools.count(1)
_tests = itertools.count(1)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let no collection walk the modules and the thousands of tests themselves, which all stay until the end.

    Raises:
        pytest.UsageError: tests of one group would be spread over the processes, each making what they share anew.
    """
    if session.config.getoption("loadgroup", default=False):
        for item in session.items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid.rpartition("]")[2]:
                raise pytest.UsageError(f"this pytest-xdist does not keep {item.nodeid} with its group")
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def garbage_on_the_main_thread() -> Iterator[None]:
    """As in the program (`ui/garbage.py`): a worker that happened to collect a widget would crash Qt.

    What is left when all of a test's own things are gone belongs to the whole run; walking it anew took a third of the
    time that tests of screens take.
    """
    gc.disable()
    yield
    if next(_tests) % _TESTS_PER_FULL_COLLECTION:
        gc.collect(1)
    else:
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder for the run's servers; every worker of pytest-xdist has its own."""
    folder = Path(tempfile.mkdtemp(prefix="mv-servers-"))
    folder.chmod(0o711)  # as root, the servers' unprivileged user must get through
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pg_server(server_folder: Path) -> Iterator[LocalPostgres]:
    """The run's PostgreSQL."""
    with LocalPostgres(server_folder / "postgres", fast_and_unsafe=True) as server:
        yield server


@pytest.fixture(scope="session")
def template_db(pg_server: LocalPostgres) -> str:
    """The name of a database at the newest revision, to be cloned; nobody can connect to it."""
    from mv_desktop.services.migration import migrate

    pg_server.prepare(_TEMPLATE)
    migrate(pg_server.owner_url(_TEMPLATE))
    with psycopg.connect(pg_server.super_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (_TEMPLATE,))
        connection.execute(f"ALTER DATABASE {_TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
    return _TEMPLATE


@pytest.fixture
def database(pg_server: LocalPostgres, template_db: str) -> Iterator[CloneDatabase]:
    """A migrated database of the test's own, in which it may commit."""
    copy = clone(pg_server, template_db, f"mv_test_{next(_number)}")
    yield copy
    drop(copy)


@pytest.fixture(scope="session")
def s3(server_folder: Path) -> Iterator[TestStore]:
    """The run's object server."""
    with LocalS3(server_folder / "objects") as server:
        yield TestStore(server)


@pytest.fixture
def clock() -> FakeClock:
    """A clock at Wednesday, 15 July 2026, 11:30 in India, that only the test moves."""
    return FakeClock()
