"""Scripts are given to teachers in a few statements; who has just come is known.

Revision ID: 027
Revises: 026
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "027"
down_revision = "026"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_CHANGED = {
    "023_assignment.sql": ("markers", "_fault_of_marker", "assign_scripts"),
    "024_telling.sql": ("_tell_all",),
}
"""The functions that 027 replaces, by the file in which they stood."""


def upgrade() -> None:
    _run(_text("027_assignment.sql"))


def downgrade() -> None:
    _run(
        "DROP FUNCTION api._judged_scripts(jsonb, uuid[], timestamptz);"
        "DROP FUNCTION api.markers(timestamptz);"
        "DROP FUNCTION api._tell_all(text, uuid[], text[], jsonb[], timestamptz, boolean)"
    )
    for name, functions in _CHANGED.items():
        for function in functions:
            _run(_as_it_was(_text(name), function))
    _run(
        "REVOKE EXECUTE ON FUNCTION api.markers(timestamptz),"
        " api._tell_all(text, uuid[], text[], jsonb[], timestamptz),"
        " api._fault_of_marker(uuid, public.exam_instances, timestamptz) FROM PUBLIC;"
        "GRANT EXECUTE ON FUNCTION api.markers(timestamptz) TO mv_worker"
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
