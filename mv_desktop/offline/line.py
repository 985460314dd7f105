"""The way to the server as one person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mv_desktop import __version__
from mv_desktop.core.errors import NotAllowedError, OfflineError
from mv_desktop.services.patience import Patience
from mv_desktop.services.profile import ServerProfile

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


class Line:
    """The way to the server as one person; its libraries are imported when it is first used.

    Args:
        profile: the server.
        email, password: hers.
        patience: how long it is waited for.

    Attributes:
        patience: the same; whoever gives it up ends what is under way.
        accepted: called once, when the server has accepted the password.
    """

    def __init__(self, profile: ServerProfile, email: str, password: str, patience: Patience | None = None) -> None:
        self._profile, self._email, self._password = profile, email, password
        self.patience = patience or Patience()
        self._lock = threading.Lock()
        self._settling = threading.Lock()
        self._doubtful = ""
        self._settled: Callable[[bool], None] = _nothing
        self._engine: Engine | None = None
        self._beside: list[Line] = []
        self.accepted: Callable[[], None] | None = None

    @contextmanager
    def connect(self) -> Iterator[Session]:
        """A session in one transaction. Raises as `services.database.open_session` does."""
        from mv_desktop.services.database import open_session

        with self._settling:
            if self._doubtful:
                self._settle()
        with self._lock:
            if self._engine is None:
                self._engine = self._made(self._password)
            engine = self._engine
        with open_session(engine) as session:
            yield session
        accepted, self.accepted = self.accepted, None
        if accepted is not None:
            accepted()

    def beside(self) -> Line:
        """Another way for the same person, on a connection of its own, for work that must not wait for this one.

        It takes her new password with this one, and is closed and given up with it.
        """
        with self._lock:
            other = Line(self._profile, self._email, self._password)
            self._beside.append(other)
        return other

    def give_up(self) -> None:
        """Wait for the server no more, here and beside, now and for whatever is asked later."""
        for line in (self, *self._beside):
            line.patience.give_up()

    def change_password(self, new: str, settled: Callable[[bool], None]) -> None:
        """Give the login another password, and use it from now on. Work that is under way goes on.

        Args:
            new: the password.
            settled: called when it was not known whether the server took it, and then is: True when it did.

        Raises:
            OfflineError: it is not known whether the server took it; at the next contact both are tried.
            UserError: as `services.database.open_session` says; the old password holds.
        """
        from mv_desktop.services.staff import change_password, verifier_for

        try:
            with self.connect() as session:
                change_password(session, verifier_for(session, new))
        except OfflineError:
            self._doubtful, self._settled = new, settled
            raise
        self._use(new)

    def _settle(self) -> None:
        """Find out which of two passwords the server knows."""
        from mv_desktop.services.database import open_session

        engine = self._made(self._doubtful)
        try:
            with open_session(engine) as session:
                session.connection()
        except NotAllowedError:
            taken = False
        else:
            taken = True
        finally:
            engine.dispose()
        doubtful, self._doubtful = self._doubtful, ""
        self._use(doubtful if taken else self._password)
        self._settled(taken)

    def _use(self, password: str) -> None:
        for line in (self, *self._beside):
            with line._lock:  # noqa: SLF001 - another of the same kind
                line._password = password  # noqa: SLF001
        self.close()

    def _made(self, password: str) -> Engine:
        from mv_desktop.services.database import make_engine, person_url

        url = person_url(self._profile, self._email, password)
        return make_engine(url, application_name=f"mv-desktop {__version__}", patience=self.patience)

    def close(self) -> None:
        """Hang up, here and beside; the next use would open it anew."""
        for line in self._beside:
            line.close()
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None


def _nothing(_taken: bool) -> None:  # noqa: FBT001
    """Nobody waits for an answer."""
