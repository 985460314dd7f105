"""Computers: revoking one, and operations brought in by file.

Revision ID: 014
Revises: 013
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP: tuple[str, ...] = ("014_computer.sql",)


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    if _UP:
        _run(_text("014_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
