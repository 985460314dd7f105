"""What was brought in from files of any subject can be taken back later, by any admin, from any computer.

Revision ID: 063
Revises: 062
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "063"
down_revision = "062"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("063_import.sql"))


def downgrade() -> None:
    _run(_text("063_down.sql"))
    _run(_as_it_was(_text("059_import.sql"), "_import_new"))
    _run(_as_it_was(_text("058_import.sql"), "import_questions"))
    _run(_as_it_was(_text("042_bank.sql"), "undo_question_import"))


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
