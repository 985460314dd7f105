"""Long tables as files for other programs, CSV and Excel: written as the rows come, so that memory does not grow."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from mv_desktop.core.durable import not_written, sync_folder
from mv_desktop.domain.export_note import ExportFormat
from mv_desktop.domain.report_table import About, guarded, printable, sheet_name

Cell = str | int | float | None
Batches = Iterable[Sequence[Sequence[Cell]]]
"""Rows as they come, some at a time; what it raises ends the work, and nothing is written."""
Ready = Callable[[ExportFormat, int], object]
"""Is told as what, and how many rows, once all of it lies beside its place; what it raises leaves what stood there."""

SHEET_ROWS = 1_000_000
"""Excel takes 1,048,576; the others go on in the next sheet."""
_CELL_SIGNS = 32_000
"""Excel takes 32,767."""


def write_table(
    path: Path,
    title: str,
    headings: Sequence[str],
    batches: Batches,
    *,
    about: About | None = None,
    ready: Ready | None = None,
) -> int:
    """Write a workbook where the file's name ends so, else CSV, as `write_xlsx` and `write_csv`."""
    if path.suffix.casefold() == ".xlsx":
        return write_xlsx(path, title, headings, batches, about=about, ready=ready)
    return write_csv(path, headings, batches, ready)


def write_csv(path: Path, headings: Sequence[str], batches: Batches, ready: Ready | None = None) -> int:
    """Write UTF-8 with a mark at its beginning, without which Excel spoils Hindi; answers how many rows.

    Words that a spreadsheet would take for a formula get an apostrophe before them. Whoever may read the file is this
    person alone.

    Raises:
        InvalidError: it could not be written there; what stood there stands.
    """

    def write(out: IO[bytes]) -> int:
        out.write(b"\xef\xbb\xbf")
        lines = csv.writer(_Encoded(out), lineterminator="\r\n")
        lines.writerow([_words(heading) for heading in headings])
        written = 0
        for batch in batches:
            lines.writerows([_words(cell) for cell in row] for row in batch)
            written += len(batch)
        return written

    return _whole(path, write, ExportFormat.CSV, ready)


def write_xlsx(
    path: Path,
    title: str,
    headings: Sequence[str],
    batches: Batches,
    sheet_rows: int = SHEET_ROWS,
    about: About | None = None,
    ready: Ready | None = None,
) -> int:
    """As `write_csv`, a workbook: the headings stay in sight, and no cell is ever a formula.

    Args:
        path: where to.
        title: what the sheets are called, with a number behind it from the second on.
        headings: of the columns, in the reader's language.
        batches: the rows.
        sheet_rows: so many stand in one sheet.
        about: what a last sheet says of it all.
        ready: as `Ready`.
    """

    def write(out: IO[bytes]) -> int:
        # loaded here and not before: nothing that starts the program needs it
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = _sheet(book, title, headings)
        written = 0
        try:
            for batch in batches:
                for row in batch:
                    if written and written % sheet_rows == 0:
                        sheet = _sheet(book, f"{title} {written // sheet_rows + 1}", headings)
                    sheet.append([_cell(sheet, value) for value in row])
                    written += 1
        except BaseException:
            for begun in book.worksheets:  # each is a file of its own until the book is saved
                begun.close()
                begun._writer.cleanup()  # noqa: SLF001 - nothing else takes it away before the program ends
            raise
        if about is not None:
            last = book.create_sheet(sheet_name(about.title))
            for fact in about.facts:
                last.append([_cell(last, words) for words in fact])
        book.save(out)
        return written

    return _whole(path, write, ExportFormat.XLSX, ready)


class _Encoded:
    """What `csv` writes to."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, line: str) -> int:
        return self._out.write(line.encode())


def _sheet(book: Any, title: str, headings: Sequence[str]) -> Any:  # noqa: ANN401 (openpyxl has no types)
    from openpyxl.styles import Font

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    cells = [_cell(sheet, heading) for heading in headings]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    return sheet


def _cell(sheet: Any, value: Cell) -> Any:  # noqa: ANN401
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    words = _words(value)
    cell = WriteOnlyCell(sheet, value=words if len(words) <= _CELL_SIGNS else f"{words[:_CELL_SIGNS]}…")
    cell.data_type = "s"  # said outright, as the library would take "=" for a formula
    return cell


def _words(value: Cell) -> str:
    return "" if value is None else guarded(printable(str(value))) if isinstance(value, str) else str(value)


def _whole(path: Path, write: Callable[[IO[bytes]], int], kind: ExportFormat, ready: Ready | None) -> int:
    """Written aside, synced and renamed: after any failure the old content stands there."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "w+b") as out:
            written = write(out)
            out.flush()
            os.fsync(out.fileno())
        if ready is not None:
            ready(kind, written)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise not_written(error) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return written
