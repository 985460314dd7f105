"""The hours that a subscription has used are the sum of the consultations of its month.

Revision ID: 068
Revises: 067
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "068"
down_revision = "067"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_BEFORE = (
    ("048_consultation.sql", "put_consultations"),
    ("048_consultation.sql", "_subscriptions_query"),
    ("067_student.sql", "student_data"),
    ("041_subscription.sql", "subscriptions"),
    ("011_record.sql", "_writable"),
)


def upgrade() -> None:
    _run(_text("068_hours.sql"))


def downgrade() -> None:
    _run(_text("068_down.sql"))
    for name, function in _BEFORE:
        _run(_as_it_was(_text(name), function))
    _run(
        "DROP FUNCTION api._keep_hours_used(), api._count_hours(), api._over_hours(date),"
        " api._hours_used(uuid, int, date)"
    )


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
