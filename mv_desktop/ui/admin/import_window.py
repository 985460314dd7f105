"""Files that were brought in: what each did, row by row, and taking one back, whoever brought it in and whenever."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.import_history import (
    CHANGED_SINCE,
    NO_MORE,
    ImportedRow,
    ImportState,
    Outcome,
    PastImport,
    Prospect,
)
from mv_desktop.domain.record import Difference, Slice
from mv_desktop.domain.record_import import ImportStoppedError, Taken, Told
from mv_desktop.ui.admin.difference_table import DifferenceTable
from mv_desktop.ui.admin.exchange import Exchange
from mv_desktop.ui.admin.import_dialog import reporting
from mv_desktop.ui.admin.import_words import DEEDS, IMPORT_HEADINGS, OUTCOMES, ROW_HEADINGS, STATES, prospect_text
from mv_desktop.ui.admin.move_box import MoveBox
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.admin.value_words import Said
from mv_desktop.ui.tasks import Progress, Task, Tasks
from mv_desktop.ui.text import error_text, said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_BACK = {ImportState.INTERRUPTED, ImportState.DONE, ImportState.TAKING_BACK}
Rows = tuple[Mapping[int, ImportedRow], Sequence[TableRow]]


class ImportWindow(QDialog):
    """The imports of one subject above what the selected one did. Taking back is asked about, and can be stopped.

    Args:
        exchange: of the subject.
        labels: what the fields are called, in English.
        told_value: a field's value in the language spoken.
        zone: the school's.

    Signals:
        taken_back(Taken or None): records are others now; None when it was stopped, or failed, on the way.

    Attributes:
        imports, rows, values: what was brought in, what the selected one did, and to the selected record.
        told: what is to be known.
        take, yes, no: take the selected one back; after the question, do so or leave it.
        moves: which deadlines would move, and whether they shall.
    """

    taken_back = Signal(object)

    def __init__(
        self,
        exchange: Exchange,
        labels: Mapping[str, str],
        told_value: Callable[[str, object], str | Said],
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._exchange, self._tasks, self._clock, self._zone = exchange, tasks, clock, zone
        self._found: list[PastImport] = []
        self._more = self._taking = self._stopped = self._asking = False
        self._shown: Mapping[int, ImportedRow] = {}
        self._reading: Task[Any] | None = None
        self._task: Task[Any] | None = None
        self.setWindowTitle(tr("{what}: imports", what=tr(exchange.title)))
        self.resize(spacing(230), spacing(165))
        self.told = SignLabel(self)
        self.imports = FactTable(tr("Imports"), IMPORT_HEADINGS, 0, self)
        self.rows = FactTable(tr("What each row did"), ROW_HEADINGS, 2, self)
        self.rows.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)  # what room is left
        self.values = DifferenceTable(labels, told_value, self)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName(tr("Progress"))
        self.moves = MoveBox(self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, kept in the history"))
        self.take = QPushButton(tr("Take back …"), self)
        self.no, self.yes = QPushButton(tr("Leave it"), self), PrimaryButton(tr("Take it back"), self)
        self._stop, self._close = QPushButton(tr("Stop"), self), QPushButton(tr("Close"), self)
        self._build()
        self.imports.row_selected.connect(self._on_imports_row_selected)
        self.imports.row_opened.connect(lambda _key: self.rows.setFocus())
        self.rows.row_selected.connect(self._on_rows_row_selected)
        self.moves.answered.connect(self._enable)
        tasks.progressed.connect(self._on_tasks_progressed)
        self._load()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Something is being asked or done."""
        return self._task is not None or self._reading is not None

    @property
    def selected(self) -> PastImport | None:
        """The import that is looked at."""
        return next((one for one in self._found if one.import_id == self.imports.selected), None)

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(label)
        foot.addWidget(self.reason, 1)
        for button, slot in (
            (self.take, self._on_take_clicked),
            (self.no, self._on_no_clicked),
            (self.yes, self._on_yes_clicked),
            (self._stop, self._on_stop_clicked),
            (self._close, self.reject),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            foot.addWidget(button)
        self.reason.returnPressed.connect(self._on_take_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        for widget, stretch in (
            (self.imports, 0), (self.rows, 1), (self.values, 0), (self.told, 0), (self._bar, 0), (self.moves, 0),
        ):  # fmt: skip
            column.addWidget(widget, stretch)
        column.addLayout(foot)
        self._enable()

    def _enable(self) -> None:
        one = self.selected
        able = one is not None and one.state in _BACK and not self._taking and not self.moves.asking
        self.take.setEnabled(able)
        self.take.setVisible(not self._asking and not self._taking)
        self.reason.setEnabled(able and not self._asking)
        self.yes.setVisible(self._asking)
        self.no.setVisible(self._asking)
        self._stop.setVisible(self._taking)
        self._bar.setVisible(self._taking)
        self.imports.setEnabled(not self._taking and not self._asking and not self.moves.asking)
        there = bool(self._found)
        for table in (self.imports, self.rows, self.values):
            table.setVisible(there)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._task = self._tasks.run(OFFICE_LANE, work, done, self._on_failed, receiver=self)

    def _load(self, after: PastImport | None = None) -> None:
        self._run(partial(self._exchange.imports, after), partial(self._on_imports, after is None))

    def _withdraw(self) -> None:
        self._asking = False
        self.moves.withdraw()

    def _take_back(self, import_id: UUID, weighed: tuple[Consequence, Sequence[Move]] | None) -> None:
        self._taking, self._stopped = True, False
        reason = self.reason.text().strip()
        self.told.say("info", tr("It is being taken back …"))
        self._bar.setRange(0, 0)

        def work(progress: Progress) -> Taken | None:
            wanted = reporting(progress)
            told: Told = lambda done, total: wanted(done, total) and not self._stopped  # noqa: E731
            try:
                return self._exchange.undo(import_id, reason, weighed, told)
            except ImportStoppedError:
                return None

        self._task = self._tasks.run_reporting(OFFICE_LANE, work, self._on_taken_back, self._on_failed, receiver=self)
        self._enable()
        self._stop.setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imports(self, first: bool, piece: Slice[PastImport]) -> None:  # noqa: FBT001 - bound by `partial`
        self._task, self._more = None, piece.more
        self._found = [*([] if first else self._found), *piece.rows]
        now = self._clock.now()
        self.imports.show_rows([_import_row(one, moment(one.at, now, self._zone)) for one in self._found])
        if not self._found:
            self.told.say("info", tr("No file of these has been brought in yet."))
        self._enable()
        if first and self._found:
            self.imports.setFocus()
            self._on_imports_row_selected(self.imports.selected)

    def _on_imports_row_selected(self, _key: object) -> None:
        one = self.selected
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if one is None or self._taking:
            return
        if self._more and one is self._found[-1] and self._task is None:
            self._load(one)
        read = partial(_all_rows, self._exchange, one.import_id)
        self._reading = self._tasks.run_reporting(OFFICE_LANE, read, self._on_rows, self._on_failed, receiver=self)
        self._enable()

    def _on_rows(self, found: Rows | None) -> None:
        self._reading = None
        if found is not None:
            self._shown = found[0]
            self.rows.show_rows(found[1])
            self._on_rows_row_selected(self.rows.selected)

    def _on_rows_row_selected(self, key: object) -> None:
        row = self._shown.get(key) if isinstance(key, int) else None
        before, after = (row.before or {}, row.after or {}) if row is not None else ({}, {})
        names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
        self.values.show_differences([Difference(name, before.get(name), after.get(name)) for name in names])

    def _on_take_clicked(self, *_: object) -> None:
        one = self.selected
        if one is None or not self.take.isEnabled() or self._task is not None:
            return
        if not self.reason.text().strip():
            self.told.say("warning", tr("Say why; it stands in the history."))
            self.reason.setFocus()
            return
        self._run(partial(self._exchange.prospect, one.import_id), self._on_prospect)

    def _on_prospect(self, found: Prospect) -> None:
        self._task, self._asking = None, True
        self.told.say("warning", prospect_text(found))
        self._enable()
        self.no.setAccessibleDescription(self.told.text)
        self.no.setFocus()

    def _on_no_clicked(self, *_: object) -> None:
        self._withdraw()
        self.told.say("info", "")
        self._enable()
        self.imports.setFocus()

    def _on_yes_clicked(self, *_: object) -> None:
        one = self.selected
        if one is not None and self._task is None:
            self._asking = False
            self._run(partial(self._exchange.weigh_back, one.import_id), partial(self._on_weighed, one.import_id))

    def _on_weighed(self, import_id: UUID, found: Consequence | None) -> None:
        self._task = None
        if found is None or not found.moves:
            self._take_back(import_id, None if found is None else (found, ()))
            return
        go_on = partial(self._on_moving, import_id, found)
        self.moves.ask(found, go_on, self._clock.now(), self._zone, self.imports)
        self._enable()

    def _on_moving(self, import_id: UUID, found: Consequence, moving: Sequence[Move]) -> None:
        self._take_back(import_id, (found, moving))

    def _on_stop_clicked(self, *_: object) -> None:
        self._stopped = True
        self.told.say("info", tr("It is being stopped …"))

    def _on_taken_back(self, taken: Taken | None) -> None:
        self._task, self._taking = None, False
        if taken is None:
            self.told.say("info", tr("Stopped. What is taken back stays so; the rest can be taken back later."))
        else:
            self.told.say("done", tr("Taken back."))
            self.reason.clear()
        self.taken_back.emit(taken)
        self._load()

    def _on_failed(self, error: Exception) -> None:
        was_taking = self._taking
        self._task, self._reading, self._taking = None, None, False
        self._withdraw()
        if isinstance(error, UserError):
            self.told.say("warning", error_text(error))
        else:
            self._tasks.error.emit(error)
        if was_taking:
            self.taken_back.emit(None)
            self._load()
        self._enable()

    def _on_tasks_progressed(self, task: object, done: float, total: float, _text: str) -> None:
        if task is self._task and self._taking:
            self._bar.setRange(0, int(total))
            self._bar.setValue(int(done))

    # -- Qt --------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        if self._taking:
            self._on_stop_clicked()
        elif self.moves.asking:
            self.moves.refuse()
            self._enable()
        elif self._asking:
            self._on_no_clicked()
        else:
            for task in (self._task, self._reading):
                if task is not None:
                    task.cancel()
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._taking:
            self._on_stop_clicked()
            event.ignore()
            return
        super().closeEvent(event)


def _import_row(one: PastImport, at: str) -> TableRow:
    words, icon = STATES[one.state]
    state = Cell(tr(words), icon, "danger" if one.state is ImportState.INTERRUPTED else "muted")
    tip = f"SHA-256 {one.file.sha256}" if one.file.sha256 else ""
    cells = (Cell(one.file.name, tip=tip), Cell(at), Cell(one.by), Cell(str(one.new)), Cell(str(one.changed)), state)
    return TableRow(one.import_id, cells)


def _all_rows(exchange: Exchange, import_id: UUID, progress: Progress) -> Rows | None:
    found: list[ImportedRow] = []
    more = True
    while more:
        if progress.cancelled:
            return None
        piece = exchange.import_rows(import_id, found[-1] if found else None)
        found += piece.rows
        more = piece.more
    return {row.place: row for row in found}, [_row(row) for row in found]


def _row(row: ImportedRow) -> TableRow:
    words, icon = DEEDS[row.deed]
    cells = (Cell("–" if row.row is None else str(row.row)), Cell(tr(words), icon, "muted"), Cell(row.label), _end(row))
    return TableRow(row.place, cells)


def _end(row: ImportedRow) -> Cell:
    if row.outcome is None:
        return Cell("")
    words, icon = OUTCOMES[row.outcome]
    if row.outcome is not Outcome.LEFT:
        return Cell(tr(words), icon, "muted")
    why = _why(row)
    return Cell(tr("Left: {why}", why=why), icon, "danger", why)


def _why(row: ImportedRow) -> str:
    match row.why:
        case str(why) if why == CHANGED_SINCE:
            return tr("{name} has changed it since.", name=row.by) if row.by else tr("It was changed since.")
        case str(why) if why == NO_MORE:
            return tr("It is no more.")
        case why:
            return said(why) if " " in why else tr("The server refused it.")
