"""The local servers: shared, restarted, killed, as root and as an ordinary user."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from mv_desktop.core.errors import SetupError
from mv_desktop.demo import os_user
from mv_desktop.demo.object_server import LocalS3, find_program
from mv_desktop.demo.port import answers
from mv_desktop.demo.postgres import LocalPostgres, find_programs
from mv_desktop.demo.supervisor import main as supervise
from mv_desktop.demo.supervisor import read_state

_PROJECT = Path(__file__).parents[2]
_as_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can hand a server to another user"
)

# a program of its own that uses both servers until its standard input ends
_PROGRAM = """
import json, sys
from pathlib import Path
from mv_desktop.demo.object_server import LocalS3
from mv_desktop.demo.postgres import LocalPostgres
folder = Path(sys.argv[1])
with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as pg, LocalS3(folder / "objects") as s3:
    pg.prepare("mathvidya")
    print(json.dumps({"pg": pg.port, "s3": s3.port, "url": pg.owner_url("mathvidya")}), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="mv-test-servers-"))
    path.chmod(0o711)
    yield path
    for server in (path / "postgres", path / "objects"):
        os_user.erase(server)
    shutil.rmtree(path, ignore_errors=True)


class Program:
    """Another program that uses the servers of `folder`."""

    def __init__(self, folder: Path, *, python: str = sys.executable, **arguments: object) -> None:
        path = [str(_PROJECT), *(part for part in sys.path if part.endswith("site-packages"))]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "MV_RCLONE": str(find_program())}
        self.process = subprocess.Popen(
            [python, "-c", _PROGRAM, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            **arguments,  # type: ignore[call-overload]
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline() or "{}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def close(self) -> int:
        return self._end()

    def _end(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        status: int = self.process.wait(60)
        self.process.stdout.close()
        return status


def _processes(folder: Path) -> list[psutil.Process]:
    """The living processes that mention `folder`."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(str(folder) in part for part in process.info["cmdline"] or ())
    ]


def _none_left(folder: Path, said: dict[str, int], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not _processes(folder) and not answers(said["pg"], 0.2) and not answers(said["s3"], 0.2):
            return True
        time.sleep(0.05)
    return False


def test_second_program_finds_the_running_servers(folder: Path) -> None:
    first = Program(folder)
    second = Program(folder)
    assert second.said == first.said
    assert first.close() == 0
    assert answers(second.said["pg"])
    assert answers(second.said["s3"])
    with psycopg.connect(second.said["url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert second.close() == 0
    assert _processes(folder) == []
    assert not answers(second.said["pg"])
    assert not answers(second.said["s3"])


def test_killed_program_leaves_no_process(folder: Path) -> None:
    program = Program(folder)
    assert _processes(folder)
    program.kill()
    assert _none_left(folder, program.said)


def test_killed_program_leaves_the_servers_to_the_other(folder: Path) -> None:
    first = Program(folder)
    second = Program(folder)
    first.kill()
    time.sleep(0.5)
    with psycopg.connect(second.said["url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert answers(second.said["s3"])
    assert second.close() == 0
    assert _none_left(folder, second.said)


def test_program_and_its_supervisors_killed_together_are_taken_over(folder: Path) -> None:
    program = Program(folder)
    for child in psutil.Process(program.process.pid).children():
        child.kill()
    program.kill()
    assert answers(program.said["pg"])
    second = Program(folder)
    assert second.said == program.said
    assert second.close() == 0
    assert _none_left(folder, program.said)


def test_killed_supervisors_are_made_up_for_by_the_program(folder: Path) -> None:
    program = Program(folder)
    for child in psutil.Process(program.process.pid).children():
        child.kill()
    assert program.close() == 0
    assert _none_left(folder, program.said)


def test_restart_keeps_data_passwords_and_ports(folder: Path) -> None:
    with LocalPostgres(folder / "postgres") as pg:
        pg.prepare("mathvidya")
        url = pg.owner_url("mathvidya")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with LocalS3(folder / "objects") as s3:
        key, port = (s3.access_key, s3.secret_key), s3.port
        _client(s3).put_object(Bucket=s3.bucket, Key="pages/1.jpg", Body=b"picture")
    with LocalPostgres(folder / "postgres") as pg, psycopg.connect(url) as connection:
        pg.prepare("mathvidya")
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    with LocalS3(folder / "objects") as s3:
        assert ((s3.access_key, s3.secret_key), s3.port) == (key, port)
        assert _client(s3).get_object(Bucket=s3.bucket, Key="pages/1.jpg")["Body"].read() == b"picture"


def test_owner_is_no_superuser_and_strangers_may_not_connect(pg_server: LocalPostgres) -> None:
    pg_server.prepare("mv_prepared")
    with psycopg.connect(pg_server.owner_url("mv_prepared")) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert role == (False, True, False)
        connection.execute("CREATE ROLE mv_test_stranger LOGIN PASSWORD 'secret'")
        connection.commit()
        for database in ("mv_prepared", "postgres", "template1"):
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(pg_server.url(database, "mv_test_stranger", "secret"))
        connection.execute("DROP ROLE mv_test_stranger")
        connection.commit()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(pg_server.url("mv_prepared", "mv_owner", "guess"))


def test_object_server_refuses_a_wrong_key_and_an_unsigned_request(folder: Path) -> None:
    import urllib3
    from botocore.exceptions import ClientError

    with LocalS3(folder / "objects") as s3:
        _client(s3).put_object(Bucket=s3.bucket, Key="a", Body=b"x")
        with pytest.raises(ClientError) as refused:
            _client(s3, secret_key="wrong").get_object(Bucket=s3.bucket, Key="a")
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        with urllib3.PoolManager() as pool:
            unsigned = pool.request("GET", f"{s3.endpoint}/{s3.bucket}/a", retries=False)
        assert unsigned.status in (400, 403)


def test_no_secret_is_in_the_process_list_or_readable_by_others(folder: Path) -> None:
    with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as pg, LocalS3(folder / "objects") as s3:
        pg.prepare("mathvidya")
        passwords = [url.split(":")[2].split("@")[0] for url in (pg.super_url(), pg.owner_url("mathvidya"))]
        secrets = [*passwords, s3.secret_key]
        listed = " ".join(
            part for process in psutil.process_iter(["cmdline"]) for part in process.info["cmdline"] or ()
        )
        assert not any(secret in listed for secret in secrets)
        for path in folder.rglob("*"):
            if path.is_file() and path.stat().st_size < 1_000_000:
                text = path.read_bytes()
                if any(secret.encode() in text for secret in secrets):
                    assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_data_of_another_version_is_refused_unharmed(folder: Path) -> None:
    with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as pg:
        pg.prepare("mathvidya")
    version = folder / "postgres" / "data" / "PG_VERSION"
    made_by = version.read_text()
    version.write_text("12\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 12"):
        LocalPostgres(folder / "postgres").start()
    version.write_text(made_by)
    with LocalPostgres(folder / "postgres") as pg:
        psycopg.connect(pg.owner_url("mathvidya")).close()


def test_process_number_left_by_a_crash_does_not_keep_the_server_from_starting(folder: Path) -> None:
    with LocalPostgres(folder / "postgres", fast_and_unsafe=True):
        pid = folder / "postgres" / "data" / "postmaster.pid"
        lines = pid.read_text().splitlines()
    pid.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with LocalPostgres(folder / "postgres") as pg:
        psycopg.connect(pg.super_url()).close()


def test_taken_port_is_replaced_by_another(folder: Path) -> None:
    import socket

    with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as pg:
        port = pg.port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with LocalPostgres(folder / "postgres") as pg:
            assert pg.port != port
            psycopg.connect(pg.super_url()).close()


def test_missing_programs_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MV_PG_BINDIR", str(folder))
    with pytest.raises(SetupError, match="there is no initdb"):
        LocalPostgres(folder / "postgres")
    monkeypatch.setenv("MV_RCLONE", "/bin/true")
    with pytest.raises(SetupError, match="too old"):
        LocalS3(folder / "objects")


def test_full_disk_is_said_before_anything_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=20 << 20))
    with pytest.raises(SetupError, match="20 MB are free"):
        LocalPostgres(folder / "postgres").start()
    with pytest.raises(SetupError, match="20 MB are free"):
        LocalS3(folder / "objects").start()
    assert _processes(folder) == []


def test_folder_that_cannot_be_made_is_a_clear_error(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(SetupError, match="cannot be used"):
        LocalPostgres(folder / "file" / "postgres")


def test_supervisor_that_cannot_run_is_a_clear_error(folder: Path) -> None:
    with pytest.raises(SetupError, match="supervisor"):
        LocalPostgres(folder / "postgres", supervisor=[str(folder / "nothing")]).start()
    assert not (folder / "postgres" / "data").exists()


def test_supervisor_takes_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert supervise(["x"]) == 2
    assert "no arguments" in capsys.readouterr().err


@_as_root
def test_root_hands_the_servers_to_an_unprivileged_user(folder: Path) -> None:
    with LocalPostgres(folder / "postgres", fast_and_unsafe=True), LocalS3(folder / "objects") as s3:
        state = psutil.Process(read_state(folder / "objects" / "server.json")["pid"])
        server = psutil.Process(int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))
        assert server.uids().real != 0
        assert state.uids().real != 0
        assert state.uids() == server.uids()
        _client(s3).put_object(Bucket=s3.bucket, Key="a", Body=b"x")


@_as_root
def test_folder_closed_to_the_servers_user_is_served_from_elsewhere(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with LocalPostgres(closed / "postgres", fast_and_unsafe=True) as pg:
        pg.prepare("mathvidya")
        url = pg.owner_url("mathvidya")
        elsewhere = Path((closed / "postgres" / "location").read_text())
    with LocalPostgres(closed / "postgres"), psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("mv_owner",)
    assert elsewhere.exists()
    shutil.rmtree(closed)
    LocalPostgres(folder / "postgres")
    assert not elsewhere.exists(), "files that no folder refers to any more are removed"


@_as_root
def test_programs_closed_to_the_servers_user_are_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = find_programs().parent.parent
    for part in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setenv("MV_PG_BINDIR", str(closed / package.name / "pginstall" / "bin"))
    before = set(Path("/var/lib/mathvidya").glob("programs-*"))
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as pg:
            psycopg.connect(pg.super_url()).close()
    finally:
        for copy in set(Path("/var/lib/mathvidya").glob("programs-*")) - before:
            shutil.rmtree(copy)


@_as_root
def test_ordinary_user_runs_both_servers(folder: Path) -> None:
    import pwd

    nobody = pwd.getpwnam("nobody")
    home = folder / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    dropped: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = _python_for(dropped)
    if python is None:
        pytest.skip("this interpreter is inside root's home and the system has no equal one")
    program = Program(home, python=python, **dropped)
    assert answers(program.said["s3"])
    assert {process.uids().real for process in _processes(home)} == {nobody.pw_uid}
    program.kill()
    assert _none_left(home, program.said)


def _python_for(dropped: dict[str, Any]) -> str | None:
    """An interpreter of our version that another user can run."""
    question = ["-c", "import sys; print(sys.version_info[:2])"]
    for candidate in (sys.executable, "/usr/bin/python3"):
        try:
            answer = subprocess.run([candidate, *question], capture_output=True, text=True, check=False, **dropped)
        except OSError:
            continue
        if answer.stdout.strip() == str(sys.version_info[:2]):
            return candidate
    return None


def _client(s3: LocalS3, **changed: str):  # type: ignore[no-untyped-def]
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=s3.endpoint,
        region_name=s3.region,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=changed.get("secret_key", s3.secret_key),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"max_attempts": 1},
        ),
    )
