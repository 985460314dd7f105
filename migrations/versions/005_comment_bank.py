"""The comment bank: comments of one's own and shared ones, how often they are used, and their changes.

Revision ID: 005
Revises: 004
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("005_tables.sql", "005_comment.sql", "005_policy.sql")


def upgrade() -> None:
    for name in _UP:
        _run(name)


def downgrade() -> None:
    _run("005_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
