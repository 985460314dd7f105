"""A claimed mail names its person's phone, for text messages.

Revision ID: 019
Revises: 018
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_BEGIN, _END = "CREATE FUNCTION api.claim_notice_mail(", "\n$$;"


def upgrade() -> None:
    _run(_text("019_phone.sql"))


def downgrade() -> None:
    before = _text("017_telling.sql")
    start = before.index(_BEGIN)
    statement = before[start : before.index(_END, start) + len(_END)]
    _run(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
