"""Where pages come from: the server's addresses, the store's files, and the process that checks them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from mv_desktop.domain.exchange import PageAddress
from mv_desktop.domain.identifier import UploadId
from mv_desktop.offline.page_store import PageFile
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.part import Part

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mv_desktop.pages.web import Connections

Connect = Callable[[], AbstractContextManager["Session"]]


class PageSource(Protocol):
    """Where pages come from. Its methods are called from several threads at once."""

    def addresses(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        """The addresses that are valid now, of at most 500; what has none is asked for."""
        ...

    def renew(self, upload_id: UploadId) -> None:
        """The address of this page does not work: the next question is to get another."""
        ...

    def download(self, address: str, file: PageFile, part: Part, cancelled: Callable[[], bool]) -> bytes:
        """The file at an address; goes on after `part`. Raises as `pages.download.fetch` does."""
        ...

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        """What the file is."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class ServerPages:
    """The real server, store and checking process, imported when a page is first fetched.

    Args:
        connect: gives a session in one transaction.
        at_once: so many connections to the store are kept open.
        through: an HTTP proxy that leads to the store, instead of the environment's.
    """

    def __init__(self, connect: Connect, at_once: int, through: str = "") -> None:
        self._connect, self._at_once, self._through = connect, at_once, through
        self._lock = threading.Lock()
        self._connections: Connections | None = None

    def addresses(self, uploads: Sequence[UploadId]) -> tuple[PageAddress, ...]:
        from mv_desktop.services.page_address import request_pages

        with self._connect() as session:
            return request_pages(session, uploads)

    def renew(self, upload_id: UploadId) -> None:
        from mv_desktop.services.page_address import renew_pages

        with self._connect() as session:
            renew_pages(session, [upload_id])

    def download(self, address: str, file: PageFile, part: Part, cancelled: Callable[[], bool]) -> bytes:
        from mv_desktop.pages.download import fetch

        return fetch(
            address,
            expected_bytes=file.size,
            expected_sha256=file.sha256,
            part=part,
            connections=self._kept(),
            cancelled=cancelled,
        )

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        from mv_desktop.pages.intake import check

        return check(data, limits=limits)

    def close(self) -> None:
        with self._lock:
            if self._connections is not None:
                self._connections.close()

    def _kept(self) -> Connections:
        from mv_desktop.pages.web import Connections

        with self._lock:
            if self._connections is None:
                self._connections = Connections(self._at_once, self._through)
            return self._connections
