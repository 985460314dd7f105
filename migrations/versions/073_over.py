"""Subscriptions with more hours than they give are found without reckoning the month of each that has some.

Revision ID: 073
Revises: 072
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "073"
down_revision = "072"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("073_over.sql"))


def downgrade() -> None:
    hours = _text("068_hours.sql")
    start = hours.index("FUNCTION api._over_hours(p_day")
    _run("CREATE OR REPLACE " + hours[start : hours.index("\n$$;", start) + len("\n$$;")])


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
