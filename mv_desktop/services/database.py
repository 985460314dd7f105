"""Connections to the shared database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from mv_desktop.core.errors import InvalidError, ServerFaultError
from mv_desktop.domain.access import login_name
from mv_desktop.services.authority import SYSTEM, trusted_authorities
from mv_desktop.services.failure import translated
from mv_desktop.services.patience import Patience
from mv_desktop.services.patient_connection import PatientConnection, connect
from mv_desktop.services.profile import LOCAL_HOSTS, ServerProfile

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30

_DRIVER = "postgresql+psycopg"
LIMITS = (
    # SET LOCAL, because a pooler between us and the server gives every transaction another connection.
    f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'; SET LOCAL lock_timeout = '10s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '60s'"
)
"""What every transaction of a workstation begins with."""
_CONNECT_ARGUMENTS: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "prepare_threshold": None,
    # A network that goes silent is noticed within five seconds, by the kernels alone, while nothing is under way.
    # There is no tcp_user_timeout: it would stand for the count; what is under way has its `patience`.
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}


def person_url(profile: ServerProfile, email: str, password: str) -> URL:
    """The address under which a person signs in to `profile`'s server with her own login."""
    query = {"sslmode": profile.sslmode}
    if profile.ca_file not in (None, SYSTEM):
        query["sslrootcert"] = str(profile.ca_file)
    elif profile.sslmode == "verify-full" and (profile.ca_file is not None or not profile.local):
        query["sslrootcert"] = trusted_authorities()
    return URL.create(_DRIVER, login_name(email), password, profile.host, profile.port, profile.database, query=query)


def protected(url: str | URL) -> URL:
    """`url` for our driver, with TLS that proves who the server is.

    A server on this computer needs none, and an address that names its own ``sslmode`` means it.
    """
    address = make_url(url).set(drivername=_DRIVER)
    if address.query.get("sslrootcert") == SYSTEM and address.query.get("sslmode", "verify-full") == "verify-full":
        address = address.update_query_dict({"sslmode": "verify-full", "sslrootcert": trusted_authorities()})
    if not _elsewhere(address):
        return address
    address = address.update_query_dict({"sslmode": "verify-full"} | dict(address.query))
    if address.query["sslmode"] == "verify-full" and "sslrootcert" not in address.query:
        # libpq's own default is a file in the home folder, which hardly anybody has
        address = address.update_query_dict({"sslrootcert": trusted_authorities()})
    return address


def _elsewhere(address: URL) -> bool:
    """True when anything that libpq would connect to is not this computer, also where the address hides it."""
    named = [address.host, *(_listed(address.query.get(key)) for key in ("host", "hostaddr"))]
    if not any(named):
        named = [os.environ.get("PGHOST"), os.environ.get("PGHOSTADDR")]
    hosts = [host for hosts in named if hosts for host in hosts.split(",")]
    return any(host not in LOCAL_HOSTS and not host.startswith(("/", "@")) for host in hosts)


def _listed(value: str | tuple[str, ...] | None) -> str:
    return value or "" if not isinstance(value, tuple) else ",".join(value)


def make_engine(url: str | URL, *, application_name: str, patience: Patience | None = None) -> Engine:
    """An engine with one connection, opened when it is first needed and tested before each use.

    Args:
        url: of the database, with login and password; see `protected`.
        application_name: as the server's administrator sees it.
        patience: how long the server is waited for, to be ended by whoever made it.

    Raises:
        InvalidError: the url makes no sense.
    """
    engine = plain_engine(
        url,
        pool_size=1,
        max_overflow=0,
        pool_timeout=STATEMENT_SECONDS,
        pool_pre_ping=True,
        connect_args=_CONNECT_ARGUMENTS | {"application_name": application_name},
    )
    event.listen(engine, "begin", _limit)
    event.listen(engine, "do_connect", partial(_connect, patience or Patience()))
    return engine


def plain_engine(url: str | URL, **arguments: Any) -> Engine:  # noqa: ANN401 (whatever SQLAlchemy takes)
    """SQLAlchemy's engine for a `protected` url, without our limits.

    Raises:
        InvalidError: the url makes no sense.
    """
    try:
        # parameters are verifiers, signed addresses, marks and names: no log or traceback may hold them
        return create_engine(protected(url), hide_parameters=True, **arguments)
    except ArgumentError:
        # the url may hold a password, so neither it nor what SQLAlchemy says of it is repeated
        raise InvalidError(
            "The server's address has a part that makes no sense.", remedy="Correct the address."
        ) from None


@contextmanager
def open_session(engine: Engine) -> Iterator[Session]:
    """A session in one transaction: committed at the end of the block, rolled back when it fails.

    Raises:
        OfflineError: the server cannot be reached, does not answer, or the connection was lost.
        NotAllowedError: e-mail or password are wrong (both look alike), or the account has no right to this.
        SchemaError: the server's database is too old for this program.
        ConflictError, RefusedError, InvalidError, SetupError: as `failure.translated` says.
        ServerFaultError: the database failed in a way that means nothing to a person.
    """
    session = Session(engine, expire_on_commit=False)
    try:
        yield session
        session.commit()
    except Exception as error:
        meaning: Exception | None = translated(error)
        if meaning is None and isinstance(error, SQLAlchemyError):
            state = getattr(getattr(error, "orig", None), "sqlstate", None)
            meaning = ServerFaultError(f"{type(error).__name__}{f' {state}' if state else ''}")
        if meaning is None:
            raise
        raise meaning from error
    finally:
        session.close()


def _connect(
    patience: Patience, _dialect: Dialect, _record: ConnectionPoolEntry, _given: list[Any], arguments: dict[str, Any]
) -> PatientConnection:
    return connect(patience, CONNECT_SECONDS, arguments)


def _limit(connection: Connection) -> None:
    connection.exec_driver_sql(LIMITS, execution_options={"no_parameters": True})
