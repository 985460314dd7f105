"""Server profiles: the file, the environment, and what an address says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mv_desktop.core.errors import InvalidError, SetupError
from mv_desktop.services.database import person_url
from mv_desktop.services.profile import ServerProfile, load_profiles, profile_from_url, profiles_file
from mv_desktop.services.profile_store import put_profile

SCHOOL = ServerProfile("School", "db.example.org", 5432, "mathvidya", ca_file="/etc/ca.pem")
DEMO = ServerProfile("Demo", "127.0.0.1", 5433, "demo", "prefer", demo=True)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("MV_DATABASE_URL", raising=False)


def test_fields_of_a_later_version_are_ignored() -> None:
    profiles_file().parent.mkdir()
    profiles_file().write_text('{"servers": [{"name": "a", "host": "h", "port": 1, "database": "d", "new": 1}]}')
    assert load_profiles() == (ServerProfile("a", "h", 1, "d"),)


@pytest.mark.parametrize("text", ["", "[]", '{"servers": [{}]}', '{"servers": [{"name": "a"}]}', "\udcff"])
def test_a_broken_file_says_so(text: str) -> None:
    profiles_file().parent.mkdir()
    profiles_file().write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SetupError, match="cannot be read"):
        load_profiles()


def test_the_environment_names_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    put_profile(DEMO)
    monkeypatch.setenv("MV_DATABASE_URL", "postgresql://u:p@rds.example.org/x?sslmode=verify-full&sslrootcert=/ca")
    assert load_profiles() == (ServerProfile("rds.example.org", "rds.example.org", 5432, "x", ca_file="/ca"),)


@pytest.mark.parametrize(
    ("url", "sslmode", "protected"),
    [
        ("postgresql://db.example.org/x", "verify-full", True),
        ("postgres://db.example.org/x?sslmode=require", "require", False),
        ("postgresql+psycopg://127.0.0.1:5433/x", "prefer", True),
        ("postgresql://[::1]/x?sslmode=disable", "disable", True),
    ],
)
def test_anything_weaker_than_verify_full_must_be_asked_for(url: str, sslmode: str, protected: bool) -> None:
    profile = profile_from_url(url)
    assert (profile.sslmode, profile.protected) == (sslmode, protected)


@pytest.mark.parametrize(
    "url",
    ["", "http://db/x", "postgresql://db", "postgresql:///x", "postgresql://db:99999/x", "postgresql://d/x?sslmode=no"],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidError) as caught:
        profile_from_url(url)
    assert not url or url not in str(caught.value)


def test_a_persons_address_has_her_login_and_the_profiles_protection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mv_desktop.services.database.trusted_authorities", lambda: "/ca.pem")
    url = person_url(SCHOOL, "asha@example.org", "p@ss/word")
    assert url.username is not None
    assert (url.username[:3], len(url.username), url.password) == ("mv_", 35, "p@ss/word")
    assert dict(url.query) == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    remote = ServerProfile("x", "db.example.org", 5432, "x")
    assert dict(person_url(remote, "a", "b").query) == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    system = ServerProfile("x", "db.example.org", 5432, "x", ca_file="system")
    assert dict(person_url(system, "a", "b").query) == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    assert dict(person_url(DEMO, "a", "b").query) == {"sslmode": "prefer"}


def test_profiles_are_read_without_database_libraries() -> None:
    code = (
        "import sys, mv_desktop.services.profile, mv_desktop.domain.exchange; "
        "sys.exit(bool({'sqlalchemy', 'psycopg', 'alembic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
