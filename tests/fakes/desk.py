"""A signed-in person's desk without a server: her real file and page cache, and a school in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import OfflineError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import UploadId
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.finished import FinishedArchive
from mv_desktop.offline.line import Line
from mv_desktop.offline.page_store import PageFile
from mv_desktop.offline.pages import PageFetcher
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.pages.answer import CheckedPage
from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.intake import CheckedFile
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.part import Part
from mv_desktop.pages.problem import StoppedError
from mv_desktop.services.profile import ServerProfile
from tests.factories.local import open_vault, signed_in
from tests.factories.queue_row import CALENDAR
from tests.fakes.picture_source import jpeg
from tests.fakes.sync_server import FakeSyncServer

PROFILE = ServerProfile("School", "db.school.example", 5432, "mathvidya")
FULL, QUARTER = jpeg(620, 877, text="A page"), jpeg(155, 219)


class MemoryPages:
    """A `PageSource` with a picture for every upload.

    Args:
        full, quarter: the picture as JPEG, and a quarter of it.
        size: of the full one, in pixels.

    Attributes:
        gate: downloads wait while it is not set.
        reachable: False cuts the network.
        downloads: the uploads that were fetched, in order, and asked: how often addresses were asked for.
    """

    def __init__(self, full: bytes = FULL, quarter: bytes = QUARTER, size: tuple[int, int] = (620, 877)) -> None:
        self._full, self._quarter, self._size = full, quarter, size
        self.gate = threading.Event()
        self.gate.set()
        self.reachable = True
        self.downloads: list[UUID] = []
        self.asked = 0

    def addresses(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        self.asked += 1
        if not self.reachable:
            raise OfflineError("The server does not answer.")
        return tuple(PageAddress(upload, f"https://store/{upload.int}", None, None) for upload in uploads)

    def renew(self, upload_id: UploadId) -> None:
        """Its addresses always work."""

    def close(self) -> None:
        """It has no connection."""

    def download(self, address: str, file: PageFile, part: Part, cancelled: Callable[[], bool]) -> bytes:
        while not self.gate.wait(0.02):
            if cancelled():
                raise StoppedError
        self.downloads.append(UUID(int=int(address.rpartition("/")[2])))
        return self._full

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        page = CheckedPage(*self._size, "image", data, "jpeg", self._quarter)
        return CheckedFile(None, "", "image/jpeg", "", len(data), (page,))


def fake_desk(
    folder: Path,
    server: FakeSyncServer,
    clock: Clock,
    pages: MemoryPages | None = None,
    *,
    notice: str = "",
    by_file: bool = False,
    **person,
) -> Desk:
    """A desk on `server`; `by_file`: which has not been asked yet; `person` says what differs in who is signed in."""
    who = signed_in(**person)
    vault = open_vault(folder, clock=clock)
    store = LocalStore(vault, clock, id_source(clock))
    store.contacted(who, clock.elapsed())
    cache = PageCache(vault.pages_folder, vault.page_key, 1 << 30, ranks=store.pages.ranks)
    return Desk(
        PROFILE,
        who,
        CALENDAR,
        store,
        Synchroniser(store, server.connect, clock, server, signed_in=not by_file),
        PageFetcher(store, cache, server.connect, source=pages or MemoryPages()),
        FinishedArchive(vault, store, server.connect, server),
        notice,
        Line(PROFILE, "nobody@school.example", "never used"),
        vault,
        cache,
        clock,
    )
