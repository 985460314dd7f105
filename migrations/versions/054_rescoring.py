"""A faulty question is awarded or dropped in every exam that had it, and it is known which exams had one.

Revision ID: 054
Revises: 053
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "054"
down_revision = "053"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_CHANGED = {
    "011_adjustment.sql": ("_exams_with", "_adjusted_questions", "_adjust_result"),
    "012_conflict.sql": ("_script_work",),
}
"""The functions that 054 replaces, by the file in which they stood."""


def upgrade() -> None:
    _run(_text("054_rescoring.sql"))


def downgrade() -> None:
    _run(_text("054_down.sql"))
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC")


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
