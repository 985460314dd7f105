"""Fetching pages: ask for addresses, wait for the worker to sign them, download, check, keep.

What is wrong with one page is written down as a sentence for the teacher and stops no other page. What is wrong
with the network is no fault of a page: it is tried again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from mv_desktop.core.errors import NotAllowedError, OfflineError, ServerFaultError, UserError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import EvaluationId, UploadId
from mv_desktop.offline.disk import LocalFileError
from mv_desktop.offline.page_store import PageFile, PageSize
from mv_desktop.offline.store import LocalStore
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.cache import CacheFullError, PageCache
from mv_desktop.pages.kind import Kind
from mv_desktop.pages.limit import MAX_MEGAPIXELS, MAX_PAGES, Limits
from mv_desktop.pages.problem import AddressExpiredError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PREFETCHED_SCRIPTS = 20
"""How many of the queue's next scripts are fetched ahead."""
FIRST_POLL_S = 0.2
LONGEST_POLL_S = 2.0
ADDRESS_TIMEOUT_S = 20.0

Connect = Callable[[], AbstractContextManager["Session"]]


class PageSource(Protocol):
    """Where pages come from."""

    def addresses(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        """The addresses that are valid now; what has none is asked for."""
        ...

    def renew(self, upload_id: UploadId) -> None:
        """The address of this page does not work: the next question is to get another."""
        ...

    def download(self, address: str, size: int | None, sha256: str | None) -> bytes:
        """The file at an address, of this size and digest where they are known."""
        ...

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        """What the file is."""
        ...


class ServerPages:
    """The real server, store and checking process, imported when a page is first fetched."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def addresses(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        from mv_desktop.services.page_address import request_pages

        with self._connect() as session:
            return request_pages(session, uploads)

    def renew(self, upload_id: UploadId) -> None:
        from mv_desktop.services.page_address import renew_pages

        with self._connect() as session:
            renew_pages(session, [upload_id])

    def download(self, address: str, size: int | None, sha256: str | None) -> bytes:
        from mv_desktop.pages.download import fetch

        return fetch(address, expected_bytes=size, expected_sha256=sha256)

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        from mv_desktop.pages.intake import check

        return check(data, limits=limits)


@dataclass(slots=True)
class FetchResult:
    """What a fetch did.

    Attributes:
        fetched: uploads that came.
        problems: uploads that cannot be shown.
        missing: uploads that are still to come.
        online: the server and the store answered.
        message: what stopped it, "" when nothing did.
        changed: scripts whose pages look different now.
    """

    fetched: int = 0
    problems: int = 0
    missing: int = 0
    online: bool = True
    message: str = ""
    changed: set[EvaluationId] = field(default_factory=set)


class PageFetcher:
    """Brings pages to this computer. May be called from several threads; no page is fetched twice at once.

    Args:
        store: knows which pages are wanted.
        cache: keeps them.
        connect: gives a session in one transaction.
        source: where they come from, another for tests.
        sleep: waits between polls.
        monotonic: measures how long was waited.
    """

    def __init__(
        self,
        store: LocalStore,
        cache: PageCache,
        connect: Connect,
        *,
        source: PageSource | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._cache = cache
        self._source: PageSource = source or ServerPages(connect)
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._under_way: set[UploadId] = set()
        self._failed: set[UploadId] = set()

    def fetch_script(
        self, evaluation_id: EvaluationId, *, again: bool = False, cancelled: Callable[[], bool] = lambda: False
    ) -> FetchResult:
        """Fetch the pages of a script that are not here, in order.

        Args:
            evaluation_id: the script.
            again: also those that failed before in this run of the program.
            cancelled: asked before each page; True ends it.

        Raises:
            LocalFileError: this computer's own file could not be written.
        """
        result = FetchResult()
        if again:
            self._failed.clear()
        wanted = self._claim(evaluation_id, result)
        try:
            self._fetch(wanted, result, cancelled)
        except LocalFileError:
            raise
        except (OfflineError, NotAllowedError, CacheFullError) as error:
            result.online = not isinstance(error, OfflineError)
            result.message = str(error)
        except (UserError, ServerFaultError):
            result.message = "The server could not give the pages just now. It is tried again."
        finally:
            with self._lock:
                self._under_way -= {file.upload_id for file in wanted}
        result.missing = sum(not self._settled(file) for file in wanted)
        return result

    # -- private ---------------------------------------------------------------------------------------------

    def _claim(self, evaluation_id: EvaluationId, result: FetchResult) -> list[PageFile]:
        """The files to fetch now; what the cache and the local file say of each other is put right on the way."""
        wanted = []
        for file in self._store.pages.files(evaluation_id):
            kept = self._cache.pages(file.upload_id) if self._cache.has(file.upload_id) else None
            if kept is not None:
                if not file.here:
                    sizes = [PageSize(page.width, page.height, page.source) for page in kept]
                    mime_type = Kind.PDF.value if any(page.pdf_page for page in kept) else ""
                    self._store.pages.checked(file.upload_id, mime_type=mime_type, pages=sizes, here=True)
                    result.changed.add(evaluation_id)
                continue
            if file.here:
                self._store.pages.forget([file.upload_id])
                result.changed.add(evaluation_id)
            with self._lock:
                if file.upload_id in self._failed or file.upload_id in self._under_way:
                    continue
                self._under_way.add(file.upload_id)
            wanted.append(file)
        return wanted

    def _fetch(self, wanted: Sequence[PageFile], result: FetchResult, cancelled: Callable[[], bool]) -> None:
        waiting = {file.upload_id: file for file in wanted}
        started, pause = self._monotonic(), FIRST_POLL_S
        renewed: set[UploadId] = set()
        while waiting and not cancelled():
            ready = [address for address in self._source.addresses(list(waiting)) if _answered(address)]
            order = {upload_id: position for position, upload_id in enumerate(waiting)}
            for address in sorted(ready, key=lambda item: order[item.upload_id]):
                if cancelled():
                    return
                if self._fetch_one(waiting[address.upload_id], address, result, renewed):
                    del waiting[address.upload_id]
            if not ready and waiting:
                if self._monotonic() - started > ADDRESS_TIMEOUT_S:
                    result.message = "The server has not given the addresses of all pages yet. It is tried again."
                    return
                self._sleep(pause)
                pause = min(pause * 1.5, LONGEST_POLL_S)

    def _fetch_one(self, file: PageFile, address: PageAddress, result: FetchResult, renewed: set[UploadId]) -> bool:
        """Fetch one file; False when its address had expired and a new one is to be asked for."""
        if address.address is None:
            self._note_problem(file, address.problem or "", result)
            return True
        try:
            data = self._source.download(address.address, file.size, file.sha256)
        except AddressExpiredError as error:
            if file.upload_id not in renewed:
                renewed.add(file.upload_id)
                self._source.renew(file.upload_id)
                return False
            self._note_problem(file, str(error), result)
            return True
        except OfflineError:
            # perhaps the store has moved; the next question gets another address
            with suppress(UserError, ServerFaultError):
                self._source.renew(file.upload_id)
            raise
        except UserError as error:
            self._note_problem(file, str(error), result)
            return True
        limits = self._limits()
        checked = self._source.check(data, limits)
        problem = checked.error if not checked.ok else self._too_many(file, len(checked.pages), limits.pages)
        if problem:
            self._note_problem(file, problem, result)
            return True
        self._cache.put(file.upload_id, checked)
        sizes = [PageSize(page.width, page.height, page.source) for page in checked.pages]
        self._store.pages.checked(file.upload_id, mime_type=checked.mime_type, pages=sizes, here=True)
        result.fetched += 1
        result.changed.add(file.evaluation_id)
        return True

    def _too_many(self, file: PageFile, pages: int, limit: int) -> str:
        """Why a file of `pages` pages is one too many for its script, or "".

        The student's uploads are counted where they come together: the checking process sees one file only.
        """
        others = (other.upload_id for other in self._store.pages.files(file.evaluation_id) if other != file)
        here = sum(len(self._cache.pages(upload_id) or ()) for upload_id in others)
        if here + pages <= limit:
            return ""
        return (
            f"With this file the script would have {here + pages} pages; at most {limit} are accepted. "
            "Ask your coordinator how to go on."
        )

    def _note_problem(self, file: PageFile, problem: str, result: FetchResult) -> None:
        self._store.pages.checked(file.upload_id, problem=problem)
        with self._lock:
            self._failed.add(file.upload_id)
        result.problems += 1
        if problem != file.problem:
            result.changed.add(file.evaluation_id)

    def _settled(self, file: PageFile) -> bool:
        return file.upload_id in self._failed or self._cache.has(file.upload_id)

    def _limits(self) -> Limits:
        settings = self._store.settings()
        return Limits(
            pages=int(settings.get("max_pages_per_script", MAX_PAGES)),
            megapixels=int(settings.get("max_page_megapixels", MAX_MEGAPIXELS)),
        )


def _answered(address: PageAddress) -> bool:
    return address.address is not None or address.problem is not None
