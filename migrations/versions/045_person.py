"""Signing in and a password chosen elsewhere are no change of a person whom somebody has open.

Revision ID: 045
Revises: 044
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "045"
down_revision = "044"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("045_person.sql"))


def downgrade() -> None:
    _run(_text("045_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
