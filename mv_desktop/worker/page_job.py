"""The worker's jobs for pages: sign the addresses that teachers ask for, and look at what students uploaded.

They are plain functions that do one round and return how much they did, so that any scheduler can call them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Engine

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import NotAllowedError, SetupError
from mv_desktop.domain.identifier import UploadId
from mv_desktop.pages.intake import CheckedFile, check
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.problem import Problem
from mv_desktop.pages.storage import MissingObjectError, ObjectStore, ObjectTooLargeError
from mv_desktop.services import page_address, page_file
from mv_desktop.services.database import open_session
from mv_desktop.services.page_file import UncheckedUpload
from mv_desktop.services.setting import settings, signed_url_minutes

SIGN_BATCH: Final = 200
CHECK_BATCH: Final = 20
CHECK_TIMEOUT_S: Final = 60.0
"""Longer than on a teacher's computer: nobody waits for it, and what it says stands for everybody."""

MAX_ATTEMPTS: Final = 3
NOT_READ: Final = "0" * 64
"""Stands for the SHA-256 of a file that is too large to be read."""

_RETRY_S: Final = (30.0, 300.0, 1800.0)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Failure:
    attempts: int
    not_before: float


class Attempts:
    """Which files could not be checked for a reason that is not the file's, and when to try again.

    It is in memory only: another worker, or this one after a restart, starts afresh.

    Args:
        clock: whose monotonic time counts.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[UploadId, _Failure] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def due(self, upload_id: UploadId) -> bool:
        """True when the file may be tried now."""
        failure = self._failures.get(upload_id)
        return failure is None or self._clock.monotonic() >= failure.not_before

    def failed(self, upload_id: UploadId) -> int:
        """Note one more failure, and return how many there were."""
        failure = self._failures.setdefault(upload_id, _Failure(0, 0.0))
        failure.attempts += 1
        wait = _RETRY_S[min(failure.attempts, len(_RETRY_S)) - 1]
        failure.not_before = self._clock.monotonic() + wait
        return failure.attempts

    def done(self, upload_id: UploadId) -> None:
        """Forget a file that was checked."""
        self._failures.pop(upload_id, None)

    def keep_only(self, upload_ids: set[UploadId]) -> None:
        """Forget files that need no check any more."""
        for upload_id in self._failures.keys() - upload_ids:
            del self._failures[upload_id]


def sign_pending(engine: Engine, store: ObjectStore, clock: Clock, *, limit: int = SIGN_BATCH) -> int:
    """Answer the oldest requests for pages with signed addresses.

    Returns:
        How many were answered; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached, or there is no key to sign with. Nothing was answered.
    """
    with open_session(engine) as session:
        requests = page_address.pending(session, limit)
        if not requests:
            return 0
        seconds = signed_url_minutes(session) * 60
        for request in requests:
            # the moment before signing: the address lives a little longer than is said, never shorter
            expires_at = clock.now() + timedelta(seconds=seconds)
            address = store.signed_get(request.key, seconds, bucket=request.bucket)
            page_address.answer(session, request.request_id, address, expires_at)
    _log.info("signed the addresses of %d pages", len(requests))
    return len(requests)


def check_uploads(engine: Engine, store: ObjectStore, attempts: Attempts, *, limit: int = CHECK_BATCH) -> int:
    """Look at files that nobody has looked at, and write down what they are.

    Returns:
        How many were looked at; 0 means that nothing is to be done now.

    Raises:
        UserError: the database or the store cannot be reached. What was looked at before is written down.
    """
    with open_session(engine) as session:
        # files that must wait stand first, being the oldest: they may not hide the others
        waiting = page_file.uploads_to_check(session, limit + len(attempts))
        given = settings(session)
    if len(waiting) < limit + len(attempts):
        attempts.keep_only({upload.upload_id for upload in waiting})
    due = [upload for upload in waiting if attempts.due(upload.upload_id)][:limit]
    limits = limits_of(given)
    for upload in due:
        _check_upload(engine, store, attempts, upload, limits)
    return len(due)


def limits_of(given: Mapping[str, Any]) -> Limits:
    """What the settings allow, and never more than the program is built for."""
    standard = Limits()
    return Limits(
        pages=_whole(given.get("max_pages_per_script"), standard.pages),
        megapixels=_whole(given.get("max_page_megapixels"), standard.megapixels),
        memory_bytes=standard.memory_bytes,
    )


def _check_upload(
    engine: Engine, store: ObjectStore, attempts: Attempts, upload: UncheckedUpload, limits: Limits
) -> None:
    try:
        checked = check(store.get(upload.key, bucket=upload.bucket), limits=limits, timeout_s=CHECK_TIMEOUT_S)
    except ObjectTooLargeError:
        size = store.look(upload.key, bucket=upload.bucket).size
        checked = CheckedFile(Problem.TOO_LARGE, Problem.TOO_LARGE.sentence(), "", NOT_READ, size)
    except (MissingObjectError, NotAllowedError, SetupError) as error:
        # the row may be older than the upload, or name a bucket that is not ours; others must not wait for it.
        # A teacher who asks for the page meanwhile hears that it is missing.
        tried = attempts.failed(upload.upload_id)
        _log.warning("upload %s cannot be read (attempt %d): %s", upload.upload_id, tried, error.code)
        return
    if checked.problem is not None and not checked.problem.about_file:
        tried = attempts.failed(upload.upload_id)
        _log.warning("checking upload %s failed: %s (attempt %d)", upload.upload_id, checked.problem, tried)
        if tried < MAX_ATTEMPTS:
            return
    with open_session(engine) as session:
        page_file.store_page_file(
            session,
            upload.upload_id,
            sha256=checked.sha256,
            size=checked.size,
            pages=[{"width": page.width, "height": page.height, "source": str(page.source)} for page in checked.pages],
            problem=checked.error or None,
        )
    attempts.done(upload.upload_id)
    _log.info("upload %s: %s", upload.upload_id, checked.problem or f"{len(checked.pages)} pages")


def _whole(value: object, standard: int) -> int:
    """A setting that may lower the program's own limit; the program is not built for more than its own."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return standard
    return min(value, standard)
