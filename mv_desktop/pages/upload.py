"""Puts one file into the store: asks for an address, puts it there, and waits until the worker has looked at it."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Final, Protocol
from uuid import UUID

import urllib3

from mv_desktop.core.errors import InvalidError, NotAllowedError, OfflineError, RefusedError, UserError
from mv_desktop.domain.upload import UploadAnswer, UploadFile, UploadState
from mv_desktop.pages.problem import AddressExpiredError
from mv_desktop.pages.web import CONNECT_TIMEOUT_S, EXPIRED, READ_TIMEOUT_S, pool

FIRST_POLL_S: Final = 0.2
LONGEST_POLL_S: Final = 2.0
WAIT_S: Final = 60.0
"""How long the worker is waited for, each time."""

_KEPT: Final = "The file on this computer is unharmed."
_AGAIN: Final = "Try again in a minute."
_REFUSED: Final = {
    "not_allowed": "You may not put a file there.",
    "wrong_type": "Files of this type are not accepted there.",
    "too_large": "This file is larger than what is accepted there.",
    "too_many": "Too many files were put into the store from your account in a short time.",
}


class UploadDesk(Protocol):
    """Where addresses come from; each call may raise what a server's absence raises."""

    def request(self, file: UploadFile, *, anew: bool) -> UploadAnswer:
        """Ask for an address, or see whether there is one."""
        ...

    def finish(self, request_id: UUID) -> UploadAnswer:
        """Say that the file is there, or see what was found."""
        ...


def put_file(
    desk: UploadDesk,
    file: UploadFile,
    data: bytes,
    *,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> UploadAnswer:
    """Put `data` into the store; on return the worker has seen that it is there, and this is what it said.

    After it failed it may be called again with the same `file`.

    Raises:
        InvalidError: `data` is not what `file` says.
        NotAllowedError, RefusedError: the server says no, or the file did not arrive as it was sent.
        OfflineError: the server, the worker or the store does not answer.
    """
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        raise InvalidError("The file has changed since it was chosen.", kept=_KEPT, remedy="Choose it again.")
    wait = _Wait(sleep, monotonic)
    answer = wait.until(lambda: desk.request(file, anew=False), UploadState.WAITING)
    for attempt in range(3):
        if answer.address is None:
            break
        try:
            put(answer.address, file, data)
        except AddressExpiredError:
            if attempt == 2:
                raise
            desk.request(file, anew=True)
            answer = wait.until(lambda: desk.request(file, anew=False), UploadState.WAITING)
        else:
            break
    return wait.until(lambda: desk.finish(file.request_id), UploadState.CHECKING)


def put(address: str, file: UploadFile, data: bytes) -> None:
    """Put `data` to a signed address. Size, type and digests are in its signature; redirects are not followed.

    Raises:
        AddressExpiredError: the address does not work any more, or not for this file.
        OfflineError: the store could not be reached or stopped answering.
    """
    headers = {
        "Content-Type": file.mime_type,
        "Content-MD5": base64.b64encode(bytes.fromhex(file.md5)).decode(),
        "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(file.sha256)).decode(),
    }
    try:
        with pool(address) as connections:
            response = connections.request(
                "PUT",
                address,
                body=data,
                headers=headers,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
                retries=False,
                redirect=False,
            )
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise OfflineError(
            "The store of files could not be reached or stopped answering.", kept=_KEPT, remedy=_AGAIN
        ) from error
    if response.status in EXPIRED:
        raise AddressExpiredError("The address for this file does not work any more.", kept=_KEPT, remedy=_AGAIN)
    if response.status not in {200, 201, 204}:
        raise OfflineError(
            f"The store of files cannot answer now (status {response.status}).", kept=_KEPT, remedy=_AGAIN
        )


class _Wait:
    """Asks again and again, more and more slowly."""

    def __init__(self, sleep: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        self._sleep = sleep
        self._monotonic = monotonic

    def until(self, ask: Callable[[], UploadAnswer], unsettled: UploadState) -> UploadAnswer:
        """The first answer that is not `unsettled`; refusals are raised."""
        end, pause = self._monotonic() + WAIT_S, FIRST_POLL_S
        while (answer := ask()).state is unsettled:
            if self._monotonic() > end:
                raise OfflineError("The server has not looked at this file yet.", kept=_KEPT, remedy=_AGAIN)
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_POLL_S)
        if answer.state in {UploadState.REFUSED, UploadState.FAILED}:
            raise _said(answer)
        return answer


def _said(answer: UploadAnswer) -> UserError:
    if answer.state is UploadState.FAILED:
        return RefusedError(answer.problem or "The file did not arrive.", kept=_KEPT, remedy="Send it again.")
    message = _REFUSED.get(answer.reason or "", "The server does not accept this file.")
    kind = NotAllowedError if answer.reason == "not_allowed" else RefusedError
    return kind(message, kept=_KEPT)
