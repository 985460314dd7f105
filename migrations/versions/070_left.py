"""Whoever coordinates is told of open scripts whose teacher cannot mark them any more.

Revision ID: 070
Revises: 069
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "070"
down_revision = "069"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("070_left.sql"))


def downgrade() -> None:
    _run("DROP TRIGGER tr_users_left ON public.users")
    _run("DROP TRIGGER tr_staff_logins_left ON public.staff_logins")
    _run("DROP FUNCTION api._note_left(), api._tell_left(uuid, text)")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
