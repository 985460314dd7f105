"""The essence of the suite on the system's own PostgreSQL, which is older than the embedded one: 15 and later."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.services.migration import downgrade, migrate
from tests.database.attack import attempt
from tests.database.check import CHECKS, breaks
from tests.database.rights import READS, WRITES
from tests.database.scene import ADMIN, ASHA, Planted, Scene, Watch
from tests.database.test_attack import ATTACKS
from tests.fakes.server import CloneDatabase, system_programs

PROGRAMS = system_programs()
pytestmark = [
    pytest.mark.skipif(PROGRAMS is None, reason="this computer has no PostgreSQL 15 or later of its own"),
    pytest.mark.xdist_group("system_server"),  # one server is enough
]

_NAME = "mv_system"


@pytest.fixture(scope="module")
def database() -> Iterator[CloneDatabase]:
    folder = Path(tempfile.mkdtemp(prefix="mv-test-system-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MV_PG_BINDIR", str(PROGRAMS))
        postgres = LocalPostgres(folder / "postgres", fast_and_unsafe=True)
    try:
        with postgres:
            postgres.prepare(_NAME)
            yield CloneDatabase(postgres, _NAME)
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def scene(database: CloneDatabase) -> Iterator[Scene]:
    """Migrated by its owner, back to nothing, and once more: who migrates is no superuser."""
    migrate(database.owner_url)
    downgrade(database.owner_url, "base")
    migrate(database.owner_url)
    planted = Planted(database)
    yield planted.scene
    planted.close()


def test_catalogue_breaks_no_rule_and_no_attack_succeeds(scene: Scene) -> None:
    with psycopg.connect(scene.database.superuser_url) as superuser:
        assert [name for name in CHECKS if breaks(superuser, name)] == []
    with contextlib.closing(Watch(scene)) as watch:
        reasons = {attack.name: attempt(scene, attack, watch) for attack in ATTACKS}
    assert {name: why for name, why in reasons.items() if why} == {}


def test_everybody_may_read_what_the_matrix_says(scene: Scene) -> None:
    for who, role in ((ASHA, "teacher"), (ADMIN, "admin")):
        with psycopg.connect(scene.url(who)) as connection:
            may = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND has_any_column_privilege(oid, 'SELECT')"
            ).fetchall()
            writes = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND (has_any_column_privilege(oid, 'INSERT, UPDATE') OR has_table_privilege(oid, 'DELETE, TRUNCATE'))"
            ).fetchall()
        assert {table for (table,) in may} == {table for table, readers in READS.items() if role in readers}
        assert {table for (table,) in writes} == {t for t, writers in WRITES.items() if role in writers}
