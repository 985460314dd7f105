"""Old versions of questions, their use and results, likenesses, and files that are written at once.

Revision ID: 058
Revises: 057
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "058"
down_revision = "057"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("058_history.sql"))
    _run(_text("058_import.sql"))


def downgrade() -> None:
    _run(_text("058_down.sql"))
    _run(_as_it_was(_text("042_bank.sql"), "import_questions"))


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
