"""Tables of records as files: read from whoever sends them, and written for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mv_desktop.domain.export_note import ExportNote
from mv_desktop.domain.heading import Matching
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.workbook import Chosen, TableFile
from mv_desktop.offline.noting import Noting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def read_file(path: Path, matching: Matching, sheet: str = "") -> TableFile:
    """The table of a file, as `services.table_reader` takes it."""
    from mv_desktop.services.table_reader import read_table

    return read_table(path, matching, sheet)


def source_of(path: Path, chosen: Chosen) -> SourceFile:
    """Which file this is, and which sheet of it was read, for those who look later at what it did."""
    from mv_desktop.services.table_reader import source_file

    return source_file(path, chosen)


class TableFiles(Noting):
    """Writes lists into files; each is noted in the audit log before it gets its place.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def write(
        self,
        note: ExportNote,
        path: Path,
        title: str,
        headings: Sequence[str],
        batches: Iterable[Sequence[Sequence[str | int | None]]],
    ) -> int:
        """Write rows into a file, CSV or a workbook by its name, whole or not at all; answers how many.

        Args:
            note: of what they are.
            path: where to.
            title: of a workbook's sheet.
            headings: of the columns.
            batches: the rows as they come; what it raises ends the work.

        Raises:
            InvalidError: it could not be written there; what stood there stands.
            OfflineError: it could not be noted; what stood there stands.
        """
        from mv_desktop.services.table_file import write_table

        ready = partial(self.note, note, path=path)
        return write_table(path, title, headings, batches, ready=ready)
