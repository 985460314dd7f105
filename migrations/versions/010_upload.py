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
        _run(_text(name))


def downgrade() -> None:
    before = _text("003_page.sql")
    start = before.index("CREATE FUNCTION api.pending_page_requests(")
    end = before.index("\n$$;", start) + len("\n$$;")
    _run(before[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    _run(_text("010_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
