"""Tables in workbooks of Excel: which sheet is taken, and its rows as words.

Before anything is unfolded it is looked at what it would become. To choose a sheet, only the first rows of each are
read.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.heading import Matching
from mv_desktop.domain.record_import import MOST_COLUMNS, MOST_ROWS
from mv_desktop.domain.report_table import unguarded
from mv_desktop.domain.workbook import LOOKED_AT, Chosen, Sheet, choice, first_wanted, looked_at, names_text

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_UNFOLDED = 200_000_000
_MOST_PARTS = 2_000
_MOST_SHEETS = 200
_LONGEST_NAME = 255
"""Of a sheet. Excel writes 31 letters at most, other programs more."""
_MOST_LOOKED_AT = 300_000
"""So many cells are made to choose a sheet; sheets after them are not looked into, and have to be named."""
_PROLOGUE = 4096
"""So far into a part its first element begins; what may be declared before it is looked at."""
_SHEETS = "worksheets/"
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row\b"), re.compile(rb"<(?:\w+:)?c\b")
_NAMED = b"sheetId"
"""What the list of the sheets says of each."""
_CHUNK = 1 << 20
_WIDEST_ROW, _MOST_CELLS, _MOST_IN_ALL = 16_384, 1_000_000, 2_000_000
"""Of a sheet, and of all sheets. Cells are counted before any is made: whoever reads a workbook takes longer for a
million than anybody waits."""
_ESCAPED = re.compile(r"_x00([01][0-9A-F])_\n?", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""Signs without a shape that Hindi is written with."""


@contextmanager
def opened_sheet(path: Path, matching: Matching, wanted: str) -> Iterator[tuple[Chosen, Iterator[list[str]]]]:
    """A sheet of a workbook, and its rows, without the empty cells at their ends.

    Args:
        path: of the workbook, whatever it is called.
        matching: which headings are those that are sought.
        wanted: the sheet's name; "" for the first that fits, of those that are shown.

    Raises:
        InvalidError: it cannot be taken, and why; also while rows are read.
    """
    _check_folded(path)
    from openpyxl import load_workbook

    with path.open("rb") as file:  # not by its name, which may say anything
        try:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except Exception as error:
            raise InvalidError(f"{path.name} is no Excel file that can be read.") from error
        sheets = _named(path, book.worksheets)
        chosen = _chosen(path, sheets, matching, wanted)
        yield chosen, _lines(chosen.named(path.name), sheets[chosen.read])


def trimmed(cells: Sequence[str]) -> list[str]:
    """Without empty cells at the end."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return list(cells[:last])


# -- which sheet -----------------------------------------------------------------------------------------------


def _named(path: Path, sheets: Sequence[ReadOnlyWorksheet]) -> dict[str, ReadOnlyWorksheet]:
    """The sheets by their names, as people read them."""
    if not sheets:
        raise InvalidError(f"{path.name} has no sheet.")
    named = {_name(sheet.title): sheet for sheet in sheets}
    parts = {sheet._worksheet_path for sheet in sheets}  # noqa: SLF001 - as two must not be one
    told_apart = min(len({name.casefold() for name in named}), len(parts)) == len(sheets)
    if not told_apart or any(not 0 < len(name) <= _LONGEST_NAME for name in named):
        raise InvalidError(f"{path.name} holds what no Excel file has.")
    return named


def _name(title: str) -> str:
    """Without what cannot be seen, and could make one name look like another."""
    kept = (sign for sign in title if sign in _JOINERS or sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _chosen(path: Path, sheets: Mapping[str, ReadOnlyWorksheet], matching: Matching, wanted: str) -> Chosen:
    shown = {name: sheet for name, sheet in sheets.items() if sheet.sheet_state == "visible"}
    if wanted:
        read = _meant(path, sheets, wanted, tuple(shown))
        looked = {name: sheet for name, sheet in sheets.items() if name in shown or name == read}
        return choice(list(_look(looked, matching)), read)
    if len(sheets) == len(shown) == 1:  # what is in it is seen when it is read
        return Chosen(next(iter(shown)), tuple(shown))
    found = list(_look(shown, matching))
    first = first_wanted(found)
    if first is not None:
        return choice(found, first)
    if len(shown) < len(sheets):
        why = f"{path.name} has nothing in the sheets that are shown."
        raise InvalidError(why, remedy="Show the hidden ones in Excel first, if they are meant.")
    raise InvalidError(f"{path.name} has no headings in its first row.")


def _meant(path: Path, sheets: Iterable[str], wanted: str, shown: Sequence[str]) -> str:
    """The sheet that somebody has named, hidden or not; Excel tells no capitals from small letters either."""
    by_name = {name.casefold(): name for name in sheets}
    found = by_name.get(_name(wanted).casefold())
    if found is None:
        raise InvalidError(f"{path.name} has no sheet “{wanted}”.", remedy=f"It has: {names_text(shown)}.")
    return found


def _look(sheets: Mapping[str, ReadOnlyWorksheet], matching: Matching) -> Iterator[Sheet]:
    left = _MOST_LOOKED_AT
    for name, sheet in sheets.items():
        if left <= 0:
            yield Sheet(name, said=True)
            continue
        try:
            rows, cells = _head(sheet)
        except Exception:  # noqa: BLE001 - whatever is wrong is told when it is read, if it ever is
            yield Sheet(name, said=True)
            continue
        left -= cells
        yield looked_at(name, rows, matching)


def _head(sheet: ReadOnlyWorksheet) -> tuple[list[list[str]], int]:
    """The first rows of a sheet, and how many cells were made for them.

    Not by the sheet's own rows: a file that calls all of them the first one would be read to its end.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    rows: list[list[str]] = [[] for _ in range(LOOKED_AT)]
    made = 0
    with sheet._get_source() as source:  # noqa: SLF001
        parser = WorkSheetParser(source, sheet._shared_strings)  # noqa: SLF001
        for number, cells in itertools.islice(parser.parse(), LOOKED_AT):
            if not 0 < number <= LOOKED_AT:
                break
            made += len(cells)
            if not rows[number - 1]:
                words = {cell["column"]: _seen(cell["value"]) for cell in cells if cell["column"] <= MOST_COLUMNS + 1}
                rows[number - 1] = trimmed([words.get(place, "") for place in range(1, max(words, default=0) + 1)])
    return rows, made


def _seen(value: object) -> str:
    return "" if value is None else str(value).strip()


# -- its rows --------------------------------------------------------------------------------------------------


def _lines(file: str, sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    # one more of each than is taken, so that it is seen; gaps of empty rows count, too
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=2 * MOST_ROWS)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except Exception as error:
            raise InvalidError(f"Row {number} of {file} cannot be read.") from error
        if cells is None:
            return
        # most are empty, and there are two hundred in each row
        yield trimmed(["" if cell.value is None else _cell_text(file, number, cell) for cell in cells])


def _cell_text(file: str, number: int, cell: Any) -> str:  # noqa: ANN401 (cells of openpyxl have no common type)
    value = cell.value
    if cell.data_type == "f":
        raise InvalidError(
            f"Row {number} of {file} holds a formula.", remedy="Copy the cells and paste them as values."
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{round(value * 100, 10):.12g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unguarded(_ESCAPED.sub(_control, str(value)).strip()).strip()


def _control(escaped: re.Match[str]) -> str:
    """A control character that Excel wrote as letters: the ends of lines are kept as such, and no others."""
    return {"09": " ", "0A": "\n", "0B": "\n", "0D": "\n"}.get(escaped[1].upper(), "")


# -- what it unfolds into --------------------------------------------------------------------------------------


def _check_folded(path: Path) -> None:
    """A small file may hold parts that fill the memory: their sizes are looked at before any is unfolded."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNFOLDED:
                raise InvalidError(f"{path.name} unfolds into far more than a table.")
            cells = 0
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        cells += _cells_of(path, part.filename, file)
                if cells > _MOST_IN_ALL:
                    raise InvalidError(f"{path.name} unfolds into far more than a table.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise InvalidError(f"{path.name} is no Excel file that can be read.") from error


def _cells_of(path: Path, name: str, part: IO[bytes]) -> int:
    """How many cells a part has; none, where it is no sheet."""
    if not _begins_plainly(part):
        raise InvalidError(f"{path.name} holds what no Excel file has.")
    if _SHEETS in name:
        cells = _few_cells(part)
        if cells is None:
            raise InvalidError(f"{path.name} unfolds into far more than a table.")
        return cells
    if not _few_sheets(part):
        why = f"{path.name} has more than {_MOST_SHEETS} sheets."
        raise InvalidError(why, remedy="Leave those that are needed.")
    return 0


def _begins_plainly(part: IO[bytes]) -> bool:
    """Whether an XML part comes to its first element soon, and declares nothing before it that could grow."""
    begin = part.read(_PROLOGUE)
    element = re.search(rb"<[A-Za-z_]", begin)
    part.seek(0)
    return element is not None and re.search(rb"<!(?:DOCTYPE|ENTITY)", begin[: element.start()]) is None


def _few_cells(part: IO[bytes]) -> int | None:
    """How many cells a sheet has; None where a row has more than Excel could write, or all more than a table has."""
    in_row = total = 0
    rest = b""
    while chunk := part.read(_CHUNK):
        found = rest + chunk
        end = max(found.rfind(b">"), 0)
        for number, row in enumerate(_ROW.split(found[:end])):
            cells = len(_CELL.findall(row))
            in_row = cells if number else in_row + cells
            total += cells
            if in_row > _WIDEST_ROW or total > _MOST_CELLS:
                return None
        rest = found[end:]
    return total


def _few_sheets(part: IO[bytes]) -> bool:
    """Whether a part, which may be the list of the sheets, names no more of them than are looked through.

    That the same part could be the words of the cells, of which some may be called so, is no matter.
    """
    count = 0
    while chunk := part.read(_CHUNK):
        count += chunk.count(_NAMED)
        if count > _MOST_SHEETS:
            return False
    return True
