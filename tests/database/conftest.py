"""Databases for tests of the schema: one that many tests share and each leaves as it found it, and empty ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest

from mv_desktop.demo.postgres import LocalPostgres
from tests.factories.marking import School
from tests.factories.rows import Rows
from tests.fakes.server import CloneDatabase, clone, drop

_number = itertools.count(1)


@pytest.fixture(scope="session")
def shared_database(pg_server: LocalPostgres, template_db: str) -> Iterator[CloneDatabase]:
    """A migrated database in which nobody commits."""
    copy = clone(pg_server, template_db, "mv_shared")
    yield copy
    drop(copy)


@pytest.fixture(scope="session")
def owner_connection(shared_database: CloneDatabase) -> Iterator[psycopg.Connection]:
    """One connection for all tests: to connect would take longer than most of them."""
    with psycopg.connect(shared_database.owner_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def owner(owner_connection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The owner's connection to the shared database; what the test did is rolled back."""
    yield owner_connection
    owner_connection.rollback()


@pytest.fixture
def rows(owner: psycopg.Connection) -> Rows:
    """Makes rows on the owner's connection."""
    return Rows(owner)


@pytest.fixture
def empty_database(pg_server: LocalPostgres) -> Iterator[Callable[[], CloneDatabase]]:
    """Makes databases without any migration, owned by the owner."""
    made: list[CloneDatabase] = []

    def make() -> CloneDatabase:
        name = f"mv_empty_{next(_number)}"
        pg_server.prepare(name)
        made.append(CloneDatabase(pg_server, name))
        return made[-1]

    yield make
    for copy in made:
        drop(copy)


@pytest.fixture
def school(database: CloneDatabase) -> Iterator[School]:
    """People and scripts in a database of the test's own, in which everybody commits."""
    made = School(database)
    yield made
    made.close()
