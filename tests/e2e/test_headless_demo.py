"""`mv-desktop demo --headless` as a program of its own: what it says, shares, keeps, erases and leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
import psycopg
import pytest

from mv_desktop.demo import os_user
from mv_desktop.demo.population import staff
from mv_desktop.demo.port import answers
from mv_desktop.pages.storage import ObjectStore

_PROJECT = Path(__file__).parents[2]
_MARK = f"mv-test-{uuid4()}"
"""In the environment of every process that these tests start, and of those that they start in turn."""
_PATIENCE_S = 120.0

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


class Program:
    """A demo without a window."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mv_desktop", "demo", "--headless", "--data-dir", str(folder), *arguments],
            cwd=_PROJECT,
            env={**os.environ, "MV_TEST_MARK": _MARK},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.progress: list[str] = []
        self._reader = threading.Thread(target=self._read_progress)
        self._reader.start()

    def _read_progress(self) -> None:
        assert self.process.stderr is not None
        self.progress.extend(self.process.stderr)

    def ready(self) -> dict[str, Any]:
        """Its one line; waits for it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.seconds = time.monotonic() - self.started
        assert line, "".join(self.progress)
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def close(self) -> tuple[int, str]:
        """Close its standard input; its status and what else it said on stdout."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self._end()

    def signal(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        return self._end()

    def _end(self) -> tuple[int, str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        status = self.process.wait(_PATIENCE_S)
        # a killed program's servers may keep the pipes open for a moment
        rest = self.process.stdout.read()
        self._reader.join(_PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return status, rest


def processes(folder: Path) -> list[str]:
    """The command lines of the living processes that belong to a demo in `folder`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            # a server that names itself writes over its environment, but then its folder is in its arguments
            ours = process.environ().get("MV_TEST_MARK") == _MARK or any(str(folder) in word for word in words)
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(words))
    return found


def none_left(folder: Path, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while left := processes(folder):
        if time.monotonic() > end:
            pytest.fail(f"still running: {left}")
        time.sleep(0.1)
    return True


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
        return int(number)


@dataclass
class FirstStart:
    """What happened before the tests: a demo killed while it made scripts, then a fresh one, closed in order.

    Attributes:
        killed_at: the processes that were there when the first program was killed.
        old_password, password: the people's, of the killed demo and the fresh one.
        said: the fresh one's line.
        status, rest: of the fresh one.
        progress: its stderr.
    """

    folder: Path
    killed_at: list[str]
    old_password: str
    password: str
    said: dict[str, Any]
    status: int
    rest: str
    progress: list[str]


@pytest.fixture(scope="module")
def first() -> Iterator[FirstStart]:
    folder = Path(tempfile.mkdtemp(prefix="mv-test-demo-"))
    folder.chmod(0o711)  # as root, the servers' unprivileged user must get through
    demo = folder / "demo"
    try:
        killed = Program(demo, "--scripts", "2")
        end = time.monotonic() + _PATIENCE_S
        while not any("_demo_scripts" in line for line in processes(demo)):
            assert time.monotonic() < end, "".join(killed.progress)
            time.sleep(0.05)
        killed_at = processes(demo)
        old_password = json.loads((demo / "secrets.json").read_text())["people"]
        killed.signal(signal.SIGKILL)
        none_left(demo)
        fresh = Program(demo, "--fresh", "--scripts", "2")
        said = fresh.ready()
        status, rest = fresh.close()
        none_left(demo, 1)
        password = json.loads((demo / "secrets.json").read_text())["people"]
        yield FirstStart(demo, killed_at, old_password, password, said, status, rest, fresh.progress)
        none_left(demo)
    finally:
        for part in ("postgres", "objects"):
            os_user.erase(demo / part)
        shutil.rmtree(folder, ignore_errors=True)


def test_one_json_line_says_everything_a_script_needs(first: FirstStart) -> None:
    assert (first.status, first.rest) == (0, "")
    assert list(first.said) == ["database_url", "s3", "people", "data_dir"]
    assert set(first.said["s3"]) == {"endpoint", "bucket", "access_key", "secret_key"}
    assert first.said["data_dir"] == str(first.folder)
    keys = {"name", "email", "password", "role", "is_coordinator", "user_id", "database_url"}
    assert all(set(person) == keys for person in first.said["people"])
    assert [person["email"] for person in first.said["people"]] == [person.email for person in staff()]
    roles = [person["role"] for person in first.said["people"]]
    assert (roles.count("teacher"), roles.count("admin")) == (6, 1)
    assert sum(person["is_coordinator"] for person in first.said["people"]) == 1


def test_progress_is_told_on_stderr(first: FirstStart) -> None:
    assert first.progress[-1] == "Writing answer sheets … 2 of 2 scripts\n"


def test_kill_while_scripts_were_made_left_no_process(first: FirstStart) -> None:
    # the fixture has waited until all of them were gone
    for part in ("_demo_scripts", "_supervise", "worker", "postgres", "rclone"):
        assert any(part in line for line in first.killed_at), part


def test_fresh_begins_anew(first: FirstStart) -> None:
    assert first.old_password != first.password
    assert {person["password"] for person in first.said["people"]} == {first.password}


def test_two_programs_share_one_demo_and_find_its_data(first: FirstStart) -> None:
    one, two = Program(first.folder, "--scripts", "2"), Program(first.folder, "--scripts", "2")
    said = one.ready()
    assert two.ready() == said
    assert max(one.seconds, two.seconds) < 30  # at rest about 3; the drawing of scripts alone takes longer
    assert not any("Writing" in line for line in one.progress)
    assert said["people"] == first.said["people"] or _ports(said) != _ports(first.said)
    assert count(said["database_url"], "exam_instances") == 2
    for person in said["people"]:
        with psycopg.connect(person["database_url"]) as connection:
            assert str((connection.execute("SELECT api.me()").fetchone() or ("",))[0]) == person["user_id"]
    teacher = said["people"][0]
    assert count(teacher["database_url"], "evaluations") == 2
    _pages_are_in_the_store(said)
    refused = Program(first.folder, "--fresh", "--scripts", "0")
    assert refused.close() == (1, "")
    assert refused.progress == ["The demo is running in another window. Close it first.\n"]
    assert one.close() == (0, "")
    assert count(said["database_url"], "exam_instances") == 2
    assert answers(urlsplit(said["s3"]["endpoint"]).port or 0)
    assert two.signal(signal.SIGTERM) == (0, "")
    assert processes(first.folder) == []


def test_killed_program_leaves_no_process_and_loses_nothing(first: FirstStart) -> None:
    program = Program(first.folder, "--scripts", "2")
    said = program.ready()
    with psycopg.connect(said["database_url"]) as connection:
        connection.execute(
            "INSERT INTO holidays (holiday_date, holiday_name) VALUES ('2030-01-01', %s)", (f"Kept {uuid4()}",)
        )
    before = count(said["database_url"], "holidays")
    program.signal(signal.SIGKILL)
    assert none_left(first.folder)
    again = Program(first.folder, "--scripts", "2")
    said = again.ready()
    assert count(said["database_url"], "holidays") == before
    assert again.close() == (0, "")
    assert processes(first.folder) == []


def test_fresh_spares_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    program = Program(tmp_path, "--fresh")
    assert program.close() == (1, "")
    assert "does not hold a demo" in program.progress[0]
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc says which signals a program heeds")
@pytest.mark.parametrize("later", [0.0, 0.5, 1.5])
def test_signal_in_the_first_moment_ends_it_in_order(later: float, tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    demo = tmp_path / "demo"
    program = Program(demo, "--scripts", "1")
    status = Path(f"/proc/{program.process.pid}/status")
    end = time.monotonic() + _PATIENCE_S
    while not _heeds(status.read_text(), signal.SIGTERM):
        assert time.monotonic() < end
        time.sleep(0.005)
    time.sleep(later)
    assert program.signal(signal.SIGTERM) == (0, "")
    assert processes(demo) == []
    for part in ("postgres", "objects"):
        os_user.erase(demo / part)


def test_signals_are_heeded_before_anything_heavy_is_imported() -> None:
    code = (
        "import sys, mv_desktop.cli, mv_desktop.demo.headless; "
        "print(sorted({'sqlalchemy', 'psycopg', 'boto3', 'numpy', 'PIL', 'pymupdf', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=_PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_reader_who_leaves_early_ends_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    demo = tmp_path / "demo"
    program = Program(demo, "--scripts", "0")
    assert program.process.stdout is not None
    program.process.stdout.close()
    assert program.process.wait(_PATIENCE_S) == 1
    program._reader.join(_PATIENCE_S)
    assert not any("Error" in line for line in program.progress)
    assert processes(demo) == []
    assert program.process.stdin is not None
    assert program.process.stderr is not None
    program.process.stdin.close()
    program.process.stderr.close()
    for part in ("postgres", "objects"):
        os_user.erase(demo / part)


def _heeds(status: str, number: signal.Signals) -> bool:
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (number - 1) & 1)


@pytest.mark.parametrize("arguments", [(), ("--fresh",)])
@pytest.mark.parametrize("place", ["a file", "below a file", "where nothing can be made"])
def test_folder_that_cannot_be_one_is_a_sentence(place: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    places = {"a file": tmp_path / "file", "below a file": tmp_path / "file" / "demo"}
    folder = places.get(place, Path("/proc/demo"))
    program = Program(folder, *arguments)
    assert program.close() == (1, "")
    (said,) = program.progress
    assert said.startswith(f"The demo cannot keep its files in {folder}: ")
    assert said.endswith(". Choose another folder.\n")
    assert (tmp_path / "file").read_text() == "not a folder"


def _ports(said: dict[str, Any]) -> tuple[int | None, int | None]:
    return urlsplit(said["database_url"]).port, urlsplit(said["s3"]["endpoint"]).port


def _pages_are_in_the_store(said: dict[str, Any]) -> None:
    with psycopg.connect(said["database_url"]) as connection:
        uploads = connection.execute("SELECT s3_key, file_size_bytes FROM answer_sheet_uploads").fetchall()
    keys = said["s3"]
    store = ObjectStore(keys["endpoint"], "us-east-1", keys["access_key"], keys["secret_key"], keys["bucket"])
    assert uploads
    for key, size in uploads:
        assert len(store.get(key)) == size
    store.close()
