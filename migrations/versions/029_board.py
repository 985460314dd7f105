"""A change that the board shows costs the same, whatever the table held when its query was planned.

Revision ID: 029
Revises: 028
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "029"
down_revision = "028"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("029_board.sql"))


def downgrade() -> None:
    _run("ALTER FUNCTION api._note_board(uuid) RESET ALL")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
