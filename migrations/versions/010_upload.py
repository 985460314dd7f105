"""Signed addresses for putting files into the store.

Revision ID: 010
Revises: 009
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("010_upload.sql",)


def upgrade() -> None:
    for name in _UP:
        _run(name)


def downgrade() -> None:
    _run("010_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
