"""Second markings: given by the server, typed on this computer, and handed in. Pages are never written to the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.exchange import PageAddress, PulledPage
from mv_desktop.domain.identifier import EvaluationId, MarkingId, PageRef, UploadId
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.domain.second import SecondLook, SecondMark, SecondScript
from mv_desktop.offline.page_source import PageSource
from mv_desktop.offline.page_store import PageFile
from mv_desktop.offline.picture_fetch import LookedAt
from mv_desktop.offline.picture_source import PictureSource, ServerPictures
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.limit import page_limits
from mv_desktop.pages.part import Part
from mv_desktop.pages.problem import AddressExpiredError, StoppedError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ADDRESS_TIMEOUT_S = 60.0
_FIRST_POLL_S, _LONGEST_POLL_S = 0.2, 2.0


class SecondPages:
    """The pictures of the pages of one marking, in memory only; read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[tuple[PageRef, str], bytes] = {}

    def read(self, ref: PageRef, level: Literal["full", "quarter"]) -> bytes | None:
        """A page's picture as JPEG or PNG, None while it has not come."""
        with self._lock:
            return self._files.get((ref, level))

    def put(self, page_number: int, checked: CheckedFile) -> None:
        """Keep the pages of one file."""
        with self._lock:
            for page in checked.pages:
                ref = PageRef(page_number, page.pdf_page)
                self._files |= {(ref, "full"): page.full, (ref, "quarter"): page.quarter}

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._files.clear()


class SecondMarkings:
    """Not for the GUI thread. What asks the server raises what `services.second_marking` says, and OfflineError.

    Args:
        connect: a session on the person's own login.
        drafts: what she typed.
        source: where pages come from.
        settings: the server's, as last heard.
        sleep, monotonic: wait for the worker, and measure how long.
        pictures: where pictures of questions come from; the server, where None.

    Attributes:
        drafts: the same.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Session]],
        drafts: SecondDrafts,
        source: PageSource,
        settings: Callable[[], Mapping[str, Any]],
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        pictures: PictureSource | None = None,
    ) -> None:
        self._connect, self.drafts, self._source, self._settings = connect, drafts, source, settings
        self._sleep, self._monotonic = sleep, monotonic
        self._looked_at = LookedAt(pictures or ServerPictures(connect), sleep, monotonic)

    def look(self) -> SecondLook:
        """What there is to do. What was typed of what is not hers any more is marked so; nothing is thrown away."""
        from mv_desktop.services.second_marking import second_tasks

        waiting, trouble = None, None
        try:
            with self._connect() as session:
                waiting = second_tasks(session)
        except UserError as error:
            trouble = error
        found = SecondLook(waiting, self.drafts.all(), self.drafts.unreadable(), trouble)
        try:
            for marking in found.lost:
                self.drafts.lose(marking)
        except UserError as error:  # the file can only be read: what was typed is there all the same
            return replace(found, trouble=error)
        return replace(found, drafts=self.drafts.all()) if found.lost else found

    def picture(self, marking: MarkingId, place: str) -> SeenPicture:
        """A picture of a question of its paper; kept in memory only."""
        return self._looked_at.look(place, [marking])

    def read(self, marking: MarkingId) -> SecondScript:
        """The paper and which pages there are. Raises RefusedError when it is not hers, or not any more."""
        from mv_desktop.services.second_marking import read_second

        with self._connect() as session:
            return read_second(session, marking)

    def fetch(
        self, script: SecondScript, page: PulledPage, into: SecondPages, cancelled: Callable[[], bool]
    ) -> tuple[PageInfo, ...]:
        """Bring one file's pages; addresses of all that have not come are asked for together.

        Returns:
            Its pages as they are now; what cannot be shown has a problem, and stops no other page.

        Raises:
            OfflineError: the server, its worker or the store does not answer; it can be tried again.
        """
        if page.problem:
            return page_infos(page)
        try:
            data = self._download(script, page, cancelled)
        except StoppedError:
            return page_infos(page)
        except OfflineError:
            raise
        except UserError as error:
            return page_infos(page, problem=str(error))
        checked = self._source.check(data, page_limits(self._settings()))
        if not checked.ok:
            return page_infos(page, problem=checked.error)
        into.put(page.page_number, checked)
        return tuple(
            PageInfo(
                PageRef(page.page_number, one.pdf_page),
                page.upload_id,
                one.width,
                one.height,
                page.questions,
                here=True,
            )
            for one in checked.pages
        )

    def hand_in(self, marking: MarkingId, marks: Sequence[SecondMark], comment: str) -> None:
        """Send all her marks, and forget the draft when the server has them; may be repeated without harm."""
        from mv_desktop.services.second_marking import mark_second

        with self._connect() as session:
            mark_second(session, marking, marks, comment)
        self.drafts.drop(marking)

    def decline(self, marking: MarkingId, reason: str) -> None:
        """Hand it back without marks, and forget the draft when the server knows."""
        from mv_desktop.services.second_marking import decline_second

        with self._connect() as session:
            decline_second(session, marking, reason)
        self.drafts.drop(marking)

    # -- private ---------------------------------------------------------------------------------------------

    def _download(self, script: SecondScript, page: PulledPage, cancelled: Callable[[], bool]) -> bytes:
        """The file; by another address where the first one did not work.

        Raises:
            StoppedError: it is not wanted any more.
            UserError: it cannot be had; OfflineError where trying again may help.
        """
        owner = EvaluationId(script.marking_id)
        file = PageFile(page.upload_id, owner, page.page_number, page.size, page.sha256, here=False, problem="")
        anew = False
        while True:
            found = self._address(script, page, cancelled)
            if found.address is None:
                raise UserError(found.problem or "")
            try:
                return self._source.download(found.address, file, Part(), cancelled)
            except UserError as error:
                with suppress(UserError):
                    self._source.renew(page.upload_id)  # should it be asked for once more
                if anew or not isinstance(error, AddressExpiredError):
                    raise
                anew = True

    def _address(self, script: SecondScript, page: PulledPage, cancelled: Callable[[], bool]) -> PageAddress:
        """Where the file is, or why it is nowhere. Raises StoppedError when it is not wanted any more."""
        uploads: list[UploadId] = [one.upload_id for one in script.pages if not one.problem]
        begun, pause = self._monotonic(), _FIRST_POLL_S
        while not cancelled():
            found = {each.upload_id: each for each in self._source.addresses(uploads)}.get(page.upload_id)
            if found is not None and (found.address is not None or found.problem is not None):
                return found
            if self._monotonic() - begun > ADDRESS_TIMEOUT_S:
                raise OfflineError(
                    "The server has not given the addresses of all pages yet.", remedy="Try again in a minute."
                )
            self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_S)
        raise StoppedError


def page_infos(page: PulledPage, problem: str = "") -> tuple[PageInfo, ...]:
    """The pages of a file as the server tells of it, before it has come."""
    problem = problem or page.problem or ""
    if not page.pages or page.mime_type != "application/pdf":
        size = page.pages[0] if page.pages else {"width": 0, "height": 0}
        ref = PageRef(page.page_number, 0)
        return (PageInfo(ref, page.upload_id, size["width"], size["height"], page.questions, problem),)
    return tuple(
        PageInfo(
            PageRef(page.page_number, number), page.upload_id, size["width"], size["height"], page.questions, problem
        )
        for number, size in enumerate(page.pages, start=1)
    )
