"""Read models: the leaderboard and what is known of each student, refreshed without making anybody wait.

Revision ID: 022
Revises: 021
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run("022_analytics.sql")


def downgrade() -> None:
    _run("022_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
