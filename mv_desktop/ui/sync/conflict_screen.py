"""Deciding between two marks: the questions, the page with the ink of both computers, and both marks beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.decision import Side, both_ink, side_mark
from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import AnnotationId, EvaluationId, MarkKey
from mv_desktop.domain.marks import GivenMark, format_marks
from mv_desktop.domain.script import Change
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.part import mark_parts, tab_through_all
from mv_desktop.ui.sync.change_text import question_text
from mv_desktop.ui.sync.conflict_panel import ConflictPanel
from mv_desktop.ui.sync.decisions import Choice, Decision, Decisions
from mv_desktop.ui.sync.ink_layers import InkLayers, Shown
from mv_desktop.ui.sync.port import ConflictStore
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole, current_theme, spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.toast import Messages
from mv_desktop.ui.widgets.tone_label import ToneLabel

CHOICES: dict[Choice, tuple[str, str, ColorRole]] = {
    Choice.OPEN: ("to be decided", "warning", "soon"),
    Choice.MINE: ("this computer", "done", "done"),
    Choice.THEIRS: ("the other computer", "done", "done"),
    Choice.PARTS: ("parts of both", "done", "done"),
}
"""By what became of a question: the words, the icon and its colour."""


class ConflictScreen(QWidget):
    """The questions of one script that were marked otherwise on two computers, decided one by one.

    Signals:
        back_requested(): to where one came from.
        recorded(): something was decided, and can be sent.
        stale(EvaluationId): a decision could not be written; the script is to be read anew.

    Attributes:
        actions_by_id: its commands, for the palette.
        decisions: of the script that is open, or None.
        view: the pages.
    """

    back_requested = Signal()
    recorded = Signal()
    stale = Signal(object)

    def __init__(
        self,
        store: ConflictStore,
        tasks: Tasks,
        images: ImageCache,
        ids: IdSource,
        clock: Clock,
        calendar: WorkCalendar,
        messages: Messages,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._tasks, self._clock = store, tasks, clock
        self._calendar, self._messages = calendar, messages
        self.decisions: Decisions | None = None
        self._shown = Shown.BOTH
        self.view = PageView(images, tasks, ids, self)
        self.view.set_read_only(True)
        self._layers = InkLayers(self.view, tasks)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.CONFLICT, self._handlers(), keys)
        self._questions = QListWidget(self)
        self._panel = ConflictPanel(self.actions_by_id, self)
        self._build()
        self._connect()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def evaluation_id(self) -> EvaluationId | None:
        """The script that is open."""
        return None if self.decisions is None else self.decisions.view.evaluation_id

    @property
    def current(self) -> MarkKey | None:
        """The question that is shown."""
        row, decisions = self._questions.currentRow(), self.decisions
        return decisions.all[row].conflict.key if decisions is not None and 0 <= row < len(decisions.all) else None

    def show_script(self, view: ScriptView, pictures: PictureSource) -> None:
        """Begin with the conflicts of a script."""
        self.leave()
        self.decisions = Decisions(view, self._store, self._tasks, self)
        self.decisions.changed.connect(self._on_decisions_changed)
        self.decisions.recorded.connect(self.recorded)
        self.decisions.failed.connect(self._on_decisions_failed)
        self._code.setText(view.script_code)
        self._title.setText(f"{tr('Class')} {view.class_name} · {view.title}")
        self.view.show_script(view.pages, view.script, pictures)
        self._fill(self.decisions)
        self._questions.setFocus()

    def learn(self, view: ScriptView, pictures: PictureSource) -> None:
        """The script looks different on the server now."""
        decisions, current = self.decisions, self.current
        if decisions is None or decisions.view.evaluation_id != view.evaluation_id or not decisions.learn(view):
            return
        self._layers.forget()
        self.view.show_script(view.pages, view.script, pictures)
        self._fill(decisions, current)
        self._messages.say(tr("The other computer has said something new. Look again."))

    def leave(self) -> None:
        """Let go of the script."""
        if self.decisions is not None:
            self.decisions.deleteLater()
            self.decisions = None
        self._layers.forget()
        self.view.close_script()
        self._questions.clear()

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    def shutdown(self) -> None:
        """The program ends."""
        self.leave()
        self.view.shutdown()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        back = QToolButton(self)
        back.setText(tr("Back"))
        back.setIcon(current_theme().icon("arrow-left"))
        back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        back.setAutoRaise(True)
        back.clicked.connect(self.back_requested)
        follow_tip(back, self.actions_by_id["conflict.back"])
        self._code = ToneLabel("", parent=self, factor=1.15, strong=True)
        self._title = ElidedLabel(parent=self)
        self._progress = ToneLabel("", "muted", self)
        top = QHBoxLayout()
        top.setContentsMargins(spacing(2), spacing(1), spacing(3), spacing(1))
        top.setSpacing(spacing(3))
        top.addWidget(back)
        top.addWidget(self._code)
        top.addWidget(self._title, 1)
        top.addWidget(self._progress)
        self._questions.setAccessibleName(tr("Questions to decide"))
        self._questions.setWordWrap(True)
        self._questions.setMinimumWidth(spacing(34))
        aside = QScrollArea(self)
        aside.setWidgetResizable(True)
        aside.setFrameShape(QScrollArea.Shape.NoFrame)
        aside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        aside.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        aside.setMinimumWidth(spacing(66))
        aside.setWidget(self._panel)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        for area in (self._questions, self.view, aside):
            self._splitter.addWidget(area)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([spacing(40), spacing(180), spacing(76)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._splitter, 1)
        mark_parts(self._questions, self.view, self._panel)
        tab_through_all((self._questions, self.view, self._panel))

    def _connect(self) -> None:
        self._questions.currentRowChanged.connect(self._on_questions_current_row_changed)
        self._panel.chosen.connect(self._choose)
        self._panel.parts_taken.connect(self._on_panel_parts_taken)
        self._panel.parts_left.connect(self._on_panel_parts_left)
        self._panel.ink_chosen.connect(self._layers.fade)
        self._panel.back_requested.connect(self.back_requested)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        view = self.view
        return {
            "conflict.mine": lambda: self._choose(Side.MINE),
            "conflict.theirs": lambda: self._choose(Side.THEIRS),
            "conflict.parts": self._ask_parts,
            "conflict.next": lambda: self._step(1),
            "conflict.previous": lambda: self._step(-1),
            "conflict.ink": self._show_next_ink,
            "conflict.undo": self._undo,
            "conflict.next_page": view.next_page,
            "conflict.previous_page": view.previous_page,
            "conflict.zoom_in": view.zoom_in,
            "conflict.zoom_out": view.zoom_out,
            "conflict.fit_width": view.fit_width,
            "conflict.back": self._escape,
        }

    # -- what commands do ------------------------------------------------------------------------------------

    def _choose(self, side: Side) -> None:
        decisions, key = self.decisions, self.current
        if decisions is not None and key is not None:
            decisions.choose(key, side)
            self._go_on(decisions, key)

    def _ask_parts(self) -> None:
        if self.decisions is not None and self.current is not None:
            decision = self.decisions.of(self.current)
            self._panel.ask_parts(self.decisions.view.script, decision)

    def _go_on(self, decisions: Decisions, key: MarkKey) -> None:
        """To the next question that is to be decided."""
        following = decisions.next_open(key)
        if following is None:
            self._show_current()
            self._panel.show_all_decided()
        else:
            self._go_to(decisions, following)

    def _undo(self) -> None:
        decisions = self.decisions
        key = None if decisions is None else decisions.undo()
        if decisions is None or key is None:
            self._messages.say(tr("Nothing was decided here that could be undone."))
        else:
            self._go_to(decisions, key)

    def _step(self, by: int) -> None:
        row = self._questions.currentRow() + by
        if 0 <= row < self._questions.count():
            self._questions.setCurrentRow(row)

    def _show_next_ink(self) -> None:
        order = list(Shown)
        self._shown = order[(order.index(self._shown) + 1) % len(order)]
        self._show_ink()

    def _escape(self) -> None:
        if self._panel.asking:
            self._on_panel_parts_left()
        else:
            self.back_requested.emit()

    # -- showing ---------------------------------------------------------------------------------------------

    def _fill(self, decisions: Decisions, current: MarkKey | None = None) -> None:
        self._questions.blockSignals(True)
        self._questions.clear()
        for _ in decisions.all:
            QListWidgetItem(self._questions)
        self._questions.blockSignals(False)
        self._tell_list(decisions)
        keys = [decision.conflict.key for decision in decisions.all]
        self._questions.setCurrentRow(keys.index(current) if current in keys else 0 if keys else -1)
        if not keys:
            self._show_current()

    def _tell_list(self, decisions: Decisions) -> None:
        theme = current_theme()
        size = max(16, self.fontMetrics().height() - spacing(1))
        self._questions.setIconSize(QSize(size, size))
        for row, decision in enumerate(decisions.all):
            word, icon, role = CHOICES[decision.choice]
            item = self._questions.item(row)
            words = f"{question_text(decision.conflict.key)}\n{tr(word)}"
            if item.text() != words:
                item.setText(words)
                item.setIcon(theme.icon(icon, role))
        left = decisions.open
        self._progress.setText(
            tr_count("{count} question to decide", "{count} questions to decide", left) if left else tr("all decided")
        )
        self.actions_by_id["conflict.undo"].setEnabled(decisions.can_undo)

    def _show_current(self) -> None:
        decision = self._decision()
        if decision is None or self.decisions is None:
            self._layers.show(None)
            self._panel.show_all_decided()
            return
        conflict, script = decision.conflict, self.decisions.view.script
        possible = format_marks(script.possible(conflict.key))
        marks = {side: side_mark(script, conflict, side) for side in Side}
        zone = self._calendar.hours.zone
        self._panel.show_decision(decision, marks, possible, self._clock.now(), zone)
        self._shown = Shown.BOTH
        self._show_ink()
        ink = [item for item in both_ink(conflict) if item.annotation.annotation_id in script.ink]
        if ink:
            self.view.go_to_page(ink[0].page)
        else:
            pages = self.decisions.view.pages
            number = conflict.question_number
            refs = (info.ref for info in pages if number in script.answered_on(info.ref, info.questions))
            page = next(refs, None)
            if page is not None:
                self.view.go_to_page(page)

    def _show_ink(self) -> None:
        decision = self._decision()
        self._layers.show(None if decision is None else decision.conflict, self._shown)
        self._panel.tell_ink(self._shown)

    def _decision(self) -> Decision | None:
        return None if self.decisions is None or self.current is None else self.decisions.of(self.current)

    def _go_to(self, decisions: Decisions, key: MarkKey) -> None:
        row = [decision.conflict.key for decision in decisions.all].index(key)
        if row == self._questions.currentRow():
            self._show_current()
        self._questions.setCurrentRow(row)
        self._questions.setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_questions_current_row_changed(self, _row: int) -> None:
        self._show_current()

    def _on_decisions_changed(self, change: Change) -> None:
        self.view.refresh(change)
        if self.decisions is not None:
            self._tell_list(self.decisions)

    def _on_decisions_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)
        if self.evaluation_id is not None:
            self.stale.emit(self.evaluation_id)

    def _on_panel_parts_taken(self, given: GivenMark, wanted: frozenset[AnnotationId]) -> None:
        decisions, key = self.decisions, self.current
        if decisions is not None and key is not None:
            decisions.take_parts(key, given, wanted)
            self._go_on(decisions, key)

    def _on_panel_parts_left(self) -> None:
        self._show_current()
        self._questions.setFocus()
