"""When to send and fetch: after changes, every minute, on request, and less and less often while it fails."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import RefusedError
from mv_desktop.offline.ballast import NOTE
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.message import StoreMessage
from mv_desktop.offline.revocation import RevokedError
from mv_desktop.offline.sync import SyncResult, next_delay
from mv_desktop.offline.work_store import StoreStatus
from mv_desktop.ui.shell.connection_watch import ConnectionWatch
from mv_desktop.ui.shell.outdated import told_error, warning_text
from mv_desktop.ui.shell.page_driver import PageDriver
from mv_desktop.ui.sync.state import SyncNote, SyncState
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.widgets.toast import Messages

SOON_SECONDS = 1.5
"""So long changes are gathered before they are sent."""
STIRRED_SECONDS = 0.2
"""What the server told of while a run went on is asked for so long after it."""
STATUS_SECONDS = 0.3
"""So much later the status line may say how much is to be sent: counting it must not be in the way of saving."""
GATHER_SECONDS = 10.0
"""So often work is sent that goes on without a pause: a thousand workstations share one server."""
RETURN_SECONDS = 2.0
"""Within this time after the network has come back, a moment left to chance."""
ONLINE_SECONDS = 60.0
"""How often the server is asked for news while it answers; between two times, work is sent and nothing asked."""


class SyncDriver(QObject):
    """Runs the synchroniser and the page fetcher of a desk, one after the other, in the background.

    Signals:
        state_changed(SyncState): what is on this computer only, what was sent, what the server said.
        scripts_changed(frozenset[EvaluationId]): these look different from before.
        pages_changed(frozenset[EvaluationId]): pages of these arrived, or turned out not to be showable.
        bank_changed(): the comment bank looks different from before.
        notices_changed(): the list of what she was told looks different from before.
        told(tuple[Notice, ...]): she was told something new, the newest first.
        synced(): a run ended, whether it reached the server or not.
        person_changed(): the server says something else than before of the person, the settings or the holidays.
        turned_away(str): the server does not let the person in; the sentence says why.
    """

    state_changed = Signal(object)
    scripts_changed = Signal(object)
    pages_changed = Signal(object)
    bank_changed = Signal()
    notices_changed = Signal()
    told = Signal(object)
    synced = Signal()
    person_changed = Signal()
    turned_away = Signal(str)

    def __init__(
        self, desk: Desk, tasks: Tasks, messages: Messages, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._messages, self._clock = desk, tasks, messages, clock
        self._chance = random.Random()  # noqa: S311  # spreads computers in time, nothing more
        self._timer: Periodic | None = None
        self._status_timer: Periodic | None = None
        self._running = False
        self._gathering = False
        self._wanted_again = self._asked_again = self._thorough_again = self._stirred = False
        self._asks = True
        self._requested = False
        self._closing = False
        self._resting = False
        self._failures = 0
        self._told = ""
        self._told_note = 0
        self._warned = ""
        self._since_sent, self._since_asked = QElapsedTimer(), QElapsedTimer()
        self.state = SyncState()
        self.pages = PageDriver(desk, tasks, messages, lambda: self._closing, self)
        self.pages.changed.connect(self.pages_changed)
        self.pages.ended.connect(self._hang_up)
        self.ever_in_contact = False
        self._watch = ConnectionWatch(desk, tasks, clock, self)
        self._watch.stirred.connect(self._on_watch_stirred)
        self._watch.fell_silent.connect(self._on_watch_fell_silent)
        self._watch.returned.connect(self._on_watch_returned)
        self._watch.woke.connect(self._on_watch_woke)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def closing(self) -> bool:
        """Nothing new begins any more."""
        return self._closing

    def soon(self, *, pressing: bool = False) -> None:
        """Something is to be sent; more may follow in the next seconds, unless it is `pressing`."""
        if not self._closing and (self._status_timer is None or not self._status_timer.active):
            self._status_timer = self._tasks.after(STATUS_SECONDS, self._tell_status, receiver=self)
        if self._running:
            self._wanted_again, self._asked_again = True, self._asked_again or pressing
        elif (self.state.online or not self._failures) and (pressing or not self._gathering):
            # once: a teacher who never pauses is not to put it off for ever
            self._schedule(SOON_SECONDS if pressing else self._gathering_seconds())
            self._gathering = True

    def now(self, *, thorough: bool = False) -> None:
        """Send and fetch at once; `thorough` when a person asked for it, who is told when it does not work."""
        if self._running:
            self._asked_again = True
            self._thorough_again |= thorough
        elif not self._closing:
            self._requested = thorough
            self._run(partial(self._desk.sync.run, thorough=thorough), asks=True)

    def dismiss(self, note_id: int) -> None:
        """The person has read a message."""
        self._tasks.run("store", partial(self._desk.store.dismiss, note_id), self._on_dismissed)

    def rest(self, *, resting: bool) -> None:
        """While nobody works here the connection is closed as soon as what was to be sent and fetched is."""
        self._resting = self._watch.resting = resting
        self._hang_up()

    def close(self) -> None:
        """Begin nothing new; what fetches pages stops."""
        self._closing = True
        self._watch.end()
        for timer in (self._timer, self._status_timer):
            if timer is not None:
                timer.cancel()

    # -- private ---------------------------------------------------------------------------------------------

    def _hang_up(self) -> None:
        if self._resting and not self._running and not self.pages.busy and not self._closing:
            self._tasks.run("sync", self._desk.hang_up, _nothing)

    def _schedule(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._closing:
            self._timer = self._tasks.after(seconds, self._on_timer_due, receiver=self)

    def _gathering_seconds(self) -> float:
        """How long changes wait for others: longer where some were sent a moment ago."""
        since = self._since_sent.elapsed() / 1000 if self._since_sent.isValid() else GATHER_SECONDS
        return max(SOON_SECONDS, GATHER_SECONDS - since)

    def _asking_seconds(self) -> float:
        """In how long the server is to be asked for news."""
        since = self._since_asked.elapsed() / 1000 if self._since_asked.isValid() else ONLINE_SECONDS
        return max(0.0, ONLINE_SECONDS - since)

    def _on_timer_due(self) -> None:
        if self._failures or not self.ever_in_contact or self._asking_seconds() <= SOON_SECONDS:
            self.now(thorough=self._requested)
        elif not self._running and not self._closing:
            self._run(self._desk.sync.push, asks=False)

    def _run(self, work: Callable[[], SyncResult], *, asks: bool) -> None:
        self._running, self._gathering = True, False
        self._asks = asks
        self._watch.start()
        if self._timer is not None:
            self._timer.cancel()
        self._show(sending=True, next_try_at=None)
        self._tasks.run("sync", work, self._on_synced, self._on_sync_failed)

    def _on_synced(self, result: SyncResult) -> None:
        self._running = False
        if result.turned_away:
            kept = "" if result.code == RevokedError.code else tr("What you did on this computer is saved here.")
            self.turned_away.emit(" ".join(filter(None, (result.message, kept))))
            return
        if result.person is not None and self._desk.heard(result.person):
            self.person_changed.emit()
        outdated = told_error(result)
        well = result.online and not result.code
        self._failures = 0 if well else self._failures + 1
        if result.pushed:
            self._since_sent.start()
        if self._asks:
            self._since_asked.start()
        self.ever_in_contact = self.ever_in_contact or result.online
        if not self.ever_in_contact and not self.state.alone and not self._desk.read_only:
            self._messages.say(
                tr("The server cannot be reached. You work offline: what you mark is saved here and sent later.")
            )
        if result.online:
            self._watch.found()
        else:
            self._watch.lost()
        self._tell_of(result)
        wait = self._next_seconds() if well else self._seconds_after_failure()
        self._show(
            sending=False,
            online=result.online,
            alone=not self.ever_in_contact,
            reason="" if well else result.reason,
            remedy="" if well else result.remedy if outdated is None else outdated.remedy,
            next_try_at=None if well else self._clock.now() + timedelta(seconds=wait),
        )
        self._tell_status()
        self._emit_news(result)
        self.synced.emit()
        if well:
            self.pages.begin()
        self._schedule(wait)
        self._wanted_again = self._asked_again = self._thorough_again = self._stirred = False
        self._hang_up()

    def _emit_news(self, result: SyncResult) -> None:
        if result.changed:
            self.scripts_changed.emit(result.changed)
        if result.bank_changed:
            self.bank_changed.emit()
        if result.notices.different:
            self.notices_changed.emit()
        if result.notices.fresh:
            self.told.emit(result.notices.fresh)

    def _tell_of(self, result: SyncResult) -> None:
        """Say what a run could not do: once; and why nobody was reached, when a person asked for the run."""
        if result.online and result.message and result.message != self._told:
            self._messages.tell(told_error(result) or RefusedError(result.message))
        elif result.message and self._requested:
            self._messages.say(" ".join(said(part) for part in (result.reason, result.remedy) if part))
        warning = "" if result.person is None else warning_text(result.person)
        if warning and warning != self._warned:
            self._messages.say(warning)
            self._warned = warning
        self._told = result.message
        self._requested = self._thorough_again

    def _seconds_after_failure(self) -> float:
        """Who presses "Send now" while a try goes on means the next one."""
        return SOON_SECONDS if self._thorough_again else next_delay(self._failures, self._chance.random())

    def _next_seconds(self) -> float:
        if self._asked_again:
            self._since_asked.invalidate()
            return STIRRED_SECONDS if self._stirred else SOON_SECONDS
        self._gathering = self._wanted_again
        return self._gathering_seconds() if self._gathering else self._asking_seconds()

    def _on_sync_failed(self, error: Exception) -> None:
        self._running = self._requested = self._thorough_again = self._stirred = False
        self._failures += 1
        wait = next_delay(self._failures, self._chance.random())
        self._show(sending=False, next_try_at=self._clock.now() + timedelta(seconds=wait))
        self._schedule(wait)
        self._tasks.error.emit(error)

    def _on_watch_stirred(self) -> None:
        """Was she told something, was the server only started anew, or is it gone? Only asking tells."""
        self._stirred |= self._running
        self.now()

    def _on_watch_fell_silent(self) -> None:
        """What is under way is still waited for; until then nobody is told that all is well."""
        if self.state.online or not self.state.reason:
            reason, remedy = "The server has not answered for some seconds.", "What you do is saved here; go on."
            self._show(online=False, reason=reason, remedy=remedy)
        if not self._running:
            self.now()

    def _on_watch_returned(self) -> None:
        """Soon, but not all computers of a school in the same moment."""
        if not self._running:
            self._schedule(self._chance.random() * RETURN_SECONDS)

    def _on_watch_woke(self) -> None:
        """The connection of before may be dead without anybody having said so; timers have stood still."""
        if not self._closing:
            self._tasks.run("sync", self._desk.hang_up, _nothing)
            self.now()

    def _on_dismissed(self, _: None) -> None:
        self._tell_status()

    def _tell_status(self) -> None:
        self._tasks.run("store", self._desk.store.status, self._on_status)

    def _on_status(self, status: StoreStatus) -> None:
        notes = tuple(_note(item) for item in status.messages)
        for note in notes:
            if note.kind == NOTE and note.note_id > self._told_note:  # this cannot wait until she looks here
                self._told_note = note.note_id
                self._messages.tell(RefusedError(note.text))
        self.state = replace(
            self.state,
            pending=status.pending,
            sent=status.sent,
            to_decide=status.to_decide,
            set_aside=status.set_aside,
            last_sent_at=status.last_sent_at,
            last_contact_at=status.last_contact_at,
            kept=status.kept,
            refused=status.refused,
            notes=notes,
        )
        self.state_changed.emit(self.state)

    def _show(self, **changed: Any) -> None:  # noqa: ANN401 (fields of the state)
        self.state = replace(self.state, **changed)
        self.state_changed.emit(self.state)


def _note(item: StoreMessage) -> SyncNote:
    about, first = item.evaluation_id, item.questions[0] if item.questions else None
    return SyncNote(item.message_id, item.text, item.script_code, item.made_at, item.kind, about, first)


def _nothing(_: None) -> None:
    """Nobody waits for it."""
