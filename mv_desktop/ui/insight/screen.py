"""Insight: a list of dashboards on the left; on the right what they are of, and a chart beside its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.export_note import ExportNote, days_note
from mv_desktop.domain.insight import (
    Choices,
    Chosen,
    Leaders,
    LeadingStudent,
    Order,
    PredictedStudent,
    Predictions,
    QuestionPiece,
)
from mv_desktop.domain.question import QuestionType
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.insight.board import Board
from mv_desktop.ui.insight.choice_bar import ALL_CLASSES, ChoiceBar
from mv_desktop.ui.insight.exporter import Exporter, FileKind, Handed
from mv_desktop.ui.insight.port import INSIGHT_LANE, InsightPlace
from mv_desktop.ui.insight.question_wording import weeks_text
from mv_desktop.ui.insight.topic import NOTHING, NOTHING_OF, OF_ALL_DAYS, READ, TOPICS, Topic
from mv_desktop.ui.insight.wording import Report, shown
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import error_text, said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import day as day_text
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.report_text import Shown, about_table, span_text
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.span_picker import NO_SPAN
from mv_desktop.ui.widgets.tone_label import ToneLabel

_PIECE = 200
"""Questions that are read at once."""
_FRESH = timedelta(minutes=10)
"""So long what was read is shown again without asking; the server sums no more often."""
_MOST_KEPT = 40
"""Dashboards that are kept, the latest ones."""
PRINT = "Print"
MENUS = {
    "Copy": ("insight.copy_picture", "insight.copy_table"),
    "Save": ("insight.png", "insight.svg", "insight.csv", "insight.xlsx"),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the server is asked for."""

    what: str
    chosen: Chosen
    order: Order | None = None
    skip: int = 0
    question: UUID | None = None


class InsightScreen(QWidget):
    """Dashboards for who coordinates or administers; what was read stays readable without a network.

    Attributes:
        actions_by_id: its commands, for the palette.
        exporter: copies, prints and saves.

    Args:
        zone: the school's, in which days are days.
        leads: whether who looks has the office, where students and questions can be opened.

    Signals:
        looked(): something else stands there.
        record_wanted(str, str): open this record in the office: its kind there, and its id.
    """

    looked = Signal()
    record_wanted = Signal(str, str)

    def __init__(
        self,
        place: InsightPlace,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
        *,
        leads: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._clock, self._zone = place, tasks, clock, zone
        self._leads = leads
        self._kept: dict[_Wanted, tuple[Report, datetime]] = {}
        self._asked: _Wanted | None = None
        self._task: Task[Report] | None = None
        self._report: Report | None = None
        self._shown: Shown | None = None
        self._question: UUID | None = None
        self._skip = 0
        self.exporter = Exporter(place, tasks, self)
        self._build()
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.INSIGHT, self._handlers(), keys)
        self._fill_menus()
        mark_parts(self._list, self._choices, self._board.chart, self._board.table)
        self.setFocusProxy(self._list)
        self._list.setCurrentRow(0)
        self._choices.fit(self.topic)
        self._list.currentRowChanged.connect(self._on_list_row_changed)
        self._choices.picked.connect(self._on_choices_picked)
        self._board.chosen.connect(self._on_board_chosen)
        self.exporter.told.connect(self._told.say)
        self._show_what_can_be_done()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def topic(self) -> Topic:
        """Which dashboard is looked at."""
        return list(Topic)[max(0, self._list.currentRow())]

    @property
    def shown(self) -> Shown | None:
        """What stands there; None while nothing was read, or nothing is there."""
        return self._shown

    @property
    def report(self) -> Report | None:
        """What was read of it, also where nothing is there; None while it is read."""
        return self._report

    @property
    def board(self) -> Board:
        """The chart and its table."""
        return self._board

    @property
    def told(self) -> str:
        """From when the numbers are, what goes on, or what went wrong."""
        return self._told.text

    def show_topic(self, topic: Topic) -> None:
        """Look at another dashboard."""
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
        self._list.setAccessibleName(tr("Dashboards"))
        self._list.addItems([tr(name) for name in TOPICS.values()])
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFixedWidth(self._list.sizeHintForColumn(0) + spacing(8))
        self._choices = ChoiceBar(lambda: self._clock.now().astimezone(self._zone).date(), self)
        self._buttons = {name: self._button(name) for name in (*MENUS, PRINT)}
        self._summary = ToneLabel("", "text", self, factor=1.15, strong=True)
        self._summary.setWordWrap(True)
        self._told = SignLabel(self)
        self._board = Board(self)
        self._empty = EmptyState(self)
        self._empty.action_requested.connect(self.refresh)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._board)
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._choices, 1)
        for button in self._buttons.values():
            top.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._summary)
        column.addWidget(self._told)
        column.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        row.setSpacing(spacing(4))
        row.addWidget(self._list)
        row.addLayout(column, 1)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(tr(name), self)
        button.setAccessibleName(tr(name))
        return button

    def _fill_menus(self) -> None:
        for name, commands in MENUS.items():
            menu = QMenu(self._buttons[name])
            menu.addActions([self.actions_by_id[command] for command in commands])
            self._buttons[name].setMenu(menu)
        action = self.actions_by_id["insight.print"]
        self._buttons[PRINT].clicked.connect(action.trigger)
        follow_tip(self._buttons[PRINT], action)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "insight.refresh": self.refresh,
            "insight.next": partial(self._step, 1),
            "insight.previous": partial(self._step, -1),
            "insight.days": self._choices.days.setFocus,
            "insight.class": self._choices.next_class,
            "insight.order": self._choices.next_order,
            "insight.next_piece": partial(self._turn, 1),
            "insight.previous_piece": partial(self._turn, -1),
            "insight.open": lambda: self._on_board_chosen(self._board.row),
            "insight.record": lambda: self._open_record(max(0, self._board.row)),
            "insight.back": self._go_back,
            "insight.copy_picture": partial(self._hand, self.exporter.copy_picture),
            "insight.copy_table": partial(self._hand, self.exporter.copy_table),
            "insight.print": partial(self._hand, self.exporter.print_out),
            **{
                f"insight.{kind.value}": partial(self._hand, partial(self.exporter.ask_where, kind))
                for kind in FileKind
            },
        }

    # -- what is looked at -----------------------------------------------------------------------------------

    def _step(self, by: int) -> None:
        self._list.setCurrentRow(min(max(self._list.currentRow() + by, 0), self._list.count() - 1))

    def _turn(self, by: int) -> None:
        """Go to the next piece of the questions, or to the one before."""
        piece = self._report
        if not isinstance(piece, QuestionPiece):
            return
        skip = self._skip + len(piece.questions) if by > 0 else max(0, self._skip - _PIECE)
        if skip != self._skip and skip < piece.total:
            self._skip = skip
            self._look()

    def _go_back(self) -> None:
        """From the choices of a question to the questions."""
        if self._question is not None:
            self._question = None
            self._look()
            self._board.table.setFocus()

    def _open_record(self, row: int) -> None:
        """Have the student or the question of a row opened in the office; of choices, their question."""
        record = self._record(row)
        if record is not None:
            self.record_wanted.emit(*record)

    def _record(self, row: int) -> tuple[str, str] | None:
        """What a row is about, as the office has it; None where that is nothing, or she has no office."""
        report = self._report
        if not self._leads() or self._shown is None:
            return None
        if isinstance(report, Choices) and self._question is not None:
            return "question", str(self._question)
        if isinstance(report, QuestionPiece) and 0 <= row < len(report.questions):
            return "question", str(report.questions[row].question_id)
        students: Sequence[PredictedStudent | LeadingStudent] = ()
        if isinstance(report, Predictions) and self.topic is Topic.LOWEST:
            students = report.lowest
        elif isinstance(report, Leaders):
            students = report.students
        return ("student", str(students[row].student_id)) if 0 <= row < len(students) else None

    def _wanted(self) -> _Wanted | None:
        chosen = self._choices.chosen
        if chosen is None:
            return None
        if self.topic is not Topic.QUESTIONS:
            return _Wanted(READ[self.topic], chosen)
        if self._question is not None:
            return _Wanted("choices", chosen, question=self._question)
        return _Wanted("questions", chosen, self._choices.order, self._skip)

    def _work(self, wanted: _Wanted) -> Callable[[], Report]:
        if wanted.question is not None:
            return partial(self._place.choices, wanted.chosen, wanted.question)
        if wanted.order is not None:
            return partial(self._place.questions, wanted.chosen, wanted.order, wanted.skip)
        if wanted.what == "flows":
            return partial(self._place.flows, wanted.chosen, self._clock.now().astimezone(self._zone).date())
        read: Callable[[Chosen], Report] = getattr(self._place, wanted.what)
        return partial(read, wanted.chosen)

    def _look(self, *, again: bool = False) -> None:
        """Show what was read, or ask for it."""
        wanted = self._wanted()
        if wanted is None:
            # what stood there is of another dashboard, or of other days than are chosen
            self._shown = self._report = None
            self._say_nothing("info", *map(tr, NO_SPAN))
            self._show_what_can_be_done()
            return
        kept = self._kept.get(wanted)
        if kept is not None:
            self._show(wanted, kept[0])
            if not again and self._clock.now() - kept[1] < _FRESH:
                return
        if wanted == self._asked:
            return
        if self._task is not None:
            self._task.cancel()
        self._asked = wanted
        if kept is None:
            self._shown = self._report = None
            self._say_nothing("clock", tr("Reading …"), tr("The server reads what it has summed."))
        else:
            self._told.say("info", tr("Reading …"))
        self._task = self._tasks.run(
            INSIGHT_LANE, self._work(wanted), partial(self._on_read, wanted), self._on_read_failed, receiver=self
        )
        self._show_what_can_be_done()

    def _show(self, wanted: _Wanted, report: Report) -> None:
        self._report = report
        found = shown(self.topic, report, wanted.chosen, self._choices.pace, wanted.skip)
        self._summary.setText(found.summary)
        if report.as_of is None:
            self._shown = None
            self._say_nothing(
                "clock", tr("Nothing was summed yet"), tr("The worker sums every ten minutes. Look again then."),
                tr("Look again"),
            )  # fmt: skip
        elif found.empty:
            self._shown = None
            title, sentence = NOTHING_OF.get(self.topic, NOTHING)
            self._say_nothing("info", tr(title), tr(sentence))
            self._told.say("info", self._as_of(report))
        else:
            self._shown = found
            self._board.show_board(found)
            self._stack.setCurrentWidget(self._board)
            self._summary.show()
            self._told.say("info", self._as_of(report))
        self._show_what_can_be_done()
        self.looked.emit()

    def _as_of(self, report: Report, *, elsewhere: bool = False) -> str:
        """From when the numbers are; `elsewhere` nobody knows which day is today."""
        if report.as_of is None:
            return ""
        told = moment(report.as_of, self._clock.now(), self._zone)
        if elsewhere:
            local = report.as_of.astimezone(self._zone)
            told = f"{day_text(local.date(), year=True)} {local:%H:%M}"
        words = tr("As of {moment}.", moment=told)
        if isinstance(report, (QuestionPiece, Choices)):
            words += " " + weeks_text(report)
        return words

    def _say_nothing(self, icon: str, title: str, sentence: str, button: str = "") -> None:
        had_focus = self._board.chart.hasFocus() or self._board.table.hasFocus()
        self._summary.hide()
        self._told.say("", "")
        self._empty.tell(icon, title, sentence, button)
        self._stack.setCurrentWidget(self._empty)
        if had_focus:
            self._list.setFocus()

    def _hand(self, give: Callable[[Handed], None]) -> None:
        """Give away what is looked at, if anything is."""
        chosen = self._choices.chosen
        if self._shown is None or self._report is None or chosen is None:
            return
        name = f"{tr(TOPICS[self.topic])} {chosen.class_name}"
        if self.topic not in OF_ALL_DAYS:
            name += f" {chosen.span.first:%Y-%m-%d} {chosen.span.last:%Y-%m-%d}"
        if self._report.as_of is not None:  # a CSV has no other place for it
            name += f" ({self._report.as_of.astimezone(self._zone):%Y-%m-%d %H%M})"
        as_of = self._as_of(self._report, elsewhere=True)
        filters = {tr("Class"): chosen.class_name or tr(ALL_CLASSES)}
        if self.topic not in OF_ALL_DAYS:
            filters |= {tr("Days"): span_text(chosen.span)}
        table = self._shown.table
        about = about_table(table.title, self._shown.summary, as_of, filters)
        give(Handed(self._shown, " ".join(name.split()), as_of, replace(table, about=about), self._note(chosen)))

    def _note(self, chosen: Chosen) -> ExportNote:
        """What the audit log says of what is given away."""
        span = None if self.topic in OF_ALL_DAYS else chosen.span
        more = {"class": chosen.class_name}
        if self._question is not None:
            return days_note("insight.choices", span, **more, question=str(self._question))
        if self.topic is Topic.QUESTIONS:
            more |= {"order": self._choices.order, "from": str(self._skip + 1)}
        return days_note(f"insight.{self.topic}", span, **more)

    def _show_what_can_be_done(self) -> None:
        there = self._shown is not None
        for name in (*MENUS["Copy"], *MENUS["Save"], "insight.print"):
            self.actions_by_id[name].setEnabled(there)
        for button in self._buttons.values():
            button.setEnabled(there)
        piece = self._report if isinstance(self._report, QuestionPiece) else None
        for name in ("insight.next_piece", "insight.previous_piece", "insight.open"):
            self.actions_by_id[name].setEnabled(piece is not None and there)
        self.actions_by_id["insight.record"].setEnabled(self._record(0) is not None)
        self.actions_by_id["insight.back"].setEnabled(self._question is not None)
        self.actions_by_id["insight.order"].setEnabled(self._question is None)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_list_row_changed(self, _row: int) -> None:
        self._question, self._skip = None, 0
        self._choices.fit(self.topic)
        self._look()

    def _on_choices_picked(self) -> None:
        self._skip = 0
        self._look()

    def _on_board_chosen(self, row: int) -> None:
        piece = self._report
        if isinstance(piece, QuestionPiece) and 0 <= row < len(piece.questions):
            one = piece.questions[row]
            if one.question_type is QuestionType.MCQ:
                self._question = one.question_id
                self._look()
            else:
                self._told.say("info", tr("Only questions of multiple choice have choices to look at."))
        elif not isinstance(piece, Choices):
            self._open_record(row)

    def _on_read(self, wanted: _Wanted, report: Report) -> None:
        self._asked = self._task = None
        self._kept.pop(wanted, None)
        self._kept[wanted] = (report, self._clock.now())
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
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

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list.setFocus()
        self._look()
