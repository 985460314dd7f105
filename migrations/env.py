"""How a migration runs: on the connection that `mv_desktop.services.migration` hands over, as the owner.

Everything is one transaction, under a lock that a second migration waits for; a lock that a running program
holds is waited for briefly only, so that a migration never makes a queue of waiting programs.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from mv_desktop.core.errors import SetupError
from mv_desktop.models import Base

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
            compare_type=True,
            compare_server_default=True,
            include_schemas=False,
        )
        with context.begin_transaction():
            context.run_migrations()


def _set_local(connection: Connection, name: str, value: str) -> None:
    connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


if context.is_offline_mode():
    raise SetupError("Migrations run on a live database only.", remedy="Use 'mv-desktop migrate'.")
_migrate(context.config.attributes["connection"])
