"""The pages of scripts with a case, for who coordinates: fetched when she looks, and gone when the program ends."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

from mv_desktop.core.errors import OfflineError, RefusedError
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import EvaluationId, PageRef, UploadId
from mv_desktop.domain.sheet import PagePicture, Sheet
from mv_desktop.offline.page_source import PageSource
from mv_desktop.offline.page_store import PageFile
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.part import Part
from mv_desktop.pages.problem import AddressExpiredError, WrongContentError

ADDRESS_TIMEOUT_S: Final = 20.0
"""So long the worker is waited for."""

_FIRST_POLL_S, _LONGEST_POLL_S = 0.2, 2.0
_KEPT_BYTES: Final = 64 << 20
_NOBODY = EvaluationId(UUID(int=0))


class CasePages:
    """Fetches pages one by one; not for the GUI thread. Nothing of them is written to the disk.

    Args:
        source: where pages come from.
        sleep: waits between two questions.
        monotonic: measures how long was waited.
    """

    def __init__(
        self,
        source: PageSource,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._sleep, self._monotonic = source, sleep, monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[UUID, tuple[PagePicture, ...]] = OrderedDict()

    def pictures(self, sheet: Sheet, cancelled: Callable[[], bool]) -> tuple[PagePicture, ...]:
        """The pages of a sheet in order: one, or as many as its PDF has.

        Raises:
            UserError: it cannot be shown, in a sentence.
            OfflineError: the server, its worker or the store does not answer.
            StoppedError: `cancelled` said so.
        """
        with self._lock:
            if sheet.page_id in self._kept:
                self._kept.move_to_end(sheet.page_id)
                return self._kept[sheet.page_id]
        if sheet.problem:
            raise RefusedError(sheet.problem)
        checked = self._checked(sheet, cancelled)
        whole = len(checked.pages) > 1 or any(page.pdf_page for page in checked.pages)
        found = tuple(
            PagePicture(PageRef(sheet.page_number, page.pdf_page if whole else 0), page.width, page.height, page.full)
            for page in checked.pages
        )
        with self._lock:
            self._kept[sheet.page_id] = found
            while len(self._kept) > 1 and self._bytes() > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return found

    def close(self) -> None:
        """Forget them, and hang up."""
        with self._lock:
            self._kept.clear()
        self._source.close()

    # -- private ---------------------------------------------------------------------------------------------

    def _bytes(self) -> int:
        return sum(len(page.data) for pages in self._kept.values() for page in pages)

    def _checked(self, sheet: Sheet, cancelled: Callable[[], bool]) -> CheckedFile:
        """The file; from a second address where the first one does not work."""
        page = UploadId(sheet.page_id)
        file = PageFile(page, _NOBODY, sheet.page_number, sheet.size, sheet.sha256, here=False, problem="")
        try:
            data = self._source.download(self._address(page, cancelled), file, Part(), cancelled)
        except (AddressExpiredError, WrongContentError):
            self._source.renew(page)
            data = self._source.download(self._address(page, cancelled), file, Part(), cancelled)
        checked = self._source.check(data, Limits())
        if not checked.ok:
            raise RefusedError(checked.error)
        return checked

    def _address(self, page: UploadId, cancelled: Callable[[], bool]) -> str:
        end, pause = self._monotonic() + ADDRESS_TIMEOUT_S, _FIRST_POLL_S
        while True:
            found = self._asked(page)
            if found is not None and found.address is not None:
                return found.address
            if found is not None and found.problem:
                raise RefusedError(found.problem)
            if self._monotonic() >= end or cancelled():
                raise OfflineError("The server has not given the address of this page yet.", remedy="Try again.")
            self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_S)

    def _asked(self, page: UploadId) -> PageAddress | None:
        return next((one for one in self._source.addresses([page]) if one.upload_id == page), None)
