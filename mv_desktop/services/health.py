"""How the connection to the server is, for `doctor`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mv_desktop.core.clock import Clock
from mv_desktop.services.database import make_engine, person_url
from mv_desktop.services.failure import translated
from mv_desktop.services.profile import ServerProfile

_NOBODY = "doctor@localhost"
_ASKED = re.compile("no password supplied|password authentication failed|role .* does not exist")


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at the server found.

    Attributes:
        schema_version: the database's migration, for example "003".
        server_version: PostgreSQL's, for example "16.4".
        clock_difference_s: seconds by which this computer's clock is ahead of the server's; the journey of the
            question is taken into account.
        round_trip_ms: how long a question and its answer took.
        tls: the TLS version in use, None when the connection is not encrypted.
        login: the role that is connected.
    """

    schema_version: str
    server_version: str
    clock_difference_s: float
    round_trip_ms: float
    tls: str | None
    login: str


def check(session: Session, clock: Clock) -> Health:
    """Look at the server of `session`.

    Raises:
        SchemaError: the database is too old to be asked (as translated by `database.open_session`).
    """
    session.execute(text("SELECT 1"))  # connecting and the first statement are not part of the measured journey
    before, started = clock.now(), clock.monotonic()
    server_time = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    elapsed = clock.monotonic() - started
    row = session.execute(
        text(
            "SELECT api.schema_version() AS schema_version, current_setting('server_version') AS server_version,"
            " session_user AS login,"
            " (SELECT s.version FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_backend_pid() AND s.ssl) AS tls"
        )
    ).one()
    return Health(
        schema_version=row.schema_version,
        server_version=row.server_version.split(" ")[0],
        clock_difference_s=(before - server_time).total_seconds() + elapsed / 2,
        round_trip_ms=elapsed * 1000,
        tls=row.tls,
        login=row.login,
    )


def open_to_everybody(session: Session) -> tuple[str, ...]:
    """What everybody who has any login on the server may do in this database; nothing after `api._harden_database`."""
    rows = session.execute(
        text(
            "SELECT what FROM (VALUES"
            " ('connect', has_database_privilege('public', current_database(), 'CONNECT')),"
            " ('make temporary tables', has_database_privilege('public', current_database(), 'TEMPORARY')),"
            " ('make tables and functions', has_schema_privilege('public', 'public', 'CREATE'))"
            ") r (what, may) WHERE may"
        )
    )
    return tuple(row.what for row in rows)


def reach(profile: ServerProfile) -> None:
    """Begin to sign in at a server as nobody, without a password, and stop when it asks for one.

    By then it was reached, speaks PostgreSQL, and has proved who it is where the profile wants that.

    Raises:
        UserError: it did not come so far; as `database.open_session`.
    """
    url = person_url(profile, _NOBODY, "").update_query_dict({"passfile": os.devnull})
    engine = make_engine(url, application_name="mv-desktop doctor")
    try:
        engine.connect().close()
    except DBAPIError as error:
        if _ASKED.search(str(error.orig)):
            return
        meaning = translated(error)
        if meaning is None:
            raise
        raise meaning from error
    finally:
        engine.dispose()
