"""Scripts get a teacher by themselves: limits, conflicts, what the rules have to know, and what they decided.

Revision ID: 023
Revises: 022
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "023"
down_revision = "022"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run("023_assignment.sql")


def downgrade() -> None:
    _run("023_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
