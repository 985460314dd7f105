"""How well markings agree in chosen days: of each teacher, or of each question of the bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.quality import Results, bounds
from mv_desktop.domain.report import Span
from mv_desktop.ui.coordination.quality.port import QUALITY_LANE, QualityPlace
from mv_desktop.ui.coordination.quality.wording import (
    QUESTION_HEADINGS,
    TEACHER_HEADINGS,
    question_rows,
    teacher_rows,
)
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import error_text, said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.agreement_text import agreement_text
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fact_table import FactTable
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.span_picker import SpanPicker
from mv_desktop.ui.widgets.tone_label import ToneLabel


class ResultView(QWidget):
    """Results are read once for the same days, and stay readable without a network.

    Signals:
        teacher_opened(str): her samples are wanted, by her name.

    Attributes:
        teachers, questions: the tables.
        picker: which days.
    """

    teacher_opened = Signal(str)

    def __init__(
        self, place: QualityPlace, tasks: Tasks, clock: Clock, zone: tzinfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._zone = place, tasks, zone
        self._kept: dict[Span, Results] = {}
        self._asked: Span | None = None
        self._task: Task[Results] | None = None
        self._by_question = False
        self.picker = SpanPicker(lambda: clock.now().astimezone(zone).date(), self)
        self._summary = ToneLabel("", parent=self, strong=True)
        self._summary.setWordWrap(True)
        self._told = SignLabel(self)
        self.teachers = FactTable(tr("How well each teacher agrees"), TEACHER_HEADINGS, 0, self)
        self.questions = FactTable(tr("Where marks differ most"), QUESTION_HEADINGS, 0, self)
        self.empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        shown: tuple[QWidget, ...] = (self.empty, self.teachers, self.questions)
        for widget in shown:
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        for line in (self.picker, self._summary, self._told):
            column.addWidget(line)
        column.addWidget(self._stack, 1)
        self._say("", "")
        self.picker.picked.connect(self._on_picker_picked)
        self.empty.action_requested.connect(self.refresh)
        self.teachers.row_opened.connect(self._on_teachers_row_opened)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def summary(self) -> str:
        """All of these days in words."""
        return self._summary.text()

    @property
    def told(self) -> str:
        """What goes on, or what went wrong."""
        return self._told.text

    def show_questions(self, *, questions: bool) -> None:
        """Show each question instead of each teacher, or the other way round."""
        self._by_question = questions
        self._look()

    def refresh(self) -> None:
        """Ask the server again; what was read stays until it has answered."""
        self._look(again=True)

    def choose_days(self) -> None:
        """The keyboard is at the days."""
        self.picker.setFocus()

    def take_focus(self) -> None:
        """The keyboard is at the table, or at the days where there is none."""
        table = self.questions if self._by_question else self.teachers
        (table if self._stack.currentWidget() is table else self.picker).setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _look(self, *, again: bool = False) -> None:
        span = self.picker.span
        if span is None:
            return
        kept = self._kept.get(span)
        if kept is not None:
            self._show(kept)
        if (kept is not None and not again) or (span == self._asked and not again):
            return
        if self._task is not None:
            self._task.cancel()
        self._asked = span
        if kept is None:
            self._say_nothing("clock", tr("Counting …"), tr("The server counts all of these days."))
        work: Callable[[], Results] = partial(self._place.results, *bounds(span, self._zone))
        done, failed = partial(self._on_read, span), self._on_read_failed
        self._task = self._tasks.run(QUALITY_LANE, work, done, failed, receiver=self)

    def _show(self, results: Results) -> None:
        if results.whole is None:
            self._say_nothing("info", tr("Nothing in these days"), tr("Choose other days above."))
            return
        self._say("", "")
        self._summary.setText(agreement_text(results.whole))
        self._summary.show()
        self.teachers.show_rows(teacher_rows(results))
        self.questions.show_rows(question_rows(results))
        had_focus = self._has_focus()
        self._stack.setCurrentWidget(self.questions if self._by_question else self.teachers)
        if had_focus:
            self.take_focus()

    def _has_focus(self) -> bool:
        """The keyboard is at what is about to be replaced."""
        focus = QApplication.focusWidget()
        return focus is not None and self._stack.isAncestorOf(focus)

    def _say(self, sign: str, words: str) -> None:
        self._told.say(sign, words)
        self._told.setVisible(bool(words))

    def _say_nothing(self, icon: str, title: str, sentence: str, button: str = "") -> None:
        had_focus = self._has_focus()
        self._summary.hide()
        self._say("", "")
        self.empty.tell(icon, title, sentence, button)
        self._stack.setCurrentWidget(self.empty)
        if had_focus:
            self.picker.setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_picker_picked(self) -> None:
        self._look()

    def _on_teachers_row_opened(self, key: object) -> None:
        row = next(row for row in self.teachers.rows if row.key == key)
        self.teacher_opened.emit(row.cells[0].text)

    def _on_read(self, span: Span, results: Results) -> None:
        self._asked = self._task = None
        self._kept[span] = results
        self._look()

    def _on_read_failed(self, error: Exception) -> None:
        self._asked = self._task = None
        if not isinstance(error, UserError):
            raise error
        if self.picker.span in self._kept:
            self._say("warning", error_text(error))
            return
        icon = "offline" if isinstance(error, OfflineError) else "warning"
        self._say_nothing(icon, said(error.message), said(error.remedy), tr("Try again"))
