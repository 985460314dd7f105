"""Real servers for tests: databases cloned from a migrated template, and an object store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mv_desktop.demo.postgres import OWNER, LocalPostgres

if TYPE_CHECKING:
    from mv_desktop.demo.object_server import LocalS3
    from mv_desktop.pages.storage import ObjectStore

GROUP_ROLES = ("mv_teacher", "mv_coordinator", "mv_admin", "mv_worker")


@dataclass(frozen=True, slots=True)
class CloneDatabase:
    """One test's own database on the shared server.

    Attributes:
        server: the server it is on.
        name: its name.
    """

    server: LocalPostgres
    name: str

    @property
    def owner_url(self) -> str:
        """As the owner of all objects, who migrates."""
        return self.server.owner_url(self.name)

    @property
    def superuser_url(self) -> str:
        """As the cluster's superuser: to look at or break what nobody else can."""
        return self.server.super_url(self.name)

    def url_for(self, login: str, password: str) -> str:
        """As a person's login role, or as mv_worker."""
        return self.server.url(self.name, login, password)


@dataclass(frozen=True, slots=True)
class TestStore:
    """The run's object server; tests share its bucket, so keys should start with something of their own."""

    __test__ = False

    server: LocalS3

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.server.bucket

    def store(self) -> ObjectStore:
        """A store that holds the key."""
        from mv_desktop.pages.storage import ObjectStore

        return ObjectStore(
            self.server.endpoint,
            self.server.region,
            self.server.access_key,
            self.server.secret_key,
            self.server.bucket,
        )


def system_programs() -> Path | None:
    """The programs of the system's newest PostgreSQL from 15 on, if it has one."""
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin"), reverse=True)), None)


def clone(server: LocalPostgres, template: str, name: str) -> CloneDatabase:
    """Copy `template`; a copy starts with default rights to connect, so the migration's are given again."""
    with psycopg.connect(server.super_url(), autocommit=True) as connection:
        database, owner = sql.Identifier(name), sql.Identifier(OWNER)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                database, sql.Identifier(template), owner
            )
        )
        connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
        groups = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (list(GROUP_ROLES),))
        for (group,) in groups.fetchall():
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(group)))
    return CloneDatabase(server, name)


def drop(database: CloneDatabase) -> None:
    """Drop a clone, whoever is still connected to it."""
    with psycopg.connect(database.server.super_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database.name)))
