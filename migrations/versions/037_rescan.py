"""Who coordinates looks at a rescan that came before it takes a page's place.

Revision ID: 037
Revises: 036
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "037"
down_revision = "036"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("037_rescan.sql"))


def downgrade() -> None:
    for function in ("request_pages", "pending_page_requests"):
        _run(_as_it_was(_text("036_case.sql"), function))
    for function in ("_page_answer", "renew_pages"):
        _run(_as_it_was(_text("011_page.sql"), function))
    _run(_text("037_down.sql"))


def _as_it_was(statements: str, function: str) -> str:
    """The statement that made a function before, so that it replaces the one that is there."""
    start = max(statements.find(f"CREATE {words} api.{function}(") for words in ("FUNCTION", "OR REPLACE FUNCTION"))
    end = statements.index("\n$$;", start) + len("\n$$;")
    return statements[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
