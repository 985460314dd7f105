"""The complete shared schema: ten enums, fifteen tables, their constraints, indexes and triggers.

Revision ID: 001
Revises:
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "001"
down_revision = None
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("001_extensions.sql", "001_types.sql", "001_tables.sql", "001_triggers.sql", "001_indexes.sql")


def upgrade() -> None:
    for name in _UP:
        _run(name)


def downgrade() -> None:
    _run("001_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
