"""The smallest version of the program that may still connect, and what the others are told.

Revision ID: 046
Revises: 045
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "046"
down_revision = "045"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("046_program.sql"))


def downgrade() -> None:
    _run(_text("046_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
