"""Tables of records as files: read from whoever sends them, and written for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.record_import import Table


def read_file(path: Path) -> Table:
    """The table of a file, as `services.table_reader` takes it."""
    from mv_desktop.services.table_reader import read_table

    return read_table(path)


def source_of(path: Path) -> SourceFile:
    """Which file this is, for those who look later at what it did."""
    from mv_desktop.services.table_reader import source_file

    return source_file(path)


def write_file(
    path: Path, title: str, headings: Sequence[str], batches: Iterable[Sequence[Sequence[str | int | None]]]
) -> int:
    """Write rows into a file, CSV or a workbook by its name, whole or not at all; answers how many.

    Args:
        path: where to.
        title: of a workbook's sheet.
        headings: of the columns.
        batches: the rows as they come; what it raises ends the work.

    Raises:
        InvalidError: it could not be written there; what stood there stands.
    """
    from mv_desktop.services.table_file import write_csv, write_xlsx

    if path.suffix.casefold() == ".xlsx":
        return write_xlsx(path, title, headings, batches)
    return write_csv(path, headings, batches)
