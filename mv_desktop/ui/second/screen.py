"""What a teacher has to mark a second time, and the desk on which she does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.identifier import MarkingId
from mv_desktop.domain.second import SecondDraft, SecondLook, SecondTask
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, once_a_press, set_keys
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.marking.port import STORE_LANE
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.second.bench import Opened, SecondBench, opened_from
from mv_desktop.ui.second.port import SECOND_LANE, SecondPlace
from mv_desktop.ui.second.wording import (
    HEADINGS,
    STRETCHED,
    draft_lines,
    draft_row,
    task_row,
    unreadable_text,
)
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import error_text, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fact_table import FactTable
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.toast import Messages
from mv_desktop.ui.widgets.tone_label import ToneLabel

_IN_LIST = frozenset({"second.open", "second.refresh", "second.put_away", "second.back"})
_IN_PANEL = frozenset({"second.hand_in", "second.back"})


class SecondScreen(QWidget):
    """The list, and the desk in its place while a script is marked.

    Signals:
        back_requested(): to the queue.
        looked(SecondLook): what there is to do has been asked for.

    Attributes:
        actions_by_id: its commands, for the palette.
        bench: the desk.
    """

    back_requested = Signal()
    looked = Signal(object)

    def __init__(
        self,
        place: SecondPlace,
        tasks: Tasks,
        images: ImageCache,
        ids: IdSource,
        clock: Clock,
        zone: tzinfo,
        messages: Messages,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._clock, self._zone, self._messages = place, tasks, clock, zone, messages
        self._waiting: tuple[SecondTask, ...] = ()
        self._drafts: tuple[SecondDraft, ...] = ()
        self._entries: list[SecondTask | SecondDraft] = []
        self._ended = False
        self._looking: Task[SecondLook] | None = None
        self._opening: Task[Opened] | None = None
        self.bench = SecondBench(place, tasks, images, ids, messages, self)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.SECOND, self._handlers(), keys)
        once_a_press(self.actions_by_id)
        self.bench.build(self.actions_by_id)
        self._build()
        self.bench.back_requested.connect(self._show_list)
        self.bench.ended.connect(self._on_bench_ended)
        self.bench.lost.connect(self._on_bench_lost)
        self.bench.panel.asking_changed.connect(self._show_what_can_be_done)
        self._stack.setCurrentWidget(self._overview)
        self._show_what_can_be_done()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def told(self) -> str:
        """What is said above the list."""
        return self._told.text

    @property
    def marking(self) -> bool:
        """A script is on the desk."""
        return self._stack.currentWidget() is self.bench

    def refresh(self) -> None:
        """Ask what there is to do; what is known stays until that is answered."""
        if self._looking is None and not self._ended:
            work = self._place.look
            self._looking = self._tasks.run(SECOND_LANE, work, self._on_looked, self._on_failed, receiver=self)

    def show_look(self, look: SecondLook) -> None:
        """List what there is to do, and say what is not known.

        What is on the desk and not hers any more is put away, where it can be read.
        """
        if look.waiting is not None:
            self._waiting = look.waiting
        self._drafts = look.drafts
        on_desk = self.bench.marking_id
        if on_desk in {draft.marking_id for draft in look.drafts if draft.gone} and not self.bench.sending:
            self._say_lost()
            self._show_list()
        self._fill()
        self._tell(look)

    def put_down(self) -> None:
        """Take what is typed; the script stays on the desk."""
        self.bench.put_down()

    def save_state(self) -> QByteArray:
        """How the desk is divided, to be remembered."""
        return self.bench.save_state()

    def restore_state(self, state: QByteArray) -> None:
        """Divide the desk as it was."""
        self.bench.restore_state(state)

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    def end(self) -> None:
        """Put away what is on the desk, and ask nothing more; what was typed is on its way to the disk."""
        self._ended = True
        self.bench.leave()

    def shutdown(self) -> None:
        """The program ends."""
        self.bench.shutdown()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._list = FactTable(tr("Scripts to mark a second time"), HEADINGS, STRETCHED, self)
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._list.row_selected.connect(self._on_list_row_selected)
        self._list.row_opened.connect(self._open_current)
        self._kept = QPlainTextEdit(self)
        self._kept.setReadOnly(True)
        self._kept.setTabChangesFocus(True)
        self._kept.setAccessibleName(tr("What you typed"))
        self._told = SignLabel(self)
        self._told.hide()
        self._empty = EmptyState(self)
        self._empty.action_requested.connect(self.refresh)
        both = self._both = QSplitter(Qt.Orientation.Horizontal, self)
        both.setChildrenCollapsible(False)
        both.addWidget(self._list)
        both.addWidget(self._kept)
        both.setStretchFactor(0, 1)
        both.setSizes([spacing(160), spacing(90)])
        self._body = QStackedWidget(self)
        self._body.addWidget(both)
        self._body.addWidget(self._empty)
        heading = ToneLabel(tr("Second marking"), parent=self, factor=1.3, strong=True)
        what = ToneLabel(
            tr(
                "Somebody else has marked these scripts, and you see nothing of that marking. Your marks change no "
                "student’s result: they show the coordinator how well two markings agree."
            ),
            "muted",
            self,
        )
        what.setWordWrap(True)
        self._overview = QWidget(self)
        column = QVBoxLayout(self._overview)
        column.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        column.setSpacing(spacing(3))
        for widget in (heading, what, self._told):
            column.addWidget(widget)
        column.addWidget(self._body, 1)
        column.addLayout(self._build_bottom())
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._overview)
        self._stack.addWidget(self.bench)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        mark_parts(self._list, self._kept, self._empty, self._mark)

    def _build_bottom(self) -> QHBoxLayout:
        self._mark = PrimaryButton(tr("Mark a second time"), self)
        self._put_away_button = QPushButton(tr("Put away"), self)
        self._put_away_button.setMinimumHeight(spacing(9))
        row = QHBoxLayout()
        row.setSpacing(spacing(3))
        for button, name in ((self._mark, "second.open"), (self._put_away_button, "second.put_away")):
            action = self.actions_by_id[name]
            button.clicked.connect(action.trigger)
            follow_tip(button, action)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _handlers(self) -> dict[str, Callable[[], object]]:
        own: dict[str, Callable[[], object]] = {
            "second.open": self._open_current,
            "second.refresh": self.refresh,
            "second.put_away": self._put_away,
            "second.back": self._escape,
        }
        return self.bench.handlers() | own

    # -- the list --------------------------------------------------------------------------------------------

    def _tell(self, look: SecondLook) -> None:
        parts = [] if look.trouble is None else [error_text(look.trouble)]
        if look.trouble is not None and look.drafts:
            parts.append(tr("What you marked is kept on this computer."))
        if look.unreadable:
            parts.append(unreadable_text(look.unreadable))
        self._say("warning" if parts else "", " ".join(parts))
        if not self._entries:
            offline = isinstance(look.trouble, OfflineError)
            title = tr("Not connected") if offline else tr("Nothing to mark a second time")
            sentence = tr("A coordinator may give you a script that somebody else has marked; it appears here.")
            self._empty.tell("offline" if offline else "done", title, sentence, tr("Refresh"))

    def _fill(self) -> None:
        now = self._clock.now()
        begun = {draft.marking_id for draft in self._drafts}
        known = {task.marking_id for task in self._waiting}
        self._entries = [*self._waiting, *(draft for draft in self._drafts if draft.marking_id not in known)]
        self._list.show_rows(
            [
                task_row(entry, entry.marking_id in begun, now, self._zone)
                if isinstance(entry, SecondTask)
                else draft_row(entry)
                for entry in self._entries
            ]
        )
        self._turn_to(self._both if self._entries else self._empty)
        self._show_entry()

    def _turn_to(self, shown: QWidget) -> None:
        """The keyboard goes along, or the keys would lead nowhere."""
        before = self._body.currentWidget()
        focus = QApplication.focusWidget()
        had_focus = before is not None and focus is not None and before.isAncestorOf(focus)
        self._body.setCurrentWidget(shown)
        if had_focus and before is not shown:
            self._focus_list()

    def _focus_list(self) -> None:
        (self._list if self._entries else self._empty).setFocus()

    def _show_entry(self) -> None:
        entry = self._entry
        draft = next((one for one in self._drafts if entry is not None and one.marking_id == entry.marking_id), None)
        self._kept.setVisible(draft is not None)
        self._kept.setPlainText("" if draft is None else draft_lines(draft))
        self._show_what_can_be_done()

    @property
    def _entry(self) -> SecondTask | SecondDraft | None:
        chosen = self._list.selected
        return next((entry for entry in self._entries if entry.marking_id == chosen), None)

    def _open_current(self, *_: object) -> None:
        entry = self._entry
        if isinstance(entry, SecondTask) and self._opening is None:
            self._say("info", tr("The script is being fetched."))
            work = partial(self._read, entry)
            self._opening = self._tasks.run(SECOND_LANE, work, self._on_read, self._on_failed, receiver=self)

    def _read(self, task: SecondTask) -> Opened:
        given = self._place.read(task.marking_id)
        draft = self._place.drafts.begin(SecondDraft(task.marking_id, given.title, given.class_name))
        return opened_from(given, draft)

    def _on_read(self, opened: Opened) -> None:
        self._opening = None
        self._say("", "")
        self._stack.setCurrentWidget(self.bench)
        self.bench.open(opened)
        self._show_what_can_be_done()

    def _put_away(self) -> None:
        entry = self._entry
        if isinstance(entry, SecondDraft) and entry.gone:
            work = partial(self._place.drafts.drop, entry.marking_id)
            self._tasks.run(STORE_LANE, work, self._on_put_away, self._on_failed, receiver=self)

    def _escape(self) -> None:
        if not self.marking:
            self.back_requested.emit()
        elif self.bench.panel.asking:
            self.bench.panel.leave()
        else:
            self._show_list()

    def _show_list(self) -> None:
        self.bench.leave()
        self._stack.setCurrentWidget(self._overview)
        self._show_what_can_be_done()
        if self.isVisible():
            self._focus_list()
        self.refresh()

    def _say(self, sign: str, words: str) -> None:
        self._told.say(sign, words)
        self._told.setVisible(bool(words))

    def _say_lost(self) -> None:
        words = tr("This second marking is not with you any more. What you typed is kept, and can be read here.")
        self._messages.tell(UserError(words))

    def _show_what_can_be_done(self) -> None:
        marking = self.marking
        entry = self._entry
        for name, action in self.actions_by_id.items():
            if marking:
                usable = name in _IN_PANEL if self.bench.panel.asking else name not in _IN_LIST - {"second.back"}
            else:
                usable = name in _IN_LIST
            action.setEnabled(usable)
        if not marking:
            self.actions_by_id["second.open"].setEnabled(isinstance(entry, SecondTask))
            gone = isinstance(entry, SecondDraft) and entry.gone
            self.actions_by_id["second.put_away"].setEnabled(gone)
            self._mark.setEnabled(isinstance(entry, SecondTask))
            self._put_away_button.setVisible(gone)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_looked(self, look: SecondLook) -> None:
        self._looking = None
        self.show_look(look)
        self.looked.emit(look)

    def _on_list_row_selected(self, _key: object) -> None:
        self._show_entry()

    def _on_bench_ended(self, told: str) -> None:
        self._messages.say(told)
        self._show_list()

    def _on_bench_lost(self, marking: MarkingId) -> None:
        self._say_lost()
        work = partial(self._place.drafts.lose, marking)
        self._tasks.run(STORE_LANE, work, self._on_put_away, self._on_failed, receiver=self)

    def _on_put_away(self, _: None) -> None:
        self._show_list()

    def _on_failed(self, error: Exception) -> None:
        self._looking = self._opening = None
        if not isinstance(error, UserError):
            raise error
        self._say("warning", error_text(error))

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.marking:
            self._focus_list()
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.put_down()
