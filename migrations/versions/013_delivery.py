"""Delivery: limits, what a restored server lacks, and sums to compare.

Revision ID: 013
Revises: 012
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP: tuple[str, ...] = ()


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    if _UP:
        _run(_text("013_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
