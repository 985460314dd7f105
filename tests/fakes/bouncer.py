"""A real PgBouncer in front of a real server, in transaction mode, as `docs/deployment.md` describes it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg

from mv_desktop.demo.os_user import server_user
from mv_desktop.demo.port import HOST, free_port
from mv_desktop.demo.postgres import LocalPostgres

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
"""None where it is not installed."""

_CONFIG = """\
[databases]
{database} = host={host} port={server_port} dbname={database}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 1
max_client_conn = 2000
max_db_connections = {connections}
server_idle_timeout = {idle}
"""


class Bouncer:
    """PgBouncer for one database; everybody who has a login when it starts may come through it.

    Args:
        server: what is behind it.
        database: which of its databases.
        connections: to the server, at most.
        idle_seconds: so long a connection to the server is kept for the person whose it was.

    Attributes:
        port: where it listens, on 127.0.0.1, once started.
    """

    def __init__(self, server: LocalPostgres, database: str, *, connections: int, idle_seconds: int = 5) -> None:
        self._server, self._database = server, database
        self._connections, self._idle = connections, idle_seconds
        self._user = server_user()
        self._folder = Path(tempfile.mkdtemp(prefix="mv-bouncer-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Bouncer:
        assert PROGRAM is not None
        self.port = free_port()
        with psycopg.connect(self._server.super_url(self._database)) as connection:
            logins = connection.execute(
                "SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin AND rolpassword IS NOT NULL"
            ).fetchall()
        (self._folder / "users.txt").write_text("".join(f'"{name}" "{secret}"\n' for name, secret in logins))
        (self._folder / "bouncer.ini").write_text(
            _CONFIG.format(
                database=self._database,
                host=HOST,
                server_port=self._server.port,
                port=self.port,
                folder=self._folder,
                connections=self._connections,
                idle=self._idle,
            )
        )
        for path in (self._folder, *self._folder.iterdir()):
            self._user.own(path)
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "-q", str(self._folder / "bouncer.ini")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._user.arguments,
            )
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
                return self
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PgBouncer did not start: {(self._folder / 'log').read_text()[-1000:]}")
            time.sleep(0.05)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def through(self, url: str) -> str:
        """A URL of the server, through this."""
        return url.replace(f":{self._server.port}/", f":{self.port}/")
