"""``mv-desktop offline`` and ``computers``, from a teacher's computer to a coordinator's, on a real server."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from mv_desktop.cli import main
from mv_desktop.demo.port import free_port
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.offline.former_password import FormerPassword
from mv_desktop.services.kept_work import kept_work, read_kept, take_kept
from tests.database.test_desk import Computer
from tests.factories.marking import PASSWORD

SECRET = "seven small stones"
FILE = "work.mvwork"


@pytest.fixture
def computer(school, tmp_path):
    made = Computer(school, tmp_path / "vaults")
    yield made
    for desk in made.desks:
        desk.close()


@pytest.fixture
def offline(school, computer, tmp_path, monkeypatch, capsys):
    """Runs a command where her data lies, with lines on standard input; gives status, output and errors."""
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MV_DATABASE_URL", re.sub(r"//[^@]*@", "//", school.database.owner_url))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        status = main(list(arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def priya(school):
    return school.person(is_coordinator=True)


def marks(desk, computer: Computer, *given: str) -> None:
    for number in given:
        desk.store.record(computer.script, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(number))))


def without_network(computer: Computer, *given: str) -> None:
    """She signs in, fetches her script, and marks it where no network is."""
    computer.been_here()
    home = computer.profile
    computer.cut()
    desk = computer.sign_in()
    marks(desk, computer, *given)
    desk.close()
    computer.profile = home


def bring(offline, person, *more: str, typed: str = PASSWORD):
    return offline("offline", "import", FILE, "--as", person.email, *more, typed=typed)


def test_from_a_computer_without_a_network_to_kept_work_that_is_taken(school, computer, offline, priya):
    without_network(computer, "1", "1.5")
    email = computer.asha.email
    status, out, err = offline("offline", "export", FILE, "--email", email)
    assert (status, err) == (0, "")
    assert "2 changes in work.mvwork." in out
    assert "WARNING: it is not sealed." in out
    status, out, _ = bring(offline, priya)
    assert (status, "2 changes are kept work now" in out, email in out) == (0, True, True)
    assert school.select("SELECT count(*) FROM mark_registers") == [(0,)]
    status, out, _ = bring(offline, priya)
    assert (status, "0 changes are kept work now" in out, "2 the server had already" in out) == (0, True, True)
    # the computer finds its network after all
    desk = computer.sign_in()
    result = desk.sync.run()
    assert (result.pushed, result.pending) == (2, 0)
    assert any("brought in from a file" in item.text for item in desk.store.status().messages)
    rows = school.select("SELECT verdict, reason, count(*) FROM applied_operations GROUP BY 1, 2")
    assert rows == [("kept", "imported", 2)]
    with priya.session() as session:
        (piece,) = kept_work(session)
        take_kept(session, read_kept(session, piece.piece), None, "No network")
    assert desk.sync.run().pulled == 1
    assert desk.store.open_script(computer.script).script.given[MarkKey(2)].marks == Decimal("1.5")
    desk.close()
    assert offline("offline", "export", "more", "--email", email)[1] == (
        "Everything has reached the server; no file was written.\n"
    )


def test_it_is_exported_while_the_program_is_open_and_by_its_button(computer, offline, tmp_path, priya):
    computer.been_here()
    desk = computer.sign_in()
    marks(desk, computer, "1")
    assert offline("offline", "export", FILE, "--email", computer.asha.email)[0] == 0
    done = desk.export_work(tmp_path / FILE)
    assert (done.operations, done.sealed_for) == (1, "")
    assert bring(offline, priya)[0] == 0


def test_what_is_wrong_is_said_and_nothing_is_brought_in(school, computer, offline, priya, tmp_path):
    without_network(computer, "1")
    email = computer.asha.email
    assert "password does not open" in offline("offline", "export", FILE, "--email", email, typed="wrong")[2]
    status, _, err = offline("offline", "export", FILE, "--email", "nobody@example.org")
    assert (status, "no work for" in err) == (1, True)
    offline("offline", "export", FILE, "--email", email)
    assert "already" in offline("offline", "export", FILE, "--email", email)[2]
    data = (tmp_path / FILE).read_bytes()
    for wrong, said in ((data[:-20], "not whole"), (data + b" ", "damaged"), (b"PK", "no file with exported work")):
        (tmp_path / FILE).write_bytes(wrong)
        status, _, err = bring(offline, priya)
        assert (status, said in err) == (1, True), err
    (tmp_path / FILE).write_bytes(data)
    status, _, err = bring(offline, computer.asha)
    assert (status, "may not do this" in err) == (1, True)
    school.execute("UPDATE evaluations SET teacher_user_id = %s", priya.user_id)
    school.execute("DELETE FROM evaluation_assignments WHERE teacher_user_id = %s", computer.asha.user_id)
    assert "no scripts on this server" in bring(offline, priya)[2]
    assert school.select("SELECT count(*) FROM applied_operations") == [(0,)]


def test_some_that_are_refused_make_another_exit_status(school, computer, offline, priya):
    without_network(computer, "1")
    offline("offline", "export", FILE, "--email", computer.asha.email)
    school.execute(
        "UPDATE system_config SET config_value = '{\"min\": 0, \"max\": 0}' WHERE config_key = 'operation_schema'"
    )
    status, out, _ = bring(offline, priya)
    assert (status, "unsupported_schema" in out) == (3, True)


def test_with_the_recovery_key_work_is_opened_whose_password_is_lost(school, computer, offline, priya, tmp_path):
    admin = school.person("admin")
    twice = f"{SECRET}\n{SECRET}"
    use = ("--use", "--reason", "first", "--as", admin.email)
    status, out, err = offline("offline", "recovery-key", "key.pem", *use, typed=f"{PASSWORD}\n{twice}")
    assert (status, "It is in force" in out, err) == (0, True, "")
    assert b"ENCRYPTED PRIVATE KEY" in (tmp_path / "key.pem").read_bytes()
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    without_network(computer, "1", "1.5")
    email = computer.asha.email
    key = ("--key", "key.pem")
    assert offline("offline", "recover", "--email", email, *key, typed=SECRET)[0] == 1  # what for?
    assert "passphrase" in offline("offline", "recover", FILE, "--email", email, *key, typed="wrong")[2]
    status, out, err = offline("offline", "recover", FILE, "--email", email, *key, typed=SECRET)
    assert (status, "sealed for the recovery key" in out, err) == (0, True, "")
    status, _, err = bring(offline, priya)
    assert (status, "--key FILE" in err) == (1, True)
    status, out, err = bring(offline, priya, *key, typed=f"{PASSWORD}\n{SECRET}")
    assert (status, "opened with the recovery key" in out, err) == (0, True, "")
    # the password that opens the work is another one, too, and then no file is needed
    new = "another old river"
    typed = f"{SECRET}\n{new}\n{new}"
    assert offline("offline", "recover", "--email", email, *key, "--new-password", typed=typed)[0] == 0
    computer.profile = replace(computer.profile, port=free_port())
    assert computer.sign_in(new).store.status().pending == 2


def test_work_that_was_moved_aside_is_recovered(school, computer, offline, tmp_path):
    admin = school.person("admin")
    use = ("--use", "--reason", "first", "--as", admin.email)
    offline("offline", "recovery-key", "key.pem", *use, typed=f"{PASSWORD}\n{SECRET}\n{SECRET}")
    without_network(computer, "1")
    computer.set_password("another horse")
    desk = computer.sign_in("another horse", former=FormerPassword(None))
    assert desk.notice.endswith("and so does your organisation's recovery key: ask your administrator.")
    desk.close()
    (kept,) = (path for path in computer.folder.rglob("kept-*"))
    email = ("--email", computer.asha.email, "--kept")
    key = ("--key", "key.pem")
    assert kept.name in offline("offline", "recover", FILE, *email, "kept-never", *key, typed=SECRET)[2]
    status, out, _ = offline("offline", "recover", FILE, *email, str(kept), *key, typed=SECRET)
    assert (status, "1 change in" in out) == (0, True)


def test_a_key_that_is_made_overwrites_none_and_is_put_into_force_with_a_reason(school, offline, tmp_path):
    assert "with a reason" in offline("offline", "recovery-key", "k", "--use")[2]
    assert "The two differ" in offline("offline", "recovery-key", "k", typed=f"{SECRET}\nother things")[2]
    assert "At least" in offline("offline", "recovery-key", "k", typed="short\nshort")[2]
    status, out, _ = offline("offline", "recovery-key", "k", typed=f"{SECRET}\n{SECRET}")
    assert (status, "set recovery_public_key to: mv-recovery-1:" in out) == (0, True)
    assert "already" in offline("offline", "recovery-key", "k", typed=f"{SECRET}\n{SECRET}")[2]
    assert school.select("SELECT config_value FROM system_config WHERE config_key = 'recovery_public_key'") == [(None,)]


def test_an_admin_lists_revokes_and_restores_a_computer(school, computer, offline):
    admin = school.person("admin")
    asha = computer.asha.email
    as_admin = ("--as", admin.email)
    assert offline("computers", "list", *as_admin)[1] == "No computer is known.\n"
    computer.been_here()
    status, out, _ = offline("computers", "list", asha, *as_admin)
    assert (status, "in use" in out) == (0, True)
    computer_id = out.split()[0]
    why = ("--reason", "lost")
    assert "no such computer" in offline("computers", "revoke", asha, "zz", *why, *as_admin)[2]
    status, out, _ = offline("computers", "revoke", asha, computer_id[:13], *why, *as_admin)
    assert (status, "is revoked" in out) == (0, True)
    assert "not heard of since" in offline("computers", "list", *as_admin)[1]
    desk = computer.sign_in()
    assert desk.sync.run().turned_away
    desk.close()
    assert '"left_behind": 0' in offline("computers", "list", "--json", *as_admin)[1]
    assert "wiped" in offline("computers", "list", *as_admin)[1]
    assert "sign in on" in offline("computers", "restore", asha, computer_id, *why, *as_admin)[1]
    assert Path(computer.folder).exists()
