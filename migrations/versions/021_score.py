"""Choices of exams that came in without a score, and exams that hold up no other.

Revision ID: 021
Revises: 020
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "021"
down_revision = "020"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("021_score.sql",)
_CHANGED = {"016_exam.sql": ("_has_kind", "submit_overdue_exams", "finish_choice_exams")}
"""The functions that 021 replaces, by the file in which they stood."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(_text("021_down.sql"))


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
