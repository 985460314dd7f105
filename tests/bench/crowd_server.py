"""A server of its own with a crowd's teachers and scripts on it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.services.migration import migrate
from tests.bench.crowd import enrol
from tests.factories.paper import board_paper

_ROOM = 50


@contextmanager
def crowded_server(database: str, workstations: int, scripts: int) -> Iterator[LocalPostgres]:
    """A running server with so many teachers, so many open scripts each, and a connection for everybody."""
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-crowd-"))
    folder.chmod(0o711)
    server = LocalPostgres(folder / "postgres")
    try:
        with server, psycopg.connect(server.super_url(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET max_connections = {workstations + _ROOM}".encode())
            connection.execute(b"ALTER SYSTEM SET shared_buffers = '512MB'")
        with server:
            server.prepare(database)
            migrate(server.owner_url(database))
            enrol(server.owner_url(database), workstations, scripts, board_paper())
            yield server
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
