"""What waits beside a question is decided when that is archived.

Revision ID: 057
Revises: 056
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "057"
down_revision = "056"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("057_standing.sql"))


def downgrade() -> None:
    _run(_as_it_was(_text("050_review.sql"), "set_question_status"))


def _as_it_was(statements: str, function: str) -> str:
    """The statement that made a function before, so that it replaces the one that is there."""
    start = statements.index(f"CREATE OR REPLACE FUNCTION api.{function}(")
    end = statements.index("\n$$;", start) + len("\n$$;")
    return statements[start:end]


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
