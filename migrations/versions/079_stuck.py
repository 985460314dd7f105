"""Admins are told of exams that cannot be scored, too.

Revision ID: 079
Revises: 078
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "079"
down_revision = "078"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("079_stuck.sql"))


def downgrade() -> None:
    text = _text("026_mend.sql")
    start = text.index("FUNCTION api._tell_stuck(")
    _run("CREATE OR REPLACE " + text[start : text.index("\n$$;", start) + len("\n$$;")])


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
