"""A subject of the office on the screen: its list on the left, the record with the cursor on the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import ConflictError, OfflineError, UserError
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.record import Opened
from mv_desktop.ui.actions import KeyMap
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.exchange import FilePlace
from mv_desktop.ui.admin.list_screen import ListScreen
from mv_desktop.ui.admin.port import DraftKeeper, MomentPlace, ViewKeeper
from mv_desktop.ui.admin.record_actor import RecordActor
from mv_desktop.ui.admin.record_draft import NEW, RecordDraft
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.record_parts import RecordParts
from mv_desktop.ui.admin.record_past import RecordPast
from mv_desktop.ui.admin.record_reader import Found, RecordReader
from mv_desktop.ui.admin.record_watch import Looked, RecordWatch
from mv_desktop.ui.admin.record_writer import RecordWriter
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from mv_desktop.ui.widgets.toast import Messages

_RESTING_SECONDS = 0.08
"""So long the cursor rests on a row before the record is fetched."""


class RecordScreen(ListScreen[Subject]):
    """One of these for each subject. What is typed is kept on this computer until it is saved or discarded.

    Args:
        zone, views: as of every `ListScreen`.
        files: writes lists into files; None where none is written.
        moments: says when a record was changed; None: it is looked at again only where somebody asks.

    Attributes:
        panel: the record that is looked at.
        files, prints: brings files in and writes them, and prints.
        pictures: takes and shows pictures; None where there are none.
        windows: opens windows over the record that is looked at.
        alike: says which records are nearly the same as what is written; None where nothing is compared.
        overview: what stands above the list; None where nothing does.
    """

    def __init__(
        self,
        subject: Subject,
        drafts: DraftKeeper,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        messages: Messages,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
        *,
        views: ViewKeeper | None = None,
        files: FilePlace | None = None,
        moments: MomentPlace | None = None,
    ) -> None:
        super().__init__(subject, tasks, clock, zone, parent, views=views)
        self._messages = messages
        self._shown: str | None = None
        self._followed: str | None = None
        self._made: str | None = None
        self._unasked = False
        self._sent: Mapping[str, str] = {}
        self._opened: Opened[Any] | None = None
        self._blank: Any = None
        self._draft = RecordDraft(subject, drafts, tasks, clock, messages, self)
        self._reader = RecordReader(subject, tasks, self)
        self._writer = RecordWriter(subject, tasks, self)
        self._actor = RecordActor(subject, tasks, self)
        self._watch = RecordWatch(subject, tasks, self, moments)
        self._past = RecordPast(subject, clock, zone, self)
        self._parts = parts = RecordParts(subject, self.list, tasks, messages, clock, zone, self, files)
        self.files, self.prints, self.pictures = parts.files, parts.prints, parts.pictures
        self.windows, self.alike = parts.windows, parts.alike
        handlers = self._handlers() | self._past.handlers | parts.handlers
        self._begin_with(handlers, keys)
        self.panel = RecordPanel(subject, self.actions_by_id, self)
        self._draft.attach(self.panel, lambda: self._opened, lambda: self._shown)
        self._actor.attach(self.panel, self.list.table, lambda: self._opened)
        self._past.attach(self.panel, lambda: self._opened)
        self._watch.attach(self.panel, lambda: self._opened, lambda: not self._busy and not self._reader.asking)
        parts.attach(self.panel, self.actions_by_id, self._feed, lambda: self._opened, lambda: self._shown)
        self._build()
        self._connect()
        self._say_state()
        self._show_nothing()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Nothing is asked of the server, and nothing waits to be."""
        asking = self._reader.asking or self._watch.asking
        return super().settled and not asking and not self._busy and not self._draft.waiting

    def refresh(self) -> None:
        """Ask the server again; what was read stays until it has answered."""
        self._unasked = False
        super().refresh()
        self._watch.ask()

    def lead_to(self, key: str) -> None:
        """Look at this record, listed or not."""
        self.list.select(key)
        self._leave()
        self._open(key)

    def stop(self) -> None:
        """Keep what was typed; ask nothing more."""
        self._leave()
        self.panel.once.forget()
        self._watch.stop()
        super().stop()
        self._parts.stop()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self._state, 1)
        if self._parts.batch is not None:
            foot.addWidget(ProgressPanel(self._tasks, self), 1)
        for button in self._parts.buttons(self.actions_by_id):
            foot.addWidget(button)
        for name, words in (("record.new", self._subject.new), ("record.import", self._subject.importing)):
            if words:
                foot.addWidget(command_button(self.actions_by_id[name], tr(words), self))
        self.overview = self._subject.overview(self)
        left: list[QWidget | QLayout] = [self.list, self._due, foot]
        if self.overview is not None:
            left.insert(0, self.overview)
            mark_parts(self.overview)
        self._divide(left, self.panel, self._subject.shares)

    def _connect(self) -> None:
        self.list.selected.connect(self._on_list_selected)
        self.list.opened.connect(self._on_list_opened)
        self._reader.failed.connect(self._on_reader_failed)
        self._watch.failed.connect(self._on_reader_failed)
        self._watch.changed.connect(self._on_watch_changed)
        self.panel.edited.connect(self._on_panel_edited)
        self._writer.begun.connect(self._watch.drop)
        self._writer.begun.connect(self._enable)
        self._writer.saved.connect(self._on_writer_saved)
        self._writer.shown.connect(self.panel.once.show_once)
        self._writer.taken_back.connect(self._on_writer_taken_back)
        self._writer.removed.connect(self._on_writer_removed)
        self._writer.failed.connect(self._on_writer_failed)
        self._actor.begun.connect(self._watch.drop)
        self._actor.begun.connect(self._enable)
        self._actor.done.connect(self._on_actor_done)
        self._actor.failed.connect(self._on_writer_failed)
        self._parts.changed.connect(self.refresh)
        self._parts.chosen.connect(self._enable)
        if self._parts.batch is not None:
            self._parts.batch.ended.connect(self._on_batch_ended)
        if self.alike is not None:
            self.alike.wanted.connect(self._on_alike_wanted)
        self.windows.put_back_wanted.connect(self._past.put_back)
        self._past.edited.connect(self._on_panel_edited)
        self._past.looked.connect(self._watch.ask)
        self._writer.weighed.connect(self._on_writer_weighed)
        if self.overview is not None:
            self.overview.record_chosen.connect(self.lead_to)
            self.overview.new_wanted.connect(self._begin)
        self._draft.show_wanted.connect(self._show_record)
        self._draft.show_wanted.connect(self._watch.tell_again)
        self._draft.edited.connect(self._on_panel_edited)
        self._draft.changed.connect(self._on_draft_changed)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "record.new": lambda: self._begin(None),
            "record.import": self._import,
            "record.save": self._save,
            "record.discard": self._draft.discard,
            "record.undo": self._undo,
            "record.remove": self._begin_remove,
        } | self._actor.handlers

    # -- what is shown ---------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        unasked, self._unasked = self._unasked, False
        if unasked and self.list.key not in {self._subject.key(row) for row in self._feed.rows}:
            self._feed.rows = list(self.list.rows)  # rows that nobody asked for lead to no other record
            return
        super()._show_rows()
        if self._made is not None and self._made == self._shown:
            self.list.select(self._made)  # where it is listed yet
        self._made = None
        if self.overview is not None:
            self.overview.show_rows(self._feed.rows)

    def _show_nothing(self) -> None:
        self._shown, self._opened, self._followed = None, None, None
        inside = self._inside
        self.panel.setVisible(False)
        if inside:
            self.list.take_focus()  # or it would be at whatever stands next
        self._enable()

    def _show_record(self) -> None:
        """The form shows what was opened, and over it what was typed before."""
        opened, draft = self._opened, self._draft.now
        base = (self._blank or self._subject.blank()) if opened is None else opened.draft
        if self.overview is not None:
            self.overview.show_draft(base)
        self.panel.setVisible(True)
        self.panel.show_record(base, opened, draft)
        self._enable()

    def _enable(self) -> None:
        here, able = self._shown is not None, not self._busy
        differs = here and self.panel.form.differs
        for name, possible in (
            ("record.new", bool(self._subject.new) and able),
            ("record.import", bool(self._subject.importing) and able),
            ("record.save", differs and able),
            ("record.discard", differs and able),
            ("record.undo", self._writer.can_undo),
            ("record.history", here and self._opened is not None and self._subject.logged),
            ("record.remove", here and self._removable and able),
        ):
            self.actions_by_id[name].setEnabled(possible)
        self._actor.enable(self.actions_by_id, able=here and able and not differs)
        self._parts.enable(self.actions_by_id, able=able and not differs)

    @property
    def _inside(self) -> bool:
        """The keyboard is in what is looked at."""
        focus = cast("QWidget | None", self.window().focusWidget())
        return focus is not None and self.panel.isAncestorOf(focus)

    @property
    def _removable(self) -> bool:
        return self._opened is not None and self._subject.removable_now(self._opened.draft)

    # -- doing -----------------------------------------------------------------------------------------------

    @property
    def _busy(self) -> bool:
        return self._writer.busy or self._actor.busy or self._parts.busy

    def _leave(self) -> None:
        """Before something else is shown: what was typed is kept."""
        self.panel.moves.withdraw()
        self._draft.leave()

    def _take(self, found: Found) -> Found:
        """This is the record that is looked at, and what was changed of it."""
        self._opened = found[0]
        self._past.begin(found[1])
        return found

    def _open(self, key: str) -> None:
        self._reader.ask(key, partial(self._on_opened, key))

    def _begin(self, blank: Any) -> None:  # noqa: ANN401 - a draft of the subject's own
        self._leave()
        self._blank = blank
        self._reader.cancel()
        self._shown, self._opened = NEW, None
        self._show_record()
        self.panel.form.enter()

    def _import(self) -> None:
        importer = self._subject.importer(self._tasks, self._clock, self._zone, self)
        importer.imported.connect(self._on_imported)
        importer.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        importer.open()

    def _save(self) -> None:
        draft = self.panel.form.read()
        if draft is None:
            return
        if self._subject.reasoned and not self.panel.asked_why():
            return
        self._leave()
        self._sent = self.panel.form.typed
        self._writer.save(self._opened, draft, self.panel.why)

    def _undo(self) -> None:
        if self._writer.can_undo:
            self._writer.undo()
        else:
            self._messages.say(tr("Nothing was changed here that could be taken back."))

    def _begin_remove(self) -> None:
        opened = self._opened
        if opened is None or (self._subject.reasoned and not self.panel.asked_why()):
            return
        self.panel.question.ask(
            self._subject.asked_before_removal(opened.draft),
            tr("Take it away"),
            tr("Leave it"),
            partial(self._writer.remove, opened, self.panel.why),
            self.list.table,
        )

    def _clear(self) -> None:
        if self.panel.moves.asking:
            self.panel.moves.refuse()
            return
        if self.panel.question.asking:
            self.panel.question.refuse()
        elif self.panel.shows_history:
            self.panel.show_form()
        else:
            super()._clear()
        self.list.take_focus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_alike_wanted(self, key: str) -> None:
        """Another one, and the keyboard not in it: what was being typed was meant for this one."""
        self.lead_to(key)
        self.list.take_focus()

    def _on_draft_changed(self) -> None:
        self.list.mark_drafts(self._draft.keys)

    def _on_feed_came(self) -> None:
        self.list.offer(self._subject.offered())
        self.panel.form.suggest(self._subject.suggested())
        listed = self.list.key is not None and self.list.key == self._shown
        super()._on_feed_came()
        if not self._feed.rows and listed and not self._inside:  # who is in it, or was led to it, goes on with it
            self._leave()
            self._show_nothing()

    def _on_reader_failed(self, error: Exception) -> None:
        self._followed = None
        self._fail(error)
        self._enable()  # it may have come after a save, which can be sent again

    def _on_list_selected(self) -> None:
        key = self.list.key
        held = self._inside or (self._shown == NEW and not self.list.table.hasFocus())  # rows take no form away
        stayed = key == self._followed and self._shown is not None  # nor what is looked at without being listed
        self._followed = key
        if key is not None and key != self._shown and not held and not stayed:
            self._pauses.later("open", _RESTING_SECONDS, self._open_selected)

    def _open_selected(self) -> None:
        key = self.list.key
        if key is not None and key != self._shown:
            self._leave()
            self._open(key)

    def _on_list_opened(self) -> None:
        if self.list.key is not None and self.list.key != self._shown:
            self._open_selected()
        self.panel.show_form()
        self.panel.form.enter()

    def _on_opened(self, key: str, found: Found) -> None:
        self._draft.leave()  # something may have been typed while the server was asked
        self._take(found)
        self._shown, self._trouble = key, ""
        self._say_state()
        self._show_record()

    def _on_watch_changed(self, found: Looked) -> None:
        """Somebody has changed what is looked at: what was typed stays, and it is said who."""
        self._past.go_on(found.changes)
        if found.opened is None or not self.panel.rests:
            self.panel.tell(self._past.meanwhile(gone=found.opened is None))
        else:
            self._take((found.opened, found.changes))
            self.panel.renew(found.opened)
            if self.overview is not None:
                self.overview.show_draft(found.opened.draft)
        self._enable()
        if not self._feed.asking:
            self._unasked = True
            super().refresh()

    def _on_panel_edited(self) -> None:
        self.panel.moves.withdraw()  # it was about what stood there before
        self._draft.keep_soon()
        self.panel.say_effect(None if self._opened is None else self._opened.draft)
        self._enable()

    def _on_writer_saved(self, before: Opened[Any] | None, key: str) -> None:
        was = NEW if before is None else key
        if self._shown != was:
            self._draft.leave()  # what was typed meanwhile is of another one
        self._draft.forget(was)
        self.panel.reason.clear()
        self._made = key if before is None else None
        self._reader.ask(key, partial(self._on_reopened, before, was))
        self.refresh()

    def _on_reopened(self, before: Opened[Any] | None, was: str, found: Found) -> None:
        opened, _ = found
        since = self._typed_since() if self._shown == was else {}
        self._draft.forget(was)
        self._on_opened(opened.key, found)
        self.list.select(opened.key)
        self._writer.remember(opened, before)
        undo = self._undo if self._writer.can_undo else None
        self._messages.say(tr("Saved: {name}.", name=self._subject.name(opened.draft)), undo=undo)
        self._enable()
        if since:
            self.panel.form.type_again(since)
            self._on_panel_edited()
        else:
            self.list.take_focus()

    def _typed_since(self) -> dict[str, str]:
        """What stands otherwise than it was sent: hands go on while the server is asked."""
        return {name: words for name, words in self.panel.form.typed.items() if words != self._sent.get(name)}

    def _on_writer_taken_back(self, key: str, words: str) -> None:
        self._messages.say(words or tr("Taken back."))
        if key:
            self._open(key)
        elif self._shown != NEW and not self.panel.form.differs:
            self._show_nothing()  # it may have been one of them
        self.refresh()

    def _on_actor_done(self, key: str, words: str) -> None:
        self._messages.say(words)
        if self._shown == key:
            self._open(key)
        self.refresh()

    def _on_batch_ended(self) -> None:
        if self._opened is not None and not self.panel.form.differs:
            self._open(self._opened.key)
        self.refresh()

    def _on_writer_removed(self, opened: Opened[Any]) -> None:
        self._draft.forget(opened.key)
        self.panel.reason.clear()
        self._messages.say(tr("Taken away."), undo=self._undo)
        self._show_nothing()
        self.refresh()

    def _on_imported(self, words: str, done: object) -> None:
        if done is not None:
            self._writer.remember_done(done)
        self._messages.say(words, undo=None if done is None else self._undo)
        self._enable()
        self.refresh()

    def _on_writer_weighed(self, found: Consequence, go_on: Callable[[Sequence[Move]], None]) -> None:
        self._enable()
        self.panel.setVisible(True)
        self.panel.moves.ask(found, go_on, self._clock.now(), self._zone, self.panel.reason)

    def _on_writer_failed(self, error: Exception) -> None:
        self._enable()
        if isinstance(error, ConflictError) and self._opened is not None:
            kept = tr("What you typed stays here.") if self.panel.form.differs else error.kept
            self._messages.tell(ConflictError(error.message, kept=kept))
            self._reader.ask(self._opened.key, partial(self._on_merged, self._opened.key))
            self.refresh()
        elif isinstance(error, UserError):
            kept = tr("What you typed stays here.") if isinstance(error, OfflineError) else error.kept
            self._messages.tell(_kept(error, kept))
        else:
            self._tasks.error.emit(error)

    def _on_merged(self, key: str, found: Found) -> None:
        if self._shown != key:
            return
        opened, changes = self._take(found)
        self.panel.form.merge(opened.draft, changes[0].by if changes else "")
        if self.panel.form.differs:
            words = tr("It was changed meanwhile. What is yours stands; save again, or discard it.")
        else:
            self._draft.forget(key)
            self._show_record()
            words = tr("It was changed meanwhile. This is how it stands now.")
        self.panel.say("warning", words)
        self._on_panel_edited()


def _kept(error: UserError, kept: str) -> UserError:
    return type(error)(error.message, kept=kept, remedy=error.remedy)
