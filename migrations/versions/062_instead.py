"""What can be answered instead of a question has pictures of its own.

Revision ID: 062
Revises: 061
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "062"
down_revision = "061"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("062_instead.sql"))


def downgrade() -> None:
    _run("DROP TRIGGER tr_question_schemes_pictures ON public.question_schemes")
    _run("DROP FUNCTION api._check_scheme_pictures()")
    _run(_as_it_was(_text("053_picture.sql"), "_seen_places"))


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
