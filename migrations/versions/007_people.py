"""Members of staff: created, locked, reset and closed by admins; the first password is changed at once.

Revision ID: 007
Revises: 006
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP: tuple[str, ...] = ()


def upgrade() -> None:
    for name in _UP:
        _run(name)


def downgrade() -> None:
    pass


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
