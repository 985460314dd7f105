"""Teachers are told when somebody enters that they are away, or back.

Revision ID: 078
Revises: 077
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "078"
down_revision = "077"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("078_away.sql"))


def downgrade() -> None:
    before = _text("030_absence.sql")
    for name in ("call_in_sick", "call_back"):
        start = before.index(f"FUNCTION api.{name}(")
        _run("CREATE OR REPLACE " + before[start : before.index("\n$$;", start) + len("\n$$;")])


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
