"""What people do for themselves: their own password, and the days on which they are away.

Revision ID: 006
Revises: 005
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("006_absence.sql", "006_password.sql")


def upgrade() -> None:
    for name in _UP:
        _run(name)


def downgrade() -> None:
    _run("006_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
