"""The audit log is read by any filter, and a script is found by its code.

Revision ID: 038
Revises: 037
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "038"
down_revision = "037"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("038_audit.sql"))


def downgrade() -> None:
    _run(_text("038_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
