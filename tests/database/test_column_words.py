"""Whatever the audit log says of a column has words in both languages."""

from __future__ import annotations

import psycopg

from mv_desktop.models.base import Base
from mv_desktop.ui.admin.column_words import COLUMNS, PREFIXES, column_text
from mv_desktop.ui.text import catalogue


def test_every_column_whose_changes_are_audited_is_called_by_a_name(owner: psycopg.Connection) -> None:
    triggers = owner.execute(
        "SELECT c.relname, t.tgargs FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgfoid = 'api._note_change'::regproc"
    ).fetchall()
    prefixes = {(table, bytes(arguments).split(b"\0")[3].decode().rstrip(".")) for table, arguments in triggers}
    assert len({table for table, _ in prefixes}) >= 16
    assert {prefix for _, prefix in prefixes} - {""} == set(PREFIXES)
    nameless = [
        f"{table}.{column.name}"
        for table, prefix in prefixes
        for column in Base.metadata.tables[table].columns
        if column_text(f"{prefix}.{column.name}" if prefix else column.name) in {column.name, f"{prefix}.{column.name}"}
    ]
    assert nameless == []
    assert {*COLUMNS.values(), *PREFIXES.values()} <= set(catalogue("hi"))
    assert column_text("portal.colour") == "portal.colour"
