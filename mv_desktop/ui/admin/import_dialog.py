"""A file of questions on its way into the bank: which column says what, what each row would do, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.question_column import Column, matched_columns
from mv_desktop.domain.question_import import ImportPlan, Meaning, PlannedRow, Table, Taken
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.tasks import Progress, Task, Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_HEADINGS = ("Row", "What it does", "Column", "Why")
_MEANINGS = {
    Meaning.WRONG: ("Wrong", "warning"),
    Meaning.CHANGED: ("Changes a question", "pen"),
    Meaning.DUPLICATE: ("Duplicate", "copy"),
    Meaning.NEW: ("New", "plus"),
}
"""In the order in which they are listed: what somebody must look at stands first."""
_COLUMNS = {
    Column.ID: "Question ID", Column.CLASS: "Class", Column.UNIT: "Unit", Column.TYPE: "Type", Column.TOPIC: "Topic",
    Column.DIFFICULTY: "Difficulty", Column.MARKS: "Marks", Column.TEXT: "Question", Column.A: "Choice A",
    Column.B: "Choice B", Column.C: "Choice C", Column.D: "Choice D", Column.CORRECT: "Right choice",
    Column.ANSWER: "Answer", Column.SOLUTION: "Solution", Column.STEPS: "Marking scheme", Column.TAGS: "Tags",
    Column.YEAR: "CBSE year",
}  # fmt: skip
"""What can be said by hand which column it is, and how it is called."""
_ACROSS = 3

Told = Callable[[int, int], bool]


class ImportPlace(Protocol):
    """As `offline.office.question_import.QuestionImports`."""

    def read(self, path: Path) -> Table:
        """The table of a file."""
        ...

    def plan(self, table: Table, columns: Mapping[Column, int], told: Told) -> ImportPlan:
        """What it would do."""
        ...

    def perform(
        self, file_name: str, plan: ImportPlan, new_id: IdSource, reason: str, *, active: bool, told: Told
    ) -> UUID:
        """Do it."""
        ...

    def undo(self, import_id: UUID, reason: str) -> Taken:
        """Take it back."""
        ...

    def export(self, path: Path) -> int:
        """Write the bank into a file."""
        ...


class ImportDialog(QDialog):
    """Opens on a file; nothing is written before it was said row by row what will be.

    Args:
        new_id: makes the ids of the import and of its questions.

    Signals:
        imported(UUID, ImportPlan): it is in the bank.
    """

    imported = Signal(object, object)

    def __init__(
        self, place: ImportPlace, path: Path, tasks: Tasks, new_id: IdSource, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._place, self._path, self._tasks, self._new_id = place, path, tasks, new_id
        self._table: Table | None = None
        self._plan: ImportPlan | None = None
        self._task: Task[object] | None = None
        self._boxes: dict[Column, QComboBox] = {}
        self.setWindowTitle(tr("Questions from {file}", file=path.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(spacing(230), spacing(150))
        self._columns = QWidget(self)
        self._grid = QGridLayout(self._columns)
        self.told = SignLabel(self)
        self.rows = FactTable(tr("What each row does"), _HEADINGS, 3, self)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName(tr("Progress"))
        self.active = QCheckBox(tr("Approve new questions at once"), self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, kept in the history"))
        self.go = PrimaryButton(tr("Bring in what is right"), self)
        self._cancel = QPushButton(tr("Cancel"), self)
        self._build()
        self.go.clicked.connect(self._on_go_clicked)
        self._cancel.clicked.connect(self.reject)
        self.finished.connect(self._stop)
        tasks.progressed.connect(self._on_tasks_progressed)
        self._do(partial(_aside, partial(place.read, path)), self._on_read, tr("The file is being read …"))

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Something is being done."""
        return self._task is not None

    def box(self, column: Column) -> QComboBox:
        """Where it is said which column says this."""
        return self._boxes[column]

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._grid.setContentsMargins(0, 0, spacing(2), 0)
        area = QScrollArea(self)
        area.setWidget(self._columns)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        why = QHBoxLayout()
        why.addWidget(label)
        why.addWidget(self.reason, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.active)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(area, 1)
        column.addWidget(self.told)
        column.addWidget(self.rows, 1)
        column.addWidget(self._bar)
        column.addLayout(why)
        column.addLayout(foot)
        self._enable()

    def _ask_columns(self, headings: list[str]) -> None:
        found = matched_columns(headings)
        for number, (column, name) in enumerate(_COLUMNS.items()):
            box = self._boxes[column] = QComboBox(self._columns)
            box.setAccessibleName(tr(name))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.addItem("–", -1)
            for place, heading in enumerate(headings):
                box.addItem(heading, place)
            box.setCurrentIndex(found.get(column, -1) + 1)
            box.currentIndexChanged.connect(self._on_box_changed)
            label = QLabel(tr(name), self._columns)
            label.setBuddy(box)
            self._grid.addWidget(label, number // _ACROSS, number % _ACROSS * 2)
            self._grid.addWidget(box, number // _ACROSS, number % _ACROSS * 2 + 1)
        for across in range(_ACROSS):
            self._grid.setColumnStretch(across * 2 + 1, 1)

    def _look(self) -> None:
        """What the rows would do, their columns meant as it is said now."""
        if self._table is None:
            return
        self._plan = None
        columns = {column: box.currentData() for column, box in self._boxes.items() if box.currentData() >= 0}
        headings = self._table[0]
        others = {column: place for column, place in matched_columns(headings).items() if column not in _COLUMNS}
        work = partial(self._place.plan, self._table, others | columns)
        self._do(lambda progress: work(_told(progress)), self._on_planned, tr("It is worked out what each row does …"))

    def _do(self, work: Callable[[Progress], object], done: Callable[..., None], words: str) -> None:
        self._stop()
        self.told.say("info", words)
        self._bar.setRange(0, 0)
        self._task = self._tasks.run_reporting(OFFICE_LANE, work, done, self._on_failed, receiver=self)
        self._enable()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _enable(self) -> None:
        plan = self._plan
        does = plan is not None and plan.count(Meaning.NEW) + plan.count(Meaning.CHANGED) > 0
        self.go.setEnabled(does and not self.busy)
        self._bar.setVisible(self.busy)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, table: Table) -> None:
        self._task = None
        self._table = table
        self._ask_columns(table[0])
        self._look()

    def _on_box_changed(self, _index: int) -> None:
        self._look()

    def _on_planned(self, plan: ImportPlan) -> None:
        self._task, self._plan = None, plan
        counts = {meaning: plan.count(meaning) for meaning in Meaning}
        self.told.say(
            "warning" if counts[Meaning.WRONG] else "done",
            tr(
                "{rows} rows: {new} new, {changed} changed, {duplicates} duplicates, {wrong} wrong.",
                rows=len(plan.rows), new=counts[Meaning.NEW], changed=counts[Meaning.CHANGED],
                duplicates=counts[Meaning.DUPLICATE], wrong=counts[Meaning.WRONG],
            ),
        )  # fmt: skip
        order = {meaning: place for place, meaning in enumerate(_MEANINGS)}
        self.rows.show_rows([_line(row) for row in sorted(plan.rows, key=lambda row: (order[row.meaning], row.row))])
        self._enable()
        self.reason.setFocus()

    def _on_go_clicked(self) -> None:
        plan, reason = self._plan, self.reason.text().strip()
        if plan is None:
            return
        if not reason:
            self.told.say("warning", tr("Say why; it stands in the history."))
            self.reason.setFocus()
            return
        work = partial(self._place.perform, self._path.name, plan, self._new_id, reason, active=self.active.isChecked())
        self._do(
            lambda progress: work(told=_told(progress)), self._on_performed, tr("The questions are being written …")
        )

    def _on_performed(self, import_id: UUID) -> None:
        self._task = None
        self.imported.emit(import_id, self._plan)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self._enable()
        if isinstance(error, UserError):
            self.told.say("warning", " ".join(filter(None, (said(error.message), said(error.remedy)))))
            if self._plan is None:
                self.rows.show_rows([])
        else:
            self._tasks.error.emit(error)

    def _on_tasks_progressed(self, task: object, done: float, total: float, _text: str) -> None:
        if task is self._task:
            self._bar.setRange(0, int(total))
            self._bar.setValue(int(done))

    # -- Qt --------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)


def _aside(work: Callable[[], Table], _progress: Progress) -> Table:
    return work()


def _told(progress: Progress) -> Told:
    def told(done: int, total: int) -> bool:
        progress.report(done, total)
        return not progress.cancelled

    return told


def _line(row: PlannedRow) -> TableRow:
    words, icon = _MEANINGS[row.meaning]
    wrong = row.meaning is Meaning.WRONG
    return TableRow(
        row.row,
        (
            Cell(str(row.row)),
            Cell(tr(words), icon, "danger" if wrong else "muted"),
            Cell(row.column),
            Cell(said(row.why)),
        ),
    )
