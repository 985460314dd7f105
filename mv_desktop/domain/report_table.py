"""A report as a table, for files that other programs read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

Value = str | date | int | float | None
"""What stands in a cell; None where nothing can be said."""


class Measure(Enum):
    """What the values of a column are."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    SHARE = "share"
    """0 to 1, told in percent."""
    MINUTES = "minutes"
    NUMBER = "number"
    """Told with two decimals."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what is in it; the heading is in the reader's language."""

    heading: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class About:
    """What one must know of a table that lies somewhere by itself, in the reader's language.

    Attributes:
        title: of the sheet that says it.
        facts: what it is called, and what it is.
    """

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under headings; each row has as many values as there are columns.

    Attributes:
        title: what it is about and of which days, in the reader's language.
        about: as of when it is, and of what; None where nobody said. A workbook has a sheet for it, CSV the table
            alone.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    about: About | None = None


_SHEET_NAME = 31
"""Characters of a sheet's name that Excel takes."""
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COMMANDS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """`text` as a spreadsheet takes it for words: what it would take for a formula gets an apostrophe before it."""
    return "'" + text if text[:1] in {"\t", "\r", "\n"} or text.lstrip().startswith(_COMMANDS) else text


def printable(text: str) -> str:
    """Without what no workbook may hold: control characters, and what is no letter, which PDFs have for hyphens."""
    return _UNPRINTABLE.sub("", text)


def sheet_name(title: str) -> str:
    """Without what Excel refuses in the name of a sheet."""
    return re.sub(r"[\[\]:*?/\\]", " ", printable(title))[:_SHEET_NAME].strip("' ") or "1"


def plain(table: ReportTable) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
    """Headings and rows as other programs take them: shares in percent, days as 2026-01-31."""
    headings = tuple(f"{one.heading} (%)" if one.measure is Measure.SHARE else one.heading for one in table.columns)
    return headings, [
        tuple(_plain(value, column.measure) for value, column in zip(row, table.columns, strict=True))
        for row in table.rows
    ]


def rounded(value: float | Decimal, places: int) -> Decimal:
    """As the database rounds, half away from zero; a billionth by which a float is off does not count.

    Python rounds half to even: 96.25 would be 96.2 here and 96.3 in SQL. Zero has no sign.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(round(value, 9)))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0


def _plain(value: Value, measure: Measure) -> str | int | float | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return float(rounded(value * 100, 1) if measure is Measure.SHARE else rounded(value, 2))
    return value


def guarded(text: str) -> str:
    """As `harmless`, for who reads it again: an apostrophe that stands there gets a second one."""
    return "'" + text if text.startswith("'") else harmless(text)


def unguarded(text: str) -> str:
    """Without the apostrophe that `guarded` put before it."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text
