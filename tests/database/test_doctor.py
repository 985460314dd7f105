"""What `doctor` finds, and what it says to do about it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from mv_desktop.cli import main
from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.services.migration import head
from mv_desktop.services.profile import ServerProfile
from mv_desktop.services.profile_store import put_profile
from mv_desktop.worker.doctor import Check, examine
from tests.factories.marking import School
from tests.fakes.clock import FakeClock
from tests.fakes.mail_server import Postbox, mail_server
from tests.fakes.server import CloneDatabase, TestStore

ALL = (
    *("program", "fonts", "disk", "server", "tls", "schema", "rights", "clock", "holidays", "audit log"),
    *("page store", "mail"),
)


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with mail_server() as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path, s3: TestStore, box: Postbox) -> None:
    """A computer that has the page store's key and hands mail in; each test names its server."""
    server = s3.server
    for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none"}.items():
        monkeypatch.setenv(f"MV_SMTP_{name}", value)
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("MV_S3_ENDPOINT", server.endpoint)
    monkeypatch.setenv("MV_S3_REGION", server.region)
    monkeypatch.setenv("MV_S3_BUCKET", server.bucket)
    monkeypatch.setenv("MV_S3_ACCESS_KEY", server.access_key)
    monkeypatch.setenv("MV_S3_SECRET_KEY", server.secret_key)


@pytest.fixture
def checkup(monkeypatch: pytest.MonkeyPatch):
    """Examine a server, by default at this computer's own time."""

    def run(url: str, clock: Clock | None = None) -> dict[str, Check]:
        monkeypatch.setenv("MV_DATABASE_URL", url)
        return {check.name: check for check in examine(clock or SystemClock())}

    return run


@pytest.fixture
def worker_url(database: CloneDatabase) -> Iterator[str]:
    """The worker's address; its password is set on the run's server, which tests share."""
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE mv_worker PASSWORD {}").format(sql.Literal("for the doctor")))
    yield database.url_for("mv_worker", "for the doctor")
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD NULL")


@pytest.mark.parametrize(("role", "unseen"), [("teacher", {"audit log"}), ("admin", set())])
def test_sound_server_is_found_sound_by_staff(role: str, unseen: set[str], school: School, checkup) -> None:
    found = checkup(school.person(role).url)
    assert tuple(found) == ALL
    assert {name for name, check in found.items() if check.ok is not True} == unseen
    assert {name for name, check in found.items() if check.ok is False} == set()
    assert found["tls"].finding == "not encrypted; the server is on this computer"
    assert found["schema"].finding == f"revision {head()}"


def test_worker_sees_everything(worker_url: str, checkup) -> None:
    found = checkup(worker_url)
    assert tuple(found) == ALL
    assert {name for name, check in found.items() if check.ok is not True} == set()
    assert "mv_worker" in found["server"].finding


def test_log_that_nobody_seals_is_told_with_since_when(school: School, worker_url: str, checkup) -> None:
    admin = school.person("admin")
    with psycopg.connect(worker_url) as connection:
        connection.execute("SELECT api.seal_audit(1000)")
    assert checkup(admin.url)["audit log"].finding == "every entry is sealed"
    school.execute("INSERT INTO audit_logs (event_type) VALUES ('x')")
    waiting = checkup(admin.url)["audit log"]
    assert (waiting.ok, waiting.remedy) == (True, "")
    assert waiting.finding.startswith("1 without a seal, the oldest since ")
    school.execute("INSERT INTO audit_logs (event_type, created_at) VALUES ('x', now() - interval '16 minutes')")
    late = checkup(worker_url)["audit log"]
    assert (late.ok, late.finding.startswith("2 without a seal")) == (False, True)
    assert late.remedy.startswith("Is the worker running?")


def test_rights_that_came_back_with_a_restore_are_told(school: School, checkup) -> None:
    admin = school.person("admin")
    school.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {school.database.name} TO PUBLIC")
    rights = checkup(admin.url)["rights"]
    assert (rights.ok, rights.finding) == (
        False,
        "everybody with a login on the server may connect, make temporary tables",
    )
    school.execute("SELECT api._harden_database()")
    school.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    assert checkup(admin.url)["rights"].finding.endswith("may make tables and functions")


def test_older_database_is_sent_to_migrate(school: School, checkup) -> None:
    admin = school.person("admin")
    school.execute("UPDATE alembic_version SET version_num = '002'")
    schema = checkup(admin.url)["schema"]
    assert (schema.ok, schema.finding) == (False, f"the database is at revision 002, this program brings {head()}")
    assert schema.remedy == "Run mv-desktop migrate as the database's owner."


def test_newer_database_wants_a_newer_program(school: School, checkup) -> None:
    admin = school.person("admin")
    school.execute("UPDATE alembic_version SET version_num = '907'")
    schema = checkup(admin.url)["schema"]
    assert (schema.ok, schema.remedy) == (False, "Install the newest version of the program.")


def test_database_without_our_schema_is_told(empty_database, checkup) -> None:
    found = checkup(empty_database().owner_url)
    assert found["server"].ok is False
    assert "mv-desktop migrate" in found["server"].remedy
    assert found["page store"].ok is True


def test_unreachable_server_is_told_and_the_rest_still_checked(checkup) -> None:
    with socket.socket() as nobody:  # bound but not listening: connecting is refused
        nobody.bind(("127.0.0.1", 0))
        found = checkup(f"postgresql://somebody:secret@127.0.0.1:{nobody.getsockname()[1]}/mathvidya")
    assert (found["server"].ok, found["server"].finding) == (False, "The server does not answer.")
    assert found["server"].remedy
    assert found["page store"].ok is True
    assert "schema" not in found


def test_wrong_password_is_told_without_repeating_it(database: CloneDatabase, checkup) -> None:
    found = checkup(database.url_for("mv_owner", "not-the-password"))
    assert found["server"].ok is False
    assert "password is wrong" in found["server"].finding
    assert "not-the-password" not in found["server"].as_text()


def test_address_that_is_none_is_told(checkup) -> None:
    assert checkup("not an address")["server"].finding == "That is not the address of a PostgreSQL database."


@pytest.mark.parametrize("setting", ["bogus=1", "channel_binding=bogus", "port=bogus"])
def test_setting_of_an_address_that_makes_no_sense_is_told(setting: str, checkup) -> None:
    found = checkup(f"postgresql://somebody:secret@127.0.0.1:1/mathvidya?{setting}")["server"]
    assert found.ok is False
    assert found.finding.startswith("The server's address has a ")
    assert found.remedy


def test_distant_server_without_tls_is_refused(database: CloneDatabase, checkup) -> None:
    # the address of a server on this computer, written so that it looks like another's
    found = checkup(database.owner_url.replace("@127.0.0.1:", "@127.1:"))
    assert (found["server"].ok, "tls" in found) == (False, False)
    assert found["server"].finding == "The server does not encrypt the connection, so nothing was sent to it."


def test_distant_server_that_need_not_prove_itself_is_wrong(database: CloneDatabase, checkup) -> None:
    tls = checkup(database.owner_url.replace("@127.0.0.1:", "@127.1:") + "?sslmode=prefer")["tls"]
    assert (tls.ok, tls.finding) == (False, "the connection is not encrypted")
    assert "verify-full" in tls.remedy


def test_known_servers_are_reached_without_a_login(database: CloneDatabase, monkeypatch) -> None:
    monkeypatch.delenv("MV_DATABASE_URL", raising=False)
    monkeypatch.setenv("PGPASSWORD", "never to be sent")
    port = make_url(database.owner_url).port or 0
    here = ServerProfile("Here", "127.0.0.1", port, "mathvidya", sslmode="prefer")
    # the same server, written so that it looks like another computer's
    open_to_all = ServerProfile("Open", "127.1", port, "mathvidya", sslmode="prefer")
    there = ServerProfile("There", "127.1", port, "mathvidya")
    for profile in (here, open_to_all, there):
        put_profile(profile)
    found = {check.name: check for check in examine(SystemClock())}
    assert found["server Here"].ok is True
    assert found["server Here"].finding.endswith("answers, is on this computer, and asks for a password")
    assert (found["server Open"].ok, "sslmode=prefer" in found["server Open"].finding) == (False, True)
    assert (found["server There"].ok, "does not encrypt" in found["server There"].finding) == (False, True)
    assert found["signed in"].ok is None


@pytest.mark.parametrize("seconds", [-3600, 45, 86_400 * 400])
def test_clock_that_is_far_off_is_told(seconds: float, school: School, checkup) -> None:
    found = checkup(school.person().url, FakeClock(datetime.now(UTC) + timedelta(seconds=seconds)))["clock"]
    assert found.ok is False
    assert abs(float(found.finding.split()[0]) - seconds) < 5
    assert found.remedy.startswith("Set this computer's clock")


def test_next_years_holidays_are_asked_for_from_october_on(school: School, checkup) -> None:
    teacher = school.person()
    september = checkup(teacher.url, FakeClock(datetime(2026, 9, 30, 12, tzinfo=UTC)))["holidays"]
    assert (september.ok, september.remedy) == (True, "")
    october = checkup(teacher.url, FakeClock(datetime(2026, 9, 30, 19, tzinfo=UTC)))["holidays"]  # 1 October in India
    assert (october.ok, october.finding) == (True, "holidays of 2027 not entered")
    assert october.as_text().startswith("warning holidays: ")


@pytest.mark.parametrize("variable", ["MV_S3_SECRET_KEY", "MV_S3_ACCESS_KEY"])
def test_wrong_key_of_the_page_store_is_told(variable: str, checkup, database, monkeypatch) -> None:
    monkeypatch.setenv(variable, "wrong-key")
    store = checkup(database.owner_url)["page store"]
    assert store.ok is False
    assert store.finding
    assert "wrong-key" not in store.as_text()


def test_missing_bucket_is_told(checkup, database, monkeypatch) -> None:
    monkeypatch.setenv("MV_S3_BUCKET", "no-such-bucket")
    assert checkup(database.owner_url)["page store"].ok is False


def test_a_mail_server_that_is_away_or_makes_no_sense_is_told(checkup, database, box: Postbox, monkeypatch) -> None:
    found = checkup(database.owner_url)["mail"]
    assert (found.ok, found.finding) == (True, f"127.0.0.1:{box.port} answers")
    assert box.mails == []
    for name, value, remedy in (
        ("LOGIN", "mathvidya", "Set both or neither."),
        ("PASSWORD", "hush", "Check MV_SMTP_SECURITY"),  # a server that asks for no login
        ("PORT", "1", "Check MV_SMTP_HOST"),
    ):
        monkeypatch.setenv(f"MV_SMTP_{name}", value)
        wrong = checkup(database.owner_url)["mail"]
        assert wrong.ok is False
        assert remedy in wrong.remedy
        assert "hush" not in wrong.as_text()


def test_command_prints_json_lines_and_fails_when_something_is_wrong(school: School, monkeypatch, capsys) -> None:
    monkeypatch.setenv("MV_DATABASE_URL", school.person().url)
    assert main(["doctor", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert tuple(line["check"] for line in lines) == ALL
    assert all(set(line) == {"check", "ok", "finding", "remedy"} for line in lines)
    school.execute("UPDATE alembic_version SET version_num = '002'")
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "WRONG   schema: the database is at revision 002" in told
    assert "\n        Run mv-desktop migrate as the database's owner.\n" in told
