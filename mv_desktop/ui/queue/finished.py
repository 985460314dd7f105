"""The finished scripts behind the queue's filter: read from this computer at once, and from the server as one looks."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.errors import UserError
from mv_desktop.domain.evaluation import QueueRow, searched_code
from mv_desktop.ui.tasks import Periodic, Tasks

FINISHED_LANE = "finished"
"""Where the server is asked."""
AT_ONCE = 100
"""So many rows more are shown each time the end of the list is reached."""
_TYPING_SECONDS = 0.3


class FinishedSource(Protocol):
    """Where finished scripts come from."""

    def rows(self, search: str, count: int) -> tuple[QueueRow, ...]:
        """The latest that this computer knows of; called on the lane "store"."""
        ...

    def fetch(self, search: str = "", *, more: bool = False) -> bool:
        """Ask the server for the latest, or for what comes next; True when it may have more. On the lane "finished".

        Raises:
            UserError: it cannot be asked.
        """
        ...


class Reach(StrEnum):
    """How far the list goes."""

    ASKING = "asking"
    """The server is asked."""
    MORE = "more"
    """There may be more further down."""
    ALL = "all"
    """It is complete."""
    CODES = "codes"
    """Words are searched for that are no script code: the server looks for codes only."""
    HERE_ONLY = "here only"
    """The server cannot be reached: only what this computer knows of."""


class FinishedList(QObject):
    """The finished scripts that match a search, a piece at a time.

    Attributes:
        rows: the latest first.
        reach: how far they go.

    Signals:
        changed(): either of them.
    """

    changed = Signal()

    def __init__(self, source: FinishedSource, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source, self._tasks = source, tasks
        self._search: str | None = None
        self._count = AT_ONCE
        self._server_has_more = False
        self._timer: Periodic | None = None
        self.rows: tuple[QueueRow, ...] = ()
        self.reach = Reach.ASKING

    def show(self, search: str) -> None:
        """List what matches `search`; nothing happens when it is listed already."""
        search = search.strip()
        if search == self._search:
            return
        typing = self._search is not None
        self._search, self._count, self._server_has_more = search, AT_ONCE, False
        self.reach = Reach.ASKING
        self.read()
        if self._timer is not None:
            self._timer.cancel()
        # while somebody types, not every letter is a question to the server
        self._timer = self._tasks.after(_TYPING_SECONDS if typing else 0.0, self.ask, receiver=self)

    def leave(self) -> None:
        """Nobody looks any more: the next look asks the server anew."""
        self._search = None
        if self._timer is not None:
            self._timer.cancel()

    def read(self) -> None:
        """Read the rows from this computer again."""
        if self._search is not None:
            work = partial(self._source.rows, self._search, self._count)
            self._tasks.run("store", work, partial(self._on_read, self._search), receiver=self)

    def ask(self) -> None:
        """Ask the server for the latest."""
        self._ask(more=False)

    def more(self) -> None:
        """The end of what is shown was reached."""
        if self._search is None or self.reach in {Reach.ASKING, Reach.ALL, Reach.CODES}:
            return
        if self.reach is Reach.HERE_ONLY and len(self.rows) < self._count:
            return  # without the server, this computer's own are all there are
        self._count += AT_ONCE
        if self._server_has_more:
            self.reach = Reach.ASKING
            self._ask(more=True)
        self.read()

    # -- private ---------------------------------------------------------------------------------------------

    def _ask(self, *, more: bool) -> None:
        if self._search is None:
            return
        search = self._search
        self._tasks.run(
            FINISHED_LANE,
            partial(self._source.fetch, search, more=more),
            partial(self._on_fetched, search),
            partial(self._on_fetch_failed, search),
            receiver=self,
        )

    def _on_read(self, search: str, rows: tuple[QueueRow, ...]) -> None:
        if search != self._search:
            return
        self.rows = rows
        if self.reach in {Reach.MORE, Reach.ALL, Reach.CODES}:
            more = self._server_has_more or len(rows) >= self._count
            whole = Reach.ALL if not search or searched_code(search) else Reach.CODES
            self.reach = Reach.MORE if more else whole
        self.changed.emit()

    def _on_fetched(self, search: str, has_more: bool) -> None:  # noqa: FBT001 - a result
        if search == self._search:
            self._server_has_more = has_more
            self.reach = Reach.MORE
            self.read()

    def _on_fetch_failed(self, search: str, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
        if search == self._search:
            self._server_has_more = False
            self.reach = Reach.HERE_ONLY
            self.changed.emit()
