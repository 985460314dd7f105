"""Rounds of the worker in a few statements: what belongs together is looked at, audited and told together.

Revision ID: 024
Revises: 023
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("024_telling.sql", "024_round.sql")
_CHANGED = {
    "016_counter.sql": ("begin_months", "expire_subscriptions"),
    "018_breach.sql": ("mark_breaches", "tell_at_risk"),
    "021_score.sql": ("score_submitted_exams", "finish_choice_exams"),
    "023_assignment.sql": ("tell_unassigned",),
}
"""The functions that 024 replaces, by the file in which they stood."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    _run(_text("024_down.sql"))
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(
        "REVOKE EXECUTE ON FUNCTION api.tell_at_risk(jsonb, int), api.tell_unassigned(jsonb, int) FROM PUBLIC;"
        "GRANT EXECUTE ON FUNCTION api.tell_at_risk(jsonb, int), api.tell_unassigned(jsonb, int) TO mv_worker"
    )


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
