"""Teachers are told what is decided about their scripts, flags, pages and kept work.

Revision ID: 076
Revises: 075
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "076"
down_revision = "075"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_BEFORE = {"008_assignment.sql": "_told", "011_sheet.sql": "_told_page"}
"""Where the functions stand as they were."""


def upgrade() -> None:
    _run(_text("076_decided.sql"))


def downgrade() -> None:
    for file, name in _BEFORE.items():
        text = _text(file)
        start = text.index(f"FUNCTION api.{name}(")
        _run("CREATE OR REPLACE " + text[start : text.index("\n$$;", start) + len("\n$$;")])
    _run("DROP FUNCTION api._tell_decided(text, uuid, uuid, jsonb)")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
