"""Admins are told while nobody coordinates, so that nothing waits for nobody.

Revision ID: 077
Revises: 076
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "077"
down_revision = "076"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_BEFORE = {"017_telling.sql": "_tell_coordinators", "027_assignment.sql": "_tell_all"}
"""Where the functions stand as they were."""


def upgrade() -> None:
    _run(_text("077_nobody.sql"))


def downgrade() -> None:
    for file, name in _BEFORE.items():
        text = _text(file)
        start = text.index(f"CREATE FUNCTION api.{name}(") + len("CREATE ")
        _run("CREATE OR REPLACE " + text[start : text.index("\n$$;", start) + len("\n$$;")])
    for table in ("evaluation_flags", "evaluation_holds", "users", "staff_logins"):
        _run(f"DROP TRIGGER tr_{table}_nobody ON public.{table}")
    _run("DROP FUNCTION api._need_coordinator(), api._tell_nobody(), api._nobody_coordinates()")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
