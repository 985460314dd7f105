"""Results that went, or changed under the same totals, leave the read models.

Revision ID: 069
Revises: 068
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "069"
down_revision = "068"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("069_gathered.sql"))


def downgrade() -> None:
    _run(_text("069_down.sql"))
    _run(_as_it_was(_text("026_mend.sql"), "gather_results"))
    _run("ALTER TABLE api._result_changes DROP COLUMN gone_from")
    _run("DROP FUNCTION api._note_weeks(timestamptz[]), api._note_result_gone(), api._note_answers()")


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
