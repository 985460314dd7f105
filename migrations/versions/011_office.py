"""Kept work, and what admins and teachers write of records.

Revision ID: 011
Revises: 010
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = (
    "011_caller.sql",
    "011_kept.sql",
    "011_record.sql",
    "011_question.sql",
    "011_worker.sql",
    "011_adjustment.sql",
    "011_sheet.sql",
    "011_page.sql",
)
_CHANGED = {
    "003_page.sql": ("_page_answer", "uploads_to_check", "store_page_file"),
    "003_pull.sql": ("_script_pages",),
    "003_submit.sql": ("_effective_marks", "_page_states"),
    "004_finished.sql": ("finished_scripts",),
    "004_operation.sql": ("request_pages",),
    "008_assignment.sql": ("_coordinating",),
    "009_seal.sql": ("audit_state",),
    "010_upload.sql": ("pending_page_requests", "renew_pages"),
}
"""The functions that 011 replaces, by the file in which they stood."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    registers = _as_it_was(_text("004_operation.sql"), "_script_work")
    _run(registers.replace("api._script_work(", "api._script_registers(", 1))  # 008 gave it that name
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(_text("011_down.sql"))


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
