"""What reports need of the server and of the disk; called on the lane `REPORT_LANE`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.report import Compliance, PaceReport, QuestionReport, Span, Volume
from mv_desktop.domain.report_table import ReportTable

REPORT_LANE = "report"


class ReportPlace(Protocol):
    """As `offline.report.Reports`, which raises what its methods say."""

    def compliance(self, span: Span) -> Compliance:
        """Whether promises were kept."""
        ...

    def volume(self, span: Span) -> Volume:
        """How much there was."""
        ...

    def pace(self, span: Span) -> PaceReport:
        """How long scripts took."""
        ...

    def questions(self, span: Span) -> QuestionReport:
        """How questions were answered."""
        ...

    def save_csv(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        """Write a table for any program."""
        ...

    def save_xlsx(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        """Write a table for Excel."""
        ...

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note what is written otherwise; without a path, what goes to a printer."""
        ...
