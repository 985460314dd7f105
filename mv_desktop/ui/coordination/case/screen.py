"""The cases: what waits on the left, what it is about and what is decided on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import ConflictError, InvalidError, OfflineError, RefusedError, UserError
from mv_desktop.domain.case import Case, CaseFile, CaseKind, Cases
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.kept_work import Taken
from mv_desktop.domain.returned import Pinned
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.asking import Asking, keep_focus_inside
from mv_desktop.ui.coordination.case.case_list import CaseList
from mv_desktop.ui.coordination.case.case_view import BOARD, LOOK, CaseView
from mv_desktop.ui.coordination.case.decision import (
    ASKS,
    Decision,
    Entry,
    Matter,
    beginning,
    deadline,
    fitting,
    numbers,
    pinned,
    work,
)
from mv_desktop.ui.coordination.case.decision_form import DecisionForm
from mv_desktop.ui.coordination.case.left_side import LeftSide
from mv_desktop.ui.coordination.case.page_panel import CasePagePanel
from mv_desktop.ui.coordination.case.port import CASE_LANE, FILE_LANE, CasePlace
from mv_desktop.ui.coordination.case.wording import left_text
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.toast import Messages
from mv_desktop.ui.widgets.tone_label import ToneLabel

REFRESH_SECONDS = 15.0
"""How often the server is asked while somebody looks."""


class CaseScreen(QWidget):
    """Everything typed stays with its case until it is decided, whatever happens to the connection or the list.

    Signals:
        counted(int): so many cases wait; refused work, which nobody can end, is not counted.
        board_requested(EvaluationId): she wants to give this script to somebody.

    Attributes:
        actions_by_id: its commands, for the palette.
        list, view: left and right.
        pages: the script's, in the place of the list while she looks at them.
    """

    counted = Signal(int)
    board_requested = Signal(object)

    def __init__(
        self,
        place: CasePlace,
        tasks: Tasks,
        clock: Clock,
        messages: Messages,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._clock, self._messages = place, tasks, clock, messages
        self._cases: Cases | None = None
        self._read = 0.0
        self._found: tuple[Case, ...] = ()
        self._file: CaseFile | None = None
        self._drafts: dict[tuple[str, Decision], Entry] = {}
        self._told_key = ""
        self._busy = False
        self._asking = Asking(
            tasks, CASE_LANE, place.cases, self, self._on_cases, self._on_cases_failed, seconds=REFRESH_SECONDS
        )
        self._reading: Task[CaseFile] | None = None
        self.list = CaseList(self)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.CASES, self._handlers(), keys)
        self.view = CaseView(self.actions_by_id, self)
        self.pages = CasePagePanel(place, tasks, self.actions_by_id, self)
        self._left = LeftSide(self.list, self.pages, self)
        self._build()
        self._connect()
        self.view.name_keys()
        self.list.tell_empty(read=self._cases is not None, trouble=self._asking.trouble)
        self._enable()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case | None:
        """The one that is looked at."""
        return self.list.case

    @property
    def form(self) -> DecisionForm:
        """Where a decision is asked for."""
        return self.view.form

    @property
    def state_text(self) -> str:
        """What is said of how new all of it is."""
        return self._state.text()

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)
        self.view.name_keys()

    def stop(self) -> None:
        """Ask the server nothing more: the program ends, or this is not for her any more."""
        self._asking.stop()
        self._place.close()

    def refresh(self) -> None:
        """Ask the server at once what waits."""
        self._asking.now()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._state = ToneLabel("", "muted", self)
        again = QPushButton(tr("Refresh"), self)
        again.clicked.connect(self.refresh)
        follow_tip(again, self.actions_by_id["cases.refresh"])
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._state, 1)
        top.addWidget(again)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left)
        split.addWidget(self.view)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([spacing(140), spacing(160)])
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(split, 1)
        mark_parts(self.list, self.pages, self.view)

    def _connect(self) -> None:
        self.list.selected.connect(self._on_list_selected)
        self.list.opened.connect(self._on_list_opened)
        self.list.code_typed.connect(self._on_list_code_typed)
        self.list.empty.action_requested.connect(self.refresh)
        self._left.turned.connect(lambda at_pages: self.view.show_pages(shown=at_pages))
        self.pages.page_chosen.connect(self.form.choose)
        self.pages.spot_chosen.connect(self._on_pages_spot_chosen)
        self.form.decided.connect(self._on_form_decided)
        self.form.changed.connect(self._on_form_changed)
        self.form.left.connect(self._close_form)
        self.view.kept.ticked.connect(self._on_form_changed)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        decisions = {f"cases.{decision.value}": partial(self._ask, decision) for decision in Decision}
        return {
            **decisions,
            BOARD: self._to_board,
            LOOK: self._turn,
            "cases.next_page": lambda: self._left.step(1),
            "cases.previous_page": lambda: self._left.step(-1),
            "cases.kind": lambda: self._left.to_list().next_kind(),
            "cases.search": lambda: self._left.to_list().search(),
            "cases.clear": self._clear,
            "cases.refresh": self.refresh,
        }

    # -- what is shown ---------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        """By the server's clock: this computer's may be wrong, and only counts what has passed since."""
        if self._cases is None:
            return self._clock.now()
        return self._cases.read_at + timedelta(seconds=self._clock.elapsed() - self._read)

    def _show(self) -> None:
        cases = self._cases
        if cases is not None:
            self.list.show_cases(self._found, cases.cases, self._now(), cases.calendar.hours.zone)
        self._say_state()
        self._enable()

    def _show_case(self) -> None:
        case, cases = self.case, self._cases
        self.view.setVisible(case is not None)
        if case is not None and cases is not None:
            self.view.show_case(case, self._file, self._now(), cases.calendar.hours.zone)
        self._show_pages()
        self._enable()

    def _show_pages(self) -> None:
        pins = self.form.entry.pins if self.form.decision is Decision.RETURN else {}
        self._left.show_case(self.case, self._file, pins)
        self.pages.ask_page(asked=self.form.asks_pages)

    def _turn(self) -> None:
        """Look at the pages, or at the list again."""
        self._left.turn(focus=self.form.decision is None or self._left.at_pages)

    def _read_file(self) -> None:
        case = self.case
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if case is not None:
            done = partial(self._on_file, case.key)
            failed = partial(self._on_file_failed, case.key)
            self._reading = self._tasks.run(CASE_LANE, partial(self._place.file, case), done, failed, receiver=self)

    def _say_state(self) -> None:
        cases, words = self._cases, ""
        if cases is not None and self._asking.trouble:
            when = moment(cases.read_at, self._now(), cases.calendar.hours.zone)
            words = tr("As of {when}. {trouble}", when=when, trouble=self._asking.trouble)
        self._state.setText(words)
        self.list.tell_empty(read=cases is not None, trouble=self._asking.trouble)

    def _enable(self) -> None:
        """Offline all is readable, and nothing can be decided; why stands where the buttons are."""
        case, file = self.case, self._file
        fit = fitting(case, file) if case is not None and file is not None else ()
        names = tuple(f"cases.{decision.value}" for decision in fit)
        script = file.script if file is not None else None
        if script is not None and script.evaluation_id is not None and not script.completed:
            names = (*names, BOARD)
        self.view.offer(names)
        for name, action in self.actions_by_id.items():
            if name in self.view.buttons:
                action.setEnabled(name in names and not self._asking.trouble and not self._busy)
        self.actions_by_id[LOOK].setEnabled(self._left.can_turn)
        why = ""
        if case is not None and self._asking.trouble:
            why = tr("Nothing can be decided without the server. What you type stays here.")
        elif case is not None and file is None:
            why = tr("The script is being read …")
        elif case is not None and case.kind is CaseKind.REFUSED_WORK:
            why = tr("Nothing is to be decided: talk to the teacher. Her work is kept on her computer.")
        self.view.say(why)
        self.form.set_busy(busy=self._busy or bool(self._asking.trouble) or file is None, why=self._asking.trouble)

    # -- deciding --------------------------------------------------------------------------------------------

    def _matter(self) -> Matter | None:
        case, file, cases = self.case, self._file, self._cases
        if case is None or file is None or cases is None:
            return None
        return Matter(case, file, cases.calendar, self._now())

    def _ask(self, decision: Decision) -> None:
        matter = self._matter()
        if matter is None:
            return
        self._keep_draft()
        self.view.ask(decision, self._drafts.get((matter.case.key, decision), beginning(decision, matter.case)))
        self._show_pages()

    def _keep_draft(self) -> None:
        if self.form.decision is not None and self._told_key:
            self._drafts[self._told_key, self.form.decision] = self.form.entry

    def _close_form(self) -> None:
        self._keep_draft()
        self.view.end_asking()
        self._show_pages()
        self._left.take_focus()

    def _clear(self) -> None:
        if self.form.decision is not None:
            self._close_form()
            return
        if self._left.at_pages:
            self._turn()
            return
        self._found = ()
        self.list.clear_search()
        self._show()
        self.list.take_focus()

    def _to_board(self) -> None:
        script = None if self._file is None else self._file.script
        if script is not None and script.evaluation_id is not None:
            self.board_requested.emit(script.evaluation_id)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_list_selected(self, case: Case | None) -> None:
        key = "" if case is None else case.key
        if key != self._told_key:
            self._keep_draft()
            self.view.end_asking()
            self._file = None
            self._told_key = key
        self._show_case()
        self._read_file()

    def _on_list_opened(self) -> None:
        first = next((button for button in self.view.buttons.values() if button.isVisible()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_list_code_typed(self, code: str) -> None:
        done = partial(self._on_found, code)
        self._tasks.run(CASE_LANE, partial(self._place.find, code), done, self._on_failed, receiver=self)

    def _on_pages_spot_chosen(self, page: PageRef, spot: Spot) -> None:
        """While questions are returned, that is what she means of one of them."""
        matter, decision = self._matter(), self.form.decision
        if matter is None or decision is not Decision.RETURN:
            return
        try:
            pins, number = pinned(self.form.entry, matter.file, Pinned(page, spot))
        except InvalidError as error:
            self.form.say("warning", said(str(error)))
            return
        self.form.set_pins(pins, number)
        self._on_form_changed()
        self._show_pages()

    def _on_found(self, code: str, found: tuple[Case, ...]) -> None:
        self._found = found
        if not found:
            self._messages.tell(InvalidError(tr("No script has the code “{code}”.", code=code)))
        self._show()
        if found:
            self.list.select(found[0].key)
            self.list.take_focus()

    def _on_found_again(self, found: tuple[Case, ...]) -> None:
        self._found = found
        self._show()

    def _on_cases(self, cases: Cases, recovered: bool) -> None:  # noqa: FBT001 - told so by `Asking`
        self._tell_if_gone(cases)
        first = self._cases is None
        self._cases, self._read = cases, self._clock.elapsed()
        self._show()
        if first and self.isVisible():
            self.list.take_focus()
        if recovered and self._file is None:
            self._read_file()
        self.counted.emit(sum(case.kind is not CaseKind.REFUSED_WORK for case in cases.cases))

    def _tell_if_gone(self, cases: Cases) -> None:
        """Who was typing about a case that somebody else ended is told, and has her words."""
        typed = self.form.entry.reason if self.form.decision is not None and not self._busy else ""
        if typed and self._told_key not in {case.key for case in (*self._found, *cases.cases)}:
            kept = tr("You had typed: {words}", words=typed)
            self._messages.tell(ConflictError(tr("This case was dealt with meanwhile."), kept=kept))
            self.view.end_asking()

    def _on_cases_failed(self) -> None:
        self._say_state()
        self._enable()

    def _on_file(self, key: str, file: CaseFile) -> None:
        if key == self._told_key:
            self._file = file
            self._show_case()
            self._on_form_changed()

    def _on_file_failed(self, key: str, error: Exception) -> None:
        if key != self._told_key:
            return
        if isinstance(error, OfflineError) or not isinstance(error, UserError):
            self._asking.fail(error)
        else:
            self._messages.tell(error)
            self.refresh()

    def _on_form_changed(self) -> None:
        """Say what was understood of what is typed, while it is."""
        matter, decision = self._matter(), self.form.decision
        if matter is None or decision is None:
            return
        try:
            if decision is Decision.EXTEND and self.form.entry.wanted:
                due = moment(deadline(self.form.entry, matter), matter.now, matter.calendar.hours.zone)
                self.form.say("info", tr("It is due {when} then.", when=due))
            elif decision is Decision.RETURN and self.form.entry.wanted:
                kept = self._drafts.get((matter.case.key, decision), Entry()).reasons
                self.form.ask_reasons(numbers(decision, self.form.entry, matter.file), kept)
        except InvalidError as error:
            self.form.say("info", said(str(error)))

    def _on_form_decided(self, decision: Decision) -> None:
        matter = self._matter()
        if matter is None or self._busy:
            return
        entry = replace(self.form.entry, parts=self.view.kept.chosen)
        try:
            act = work(decision, self._place, matter, entry)
        except InvalidError as error:
            self.form.say("warning", said(str(error)))
            return
        self._keep_draft()
        self._busy = True
        self._enable()
        done = partial(self._on_decided, matter.case.key, decision)
        if ASKS[decision].file:
            self.form.say("info", tr("The file is being sent …"))
        lane = FILE_LANE if ASKS[decision].file else CASE_LANE
        self._tasks.run(lane, act, done, self._on_failed, receiver=self)

    def _on_decided(self, key: str, decision: Decision, result: object) -> None:
        self._busy = False
        self._drafts.pop((key, decision), None)
        words = tr(ASKS[decision].done)
        if isinstance(result, Taken) and result.left:
            words = tr("{done} Not taken: {left}.", done=words, left=left_text(result.left))
        elif isinstance(result, int):
            words = tr_count(
                "It is proposed for {count} exam; an administrator decides.",
                "It is proposed for {count} exams; an administrator decides.",
                result,
            )
        self._messages.say(words)
        if key == self._told_key and self.form.decision is decision:
            self.view.end_asking()
            self._left.take_focus()
        self._renew()

    def _on_failed(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, OfflineError):
            kept = tr("What you typed stays here.")
            self._messages.tell(OfflineError(error.message, kept=kept, remedy=error.remedy))
            self._asking.fail(error)
            return
        self._enable()
        if isinstance(error, UserError):
            self._messages.tell(error)
            self.form.say("warning", said(error.message))
            if isinstance(error, ConflictError | RefusedError):
                self._renew()
        else:
            self._tasks.error.emit(error)

    def _renew(self) -> None:
        """Something is otherwise than it was read: the list and what is looked at are read again."""
        if self._found and self._found[0].script is not None:
            again = partial(self._place.find, self._found[0].script.code)
            self._tasks.run(CASE_LANE, again, self._on_found_again, self._on_failed, receiver=self)
        self._enable()
        self._read_file()
        self.refresh()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        keep_focus_inside(self, self._left.take_focus)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asking.rest()
