"""The first marking path: logins and group roles, registers, operations, pages, row security and the functions.

Revision ID: 003
Revises: 002
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = (
    "003_tables.sql",
    "003_roles.sql",
    "003_identity.sql",
    "003_history.sql",
    "003_operation.sql",
    "003_submit.sql",
    "003_apply.sql",
    "003_pull.sql",
    "003_page.sql",
    "003_deadline.sql",
    # Last: it looks for every table and function that the others made.
    "003_policy.sql",
)


def upgrade() -> None:
    for name in _UP:
        _run(name)


def downgrade() -> None:
    _run("003_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
