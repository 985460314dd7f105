"""Teachers write changes of questions that are not theirs, and admins decide about them.

Revision ID: 066
Revises: 065
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "066"
down_revision = "065"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_OF_REVIEW = (
    *("_review_of", "own_question", "_remark", "_fault_of_own", "put_own_question", "withdraw_own_question"),
    *("_approve_question", "submit_question", "take_back_question", "remark_question", "reject_question"),
    *("_tell_approved", "approve_questions", "undo_approvals"),
)
"""As 050 had them."""


def upgrade() -> None:
    _run(_text("066_proposal.sql"))


def downgrade() -> None:
    _run(_text("066_down.sql"))
    for function in _OF_REVIEW:
        _run(_as_it_was(_text("050_review.sql"), function))
    _run(_as_it_was(_text("057_standing.sql"), "set_question_status"))
    _run(_as_it_was(_text("061_kind.sql"), "_bank_statement"))
    _run("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC")


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
