"""Files of lists as they are written and noted, with a log in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.services.table_file import write_table


class NoteKeeper:
    """A log of what was written out.

    Attributes:
        noted: what, as which kind of file, and how many rows.
        reachable: False: nothing can be noted.
    """

    def __init__(self) -> None:
        self.noted: list[tuple[ExportNote, ExportFormat, int]] = []
        self.reachable = True

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None = None) -> None:
        assert path is None or kind == path.suffix[1:]
        if not self.reachable:
            raise OfflineError("The server does not answer.", kept="Nothing was written.")
        self.noted.append((note, kind, rows))


class FakeFiles(NoteKeeper):
    """A `FilePlace`."""

    def write(
        self,
        note: ExportNote,
        path: Path,
        title: str,
        headings: Sequence[str],
        batches: Iterable[Sequence[Sequence[str | int | None]]],
    ) -> int:
        return write_table(path, title, headings, batches, ready=lambda kind, rows: self.note(note, kind, rows))
