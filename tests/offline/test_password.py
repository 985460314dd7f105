"""Changing the password: whenever the program dies, a password that the server knows opens the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mv_desktop.core.errors import NotAllowedError, OfflineError, RefusedError
from mv_desktop.offline import key
from mv_desktop.offline.key_file import KEY_FILE
from mv_desktop.offline.tried import TriedPassword
from mv_desktop.offline.vault import Vault
from tests.offline.test_vault import SERVER, TEACHER, NoKeyring, opened, remembered, written

LOGIN = "asha"
ROOT = Path(__file__).parents[2]
STEPS = ["before key-next.json", "after key-next.json", "before the server", "after the server", "before key.json",
         "after key.json", "never"]  # fmt: skip


def nothing() -> None:
    """The server takes it."""


@pytest.fixture
def vault(tmp_path: Path):
    written(tmp_path)
    made = opened(tmp_path)
    yield made
    made.close()


def opens(folder: Path, password: str, *, verified: bool = False) -> bool:
    """Whether the password opens the file with the work in it."""
    try:
        again = opened(folder, password, verified=verified)
    except NotAllowedError:
        return False
    try:
        return remembered(again) == "kept" and not again.notice
    finally:
        again.close()


def begun_and_lost(vault: Vault) -> None:
    """A change of which nobody knows whether the server heard it."""

    def lost() -> None:
        raise OfflineError("The connection to the server was lost.")

    with pytest.raises(OfflineError):
        vault.change_password("right", "new one", lost)


def test_the_new_password_opens_the_file_and_the_old_one_no_longer(vault, tmp_path):
    vault.change_password("right", "new one", nothing)
    assert not vault.password_in_doubt
    vault.close()
    assert opens(tmp_path, "new one")
    assert not opens(tmp_path, "right")


def test_a_wrong_old_password_changes_nothing_and_the_server_is_not_asked(vault, tmp_path):
    with pytest.raises(NotAllowedError, match="The old password is wrong"):
        vault.change_password("wrong", "new one", lambda: pytest.fail("nobody is to be told"))
    vault.close()
    assert opens(tmp_path, "right")
    assert not opens(tmp_path, "new one")


def test_what_the_server_refuses_leaves_the_old_password(vault, tmp_path):
    def refuse() -> None:
        raise RefusedError("The server refused.")

    with pytest.raises(RefusedError):
        vault.change_password("right", "new one", refuse)
    assert not vault.password_in_doubt
    vault.close()
    assert opens(tmp_path, "right")
    assert not opens(tmp_path, "new one")


@pytest.mark.parametrize("taken", [True, False])
def test_a_change_in_doubt_lets_both_in_until_it_is_known(vault, tmp_path, taken):
    begun_and_lost(vault)
    assert vault.password_in_doubt
    vault.close()
    assert opens(tmp_path, "right")
    assert opens(tmp_path, "new one")
    again = opened(tmp_path)
    again.end_change(taken)
    again.close()
    assert (opens(tmp_path, "right"), opens(tmp_path, "new one")) == (not taken, taken)


@pytest.mark.parametrize("password", ["right", "new one"])
def test_the_password_that_the_server_accepts_after_a_doubt_is_the_one_that_stays(vault, tmp_path, password):
    begun_and_lost(vault)
    vault.close()
    again = opened(tmp_path, password)
    again.settle_password()
    again.settle_password()
    assert not again.password_in_doubt
    again.close()
    assert {word for word in ("right", "new one") if opens(tmp_path, word)} == {password}


def test_after_a_doubt_it_can_be_changed_again(vault, tmp_path):
    begun_and_lost(vault)
    vault.change_password("right", "a third", nothing)
    vault.settle_password()
    vault.close()
    assert {word for word in ("right", "new one", "a third") if opens(tmp_path, word)} == {"a third"}


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_password_that_the_server_knows_opens_the_file(tmp_path, step, verified):
    written(tmp_path)
    server = tmp_path / "server"
    server.write_text("right", encoding="utf-8")
    command = [sys.executable, "-m", "tests.offline.password_child", str(tmp_path), str(TEACHER), step]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == (7 if step == "never" else 9), done.stderr
    assert opens(tmp_path, server.read_text(encoding="utf-8"), verified=verified)


# -- a password that is tried ahead -----------------------------------------------------------------------------


def test_a_password_that_was_tried_ahead_is_not_tried_again_and_what_it_made_is_kept_no_longer(tmp_path, monkeypatch):
    Vault.open(tmp_path, TEACHER, SERVER, "right", password_verified=True, login=LOGIN, keyring=NoKeyring()).close()
    tries = []
    derive = key._derive

    def counted(password, salt, cost):
        tries.append(password)
        return derive(password, salt, cost)

    monkeypatch.setattr(key, "_derive", counted)
    tried = TriedPassword(tmp_path, SERVER, LOGIN, "right")
    assert tries == ["right"]
    for count in (1, 2):
        Vault.open(
            *(tmp_path, TEACHER, SERVER, "right"), password_verified=False, keyring=NoKeyring(), derive=tried
        ).close()
        assert tries == ["right"] * count


@pytest.mark.parametrize("password", ["wrong", "right"])
def test_a_try_ahead_opens_nothing_that_the_password_does_not(tmp_path, password):
    Vault.open(tmp_path, TEACHER, SERVER, "right", password_verified=True, login=LOGIN, keyring=NoKeyring()).close()
    tried = TriedPassword(tmp_path, SERVER, LOGIN, password)
    with pytest.raises(NotAllowedError, match="The password is wrong"):
        Vault.open(*(tmp_path, TEACHER, SERVER, "wrong"), password_verified=False, keyring=NoKeyring(), derive=tried)


def test_a_try_ahead_on_what_is_not_there_or_damaged_leaves_it_to_the_opening(tmp_path):
    TriedPassword(tmp_path, SERVER, LOGIN, "right")
    vault = Vault.open(tmp_path, TEACHER, SERVER, "right", password_verified=True, login=LOGIN, keyring=NoKeyring())
    vault.close()
    (vault.home / KEY_FILE).write_text("no key file", encoding="utf-8")
    tried = TriedPassword(tmp_path, SERVER, LOGIN, "right")
    with pytest.raises(NotAllowedError, match="is damaged"):
        Vault.open(*(tmp_path, TEACHER, SERVER, "right"), password_verified=False, keyring=NoKeyring(), derive=tried)
