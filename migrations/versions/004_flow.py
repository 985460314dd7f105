"""Handing a script back, flags with a place that can be withdrawn, and the list of what a teacher has finished.

Revision ID: 004
Revises: 003
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("004_tables.sql", "004_operation.sql", "004_finished.sql", "004_policy.sql")
_CHANGED = {
    "003_history.sql": ("_record_assignment",),
    "003_operation.sql": ("_raise_flag",),
    "003_apply.sql": ("_judge", "_take_effect"),
    "003_pull.sql": ("pull_scripts", "_script_work"),
    "003_page.sql": ("request_pages",),
}
"""The functions of 003 that 004 replaces, by the file in which they stand."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(_text("004_down.sql"))


def _as_it_was(statements: str, function: str) -> str:
    """The statement that makes a function of 003, so that it replaces the one that is there."""
    start = statements.index(f"CREATE FUNCTION api.{function}(")
    end = statements.index("\n$$;", start) + len("\n$$;")
    return statements[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
