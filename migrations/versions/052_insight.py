"""Questions of a year are read, and weeks summed, as fast as a large school needs it.

Revision ID: 052
Revises: 051
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "052"
down_revision = "051"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("052_insight.sql"))


def downgrade() -> None:
    before = _text("044_insight.sql")
    for function in ("_sum_week", "insight_questions"):
        _run(_as_it_was(before, function))
    _run(
        "DROP INDEX api.ix_insight_questions_week, api.ix_insight_choices_week;"
        " ALTER TABLE api._insight_questions DROP CONSTRAINT pk_insight_questions;"
        " ALTER TABLE api._insight_questions ADD CONSTRAINT pk_insight_questions"
        " PRIMARY KEY (week, question_id, class, question_type)"
    )


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
