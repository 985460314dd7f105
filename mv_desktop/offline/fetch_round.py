"""One round of fetching: the addresses of all files in one question, several downloads at once, each checked and kept.

A file whose address has not come, or whose store is slow, holds up no other. What stops the network for one file stops
the round; what has come stays, and also the beginning of a file that was broken off.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mv_desktop.core.errors import OfflineError, ServerFaultError, UserError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import EvaluationId, UploadId
from mv_desktop.offline.page_store import PageFile, PageSize
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.limit import Limits, page_limits
from mv_desktop.pages.problem import AddressExpiredError, StoppedError, WebPageError, WrongContentError

if TYPE_CHECKING:
    from mv_desktop.offline.pages import PageFetcher

FIRST_POLL_S = 0.2
LONGEST_POLL_S = 2.0
ADDRESS_TIMEOUT_S = 20.0

_WEB_PAGES = 2
"""So many web pages instead of files, and nothing else, are the network's sign-in page."""


@dataclass(slots=True)
class FetchResult:
    """What a fetch did.

    Attributes:
        fetched: uploads that came.
        problems: uploads that cannot be shown.
        missing: uploads that are still to come.
        online: the server and the store answered.
        message: what stopped it or a part of it, "" when nothing did.
        changed: scripts whose pages look different now.
    """

    fetched: int = 0
    problems: int = 0
    missing: int = 0
    online: bool = True
    message: str = ""
    changed: set[EvaluationId] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a round is.

    Attributes:
        files, all_files: uploads that are done, and all of the round.
        bytes, all_bytes: of those whose size is known.
    """

    files: int
    all_files: int
    bytes: int
    all_bytes: int


class FetchRound:
    """Fetches `wanted` once, most urgent first.

    Args:
        fetcher: what all rounds share.
        wanted: the files.
        result: filled in.
        cancelled: ends it, also within a file.
        told: hears how far it is, on any thread.
        pressing: somebody waits for these pages.
    """

    def __init__(
        self,
        fetcher: PageFetcher,
        wanted: Sequence[PageFile],
        result: FetchResult,
        cancelled: Callable[[], bool],
        told: Callable[[FetchProgress], None],
        *,
        pressing: bool,
    ) -> None:
        self._fetcher, self._result, self._cancelled, self._told = fetcher, result, cancelled, told
        self._pressing = pressing
        self._all = tuple(wanted)
        self._waiting = {file.upload_id: file for file in wanted}
        self._given: dict[UploadId, PageAddress] = {}
        self._running: dict[Future[bool], PageFile] = {}
        self._lock = threading.Lock()
        self._second: set[UploadId] = set()
        self._web_pages = 0
        self._error: Exception | None = None

    def run(self) -> None:
        """Fetch them.

        Raises:
            LocalFileError, OfflineError, NotAllowedError, CacheFullError, ServerFaultError: what stopped it.
        """
        if not self._waiting:
            return
        workers = min(self._fetcher.downloads, len(self._waiting))
        with ThreadPoolExecutor(workers, thread_name_prefix="fetch-page") as executor:
            try:
                self._feed(executor)
            except BaseException as error:
                self._stop(error)
                raise
            finally:
                while self._running:
                    self._gather(None)
        if self._error is not None:
            raise self._error

    # -- private ---------------------------------------------------------------------------------------------

    def _feed(self, executor: ThreadPoolExecutor) -> None:
        waited, pause, asked = 0.0, FIRST_POLL_S, -LONGEST_POLL_S
        while (self._waiting or self._running) and not self._stopped():
            without = [upload_id for upload_id in self._waiting if self._address(upload_id) is None]
            now = self._fetcher.monotonic()
            if without and (not self._running or now - asked >= LONGEST_POLL_S):
                asked = now
                for each in self._fetcher.ask(without):
                    self._given[each.upload_id] = each
            for upload_id in list(self._waiting):
                address = self._address(upload_id)
                if address is not None:
                    file = self._waiting.pop(upload_id)
                    self._given.pop(upload_id, None)
                    self._running[executor.submit(self._bring, file, address)] = file
            if self._running:
                self._gather(LONGEST_POLL_S)
                continue
            if not self._waiting:
                break
            if waited > ADDRESS_TIMEOUT_S:
                self._result.message = "The server has not given the addresses of all pages yet. It is tried again."
                return
            self._fetcher.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, LONGEST_POLL_S)

    def _address(self, upload_id: UploadId) -> PageAddress | None:
        return self._given.get(upload_id) or self._fetcher.known_address(upload_id)

    def _gather(self, seconds: float | None) -> None:
        """Take back what has ended; a file that is to be tried again waits anew."""
        done, _ = wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            file = self._running.pop(future)
            error = future.exception()
            if error is not None:
                self._stop(error)
            elif not future.result():
                self._waiting[file.upload_id] = file
        if done:
            self._tell()

    def _stop(self, error: BaseException) -> None:
        with self._lock:
            if self._error is None and isinstance(error, Exception):
                self._error = error

    def _stopped(self) -> bool:
        return self._error is not None or self._cancelled()

    def _tell(self) -> None:
        left = {file.upload_id for file in (*self._waiting.values(), *self._running.values())}
        done = [file for file in self._all if file.upload_id not in left]
        size, whole = (sum(file.size or 0 for file in files) for files in (done, self._all))
        self._told(FetchProgress(len(done), len(self._all), size, whole))

    # -- one file, on a thread of its own --------------------------------------------------------------------

    def _bring(self, file: PageFile, address: PageAddress) -> bool:
        """Fetch one file; False when it is to be tried again in this round."""
        try:
            return self._brought(file, address)
        except Exception as error:
            self._stop(error)  # at once, before the next file begins
            raise

    def _brought(self, file: PageFile, address: PageAddress) -> bool:
        fetcher = self._fetcher
        with fetcher.turn(file.upload_id, pressing=self._pressing, stopped=self._stopped) as mine:
            if not mine:
                return True
            if fetcher.register(file) or fetcher.failed(file.upload_id):
                return True  # another round was quicker
            if address.address is None:
                self._note_problem(file, address.problem or "")
                return True
            fetcher.cache.room_for(file.upload_id, file.size, pressing=self._pressing)
            try:
                data = fetcher.source.download(
                    address.address, file, fetcher.part_of(file.upload_id), self._out_of_the_way
                )
            except StoppedError:
                return False
            except (AddressExpiredError, WrongContentError) as error:
                return self._blamed(file, str(error))
            except WebPageError as error:
                self._note_web_page(error)
                return True
            except OfflineError:
                # perhaps the store has moved; the next question gets another address
                with suppress(UserError, ServerFaultError):
                    fetcher.renew(file.upload_id)
                raise
            except UserError as error:
                self._note_problem(file, str(error))
                return True
            fetcher.forget_part(file.upload_id)
            return self._keep(file, data)

    def _out_of_the_way(self) -> bool:
        return self._stopped() or (not self._pressing and self._fetcher.someone_waits())

    def _blamed(self, file: PageFile, problem: str) -> bool:
        """A page is not blamed before it was wrong from a second address: False the first time."""
        with self._lock:
            again = file.upload_id in self._second
            self._second.add(file.upload_id)
        if again:
            self._note_problem(file, problem)
            return True
        self._fetcher.renew(file.upload_id)
        return False

    def _note_web_page(self, error: WebPageError) -> None:
        """The network wants her to sign in, unless files come all the same: then one of them is a web page."""
        with self._lock:
            self._web_pages += 1
            self._result.message = str(error)
            alone = self._result.fetched == 0 and self._web_pages >= min(_WEB_PAGES, len(self._all))
        if alone:
            raise error

    def _keep(self, file: PageFile, data: bytes) -> bool:
        fetcher = self._fetcher
        limits = self._limits()
        with fetcher.checking:
            checked = fetcher.source.check(data, limits)
        if not checked.ok and file.sha256 is None:
            return self._blamed(file, checked.error)
        problem = checked.error if not checked.ok else self._too_many(file, len(checked.pages), limits.pages)
        if problem:
            self._note_problem(file, problem)
            return True
        self._store(file, checked)
        return True

    def _store(self, file: PageFile, checked: CheckedFile) -> None:
        fetcher = self._fetcher
        left = [UploadId(each) for each in fetcher.cache.put(file.upload_id, checked, pressing=self._pressing)]
        if left:
            for evaluation_id in fetcher.store.pages.forget(left):
                fetcher.note_news(evaluation_id)
        sizes = [PageSize(page.width, page.height, page.source) for page in checked.pages]
        fetcher.store.pages.checked(file.upload_id, mime_type=checked.mime_type, pages=sizes, here=True)
        with self._lock:
            self._result.fetched += 1
            self._result.changed.add(file.evaluation_id)
        fetcher.note_news(file.evaluation_id)

    def _too_many(self, file: PageFile, pages: int, limit: int) -> str:
        """Why a file of `pages` pages is one too many for its script, or "".

        The student's uploads are counted where they come together: the checking process sees one file only.
        """
        others = (other.upload_id for other in self._fetcher.store.pages.files(file.evaluation_id) if other != file)
        here = sum(len(self._fetcher.cache.pages(upload_id) or ()) for upload_id in others)
        if here + pages <= limit:
            return ""
        return (
            f"With this file the script would have {here + pages} pages; at most {limit} are accepted. "
            "Ask your coordinator how to go on."
        )

    def _note_problem(self, file: PageFile, problem: str) -> None:
        self._fetcher.store.pages.checked(file.upload_id, problem=problem)
        self._fetcher.note_failed(file.upload_id)
        with self._lock:
            self._result.problems += 1
            if problem != file.problem:
                self._result.changed.add(file.evaluation_id)
        if problem != file.problem:
            self._fetcher.note_news(file.evaluation_id)

    def _limits(self) -> Limits:
        return page_limits(self._fetcher.store.settings())
