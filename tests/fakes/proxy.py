"""A network that can be taken away: passes connections on to a server on this computer until it is cut."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """Passes bytes both ways between whoever connects and `127.0.0.1:target`.

    While it is cut, everything that was open is closed, and every new connection is closed at once.

    Attributes:
        port: where it listens, the same for its whole life.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._cut = False
        self._left: int | None = None
        self._closed = False
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def cut(self) -> None:
        """The server is gone."""
        with self._lock:
            self._cut = True
            gone, self._open = self._open, set()
        for one in gone:
            _end(one)

    def cut_after(self, answered: int) -> None:
        """The server is gone after so many more bytes of its answers have come through, in the middle of one."""
        with self._lock:
            self._left = answered

    def mend(self) -> None:
        """It is back."""
        with self._lock:
            self._cut, self._left = False, None

    def close(self) -> None:
        """End all, and wait for the threads."""
        self._closed = True
        self.cut()
        _end(self._listener)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _end(client)
                continue
            with self._lock:
                if not self._cut:
                    self._open |= {client, server}
                cut = self._cut
            if cut:
                _end(client)
                _end(server)
            else:
                self._start(self._pass_on, client, server)
                self._start(self._pass_on, server, client, True)

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not answers or self._left is None:
                    target.sendall(data)
                    continue
                with self._lock:
                    passed = data[: self._left]
                    self._left -= len(passed)
                    ended = self._left == 0
                target.sendall(passed)
                if ended:
                    self.cut()
        for one in (source, target):
            with self._lock:
                self._open.discard(one)
            _end(one)


def _end(one: socket.socket) -> None:
    """Close a socket, waking whoever waits on it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        one.close()
