"""What coordinators propose of a faulty question reaches admins, who decide or decline it.

Revision ID: 075
Revises: 074
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "075"
down_revision = "074"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_BEFORE = {
    "011_adjustment.sql": ("propose_adjustment", "decline_adjustment"),
    "054_rescoring.sql": ("_fault_of",),
    "066_proposal.sql": ("_bank_statement",),
}
"""Where the functions stand as they were."""


def upgrade() -> None:
    _run(_text("075_fault.sql"))


def downgrade() -> None:
    for file, names in _BEFORE.items():
        text = _text(file)
        for name in names:
            start = text.index(f"FUNCTION api.{name}(")
            _run("CREATE OR REPLACE " + text[start : text.index("\n$$;", start) + len("\n$$;")])
    _run("DROP FUNCTION api._open_proposals(); DROP INDEX public.ix_question_proposals_question")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
