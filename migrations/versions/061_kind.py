"""Questions of a kind that is rare, or that none is of, are found as fast as others.

Revision ID: 061
Revises: 060
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "061"
down_revision = "060"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("061_kind.sql"))


def downgrade() -> None:
    _run("DROP STATISTICS public.st_questions_kind; DROP INDEX public.ix_questions_kind")
    _run(_as_it_was(_text("050_review.sql"), "_bank_statement"))


def _as_it_was(statements: str, function: str) -> str:
    """The statement that made a function before, so that it replaces the one that is there."""
    start = statements.index(f"CREATE FUNCTION api.{function}(")
    end = statements.index("\n$$;", start) + len("\n$$;")
    return statements[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
