"""The writer of a question is told when a change of it by somebody else was approved.

Revision ID: 072
Revises: 071
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "072"
down_revision = "071"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("072_writer.sql"))


def downgrade() -> None:
    proposal = _text("066_proposal.sql")
    start = proposal.index("FUNCTION api._tell_approved(p_me")
    _run("CREATE OR REPLACE " + proposal[start : proposal.index("\n$$;", start) + len("\n$$;")])


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
