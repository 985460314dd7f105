"""Who coordinates enters that a teacher is away, or is back.

Revision ID: 030
Revises: 029
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "030"
down_revision = "029"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("030_absence.sql"))


def downgrade() -> None:
    _run("DROP FUNCTION api.call_in_sick(uuid, uuid, date, text), api.call_back(uuid, text)")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
