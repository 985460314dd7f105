"""A report as a table, for files that other programs read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what is in it; the heading is in the reader's language."""

    heading: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under headings; each row has as many values as there are columns.

    Attributes:
        title: what it is about and of which days, in the reader's language.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


_COMMANDS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """`text` as a spreadsheet takes it for words: what it would take for a formula gets an apostrophe before it."""
    return "'" + text if text[:1] in {"\t", "\r", "\n"} or text.lstrip().startswith(_COMMANDS) else text
