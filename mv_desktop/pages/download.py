"""Fetches one file from a signed address."""

from __future__ import annotations

import hashlib
import time
from typing import Final

import urllib3

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.pages.limit import MAX_FILE_BYTES
from mv_desktop.pages.problem import AddressExpiredError
from mv_desktop.pages.web import CONNECT_TIMEOUT_S, EXPIRED, READ_TIMEOUT_S, TOTAL_TIMEOUT_S, pool

_CHUNK: Final = 1 << 16
_KEPT: Final = "Your marks are not affected."
_ASK_AGAIN: Final = "It is tried again by itself."


class WrongContentError(UserError):
    """The store gave something else than the file that was checked."""

    code = "wrong_content"


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
) -> bytes:
    """The file at a signed address. The environment's proxies are used; redirects are not followed.

    Args:
        address: http or https.
        expected_bytes: its size, where known; it is never larger than an upload may be.
        expected_sha256: in hexadecimal, where known.
        timeout: seconds for all of it.
        read_timeout: seconds without any byte.

    Raises:
        AddressExpiredError: ask for a new address.
        MissingFileError: the store does not have it.
        WrongContentError: its size or SHA-256 is not what was expected.
        OfflineError: the store could not be reached or stopped answering.
    """
    end = time.monotonic() + timeout
    limit = MAX_FILE_BYTES if expected_bytes is None else min(expected_bytes, MAX_FILE_BYTES)
    try:
        with pool(address) as connections:
            response = connections.request(
                "GET",
                address,
                headers={"Accept-Encoding": "identity"},
                timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT_S, timeout), read=min(read_timeout, timeout)),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                _check_status(response)
                data = _read(response, limit, end)
            finally:
                response.close()  # and never back into the pool with an unread rest
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise OfflineError(
            "The store of answer sheets could not be reached or stopped answering.", kept=_KEPT, remedy=_ASK_AGAIN
        ) from error
    _check_content(data, expected_bytes, expected_sha256)
    return data


def _check_status(response: urllib3.BaseHTTPResponse) -> None:
    if response.status == 200:
        return
    if response.status in EXPIRED:
        raise AddressExpiredError("The address of this page has expired.", kept=_KEPT, remedy=_ASK_AGAIN)
    if response.status in {404, 410}:
        raise MissingFileError("This page is missing in the store of answer sheets.", remedy="Ask for a rescan.")
    raise OfflineError(
        f"The store of answer sheets cannot answer now (status {response.status}).", kept=_KEPT, remedy=_ASK_AGAIN
    )


def _read(response: urllib3.BaseHTTPResponse, limit: int, end: float) -> bytes:
    """Read until the end, but never more than `limit` bytes, whatever length was announced."""
    data = bytearray()
    # what has arrived, at once: a server that drips must not hide behind a chunk that never fills
    while chunk := response.read1(_CHUNK, decode_content=False):
        data += chunk
        if len(data) > limit:
            raise WrongContentError(
                "The store of answer sheets sent more than this page has.", kept=_KEPT, remedy=_ASK_AGAIN
            )
        if time.monotonic() > end:
            raise TimeoutError("the whole time is used up")
    return bytes(data)


def _check_content(data: bytes, expected_bytes: int | None, expected_sha256: str | None) -> None:
    size_differs = expected_bytes is not None and len(data) != expected_bytes
    if size_differs or (expected_sha256 is not None and hashlib.sha256(data).hexdigest() != expected_sha256.lower()):
        raise WrongContentError(
            "The store of answer sheets sent something else than this page.", kept=_KEPT, remedy=_ASK_AGAIN
        )
