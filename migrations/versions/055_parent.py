"""Parents are looked up one by one: a student's are written in the same time however many people there are.

Revision ID: 055
Revises: 054
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "055"
down_revision = "054"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("055_parent.sql"))


def downgrade() -> None:
    _run(_text("055_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
