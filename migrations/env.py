"""How a migration runs: on the connection that `mv_desktop.services.migration` hands over, as the owner.

Everything is one transaction, under a lock that a second migration waits for; a lock that a running program
holds is waited for briefly only, so that a migration never makes a queue of waiting programs.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, String, text
from sqlalchemy.types import TypeEngine

from mv_desktop.core.errors import SetupError
from mv_desktop.models import Base
from mv_desktop.models.base import RoleName

ADVISORY_LOCK = 0x4D56_0001
"""One number for "somebody migrates this database" ("MV", 1)."""

_SETTINGS = {
    # Objects are made and looked up in public, whatever the role's own path is.
    "search_path": "public",
    "lock_timeout": "5s",
    "statement_timeout": "15min",
    "idle_in_transaction_session_timeout": "5min",
}
_WAIT_FOR_OTHER_MIGRATION = "60s"


def _migrate(connection: Connection) -> None:
    with connection.begin():
        _set_local(connection, "lock_timeout", _WAIT_FOR_OTHER_MIGRATION)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        for name, value in _SETTINGS.items():
            _set_local(connection, name, value)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=_type_differs,
            compare_server_default=True,
            include_schemas=False,
        )
        with context.begin_transaction():
            context.run_migrations()


def _type_differs(
    _context: object, _found_column: object, _column: object, found: TypeEngine[object], modelled: TypeEngine[object]
) -> bool | None:
    # SQLAlchemy reads PostgreSQL's type "name" as a bare String. None leaves all others to Alembic.
    return type(found) is not String if isinstance(modelled, RoleName) else None


def _set_local(connection: Connection, name: str, value: str) -> None:
    connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


if context.is_offline_mode():
    raise SetupError("Migrations run on a live database only.", remedy="Use 'mv-desktop migrate'.")
_migrate(context.config.attributes["connection"])
