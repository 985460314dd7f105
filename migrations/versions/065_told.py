"""What waits to be told in the log is found by its key, however much waits.

Revision ID: 065
Revises: 064
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "065"
down_revision = "064"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run("065_told.sql")


def downgrade() -> None:
    _run("065_down.sql")


def _run(name: str) -> None:
    statements = (_SQL / name).read_text(encoding="utf-8")
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
