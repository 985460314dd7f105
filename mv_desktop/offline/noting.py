"""What is written out of the program is noted in the audit log, by whatever writes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from mv_desktop.domain.export_note import ExportFormat, ExportNote

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Noting:
    """Of a desk that writes files, or whose pages go to a printer; it sets `_connect`, the person's own login."""

    _connect: Callable[[], AbstractContextManager[Session]]

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note what is written, as `services.export_note.note_export`; nothing may be where this raises."""
        from mv_desktop.services.export_note import note_export

        note_export(self._connect, note, kind, rows, path)
