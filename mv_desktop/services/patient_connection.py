"""Connections that do not wait for ever.

Neither the driver nor the kernel gives up on a server whose computer answers and whose program does not: one that
was stopped, a pooler that has lost it, a network that pretends. So every wait has an end of its own (`patience`).
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from mv_desktop.services.patience import Patience

T = TypeVar("T")

_TICK = 0.1
"""Seconds after which a wait looks whether it is still wanted; the driver's own."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose every wait ends when its `patience` does. It is closed then: where it stood is not known."""

    patience: Patience | None = None

    def wait(self, gen: Generator[Any, Any, T], interval: float = _TICK, timeout: float | None = None) -> T:
        if self.patience is None:
            return super().wait(gen, interval, timeout)
        self.patience.begin()
        try:
            return super().wait(_limited(gen, self.patience), interval, timeout)
        except errors.ConnectionTimeout:
            self.close()
            raise
        finally:
            self.patience.end()

    def ask(self, seconds: float) -> bool:
        """Say the empty statement, which costs the server next to nothing; False when no answer comes in `seconds`.

        The connection is closed then, for the answer may come at any time. True where it is in use.
        """
        if not self.lock.acquire(blocking=False):
            return True
        try:
            if self.closed or self.pgconn.transaction_status != TransactionStatus.IDLE:
                return True
            answered = self._exchange(time.monotonic() + seconds)
        except (psycopg.OperationalError, OSError, ValueError):
            answered = False
        finally:
            self.lock.release()
        if not answered:
            self.close()
        return answered

    def _exchange(self, end: float) -> bool:
        self.pgconn.send_query(b"")
        self.pgconn.flush()
        while self.pgconn.is_busy():
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.pgconn.socket], [], [], left)[0]:
                return False
            self.pgconn.consume_input()
        while self.pgconn.get_result() is not None:
            pass
        while self.pgconn.notifies() is not None:  # which nobody would look for before the next statement
            if self.patience is not None:
                self.patience.notified()
        return True

    def close(self) -> None:
        if self.patience is not None:
            self.patience.watch(None)
        super().close()


def connect(patience: Patience, seconds: float, arguments: dict[str, Any]) -> PatientConnection:
    """A connection, in about `seconds` for all addresses of the server together.

    Raises:
        psycopg.OperationalError: there is none.
    """
    end = time.monotonic() + seconds
    patience.begin()
    try:
        addresses = _addresses(arguments, seconds)
        while True:
            if patience.given_up:
                raise errors.ConnectionTimeout("timeout: nobody waits for the server any more")
            address, *addresses = addresses
            left = end - time.monotonic()
            limit = max(2, round(left * 0.6 if addresses else left))  # the driver takes no less than two
            try:
                made = PatientConnection.connect(**{**arguments, **address, "connect_timeout": limit})
            except psycopg.OperationalError:
                if not addresses or time.monotonic() >= end:
                    raise
                continue
            made.patience = patience
            made.add_notify_handler(lambda _notify: patience.notified())
            patience.watch(made.pgconn.socket, made.ask)
            return made
    finally:
        patience.end()


# -- private -------------------------------------------------------------------------------------------------


def _limited(gen: Generator[Any, Any, T], patience: Patience) -> Generator[Any, Any, T]:
    """What `gen` does, until nobody waits for it any more."""
    heard = time.monotonic()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready:
                heard = time.monotonic()
                patience.hear()
            elif patience.given_up or time.monotonic() - heard >= patience.seconds:
                raise errors.ConnectionTimeout("timeout: the server has not answered")
            wanted = gen.send(ready)
    except StopIteration as end:
        result: T = end.value
        return result


def _addresses(arguments: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
    """Where the server is, the first of each family; looked up on a thread of its own, for it may never come back."""
    host = arguments.get("host")
    if not isinstance(host, str) or not host or host[0] in "/@" or "," in host or arguments.get("hostaddr"):
        return [{}]
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, arguments.get("port"), type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if not found or isinstance(found[0], Exception):
        raise psycopg.OperationalError(f"failed to resolve host {host!r}: {found[0] if found else 'no answer'}")
    first: dict[int, dict[str, Any]] = {}
    for family, *_, address in found[0]:
        first.setdefault(family, {"hostaddr": address[0]})
    return list(first.values())
