"""What is told of a student tells which files named her, and what they said of her.

Revision ID: 067
Revises: 066
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "067"
down_revision = "066"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("067_student.sql"))


def downgrade() -> None:
    _run(_as_it_was(_text("048_consultation.sql"), "student_data"))
    _run("DROP FUNCTION api._imported_of(uuid)")


def _as_it_was(statements: str, function: str) -> str:
    """The statement that made a function before, so that it replaces the one that is there."""
    start = statements.index(f"FUNCTION api.{function}(")
    end = statements.index("\n$$;", start) + len("\n$$;")
    return f"CREATE OR REPLACE {statements[start:end]}"


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
