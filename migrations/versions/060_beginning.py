"""People are found by one or two letters as fast as by whole words.

Revision ID: 060
Revises: 059
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "060"
down_revision = "059"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("060_beginning.sql"))


def downgrade() -> None:
    _run(_text("060_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
