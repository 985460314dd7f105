"""The reports: a list of them on the left; on the right the days, a chart above a table, and files of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from enum import Enum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.export_note import ExportNote, days_note
from mv_desktop.domain.report import Span
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.coordination.report.port import REPORT_LANE, ReportPlace
from mv_desktop.ui.coordination.report.wording import TOPICS, Report, Topic, shown
from mv_desktop.ui.paper.page_dialog import PageDialog
from mv_desktop.ui.paper.report import lay_report
from mv_desktop.ui.paper.sheet import LYING
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import error_text, said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.chart_view import ChartView
from mv_desktop.ui.widgets.deadline_text import day as day_text
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.report_table import ReportTableView
from mv_desktop.ui.widgets.report_text import Shown, about_table, span_text
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.span_picker import NO_SPAN, SpanPicker
from mv_desktop.ui.widgets.tone_label import ToneLabel


class FileKind(Enum):
    """The files that a report can be written into, with their endings."""

    CSV = "csv"
    XLSX = "xlsx"


_FILES = {FileKind.CSV: "CSV", FileKind.XLSX: "Excel"}

_PRINT = "print"
"""The name of the command, and of its button."""

_READ = {
    Topic.DAYS: "compliance",
    Topic.PLANS: "compliance",
    Topic.TEACHERS: "compliance",
    Topic.VOLUME: "volume",
    Topic.PACE: "pace",
    Topic.QUESTIONS: "questions",
}
"""What the server is asked for; what serves three topics is asked for once."""


class ReportScreen(QWidget):
    """Reports for who coordinates; what was read stays readable without a network.

    Signals:
        saved(Path): a file was written.

    Attributes:
        actions_by_id: its commands, for the palette.
        dialog: shows what is printed; None while nothing is.

    Args:
        zone: the school's, in which days are days.
    """

    saved = Signal(object)

    def __init__(
        self,
        place: ReportPlace,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._clock, self._zone = place, tasks, clock, zone
        self._kept: dict[tuple[str, Span], tuple[Report, datetime]] = {}
        self._asked: tuple[str, Span] | None = None
        self._task: Task[Report] | None = None
        self._shown: Shown | None = None
        self.dialog: PageDialog | None = None
        self._build()
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.REPORT, self._handlers(), keys)
        for name, button in self._buttons.items():
            action = self.actions_by_id[f"report.{name}"]
            button.clicked.connect(action.trigger)
            follow_tip(button, action)
        mark_parts(self._list, self._picker, self._stack)
        self.setFocusProxy(self._list)
        self._list.setCurrentRow(0)
        self._list.currentRowChanged.connect(self._on_list_row_changed)
        self._picker.picked.connect(self._on_picker_picked)
        self._show_what_can_be_done()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def topic(self) -> Topic:
        """Which report is looked at."""
        return list(Topic)[max(0, self._list.currentRow())]

    @property
    def shown(self) -> Shown | None:
        """What stands there; None while nothing was read of these days, or nothing happened in them."""
        return self._shown

    @property
    def told(self) -> str:
        """What is said below the title: the sum, what goes on, or what went wrong."""
        return self._told.text

    def show_topic(self, topic: Topic) -> None:
        """Look at another report."""
        self._list.setCurrentRow(list(Topic).index(topic))

    def refresh(self) -> None:
        """Ask the server again, whatever was read; that stays until it has answered."""
        self._look(again=True)

    @property
    def inner(self) -> dict[str, Callable[[], object]]:
        """What each of them is called, in English, and what shows it."""
        return {name: partial(self._list.setCurrentRow, row) for row, name in enumerate(TOPICS.values())}

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._list = QListWidget(self)
        self._list.setAccessibleName(tr("Reports"))
        self._list.addItems([tr(name) for name in TOPICS.values()])
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFixedWidth(self._list.sizeHintForColumn(0) + spacing(8))
        self._picker = SpanPicker(lambda: self._clock.now().astimezone(self._zone).date(), self)
        self._buttons = {
            kind.value: self._button(_FILES[kind], tr("Save as {kind}", kind=_FILES[kind])) for kind in FileKind
        }
        self._buttons[_PRINT] = self._button(tr("Print"), tr("Print"))
        self._summary = ToneLabel("", "text", self, factor=1.15, strong=True)
        self._summary.setWordWrap(True)
        self._told = SignLabel(self)
        self._chart, self._table = ChartView(self), ReportTableView(self)
        both = QSplitter(Qt.Orientation.Vertical, self)
        both.setChildrenCollapsible(False)
        both.addWidget(self._chart)
        both.addWidget(self._table)
        both.setSizes([spacing(70), spacing(70)])
        self._empty = EmptyState(self)
        self._empty.action_requested.connect(self.refresh)
        self._both = both
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(both)
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._picker, 1)
        for button in self._buttons.values():
            top.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(spacing(3))
        column.addLayout(top)
        column.addWidget(self._summary)
        column.addWidget(self._told)
        column.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        row.setSpacing(spacing(4))
        row.addWidget(self._list)
        row.addLayout(column, 1)

    def _button(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setAccessibleName(name)
        return button

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "report.refresh": self.refresh,
            "report.next": partial(self._step, 1),
            "report.previous": partial(self._step, -1),
            "report.days": self._picker.setFocus,
            "report.print": self._print_out,
            **{f"report.{kind.value}": partial(self._ask_where, kind) for kind in FileKind},
        }

    def _step(self, by: int) -> None:
        self._list.setCurrentRow(min(max(self._list.currentRow() + by, 0), self._list.count() - 1))

    # -- reading ---------------------------------------------------------------------------------------------

    def _look(self, *, again: bool = False) -> None:
        """Show what was read of these days, or ask for it."""
        span = self._picker.span
        if span is None:
            self._shown = None  # of another report, or of other days than are chosen
            self._say_nothing("info", *map(tr, NO_SPAN))
            self._show_what_can_be_done()
            return
        wanted = (_READ[self.topic], span)
        if wanted in self._kept and not again:
            self._told.say("", "")
            self._show(self._kept[wanted][0])
            return
        if wanted == self._asked and not again:
            return
        if self._task is not None:
            self._task.cancel()
        self._asked = wanted
        if self._shown is None or not again:
            self._shown = None
            self._say_nothing("clock", tr("Counting …"), tr("The server counts all of these days."))
        else:
            self._told.say("info", tr("Counting …"))
        work: Callable[[], Report] = partial(getattr(self._place, wanted[0]), span)
        self._task = self._tasks.run(
            REPORT_LANE, work, partial(self._on_read, wanted), self._on_read_failed, receiver=self
        )
        self._show_what_can_be_done()

    def _show(self, report: Report) -> None:
        found = shown(self.topic, report)
        self._summary.setText(found.summary)
        if found.empty:
            self._shown = None
            self._say_nothing("info", tr("Nothing in these days"), tr("Choose other days above."))
        else:
            self._shown = found
            self._chart.show_chart(found.chart)
            # without bars there is nothing to see; the table keeps its place then
            self._chart.setVisible(bool(found.chart.bars))
            self._table.show_table(found.table)
            self._stack.setCurrentWidget(self._both)
            self._summary.show()
        self._show_what_can_be_done()

    def _say_nothing(self, icon: str, title: str, sentence: str, button: str = "") -> None:
        had_focus = self._table.hasFocus()
        self._summary.hide()
        self._told.say("", "")
        self._empty.tell(icon, title, sentence, button)
        self._stack.setCurrentWidget(self._empty)
        if had_focus:
            self._list.setFocus()

    # -- paper and files -------------------------------------------------------------------------------------

    def _print_out(self) -> None:
        """Chart and table on paper, or as PDF: as they will look, first."""
        if self._shown is None:
            return
        make = partial(lay_report, self._shown, self._as_of(), self._file_name())
        note, rows = self._note(), len(self._shown.table.rows)
        self.dialog = PageDialog(
            make, self._tasks, self, noted=lambda kind, path: self._place.note(note, kind, rows, path), sheet=LYING
        )
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    def _ask_where(self, kind: FileKind) -> None:
        if self._shown is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, tr("Save as {kind}", kind=_FILES[kind]), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters([f"{_FILES[kind]} (*.{kind.value})"])
        dialog.setDefaultSuffix(kind.value)
        dialog.selectFile(self._file_name())
        # what was looked at when it was asked for, whatever is looked at when the folder is found
        dialog.fileSelected.connect(partial(self._save, kind, self._with_about(self._shown), self._note()))
        dialog.open()

    def _file_name(self) -> str:
        span, at = self._picker.span, self._counted_at()
        days = "" if span is None else f" {span.first:%Y-%m-%d} {span.last:%Y-%m-%d}"
        as_of = "" if at is None else f" ({at:%Y-%m-%d %H%M})"  # a CSV has no other place for it
        return f"{tr(TOPICS[self.topic])}{days}{as_of}"

    def _counted_at(self) -> datetime | None:
        """When the server counted what is looked at."""
        span = self._picker.span
        kept = None if span is None else self._kept.get((_READ[self.topic], span))
        return None if kept is None else kept[1].astimezone(self._zone)

    def _as_of(self) -> str:
        at = self._counted_at()
        return "" if at is None else tr("As of {moment}.", moment=f"{day_text(at.date(), year=True)} {at:%H:%M}")

    def _note(self) -> ExportNote:
        """What the audit log says of what is written."""
        return days_note(f"report.{self.topic}", self._picker.span)

    def _with_about(self, report: Shown) -> Shown:
        span, as_of = self._picker.span, self._as_of()
        if span is None or not as_of:
            return report
        about = about_table(report.table.title, report.summary, as_of, {tr("Days"): span_text(span)})
        return replace(report, table=replace(report.table, about=about))

    def _save(self, kind: FileKind, report: Shown, note: ExportNote, path: str) -> None:
        to = Path(path)
        self._told.say("info", tr("The file is being written …"))
        work: Callable[[], None] = {
            FileKind.CSV: partial(self._place.save_csv, to, report.table, note),
            FileKind.XLSX: partial(self._place.save_xlsx, to, report.table, note),
        }[kind]
        self._tasks.run(REPORT_LANE, work, partial(self._on_saved, to), self._on_save_failed, receiver=self)

    def _show_what_can_be_done(self) -> None:
        for name, button in self._buttons.items():
            button.setEnabled(self._shown is not None)
            self.actions_by_id[f"report.{name}"].setEnabled(self._shown is not None)
        self.actions_by_id["report.refresh"].setEnabled(self._picker.span is not None)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_list_row_changed(self, _row: int) -> None:
        self._look()

    def _on_picker_picked(self) -> None:
        self._look()

    def _on_read(self, wanted: tuple[str, Span], report: Report) -> None:
        self._asked = self._task = None
        self._kept[wanted] = (report, self._clock.now())
        self._look()

    def _on_read_failed(self, error: Exception) -> None:
        self._asked = self._task = None
        if not isinstance(error, UserError):
            raise error
        if self._shown is not None:
            self._told.say("warning", error_text(error))
            return
        icon = "offline" if isinstance(error, OfflineError) else "warning"
        self._say_nothing(icon, said(error.message), said(error.remedy), tr("Try again"))
        self._show_what_can_be_done()

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None

    def _on_saved(self, path: Path, _done: None) -> None:
        self._told.say("done", tr("Saved as {name}, in the folder {folder}.", name=path.name, folder=path.parent))
        self.saved.emit(path)

    def _on_save_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._told.say("warning", error_text(error))

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list.setFocus()
        self._look()
