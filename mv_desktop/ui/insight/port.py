"""What the dashboards need of the server and of the disk; called on the lane `INSIGHT_LANE`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Protocol
from uuid import UUID

from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.insight import (
    Choices,
    Chosen,
    Flows,
    Leaders,
    Order,
    Predictions,
    Promises,
    QuestionPiece,
    Units,
)
from mv_desktop.domain.report_table import ReportTable

INSIGHT_LANE = "insight"


class InsightPlace(Protocol):
    """As `offline.insight.Insight`, which raises what its methods say."""

    def units(self, chosen: Chosen) -> Units:
        """What exams earned, unit by unit."""
        ...

    def predictions(self, chosen: Chosen) -> Predictions:
        """Where students stand."""
        ...

    def leaders(self, chosen: Chosen) -> Leaders:
        """The best of each class."""
        ...

    def flows(self, chosen: Chosen, today: date) -> Flows:
        """How much there was."""
        ...

    def promises(self, chosen: Chosen) -> Promises:
        """Whether promises were kept."""
        ...

    def questions(self, chosen: Chosen, order: Order, skip: int) -> QuestionPiece:
        """How questions were answered."""
        ...

    def choices(self, chosen: Chosen, question: UUID) -> Choices:
        """Which choices were taken."""
        ...

    def save_table(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        """Write a table, CSV or a workbook by the file's name."""
        ...

    def save_picture(self, path: Path, content: bytes, note: ExportNote, kind: ExportFormat, rows: int) -> None:
        """Write a picture that was made here."""
        ...

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note what is written otherwise; without a path, what goes to a printer."""
        ...
