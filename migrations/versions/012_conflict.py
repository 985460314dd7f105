"""Conflicts between two computers of one teacher, and edits that outlive a delete.

Revision ID: 012
Revises: 011
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP: tuple[str, ...] = ("012_conflict.sql",)
_CHANGED = {
    "003_apply.sql": ("apply_operations",),
    "003_operation.sql": ("_set_mark", "_delete_annotations"),
    "003_submit.sql": ("_submission_fault",),
    "004_operation.sql": ("_judge", "_record_assignment"),
    "008_return.sql": ("_script_work", "_touches_locked", "_take_effect"),
    "011_kept.sql": ("_former_work", "_kept_seen", "kept_work", "read_kept", "_take_question"),
}
"""The functions that 012 replaces, by the file in which they stood."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(_text("012_down.sql"))


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
