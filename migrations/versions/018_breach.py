"""A deadline that passes is marked, audited and told once for each deadline, and what is going to be late before that.

Revision ID: 018
Revises: 017
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("018_breach.sql",)
_CHANGED = {"003_deadline.sql": ("mark_breaches",)}
"""The function that 018 replaces, by the file in which it stood."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(_text("018_down.sql"))


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
