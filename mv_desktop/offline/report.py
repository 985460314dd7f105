"""Reports for who coordinates or administers: counted by the server, and written into files. Needs a connection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from mv_desktop.core.durable import save_whole
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.report import Compliance, PaceReport, QuestionReport, Span, Volume
from mv_desktop.domain.report_table import ReportTable
from mv_desktop.offline.noting import Noting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Reports(Noting):
    """Not for the GUI thread. What asks the server raises NotAllowedError to whom it is not for, and OfflineError.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def compliance(self, span: Span) -> Compliance:
        """As `services.report.read_compliance`."""
        from mv_desktop.services.report import read_compliance

        with self._connect() as session:
            return read_compliance(session, span)

    def volume(self, span: Span) -> Volume:
        """As `services.report.read_volume`."""
        from mv_desktop.services.report import read_volume

        with self._connect() as session:
            return read_volume(session, span)

    def pace(self, span: Span) -> PaceReport:
        """As `services.report.read_pace`."""
        from mv_desktop.services.report import read_pace

        with self._connect() as session:
            return read_pace(session, span)

    def questions(self, span: Span) -> QuestionReport:
        """As `services.report.read_questions`."""
        from mv_desktop.services.report import read_questions

        with self._connect() as session:
            return read_questions(session, span)

    def save_csv(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        """Write a table for any program, whole or not at all; whoever may read it is this person alone.

        It is noted in the audit log before it gets its place.

        Raises:
            InvalidError: it could not be written there; what stood there stands.
            OfflineError: it could not be noted; what stood there stands.
        """
        from mv_desktop.services.report_file import to_csv

        self._save(path, to_csv(table), note, ExportFormat.CSV, len(table.rows))

    def save_xlsx(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        """Write a table for Excel. Raises as `save_csv`."""
        from mv_desktop.services.report_file import to_xlsx

        self._save(path, to_xlsx(table), note, ExportFormat.XLSX, len(table.rows))

    # -- private ---------------------------------------------------------------------------------------------

    def _save(self, path: Path, content: bytes, note: ExportNote, kind: ExportFormat, rows: int) -> None:
        save_whole(path, content, lambda: self.note(note, kind, rows, path))
