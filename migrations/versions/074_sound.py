"""Words of the bank that are mistyped in Hindi are found.

Revision ID: 074
Revises: 073
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "074"
down_revision = "073"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    _run(_text("074_sound.sql"))


def downgrade() -> None:
    bank = _text("042_bank.sql")
    start = bank.index("FUNCTION api._search_query(p_words")
    _run("CREATE OR REPLACE " + bank[start : bank.index("\n$$;", start) + len("\n$$;")])
    _run("DROP INDEX public.ix_question_words_sound")
    _run("DROP FUNCTION api._sound(text)")


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def _run(statements: str) -> None:
    # Straight to the driver without parameters: a file holds many statements, and % and : mean themselves.
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
