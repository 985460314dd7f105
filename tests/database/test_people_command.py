"""``mv-desktop people`` on a real server."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from mv_desktop.cli import main
from mv_desktop.domain.access import login_name
from tests.factories.marking import PASSWORD, Person, School

People = Callable[..., tuple[int, str, str]]


@pytest.fixture
def admin(school: School) -> Person:
    return school.person("admin")


@pytest.fixture
def people(school, admin, monkeypatch, capsys) -> People:
    """Runs the command as the admin, with lines on standard input; gives status, output and errors."""

    def run(*arguments: str, typed: str = f"{PASSWORD}\n", as_: str = admin.email) -> tuple[int, str, str]:
        # neither a name nor a password in the address
        url = re.sub(r"//[^@]*@", "//", school.database.owner_url)
        monkeypatch.setenv("MV_DATABASE_URL", url)
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["people", *arguments, *(("--as", as_) if as_ else ())])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def email(school: School) -> Iterator[str]:
    """An address that nobody has; its login is dropped at the end."""
    address = f"new{uuid4().hex[:10]}@example.org"
    yield address
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login_name(address))))


def test_from_the_first_password_to_a_list_of_everybody(school, people, email):
    why = ("--reason", "joins in July")
    status, out, _ = people("add", email, "--first-name", "आशा", "--last-name", "O'Brien", "--coordinator", *why)
    assert status == 0
    (first,) = re.findall(r"First password: (\S+)", out)
    status, out, _ = people("list", "--json")
    rows = {row["email"]: row for row in map(json.loads, out.splitlines())}
    assert (rows[email]["first_name"], rows[email]["is_coordinator"], rows[email]["state"]) == (
        "आशा",
        True,
        "first password",
    )
    assert first not in out
    new = "quite another riverbank 9"
    status, _, err = people("password", typed=f"{first}\n{new}\nsomething else\n", as_=email)
    assert (status, "differ" in err) == (1, True)
    assert people("password", typed=f"{first}\n{first}\n{first}\n", as_=email)[0] == 1
    assert people("password", typed=f"{first}\n{new}\n{new}\n", as_=email)[:2] == (0, "Your password is changed.\n")
    status, out, _ = people("list")
    assert re.search(rf"{email} +teacher and coordinator +active +आशा O'Brien", out)
    with psycopg.connect(school.database.url_for(login_name(email), new)) as connection:
        assert connection.execute("SELECT api.me() IS NOT NULL").fetchone() == (True,)


def test_locking_closing_and_giving_another_role(school, people, email):
    asha = school.person()
    why = ("--reason", "because")
    assert people("lock", asha.email, *why) == (0, f"{asha.email} is locked. No session was open.\n", "")
    status, _, err = people("lock", asha.email, *why)
    assert (status, "locked already" in err) == (1, True)
    assert people("unlock", asha.email, *why)[0] == 0
    assert people("deactivate", asha.email, *why)[0] == 0
    assert people("reactivate", asha.email, *why)[0] == 0
    assert people("role", asha.email, "--role", "admin", "--coordinator", *why)[0] == 0
    status, out, _ = people("reset", asha.email, *why)
    assert (status, len(re.findall(r"first password: \S{19}\n", out))) == (0, 1)
    assert people("email", asha.email, email, *why)[0] == 0
    (row,) = [json.loads(line) for line in people("list", "--json")[1].splitlines() if email in line]
    assert (row["role"], row["is_coordinator"], row["state"]) == ("admin", True, "first password")


def test_who_may_not_is_told_and_nothing_happens(school, people):
    asha, meera = school.person(), school.person()
    status, out, err = people("lock", meera.email, "--reason", "envy", as_=asha.email)
    assert (status, out) == (1, "")
    assert err
    status, _, err = people("list", typed="wrong\n")
    assert (status, "password is wrong" in err) == (1, True)
    status, _, err = people("lock", "nobody@example.org", "--reason", "x")
    assert (status, "No member of staff" in err) == (1, True)
    with psycopg.connect(meera.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_nobody_is_asked_where_nobody_types(people):
    status, _, err = people("list", as_="")
    assert (status, "--as EMAIL" in err) == (1, True)


def test_without_any_standard_input_it_is_said(school, monkeypatch, capsys):
    monkeypatch.setenv("MV_DATABASE_URL", re.sub(r"//[^@]*@", "//", school.database.owner_url))
    monkeypatch.setattr("sys.stdin", None)
    assert main(["people", "list"]) == main(["people", "list", "--as", "a@example.org"]) == 1
    assert [line.split(".")[0] for line in capsys.readouterr().err.splitlines()] == [
        "It is not said who you are",
        "No password can be read",
    ]


def test_a_first_password_is_shown_whatever_letters_the_terminal_has(school, monkeypatch, email):
    shown = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", shown)
    monkeypatch.setenv("MV_DATABASE_URL", school.database.owner_url)
    with school.rows() as rows:
        rows.user("teacher", email=f"आशा.{email}")
    assert main(["people", "reset", f"आशा.{email}", "--reason", "joins"]) == 0
    shown.seek(0)
    assert re.search(r"\\u0906.* has a new first password: \S{19}\n", shown.read())
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login_name(f"आशा.{email}"))))


def test_the_owner_needs_no_name(school, monkeypatch, capsys, email):
    monkeypatch.setenv("MV_DATABASE_URL", school.database.owner_url)
    arguments = ["--first-name", "A", "--last-name", "B", "--role", "admin", "--reason", "the first admin"]
    assert main(["people", "add", email, *arguments]) == 0
    assert email in capsys.readouterr().out


def test_a_fault_of_the_server_shows_no_secret(school, people, email):
    school.execute("""
        CREATE FUNCTION public.broken() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE 'no' USING ERRCODE = 'XX000', DETAIL = NEW::text; END$$;
        CREATE TRIGGER broken BEFORE INSERT ON staff_logins FOR EACH ROW EXECUTE FUNCTION public.broken()""")
    status, out, err = people("add", email, "--first-name", "Asha", "--last-name", "Rao", "--reason", "joins")
    assert (status, out) == (1, "")
    assert err == "The database failed at what was asked of it (InternalError XX000). Its log says more.\n"
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute("DROP TRIGGER broken ON staff_logins")
    with pytest.raises(ProgrammingError) as caught, school.engine.connect() as bare:
        bare.execute(text("SELECT nothing(:verifier)"), {"verifier": "SCRAM-SHA-256$secret"})
    assert "SCRAM-SHA-256$secret" not in str(caught.value)


def test_who_changes_her_mind_at_the_password_sees_no_traceback(people, monkeypatch):
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("mv_desktop.worker.terminal.asked", interrupted)
    assert people("list") == (130, "", "")


@pytest.mark.parametrize("action", ["add", "reset", "lock", "unlock", "deactivate", "reactivate", "email", "role"])
def test_without_a_reason_there_is_only_help(people, action):
    with pytest.raises(SystemExit) as left:
        people(action, "a@example.org")
    assert left.value.code == 2
