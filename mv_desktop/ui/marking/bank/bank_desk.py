"""The comment bank at work: what is in it, the panel over the page, and what its commands do to the open script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.comment_note import note_of, stands_unchanged, updated
from mv_desktop.domain.annotation.shape import TextNote
from mv_desktop.domain.comment import (
    BankComment,
    BankPerson,
    CommentBody,
    CommentDraft,
    CommentIndex,
    PutComment,
    UseComment,
    applied,
    may_change,
)
from mv_desktop.domain.identifier import ChangeId, CommentId, EvaluationId, MarkKey
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.bank.bank_panel import BankPanel
from mv_desktop.ui.marking.bank.bank_port import BankStore
from mv_desktop.ui.marking.bank.comment_draft import Begun, Drafts
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.port import STORE_LANE
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.mark_field import MarkField
from mv_desktop.ui.marking.sheet.sheet_row import question_name
from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.widgets.toast import Messages, done


class BankDesk(QObject):
    """The bank in memory, kept up with every change and every sync, and its panel.

    Args:
        screen: what the panel lies over.
        view: where comments are placed.
        opened: the open script, or None.

    Signals:
        recorded(): something was saved on this computer and can be sent.
        scripts_changed(frozenset[EvaluationId]): a changed comment was brought to these.

    Attributes:
        panel: the panel; hidden until it is asked for.
    """

    recorded = Signal()
    scripts_changed = Signal(object)

    def __init__(
        self,
        screen: QWidget,
        views: PageViews,
        opened: Callable[[], MarkingSession | None],
        store: BankStore,
        tasks: Tasks,
        ids: IdSource,
        clock: Clock,
        messages: Messages,
    ) -> None:
        super().__init__(screen)
        self._screen, self._views, self._opened = screen, views, opened
        self._store, self._tasks, self._ids = store, tasks, ids
        self._clock, self._messages = clock, messages
        self._me: BankPerson | None = None
        self._comments: dict[CommentId, BankComment] = {}
        self._written = 0
        self._stale = True
        self._target: tuple[MarkingSession, Spot | None, MarkKey | None] | None = None
        self._mark: MarkField | None = None  # when the panel was opened from it
        self._drafts = Drafts()
        self._written_drafts: tuple[CommentDraft, ...] | None = None
        self._begun = self._asked = Begun.new(CommentBody(""))
        self.panel = BankPanel(tasks, screen)
        self.panel.placed.connect(self._on_panel_placed)
        self.panel.worded.connect(self._on_panel_worded)
        self.panel.new_requested.connect(self._on_panel_new_requested)
        self.panel.edit_requested.connect(self._on_panel_edit_requested)
        self.panel.archive_requested.connect(self._on_panel_archive_requested)
        self.panel.share_requested.connect(self._on_panel_share_requested)
        self.panel.closed.connect(self._on_panel_closed)
        self.panel.form.saved.connect(self._on_form_saved)
        self.panel.form.cancelled.connect(self._on_form_cancelled)
        self.panel.form.dropped.connect(self._on_form_dropped)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 (a widget needs one)
        app.focusChanged.connect(self._on_focus_changed)
        self.reload()

    # -- public ----------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        return {"marking.comment_bank": self.open_panel, "marking.keep_comment": self.keep}

    def reload(self) -> None:
        """Read the bank anew from the local file: sync brought news."""
        written = self._written
        work = partial(_read, self._store)
        self._tasks.run(STORE_LANE, work, partial(self._on_read, written), self._on_failed, receiver=self)

    def open_panel(self) -> None:
        """Show the panel near the pointer or the pen point; a comment that is being written is gone on with."""
        if self.panel.go_on_writing():
            return
        self._mark = _mark_with_keys()
        interrupted = self._drafts.interrupted
        if interrupted is not None and self._aim(keep=True):
            self._drafts.interrupted = None
            self.panel.open_at(self._point(), self._question())
            self._write(interrupted)
        elif self._aim():
            self.panel.open_at(self._point(), self._question())

    def keep(self) -> None:
        """Keep the selected text, or else the comment on the current question, in the bank.

        A comment that is being written there is gone on with instead: its words would be lost.
        """
        if self.panel.go_on_writing():
            return
        self._mark = _mark_with_keys()
        place = QApplication.focusWidget()
        if place is not None:
            place.clearFocus()  # a comment that is being written is taken first, also in the mark sheet's own window
        self._view.setFocus()
        session = self._opened()
        body = None if session is None else self._kept_from(session)
        if session is None:
            return
        if body is None:
            self._messages.say(tr("Write a comment on the question first, or select a text on the page."))
            return
        if not self._aim(keep=True):
            return
        self.panel.open_at(self._point(), self._question())
        self._write(Begun.keeping(body))

    def close(self, _opened: object = None) -> None:
        """Close the panel: another script is open now. A comment that was being written comes back with the panel."""
        if self.leave():
            self._messages.say(tr("Your unfinished comment is kept; the comment bank opens with it."))
        self._mark = None
        self.panel.close_panel()

    def leave(self) -> bool:
        """Keep the comment that is being written, if there is one; the program may end now."""
        writing = self.panel.writing and not self.panel.isHidden()
        if not writing or not self._keep_draft(typed=self._begun.source is None):
            return False
        self._drafts.interrupted = self._begun
        return True

    # -- what the panel asks ---------------------------------------------------------------------------------

    def _on_panel_placed(self, comment: BankComment) -> None:
        if self._target is None:
            return
        session, spot, key = self._target
        sheet = self._view.sheet
        page = None if spot is None or sheet is None else sheet.page(spot.page)
        if session is not self._opened() or spot is None or page is None:
            self.panel.close_panel()
            return
        color = self._view.ink.color
        turns = page.quarter_turns
        placed = note_of(comment, self._ids(), spot, key, ratio=page.ratio, turns=turns, color=color)
        self.panel.close_panel()
        if done(lambda: session.put([placed]), self._messages):
            self._use(comment)

    def _on_panel_worded(self, comment: BankComment) -> None:
        if self._target is None:
            return
        session, _, key = self._target
        self.panel.close_panel()
        if session is not self._opened() or key is None:
            return
        before = session.script.given_mark(key).comment.strip()
        words = f"{before}\n{comment.text}" if before else comment.text
        if done(lambda: session.comment(key, words), self._messages):
            session.set_current(key)
            self._use(comment)

    def _on_panel_new_requested(self, typed: str) -> None:
        question = self._question()
        self._write(Begun.new(CommentBody(typed, None, None if question is None else question[0])))

    def _on_panel_edit_requested(self, comment: BankComment) -> None:
        self._write(Begun.editing(comment, mine=self._may_change(comment)))

    def _on_standing_counted(self, begun: Begun, scripts: int) -> None:
        if self._begun is begun and self.panel.writing:
            self.panel.form.offer_update(scripts)

    def _on_panel_archive_requested(self, comment: BankComment) -> None:
        if self._may_not(comment):
            return
        self._put(replace(comment.body, archived=True), comment.comment_id)
        back = partial(self._put, comment.body, comment.comment_id)
        self._messages.say(tr("The comment is archived."), undo=back)

    def _on_panel_share_requested(self, comment: BankComment) -> None:
        if self._may_not(comment):
            return
        shared = not comment.body.shared
        self._put(replace(comment.body, shared=shared), comment.comment_id)
        self._messages.say(
            tr("The other teachers have this comment, too.") if shared else tr("This comment is yours alone now.")
        )

    def _on_panel_closed(self) -> None:
        self._target = None
        mark, self._mark = self._mark, None
        take_keyboard(mark if mark is not None and mark.isVisible() and mark.isEnabled() else self._view)

    def _on_form_saved(self, body: CommentBody, update: bool) -> None:  # noqa: FBT001 - a slot
        begun, draft = self._begun, self.panel.form.draft
        self._drafts.drop(begun)
        self._write_drafts()
        before = begun.edited
        if before is not None and self._may_change(before):
            comment_id = before.comment_id
        else:
            before, comment_id = None, CommentId(self._ids())
        if before is None or body != before.body:
            version = None if before is None else before.version
            self._put(body, comment_id, version, failed=partial(self._keep, begun, draft))
        after = self._comments.get(comment_id)
        if update and before is not None and after is not None and after.body != before.body:
            self._update(before.body, after)
        self.panel.show_list(comment_id)

    def _on_form_cancelled(self) -> None:
        if self._keep_draft():
            self._messages.say(tr("What you wrote is kept. It stands there when you open this form again."))
        self.panel.show_list()

    def _on_form_dropped(self) -> None:
        self._drafts.drop(self._begun)
        self._write_drafts()
        self._write(self._asked)

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.panel.isVisible() and not self.panel.isAncestorOf(now):
            # a moment later: from the list to the form and back, the keyboard passes by what lies behind
            self._tasks.after(0.0, self._close_unless_used, receiver=self)

    def _close_unless_used(self) -> None:
        """A click beside the list closes it; a comment that is being written stays."""
        now = QApplication.focusWidget()
        if now is None or self.panel.writing or self.panel.isAncestorOf(now) or now.window() != self.panel.window():
            return
        self._target = None
        self.panel.hide()

    # -- changing the bank -----------------------------------------------------------------------------------

    def _put(
        self,
        body: CommentBody,
        comment_id: CommentId,
        version: int | None = None,
        failed: Callable[[], object] | None = None,
    ) -> None:
        """In memory at once, and on its way to the disk at the same moment.

        `version` is what she saw of it before; `failed` is called when it could not be written.
        """
        self._apply(PutComment(ChangeId(comment_id), comment_id, body))
        self._record(partial(self._store.put, body, comment_id, version), failed)

    def _use(self, comment: BankComment) -> None:
        self._apply(UseComment(ChangeId(comment.comment_id), comment.comment_id))
        self._record(partial(self._store.use, comment.comment_id))

    def _apply(self, change: PutComment | UseComment) -> None:
        if self._me is not None:
            applied(self._comments, change, self._me, self._clock.now())
        self._stale = True
        if self.panel.isVisible():
            self._refresh()

    def _record(self, work: Callable[[], None], failed: Callable[[], object] | None = None) -> None:
        self._written += 1
        not_written = partial(self._on_record_failed, failed)
        self._tasks.run(STORE_LANE, work, self._on_recorded, not_written, receiver=self)

    def _on_recorded(self, _: None) -> None:
        self.recorded.emit()

    def _on_record_failed(self, failed: Callable[[], object] | None, error: Exception) -> None:
        if failed is not None:
            failed()
        self.reload()  # what could not be written is not shown as if it were
        self._on_failed(error)

    def _on_read(self, written: int, found: _Read) -> None:
        if written != self._written:
            self.reload()  # something was written after this was read
            return
        self._me = found[0]
        self._comments = {comment.comment_id: comment for comment in found[1]}
        self._bring_drafts(found[2])
        self._stale = True
        if self.panel.isVisible():
            self._refresh()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)

    def _refresh(self) -> None:
        if self._stale:
            self._stale = False
            self.panel.set_index(CommentIndex(self._comments.values()))

    # -- scripts on which a comment stands -------------------------------------------------------------------

    def _update(self, before: CommentBody, after: BankComment) -> None:
        """The open script by its own session, so that it can be undone there; the others by the local file."""
        session = self._opened()
        here = 0
        if session is not None and not session.read_only:
            ink = tuple(session.script.ink.values())
            notes = [placed for placed in ink if stands_unchanged(placed, after.comment_id, before)]
            if notes:
                here = int(done(lambda: session.put(updated(notes, before, after)), self._messages))
        work = partial(self._store.update, before, after, None if session is None else session.view.evaluation_id)
        self._tasks.run(STORE_LANE, work, partial(self._on_updated, here), self._on_failed, receiver=self)

    def _on_updated(self, here: int, changed: frozenset[EvaluationId]) -> None:
        count = here + len(changed)
        self._messages.say(tr_count("{count} script was updated.", "{count} scripts were updated.", count))
        if changed:
            self.scripts_changed.emit(changed)
            self.recorded.emit()

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _view(self) -> PageView:
        return self._views.active

    def _aim(self, *, keep: bool = False) -> bool:
        """Remember the script, the spot and the question that the panel is for; False when it cannot be opened."""
        session, sheet = self._opened(), self._view.sheet
        if session is None or sheet is None:
            return False
        if session.read_only and not keep:
            self._messages.say(said(session.read_only_reason) or tr("This script cannot be changed."))
            return False
        spot = sheet.spot_at(self._view.pointed_at(), nearest=True)
        self._target = (session, spot, session.stamp_key(None if spot is None else spot.page))
        self._refresh()
        return True

    def _point(self) -> QPoint:
        inside = self._view.viewport().rect()
        point = self._view.mapFromScene(self._view.pointed_at())
        point.setX(min(max(point.x(), inside.left()), inside.right()))
        point.setY(min(max(point.y(), inside.top()), inside.bottom()))
        return self._view.viewport().mapTo(self._screen, point)

    def _question(self) -> tuple[UUID, str] | None:
        if self._target is None:
            return None
        session, _, key = self._target
        return None if key is None else _question_of(session, key)

    def _kept_from(self, session: MarkingSession) -> CommentBody | None:
        """What is to be kept: the one selected text, or the comment on the current question."""
        if len(self._view.selected) == 1:
            note = session.annotation(self._view.selected[0])
            if isinstance(note, TextNote):
                key = note.mark_key
                question = None if key is None or key not in session.keys else _question_of(session, key)
                return CommentBody(note.text, note.carried, None if question is None else question[0])
        text = "" if session.current is None else session.script.given_mark(session.current).comment.strip()
        if not text or session.current is None:
            return None
        question = _question_of(session, session.current)
        return CommentBody(text, None, None if question is None else question[0])

    def _write(self, asked: Begun) -> None:
        """Show the form; what was left unfinished there before comes back."""
        self._asked = asked
        self._begun, left = self._drafts.get(asked)
        self.panel.show_form()
        self.panel.form.write(self._begun, self._question(), left)
        edited = self._begun.edited
        if edited is not None and self._may_change(edited):
            work = partial(self._store.standing, edited.comment_id, edited.body)
            counted = partial(self._on_standing_counted, self._begun)
            self._tasks.run(STORE_LANE, work, counted, self._on_failed, receiver=self)

    def _keep_draft(self, *, typed: bool = False) -> bool:
        """Leave the form; True when there are words in it that are nowhere else.

        Args:
            typed: what was typed in the list before counts, too: it goes as well.
        """
        draft = self.panel.form.draft
        unfinished = bool(draft.text.strip()) and (typed or self.panel.form.changed)
        if unfinished:
            self._keep(self._begun, draft)
        else:
            self._drafts.drop(self._begun)
            self._write_drafts()
        return unfinished

    def _keep(self, begun: Begun, draft: CommentDraft) -> None:
        self._drafts.keep(begun, draft)
        self._write_drafts()

    def _write_drafts(self) -> None:
        """Let them outlive the program, when those of an earlier day are known and something is new."""
        drafts = self._drafts.kept
        if self._written_drafts not in {None, drafts}:
            self._written_drafts = drafts
            self._tasks.run(STORE_LANE, partial(self._store.keep_drafts, drafts), _ignored, self._on_failed)

    def _bring_drafts(self, drafts: tuple[CommentDraft, ...]) -> None:
        """Those of an earlier day, once. What was a change of a comment that is gone since is a comment by itself."""
        if self._written_drafts is not None:
            return
        self._written_drafts = drafts
        for draft in drafts:
            comment = None if draft.comment_id is None else self._comments.get(draft.comment_id)
            if comment is not None and draft.before is not None:
                seen = replace(comment, body=draft.before, version=draft.version)
                begun = Begun.editing(seen, mine=self._may_change(seen))
            elif draft.before is not None and draft.comment_id is None:
                begun = Begun.keeping(draft.before)
            else:
                begun = Begun.new(CommentBody(""))
            self._drafts.bring(begun, draft)
        self._write_drafts()

    def _may_change(self, comment: BankComment) -> bool:
        return self._me is not None and may_change(comment, self._me)

    def _may_not(self, comment: BankComment) -> bool:
        """A shared comment of somebody else: say whose it is."""
        if self._may_change(comment):
            return False
        self._messages.say(
            tr("This comment is {name}'s; only {name} and coordinators change it.", name=comment.owner_name)
        )
        return True


_Read = tuple[BankPerson | None, tuple[BankComment, ...], tuple[CommentDraft, ...]]


def _read(store: BankStore) -> _Read:
    return store.person(), store.comments(), store.drafts()


def _mark_with_keys() -> MarkField | None:
    """The field of the mark, while the keyboard is in it."""
    place = QApplication.focusWidget()
    return place if isinstance(place, MarkField) else None


def _ignored(_: object) -> None:
    pass


def _question_of(session: MarkingSession, key: MarkKey) -> tuple[UUID, str] | None:
    """The bank's id of a question, and its name on this paper; None when the paper does not say it."""
    bank_id = session.bank_id(key)
    return None if bank_id is None else (bank_id, question_name(key))
