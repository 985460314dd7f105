"""A file on its way into the records: which column says what, what each row would do, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
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

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import ConflictError, OfflineError, UserError
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.record_import import ImportStoppedError, Meaning, Table, Told
from mv_desktop.domain.workbook import NO_SHEET, Chosen, SheetError, TableFile, names_text
from mv_desktop.offline.office.record_file import source_of
from mv_desktop.ui.admin.exchange import Exchange, Plan, PlanLine
from mv_desktop.ui.admin.move_box import MoveBox
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.tasks import Progress, Task, Tasks, breathe
from mv_desktop.ui.text import error_text, said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.math_words import in_a_line
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_HEADINGS = ("Row", "What it does", "Record", "Column", "Why")
_MEANINGS = {
    Meaning.WRONG: ("Wrong", "warning"),
    Meaning.CHANGED: ("Changed", "pen"),
    Meaning.DUPLICATE: ("Duplicate", "copy"),
    Meaning.NEW: ("New", "plus"),
}
"""In the order in which they are listed: what somebody must look at stands first."""
_SHOWN, _LETTERS = 36, 300
"""So much of what tells a record is seen in a line, and so much is read of it."""
_ACROSS = 3
_SHEET_LETTERS = 24
"""So much of a sheet's name is seen; Excel writes no more than 31."""

T = TypeVar("T")


class ImportDialog(QDialog):
    """Opens on a file; nothing is written before it was said row by row what will be.

    While it is being written it stays until it is known whether anything was: what was can be taken back, and first
    passwords are shown once.

    Args:
        exchange: of the subject.
        zone: the school's.

    Signals:
        imported(object, Plan): it is done; what it can be taken back by, and what it did.

    Attributes:
        sheet: which one of a workbook is read; another one can be chosen.
        unread: names those that could be meant as well.
        moves: which deadlines would move, and whether they shall.
    """

    imported = Signal(object, object)

    def __init__(
        self,
        exchange: Exchange,
        path: Path,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._exchange, self._path, self._tasks = exchange, path, tasks
        self._clock, self._zone = clock, zone
        self._table: Table | None = None
        self._file = SourceFile(path.name)
        self._plan: Plan | None = None
        self._task: Task[object] | None = None
        self._writing = self._stopped = False
        self._overtaken = ""  # why it is looked at anew
        self._unsure = False  # no answer came: it may have been written
        self._sent: Mapping[Meaning, int] = {}  # what it then was to do
        self._cut = False  # the server did not say what the rows would do
        self._boxes: dict[str, QComboBox] = {}
        self._matched: Mapping[str, int] = {}  # what the boxes said by themselves
        self._by_hand: dict[str, str] = {}  # headings that somebody has chosen instead
        self.setWindowTitle(tr("{what} from {file}", what=tr(exchange.title), file=path.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(spacing(230), spacing(160))
        self.sheet = QComboBox(self)
        self._sheet_label = QLabel(tr("&Sheet"), self)
        self.unread = SignLabel(self)
        self._columns = QWidget(self)
        self._grid = QGridLayout(self._columns)
        self.told = SignLabel(self)
        self.rows = FactTable(tr("What each row does"), _HEADINGS, len(_HEADINGS) - 1, self)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName(tr("Progress"))
        self.moves = MoveBox(self)
        self.option = QCheckBox(tr(exchange.option), self)
        self.option.setVisible(bool(exchange.option))
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
        self.sheet.currentIndexChanged.connect(self._on_sheet_changed)
        self._show_sheets(NO_SHEET)
        self._read("")

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Something is being done."""
        return self._task is not None

    def box(self, column: str) -> QComboBox:
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
        self.sheet.setAccessibleName(tr("Sheet"))
        self.sheet.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.sheet.setMinimumContentsLength(_SHEET_LETTERS)
        self._sheet_label.setBuddy(self.sheet)
        sheets = QHBoxLayout()
        sheets.addWidget(self._sheet_label)
        sheets.addWidget(self.sheet)
        sheets.addWidget(self.unread, 1, Qt.AlignmentFlag.AlignVCenter)
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        why = QHBoxLayout()
        why.addWidget(label)
        why.addWidget(self.reason, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.option)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addLayout(sheets)
        column.addWidget(area, 1)
        column.addWidget(self.told)
        column.addWidget(self.rows, 1)
        column.addWidget(self._bar)
        column.addWidget(self.moves)
        column.addLayout(why)
        column.addLayout(foot)
        self._enable()

    def _read(self, sheet: str) -> None:
        """Read the file, or a sheet of it; nothing that was said of another sheet holds."""
        self.moves.withdraw()
        self._table = self._plan = None
        self._overtaken, self._unsure, self._sent = "", False, {}
        self._forget_columns()
        self.rows.show_rows([])
        work = partial(_read, self._exchange, self._path, sheet)
        self._do(partial(_aside, work), self._on_read, tr("The file is being read …"))

    def _show_sheets(self, chosen: Chosen) -> None:
        """Say which sheet is read, of a file that has any."""
        before = self.sheet.blockSignals(True)
        self.sheet.clear()
        self.sheet.addItems(chosen.there)
        self.sheet.setCurrentIndex(self.sheet.findText(chosen.read))
        self.sheet.blockSignals(before)
        for widget in (self._sheet_label, self.sheet):
            widget.setVisible(bool(chosen.read))
        self.unread.setVisible(bool(chosen.unread))
        if chosen.unread:
            names = names_text(chosen.unread)
            self.unread.say("warning", tr("Not read, although their headings fit: {names}.", names=names))

    def _forget_columns(self) -> None:
        for column, box in self._boxes.items():
            if box.currentData() not in {-1, self._matched.get(column, -1)}:
                self._by_hand[column] = box.currentText()
        self._boxes.clear()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _ask_columns(self, headings: list[str]) -> None:
        """Which column says what; what was said by hand holds where another sheet has the same heading."""
        self._matched = self._exchange.matched(headings)
        by_hand = {column: headings.index(name) for column, name in self._by_hand.items() if name in headings}
        found = {**self._matched, **by_hand}
        for number, (column, name) in enumerate(self._exchange.columns.items()):
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
        for one, following in pairwise((self.sheet, *self._boxes.values(), self.rows)):
            self.setTabOrder(one, following)  # they are made after what stands below them

    def _look(self) -> None:
        """What the rows would do, their columns meant as it is said now."""
        if self._table is None:
            return
        self.moves.withdraw()
        self._plan = None
        columns = {column: box.currentData() for column, box in self._boxes.items() if box.currentData() >= 0}
        headings = self._table[0]
        others = {name: at for name, at in self._exchange.matched(headings).items() if name not in self._boxes}
        work = partial(_planned, self._exchange, self._table, others | columns)
        self._do(
            lambda progress: work(reporting(progress)), self._on_planned, tr("It is worked out what each row does …")
        )

    def _do(self, work: Callable[[Progress], object], done: Callable[..., None], words: str) -> None:
        self._stop()
        self._cut = False
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
        wrong = plan is not None and plan.count(Meaning.WRONG) > 0
        words = tr("Bring in what is right") if wrong else tr("Bring in all of it")
        self.go.setText(tr("Try again") if self._cut else words)
        self.go.setEnabled((does or self._cut) and not self.busy)
        self._bar.setVisible(self.busy)
        self._columns.setEnabled(not self._writing)
        self.sheet.setEnabled(self.sheet.count() > 1 and not self._writing)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, found: tuple[TableFile, SourceFile]) -> None:
        self._task = None
        (self._table, chosen), self._file = found
        self._show_sheets(chosen)
        self._ask_columns(self._table[0])
        self._look()

    def _on_sheet_changed(self, _index: int) -> None:
        self._read(self.sheet.currentText())

    def _on_box_changed(self, _index: int) -> None:
        self._look()

    def _on_planned(self, found: tuple[Plan, Sequence[TableRow]]) -> None:
        self._task, (plan, lines) = None, found
        self._plan = plan
        counts, unsure, self._unsure = _counts(plan), self._unsure, False
        if unsure and counts == self._sent:  # nothing of it had come
            self._on_go_clicked()
            return
        if unsure:
            self._overtaken = tr("Nobody knew whether it was written: it was looked at again.")
        words = tr_count(
            "{count} row: {new} new, {changed} changed, {duplicates} duplicate, {wrong} wrong.",
            "{count} rows: {new} new, {changed} changed, {duplicates} duplicate, {wrong} wrong.",
            len(plan.rows), new=counts[Meaning.NEW], changed=counts[Meaning.CHANGED],
            duplicates=counts[Meaning.DUPLICATE], wrong=counts[Meaning.WRONG],
        )  # fmt: skip
        if self._overtaken:
            words = f"{self._overtaken}\n{tr('Now it would be: {counts}', counts=words)}"
        self.told.say("warning" if counts[Meaning.WRONG] or self._overtaken else "done", words)
        self._overtaken = ""
        self.rows.show_rows(lines)
        self._enable()
        if not isinstance(self.focusWidget(), QComboBox):  # somebody who chooses may go on choosing
            self.reason.setFocus()

    def _on_go_clicked(self) -> None:
        plan, reason = self._plan, self.reason.text().strip()
        if self._cut:
            self._look()
            return
        if plan is None:
            return
        if self._unsure:
            self._sent = _counts(plan)
            self._look()
            return
        if not reason:
            self.told.say("warning", tr("Say why; it stands in the history."))
            self.reason.setFocus()
            return
        self.moves.withdraw()
        self._do(
            partial(_aside, partial(self._exchange.weigh, plan)),
            self._on_weighed,
            tr("It is looked at which deadlines move …"),
        )

    def _on_weighed(self, found: Consequence | None) -> None:
        self._task = None
        self._enable()
        if found is None or not found.moves:
            self._perform(None if found is None else (found, ()))
            return
        self.told.say("info", tr("Nothing is written yet."))
        self.moves.ask(found, lambda moving: self._perform((found, moving)), self._clock.now(), self._zone, self.reason)

    def _perform(self, weighed: tuple[Consequence, Sequence[Move]] | None) -> None:
        work = partial(
            self._exchange.perform, self._file, self._plan, self.reason.text().strip(),
            ticked=self.option.isChecked(), weighed=weighed,
        )  # fmt: skip
        self._writing, self._stopped = True, False
        self._do(
            lambda progress: work(told=self._while_wanted(progress)), self._on_performed, tr("It is being written …")
        )

    def _while_wanted(self, progress: Progress) -> Told:
        told = reporting(progress)
        return lambda done, total: told(done, total) and not self._stopped

    def _on_performed(self, done: object) -> None:
        self._task, self._writing = None, False
        self.imported.emit(done, self._plan)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._unsure = self._unsure or (self._writing and isinstance(error, OfflineError))
        self._cut = self._table is not None and self._plan is None and isinstance(error, OfflineError)
        self._task, self._writing = None, False
        if isinstance(error, SheetError):
            self._show_sheets(error.chosen)
        if self._stopped:
            if not isinstance(error, (ImportStoppedError, UserError)):
                self._tasks.error.emit(error)
            self.reject()
            return
        self._enable()
        if isinstance(error, ConflictError):
            self._overtaken = error_text(error)
            self._look()  # what was worked out before is so no more, and would be refused again
        elif isinstance(error, UserError):
            self._overtaken = ""
            self.told.say("warning", error_text(error))
            if self._plan is None:
                self.rows.show_rows([])
        else:
            self._tasks.error.emit(error)

    def _on_tasks_progressed(self, task: object, done: float, total: float, _text: str) -> None:
        if task is self._task:
            self._bar.setRange(0, int(total))
            self._bar.setValue(int(done))

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.moves.asking:
            self.moves.refuse()
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        if self._writing:
            self._stopped = True
            self._cancel.setEnabled(False)
            self.told.say("info", tr("It is being stopped …"))
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._writing:
            self.reject()
            event.ignore()
            return
        self._stop()
        super().closeEvent(event)


def _read(exchange: Exchange, path: Path, sheet: str) -> tuple[TableFile, SourceFile]:
    found = exchange.read(path, sheet)
    return found, source_of(path, found.chosen)


def _counts(plan: Plan) -> Mapping[Meaning, int]:
    return {meaning: plan.count(meaning) for meaning in Meaning}


def _aside(work: Callable[[], T], _progress: Progress) -> T:
    return work()


def reporting(progress: Progress) -> Told:
    """Tells how far a work on a lane is, lets the window go on, and says whether anybody still waits."""

    def told(done: int, total: int) -> bool:
        progress.report(done, total, "" if total or not done else f"{done:,}")
        breathe()
        return not progress.cancelled

    return told


def _planned(
    exchange: Exchange, table: Table, columns: Mapping[str, int], told: Told
) -> tuple[Plan, Sequence[TableRow]]:
    """What a table would do, and how that is shown: made beside the window, for a file may have ten thousand rows."""
    plan = exchange.plan(table, columns, told)
    places = [columns[name] for name in exchange.telling if name in columns]
    records = {number: _record([cells[place] for place in places if place < len(cells)]) for number, cells in table[1]}
    order = {meaning: place for place, meaning in enumerate(_MEANINGS)}
    rows = sorted(plan.rows, key=lambda row: (order[row.meaning], row.row))
    return plan, [_line(row, records.get(row.row, "")) for row in rows]


def _record(cells: Sequence[str]) -> str:
    """What cells say together, in a line."""
    words = " ".join(" ".join(cells)[:_LETTERS].split())
    return in_a_line(words) if "$" in words else words


def _line(row: PlanLine, record: str) -> TableRow:
    words, icon = _MEANINGS[row.meaning]
    wrong = row.meaning is Meaning.WRONG
    return TableRow(
        row.row,
        (
            Cell(str(row.row)),
            Cell(tr(words), icon, "danger" if wrong else "muted"),
            Cell(record if len(record) <= _SHOWN else record[:_SHOWN].rstrip() + "…", tip=record),
            Cell(row.column),
            Cell(said(row.why)),
        ),
    )
