"""A network that can be taken away: passes connections on to a server on this computer, until it is told not to."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable

_CHUNK = 65536
_SLOW_CHUNK = 1024
_LOOK_SECONDS = 0.05
"""How often a network that is silent looks whether it still is."""


class Proxy:
    """Passes bytes both ways between whoever connects and `127.0.0.1:target`.

    A network that is cut closes what is open and every new connection at once; one that is silent takes connections
    and bytes, and passes nothing on until it is mended. All methods may be called from any thread.

    Args:
        target: the port of the server.

    Attributes:
        port: where it listens, the same for its whole life.
        cuts: how often it was cut.
        delay: seconds that everything takes longer, each way.
        bytes_per_second: how much goes through each way, 0 for all there is.
        page: what whoever connects is answered instead of the server's words, as a hotel's network does; b"" for none.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.cuts = 0
        self.delay = 0.0
        self.bytes_per_second = 0
        self.page = b""
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._cut = self._silent = self._closed = False
        self._left: dict[bool, tuple[int, Callable[[], None]]] = {}
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def is_cut(self) -> bool:
        """Nothing goes through."""
        return self._cut

    def cut(self) -> None:
        """The server is gone."""
        with self._changed:
            self._cut = True
            self.cuts += 1
            gone, self._open = self._open, set()
            self._changed.notify_all()
        for one in gone:
            _end(one)

    def cut_after(self, answered: int) -> None:
        """The server is gone after so many more bytes of its answers have come through, in the middle of one."""
        self._after(answered, self.cut, answers=True)

    def cut_after_sent(self, sent: int) -> None:
        """The server is gone after it was given so many more bytes, in the middle of what is asked."""
        self._after(sent, self.cut, answers=False)

    def stall(self) -> None:
        """From now on nothing is heard, and nothing is closed: as when a server hangs, or a VPN drops."""
        with self._changed:
            self._silent = True

    def stall_after(self, answered: int) -> None:
        """Silent after so many more bytes of answers."""
        self._after(answered, self.stall, answers=True)

    def mend(self) -> None:
        """All is well again; what waited goes on its way."""
        with self._changed:
            self._cut = self._silent = False
            self._left.clear()
            self.delay, self.bytes_per_second, self.page = 0.0, 0, b""
            self._changed.notify_all()

    def close(self) -> None:
        """End all, and wait for the threads."""
        self._closed = True
        self.cut()
        _end(self._listener)
        for thread in self._threads:
            thread.join(10)

    # -- private ---------------------------------------------------------------------------------------------

    def _after(self, count: int, happens: Callable[[], None], *, answers: bool) -> None:
        with self._changed:
            self._left[answers] = (count, happens)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                cut = self._cut
                if not cut:
                    self._open.add(client)
            if cut:
                _end(client)
            else:
                self._start(self._connect, client)

    def _connect(self, client: socket.socket) -> None:
        if page := self.page:
            with contextlib.suppress(OSError):
                client.recv(_CHUNK)
                client.sendall(page)
            self._forget(client)
            return
        if not self._may_pass(client):
            self._forget(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            self._forget(client)
            return
        with self._changed:
            if not self._cut:
                self._open.add(server)
            cut = self._cut
        if cut:
            self._forget(client)
            _end(server)
            return
        self._start(self._pass_on, server, client, True)
        self._pass_on(client, server, False)

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while data := source.recv(_SLOW_CHUNK if self.bytes_per_second else _CHUNK):
                if self.delay or self.bytes_per_second:
                    rate = self.bytes_per_second
                    self._wait(self.delay + (len(data) / rate if rate else 0.0))
                if not self._may_pass(source):
                    break
                passed, happens = self._counted(data, answers=answers)
                target.sendall(passed)
                if happens is not None:
                    happens()
                    if not self._may_pass(source):
                        break
                    target.sendall(data[len(passed) :])
        self._forget(source)
        self._forget(target)

    def _counted(self, data: bytes, *, answers: bool) -> tuple[bytes, Callable[[], None] | None]:
        """As much of `data` as comes through before something happens, and what that is."""
        with self._changed:
            if answers not in self._left:
                return data, None
            left, happens = self._left[answers]
            if len(data) < left:
                self._left[answers] = (left - len(data), happens)
                return data, None
            del self._left[answers]
            return data[:left], happens

    def _wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._cut or self._closed, seconds)

    def _may_pass(self, asking: socket.socket) -> bool:
        """Wait while the network is silent; False when it was cut, or whoever is on the line has hung up."""
        with self._changed:
            while self._silent and not self._cut:
                self._changed.wait(_LOOK_SECONDS)
                if _hung_up(asking):
                    return False
            return not self._cut

    def _forget(self, one: socket.socket) -> None:
        with self._changed:
            self._open.discard(one)
        _end(one)


class Network:
    """The ways to several servers on this computer, cut and mended together.

    Args:
        targets: the servers' ports.

    Attributes:
        ports: of the ways, in the same order.
    """

    def __init__(self, *targets: int) -> None:
        self._ways = [Proxy(target) for target in targets]
        self.ports = tuple(way.port for way in self._ways)

    def cut(self) -> None:
        """Unplug it: what is open ends, and nobody gets through."""
        for way in self._ways:
            way.cut()

    def mend(self) -> None:
        """Plug it in."""
        for way in self._ways:
            way.mend()

    def close(self) -> None:
        """End all."""
        for way in self._ways:
            way.close()


def _hung_up(one: socket.socket) -> bool:
    """Whoever is at the other end has gone, as far as one can tell without taking what was said."""
    try:
        if not select.select([one], [], [], 0)[0]:
            return False
        return one.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def _end(one: socket.socket) -> None:
    """Close a socket, waking whoever waits on it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        one.close()
