"""The papers that were made from a template, to be printed as their students have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.export_note import ExportFormat, ExportNote, paper_note
from mv_desktop.domain.printed_paper import PrintedPaper
from mv_desktop.domain.template import MOST_PAPERS, MadePaper
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.paper.print_dialog import Pictures, PrintDialog
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_HEADINGS = ("Script", "Made on", "Marks")


class MadePaperPlace(Protocol):
    """As `offline.office.template.Templates`."""

    def papers(self, template: UUID) -> Sequence[MadePaper]:
        """Those that were made from it, the newest first."""
        ...

    def paper(self, exam: UUID) -> PrintedPaper:
        """One of them."""
        ...

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note that a paper leaves; without a path, on paper."""
        ...


class PaperWindow(RecordWindow):
    """Enter shows the one with the cursor as it will look on paper.

    Args:
        when: a moment as people say it today.

    Attributes:
        table: a row for each paper.
        dialog: what is printed; None while nothing is.
    """

    def __init__(
        self,
        place: MadePaperPlace,
        template: UUID,
        name: str,
        tasks: Tasks,
        pictures: Pictures,
        when: Callable[[datetime], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._pictures, self._when = place, tasks, pictures, when
        self._note = partial(place.note, paper_note(name))
        self.dialog: PrintDialog | None = None
        self.setWindowTitle(tr("Papers from {name}", name=name))
        self.table = FactTable(tr("Papers that were made from it"), _HEADINGS, 1, self)
        self.told = SignLabel(self)
        self.print_, close = PrimaryButton(tr("Print …"), self), QPushButton(tr("Close"), self)
        self.print_.setEnabled(False)
        for button in (close, self.print_):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self.told, 1)
        foot.addWidget(close)
        foot.addWidget(self.print_)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(self.table)
        column.addStretch(1)
        column.addLayout(foot)
        self.resize(spacing(130), spacing(95))
        self.table.row_opened.connect(self._on_table_row_opened)
        self.print_.clicked.connect(self._on_print_clicked)
        close.clicked.connect(self.reject)
        tasks.run(OFFICE_LANE, partial(place.papers, template), self._on_papers, self._on_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_papers(self, found: Sequence[MadePaper]) -> None:
        rows = [TableRow(one.exam, (Cell(one.code), Cell(self._when(one.at)), Cell(str(one.marks)))) for one in found]
        self.table.show_rows(rows)
        self.print_.setEnabled(bool(rows))
        words = "" if rows else tr("No paper was made from it yet.")
        if len(rows) >= MOST_PAPERS:
            words = tr("The {count} newest are shown.", count=len(rows))
        self.told.say("info" if words else "", words)
        self.table.setFocus()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.told.say("warning", error_text(error))
        else:
            self._tasks.error.emit(error)

    def _on_print_clicked(self) -> None:
        self._on_table_row_opened(self.table.selected)

    def _on_table_row_opened(self, exam: object) -> None:
        if isinstance(exam, UUID):
            self.dialog = PrintDialog(
                lambda _told: self._place.paper(exam), self._pictures, self._tasks, self, note=self._note
            )
            self.dialog.finished.connect(self._on_dialog_finished)
            self.dialog.open()

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None
