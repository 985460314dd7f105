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
from collections.abc import Iterator
from pathlib import Path

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.heading import Matching
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.record_import import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Table
from mv_desktop.domain.report_table import unguarded
from mv_desktop.domain.workbook import ABOVE, NO_SHEET, Chosen, SheetError, TableFile, place_of_headings
from mv_desktop.services.workbook_reader import opened_sheet, trimmed

_MOST_BYTES = 100_000_000
_SEVERAL_CELLS = 3
"""So many cells make a line one by which it is seen what stands between them."""
_DECLARED = re.compile(r"sep=([,;\t|])\r?\n")
"""By which Excel is told what stands between the cells; it shows no such row."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""What the folder of a workbook with a password names."""


def read_table(path: Path, matching: Matching, sheet: str = "") -> TableFile:
    """The table of a file; CSV or XLSX by what is in it, not by its name.

    Args:
        path: of the file.
        matching: which headings are those that are sought.
        sheet: of a workbook; "" for the first of those that are shown whose headings are sought, or else that has
            something in it.

    Raises:
        SheetError: the sheet cannot be taken, and why; another one perhaps can.
        InvalidError: nothing of it can be taken, and why.
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
    if begin.startswith(b"PK"):
        return _of_workbook(path, matching, sheet)
    if sheet:
        raise InvalidError(f"{path.name} is no Excel file: it has no sheets.")
    return TableFile(_table(path.name, _csv_lines(path), matching))


def source_file(path: Path, chosen: Chosen = NO_SHEET) -> SourceFile:
    """Which file this is, for those who look later at what it did; of several sheets also which one was read.

    Raises:
        InvalidError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return SourceFile(chosen.named(path.name), hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise InvalidError(f"{path.name} cannot be read ({error.strerror}).") from error


def _of_workbook(path: Path, matching: Matching, sheet: str) -> TableFile:
    with opened_sheet(path, matching, sheet) as (chosen, lines):
        try:
            return TableFile(_table(chosen.named(path.name), lines, matching), chosen)
        except InvalidError as error:
            raise SheetError(error, chosen) from error


def _table(file: str, lines: Iterator[list[str]], matching: Matching) -> Table:
    first = list(itertools.islice(lines, ABOVE))
    at = place_of_headings(first, matching)
    headings = first[at] if first else []
    if not any(headings):
        raise InvalidError(f"{file} has no headings in its first row.")
    if len(headings) > MOST_COLUMNS:
        raise InvalidError(f"{file} has more than {MOST_COLUMNS} columns.", remedy="Leave those that are needed.")
    rows = []
    for number, cells in enumerate(itertools.chain(first[at + 1 :], lines), at + 2):
        if len(cells) > MOST_COLUMNS:
            raise InvalidError(f"Row {number} of {file} has more than {MOST_COLUMNS} cells.")
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise InvalidError(f"Row {number} of {file} has a cell of more than {LONGEST_CELL:,} letters.")
        if any(cells):
            rows.append((number, cells))
        if len(rows) > MOST_ROWS:
            raise InvalidError(f"{file} has more than {MOST_ROWS:,} rows.", remedy="Split it into several files.")
    if not rows:
        raise InvalidError(f"{file} has headings and no row.")
    return headings, rows


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
            yield trimmed([unguarded(cell.strip()).strip() for cell in cells])
    except csv.Error as error:
        why = f"Row {reader.line_num} of {path.name} cannot be read."
        raise InvalidError(why, remedy="Look for a quotation mark without a partner.") from error


def _delimiter(text: str) -> str:
    """What stands most often in the first line that has several of one, or else in the first line."""
    lines = text.split("\n", ABOVE)[:ABOVE]
    signs = (",", ";", "\t")
    line = next((one for one in lines if any(one.count(sign) >= _SEVERAL_CELLS - 1 for sign in signs)), lines[0])
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
