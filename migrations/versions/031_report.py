"""What the school asks afterwards: promises kept, volumes, pace, and questions that stand out.

Revision ID: 031
Revises: 030
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "031"
down_revision = "030"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run("031_report.sql")


def downgrade() -> None:
    _run("031_down.sql")


def _run(name: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    statements = (_SQL / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
