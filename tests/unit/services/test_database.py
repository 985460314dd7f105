"""Which TLS an address gets."""

import subprocess
import sys
from pathlib import Path

import pytest

from mv_desktop.services import authority
from mv_desktop.services.authority import trusted_authorities
from mv_desktop.services.database import protected


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("postgresql://u:p@127.0.0.1:5432/mv", {}),
        ("postgresql://u:p@localhost/mv", {}),
        ("postgresql://u:p@db.example.org/mv", {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}),
        (
            "postgresql://u:p@db.example.org/mv?sslrootcert=system",
            {"sslmode": "verify-full", "sslrootcert": "/ca.pem"},
        ),
        ("postgresql://u:p@127.0.0.1/mv?sslrootcert=system", {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}),
        (
            "postgresql://u:p@db.example.org/mv?sslrootcert=/etc/rds.pem",
            {"sslmode": "verify-full", "sslrootcert": "/etc/rds.pem"},
        ),
        ("postgresql://u:p@db.example.org/mv?sslmode=require", {"sslmode": "require"}),
        ("postgresql://u:p@/mv?host=/run/postgresql", {"host": "/run/postgresql"}),
        (
            "postgresql://u:p@localhost/mv?host=db.example.org",
            {"host": "db.example.org", "sslmode": "verify-full", "sslrootcert": "/ca.pem"},
        ),
        (
            "postgresql://u:p@/mv?hostaddr=192.0.2.7",
            {"hostaddr": "192.0.2.7", "sslmode": "verify-full", "sslrootcert": "/ca.pem"},
        ),
    ],
)
def test_a_server_elsewhere_must_prove_who_it_is(url, query, monkeypatch):
    monkeypatch.setattr("mv_desktop.services.database.trusted_authorities", lambda: "/ca.pem")
    address = protected(url)
    assert dict(address.query) == query
    assert address.password == "p"
    assert address.drivername == "postgresql+psycopg"


def test_server_that_only_the_environment_names_must_prove_it_too(monkeypatch):
    monkeypatch.delenv("PGHOSTADDR", raising=False)
    monkeypatch.setenv("PGHOST", "localhost")
    assert "sslmode" not in protected("postgresql://u:p@/mv").query
    monkeypatch.setenv("PGHOST", "db.example.org")
    assert protected("postgresql://u:p@/mv").query["sslmode"] == "verify-full"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A computer without any certificates; the folder is for the test's own."""
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    nothing = type("Paths", (), {"cafile": None})
    monkeypatch.setattr("ssl.get_default_verify_paths", nothing)
    monkeypatch.setattr(authority, "_PLACES", (str(tmp_path / "one"), str(tmp_path / "two")))
    return tmp_path


def test_authorities_are_the_first_file_that_there_is(bare, monkeypatch):
    bundled = trusted_authorities()
    assert bundled.endswith("cacert.pem")
    assert "BEGIN CERTIFICATE" in Path(bundled).read_text()
    (bare / "two").touch()
    assert trusted_authorities() == str(bare / "two")
    (bare / "one").touch()
    assert trusted_authorities() == str(bare / "one")
    (bare / "python").touch()
    monkeypatch.setattr("ssl.get_default_verify_paths", type("Paths", (), {"cafile": str(bare / "python")}))
    assert trusted_authorities() == str(bare / "python")
    monkeypatch.setenv("SSL_CERT_FILE", str(bare / "gone"))
    assert trusted_authorities() == str(bare / "python")
    (bare / "gone").touch()
    assert trusted_authorities() == str(bare / "gone")


def test_folder_that_somebody_has_chosen_is_left_to_openssl(bare, monkeypatch):
    monkeypatch.setenv("SSL_CERT_DIR", str(bare / "none"))
    assert trusted_authorities() != "system"
    monkeypatch.setenv("SSL_CERT_DIR", str(bare))
    assert trusted_authorities() == "system"
    (bare / "named").touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(bare / "named"))
    assert trusted_authorities() == str(bare / "named")


def test_without_any_file_openssl_is_left_to_itself(bare, monkeypatch):
    monkeypatch.setattr(authority, "find_spec", lambda _: None)
    assert trusted_authorities() == "system"


def test_authorities_are_found_without_importing_what_brings_them(monkeypatch):
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    code = (
        "import sys; from pathlib import Path; from mv_desktop.services.authority import trusted_authorities; "
        "assert Path(trusted_authorities()).is_file(); sys.exit('botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
