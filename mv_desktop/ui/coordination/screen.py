"""The board: teachers against the clock, the scripts that will break first, and work moved between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.board_look import Look
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.rebalance import Proposal
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.asking import Asking, keep_focus_inside
from mv_desktop.ui.coordination.away_panel import AwayPanel
from mv_desktop.ui.coordination.board_lists import BoardLists, Shown
from mv_desktop.ui.coordination.filter_line import FilterLine
from mv_desktop.ui.coordination.foot_line import FootLine
from mv_desktop.ui.coordination.move_panel import Key, MovePanel
from mv_desktop.ui.coordination.mover import Mover
from mv_desktop.ui.coordination.name_field import Target
from mv_desktop.ui.coordination.panel import Panel
from mv_desktop.ui.coordination.plan_panel import PlanPanel
from mv_desktop.ui.coordination.planner import Planner
from mv_desktop.ui.coordination.port import BOARD_LANE, BoardPlace
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.stack import Stack
from mv_desktop.ui.widgets.toast import ToastTray

REFRESH_SECONDS = 1.0
"""How often the server is asked what has changed while somebody looks: a change shows within two seconds."""

HIDDEN_SECONDS = 60.0
"""And how often while nobody does, so that the number beside its name is not from this morning."""

_SLOWEST_SECONDS = 30.0
"""And so often at least where it does not answer."""


class BoardScreen(QWidget):
    """Two lists and a line above them; what is asked stands in a panel at the foot.

    Nothing that is selected, scrolled to or open is lost when the board changes under it.

    Signals:
        looked(Look): the board is on the screen, or has changed there.

    Attributes:
        actions_by_id: its commands, for the palette.
    """

    looked = Signal(object)

    def __init__(
        self,
        place: BoardPlace,
        tasks: Tasks,
        messages: ToastTray,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._messages = place, tasks, messages
        self._look: Look | None = None
        self._after: Callable[[], None] | None = None
        self._stale = False
        self._asking = Asking(
            tasks, BOARD_LANE, place.look, self, self._on_looked, self._on_look_failed,
            seconds=REFRESH_SECONDS, slowest=_SLOWEST_SECONDS, hidden=HIDDEN_SECONDS,
        )  # fmt: skip
        self._mover = Mover(place, tasks, messages, self)
        self._planner = Planner(tasks, self)
        self._build()
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.BOARD, self._handlers(), keys)
        for button, name in (
            (self._plan_button, "board.plan"), (self._move_button, "board.move"), (self._away_button, "board.away"),
        ):  # fmt: skip
            follow_tip(button, self.actions_by_id[name])
        self._connect()
        self._stack.setCurrentWidget(self._empty)
        self._say_state()
        self._enable()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def look(self) -> Look | None:
        """What is shown; None before the server was reached."""
        return self._look

    @property
    def lists(self) -> BoardLists:
        """The two lists."""
        return self._lists

    @property
    def filters(self) -> FilterLine:
        """The line above them."""
        return self._filters

    @property
    def move_panel(self) -> MovePanel:
        """Where a move is prepared."""
        return self._move

    @property
    def plan_panel(self) -> PlanPanel:
        """Where a proposal stands."""
        return self._plan

    @property
    def away_panel(self) -> AwayPanel:
        """Where an absence is entered."""
        return self._away

    @property
    def state_text(self) -> str:
        """What is said of how new all of it is."""
        return self._foot.state_text

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    def stop(self) -> None:
        """Ask the server nothing more: the program ends, or this is not for her any more."""
        self._asking.stop()

    def refresh(self) -> None:
        """Ask the server at once what has changed."""
        self._asking.now()

    def lead_to(self, evaluation: EvaluationId, *, moves: bool = True) -> None:
        """Select a script among all, as soon as the board knows it; `moves`: ask to whom it should go."""
        self._filters.clear()
        self._lists.show_list(Shown.ALL)
        if self._look is not None and evaluation in self._look.expected:
            self._lists.scripts.choose([evaluation])
            if moves:
                self._begin_move()
        else:
            self._after = partial(self._lead_now, evaluation, moves=moves)
            self.refresh()

    def _lead_now(self, evaluation: EvaluationId, *, moves: bool) -> None:
        if self._look is not None and evaluation in self._look.expected:
            self.lead_to(evaluation, moves=moves)
        else:
            self._messages.say(tr("This script is not open any more."))

    def save_state(self) -> QByteArray:
        """How the lists divide the screen, to be remembered."""
        return self._lists.saveState()

    def restore_state(self, state: QByteArray) -> None:
        """Divide the screen as it was."""
        self._lists.restoreState(state)

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._filters = FilterLine(self)
        self._foot = FootLine(self)
        self._move_button = QPushButton(tr("Move …"), self)
        self._away_button = QPushButton(tr("Away or back …"), self)
        self._plan_button = QPushButton(tr("Propose moves"), self)
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._filters)
        top.addStretch(1)
        for button in (self._move_button, self._away_button, self._plan_button):
            button.setMinimumHeight(spacing(8))
            top.addWidget(button)
        self._empty = EmptyState(self)
        self._lists = BoardLists(self)
        self._plan = PlanPanel(self)
        self._stack = Stack(self)
        for page in (self._lists, self._plan, self._empty):
            self._stack.addWidget(page)
        self._move, self._away = MovePanel(self._tasks, self), AwayPanel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        column.addWidget(self._move)
        column.addWidget(self._away)
        column.addWidget(self._foot)
        mark_parts(self._filters, self._lists.teachers, self._lists.scripts, self._plan, self._move, self._away)

    def _connect(self) -> None:
        self._filters.changed.connect(self._show_lists)
        self._empty.action_requested.connect(self.refresh)
        self._lists.selection_changed.connect(self._on_lists_selection_changed)
        self._lists.dropped.connect(self._on_lists_dropped)
        self._plan_button.clicked.connect(self._begin_plan)
        self._move_button.clicked.connect(self._begin_move)
        self._away_button.clicked.connect(self._begin_away)
        self._move.done.connect(self._on_move_done)
        self._away.done.connect(self._on_away_done)
        self._plan.done.connect(self._on_plan_done)
        for panel in self._panels:
            panel.cancelled.connect(partial(self._close, panel))
        self._plan.asked_again.connect(self._on_plan_asked_again)
        self._planner.found.connect(self._on_planner_found)
        self._mover.begun.connect(self._on_mover_begun)
        self._mover.moved.connect(self._on_mover_moved)
        self._mover.ended.connect(self._on_mover_ended)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        lists = self._lists
        return {
            "board.move": self._begin_move,
            "board.spread": self._begin_spread,
            "board.plan": self._begin_plan,
            "board.away": self._begin_away,
            "board.undo": self._mover.undo,
            "board.search": self._filters.search.setFocus,
            "board.due": self._filters.next_due,
            **{f"board.{shown.value}": partial(lists.show_list, shown) for shown in Shown},
            "board.order": lists.next_order,
            "board.hers_all": self._select_hers,
            "board.clear": self._clear,
            "board.refresh": self.refresh,
        }

    @property
    def _planning(self) -> bool:
        return self._stack.currentWidget() is self._plan

    @property
    def _panels(self) -> tuple[Panel, ...]:
        return self._move, self._away, self._plan

    # -- what is shown ---------------------------------------------------------------------------------------

    def _show_lists(self) -> None:
        look = self._look
        if look is None:
            return
        self._filters.offer_moment(look.board.read_at, look.board.school.calendar)
        before = self._filters.before(look.board.read_at, look.board.school.calendar)
        self._lists.show_look(look, self._filters.letters, before)
        if self._stack.currentWidget() is self._empty:
            self._stack.setCurrentWidget(self._lists)
        self._enable()

    def _say_state(self) -> None:
        look = self._look
        if look is None:
            trouble = self._asking.trouble
            title = tr("The board cannot be shown") if trouble else tr("Reading the board")
            sentence = trouble or tr("Everybody’s queues appear here in a moment.")
            self._empty.tell("offline" if trouble else "sync", title, sentence, tr("Try again") * bool(trouble))
            self._foot.clear()
            return
        clock = f"{look.board.read_at.astimezone(look.board.school.calendar.hours.zone):%H:%M:%S}"
        if self._asking.trouble:
            self._foot.say_old(clock, self._asking.trouble)
        else:
            self._foot.say_live(clock)

    def _enable(self) -> None:
        online = self._look is not None and not self._asking.trouble
        some = bool(self._lists.chosen)
        for names, possible in (
            (("board.move", "board.spread"), online and some),
            (("board.plan", "board.undo"), online),
            (("board.away", "board.hers_all"), online and self._lists.teacher is not None),
        ):
            for name in names:
                self.actions_by_id[name].setEnabled(possible)
        self._move_button.setEnabled(online and some)
        self._plan_button.setEnabled(online)
        self._away_button.setEnabled(online and self._lists.teacher is not None)

    # -- asking the server -----------------------------------------------------------------------------------

    def _on_looked(self, look: Look, recovered: bool) -> None:  # noqa: FBT001 - told so by `Asking`
        self._mover.settle(look)
        if look is not self._look:
            first, self._look = self._look is None, look
            # behind another place nobody looks, and who marks there must not wait for it
            self._stale = self.window().isVisible() and not self.isVisible()
            if not self._stale:
                self._show_lists()
            if not self._move.isHidden():
                self._move.show_look(look)
            if first and self.isVisible():
                self._lists.body.setFocus()
            self._say_state()
            self.looked.emit(look)
        elif recovered:
            self._say_state()
        self._enable()
        if (after := self._after) is not None:
            self._after = None
            after()

    def _on_look_failed(self) -> None:
        self._say_state()
        self._enable()

    # -- moving ----------------------------------------------------------------------------------------------

    def _open(self, panel: Panel) -> None:
        """One question at a time; what was typed into another stays there until it is asked again."""
        for other in (self._move, self._away):
            if other is not panel:
                other.hide()
        self._stack.setCurrentWidget(self._plan if panel is self._plan else self._lists)

    def _close(self, panel: Panel) -> None:
        """Nothing is asked any more; the keyboard goes back to the lists."""
        if panel is self._plan:
            self._planner.cancel()
            self._stack.setCurrentWidget(self._lists)
        else:
            panel.hide()
        self._lists.body.setFocus()

    def _begin_move(self, target: Target | None = None, keys: Sequence[Key] = ()) -> None:
        chosen = tuple(keys) or self._lists.chosen
        if self._look is None or not chosen:
            return
        self._open(self._move)
        self._move.begin(chosen, self._look, target if isinstance(target, Target) else None)
        known = [EvaluationId(key) for key in chosen if key in self._look.expected]
        if known:
            work = partial(self._place.fetched_at, known)
            self._tasks.run(BOARD_LANE, work, self._move.set_fetched, self._on_fetched_failed, receiver=self)

    def _begin_spread(self) -> None:
        look = self._look
        if look is not None:
            self._propose(frozenset(EvaluationId(key) for key in self._lists.chosen if key in look.expected))

    def _begin_plan(self) -> None:
        self._propose(frozenset())

    def _propose(self, freed: frozenset[EvaluationId]) -> None:
        if self._look is None:
            return
        self._open(self._plan)
        if not self._plan.why:
            self._plan.reason.setText(tr("So that less is late"))
        self._plan.wait()
        self._planner.propose(self._look, freed, started_too=self._plan.started_too)

    def _begin_away(self) -> None:
        teacher, look = self._lists.teacher, self._look
        if teacher is None or look is None:
            return
        self._open(self._away)
        self._away.begin(look.teacher[teacher], look.board.school.today, look.board.school.calendar)

    def _select_hers(self) -> None:
        self._lists.show_list(Shown.HERS)
        self._lists.scripts.selectAll()
        self._lists.body.setFocus()

    def _clear(self) -> None:
        for panel in self._panels:
            if panel.isVisible():
                self._close(panel)
                return
        self._filters.clear()
        self._lists.body.setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_lists_selection_changed(self) -> None:
        self._foot.about.setText(self._lists.about)
        self._enable()

    def _on_lists_dropped(self, teacher: UserId | None) -> None:
        self._begin_move(Target(teacher))

    def _on_fetched_failed(self, error: Exception) -> None:
        """It is only what is said beside: the move itself tells what is wrong."""
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)

    def _on_move_done(self) -> None:
        if self._look is not None:
            self._mover.move(self._look, self._move.moves, self._move.given, self._move.why)

    def _on_plan_done(self) -> None:
        if self._look is not None:
            self._mover.move(self._look, self._plan.moves, (), self._plan.why)

    def _on_plan_asked_again(self, _started: bool) -> None:  # noqa: FBT001 - Qt's signature
        if self._look is not None and self._planning:
            self._plan.wait()
            self._planner.propose(self._look, self._planner.freed, started_too=self._plan.started_too)

    def _on_planner_found(self, proposal: Proposal, look: Look) -> None:
        if self._planning:
            self._plan.show_proposal(proposal, look)

    def _on_away_done(self) -> None:
        teacher = self._away.teacher
        if teacher is None:
            return
        self._away.set_busy(busy=True)
        back = self._away.returns
        if back:
            work = partial(self._place.call_back, teacher, self._away.why)
        else:
            work = partial(self._place.call_in_sick, teacher, self._away.day, self._away.why)
        done = partial(self._on_away_entered, back=back)
        self._tasks.run(BOARD_LANE, work, done, self._on_away_failed, receiver=self)

    def _on_away_entered(self, _: None, *, back: bool) -> None:
        self._away.hide()
        self._messages.say(tr("It is entered."))
        self._after = None if back else self._begin_plan
        self.refresh()

    def _on_away_failed(self, error: Exception) -> None:
        self._away.set_busy(busy=False)
        if isinstance(error, OfflineError):
            kept = tr("What you typed stays here.")
            self._messages.tell(OfflineError(error.message, kept=kept, remedy=error.remedy))
        elif isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)

    def _on_mover_begun(self) -> None:
        for panel in (self._move, self._plan):
            panel.set_busy(busy=True)

    def _on_mover_moved(self) -> None:
        for panel in (self._move, self._plan):
            if panel.isVisible():
                panel.reason.clear()
                self._close(panel)

    def _on_mover_ended(self) -> None:
        for panel in (self._move, self._plan):
            panel.tell_ready()
        self.refresh()

    # -- Qt --------------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with what is selected; the menu stays open, and means the same, while the board changes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("board.move", "board.spread", "board.away", "board.hers_all", "board.plan", "board.undo"):
            menu.addAction(self.actions_by_id[name])
        menu.popup(event.globalPos())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self._show_lists()
        keep_focus_inside(self, self._lists.body.setFocus)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asking.rest()
