"""Which sheet of a workbook is read: the first whose headings are those that are wanted, never one that is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.heading import Match, Matching
from mv_desktop.domain.record_import import MOST_COLUMNS, Table

ABOVE = 10
"""Within so many rows the headings are looked for."""
LOOKED_AT = 20
"""So many rows of each sheet are looked at to choose one."""
_TABLE = 3
"""So many cells in a row make it headings, which a title above them is not."""
_SEVERAL = 2
"""So many known headings are no chance, although others are missing."""

_MOST_NAMED, _LONGEST_NAMED = 8, 60
"""So many sheets are named in a sentence, and so many letters of each."""


class Sheet(NamedTuple):
    """A sheet as far as it was looked at.

    Attributes:
        name: as people read it.
        said: there is something in it.
        match: of its headings; that of none where nothing stands below them.
    """

    name: str
    said: bool
    match: Match = Match()


class Chosen(NamedTuple):
    """Which sheet of a file is read.

    Attributes:
        read: its name; "" in a file that has no sheets.
        there: the sheets that are shown and have something in them, and the one that is read, in the file's order.
        unread: those of them whose headings fit as well, and which are not read.
    """

    read: str = ""
    there: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def named(self, file: str) -> str:
        """What a file is called of which this is read; that of a single sheet by its own name."""
        return f"{file} ({_short(self.read)})" if len(self.there) > 1 else file


NO_SHEET = Chosen()
"""Of a file without sheets."""


class TableFile(NamedTuple):
    """What was read from a file."""

    table: Table
    chosen: Chosen = NO_SHEET


class SheetError(InvalidError):
    """A sheet cannot be taken; others perhaps can.

    Attributes:
        chosen: which one it is, and which others there are.
    """

    def __init__(self, error: InvalidError, chosen: Chosen) -> None:
        super().__init__(error.message, kept=error.kept, remedy=error.remedy)
        self.chosen = chosen


def names_text(names: Sequence[str]) -> str:
    """Names of sheets in a sentence; the first ones of many."""
    said = [f"“{_short(name)}”" for name in names[:_MOST_NAMED]]
    return ", ".join(said if len(names) <= _MOST_NAMED else [*said, "…"])


def place_of_headings(first: Sequence[Sequence[str]], matching: Matching) -> int:
    """The first of these rows that says something, or what fits better below it.

    Below a title, which is one cell, that is the row with more than two; below rows that are no headings, a row whose
    cells are all that is wanted.
    """
    said = [place for place, cells in enumerate(first) if any(cells)]
    place = said[0] if said else 0
    several = next((one for one in said if sum(map(bool, first[one])) > 1), None)
    if several is not None and _TABLE <= len(first[several]) <= MOST_COLUMNS:
        place = several
    if said and not matching(first[place]).whole:
        return next((one for one in said if matching(first[one]).whole), place)
    return place


def looked_at(name: str, rows: Sequence[Sequence[str]], matching: Matching) -> Sheet:
    """A sheet by its first rows."""
    if not any(map(any, rows)):
        return Sheet(name, said=False)
    place = place_of_headings(rows[:ABOVE], matching)
    below = any(map(any, rows[place + 1 :]))
    return Sheet(name, said=True, match=matching(rows[place]) if below else Match())


def first_wanted(sheets: Sequence[Sheet]) -> str | None:
    """The first sheet that fits wholly, else the one that fits best, else the first with something in it."""
    said = [sheet for sheet in sheets if sheet.said]
    return max(said, key=_fitness).name if said else None


def choice(sheets: Sequence[Sheet], read: str) -> Chosen:
    """What is said of a workbook of which this sheet is read."""
    there = tuple(sheet.name for sheet in sheets if sheet.said or sheet.name == read)
    most = max((sheet.match.known for sheet in sheets), default=0)
    unread = tuple(
        sheet.name
        for sheet in sheets
        if sheet.name != read and (sheet.match.whole or sheet.match.known >= max(_SEVERAL, most / 2))
    )
    return Chosen(read, there, unread)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAMED else f"{name[: _LONGEST_NAMED - 1]}…"


def _fitness(sheet: Sheet) -> tuple[bool, int]:
    whole, known = sheet.match
    return whole, 0 if whole or known < _SEVERAL else known
