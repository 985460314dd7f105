"""The worker gives samples to second teachers by itself.

Revision ID: 035
Revises: 034
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "035"
down_revision = "034"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("035_sample.sql"))


def downgrade() -> None:
    _run(_text("035_down.sql"))
    _run(_as_it_was(_text("032_quality.sql"), "give_sample"))
    _run(_as_it_was(_text("033_second.sql"), "second_teachers"))
    _run("DROP FUNCTION api._give_sample(uuid, uuid, uuid), api._second_teachers(uuid)")


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
