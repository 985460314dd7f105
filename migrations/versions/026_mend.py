"""What the worker could not do is told, what became needless is not mailed, and one bad paper holds up no other.

Revision ID: 026
Revises: 025
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "026"
down_revision = "025"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_CHANGED = {"019_phone.sql": "claim_notice_mail", "022_analytics.sql": "gather_results"}
"""The functions that 026 replaces, by the file in which they stood."""


def upgrade() -> None:
    _run(_text("026_mend.sql"))


def downgrade() -> None:
    _run(_text("026_down.sql"))
    for name, function in _CHANGED.items():
        _run(_as_it_was(_text(name), function))
    _run("DROP FUNCTION api._gather(uuid[])")


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
