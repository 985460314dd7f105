"""Records from a table: what each row means, and what it does to what is there.

Which columns there are, how a cell is read and what is wrong with a record is the subject's to say (`Layout`). Nothing
is read from files or written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.heading import Match, Matching, bare, meant
from mv_desktop.domain.record import Fault, Opened

MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000

Table = tuple[list[str], list[tuple[int, list[str]]]]
"""The headings of a file, and the rows that say something, each with its number as a spreadsheet counts."""

KEY = "#"
"""The column that names a record by its id; no draft has an attribute of that name."""


Told = Callable[[int, int], bool]
"""Is told how many of how many are done, 0 for nobody knows; answers False when nobody wants any more."""


class ImportStoppedError(Exception):
    """The person did not want any more; nothing was written."""


def tell(told: Told | None, done: int, total: int) -> None:
    """Say how much is done.

    Raises:
        ImportStoppedError: nobody wants any more.
    """
    if told is not None and not told(done, total):
        raise ImportStoppedError


class Meaning(StrEnum):
    """What a row of the table is."""

    NEW = "new"
    CHANGED = "changed"
    DUPLICATE = "duplicate"
    WRONG = "wrong"


class RowError(NamedTuple):
    """Why a row cannot be taken.

    Attributes:
        row: as a spreadsheet counts them; the headings are row 1.
        column: its heading in the file, "" for the whole row.
        why: a sentence in English.
    """

    row: int
    column: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an import that was taken back.

    Attributes:
        gone: new ones of it that are no more.
        archived: new ones of it that stay, as what nobody uses any more: other things may name them.
        put_back: those that are as they were before.
        left: those that somebody has changed since; they stay.
    """

    gone: int
    archived: int
    put_back: int
    left: int


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column that says one attribute of a draft.

    Attributes:
        name: the attribute.
        headings: what the column may be called; an export writes the first.
        read: the value of a cell that says something; raises InvalidError.
        written: how a value stands in a cell, "" for none; `read` gives the value back.
        made_only: it is said of a new record, and never changes.
    """

    name: str
    headings: tuple[str, ...]
    read: Callable[[str], object]
    written: Callable[[Any], str]
    made_only: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records of a subject stand in a table.

    Attributes:
        columns: in the order of an export.
        naming: the attributes by which a row without an id means a record, where all are the same.
        faults: what is wrong with a draft.
        blank: a new record as far as a row says nothing of it; None where none is made.
        key_headings: what the column of the ids may be called.
    """

    columns: tuple[TableColumn, ...]
    naming: tuple[str, ...]
    faults: Callable[[Any], Sequence[Fault]]
    blank: Any = None
    key_headings: tuple[str, ...] = ("ID",)

    def column(self, name: str) -> TableColumn | None:
        """The column of an attribute."""
        return next((one for one in self.columns if one.name == name), None)

    @property
    def needed(self) -> tuple[str, ...]:
        """What a row without an id must say; the others may be nothing in a new record, too."""
        return tuple(
            name
            for number, name in enumerate(self.naming)
            if number == 0 or self.blank is None or getattr(self.blank, name) != ""
        )

    def identity(self, draft: Any) -> tuple[object, ...]:  # noqa: ANN401 - a draft of the subject's own
        """What names a record: neither capitals nor blanks count."""
        return tuple(_plain(getattr(draft, name)) for name in self.naming)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it was read.

    Attributes:
        key: the id of the record that it names; "" where it names none.
        said: the attributes that it says something of.
        error: why it cannot be taken; the others are then empty.
    """

    row: int
    key: str = ""
    said: Mapping[str, object] = field(default_factory=dict)
    error: RowError | None = None


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What a row does.

    Attributes:
        draft: how the record is then; None when nothing is written.
        opened: the record that it changes, or repeats.
        why: in English, of what repeats or is wrong.
    """

    row: int
    meaning: Meaning
    draft: Any = None
    opened: Opened[Any] | None = None
    column: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a whole table does, row by row."""

    rows: tuple[PlannedRow, ...]

    def count(self, meaning: Meaning) -> int:
        """How many rows mean this."""
        return sum(row.meaning is meaning for row in self.rows)

    @property
    def puts(self) -> tuple[Put, ...]:
        """What is written, in the order of the table."""
        return tuple(Put(row.row, row.opened, row.draft) for row in self.rows if row.draft is not None)


class Put(NamedTuple):
    """A record that is written.

    Attributes:
        row: of the table; 0 where none says so.
        opened: the record as it was seen; None for a new one.
        draft: how it shall be; None takes it away.
    """

    row: int
    opened: Opened[Any] | None
    draft: Any


class Done(NamedTuple):
    """A record that was written.

    Attributes:
        now: as it stands after it.
        before: as it stood; None for a new one.
        row: of the table; 0 where none says so.
    """

    now: Opened[Any]
    before: Opened[Any] | None
    row: int = 0


@contextmanager
def at_row(put: Put) -> Iterator[None]:
    """What the server refuses of a row is told with the row's number, in the words that a form would tell.

    Raises:
        UserError: as it was raised inside.
    """
    try:
        yield
    except (InvalidError, RefusedError, ConflictError) as error:
        if not put.row:
            raise
        why = Worded("Row {row}: {why}", row=put.row, why=error.message)
        raise type(error)(why, kept=error.kept, remedy=error.remedy) from error


# -- columns -----------------------------------------------------------------------------------------------------


def matched_columns(layout: Layout, headings: Sequence[str]) -> dict[str, int]:
    """Which column says what, by its heading; the first of several that could say the same."""
    return _matched(_called(layout), headings)


def matching_of(layout: Layout) -> Matching:
    """Says how headings fit: there must be the columns that name a record, or that of the ids and another one."""
    called = _called(layout)

    def match(headings: Sequence[str]) -> Match:
        found = _matched(called, headings)
        by_id = KEY in found and len(found) > 1
        return Match(by_id or all(name in found for name in layout.needed), len(found))

    return match


def _called(layout: Layout) -> dict[str, str]:
    called = {bare(name): KEY for name in layout.key_headings}
    return called | {bare(name): column.name for column in layout.columns for name in column.headings}


def _matched(called: Mapping[str, str], headings: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = meant(heading, called)
        if name is not None:
            found.setdefault(name, place)
    return found


def check_columns(layout: Layout, which: Mapping[str, int]) -> None:
    """Refuse a table of which no row could ever mean a record.

    Raises:
        InvalidError: naming the columns that are missing.
    """
    missing = [name for name in layout.needed if name not in which]
    if missing and KEY not in which:
        columns = filter(None, map(layout.column, missing))
        names = ", ".join(column.headings[0] for column in columns)
        raise InvalidError(f"The file has no column for: {names}.", remedy="Say which columns they are.")


# -- rows --------------------------------------------------------------------------------------------------------


def read_row(layout: Layout, number: int, cells: Mapping[str, str], headings: Mapping[str, str]) -> ReadRow:
    """A row of a table; cells that say nothing change nothing.

    Args:
        layout: of the subject.
        number: of the row, as a spreadsheet counts.
        cells: by what the column says.
        headings: what the columns are called in the file.
    """
    said: dict[str, object] = {}
    for column in layout.columns:
        words = cells.get(column.name, "").strip()
        if not words:
            continue
        try:
            said[column.name] = column.read(words)
        except InvalidError as error:
            return ReadRow(number, error=RowError(number, headings[column.name], error.message))
    return ReadRow(number, cells.get(KEY, "").strip(), said)


def drafted(layout: Layout, row: ReadRow) -> Any:  # noqa: ANN401
    """The draft of a row as if it were new, to look for what is like it; None where it names nothing whole."""
    whole = layout.blank is not None and set(layout.needed) <= set(row.said)
    return replace(layout.blank, **row.said) if whole else None


def planned(
    layout: Layout, rows: Sequence[ReadRow], known: Sequence[Opened[Any]], headings: Mapping[str, str]
) -> ImportPlan:
    """What each row does.

    Args:
        layout: of the subject.
        rows: in the order of the table.
        known: the records that the rows may mean, by id or by what names them.
        headings: what the columns are called in the file.
    """
    by_key = {one.key: one for one in known}
    by_name = {layout.identity(one.draft): one for one in known}
    first: dict[object, int] = {}
    found = []
    for row in rows:
        one = _planned(layout, row, by_key, by_name, headings)
        if one.draft is not None:
            keys = [layout.identity(one.draft), *(() if one.opened is None else (one.opened.key,))]
            before = next((first[key] for key in keys if key in first), None)
            if before is None:
                first |= dict.fromkeys(keys, row.row)
            else:
                why = f"The same as row {before}."
                one = PlannedRow(row.row, Meaning.DUPLICATE, opened=one.opened, why=why)
        found.append(one)
    return ImportPlan(tuple(found))


class _RowFaultError(Exception):
    """A row is wrong at the column of this attribute, or as a whole ("")."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name, self.why = name, why


def _planned(
    layout: Layout,
    row: ReadRow,
    by_key: Mapping[str, Opened[Any]],
    by_name: Mapping[tuple[object, ...], Opened[Any]],
    headings: Mapping[str, str],
) -> PlannedRow:
    if row.error is not None:
        return PlannedRow(row.row, Meaning.WRONG, column=row.error.column, why=row.error.why)
    try:
        opened = _meant(layout, row, by_key, by_name)
        draft = _drafted(layout, row, opened)
    except _RowFaultError as fault:
        return PlannedRow(row.row, Meaning.WRONG, column=_heading(layout, fault.name, headings), why=fault.why)
    if draft is None:
        return PlannedRow(row.row, Meaning.DUPLICATE, opened=opened, why="It is there already.")
    other = by_name.get(layout.identity(draft))
    if other is not None and (opened is None or other.key != opened.key):
        why = "Another one is called so already."
        return PlannedRow(row.row, Meaning.WRONG, column=_heading(layout, layout.naming[0], headings), why=why)
    return PlannedRow(row.row, Meaning.NEW if opened is None else Meaning.CHANGED, draft, opened)


def _meant(
    layout: Layout,
    row: ReadRow,
    by_key: Mapping[str, Opened[Any]],
    by_name: Mapping[tuple[object, ...], Opened[Any]],
) -> Opened[Any] | None:
    """The record that a row means; None for a new one."""
    if row.key:
        if row.key not in by_key:
            raise _RowFaultError(KEY, "There is no such record on the server.")
        return by_key[row.key]
    unsaid = next((name for name in layout.needed if name not in row.said), None)
    if unsaid is not None:
        raise _RowFaultError(unsaid, "Something must be entered here.")
    opened = by_name.get(tuple(_plain(row.said.get(name, "")) for name in layout.naming))
    if opened is None and layout.blank is None:
        raise _RowFaultError(layout.naming[0], "There is none of this name, and none is made here.")
    return opened


def _drafted(layout: Layout, row: ReadRow, opened: Opened[Any] | None) -> Any:  # noqa: ANN401
    """How the record is then; None where it is so already."""
    said = row.said
    if opened is not None:
        kept = () if row.key else layout.naming  # it was found by them: capitals and blanks stay as they are
        said = {
            name: value
            for name, value in said.items()
            if name not in kept and _differs(value, getattr(opened.draft, name))
        }
        if not said:
            return None
        for column in layout.columns:
            if column.made_only and column.name in said:
                raise _RowFaultError(column.name, "This is said of a new one, and never changes.")
    draft = replace(layout.blank if opened is None else opened.draft, **said)
    for fault in layout.faults(draft):
        raise _RowFaultError(fault.field, fault.message)
    return draft


def _heading(layout: Layout, name: str, headings: Mapping[str, str]) -> str:
    """What the column of an attribute is called in the file, or would be."""
    column = layout.column(name)
    return headings.get(name, "" if column is None else column.headings[0])


def _differs(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return _lines(one) != _lines(other)
    return one != other


def _lines(words: str) -> list[list[str]]:
    """The words of each line: blanks between them do not count."""
    return [line.split() for line in words.splitlines() if line.strip()]


def _plain(value: object) -> object:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value
