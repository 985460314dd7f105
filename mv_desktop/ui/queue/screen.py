"""The queue: a teacher's scripts in deadline order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QByteArray, QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.domain.evaluation import QueueRow, WorkState
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, set_keys
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.queue.cell import QueueCell, size_columns
from mv_desktop.ui.queue.filter_bar import FilterBar
from mv_desktop.ui.queue.finished import FinishedList, FinishedSource, Reach
from mv_desktop.ui.queue.model import QueueModel, due_work
from mv_desktop.ui.queue.preview import QueuePreview
from mv_desktop.ui.queue.row_filter import OPEN_STATES, RowFilter, matching
from mv_desktop.ui.queue.take_along import TakeAlong, TakeSource
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import Urgency, urgency_of
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.inline_question import InlineQuestion
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.toast import Messages

_CLOCK_SECONDS = 30.0
_SHOWN, _HIDDEN = b"+", b"-"
"""What is kept of the preview, before the division, with which no division begins: an older program kept that alone."""


class QueueSource(Protocol):
    """Where the scripts come from; called on the lane "store"."""

    def rows(self) -> tuple[QueueRow, ...]:
        """All scripts of the person in deadline order, finished ones last."""
        ...


class QueueScreen(QWidget):
    """Search and filters, the table, a preview beside it, and "Mark next".

    Signals:
        open_requested(EvaluationId): mark this script.
        refresh_requested(): look on the server, too.
        take_back_requested(): do not submit, or hand back, the script that was left last.
        shown_changed(): the rows were loaded anew.

    Attributes:
        actions_by_id: its commands, for the palette.
        along: takes scripts along.
        above: takes lines that say what waits elsewhere.
    """

    open_requested = Signal(object)
    refresh_requested = Signal()
    take_back_requested = Signal()
    shown_changed = Signal()

    def __init__(
        self,
        source: QueueSource,
        tasks: Tasks,
        calendar: WorkCalendar,
        clock: Clock,
        messages: Messages,
        keys: KeyMap | None = None,
        finished: FinishedSource | None = None,
        taking: TakeSource | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._finished = None if finished is None else FinishedList(finished, tasks, self)
        if self._finished is not None:
            self._finished.changed.connect(self._on_finished_changed)
        self._source, self._tasks, self._calendar = source, tasks, calendar
        self._clock, self._messages, self._keys = clock, messages, keys or KeyMap()
        self._all: tuple[QueueRow, ...] = ()
        self._loaded = self._stale = False
        self._online, self._ever_in_contact = True, True
        self._model = QueueModel(calendar, clock.now, self)
        self._build()
        self.along = TakeAlong(taking, tasks, messages, self._question, self._table)
        self.along.changed.connect(self.refresh)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.QUEUE, self._handlers(), self._keys)
        self._say_keys()
        tasks.tick(_CLOCK_SECONDS, self._on_clock_tick, receiver=self)

    # -- public ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the rows anew, without a jump on the screen."""
        self._tasks.run("store", self._source.rows, self._on_source_read, self._on_source_failed)

    def set_contact(self, *, online: bool, ever: bool) -> None:
        """Whether the server can be reached, and whether it ever was from this computer."""
        if (online, ever) != (self._online, self._ever_in_contact):
            self._online, self._ever_in_contact = online, ever
            self._show_what_there_is()
            if online and self._finished is not None and self._reach is Reach.HERE_ONLY:
                self._finished.ask()

    def set_calendar(self, calendar: WorkCalendar) -> None:
        """Tell deadlines by other working hours or holidays from now on."""
        self._calendar = calendar
        self._model.set_calendar(calendar)
        self._tell_counts()

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        self._keys = keys
        set_keys(self.actions_by_id, keys)
        self._say_keys()

    @property
    def selected(self) -> QueueRow | None:
        """The selected script."""
        index = self._table.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    @property
    def chosen(self) -> tuple[QueueRow, ...]:
        """All selected scripts, from the top."""
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return tuple(self._model.rows[row] for row in rows)

    def select(self, evaluation_id: EvaluationId) -> None:
        """Select a script if it is shown."""
        row = self._model.row_of(evaluation_id)
        if row >= 0:
            self._select_row(row)

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """All scripts, whatever the filters hide."""
        return self._all

    def next_open(self) -> EvaluationId | None:
        """The most urgent script that is not finished, whatever the filters hide."""
        return next((row.evaluation_id for row in self._all if row.state in OPEN_STATES), None)

    def save_state(self) -> QByteArray:
        """Whether there is a preview, and how it divides the screen, to be remembered."""
        return QByteArray(_HIDDEN if self._preview.isHidden() else _SHOWN).append(self._splitter.saveState())

    def restore_state(self, state: QByteArray) -> None:
        """Everything as it was; what cannot be read is left alone."""
        kept = bytes(state.data())
        shown = kept[:1] == _SHOWN
        if self._splitter.restoreState(state.mid(1) if kept[:1] in {_SHOWN, _HIDDEN} else state):
            self._preview.setVisible(shown)
            self._show_preview()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        layout.setSpacing(spacing(3))
        self.above = QVBoxLayout()
        layout.addLayout(self.above)
        layout.addLayout(self._build_top())
        self._empty = EmptyState(self)
        self._empty.action_requested.connect(self._on_empty_action_requested)
        self._table = self._build_table()
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._empty)
        self._preview = QueuePreview(self)
        self._preview.open_requested.connect(self._open_selected)
        self._preview.hide()
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self._preview)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([spacing(200), spacing(80)])
        self._question = InlineQuestion(self)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self._question)
        layout.addLayout(self._build_bottom())
        mark_parts(self._filters, self._stack, self._preview, self._mark_next)

    def _build_top(self) -> QHBoxLayout:
        self._filters = FilterBar(self)
        self._filters.changed.connect(self._on_filter_changed)
        self._counts = QLabel(self)
        self._counts.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(self._filters)
        row.addStretch(1)
        row.addWidget(self._counts)
        return row

    def _build_table(self) -> QTableView:
        table = QTableView(self)
        table.setAccessibleName(tr("Scripts to mark"))
        table.setModel(self._model)
        table.setItemDelegate(QueueCell(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionsClickable(False)
        table.doubleClicked.connect(self._on_table_double_clicked)
        table.verticalScrollBar().valueChanged.connect(self._on_scroll_bar_valueChanged)
        table.selectionModel().currentRowChanged.connect(self._on_table_current_row_changed)
        size_columns(table)
        return table

    def _build_bottom(self) -> QHBoxLayout:
        self._mark_next = PrimaryButton("", self)
        self._mark_next.clicked.connect(self._open_next)
        self._hint = QLabel(self)
        self._hint.setForegroundRole(self._hint.palette().ColorRole.PlaceholderText)
        row = QHBoxLayout()
        row.setSpacing(spacing(4))
        row.addWidget(self._mark_next)
        row.addWidget(self._hint)
        row.addStretch(1)
        return row

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "queue.mark_next": self._open_next,
            "queue.open": self._open_selected,
            "queue.preview": self._toggle_preview,
            "queue.search": self._filters.search.setFocus,
            "queue.done": self._filters.toggle_finished,
            "queue.take_along": lambda: self.along.toggle(self.chosen),
            "queue.clear": self._clear_filters,
            "queue.refresh": self._refresh_all,
            "queue.take_back": self.take_back_requested.emit,
        }

    def _say_keys(self) -> None:
        self._mark_next.setText(f"{tr('Mark next')}   {self._keys.shown('queue.mark_next')}")
        self._hint.setText(self._hint_text())

    # -- what is shown ---------------------------------------------------------------------------------------

    @property
    def wanted(self) -> RowFilter:
        """What the search and the filters say."""
        return self._filters.wanted

    def _show_what_there_is(self) -> None:
        # behind another place nobody looks, and a teacher who marks must not wait for it
        self._stale = self.window().isVisible() and not self.isVisible()
        if self._stale:
            return
        self._model.set_rows(self._matching())
        if self._model.rows and not self._table.currentIndex().isValid():
            self._select_row(0)
        if self._loaded and not self._model.rows:
            self._tell_empty()
            self._turn_to(self._empty)
        else:
            self._turn_to(self._table)
        self._mark_next.setEnabled(self.next_open() is not None)
        self._counts.setText(self._count_text())
        self._hint.setText(self._hint_text())
        self._show_preview()

    def _matching(self) -> tuple[QueueRow, ...]:
        """The rows that the filters let through; of the finished ones first what is still on its way."""
        wanted, finished = self.wanted, self._finished
        if finished is None or not wanted.done:
            if finished is not None:
                finished.leave()
            return matching(self._all, wanted)
        finished.show(wanted.search)
        others = [row for row in self._all if row.state is not WorkState.COMPLETED]
        # what was just completed can be among both for a moment, because they are read one after the other
        known = {row.evaluation_id for row in others}
        completed = [row for row in finished.rows if row.evaluation_id not in known]
        return (*matching(others, wanted), *matching(completed, replace(wanted, search="")))

    @property
    def _body(self) -> QWidget:
        """The table, or what stands instead of it."""
        return self._stack.currentWidget() or self._table

    def _turn_to(self, shown: QWidget) -> None:
        """Show the table or what stands instead of it; the focus goes along, or the keys would lead nowhere."""
        before = self._body
        had_focus = before.hasFocus() or any(child.hasFocus() for child in before.findChildren(QWidget))
        self._stack.setCurrentWidget(shown)
        if had_focus and shown is not before:
            shown.setFocus()

    def _tell_empty(self) -> None:
        wanted = self.wanted
        if wanted.narrows and not (wanted.done and self._reach in {Reach.ASKING, Reach.HERE_ONLY}):
            self._empty.tell(
                "search",
                tr("Nothing matches"),
                tr("No script fits the search and the filters."),
                tr("Clear search and filters"),
            )
        elif wanted.done:
            self._empty.tell(*self._empty_finished())
        elif not self._online and not self._ever_in_contact:
            self._empty.tell(
                "offline",
                tr("Not connected yet"),
                tr("Your scripts are fetched the first time this computer reaches the server."),
                tr("Try again"),
            )
        else:
            self._empty.tell(
                "queue",
                tr("No scripts to mark"),
                tr("Scripts appear here, the most urgent first, as soon as they are assigned to you."),
                tr("Refresh"),
            )

    @property
    def _reach(self) -> Reach:
        return Reach.ALL if self._finished is None else self._finished.reach

    def _empty_finished(self) -> tuple[str, str, str]:
        """What stands where no finished script is listed: icon, heading and sentence."""
        if self._reach is Reach.ASKING:
            return "search", tr("Looking on the server"), tr("Finished scripts appear here in a moment.")
        if self._reach is Reach.HERE_ONLY:
            sentence = tr("The server cannot be reached; what you finished elsewhere is listed when it can be.")
            return "offline", tr("Nothing on this computer"), sentence
        return "done", tr("Nothing finished yet"), tr("Scripts that you submit are listed here.")

    def _hint_text(self) -> str:
        """What to press; of finished scripts, how far the list goes."""
        if not self.wanted.done or self._finished is None:
            return tr(
                "{open} opens the selected script · {preview} previews it",
                open=self._keys.shown("queue.open"),
                preview=self._keys.shown("queue.preview"),
            )
        told = {
            Reach.ASKING: tr("Looking on the server …"),
            Reach.MORE: tr("More come as you scroll down."),
            Reach.ALL: tr("These are all your finished scripts."),
            Reach.CODES: tr("Papers are searched on this computer, script codes on the server, too."),
            Reach.HERE_ONLY: tr("Offline: these are those that this computer knows of."),
        }
        if self.wanted.search.strip() and self._reach is Reach.ALL:
            return tr("These are all with such a code.")
        return told[self._reach]

    def _count_text(self) -> str:
        if not self._loaded:
            return ""
        now = self._clock.now()
        open_rows = [row for row in self._all if row.state in OPEN_STATES]
        urgencies = [urgency_of(due_work(row), self._calendar, now) for row in open_rows]
        parts = [tr("{count} open", count=len(open_rows))]
        if today := urgencies.count(Urgency.TODAY):
            parts.append(tr("{count} due today", count=today))
        if late := urgencies.count(Urgency.BREACHED):
            parts.append(tr("{count} breached", count=late))
        return " · ".join(parts)

    def _show_preview(self) -> None:
        row = self.selected
        if not self._preview.isHidden() and row is not None:
            self._preview.show_row(row, self._calendar, self._clock.now())
        inside = self._preview.widget()
        if inside is not None:
            inside.setVisible(row is not None)

    def _offer_choices(self) -> None:
        self._filters.offer((*self._all, *(self._finished.rows if self._finished is not None else ())))

    @property
    def _last_in_sight(self) -> bool:
        """The end of the list was reached, perhaps while what was there was still being asked for."""
        return self._table.rowAt(self._table.viewport().height() - 1) in {-1, len(self._model.rows) - 1}

    def _ask_for_more(self, *, at_end: bool = False) -> None:
        """Of finished scripts, at the end of the list, or when all that is shown is in sight without scrolling."""
        rows_high = len(self._model.rows) * self._table.verticalHeader().defaultSectionSize()
        if self._finished is not None and self.wanted.done and (at_end or rows_high < self._table.viewport().height()):
            self._finished.more()

    # -- what is done ----------------------------------------------------------------------------------------

    def _select_row(self, row: int) -> None:
        """Only this row, also while Ctrl is held, which the view would take as one more, or one less."""
        only = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self._table.selectionModel().setCurrentIndex(self._model.index(row, 0), only)

    def _open_selected(self) -> None:
        row = self.selected
        if row is not None and self._stack.currentWidget() is self._table:
            self.open_requested.emit(row.evaluation_id)

    def _open_next(self) -> None:
        evaluation_id = self.next_open()
        if evaluation_id is not None:
            self.open_requested.emit(evaluation_id)

    def _toggle_preview(self) -> None:
        self._preview.setVisible(self._preview.isHidden())
        self._show_preview()

    def _clear_filters(self) -> None:
        self._filters.clear()
        self._body.setFocus()

    def _refresh_all(self) -> None:
        self.refresh()
        if self._finished is not None and self.wanted.done:
            self._finished.ask()
        self.refresh_requested.emit()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_source_read(self, rows: tuple[QueueRow, ...]) -> None:
        first = not self._loaded
        self._all, self._loaded = rows, True
        if self._finished is not None and self.wanted.done:
            self._finished.read()  # what was submitted a moment ago may be among them
        self._offer_choices()
        self._show_what_there_is()
        if first and self.isVisible():
            self._body.setFocus()
        self.shown_changed.emit()

    def _on_source_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)

    def _on_finished_changed(self) -> None:
        self._offer_choices()
        self._show_what_there_is()
        self._ask_for_more(at_end=self._last_in_sight)

    def _on_scroll_bar_valueChanged(self, value: int) -> None:
        if value >= self._table.verticalScrollBar().maximum() - 2:
            self._ask_for_more(at_end=True)

    def _on_filter_changed(self, *_: object) -> None:
        self._show_what_there_is()
        self._ask_for_more()

    def _on_empty_action_requested(self) -> None:
        if self.wanted.narrows:
            self._clear_filters()
        else:
            self._refresh_all()

    def _on_table_double_clicked(self, _index: QModelIndex) -> None:
        self._open_selected()

    def _on_table_current_row_changed(self, *_: object) -> None:
        self._show_preview()

    def _on_clock_tick(self) -> None:
        if self.isVisible():
            self._model.tell_time()
            self._tell_counts()

    def _tell_counts(self) -> None:
        self._counts.setText(self._count_text())
        self._show_preview()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._show_what_there_is()
        self._on_clock_tick()
        self._body.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange} and hasattr(self, "_stack"):
            size_columns(self._table)
