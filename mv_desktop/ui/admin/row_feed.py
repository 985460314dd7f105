"""The rows of a list as they come from the server, a piece at a time."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.record import Slice, Wanted
from mv_desktop.ui.admin.subject import OFFICE_LANE, Listing
from mv_desktop.ui.tasks import Progress, Task, Tasks

_MOST_AGAIN = 2000
"""So many rows come again when the same is asked for anew: who has scrolled down stays where she is."""


class RowFeed(QObject):
    """Only what was asked last is answered.

    Signals:
        came(): other rows, from the top.
        grew(): more of the same.
        failed(Exception): the rows stay as they were.
        ended(): what was asked for to the end has come.

    Attributes:
        rows: what has come, from the top.
    """

    came = Signal()
    grew = Signal()
    failed = Signal(object)
    ended = Signal()

    def __init__(self, subject: Listing, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._subject, self._tasks = subject, tasks
        self._wanted, self._more = Wanted(), False
        self._rows_of: Wanted | None = None
        self._asking: Task[Slice[Any]] | None = None
        self._most = 0
        self.rows: list[Any] = []

    @property
    def asking(self) -> bool:
        """The server is being asked."""
        return self._asking is not None

    def begin(self, wanted: Wanted) -> None:
        """Ask for these from the top; the same as before as far as they had come."""
        if self._asking is not None:
            self._asking.cancel()
        self._wanted, self._most = wanted, 0
        least = min(len(self.rows), _MOST_AGAIN) if wanted == self._rows_of else 0
        work, done = partial(self._from_top, wanted, least), partial(self._on_page, wanted)
        self._asking = self._tasks.run_reporting(OFFICE_LANE, work, done, self._on_failed, receiver=self)

    def go_on(self) -> None:
        """Ask for what follows, where something does."""
        if self._more and self._asking is None and self.rows:
            work = partial(self._subject.page, self._wanted, self.rows[-1])
            self._asking = self._tasks.run(OFFICE_LANE, work, self._on_more, self._on_failed, receiver=self)

    def go_to_end(self, most: int) -> None:
        """Ask for all that follows, until there are so many rows."""
        self._most = most
        self._go_to_end()

    # -- private ---------------------------------------------------------------------------------------------

    def _go_to_end(self) -> None:
        if not self._most:
            return
        if self._more and len(self.rows) < self._most:
            self.go_on()
        else:
            self._most = 0
            self.ended.emit()

    def _from_top(self, wanted: Wanted, least: int, progress: Progress) -> Slice[Any]:
        """On the lane: the first piece, and those that follow until there are so many."""
        found = self._subject.page(wanted, None)
        rows = list(found.rows)
        while found.more and found.rows and len(rows) < least and not progress.cancelled:
            found = self._subject.page(wanted, rows[-1])
            rows += found.rows
        return Slice(tuple(rows), found.more)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_page(self, wanted: Wanted, found: Slice[Any]) -> None:
        self._asking, self._rows_of = None, wanted
        self.rows, self._more = list(found.rows), found.more
        self.came.emit()

    def _on_more(self, found: Slice[Any]) -> None:
        self._asking = None
        self.rows, self._more = [*self.rows, *found.rows], found.more
        self.grew.emit()
        self._go_to_end()

    def _on_failed(self, error: Exception) -> None:
        self._asking, self._most = None, 0
        self.failed.emit(error)
