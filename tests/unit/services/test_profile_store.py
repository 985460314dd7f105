"""Changing the list of servers: whole, one at a time, and nothing of others' is lost."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import portalocker
import pytest

from mv_desktop.core.errors import ConflictError, InvalidError, SetupError
from mv_desktop.services import profile_store
from mv_desktop.services.profile import ServerProfile, load_profiles, profiles_file
from mv_desktop.services.profile_store import check_authority, put_profile, remove_profile

SCHOOL = ServerProfile("School", "db.example.org", 5432, "mathvidya")
DEMO = ServerProfile("Demo", "127.0.0.1", 5433, "demo", "prefer", demo=True)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("MV_DATABASE_URL", raising=False)


def written() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(profiles_file().read_text(encoding="utf-8"))
    return document


def write(text: str) -> None:
    profiles_file().parent.mkdir(exist_ok=True)
    profiles_file().write_text(text, encoding="utf-8")


def test_servers_come_back_as_they_were_entered() -> None:
    assert load_profiles() == ()
    assert put_profile(SCHOOL) == (SCHOOL,)
    assert put_profile(DEMO) == (SCHOOL, DEMO)
    assert load_profiles() == (SCHOOL, DEMO)
    assert {path.name for path in profiles_file().parent.iterdir()} == {"servers.json", "servers.lock"}


def test_a_change_keeps_the_place_and_what_this_version_does_not_know() -> None:
    write(
        '{"later": 1, "servers": [{"name": "School", "host": "db.example.org", "port": 5432, "database": "mathvidya",'
        ' "colour": "red"}, {"name": "Demo", "host": "127.0.0.1", "port": 5433, "database": "demo"}]}'
    )
    put_profile(replace(SCHOOL, name="The school", port=6432), SCHOOL)
    assert [profile.name for profile in load_profiles()] == ["The school", "Demo"]
    assert (written()["later"], written()["servers"][0]["colour"]) == (1, "red")


def test_a_server_is_removed_and_the_others_stay() -> None:
    for profile in (SCHOOL, DEMO):
        put_profile(profile)
    assert remove_profile(SCHOOL) == (DEMO,)
    assert load_profiles() == (DEMO,)


@pytest.mark.parametrize("change", [lambda: put_profile(SCHOOL, SCHOOL), lambda: remove_profile(SCHOOL)])
def test_what_another_program_changed_meanwhile_is_not_overwritten(change) -> None:
    put_profile(replace(SCHOOL, port=6432))
    with pytest.raises(ConflictError, match="meanwhile"):
        change()
    assert load_profiles()[0].port == 6432


@pytest.mark.parametrize("name", ["School", " sCHOOL"])
def test_no_two_servers_have_one_name(name: str) -> None:
    put_profile(SCHOOL)
    put_profile(DEMO)
    for before in (None, DEMO):
        with pytest.raises(ConflictError, match="of that name"):
            put_profile(replace(DEMO, name=name), before)
    put_profile(replace(SCHOOL, name=name), SCHOOL)  # its own name may be written otherwise


@pytest.mark.parametrize("text", ["", "[]", '{"servers": [{"name": "a"}]}', '{"servers": {}}x'])
def test_a_file_that_cannot_be_read_is_never_overwritten(text: str) -> None:
    write(text)
    for change in (lambda: put_profile(SCHOOL), lambda: remove_profile(SCHOOL)):
        with pytest.raises(SetupError, match="cannot be read"):
            change()
    assert profiles_file().read_text(encoding="utf-8") == text


def test_many_at_once_lose_nothing_of_one_another() -> None:
    profiles = [replace(SCHOOL, name=f"School {number}") for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(put_profile, profiles))
    assert {profile.name for profile in load_profiles()} == {profile.name for profile in profiles}


def test_another_program_that_holds_the_list_is_waited_for_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    put_profile(SCHOOL)
    monkeypatch.setattr(profile_store, "_LOCK_SECONDS", 0.05)
    with (
        portalocker.Lock(profiles_file().with_name("servers.lock"), mode="a"),
        pytest.raises(SetupError, match="Another program"),
    ):
        put_profile(DEMO)
    assert load_profiles() == (SCHOOL,)


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    with pytest.raises(SetupError, match="could not be saved"):
        put_profile(DEMO)


def test_a_full_disk_leaves_the_list_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    put_profile(SCHOOL)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(profile_store, "replace_synced", full)
    with pytest.raises(SetupError, match="could not be saved"):
        put_profile(DEMO)
    assert load_profiles() == (SCHOOL,)


def test_a_file_of_certificates_has_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    with pytest.raises(InvalidError, match="cannot be read"):
        put_profile(replace(SCHOOL, ca_file=str(file)))
    file.write_text("hello")
    with pytest.raises(InvalidError, match="no certificate"):
        put_profile(replace(SCHOOL, ca_file=str(file)))
    file.write_text("-----BEGIN CERTIFICATE-----\n")
    put_profile(replace(SCHOOL, ca_file=str(file)))
    check_authority(replace(SCHOOL, ca_file="system"))
    assert load_profiles()[0].ca_file == str(file)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_list_is_this_persons_own() -> None:
    put_profile(SCHOOL)
    assert stat.S_IMODE(profiles_file().stat().st_mode) == 0o600
