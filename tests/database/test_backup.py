"""A backup by pg_dump comes back whole, and what does not travel is put right as `docs/database.md` says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg

from mv_desktop.demo.postgres import find_programs
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.services.audit import verify
from mv_desktop.services.database import make_engine
from mv_desktop.services.migration import check
from tests.database.catalogue import catalogue
from tests.factories.marking import School
from tests.fakes.server import CloneDatabase


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(find_programs() / program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def _everything(database: CloneDatabase) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The catalogue and all rows."""
    with psycopg.connect(database.owner_url) as connection:
        found = catalogue(connection)
        tables = connection.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        rows = {
            table: sorted(row for (row,) in connection.execute(f"SELECT t::text FROM {table} t".encode()))
            for (table,) in tables
        }
    return found, rows


def _plain(line: str) -> str:
    # IN (…) over varchar is written with its casts elsewhere once it has been dumped and read again.
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", line)


def _sealed_on(database: CloneDatabase, login: str) -> bool:
    """The chain goes on where the backup left it, and is sound."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("INSERT INTO audit_logs (event_type) VALUES ('after the restore')")
        assert connection.execute("SELECT api.seal_audit(1000)").fetchone() == (1,)
    engine = make_engine(database.url_for(login, "correct horse"), application_name="mv-desktop test")
    found = verify(engine)
    engine.dispose()
    assert found.state.unsealed == 0
    return found.sound


def test_a_restored_backup_is_the_same_database(
    school: School, empty_database: Callable[[], CloneDatabase], tmp_path: Path
) -> None:
    teacher = school.person()
    school.journal(teacher).send(OpenEvaluation())
    admin = school.person("admin")
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute("SELECT api.seal_audit(1000)")
    schema, rows = _everything(school.database)
    assert {"users", "evaluations", "applied_operations", "audit_logs", "staff_logins"} <= {
        table.removeprefix("public.") for table, found in rows.items() if found
    }

    backup = str(tmp_path / "mathvidya.dump")
    restored = empty_database()
    _run("pg_dump", "--format=custom", f"--file={backup}", school.database.owner_url)
    _run("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={restored.owner_url}", backup)
    assert _everything(restored)[1] == rows
    assert _everything(restored)[0]["grants on the database"] != schema["grants on the database"]

    with psycopg.connect(restored.owner_url) as connection:
        assert connection.execute("SELECT api._harden_database()").fetchone() == (True,)
    again, _ = _everything(restored)
    changed = [set(map(_plain, schema[part])) ^ set(map(_plain, again[part])) for part in schema]
    assert set().union(*changed) == set()
    check(restored.owner_url)
    assert _sealed_on(restored, admin.login)
    url = restored.url_for(teacher.login, "correct horse")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT api.me(), count(*) FROM evaluations").fetchone() == (teacher.user_id, 1)
