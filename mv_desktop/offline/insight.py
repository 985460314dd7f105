"""The dashboards for who coordinates or administers: read from the server, written into files. Needs a connection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.durable import save_whole
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
from mv_desktop.domain.report_table import ReportTable, plain, sheet_name
from mv_desktop.offline.noting import Noting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Insight(Noting):
    """Not for the GUI thread. What asks the server raises NotAllowedError to whom it is not for, and OfflineError.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def units(self, chosen: Chosen) -> Units:
        """As `services.insight.read_units`."""
        from mv_desktop.services.insight import read_units

        with self._connect() as session:
            return read_units(session, chosen)

    def predictions(self, chosen: Chosen) -> Predictions:
        """As `services.insight.read_predictions`."""
        from mv_desktop.services.insight import read_predictions

        with self._connect() as session:
            return read_predictions(session, chosen)

    def leaders(self, chosen: Chosen) -> Leaders:
        """As `services.insight.read_leaders`."""
        from mv_desktop.services.insight import read_leaders

        with self._connect() as session:
            return read_leaders(session, chosen)

    def flows(self, chosen: Chosen, today: date) -> Flows:
        """As `services.insight.read_flows`."""
        from mv_desktop.services.insight import read_flows

        with self._connect() as session:
            return read_flows(session, chosen, today)

    def promises(self, chosen: Chosen) -> Promises:
        """As `services.insight.read_promises`."""
        from mv_desktop.services.insight import read_promises

        with self._connect() as session:
            return read_promises(session, chosen)

    def questions(self, chosen: Chosen, order: Order, skip: int) -> QuestionPiece:
        """As `services.insight.read_questions`."""
        from mv_desktop.services.insight import read_questions

        with self._connect() as session:
            return read_questions(session, chosen, order, skip)

    def choices(self, chosen: Chosen, question: UUID) -> Choices:
        """As `services.insight.read_choices`."""
        from mv_desktop.services.insight import read_choices

        with self._connect() as session:
            return read_choices(session, chosen, question)

    def save_table(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        """Write a table, CSV or a workbook by the file's name, whole or not at all; no cell is a formula.

        It is noted in the audit log before it gets its place.

        Raises:
            InvalidError: it could not be written there; what stood there stands.
            OfflineError: it could not be noted; what stood there stands.
        """
        from mv_desktop.services.table_file import write_table

        headings, rows = plain(table)
        ready = partial(self.note, note, path=path)
        write_table(path, sheet_name(table.title), headings, [rows], about=table.about, ready=ready)

    def save_picture(self, path: Path, content: bytes, note: ExportNote, kind: ExportFormat, rows: int) -> None:
        """Write a file, whole or not at all; whoever may read it is this person alone. Noted as `save_table`.

        Args:
            path: where to.
            content: of the file.
            note: of what it is.
            kind: what the picture is.
            rows: how many it shows.

        Raises:
            InvalidError: it could not be written there; what stood there stands.
            OfflineError: it could not be noted; what stood there stands.
        """
        save_whole(path, content, lambda: self.note(note, kind, rows, path))
