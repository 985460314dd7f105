"""How long a server is waited for that takes what it is given and says nothing. Imports nothing heavy."""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum

SECONDS = 35.0
"""Without a byte; the server itself ends what takes longer than `database.STATEMENT_SECONDS`, and says so."""


class IdleState(Enum):
    """What this computer knows, without asking the server, of a connection that nobody uses.

    Attributes:
        WELL: nothing speaks against it, or there is none.
        STIRRED: the other side has ended it, or has said something (a notice, perhaps); whoever asks next will know.
        SILENT: there was no answer to what the kernel asks by itself.
    """

    WELL = "well"
    STIRRED = "stirred"
    SILENT = "silent"


class Patience:
    """One for all connections of an engine. Its methods may be called from any thread.

    Args:
        seconds: without a byte from the server, until it is given up.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = SECONDS if seconds is None else seconds
        self._given_up = threading.Event()
        self._lock = threading.Lock()
        self._waiting = 0
        self._heard = 0.0
        self._idle: socket.socket | None = None
        self._asks: Callable[[float], bool] | None = None
        self._notified = False

    @property
    def given_up(self) -> bool:
        """Nobody wants to wait for an answer any more."""
        return self._given_up.is_set()

    def give_up(self) -> None:
        """End all that is waited for within a moment, and whatever is asked from now on."""
        self._given_up.set()

    @property
    def silent_seconds(self) -> float:
        """How long an answer has been waited for without a byte of it; 0 when none is."""
        with self._lock:
            return time.monotonic() - self._heard if self._waiting else 0.0

    def look(self) -> IdleState:
        """How the connection is, when nobody uses it now.

        What was notified while it was in use stirs once: nothing is left on the socket to tell of it.
        """
        with self._lock:
            if self._waiting or self._idle is None:
                return IdleState.WELL
            notified, self._notified = self._notified, False
            return IdleState.STIRRED if notified else _state_of(self._idle)

    def hush(self) -> None:
        """What was notified until now is known: whoever reads from now on reads what it was about."""
        with self._lock:
            self._notified = False

    def ask(self, seconds: float) -> bool:
        """Say a word to the server on the connection that nobody uses now; False when it says none within `seconds`.

        That alone tells a server that hangs from one that has nothing to say. True where there is no connection, or
        where it is in use: whoever uses it will know. Not on the GUI thread.
        """
        with self._lock:
            asks = None if self._waiting else self._asks
        if asks is None or self.given_up:
            return True
        self.begin()
        try:
            return asks(seconds)
        finally:
            self.end()

    # -- for the connections ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """Something is waited for."""
        with self._lock:
            if not self._waiting:
                self._heard = time.monotonic()
            self._waiting += 1

    def hear(self) -> None:
        """Something came, or was taken."""
        with self._lock:
            self._heard = time.monotonic()

    def notified(self) -> None:
        """The server told of something on a channel that is listened to."""
        with self._lock:
            self._notified = True

    def end(self) -> None:
        """It is not waited for any more."""
        with self._lock:
            self._waiting -= 1

    def watch(self, descriptor: int | None, asks: Callable[[float], bool] | None = None) -> None:
        """Look at this socket from now on, None at none; `asks` says a word on it, as `ask` does."""
        with self._lock:
            self._asks, self._notified = asks, False
            if self._idle is not None:
                self._idle.close()
            self._idle = None
            if descriptor is not None:
                with suppress(OSError):
                    # a handle of its own: the driver may close the other while this one is looked at
                    self._idle = socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM)


_SILENT = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN})


def _state_of(one: socket.socket) -> IdleState:
    try:
        if not select.select([one], [], [], 0)[0]:
            return IdleState.WELL
        fault = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    except (OSError, ValueError):  # more sockets than `select` counts on an old system: nothing is known
        return IdleState.WELL
    return IdleState.SILENT if fault in _SILENT else IdleState.STIRRED
