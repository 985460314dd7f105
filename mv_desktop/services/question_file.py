"""Tables of questions as files: CSV and Excel, from whoever sends them, and back.

Files come from anywhere: what is too large, folded up to become too large, no table, or not in UTF-8 is refused with
a sentence before it costs anything.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.question_column import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Column
from mv_desktop.domain.question_import import Table
from mv_desktop.domain.report_table import harmless

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_BYTES = 100_000_000
_MOST_UNFOLDED = 400_000_000
_MOST_PARTS = 2_000
_WIDTHS = {Column.TEXT: 60, Column.SOLUTION: 50}
_WIDTH = 18


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
        raise InvalidError(f"{path.name} is too large.", remedy="Split it into files of at most 20,000 questions.")
    if begin.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidError(f"{path.name} is an old Excel file.", remedy="Save it as .xlsx or as CSV UTF-8.")
    lines = _xlsx_lines(path) if begin.startswith(b"PK") else _csv_lines(path)
    return _table(path, lines)


def _table(path: Path, lines: Iterator[list[str]]) -> Table:
    headings = next(lines, [])
    if not any(headings):
        raise InvalidError(f"{path.name} has no headings in its first row.")
    if len(headings) > MOST_COLUMNS:
        raise InvalidError(f"{path.name} has more than {MOST_COLUMNS} columns.", remedy="Leave those of the questions.")
    rows = []
    for number, cells in enumerate(lines, 2):
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


# -- CSV -------------------------------------------------------------------------------------------------------


def _csv_lines(path: Path) -> Iterator[list[str]]:
    text = _text(path)
    if "\0" in text:
        raise InvalidError(f"{path.name} is no table.", remedy="Save it as CSV UTF-8, or as .xlsx.")
    first = text[: text.find("\n")] if "\n" in text else text
    if len(first) > MOST_COLUMNS * 1000:
        raise InvalidError(f"{path.name} has more than {MOST_COLUMNS} columns.", remedy="Leave those of the questions.")
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield _trimmed([_unguarded(cell.strip()) for cell in cells])
    except csv.Error as error:
        why = f"Row {reader.line_num} of {path.name} cannot be read."
        raise InvalidError(why, remedy="Look for a quotation mark without a partner.") from error


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
                raise InvalidError(f"{path.name} unfolds into far more than a table of questions.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if re.search(rb"<!(?:DOCTYPE|ENTITY)", file.read(4096)):
                            raise InvalidError(f"{path.name} holds what no Excel file has.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise InvalidError(f"{path.name} is no Excel file that can be read.") from error


def _cell_text(path: Path, number: int, cell: Any) -> str:  # noqa: ANN401 (cells of openpyxl have no common type)
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise InvalidError(
            f"Row {number} of {path.name} holds a formula.", remedy="Copy the cells and paste them as values."
        )
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _unguarded(str(value).strip())


# -- writing ---------------------------------------------------------------------------------------------------


def to_csv(rows: Iterable[Mapping[Column, str]]) -> bytes:
    """UTF-8 with a mark at its beginning; what a spreadsheet would take for a formula has an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.value for column in Column)
    writer.writerows([_guarded(row.get(column, "")) for column in Column] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Iterable[Mapping[Column, str]]) -> bytes:
    """A workbook of one sheet, in which no cell is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Questions")
    for place, column in enumerate(Column, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column, _WIDTH)
    sheet.freeze_panes = "A2"
    heading = {column: column.value for column in Column}
    for row in itertools.chain([heading], rows):
        cells = []
        for column in Column:
            cell = WriteOnlyCell(sheet, _guarded(_printable(row.get(column, ""))))
            cell.data_type = "s"  # said outright, as the library would take "=" for a formula
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _guarded(text: str) -> str:
    return "'" + text if text.startswith("'") else harmless(text)


def _unguarded(text: str) -> str:
    """Without the apostrophe that `_guarded` put before it."""
    return text[1:] if text.startswith("'") and _guarded(text[1:]) == text else text


def _printable(text: str) -> str:
    """Without the control characters that no workbook may hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Without empty cells at the end."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return list(cells[:last])
