"""What staff write out of the program is noted in the audit log.

Revision ID: 071
Revises: 070
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "071"
down_revision = "070"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("071_noted.sql"))


def downgrade() -> None:
    _run("DROP FUNCTION api.note_export(text, int, text, text, jsonb)")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
