"""One script on the desk for its second marking: pages, mark sheet, and what keys do to both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import OfflineError, RefusedError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.evaluation import PageInfo, Place, ScriptView, WorkState
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import PulledPage
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, MarkingId, PageRef
from mv_desktop.domain.marks import format_marks
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.domain.second import SecondDraft, SecondScript, missing, second_marks
from mv_desktop.offline.second import SecondPages, page_infos
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.marking.commands import MarkingCommands
from mv_desktop.ui.marking.page.page_follow import PageFollower
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.page.reading import Reading
from mv_desktop.ui.marking.port import STORE_LANE, OpenedScript
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.marking.sheet.sheet_column import SheetColumn
from mv_desktop.ui.marking.sheet.step_award import STEP_COMMANDS, StepAwards
from mv_desktop.ui.part import mark_parts, tab_through_all
from mv_desktop.ui.second.panel import HandInPanel
from mv_desktop.ui.second.port import PAGES_LANE, SECOND_LANE, SecondPlace
from mv_desktop.ui.second.wording import paper_text
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import error_text, tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.toast import Messages

_SHARED = (
    "mark_field", "comment", "half_more", "half_less", "half_and_next", "full", "zero", "not_attempted",
    "follow_stamps", "next_question", "previous_question", "next_unmarked", "model_answer", "question_picture",
    "next_page", "previous_page", "first_page", "last_page", "fit_width", "fit_page", "zoom_in", "zoom_out",
    "zoom_100", "rotate", "brighten", "brighten_less", "redo",
)  # fmt: skip
"""Commands that do what the marking screen's of the same name do."""
_OFFERED = ("full", "half_more", "half_less", "zero", "not_attempted", "follow_stamps", "comment")


@dataclass(frozen=True, slots=True)
class Opened:
    """A marking as it was given, and what was typed of it before."""

    given: SecondScript
    view: ScriptView
    draft: SecondDraft


class SecondBench(QWidget):
    """Marks one script. What is typed is on the disk at once; it is sent when she hands it in.

    Signals:
        back_requested(): to the list.
        ended(str): it was handed in or handed back; the sentence says which.
        lost(MarkingId): the server says that it is not hers any more.
    """

    back_requested = Signal()
    ended = Signal(str)
    lost = Signal(object)

    def __init__(
        self,
        place: SecondPlace,
        tasks: Tasks,
        images: ImageCache,
        ids: IdSource,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._ids, self._messages = place, tasks, ids, messages
        self.session: MarkingSession | None = None
        self._opened: Opened | None = None
        self._pictures = SecondPages()
        self._coming: Task[tuple[PageInfo, ...]] | None = None
        self._views = PageViews(images, tasks, ids, self)
        self._views.set_read_only(True)
        self._sheet = MarkSheet(tasks, self)
        self._sheet.ask_comment(tr("Comment for the coordinator"))
        self._pages = PageList(images, self)
        opened = self._session
        self._reading = Reading(self._views, self._pages, images, _NoPlace(), tasks, opened, self)
        self._commands = MarkingCommands(self._views, self._sheet, messages, opened)
        self._follower = PageFollower(self._views, self._sheet, self._commands, tasks, opened, self)
        self._steps = StepAwards(self._views, self._commands, messages, opened)
        self.panel = HandInPanel(self)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def marking_id(self) -> MarkingId | None:
        """What is on the desk."""
        return None if self._opened is None else self._opened.given.marking_id

    @property
    def sending(self) -> bool:
        """It is on its way to the server."""
        return self.session is not None and self.session.read_only

    @property
    def told(self) -> str:
        """What is said above the pages of those that have not come."""
        return self._told.text

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        known = self._commands.handlers() | self._steps.handlers()
        names = {f"marking.{name}" for name in _SHARED} | set(STEP_COMMANDS)
        own: dict[str, Callable[[], object]] = {
            "second.undo": self._commands.undo,
            "second.note": partial(self._check, writing=True),
            "second.hand_in": self._check,
            "second.decline": self._ask_why,
        }
        shared = {name.replace("marking.", "second."): known[name] for name in sorted(names)}
        return {name: self._follower.first(handler) for name, handler in (shared | own).items()}

    def build(self, actions: dict[str, QAction]) -> None:
        """Lay the desk out, when its commands are known."""
        back = QToolButton(self)
        back.setText(tr("Back"))
        back.setIcon(current_theme().icon("arrow-left"))
        back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        back.setAutoRaise(True)
        back.clicked.connect(self.back_requested)
        follow_tip(back, actions["second.back"])
        self._title = ElidedLabel(parent=self)
        self._told = SignLabel(self)
        self._again = QToolButton(self)
        self._again.setText(tr("Try again"))
        self._again.clicked.connect(self._fetch_next)
        self._again.hide()
        decline = QToolButton(self)
        decline.setText(tr("Hand back …"))
        decline.setAutoRaise(True)
        decline.clicked.connect(actions["second.decline"].trigger)
        follow_tip(decline, actions["second.decline"])
        top = QHBoxLayout()
        top.setContentsMargins(spacing(2), spacing(1), spacing(3), spacing(1))
        top.setSpacing(spacing(3))
        top.addWidget(back)
        top.addWidget(self._title, 2)
        top.addWidget(self._told, 1)
        top.addWidget(self._again)
        top.addWidget(decline)
        right = SheetColumn(self._sheet, actions["second.hand_in"], self)
        right.submit.setText(tr("Check and hand in"))
        self._sheet.offer([actions[f"second.{name}"] for name in _OFFERED])
        self._sheet.offer_steps([actions[name.replace("marking.", "second.")] for name in STEP_COMMANDS])
        splitter = self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        middle = QWidget(self)
        below = QVBoxLayout(middle)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._views, 1)
        below.addWidget(self.panel)  # here, so that the sheet keeps its height
        for part in (self._pages, middle, right):
            splitter.addWidget(part)
        for index, stretch in enumerate((0, 1, 0)):
            splitter.setStretchFactor(index, stretch)
        splitter.setSizes([spacing(26), spacing(206), spacing(88)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(splitter, 1)
        mark_parts(self._pages, self.panel)
        tab_through_all((back, decline, self._pages, self._views, self.panel, right))
        self._connect()

    def open(self, opened: Opened) -> None:
        """Begin, or go on where she stopped; what was on the desk is put away first."""
        self.leave()
        for operation in opened.draft.operations:
            opened.view.script.apply(operation)
        self._opened = opened
        session = MarkingSession(OpenedScript(opened.view), self._place.drafts, self._tasks, self._ids, self)
        session.changed.connect(self._on_session_changed)
        session.taken_back.connect(self._on_session_taken_back)
        self.session = session
        self.panel.show_note(opened.draft.comment)
        self._title.setText(paper_text(opened.view.class_name, opened.view.title))
        self._reading.show(session, self._pictures, None)
        self._sheet.show_pictures(partial(self._place.picture, opened.given.marking_id))
        self._sheet.set_session(session)
        self._follower.forget()
        self._views.active.setFocus()
        self._fetch_next()

    def put_down(self) -> None:
        """Take what is typed; the script stays here."""
        if self.session is not None and not self.session.read_only:
            self._sheet.commit()

    def leave(self) -> None:
        """Put the script away: its pages are forgotten, what was typed is kept."""
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None
        self.put_down()
        self.panel.close_panel()
        session = self.session
        if session is not None:
            self._reading.close()
            session.changed.disconnect(self._on_session_changed)
            self.session = self._opened = None
            self._pages.set_session(None)
            self._sheet.set_session(None)
            # its last saves come back to it first, and if one fails that is told
            if session.save_state is SaveState.SAVED:
                session.deleteLater()
            else:
                session.save_state_changed.connect(partial(self._on_left_session_saved, session))
        self._pictures.clear()
        self._pictures = SecondPages()

    def save_state(self) -> QByteArray:
        """How it is divided, to be remembered."""
        return self._splitter.saveState()

    def restore_state(self, state: QByteArray) -> None:
        """Divide it as it was."""
        self._splitter.restoreState(state)

    def shutdown(self) -> None:
        """The program ends."""
        self.leave()
        self._views.shutdown()

    # -- private ---------------------------------------------------------------------------------------------

    def _session(self) -> MarkingSession | None:
        return self.session

    def _connect(self) -> None:
        self._views.page_changed.connect(self._on_views_page_changed)
        self._sheet.question_chosen.connect(self._commands.follow)
        self._sheet.step_chosen.connect(self._steps.toggle)
        self._sheet.left.connect(self._reading.focus_pages)
        self.panel.hand_in_requested.connect(self._hand_in)
        self.panel.decline_requested.connect(self._decline)
        self.panel.question_wanted.connect(self._commands.go_to_question)
        self.panel.question_wanted.connect(self._sheet.focus_mark)
        self.panel.note_changed.connect(self._on_panel_note_changed)
        self.panel.left.connect(self._reading.focus_pages)

    # -- pages -----------------------------------------------------------------------------------------------

    def _fetch_next(self) -> None:
        """Bring the next file that is neither here nor known to be unreadable; the page looked at does not wait."""
        opened, session = self._opened, self.session
        self._again.hide()
        if opened is None or session is None or self._coming is not None:
            return
        settled = {info.ref.page_number for info in session.view.pages if info.here or info.problem}
        waiting = [page for page in opened.given.pages if page.page_number not in settled]
        if not waiting:
            self._told.say("", "")
            return
        words = tr_count("{count} page is still coming.", "{count} pages are still coming.", len(waiting))
        self._told.say("info", words)
        page, into = waiting[0], self._pictures
        self._coming = self._tasks.run_reporting(
            PAGES_LANE,
            lambda progress: self._place.fetch(opened.given, page, into, lambda: progress.cancelled),
            partial(self._on_fetched, page),
            self._on_fetch_failed,
            receiver=self,
        )

    def _on_fetched(self, page: PulledPage, infos: tuple[PageInfo, ...]) -> None:
        self._coming = None
        session = self.session
        if session is None:
            return
        before = session.view.pages
        at = next((at for at, info in enumerate(before) if info.ref.page_number == page.page_number), len(before))
        rest = [info for info in before if info.ref.page_number != page.page_number]
        self._reading.pages_changed(session, (*rest[:at], *infos, *rest[at:]), self._pictures)
        self._follower.forget()
        self._fetch_next()

    def _on_fetch_failed(self, error: Exception) -> None:
        self._coming = None
        if not isinstance(error, UserError):
            raise error
        self._told.say("warning", error_text(error))
        self._again.show()

    def _on_views_page_changed(self, page: PageRef) -> None:
        self._pages.set_current(page)

    # -- marking ---------------------------------------------------------------------------------------------

    def _on_session_changed(self, change: Change) -> None:
        self._views.show_change(change)

    def _on_left_session_saved(self, session: MarkingSession, state: SaveState) -> None:
        if state is SaveState.SAVED:
            session.deleteLater()

    def _on_session_taken_back(self, words: str) -> None:
        self._messages.tell(UserError(words))

    def _on_panel_note_changed(self, note: str) -> None:
        if self.marking_id is not None:
            work = partial(self._place.drafts.comment, self.marking_id, note)
            self._tasks.run(STORE_LANE, work, _nothing, receiver=self)

    # -- handing in ------------------------------------------------------------------------------------------

    def _check(self, *, writing: bool = False) -> None:
        session = self.session
        if session is None or not self._sheet.commit():
            return
        if self.panel.asking and not writing and not missing(session.script):
            self._hand_in()
            return
        total, possible = format_marks(session.script.total), format_marks(session.script.possible_total)
        self.panel.check(missing(session.script), total, possible, writing=writing)

    def _ask_why(self) -> None:
        if self.session is not None and self._sheet.commit():
            self.panel.ask_why()

    def _hand_in(self) -> None:
        session, marking = self.session, self.marking_id
        if session is None or marking is None or session.read_only:
            return
        marks, note = second_marks(session.script), self.panel.note
        self._send(session, partial(self._place.hand_in, marking, marks, note), tr("Handed in. Thank you."))

    def _decline(self, reason: str) -> None:
        session, marking = self.session, self.marking_id
        if session is not None and marking is not None and reason and not session.read_only:
            told = tr("Handed back to the coordinator.")
            self._send(session, partial(self._place.decline, marking, reason), told)

    def _send(self, session: MarkingSession, work: Callable[[], None], told: str) -> None:
        """All that was typed is on the disk before anything is sent; nothing is changed while it is under way."""
        session.freeze(tr("It is being sent."))
        self.panel.say_busy()

        def begin(_: None) -> None:
            self._tasks.run(
                SECOND_LANE, work, partial(self._on_sent, told), partial(self._on_send_failed, session), receiver=self
            )

        session.after_saving(_no_work, begin, partial(self._on_send_failed, session), receiver=self)

    def _on_sent(self, told: str, _: None) -> None:
        self.leave()
        self.ended.emit(told)

    def _on_send_failed(self, session: MarkingSession, error: Exception) -> None:
        if session is not self.session:
            return
        session.thaw()
        if not isinstance(error, UserError):
            self.panel.close_panel()
            raise error
        if isinstance(error, RefusedError):
            marking = self.marking_id
            self.leave()
            self.lost.emit(marking)
            return
        kept = tr("What you marked is kept on this computer.") if isinstance(error, OfflineError) else ""
        self.panel.say_failed(" ".join(filter(None, (error_text(error), kept))))


class _NoPlace:
    """Where she was is not kept: the pages are not either."""

    def set_place(self, evaluation_id: EvaluationId, place: Place) -> None:
        """Forget it."""


def opened_from(given: SecondScript, draft: SecondDraft) -> Opened:
    """What is put on the desk; not for the GUI thread, as a paper is long."""
    paper = ExamSnapshot.model_validate_json(given.snapshot)
    view = ScriptView(
        evaluation_id=EvaluationId(given.marking_id),
        exam_instance_id=ExamInstanceId(given.marking_id),
        script_code="",
        title=given.title,
        class_name=given.class_name,
        received_at=given.given_at,
        deadline=given.given_at,
        sla_hours=0,
        state=WorkState.STARTED,
        paper=paper,
        pages=tuple(info for page in given.pages for info in page_infos(page)),
        script=MarkedScript(paper, declared_unanswered=given.declared_unanswered),
    )
    return Opened(given, view, draft)


def _nothing(_: None) -> None:
    """It is kept; nobody has to know."""


def _no_work() -> None:
    """Marks a moment on the lane of the file."""
