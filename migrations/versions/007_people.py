"""Members of staff: created, locked, reset and closed by admins; the first password is changed at once.

Revision ID: 007
Revises: 006
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_UP = ("007_identity.sql", "007_people.sql")
_BEFORE = {
    "003_identity.sql": ("me", "_caller", "hello", "sign_in", "provision_login"),
    "006_password.sql": ("change_password",),
}
"""The functions that this revision replaces, by the file that has them as they were."""


def upgrade() -> None:
    for name in _UP:
        _run(_text(name))


def downgrade() -> None:
    for name, functions in _BEFORE.items():
        before = _text(name)
        for function in functions:
            start = before.index(f"CREATE FUNCTION api.{function}(")
            end = before.index("\n$$;", start) + len("\n$$;")
            _run(before[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    _run(_text("007_down.sql"))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
