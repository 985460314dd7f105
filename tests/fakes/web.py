"""A web server on this computer that misbehaves as it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket, bytes], None]


class Web:
    """Answers each connection by calling `behave` with the connection and the head of the request.

    Attributes:
        requests: the heads that came, in order.
    """

    def __init__(self, behave: Behaviour) -> None:
        self.requests: list[bytes] = []
        self._behave = behave
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        """Of a file on it, as if signed."""
        return f"http://127.0.0.1:{self.port}/bucket/page.jpg?X-Amz-Signature=abc"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def stopped(self) -> threading.Event:
        """Set when a slow behaviour should end."""
        return self._stop

    def close(self) -> None:
        """Stop listening; waits for its threads."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (more := connection.recv(65_536)):
                head += more
            self.requests.append(head)
            self._behave(connection, head)


@contextlib.contextmanager
def serving(behave: Behaviour) -> Iterator[Web]:
    """A server that behaves so, while the block runs."""
    web = Web(behave)
    try:
        yield web
    finally:
        web.close()


def answer(body: bytes, *, status: str = "200 OK", length: int | None = None, more: str = "") -> Behaviour:
    """Answers at once; `length` is what it says of the body, -1 for nothing."""
    said = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\n" + (f"Content-Length: {said}\r\n" if said >= 0 else "") + more + "\r\n"

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head.encode() + body)

    return behave
