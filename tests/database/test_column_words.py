"""Whatever the audit log says of a column, and its values where it has only a few, has words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import psycopg

from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.hand_back import HandBackReason
from mv_desktop.domain.operation import Operation
from mv_desktop.domain.sla import WEEKDAYS, Basis
from mv_desktop.models.base import Base
from mv_desktop.ui.admin.choice_words import CHOICES, REASONS, choice_text
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


_LISTED = re.compile(r"CHECK \(\(\(?(\w+)\)?(?:::text)? = ANY \(\(?ARRAY\[([^]]*)\]")
_ELSEWHERE = {
    "adjustment": ("question_rescorings", "adjustment"),
    "held": ("evaluation_holds", "kind"),
    "submitted_quality": ("applied_operations", "estimate_quality"),
    "upload.kind": ("upload_requests", "kind"),
    "why": ("script_samples", "why"),
}
"""What the log has of columns whose own tables are not audited, or are not checked: where the values are listed."""


def test_every_value_of_a_column_that_has_only_a_few_has_words(owner: psycopg.Connection) -> None:
    enums = owner.execute(
        "SELECT c.relname, a.attname, t.typname, e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid"
        " JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND t.typname LIKE 'mv%'"
    ).fetchall()
    few = {(table, column): set[str]() for table, column, _, _ in enums} | _checked(owner)
    for table, column, _, value in enums:
        few[table, column].add(value)
    kinds = _kinds(owner)
    audited = {(kinds[table], column): values for (table, column), values in few.items() if table in kinds}
    # a class is called the same everywhere
    asked = {one: values for one, values in audited.items() if one[1] != "class"}
    asked |= {("", name): few[where] for name, where in _ELSEWHERE.items()}
    assert {("evaluation", "submitted_punctuality"), ("exam", "status"), ("subscription", "billing_cycle")} <= set(
        asked
    )
    assert [
        f"{kind}.{column}: {value}"
        for (kind, column), values in asked.items()
        for value in sorted(values)
        if choice_text(*_of(kind, column), value) is None
    ] == []
    types = {
        name for (name,) in owner.execute("SELECT typname FROM pg_type WHERE typtype = 'e' AND typname LIKE 'mv%'")
    }
    assert {name for table, _, name, _ in enums if table in kinds} == types


def _of(kind: str, column: str) -> tuple[str, str]:
    """A name of `_ELSEWHERE` may hold its kind itself."""
    before, _, name = column.rpartition(".")
    return before or kind, name


def _kinds(owner: psycopg.Connection) -> dict[str, str]:
    """By audited table, to what its changes are written."""
    return {
        table: bytes(arguments).split(b"\0")[0].decode()
        for table, arguments in owner.execute(
            "SELECT c.relname, t.tgargs FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgfoid = 'api._note_change'::regproc"
        )
    }


def _checked(owner: psycopg.Connection) -> dict[tuple[str, str], set[str]]:
    """The values that a CHECK lists, by table and column."""
    return {
        (table, found[1]): set(re.findall(r"'([^']*)'::", found[2]))
        for table, rule in owner.execute(
            "SELECT c.relname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
            " WHERE k.contype = 'c'"
        )
        if (found := _LISTED.match(rule)) is not None
    }


def test_the_programs_own_lists_of_values_have_words() -> None:
    assert {one.kind for one in get_args(Operation)} == set(CHOICES["evaluation.kind"])
    assert set(WEEKDAYS) == set(CHOICES["weekly_off"])
    assert set(Basis) == set(CHOICES["basis"])
    assert set(FlagReason) == set(REASONS["evaluation.flagged"])
    assert set(HandBackReason) == set(REASONS["evaluation.handed_back"])


def _keys_told(source: str) -> Iterator[str]:
    """What stands as a key where a function writes into the log, or prepares a note for that."""
    for call in re.finditer(
        r"\b_(?:audit|audit_record|told|told_page)\(|\bv_(?:note|data) (?:jsonb )?:=[^;]*?\(", source
    ):
        depth, at = 1, call.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            at += 1
        for made in re.finditer(r"jsonb_build_object\(", source[call.start() : at]):
            yield from re.findall(r"'([a-z_]+)',", source[call.start() + made.end() : at])
