"""A server that must prove who it is: real PostgreSQL with TLS, and certificates made here."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from mv_desktop.core.errors import SetupError
from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.health import reach
from mv_desktop.services.profile import ServerProfile
from tests.fakes.server import system_programs

# the embedded server has no TLS
PROGRAMS = system_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL of the system, and the embedded has no TLS")

NAME = "db.example.org"


@dataclass
class Server:
    """A server with TLS; `ca` has signed its certificate, and `stranger` has not."""

    postgres: LocalPostgres
    ca: Path
    stranger: Path

    def url(self, host: str = NAME, query: str = "") -> str:
        """The address, which says nothing of TLS; the network's directory is not asked where `host` is."""
        return self.postgres.super_url().replace("@127.0.0.1:", f"@{host}:") + f"?hostaddr=127.0.0.1{query}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="mv-test-tls-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MV_PG_BINDIR", str(PROGRAMS))
        postgres = LocalPostgres(folder / "postgres", fast_and_unsafe=True)
    try:
        with postgres:
            authority, key = _authority("The school's authority")
            (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
            stranger, _ = _authority("Somebody else")
            (folder / "stranger.pem").write_bytes(stranger.public_bytes(serialization.Encoding.PEM))
            with psycopg.connect(postgres.super_url(), autocommit=True) as connection:
                (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
                _certify(Path(data), authority, key)
                connection.execute("ALTER SYSTEM SET ssl = on")
                connection.execute("SELECT pg_reload_conf()")
            _wait_for_tls(postgres)
            yield Server(postgres, folder / "ca.pem", folder / "stranger.pem")
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_choice_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("query", ["", "&sslrootcert=system", "&sslmode=verify-full"])
def test_server_that_an_authority_of_this_computer_vouches_for_is_believed(
    query: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca))
    assert _tls(server.url(query=query)).startswith("TLSv1.")


def test_server_that_a_named_authority_vouches_for_is_believed(server: Server) -> None:
    assert _tls(server.url(query=f"&sslrootcert={server.ca}")).startswith("TLSv1.")


def test_server_that_nobody_trusted_vouches_for_is_sent_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SetupError, match="could not prove"):  # the public authorities do not know it
        _tls(server.url())
    monkeypatch.setenv("SSL_CERT_FILE", str(server.stranger))
    with pytest.raises(SetupError, match="could not prove"):
        _tls(server.url())


def test_certificate_for_another_name_is_not_enough(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca))
    with pytest.raises(SetupError, match="could not prove"):
        _tls(server.url(host="elsewhere.example.org"))


def test_doctor_reaches_a_server_that_proves_who_it_is(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = ServerProfile("School", "127.1", server.postgres.port, "mathvidya")  # not a name that needs no TLS
    with pytest.raises(SetupError, match="could not prove"):
        reach(profile)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca))
    reach(profile)


def _tls(url: str) -> str:
    """The version of TLS that a connection uses."""
    engine = make_engine(url, application_name="test")
    try:
        with open_session(engine) as session:
            return str(session.scalar(text("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")))
    finally:
        engine.dispose()


def _wait_for_tls(postgres: LocalPostgres) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(postgres.super_url() + "?sslmode=require").close()
        except psycopg.OperationalError:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return


def _authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = _name(name)
    builder = _builder(who, who, key).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()), key


def _certify(data: Path, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey) -> None:
    """Give the server in `data` a key, and a certificate for `NAME`."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(IPv4Address("127.0.0.1"))])
    builder = _builder(_name(NAME), authority.subject, key).add_extension(names, critical=False)
    certificate = builder.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, content in (("server.crt", certificate), ("server.key", private)):
        (data / name).write_bytes(content)
        (data / name).chmod(0o600)
        os_user.server_user().own(data / name)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
