"""Tables that come as files, CSV and Excel, from whoever sends them.

Files come from anywhere: what is too large, folded up to become too large, no table, or not in UTF-8 is refused with
a sentence before it costs anything.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.record_import import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Table
from mv_desktop.domain.report_table import unguarded

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_BYTES = 100_000_000
_MOST_UNFOLDED = 200_000_000
_MOST_PARTS = 2_000
_PROLOGUE = 4096
"""So far into a part its first element begins; what may be declared before it is looked at."""
_SHEETS = "worksheets/"
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b")
_CHUNK = 1 << 20
_WIDEST_ROW, _MOST_CELLS = 16_384, 1_000_000
"""Cells are counted before any is made: whoever reads a workbook takes longer for a million than anybody waits."""
_ABOVE, _TABLE = 10, 3
"""Within so many rows the headings are looked for; so many cells make them what a title above them is not."""
_DECLARED = re.compile(r"sep=([,;\t|])\r?\n")
"""By which Excel is told what stands between the cells; it shows no such row."""
_ESCAPED = re.compile(r"_x00([01][0-9A-F])_\n?", re.IGNORECASE)
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""What the folder of a workbook with a password names."""


def read_table(path: Path) -> Table:
    """The first table of a file; CSV or XLSX by what is in it, not by its name.

    Raises:
        InvalidError: it cannot be taken, and why.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            begin = file.read(8)
    except OSError as error:
        raise InvalidError(f"{path.name} cannot be read ({error.strerror}).") from error
    if size > _MOST_BYTES:
        raise InvalidError(f"{path.name} is too large.", remedy=f"Split it into files of at most {MOST_ROWS:,} rows.")
    if begin.startswith(b"\xd0\xcf\x11\xe0"):
        if _LOCKED in path.read_bytes():
            raise InvalidError(f"{path.name} is locked with a password.", remedy="Save it without one.")
        raise InvalidError(f"{path.name} is an old Excel file.", remedy="Save it as .xlsx or as CSV UTF-8.")
    lines = _xlsx_lines(path) if begin.startswith(b"PK") else _csv_lines(path)
    return _table(path, lines)


def source_file(path: Path) -> SourceFile:
    """Which file this is, for those who look later at what it did.

    Raises:
        InvalidError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return SourceFile(path.name, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise InvalidError(f"{path.name} cannot be read ({error.strerror}).") from error


def _table(path: Path, lines: Iterator[list[str]]) -> Table:
    first = list(itertools.islice(lines, _ABOVE))
    at = _place_of_headings(first)
    headings = first[at] if first else []
    if not any(headings):
        raise InvalidError(f"{path.name} has no headings in its first row.")
    if len(headings) > MOST_COLUMNS:
        raise InvalidError(f"{path.name} has more than {MOST_COLUMNS} columns.", remedy="Leave those that are needed.")
    rows = []
    for number, cells in enumerate(itertools.chain(first[at + 1 :], lines), at + 2):
        if len(cells) > MOST_COLUMNS:
            raise InvalidError(f"Row {number} of {path.name} has more than {MOST_COLUMNS} cells.")
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise InvalidError(f"Row {number} of {path.name} has a cell of more than {LONGEST_CELL:,} letters.")
        if any(cells):
            rows.append((number, cells))
        if len(rows) > MOST_ROWS:
            raise InvalidError(f"{path.name} has more than {MOST_ROWS:,} rows.", remedy="Split it into several files.")
    if not rows:
        raise InvalidError(f"{path.name} has headings and no row.")
    return headings, rows


def _place_of_headings(first: Sequence[Sequence[str]]) -> int:
    """The first row that says something; a title, which is one cell, and the rows with more than two come below it."""
    said = [place for place, cells in enumerate(first) if any(cells)]
    several = next((place for place in said if sum(map(bool, first[place])) > 1), None)
    if several is not None and _TABLE <= len(first[several]) <= MOST_COLUMNS:
        return several
    return said[0] if said else 0


# -- CSV -------------------------------------------------------------------------------------------------------


def _csv_lines(path: Path) -> Iterator[list[str]]:
    text = _text(path)
    if "\0" in text:
        raise InvalidError(f"{path.name} is no table.", remedy="Save it as CSV UTF-8, or as .xlsx.")
    declared = _DECLARED.match(text)
    text = text[declared.end() :] if declared else text
    first = text[: text.find("\n")] if "\n" in text else text
    if len(first) > MOST_COLUMNS * 1000:
        raise InvalidError(f"{path.name} has more than {MOST_COLUMNS} columns.", remedy="Leave those that are needed.")
    delimiter = declared[1] if declared else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield _trimmed([unguarded(cell.strip()).strip() for cell in cells])
    except csv.Error as error:
        why = f"Row {reader.line_num} of {path.name} cannot be read."
        raise InvalidError(why, remedy="Look for a quotation mark without a partner.") from error


def _delimiter(text: str) -> str:
    """What stands most often in the first line that has several of one, or else in the first line."""
    lines = text.split("\n", _ABOVE)[:_ABOVE]
    signs = (",", ";", "\t")
    line = next((one for one in lines if any(one.count(sign) >= _TABLE - 1 for sign in signs)), lines[0])
    return max(signs, key=line.count)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidError(
            f"{path.name} is not in UTF-8, so that its letters cannot be told.",
            remedy="In Excel, save it as “CSV UTF-8” or as .xlsx.",
        ) from None


# -- Excel -----------------------------------------------------------------------------------------------------


def _xlsx_lines(path: Path) -> Iterator[list[str]]:
    _check_folded(path)
    from openpyxl import load_workbook

    with path.open("rb") as file:  # not by its name, which may say anything
        try:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except Exception as error:
            raise InvalidError(f"{path.name} is no Excel file that can be read.") from error
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise InvalidError(f"{path.name} has no sheet.")
        yield from _sheet_lines(path, sheet)


def _sheet_lines(path: Path, sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    # one more of each than is taken, so that it is seen; gaps of empty rows count, too
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=2 * MOST_ROWS)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except Exception as error:
            raise InvalidError(f"Row {number} of {path.name} cannot be read.") from error
        if cells is None:
            return
        yield _trimmed([_cell_text(path, number, cell) for cell in cells])


def _check_folded(path: Path) -> None:
    """A small file may hold parts that fill the memory: their sizes are looked at before any is unfolded."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNFOLDED:
                raise InvalidError(f"{path.name} unfolds into far more than a table.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if not _begins_plainly(file):
                            raise InvalidError(f"{path.name} holds what no Excel file has.")
                        if _SHEETS in part.filename and not _few_cells(file):
                            raise InvalidError(f"{path.name} unfolds into far more than a table.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise InvalidError(f"{path.name} is no Excel file that can be read.") from error


def _begins_plainly(part: IO[bytes]) -> bool:
    """Whether an XML part comes to its first element soon, and declares nothing before it that could grow."""
    begin = part.read(_PROLOGUE)
    element = re.search(rb"<[A-Za-z_]", begin)
    return element is not None and re.search(rb"<!(?:DOCTYPE|ENTITY)", begin[: element.start()]) is None


def _few_cells(part: IO[bytes]) -> bool:
    """Whether no row has more cells than Excel could write, nor all of them more than a table could have."""
    in_row = total = 0
    rest = b""
    while chunk := part.read(_CHUNK):
        found = rest + chunk
        end = max(found.rfind(b">"), 0)
        for tag in _TAG.findall(found, 0, end):
            in_row = 0 if tag == b"row" else in_row + 1
            total += tag == b"c"
            if in_row > _WIDEST_ROW or total > _MOST_CELLS:
                return False
        rest = found[end:]
    return True


def _cell_text(path: Path, number: int, cell: Any) -> str:  # noqa: ANN401 (cells of openpyxl have no common type)
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise InvalidError(
            f"Row {number} of {path.name} holds a formula.", remedy="Copy the cells and paste them as values."
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{round(value * 100, 10):.12g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unguarded(_ESCAPED.sub(_control, str(value)).strip()).strip()


def _control(escaped: re.Match[str]) -> str:
    """A control character that Excel wrote as letters: the ends of lines are kept as such, and no others."""
    return {"09": " ", "0A": "\n", "0B": "\n", "0D": "\n"}.get(escaped[1].upper(), "")


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Without empty cells at the end."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return list(cells[:last])
