"""Whatever the audit log says of a column has words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def test_whatever_a_function_writes_into_the_log_besides_has_a_name(owner: psycopg.Connection) -> None:
    sources = [s for (s,) in owner.execute("SELECT prosrc FROM pg_proc WHERE pronamespace = 'api'::regnamespace")]
    told = {key for source in sources for key in _keys_told(source)}
    assert {"batch", "undoes", "op_id", "proposed_by"} <= told
    assert len(told) >= 60
    # what the audit's view shows in a place of its own, and what a call only reads
    assert [key for key in sorted(told - {"changes", "hidden", "holds", "key"}) if column_text(key) == key] == []


def _keys_told(source: str) -> Iterator[str]:
    """What stands as a key in a function's calls of api._audit, and in the notes that it prepares for them."""
    for call in re.finditer(r"\b_audit\(|\bv_note (?:jsonb )?:=[^;]*?\(", source):
        depth, at = 1, call.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            at += 1
        for made in re.finditer(r"jsonb_build_object\(", source[call.start() : at]):
            yield from re.findall(r"'([a-z_]+)',", source[call.start() + made.end() : at])
