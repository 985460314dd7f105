"""While somebody is about to sign in: whether her server can be reached, so that she knows before she tries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from mv_desktop.ui.tasks import Periodic, Tasks

CONTACT_LANE = "contact"
_FIRST_SECONDS = 0.3
"""The window is painted first."""
_AGAIN_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of a server before anybody signs in.

    Attributes:
        server: the profile's name.
        reachable: somebody answers there.
        known: logins of those who have signed in on this computer before.
    """

    server: str
    reachable: bool
    known: frozenset[str] = frozenset()


class ContactWatch(QObject):
    """Looks once, and goes on to look for as long as nobody answers.

    Args:
        look: asks for the server of a name; not called on the GUI thread.

    Signals:
        told(Contact): what was found.
    """

    told = Signal(object)

    def __init__(self, look: Callable[[str], Contact], tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._tasks = look, tasks
        self._server = ""
        self._timer: Periodic | None = None

    def watch(self, server: str) -> None:
        """Look at this server from now on; "" looks at none."""
        self._server = server
        self._wait(_FIRST_SECONDS)

    def end(self) -> None:
        """Look no more."""
        self.watch("")

    # -- private ---------------------------------------------------------------------------------------------

    def _wait(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._tasks.after(seconds, self._ask, receiver=self) if self._server else None

    def _ask(self) -> None:
        work = partial(self._look, self._server)
        self._tasks.run(CONTACT_LANE, work, self._on_looked, self._on_look_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_looked(self, contact: Contact) -> None:
        if contact.server != self._server:
            return  # somebody chose another one meanwhile
        self.told.emit(contact)
        if not contact.reachable:
            self._wait(_AGAIN_SECONDS)

    def _on_look_failed(self, error: Exception) -> None:
        self._server = ""
        self._tasks.error.emit(error)
