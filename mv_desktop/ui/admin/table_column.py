"""A field of a form as a column of a table: what its cells say, and how they are read from whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache, partial

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.record_import import TableColumn
from mv_desktop.ui.admin.field import Field, Kind, rows_of, typed_rows
from mv_desktop.ui.text import LANGUAGES, catalogue, tr

_YES = ("yes", "y", "true", "1")
_NO = ("no", "n", "false", "0")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_INDIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NAMED = re.compile(r"(\d{1,2})[ -]?([a-z]{3})[a-z]*\.?,?[ -]?(\d{4})", re.IGNORECASE)


def column_of(field: Field) -> TableColumn:
    """The column that says a field; its headings are the field's label in every language."""
    return TableColumn(
        field.name, names_of(field.label), partial(_read, field), partial(_written, field), field.made_only
    )


def names_of(label: str) -> tuple[str, ...]:
    """A label in the language spoken, then in the others."""
    return tuple(dict.fromkeys((tr(label), label, *(words.get(label, label) for words in _catalogues().values()))))


def read_day(words: str) -> date:
    """A day as people and spreadsheets write it: 2026-08-15, 15/08/2026, 15 Aug 2026.

    Raises:
        InvalidError: it is none.
    """
    if (found := _ISO.fullmatch(words)) is not None:
        year, month, day = map(int, found.groups())
    elif (found := _INDIAN.fullmatch(words)) is not None:
        day, month, year = map(int, found.groups())
    elif (found := _NAMED.fullmatch(words)) is not None and found[2].casefold() in _MONTHS:
        day, month, year = int(found[1]), _MONTHS.index(found[2].casefold()) + 1, int(found[3])
    else:
        raise InvalidError("Write the day as 2026-08-15 or 15/08/2026.")
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidError("Write the day as 2026-08-15 or 15/08/2026.") from None


# -- private -----------------------------------------------------------------------------------------------------


@cache
def _catalogues() -> Mapping[str, Mapping[str, str]]:
    return {code: catalogue(code) for code in LANGUAGES if code != "en"}


def _read(field: Field, words: str) -> object:
    match field.kind:
        case Kind.SWITCH:
            return _switch(words)
        case Kind.DAY:
            return read_day(words)
        case Kind.CHOICE:
            return _chosen(field, words)
        case Kind.ROWS:
            return field.read(typed_rows([_cells(field, line) for line in words.splitlines() if line.strip()]))
    return field.read(words)


def _written(field: Field, value: object) -> str:
    match field.kind:
        case Kind.SWITCH:
            return tr("yes") if value else tr("no")
        case Kind.MONEY:
            return field.typed(value).replace(",", "")
        case Kind.CHOICE if isinstance(value, str):
            plain = value.value if isinstance(value, Enum) else value
            return next((tr(name) for one, name in field.choices if one == plain), plain)
        case Kind.ROWS:
            return "\n".join(" | ".join(map(_escaped, cells)) for cells in rows_of(field.typed(value)))
    return field.typed(value)


def _switch(words: str) -> bool:
    folded = words.casefold()
    if folded in _YES or folded in (name.casefold() for name in names_of("yes")):
        return True
    if folded in _NO or folded in (name.casefold() for name in names_of("no")):
        return False
    raise InvalidError("Yes or no.")


def _chosen(field: Field, words: str) -> object:
    try:
        return field.read(_value(field, words))
    except InvalidError:
        if not words or not field.choices:
            raise
        names = ", ".join(tr(name) for _, name in field.choices)
        raise InvalidError(Worded("It is one of these: {names}.", names=names)) from None


def _value(field: Field, words: str) -> str:
    """The value of a choice by itself, by what it is called in any language, or by what means it besides."""
    if field.meant is not None and (found := field.meant(words)) is not None:
        return found
    folded = words.casefold()
    for value, name in field.choices:
        if folded == str(value).casefold() or folded in (one.casefold() for one in names_of(name)):
            return str(value)
    return words


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


def _cells(field: Field, line: str) -> list[str]:
    r"""The cells of a line, between "|"; ``\|``, ``\n`` and ``\\`` stand for what they say.

    Raises:
        InvalidError: there are not as many as the field has.
    """
    cells = [""]
    for sign in re.findall(r"\\[|n\\]|.", line):
        if sign == "|":
            cells.append("")
        else:
            cells[-1] += {"\\|": "|", "\\n": "\n", "\\\\": "\\"}.get(sign, sign)
    if len(cells) != len(field.columns):
        names = " | ".join(column.label for column in field.columns)
        raise InvalidError(Worded("Each line needs these cells: {names}.", names=names))
    return [cell.strip() for cell in cells]
