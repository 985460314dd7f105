"""What the server said of her work is told as it comes, and counted at the place where it stands."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.notice import DECIDED_SCHEMA
from mv_desktop.offline.ballast import NOTE
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.sync.state import SyncNote, SyncState
from mv_desktop.ui.text import said, tr, tr_count


class ToldNotes(QObject):
    """Says each message of the server once, when it comes; a submission that was not taken stands until it is closed.

    Args:
        place: where the messages stand.
    """

    def __init__(self, driver: SyncDriver, desk: Desk, window: MainWindow, clock: Clock, place: str) -> None:
        super().__init__(driver)
        self._desk, self._window, self._place = desk, window, place
        self._since, self._last = clock.now(), 0
        driver.state_changed.connect(self._on_driver_state_changed)

    # -- private ---------------------------------------------------------------------------------------------

    def _is_news(self, note: SyncNote) -> bool:
        """It came since she signed in, and nobody else says it: the disk has words of its own, and so has a notice."""
        noticed = note.kind == "returned" and self._desk.person.schema_version >= DECIDED_SCHEMA
        return note.note_id > self._last and note.made_at >= self._since and note.kind != NOTE and not noticed

    def _tell(self, fresh: list[SyncNote]) -> None:
        for note in [note for note in fresh if note.kind == "held"]:
            self._window.messages.tell(RefusedError(note.text))
        others = [note for note in fresh if note.kind != "held"]
        if not others or self._window.place == self._place:
            return  # there she sees them come
        newest = said(max(others, key=lambda note: note.note_id).text)
        if len(others) > 1:
            count = len(others)
            newest = tr("{count} new messages from the server. The newest: {note}", count=count, note=newest)
        go = partial(self._window.place_requested.emit, self._place)
        self._window.messages.say(newest, undo=go, undo_text=tr("Show"), news=True)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_driver_state_changed(self, state: SyncState) -> None:
        count = len(state.notes)
        words = tr_count("{count} message from the server", "{count} messages from the server", count)
        self._window.count_at(self._place, count, words)
        fresh = [note for note in state.notes if self._is_news(note)]
        self._last = max((note.note_id for note in state.notes), default=self._last)
        self._tell(fresh)
