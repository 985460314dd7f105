"""The queue of the worker's jobs.

Revision ID: 020
Revises: 019
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run("CREATE SCHEMA procrastinate")
    _run("SET LOCAL search_path = procrastinate")
    _run(_text("020_procrastinate.sql"))
    _run("SET LOCAL search_path = public")
    _run(_text("020_queue.sql"))


def downgrade() -> None:
    _run(_text("020_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
