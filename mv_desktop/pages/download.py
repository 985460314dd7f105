"""Fetches one file from a signed address, and goes on where it broke off."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import urllib3

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.pages.limit import MAX_FILE_BYTES
from mv_desktop.pages.part import Part
from mv_desktop.pages.problem import AddressExpiredError, StoppedError, WebPageError, WrongContentError
from mv_desktop.pages.web import CONNECT_TIMEOUT_S, EXPIRED, READ_TIMEOUT_S, TOTAL_TIMEOUT_S, Connections

_CHUNK: Final = 1 << 16
_KEPT: Final = "Your marks are not affected."
_ASK_AGAIN: Final = "It is tried again by itself."


class MissingFileError(UserError):
    """The store does not have the file."""

    code = "missing_file"


def fetch(
    address: str,
    *,
    expected_bytes: int | None = None,
    expected_sha256: str | None = None,
    timeout: float = TOTAL_TIMEOUT_S,
    read_timeout: float = READ_TIMEOUT_S,
    part: Part | None = None,
    connections: Connections | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bytes:
    """The file at a signed address. The environment's proxies are used; redirects are not followed.

    Args:
        address: http or https.
        expected_bytes: its size, where known; it is never larger than an upload may be.
        expected_sha256: in hexadecimal, where known.
        timeout: seconds for all of it.
        read_timeout: seconds without any byte.
        part: what came before of it; it is gone on from there, and what comes is added, whatever happens.
        connections: to use and leave open; its own when None.
        cancelled: asked before each piece; True ends it.

    Raises:
        AddressExpiredError: ask for a new address.
        MissingFileError: the store does not have it.
        WrongContentError: its size or SHA-256 is not what was expected.
        WebPageError: a web page came instead, and it is not known that the file is one.
        OfflineError: the store could not be reached or stopped answering.
        StoppedError: `cancelled` said so.
    """
    own = connections or Connections(1)
    part = Part() if part is None else part
    getting = _Getting(address, own, expected_bytes, expected_sha256, time.monotonic() + timeout, read_timeout)
    if not expected_sha256 and not part.etag:
        part.clear()  # nothing would tell that two pieces do not belong together
    try:
        if part.data:
            try:
                return getting.get(part, cancelled)
            except WrongContentError:
                part.clear()  # the two pieces do not belong together; as a whole it may be right
        return getting.get(part, cancelled)
    except (WrongContentError, WebPageError):
        part.clear()
        raise
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise OfflineError(
            "The store of answer sheets could not be reached or stopped answering.", kept=_KEPT, remedy=_ASK_AGAIN
        ) from error
    finally:
        if connections is None:
            own.close()


@dataclass(frozen=True, slots=True)
class _Getting:
    """One file that is being fetched; `end` is when all time is used up."""

    address: str
    connections: Connections
    size: int | None
    sha256: str | None
    end: float
    read_timeout: float

    def get(self, part: Part, cancelled: Callable[[], bool]) -> bytes:
        if cancelled():
            raise StoppedError
        with self._asked(part) as response:
            if not self._continues(response, part):
                part.clear()
                if response.status in {206, 416}:
                    raise WrongContentError("The store of answer sheets sent another piece than was asked for.")
            _check_status(response, resumed=bool(part.data))
            part.etag = response.headers.get("ETag", "")
            self._read(response, part, cancelled)
        data = bytes(part.data)
        self._check(data)
        return data

    @contextmanager
    def _asked(self, part: Part) -> Iterator[urllib3.BaseHTTPResponse]:
        """The answer's head is here; its connection can be used again when all of it was read."""
        response = self._ask(part)
        try:
            yield response
            response.release_conn()
        finally:
            response.close()  # and never back into the pool with an unread rest

    def _ask(self, part: Part) -> urllib3.BaseHTTPResponse:
        headers = {"Accept-Encoding": "identity"}
        if part.data:
            headers["Range"] = f"bytes={len(part.data)}-"
            if part.etag and not part.etag.startswith("W/"):
                headers["If-Range"] = part.etag
        try:
            return self._request(headers)
        except urllib3.exceptions.ProtocolError:
            return self._request(headers)  # one that was kept open may have been closed at the other end meanwhile

    def _request(self, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        left = max(0.01, self.end - time.monotonic())
        return self.connections.to(self.address).request(
            "GET",
            self.address,
            headers=headers,
            timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT_S, left), read=min(self.read_timeout, left)),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )

    def _continues(self, response: urllib3.BaseHTTPResponse, part: Part) -> bool:
        """The answer goes on where `part` ends; a store that cannot do that sends all of it."""
        if not part.data or response.status not in {200, 206, 416}:
            return True  # nothing to go on from, or an answer that is no file
        there = response.headers.get("Content-Range", "")
        return response.status == 206 and there.startswith(f"bytes {len(part.data)}-")

    def _read(self, response: urllib3.BaseHTTPResponse, part: Part, cancelled: Callable[[], bool]) -> None:
        """Read until the end, but never more than the file may have, whatever length was announced."""
        limit = MAX_FILE_BYTES if self.size is None else min(self.size, MAX_FILE_BYTES)
        # what has arrived, at once: a server that drips must not hide behind a chunk that never fills
        while chunk := response.read1(_CHUNK, decode_content=False):
            part.data += chunk
            if len(part.data) > limit:
                if _is_web_page(part.data):
                    raise WebPageError
                raise WrongContentError(
                    "The store of answer sheets sent more than this page has.", kept=_KEPT, remedy=_ASK_AGAIN
                )
            if time.monotonic() > self.end:
                raise TimeoutError("the whole time is used up")
            if cancelled():
                raise StoppedError

    def _check(self, data: bytes) -> None:
        right = self.size is None or len(data) == self.size
        if self.sha256 is not None:
            right = right and hashlib.sha256(data).hexdigest() == self.sha256.lower()
            if right:
                return  # whatever it is, it is what the student sent
        if _is_web_page(data):
            raise WebPageError
        if not right:
            raise WrongContentError(
                "The store of answer sheets sent something else than this page.", kept=_KEPT, remedy=_ASK_AGAIN
            )


def _check_status(response: urllib3.BaseHTTPResponse, *, resumed: bool) -> None:
    if response.status == (206 if resumed else 200):
        return
    if response.status in EXPIRED:
        raise AddressExpiredError("The address of this page has expired.", kept=_KEPT, remedy=_ASK_AGAIN)
    if response.status in {404, 410}:
        raise MissingFileError("This page is missing in the store of answer sheets.", remedy="Ask for a rescan.")
    raise OfflineError(
        f"The store of answer sheets cannot answer now (status {response.status}).", kept=_KEPT, remedy=_ASK_AGAIN
    )


def _is_web_page(data: bytes | bytearray) -> bool:
    return bytes(data[:64]).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
