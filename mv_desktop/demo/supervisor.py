"""Keeps a local server running exactly as long as somebody uses it.

Several programs may share one server through its folder. Each holds a shared lock on the file ``users.lock``
and has one supervisor, a small process of its own that outlives it: when the program ends, even by kill -9,
the supervisor reads the end of its standard input, waits until nobody holds the lock any more, and stops the
server. The operating system frees the locks of a killed program, so nothing here trusts a clean exit.

The two talk over the supervisor's standard input, one JSON object a line (secrets never appear in the process
list): first the order how to stop the server, then perhaps one to start it, perhaps "leave" (others use the
server: end without stopping it), and at last the end of the stream.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

import psutil

from mv_desktop.core.errors import SetupError
from mv_desktop.core.process import own_command
from mv_desktop.demo.lock import EXCLUSIVE, SHARED, try_lock, wait_for_lock
from mv_desktop.demo.os_user import server_user

_STOP_TIMEOUT_S = 60.0
_BOOT_TIMEOUT_S = 180.0


@dataclass(frozen=True, slots=True)
class StopOrder:
    """How a supervisor stops its server.

    Attributes:
        kind: "postgres" stops a cluster through pg_ctl; "process" ends the process named in a state file.
        target: the cluster's data folder, or the state file (see `write_state`).
        program: the path of pg_ctl; "" for "process".
    """

    kind: Literal["postgres", "process"]
    target: str
    program: str = ""


class Tenancy:
    """One program's share in the server of a folder.

    Args:
        folder: where the locks are; it must exist.
        order: how to stop the server when its last user is gone.
        command: starts a supervisor (`main` of this module); the program's own command by default.
    """

    def __init__(self, folder: Path, order: StopOrder, command: Sequence[str] | None = None) -> None:
        self._folder = folder
        self._order = order
        self._command = list(command) if command is not None else own_command("_supervise")
        self._users: IO[bytes] | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def entering(self) -> Iterator[None]:
        """Become a user of the server; the body starts it if it is not running.

        Only one program at a time is inside the body. When the body raises, the share is given up again.

        Raises:
            SetupError: another program has been starting the server for minutes, or no supervisor can be run.
        """
        with self._alone():
            self._users = (self._folder / "users.lock").open("ab")
            try:
                # waits while a supervisor, which holds the lock alone, is stopping the server
                wait_for_lock(self._users, SHARED, _BOOT_TIMEOUT_S, self._folder)
                self._start_supervisor()
                yield
            except BaseException:
                self._leave_alone()
                raise

    def start_process(self, argv: Sequence[str], environment: Mapping[str, str], *, log: Path, state: Path) -> None:
        """Let the supervisor start the server as its own child, so that the server outlives this program.

        The process is written to the file `state`, from where it is found and stopped.
        """
        request = {"do": "start", "argv": list(argv), "env": dict(environment), "log": str(log), "state": str(state)}
        self._tell(request)

    def leave(self) -> None:
        """Give up the share; return when the server is down if this was the last one."""
        if self._users is None:
            return
        with self._alone():
            self._leave_alone()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Starting and leaving take turns, so that two programs never misread each other's locks."""
        with (self._folder / "boot.lock").open("ab") as file:
            wait_for_lock(file, EXCLUSIVE, _BOOT_TIMEOUT_S, self._folder)
            yield

    def _start_supervisor(self) -> None:
        with (self._folder / "supervisor.log").open("ab") as log:
            try:
                self._supervisor = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, **detached()
                )
            except OSError as error:
                raise SetupError(f"The server's supervisor could not be started: {error}") from error
        self._tell({**asdict(self._order), "lock": str(self._folder / "users.lock")})

    def _tell(self, message: Mapping[str, Any]) -> None:
        orders = self._supervisor.stdin if self._supervisor is not None else None
        if orders is None:
            raise RuntimeError("orders to a supervisor are given inside `entering`")
        try:
            orders.write(json.dumps(message).encode() + b"\n")
            orders.flush()
        except OSError as error:
            log = (self._folder / "supervisor.log").read_text(errors="replace")[-500:].strip()
            raise SetupError(f"The server's supervisor ended at once. {log}".strip()) from error

    def _leave_alone(self) -> None:
        if self._users is not None:
            self._users.close()
            self._users = None
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None or supervisor.stdin is None:
            return
        with contextlib.suppress(OSError):  # the supervisor itself may have been killed
            if self._others():
                supervisor.stdin.write(b'{"do": "leave"}\n')
            supervisor.stdin.close()
        try:
            supervisor.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()
        if supervisor.returncode != 0 and not self._others():
            stop(self._order)

    def _others(self) -> bool:
        """True while another program uses the server; a supervisor that is stopping it does not count."""
        with (self._folder / "users.lock").open("ab") as file:
            if try_lock(file, EXCLUSIVE):
                return False
            return try_lock(file, SHARED)


def detached() -> dict[str, Any]:
    """Keyword arguments for `subprocess` that keep a child out of our session, console and Ctrl+C."""
    if os.name == "nt":
        flags: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        return {"creationflags": flags}
    return {"start_new_session": True}


def write_state(path: Path, **state: object) -> None:
    """Write a small JSON file that only its owner can read, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(state, file)
    new.replace(path)


def read_state(path: Path) -> dict[str, Any]:
    """What `write_state` wrote; empty when there is nothing readable."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def running_process(state: Path) -> psutil.Process | None:
    """The living process that the file `state` names, or None; a number that was given anew is noticed."""
    written = read_state(state)
    try:
        process = psutil.Process(int(written["pid"]))
        if abs(process.create_time() - float(written["created"])) > 1 or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except (KeyError, TypeError, ValueError, psutil.Error):
        return None
    return process


def stop(order: StopOrder) -> None:
    """Stop the server, gently first; nothing happens when it is not running."""
    if order.kind == "postgres":
        subprocess.run(
            [order.program, "-D", order.target, "-m", "fast", "-w", "-t", str(int(_STOP_TIMEOUT_S)), "stop"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **server_user().arguments,
        )
        return
    state = Path(order.target)
    process = running_process(state)
    if process is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            if not _gone(state, 10):
                process.kill()
                _gone(state, 10)


def main(argv: list[str]) -> int:
    """Be a supervisor: obey standard input, and stop the server when its last user is gone.

    Args:
        argv: nothing is expected.
    """
    if argv:
        sys.stderr.write("the supervisor takes no arguments\n")
        return 2
    # a windowed frozen program has no sys.stdin, but the pipe is there
    with open(0, "rb", buffering=0, closefd=False) as raw, os.fdopen(os.dup(raw.fileno()), "rb") as orders:
        first = json.loads(orders.readline() or b"{}")
        if not first:
            return 0
        lock = Path(first.pop("lock"))
        order = StopOrder(**first)
        server: subprocess.Popen[bytes] | None = None
        for line in orders:
            message = json.loads(line)
            if message["do"] == "leave":
                return 0
            server = _start(message)
    with lock.open("ab") as file:
        while not try_lock(file, EXCLUSIVE):
            time.sleep(0.1)
            if server is not None:
                server.poll()
        stop(order)
    return 0


def _start(message: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    state = Path(message["state"])
    with Path(message["log"]).open("ab") as log:
        server = subprocess.Popen(
            message["argv"],
            env=message["env"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **{**detached(), **server_user().arguments},
        )
    with contextlib.suppress(psutil.NoSuchProcess):  # it ended at once; its log says why
        write_state(
            state, **{**read_state(state), "pid": server.pid, "created": psutil.Process(server.pid).create_time()}
        )
    return server


def _gone(state: Path, seconds: float) -> bool:
    # a process that its parent has not yet reaped counts as gone, which psutil's own wait does not say
    end = time.monotonic() + seconds
    while running_process(state) is not None:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
