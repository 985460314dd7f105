"""`mv-desktop migrate`."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from mv_desktop.cli import main
from mv_desktop.services.migration import current, head
from tests.fakes.server import CloneDatabase


@pytest.fixture
def empty(empty_database: Callable[[], CloneDatabase], monkeypatch: pytest.MonkeyPatch) -> CloneDatabase:
    """A database without any migration, named to the program."""
    database = empty_database()
    monkeypatch.setenv("MV_DATABASE_URL", database.owner_url)
    return database


def test_empty_database_is_brought_to_the_newest_revision(empty: CloneDatabase, capsys) -> None:
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == f"The database is at revision {head()}.\n"
    assert current(empty.owner_url) == head()
    with psycopg.connect(empty.owner_url) as connection:
        plans = connection.execute("SELECT count(*) FROM subscription_plans").fetchone()
        assert plans == (4,)
    # again, with nothing to do
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == f"The database is at revision {head()}.\n"


def test_database_can_be_brought_up_in_steps(empty: CloneDatabase, capsys) -> None:
    for revision in ("001", "002", "003", head()):
        assert main(["migrate", "--to", revision]) == 0
        assert capsys.readouterr().out == f"The database is at revision {revision}.\n"


def test_unknown_revision_is_refused(empty: CloneDatabase, capsys) -> None:
    assert main(["migrate", "--to", "9z9"]) == 1
    assert capsys.readouterr().err == f"There is no revision “9z9”. The newest is {head()}.\n"
    assert current(empty.owner_url) is None


def test_older_revision_is_refused_and_the_database_stays(database: CloneDatabase, capsys, monkeypatch) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", database.owner_url)
    assert main(["migrate", "--to", "002"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"The database is at revision {head()} already; migrating never goes back to 002.")
    assert current(database.owner_url) == head()
    assert main(["migrate", "--to", head()]) == 0


def test_database_newer_than_the_program_is_left_alone(database: CloneDatabase, capsys, monkeypatch) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", database.owner_url)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '907'")
    assert main(["migrate"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"The database has version 907; this program knows versions up to {head()}.")
    assert "Install the newest version of the program." in said.err
    assert current(database.owner_url) == "907"


def test_server_that_is_not_there_is_one_sentence(capsys, monkeypatch) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", "postgresql://mv_owner:secret@127.0.0.1:1/mathvidya")
    assert main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("The server does not answer. Nothing was changed. ")
    assert "secret" not in said


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda database: database.url_for("mv_owner", "wrong-one"), "password is wrong. Nothing was changed."),
        (lambda database: database.owner_url + "_gone", "The server has no such database. Nothing was changed."),
        (
            # the address of a server on this computer, written so that it looks like another's
            lambda database: database.owner_url.replace("@127.0.0.1:", "@127.1:"),
            "The server does not encrypt the connection, so nothing was sent to it. Nothing was changed.",
        ),
    ],
)
def test_what_is_wrong_with_the_address_is_told(
    wrong: Callable[[CloneDatabase], str], sentence: str, database: CloneDatabase, capsys, monkeypatch
) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", wrong(database))
    assert main(["migrate"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert sentence in said.err
    assert "wrong-one" not in said.err
