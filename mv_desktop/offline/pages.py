"""Fetching pages: several at once, the script on the screen first, and each file by one thread only.

What is wrong with one page is written down as a sentence for the teacher and stops no other page. What is wrong with
the network is no fault of a page: it is tried again. The rounds themselves are in `fetch_round`.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from mv_desktop.core.errors import NotAllowedError, OfflineError, ServerFaultError, UserError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import EvaluationId, UploadId
from mv_desktop.offline.disk import LocalFileError, reading_only
from mv_desktop.offline.fetch_round import FetchProgress, FetchResult, FetchRound
from mv_desktop.offline.page_source import Connect, PageSource, ServerPages
from mv_desktop.offline.page_store import PageFile, PageSize
from mv_desktop.offline.picture_fetch import PictureFetcher
from mv_desktop.offline.picture_source import PictureSource, ServerPictures
from mv_desktop.offline.store import LocalStore
from mv_desktop.pages.cache import CacheFullError, PageCache
from mv_desktop.pages.kind import Kind
from mv_desktop.pages.part import Part

PREFETCHED_SCRIPTS = 20
"""How many of the queue's next scripts are fetched ahead."""
DOWNLOADS = 4
"""So many files at once."""
CHECKS = 2
"""So many of them are checked at once: each check has a process of its own."""
RETRY_S = 600.0
"""After so long a page with which something was wrong is tried again by itself."""

_ASKED_AT_ONCE = 500
_ADDRESS_SPARE = timedelta(seconds=30)
_PARTS_BYTES = 32 << 20
_TURN_S = 0.2


class PageFetcher:
    """Brings pages to this computer. May be called from several threads; no page is fetched twice at once.

    Args:
        store: knows which pages are wanted.
        cache: keeps them.
        connect: gives a session in one transaction.
        source: where they come from, another for tests.
        pictures: where pictures of questions come from, another for tests.
        sleep: waits between polls.
        monotonic: measures how long was waited.
        now: the present moment, aware; by it an address is known to have expired.
        downloads: so many at once.
    """

    def __init__(
        self,
        store: LocalStore,
        cache: PageCache,
        connect: Connect,
        *,
        source: PageSource | None = None,
        pictures: PictureSource | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        downloads: int = DOWNLOADS,
    ) -> None:
        self.store, self.cache = store, cache
        self.source: PageSource = source or ServerPages(connect, downloads)
        self.sleep, self.monotonic, self._now = sleep, monotonic, now
        self.downloads = downloads
        self.pictures = PictureFetcher(store, cache, pictures or ServerPictures(connect), sleep, monotonic)
        self.checking = threading.BoundedSemaphore(CHECKS)
        self._turn = threading.Condition()
        self._under_way: set[UploadId] = set()
        self._pressing = 0
        self._lock = threading.Lock()
        self._failed: dict[UploadId, float] = {}
        self._addresses: dict[UploadId, PageAddress] = {}
        self._parts: OrderedDict[UploadId, Part] = OrderedDict()
        self._news: set[EvaluationId] = set()

    def fetch_script(
        self, evaluation_id: EvaluationId, *, again: bool = False, cancelled: Callable[[], bool] = lambda: False
    ) -> FetchResult:
        """Fetch the pages of a script that somebody waits for, in order; what is fetched ahead waits meanwhile.

        Args:
            evaluation_id: the script.
            again: also those that failed a short while ago.
            cancelled: asked again and again; True ends it, also within a file.

        Raises:
            LocalFileError: this computer's own file could not be written.
        """
        if again:
            with self._lock:
                for file in self.store.pages.files(evaluation_id):
                    self._failed.pop(file.upload_id, None)
        with self._turn:
            self._pressing += 1
        try:
            return self._run([evaluation_id], cancelled, lambda _: None, pressing=True)
        finally:
            with self._turn:
                self._pressing -= 1
                self._turn.notify_all()

    def fetch_ahead(
        self,
        scripts: Sequence[EvaluationId],
        *,
        cancelled: Callable[[], bool] = lambda: False,
        told: Callable[[FetchProgress], None] = lambda _: None,
    ) -> FetchResult:
        """Fetch the pages of scripts that nobody waits for yet, in order, several at once.

        Args:
            scripts: the most urgent first.
            cancelled: as for `fetch_script`.
            told: hears after each file how far it is, on any thread.

        Raises:
            LocalFileError: this computer's own file could not be written.
        """
        return self._run(scripts, cancelled, told, pressing=False)

    def news(self) -> frozenset[EvaluationId]:
        """The scripts whose pages look different since this was asked last."""
        with self._lock:
            news, self._news = frozenset(self._news), set()
            return news

    def close(self) -> None:
        """Hang up."""
        self.source.close()

    # -- for the rounds --------------------------------------------------------------------------------------

    def known_address(self, upload_id: UploadId) -> PageAddress | None:
        """An address that was given before and is valid a while yet."""
        with self._lock:
            found = self._addresses.get(upload_id)
            if found is None or found.expires_at is None or found.expires_at < self._now() + _ADDRESS_SPARE:
                return None
            return found

    def ask(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        """Ask for the addresses of many files at once; those that are there now."""
        answered = [
            address
            for begin in range(0, len(uploads), _ASKED_AT_ONCE)
            for address in self.source.addresses(uploads[begin : begin + _ASKED_AT_ONCE])
            if address.address is not None or address.problem is not None
        ]
        with self._lock:
            self._addresses.update({each.upload_id: each for each in answered if each.address is not None})
        return tuple(answered)

    def renew(self, upload_id: UploadId) -> None:
        """The address does not work: forget it, and let the next question get another."""
        with self._lock:
            self._addresses.pop(upload_id, None)
        self.source.renew(upload_id)

    @contextmanager
    def turn(self, upload_id: UploadId, *, pressing: bool, stopped: Callable[[], bool]) -> Iterator[bool]:
        """Have a file to oneself, when others have done with it and nobody waits for another; False: `stopped`."""
        with self._turn:
            while free := not stopped():
                if upload_id not in self._under_way and (pressing or not self._pressing):
                    self._under_way.add(upload_id)
                    break
                self._turn.wait(_TURN_S)
        try:
            yield free
        finally:
            if free:
                with self._turn:
                    self._under_way.discard(upload_id)
                    self._turn.notify_all()

    def part_of(self, upload_id: UploadId) -> Part:
        """What has come of a file; a few are kept, so that one that was broken off goes on where it was."""
        with self._lock:
            part = self._parts.setdefault(upload_id, Part())
            self._parts.move_to_end(upload_id)
            while len(self._parts) > self.downloads * 2 and self._kept_bytes() > _PARTS_BYTES:
                self._parts.popitem(last=False)
            return part

    def forget_part(self, upload_id: UploadId) -> None:
        """All of it is here."""
        with self._lock:
            self._parts.pop(upload_id, None)

    def someone_waits(self) -> bool:
        """A script is on the screen whose pages are being fetched."""
        with self._turn:
            return self._pressing > 0

    def failed(self, upload_id: UploadId) -> bool:
        """Something was wrong with it a short while ago."""
        with self._lock:
            since = self._failed.get(upload_id)
            return since is not None and self.monotonic() - since < RETRY_S

    def note_failed(self, upload_id: UploadId) -> None:
        """Something is wrong with it."""
        with self._lock:
            self._failed[upload_id] = self.monotonic()

    def note_news(self, evaluation_id: EvaluationId) -> None:
        """Its pages look different."""
        with self._lock:
            self._news.add(evaluation_id)

    def register(self, file: PageFile) -> bool:
        """Put right what the local file says of an upload that may be in the cache; True: it is there and readable."""
        if not self.cache.has(file.upload_id) or self.cache.doubtful(file.upload_id):
            return False
        if file.here:
            return True
        kept = self.cache.pages(file.upload_id)
        if kept is None:
            return self.cache.has(file.upload_id)  # it cannot be read just now, and is here all the same
        sizes = [PageSize(page.width, page.height, page.source) for page in kept]
        mime_type = Kind.PDF.value if any(page.pdf_page for page in kept) else ""
        self.store.pages.checked(file.upload_id, mime_type=mime_type, pages=sizes, here=True)
        self.note_news(file.evaluation_id)
        return True

    # -- private ---------------------------------------------------------------------------------------------

    def _run(
        self,
        scripts: Sequence[EvaluationId],
        cancelled: Callable[[], bool],
        told: Callable[[FetchProgress], None],
        *,
        pressing: bool,
    ) -> FetchResult:
        result = FetchResult()
        if self.store.read_only:  # what came could not be written down
            result.message = str(reading_only())
            return result
        self.store.pictures.wanted(scripts)  # listed first: what is taken along is whole with its pictures only
        wanted = [file for evaluation_id in scripts for file in self._wanted(evaluation_id, result)]
        try:
            FetchRound(self, wanted, result, cancelled, told, pressing=pressing).run()
            self._fetch_pictures(scripts, result, cancelled, pressing=pressing)
        except (OfflineError, NotAllowedError, CacheFullError) as error:
            result.online = not isinstance(error, OfflineError)
            result.message = str(error)
        except LocalFileError:
            raise
        except (UserError, ServerFaultError):
            result.message = "The server could not give the pages just now. It is tried again."
        result.missing = sum(not (self.failed(file.upload_id) or self.cache.has(file.upload_id)) for file in wanted)
        return result

    def _fetch_pictures(
        self, scripts: Sequence[EvaluationId], result: FetchResult, cancelled: Callable[[], bool], *, pressing: bool
    ) -> None:
        """The pictures of their questions, after the pages: a question can be read without, a page cannot."""
        changed, message = self.pictures.fetch(scripts, cancelled, pressing=pressing)
        result.changed |= changed
        result.message = result.message or message
        for evaluation_id in changed:
            self.note_news(evaluation_id)

    def _wanted(self, evaluation_id: EvaluationId, result: FetchResult) -> list[PageFile]:
        """The files to fetch now; what the cache and the local file say of each other is put right on the way."""
        wanted = []
        for file in self.store.pages.files(evaluation_id):
            if self.register(file):
                if not file.here:
                    result.changed.add(evaluation_id)
                continue
            if file.here and not self.cache.has(file.upload_id):
                self.store.pages.forget([file.upload_id])
                self.note_news(evaluation_id)
                result.changed.add(evaluation_id)
            if not self.failed(file.upload_id):
                wanted.append(file)
        return wanted

    def _kept_bytes(self) -> int:
        return sum(len(part.data) for part in self._parts.values())
