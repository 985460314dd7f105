"""The marking screen: page list, pages, mark sheet, and what keys and buttons do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import InvalidError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.shape import STAMP_NAMES, Placed, StampName
from mv_desktop.domain.evaluation import PageInfo, WorkState
from mv_desktop.domain.identifier import AnnotationId, EvaluationId, MarkKey, PageRef
from mv_desktop.domain.script import Change
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, once_a_press, set_keys
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.picture_strip import PictureLook
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.arrangement import restore_arrangement, save_arrangement
from mv_desktop.ui.marking.commands import MarkingCommands
from mv_desktop.ui.marking.flow.pace_meter import PaceMeter
from mv_desktop.ui.marking.flow.report import Report, handed_back_sentence
from mv_desktop.ui.marking.flow.submission import Submission, submitted_sentence
from mv_desktop.ui.marking.flow.submission_hold import SubmissionHold
from mv_desktop.ui.marking.page.page_follow import PageFollower
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.page.page_menu import PageMenu
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.page.reading import Reading
from mv_desktop.ui.marking.page.space_key import SpaceKey
from mv_desktop.ui.marking.port import OpenedScript, ScriptStore
from mv_desktop.ui.marking.presence import Presence
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.marking.sheet.sheet_column import SheetColumn
from mv_desktop.ui.marking.sheet.sheet_window import SheetWindow
from mv_desktop.ui.marking.sheet.step_award import STEP_COMMANDS, StepAwards
from mv_desktop.ui.marking.tool.target import StampTarget
from mv_desktop.ui.marking.tool.tool_box import ToolBox
from mv_desktop.ui.marking.tool.tool_desk import ToolDesk
from mv_desktop.ui.marking.tool.tool_strip import ToolStrip
from mv_desktop.ui.marking.top_bar import TopBar
from mv_desktop.ui.part import mark_parts, tab_through_all
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import DueWork
from mv_desktop.ui.widgets.toast import Messages

_OFFERED = (
    "full",
    "half_more",
    "half_less",
    "zero",
    "not_attempted",
    "follow_stamps",
    "comment",
    "select_question",
    "count_for",
)
"""What a right click on a question offers."""
_CLOCK_SECONDS = 30.0
_TURN_SECONDS = 0.005
_FROZEN_SECONDS = 0.1
"""A submission is followed by the next script within this; two changes of the whole screen would be felt."""
_OPEN = (WorkState.NEW, WorkState.STARTED)


class MarkingScreen(QWidget):
    """One script open for marking.

    Args:
        store: the teacher's local file.
        images: the decoded pages.
        stamps: the stamps in the order of the setting `evaluation_ui_stamps`.

    Signals:
        back_requested(): to the queue.
        next_requested(EvaluationId): open the next script after this one.
        submit_held(EvaluationId, seconds): the script is submitted unless that is taken back.
        recorded(): something was saved on this computer and can be sent.
        change_wanted(UUID): she would propose a change of this question of the bank.

    Attributes:
        hold: the submissions that can still be taken back.
        submission: the check, and submitting.
        actions_by_id: its commands, for the palette.
        session: the open script, or None.
    """

    back_requested = Signal()
    next_requested = Signal(object)
    submit_held = Signal(object, int)
    recorded = Signal()
    change_wanted = Signal(object)

    def __init__(
        self,
        store: ScriptStore,
        tasks: Tasks,
        images: ImageCache,
        ids: IdSource,
        clock: Clock,
        calendar: WorkCalendar,
        messages: Messages,
        stamps: Sequence[StampName] = STAMP_NAMES,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._tasks, self._ids = store, tasks, ids
        self._clock, self._calendar, self._messages = clock, calendar, messages
        self.session: MarkingSession | None = None
        self._asked_in_mark = False
        self.hold = SubmissionHold(store, tasks, clock, self)
        self.hold.held.connect(self.submit_held)
        self._views = PageViews(images, tasks, ids, self)
        self._sheet = MarkSheet(tasks, self)
        self._pages = PageList(images, self)
        self._reading = Reading(self._views, self._pages, images, store, tasks, lambda: self.session, self)
        self._commands = MarkingCommands(self._views, self._sheet, messages, lambda: self.session)
        self._follower = PageFollower(self._views, self._sheet, self._commands, tasks, lambda: self.session, self)
        self._steps = StepAwards(self._views, self._commands, messages, lambda: self.session)
        self.submission = Submission(
            *(self._views, self._sheet, self._commands, messages, self.hold, lambda: self.session, self)
        )
        self._report = Report(self._views, self._sheet, messages, self.hold, lambda: self.session, self)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.MARKING, self._handlers(), keys)
        once_a_press(self.actions_by_id)
        self._sheet.offer([self.actions_by_id[f"marking.{name}"] for name in _OFFERED])
        self._sheet.offer_steps([self.actions_by_id[name] for name in STEP_COMMANDS])
        PageMenu(self._views, self.actions_by_id, self)
        self._strip = ToolStrip(stamps, self.actions_by_id, self)
        self._box = ToolBox(self.actions_by_id, self)
        self._target = StampTarget(self._views, self._strip, lambda: self.session)
        self._tools = ToolDesk(self._views, self._strip, self._box, self._target, self)
        self._top = TopBar(self.actions_by_id["marking.back"], self.actions_by_id["marking.next_script"], self)
        self._presence = Presence(clock, self)
        self._pace = PaceMeter(store, tasks, clock, self._top.show_pace, self._presence)
        self._views.main.count_while(self._presence.there)
        self._build()
        self._connect()
        tasks.tick(_CLOCK_SECONDS, self._show_deadline, receiver=self)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def evaluation_id(self) -> EvaluationId | None:
        """The script that is open."""
        return None if self.session is None else self.session.view.evaluation_id

    @property
    def strip(self) -> ToolStrip:
        """The tools below the pages."""
        return self._strip

    @property
    def view(self) -> PageView:
        """The pages, in the first view."""
        return self._views.main

    @property
    def views(self) -> PageViews:
        """The pages, in one view or in two."""
        return self._views

    @property
    def windows(self) -> tuple[QWidget, ...]:
        """In which it is: the program's, and that of the mark sheet."""
        return self.window(), self._sheet_window

    def show_script(self, opened: OpenedScript, pictures: PictureSource, *, anew: bool = False) -> None:
        """Open a script, at the first question to decide or that was returned, where there is one.

        What was open is left first.

        `anew`: it is the one that is open, and she stays where she is.
        """
        if self.session is not None:
            self._let_go(self.session)  # list and sheet are not emptied: they are filled in the same turn
        session = MarkingSession(opened, self._store, self._tasks, self._ids, self)
        session.stamp_value = self._strip.value
        if self.hold.holds(session.view.evaluation_id):
            handing_back = self.hold.handing_back(session.view.evaluation_id)
            session.freeze(handed_back_sentence() if handing_back else submitted_sentence())
        self.session = session
        self._paint_pages_first()
        self._reading.show(session, pictures, opened.place)
        asks = bool(session.view.to_decide) or (session.view.returned is not None and not session.read_only)
        where_she_was = opened.place is not None and (anew or not asks)
        if where_she_was:
            self._follower.follow()
        self._sheet.set_session(session)
        for signal, slot in self._listens_to(session):
            signal.connect(slot)
        session.taken_back.connect(self._on_session_taken_back)
        self._top.show_script(session.view)
        self._presence.watch(self)
        self._presence.touch()
        self._pace.open(session.view.evaluation_id, opened.pace, counts=not session.view.read_only)
        self._strip.show_saved(SaveState.SAVED)
        self._show_frozen()
        self._show_deadline()
        self._on_session_history_changed()
        self._on_view_page_changed(self._view.current_page)
        session.start()
        if not where_she_was and session.current is not None:
            self._commands.lead_to(session.current)
        self._follower.forget()
        self._view.setFocus()

    def go_to_question(self, number: int) -> None:
        """Make a question of the open script the current one, and show where it is answered."""
        self._commands.go_to_question(number)

    def set_calendar(self, calendar: WorkCalendar) -> None:
        """Tell deadlines by other working hours or holidays from now on."""
        self._calendar = calendar
        self._show_deadline()

    def show_pace(self, *, shown: bool) -> None:
        """Whether the time on a script is told."""
        self._pace.set_shown(shown)

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    def leave(self) -> None:
        """Let go of the open script: what was read and where one was is kept."""
        if self.session is not None:
            self._let_go(self.session)
            self._pages.set_session(None)
            self._sheet.set_session(None)

    def put_down(self) -> None:
        """Take what is typed, and roll back what is being drawn; the script stays open."""
        self._sheet.commit()
        for view in self.views.shown:
            if view.gesturing:
                view.cancel()

    def pages_changed(self, pages: Sequence[PageInfo], pictures: PictureSource) -> None:
        """Pages of the open script arrived, or turned out not to be showable."""
        if self.session is not None:
            self._reading.pages_changed(self.session, pages, pictures)
            self._follower.forget()
            self._on_view_page_changed(self._view.current_page)

    def show_question_pictures(self, look: PictureLook) -> None:
        """Read the pictures of questions so; they may come later than their script."""
        self._sheet.show_pictures(look)

    def question_pictures_came(self) -> None:
        """Pictures of questions may have come."""
        self._sheet.pictures_came()

    def save_state(self) -> QByteArray:
        """How the screen is divided, to be remembered."""
        return save_arrangement(self._sheet_window, self._sheet, self._views)

    def restore_state(self, state: QByteArray) -> None:
        """Divide the screen as it was."""
        restore_arrangement(state, self._sheet_window, self._sheet, self._views)

    def shutdown(self) -> None:
        """The program ends."""
        self.leave()
        self._views.shutdown()

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _view(self) -> PageView:
        """The view that is meant by keys and buttons."""
        return self._views.active

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._top)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._box)
        upper.addWidget(self._views, 1)
        column.addLayout(upper, 1)
        column.addWidget(self._strip)
        right = SheetColumn(self._sheet, self.actions_by_id["marking.submit"], self)
        self._submit = right.submit
        for part in (self._pages, middle, right):
            self._splitter.addWidget(part)
        for index, stretch in enumerate((0, 1, 0)):
            self._splitter.setStretchFactor(index, stretch)
        self._splitter.setSizes([spacing(26), spacing(206), spacing(88)])
        layout.addWidget(self._splitter, 1)
        self._sheet_window = SheetWindow(self, self._splitter, right)
        SpaceKey(self._views, self, self._sheet_window)
        parts = (self._top, self._pages, self._box, self._views, self._strip)
        mark_parts(*parts[:3], self._strip)
        order_tab = partial(tab_through_all, (*parts, right))
        order_tab()
        self._sheet_window.came_in.connect(order_tab)
        self._sheet_window.came_out.connect(partial(self._presence.watch, self._sheet_window))

    def _connect(self) -> None:
        self._views.each(self._connect_view)
        self._views.page_changed.connect(self._on_view_page_changed)
        self._top.back_requested.connect(self._go_back)
        self._top.next_requested.connect(self._go_next)
        self._top.question_wanted.connect(self._on_top_question_wanted)
        self._top.left.connect(self._on_top_left)
        self._sheet.question_chosen.connect(self._commands.follow)
        self._sheet.step_chosen.connect(self._steps.toggle)
        self._sheet.left.connect(self._reading.focus_pages)
        self._strip.left.connect(self._reading.focus_pages)

    def _connect_view(self, view: PageView) -> None:
        """The first view, and the second when it is made."""
        view.put_requested.connect(self._on_view_put_requested)
        view.delete_requested.connect(self._on_view_delete_requested)
        view.refused.connect(self._messages.tell)
        view.rescan_requested.connect(self._report.ask_rescan)

    def _listens_to(self, session: MarkingSession) -> list[tuple[SignalInstance, Callable[..., None]]]:
        """What the screen follows while a script is open."""
        return [
            (session.changed, self._on_session_changed),
            (session.current_changed, self._on_session_current_changed),
            (session.save_state_changed, self._on_session_save_state_changed),
            (session.history_changed, self._on_session_history_changed),
            (session.flags_changed, self._on_session_flags_changed),
            (session.frozen_changed, self._on_session_frozen_changed),
        ]

    def _handlers(self) -> dict[str, Callable[[], object]]:
        own: dict[str, Callable[[], object]] = {
            "marking.sheet_window": self._move_sheet,
            "marking.go_to_question": self._ask_question,
            "marking.tag_page": self._ask_tags,
            "marking.tick_more": lambda: self._strip.change_value(1),
            "marking.tick_less": lambda: self._strip.change_value(-1),
            "marking.undo": self._undo,
            "marking.propose_change": self._propose_change,
            "marking.next_script": self._go_next,
            "marking.back": self._escape,
        }
        parts = (self._commands, self._steps, self._reading, self._report, self.submission)
        handlers = {name: handler for part in parts for name, handler in part.handlers().items()} | own
        handlers |= {name: self._follower.after_tags(handlers[name]) for name in ("marking.undo", "marking.redo")}
        return {name: self._follower.first(handler) for name, handler in handlers.items()}

    def _paint_pages_first(self) -> None:
        """Let what stands beside the pages be painted a turn later: all at once would be felt."""
        for turn, part in enumerate((self._sheet, self._pages)):
            part.setUpdatesEnabled(False)
            self._tasks.after(turn * _TURN_SECONDS, partial(part.setUpdatesEnabled, True), receiver=part)

    def _let_go(self, session: MarkingSession) -> None:
        self.submission.leave()
        self._sheet.commit()
        self._pace.close()
        for signal, slot in self._listens_to(session):
            signal.disconnect(slot)
        self._reading.close()  # tells what was read, while the session is still there; nothing of it is shown any more
        self.session = None
        # its last saves come back to it first, and if one fails that is told
        if session.save_state is SaveState.SAVED:
            session.deleteLater()
        else:
            session.save_state_changed.connect(partial(self._on_left_session_saved, session))

    # -- what commands do ------------------------------------------------------------------------------------

    def _ask_question(self) -> None:
        if self.session is not None:
            self._asked_in_mark = self._sheet.in_mark
            self._top.ask_question({key.question_number for key in self.session.keys})

    def _ask_tags(self) -> None:
        session, page = self.session, self._view.current_page
        if session is not None and page is not None and not session.read_only:
            tagged = session.script.tags.get(page, ())

            def take(text: str) -> None:
                session.tag_page(page, text)
                self._follower.follow()

            self._asked_in_mark = self._sheet.in_mark
            self._top.ask_tags(page, tagged, session.questions_said(page), take)

    def _propose_change(self) -> None:
        session = self.session
        if session is None or session.current is None:
            return
        question = session.bank_id(session.current)
        if question is None:
            self._messages.tell(InvalidError(tr("The paper does not say which question of the bank this is.")))
        else:
            self.change_wanted.emit(question)

    def _move_sheet(self) -> None:
        in_mark = self._sheet.in_mark
        self._sheet_window.toggle()
        if in_mark:
            self._sheet.focus_mark()
        else:
            self._reading.focus_pages()

    def _undo(self) -> None:
        session = self.session
        if session is not None and self.hold.can_take_back(session.view.evaluation_id):
            self.hold.take_back(session.view.evaluation_id)
            return
        if session is not None and not session.worked_on and self.hold.latest is not None:
            self.hold.take_back(self.hold.latest)  # nothing was done here yet: the last thing done was to leave that
            return
        self._commands.undo()

    def _escape(self) -> None:
        if not (self._view.cancel() or self._reading.cancel()):
            self._go_back()

    def _go_back(self) -> None:
        if self._sheet.commit():
            self.back_requested.emit()

    def _go_next(self) -> None:
        if self.session is not None and self._sheet.commit():
            self.next_requested.emit(self.session.view.evaluation_id)

    # -- what the parts tell ---------------------------------------------------------------------------------

    def _on_top_question_wanted(self, number: int) -> None:
        self._commands.go_to_question(number)

    def _on_top_left(self) -> None:
        """Who was asked while she marked by keys goes on in the mark: digits would be stamps on the page."""
        if self._asked_in_mark:
            self._sheet.focus_mark()
        else:
            self._reading.focus_pages()

    def _on_view_put_requested(self, placed: tuple[Placed, ...]) -> None:
        self._follower.follow_ink(placed)
        self._commands.told(lambda session: session.put(placed))()

    def _on_view_delete_requested(self, annotation_ids: tuple[AnnotationId, ...]) -> None:
        self._commands.told(lambda session: session.delete(annotation_ids))()

    def _on_view_page_changed(self, page: PageRef | None) -> None:
        if page is not None and self.session is not None:
            self._pages.set_current(page)
        self._target.show()

    def _on_session_changed(self, change: Change) -> None:
        if change.questions or change.annotations or change.flags:  # what was read is told without her
            self._presence.touch()
        self._views.show_change(change)
        if change.questions or change.pages or self._view.selected:
            self._target.show()

    def _on_session_current_changed(self, _key: MarkKey) -> None:
        self._follower.forget()
        self._target.show()

    def _on_session_save_state_changed(self, state: SaveState) -> None:
        self._strip.show_saved(state)
        if state is SaveState.SAVED:
            self.recorded.emit()

    def _on_left_session_saved(self, session: MarkingSession, state: SaveState) -> None:
        """The last saves of a script that was left."""
        if state is SaveState.SAVED:
            session.deleteLater()
            self.recorded.emit()

    def _on_session_history_changed(self) -> None:
        session = self.session
        can_undo = session is not None and (
            session.view.state in _OPEN or self.hold.can_take_back(session.view.evaluation_id)
        )
        self.actions_by_id["marking.undo"].setEnabled(can_undo)
        self.actions_by_id["marking.redo"].setEnabled(session is not None and session.can_redo)

    def _on_session_frozen_changed(self) -> None:
        """Nothing can be changed from this moment on, which is shown only when the next script does not come first."""
        session = self.session
        if session is not None:
            self._views.set_read_only(session.read_only)
            self._tasks.after(_FROZEN_SECONDS, partial(self._show_frozen_of, session), receiver=session)

    def _on_session_taken_back(self, sentence: str) -> None:
        self._messages.tell(UserError(sentence))

    def _on_session_flags_changed(self) -> None:
        if self.session is not None:
            self._reading.show_flags(self.session)

    # -- showing ---------------------------------------------------------------------------------------------

    def _show_frozen_of(self, session: MarkingSession) -> None:
        if session is self.session:
            self._show_frozen()

    def _show_frozen(self) -> None:
        session = self.session
        frozen = session is not None and session.read_only
        self._top.show_frozen(said(session.read_only_reason) if session is not None else "")
        self._views.set_read_only(frozen)
        self._strip.set_read_only(frozen)
        self._box.set_read_only(frozen)
        self._submit.setEnabled(session is not None and not frozen)
        self._target.show()

    def _show_deadline(self) -> None:
        if self.session is not None:
            view = self.session.view
            work = DueWork(view.received_at, view.deadline, view.sla_hours, done=view.state not in _OPEN)
            self._top.show_deadline(work, self._calendar, self._clock.now())
