"""Pictures of questions are shown, and kept by what is in them.

Revision ID: 053
Revises: 052
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "053"
down_revision = "052"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("053_picture.sql"))


def downgrade() -> None:
    before = _text("010_upload.sql")
    for function in ("_upload_fault", "_upload_answer", "request_upload"):
        _run(_as_it_was(before, function))
    _run("DROP FUNCTION api.uploads_to_confirm(int)")
    _run(_as_it_was(before, "uploads_to_confirm"))
    _run(
        "REVOKE EXECUTE ON FUNCTION api.uploads_to_confirm(int) FROM PUBLIC;"
        " GRANT EXECUTE ON FUNCTION api.uploads_to_confirm(int) TO mv_worker"
    )
    _run(_text("053_down.sql"))


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
