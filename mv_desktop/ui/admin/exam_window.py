"""The exams of a student, or those made from a template: where each stands, what came of it, and its paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.exam import ExamStatus
from mv_desktop.domain.exam_record import MOST_EXAMS, ExamRecord
from mv_desktop.domain.export_note import ExportFormat, ExportNote, paper_note
from mv_desktop.domain.marks import format_marks
from mv_desktop.domain.printed_paper import PrintedPaper
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.choice_words import EXAM_STATES, HOLDS
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.paper.print_dialog import Pictures, PrintDialog
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

EXAMS = Act("record.papers", "Exams …")

_OF_STUDENT = ("Exam", "Made on", "State", "Result", "Script")
_OF_TEMPLATE = ("Student", "Made on", "State", "Result", "Script")
_TURNS = {
    ExamStatus.PENDING_UPLOAD: "the student has not put all of her pages in.",
    ExamStatus.UPLOADED: "a teacher is looked for.",
}
"""Of states in which it is somebody's turn who is not named."""
_FACT_LINES = 5
"""So many say everything of one; the room is there from the beginning, so that nothing jumps."""


class ExamPlace(Protocol):
    """As `offline.office.exam_record.ExamRecords`."""

    def of_student(self, student: UUID) -> Sequence[ExamRecord]:
        """Hers, the newest first."""
        ...

    def of_template(self, template: UUID) -> Sequence[ExamRecord]:
        """Those that were made from it, the newest first."""
        ...

    def paper(self, exam: UUID) -> PrintedPaper:
        """The paper of one."""
        ...

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note that a paper leaves; without a path, on paper."""
        ...


@dataclass(frozen=True, slots=True)
class ExamDesk:
    """What opens such windows.

    Attributes:
        pictures: of questions, by their places.
        when: a moment as people say it today.
    """

    place: ExamPlace
    pictures: Pictures
    when: Callable[[datetime], str]

    def of_student(self, student: UUID, name: str, tasks: Tasks, parent: QWidget | None = None) -> ExamWindow:
        """Over hers."""
        return ExamWindow(
            self, tr("Exams of {name}", name=name), _OF_STUDENT, partial(self.place.of_student, student), tasks, parent
        )

    def of_template(self, template: UUID, name: str, tasks: Tasks, parent: QWidget | None = None) -> ExamWindow:
        """Over those that were made from it."""
        title = tr("Exams made from {name}", name=name)
        return ExamWindow(self, title, _OF_TEMPLATE, partial(self.place.of_template, template), tasks, parent)


class ExamWindow(RecordWindow):
    """What is known of the one with the cursor stands below the list; Enter shows its paper as it will look in print.

    Args:
        title: of the window, in the language spoken.
        headings: `_OF_STUDENT` or `_OF_TEMPLATE`.
        read: reads them; called on the lane.

    Attributes:
        table: a row for each exam.
        facts: of the one with the cursor.
        dialog: what is printed; None while nothing is.
    """

    def __init__(
        self,
        desk: ExamDesk,
        title: str,
        headings: Sequence[str],
        read: Callable[[], Sequence[ExamRecord]],
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._headings, self._tasks = desk, headings, tasks
        self._found: dict[UUID, ExamRecord] = {}
        self.dialog: PrintDialog | None = None
        self.setWindowTitle(title)
        self.table = FactTable(title, headings, 0, self)
        self.facts, self.told = ToneLabel("", parent=self), SignLabel(self)
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts.setMinimumHeight(_FACT_LINES * self.facts.fontMetrics().lineSpacing())
        self.print_, close = PrimaryButton(tr("Print its paper …"), self), QPushButton(tr("Close"), self)
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
        column.addWidget(self.facts)
        column.addStretch(1)
        column.addLayout(foot)
        self.resize(spacing(190), spacing(110))
        self.table.row_selected.connect(self._on_table_row_selected)
        self.table.row_opened.connect(self._on_table_row_opened)
        self.print_.clicked.connect(self._on_print_clicked)
        close.clicked.connect(self.reject)
        tasks.run(OFFICE_LANE, read, self._on_exams, self._on_failed, receiver=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _row(self, one: ExamRecord) -> TableRow:
        first = one.template if self._headings == _OF_STUDENT else one.student
        return TableRow(
            one.exam,
            (Cell(first), Cell(self._desk.when(one.made_at)), _state_cell(one), Cell(_result(one)), Cell(one.code)),
        )

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_exams(self, found: Sequence[ExamRecord]) -> None:
        self._found = {one.exam: one for one in found}
        self.table.show_rows([self._row(one) for one in found])
        self.print_.setEnabled(bool(found))
        words = "" if found else tr("There is no exam yet.")
        if len(found) >= MOST_EXAMS:
            words = tr("The {count} newest are shown.", count=len(found))
        self.told.say("info" if words else "", words)
        self._on_table_row_selected(self.table.selected)
        self.table.setFocus()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.told.say("warning", error_text(error))
        else:
            self._tasks.error.emit(error)

    def _on_table_row_selected(self, exam: object) -> None:
        one = self._found.get(exam) if isinstance(exam, UUID) else None
        self.facts.setText("" if one is None else "\n".join(_facts(one, self._desk.when)))

    def _on_print_clicked(self) -> None:
        self._on_table_row_opened(self.table.selected)

    def _on_table_row_opened(self, exam: object) -> None:
        if isinstance(exam, UUID):
            note = partial(self._desk.place.note, paper_note(self._found[exam].template))
            self.dialog = PrintDialog(
                lambda _told: self._desk.place.paper(exam), self._desk.pictures, self._tasks, self, note=note
            )
            self.dialog.finished.connect(self._on_dialog_finished)
            self.dialog.open()

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None


def _state_cell(one: ExamRecord) -> Cell:
    if one.stuck:
        return Cell(tr("Cannot be scored"), "warning", "danger")
    if one.done:
        return Cell(tr(EXAM_STATES[one.status]), "done", "done")
    if one.held is not None:
        return Cell(tr(HOLDS[one.held]), "warning", "soon")
    if one.late:
        return Cell(tr("Late"), "warning", "danger")
    return Cell(tr(EXAM_STATES[one.status]), "clock", "muted")


def _result(one: ExamRecord) -> str:
    if not one.done or one.score is None:
        return "–"
    return tr("{earned} of {marks}", earned=format_marks(one.score), marks=one.marks)


def _facts(one: ExamRecord, when: Callable[[datetime], str]) -> list[str]:
    """Where it stands and what it waits for, what was earned, and its moments."""
    lines = [tr(EXAM_STATES[one.status]) + _waits(one)]
    if one.stuck:
        lines.append(tr("Its paper or its answers are in an odd form; the audit log says more."))
    lines += _earned(one)
    moments = [tr("Made {moment}", moment=when(one.made_at))]
    if one.began_at is not None:
        moments.append(tr("begun {moment}", moment=when(one.began_at)))
    if one.handed_in_at is not None:
        moments.append(tr("handed in {moment}", moment=when(one.handed_in_at)))
    if one.pages:
        moments.append(tr_count("{count} file of pages", "{count} files of pages", one.pages))
    lines.append(" · ".join(moments))
    if one.teacher:
        lines.append(_marking(one, when))
    return lines


def _waits(one: ExamRecord) -> str:
    """Whose turn it is; "" where nobody's."""
    if one.held is not None:
        return ": " + tr("its script was taken out of marking; the cases say why.")
    return ": " + tr(_TURNS[one.status]) if one.status in _TURNS else ""


def _earned(one: ExamRecord) -> list[str]:
    choices, written, score = (format_marks(value or Decimal(0)) for value in (one.choices, one.written, one.score))
    if one.done and one.score is not None:
        share = "–" if one.percentage is None else f"{one.percentage} %"
        return [
            tr(
                "{score} of {marks} marks, {share}: {choices} by choices, {written} written",
                score=score, marks=one.marks, share=share, choices=choices, written=written,
            )
        ]  # fmt: skip
    return [tr("So far {choices} marks by choices", choices=choices)] if one.handed_in_at and one.choices else []


def _marking(one: ExamRecord, when: Callable[[datetime], str]) -> str:
    if one.marked_at is not None:
        words = tr("Marked by {teacher}, {moment}", teacher=one.teacher, moment=when(one.marked_at))
    else:
        due = "–" if one.due_at is None else when(one.due_at)
        words = tr("With {teacher}, due {moment}", teacher=one.teacher, moment=due)
    return f"{words} · {tr('Late')}" if one.late else words
