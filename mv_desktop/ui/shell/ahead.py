"""When what a person will need next is imported: while she types her password, and not while she waits for her queue.

An import takes the interpreter's lock for most of its time, so that one nobody waits for holds up what somebody does.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from mv_desktop.ui.garbage import spare_what_stays
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks

_SERVER_SECONDS = 1.0
"""So long after the window: whoever is let in by her own file is not to wait for what speaks to the server."""
_PAINT_SECONDS = 0.1
"""So long after the queue was read: it is on the screen then."""


class Ahead(QObject):
    """Imports ahead of time, on a lane of its own.

    Args:
        own: imports what shows a person her own copy.
        server: imports what speaks to the server.
    """

    def __init__(self, tasks: Tasks, own: Callable[[], None], server: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._own, self._server = own, server
        self._waited_for = self._put_off = False

    def begin(self) -> None:
        """The window is on the screen."""
        spare_what_stays()
        self._import(self._own)
        self._tasks.after(_SERVER_SECONDS, self._on_server_due, receiver=self)

    def hold(self) -> None:
        """Somebody waits for her queue."""
        self._waited_for = True

    def release(self) -> None:
        """Nobody waits any more: her queue is there, or she was not let in."""
        self._waited_for = False
        if self._put_off:
            self._tasks.after(_PAINT_SECONDS, self._on_server_due, receiver=self)

    def _on_server_due(self) -> None:
        self._put_off = self._waited_for
        if not self._waited_for:
            self._import(self._server)

    def _import(self, modules: Callable[[], None]) -> None:
        self._tasks.run(IMPORT_LANE, modules, self._on_imported, self._on_failed)

    def _on_imported(self, _: None) -> None:
        spare_what_stays()

    def _on_failed(self, _: Exception) -> None:
        """What fails to be imported now fails at sign-in, where somebody is told."""
