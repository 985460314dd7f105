"""`migrations/sql/harden.sql`: what it takes away, and that the program needs none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mv_desktop.services.migration import migrate
from tests.database.check import CHECKS, breaks
from tests.database.scene import ASHA, Planted, Scene
from tests.fakes.server import CloneDatabase

SCRIPT = Path(__file__).parents[2] / "migrations" / "sql" / "harden.sql"


def _harden(database: CloneDatabase) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        superuser.execute(SCRIPT.read_bytes())


@pytest.fixture
def scene(empty_database: Callable[[], CloneDatabase], template_db: str) -> Iterator[Scene]:
    """Hardened first, then migrated by its owner; to plant it takes every way by which work gets in."""
    database = empty_database()
    _harden(database)
    migrate(database.owner_url)
    planted = Planted(database)
    yield planted.scene
    planted.close()


def test_program_works_in_a_hardened_database_and_blocks_and_locks_are_gone(scene: Scene) -> None:
    with psycopg.connect(scene.url(ASHA), autocommit=True) as asha:
        for statement in (
            "DO $$BEGIN END$$",
            "SELECT lo_create(0)",
            "SELECT lo_from_bytea(0, 'x')",
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
            "SELECT pg_logical_emit_message(false, 'x', 'x')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                asha.execute(statement.encode())
        assert asha.execute("SELECT count(*) FROM public.evaluations").fetchone() == (2,)
        assert asha.execute("SELECT api.sign_in('x', 1) ->> 'role'").fetchone() == ("teacher",)
    with psycopg.connect(scene.database.superuser_url) as superuser:
        assert [check for check in CHECKS if breaks(superuser, check)] == []
    _harden(scene.database)  # may be repeated
    migrate(scene.database.owner_url)
    with psycopg.connect(scene.database.owner_url) as owner:
        owner.execute("SELECT pg_advisory_xact_lock(1)")
        owner.execute("DO $$BEGIN END$$")
