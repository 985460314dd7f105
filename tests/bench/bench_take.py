"""Taking 20 scripts with 160 pages along, over a line of 40 Mbit/s, against a plain download of the same files.

`take.20` is everything that the program does with them: download from a real object server, check each in a process of
its own, encrypt, write and fsync. The reference gets the same files over the same line with four plain connections and
keeps nothing. Budget: 1.25 times the reference, that is 80 % of the line. The addresses are signed here, not asked of a
server.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import urllib3

from mv_desktop.core.clock import SystemClock
from mv_desktop.demo.object_server import LocalS3
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import UploadId
from mv_desktop.offline.page_source import ServerPages
from mv_desktop.offline.pages import DOWNLOADS, PageFetcher
from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.storage import ObjectStore
from tests.bench.report import report
from tests.factories import sheet
from tests.factories.local import assigned, evaluation_id, open_store, pulled, pulled_page, upload_id

_SCRIPTS, _PAGES = 20, 8
_LINE_BYTES = 5_000_000
_PIECE = 1 << 15


class Line:
    """A way to a server that lets so many bytes a second through to us, whoever asks.

    Args:
        port: the server's, on this computer.
        rate: bytes a second.
    """

    def __init__(self, port: int, rate: int) -> None:
        self._to, self._rate = port, rate
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                threading.Thread(target=self._pass, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, come: socket.socket, go: socket.socket, slowly: bool) -> None:
        with contextlib.suppress(OSError):
            while data := come.recv(_PIECE):
                if slowly:
                    time.sleep(max(0.0, self._turn(len(data)) - time.monotonic()))
                go.sendall(data)
        for end in (come, go):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _turn(self, count: int) -> float:
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + count / self._rate
            return self._free_at


class Signed(ServerPages):
    """The real store and checking process, with addresses that were signed before."""

    def __init__(self, addresses: dict[UploadId, str]) -> None:
        super().__init__(contextlib.nullcontext, DOWNLOADS)  # type: ignore[arg-type]
        self._signed = addresses

    def addresses(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        until = datetime.now(UTC) + timedelta(hours=1)
        return tuple(PageAddress(each, self._signed[each], until, None) for each in uploads)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-"))
    try:
        with LocalS3(folder / "objects") as server:
            line = Line(server.port, _LINE_BYTES)
            store = ObjectStore(
                f"http://127.0.0.1:{line.port}", server.region, server.access_key, server.secret_key, server.bucket
            )
            direct = ObjectStore(server.endpoint, server.region, server.access_key, server.secret_key, server.bucket)
            _measure(folder, store, direct)
            line.close()
            store.close()
            direct.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _measure(folder: Path, store: ObjectStore, direct: ObjectStore) -> None:
    addresses: dict[UploadId, str] = {}
    scripts = []
    for number in range(1, _SCRIPTS + 1):
        pages = []
        for page in range(1, _PAGES + 1):
            data = sheet.jpeg(sheet.photo(1654, 2339), quality=85 + (number + page) % 10)
            key = f"bench/{number}/{page}.jpg"
            direct.put(key, data, content_type="image/jpeg")
            addresses[upload_id(number, page)] = store.signed_get(key, 3600)
            digest = hashlib.sha256(data).hexdigest()
            pages.append(pulled_page(number, page, size=len(data), sha256=digest))
        scripts.append(pulled(number, pages=tuple(pages)))
    local = open_store(folder / "local", SystemClock())
    wanted = [evaluation_id(number) for number in range(1, _SCRIPTS + 1)]
    local.mirror([assigned(script) for script in scripts], scripts, wanted)
    whole = local.pages.size_of(wanted)
    plain = _timed(lambda: _download(list(addresses.values())))
    cache = PageCache(folder / "pages", bytes(32), 1 << 34, ranks=local.pages.ranks)
    fetcher = PageFetcher(local, cache, contextlib.nullcontext, source=Signed(addresses))  # type: ignore[arg-type]
    took = _timed(lambda: _take(fetcher))
    report("take.20", [took], plain, scripts=_SCRIPTS, pages=whole.pages, bytes=whole.bytes)
    fetcher.close()
    local._vault.close()


def _take(fetcher: PageFetcher) -> None:
    result = fetcher.fetch_ahead([evaluation_id(number) for number in range(1, _SCRIPTS + 1)])
    if result.fetched != _SCRIPTS * _PAGES:
        raise RuntimeError(f"not all came: {result}")


def _download(addresses: Sequence[str]) -> None:
    with urllib3.PoolManager(maxsize=DOWNLOADS) as pool, ThreadPoolExecutor(DOWNLOADS) as executor:
        for _ in executor.map(lambda address: pool.request("GET", address).data, addresses):
            pass


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
