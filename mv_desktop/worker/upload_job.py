"""The worker's jobs for files that staff put into the store: sign addresses, and look at what came.

One round a call, as with the jobs for pages.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine

from mv_desktop.core.clock import Clock
from mv_desktop.domain.upload import UploadKind
from mv_desktop.pages.question_picture import check_question_picture
from mv_desktop.pages.storage import MissingObjectError, ObjectStore, ObjectTooLargeError
from mv_desktop.services import picture, upload
from mv_desktop.services.database import open_session
from mv_desktop.services.setting import settings, signed_url_minutes
from mv_desktop.services.upload import ArrivedUpload
from mv_desktop.worker.page_job import limits_of
from mv_desktop.worker.picture_job import found_picture

SIGN_BATCH: Final = 100

_MISSING: Final = "The file is not in the store."
_OTHER: Final = "The file in the store is another than the one that was sent."

_log = logging.getLogger(__name__)


def sign_uploads(engine: Engine, store: ObjectStore, clock: Clock, *, limit: int = SIGN_BATCH) -> int:
    """Answer the oldest requests with addresses that are good for the very file that was named.

    Returns:
        How many were answered; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached, or there is no key to sign with. Nothing was answered.
    """
    with open_session(engine) as session:
        requests = upload.pending(session, limit)
        if not requests:
            return 0
        seconds = signed_url_minutes(session) * 60
        for request in requests:
            # the moment before signing: the address lives a little longer than is said, never shorter
            expires_at = clock.now() + timedelta(seconds=seconds)
            address = store.signed_put(
                request.key,
                seconds,
                size=request.size,
                content_type=request.mime_type,
                sha256=bytes.fromhex(request.sha256),
                md5=bytes.fromhex(request.md5),
            )
            upload.answer(session, request.request_id, store.bucket, address, expires_at)
    _log.info("signed addresses for %d files", len(requests))
    return len(requests)


def confirm_uploads(engine: Engine, store: ObjectStore, *, limit: int = 1) -> int:
    """Look at files that are said to be there, and write down whether they are what was asked for.

    A picture of a question is decoded, too: only what can be shown may stand in one.

    Returns:
        How many were looked at; as many as `limit` means that more may wait.

    Raises:
        UserError: the database or the store cannot be reached. They are looked at again.
    """
    with open_session(engine) as session:
        arrived = upload.to_confirm(session, limit)
        for file in arrived:
            data, problem = _looked_at(store, file)
            if data is not None and file.kind is UploadKind.QUESTION_IMAGE:
                checked = check_question_picture(data, limits_of(settings(session)))
                place = f"s3://{file.bucket}/{file.key}"
                picture.store_picture(session, found_picture(place, file.bucket, file.key, checked))
                problem = checked.error or None
            upload.confirm(session, file.request_id, problem)
            _log.info("file %s: %s", file.request_id, problem or "stored")
    return len(arrived)


def _looked_at(store: ObjectStore, file: ArrivedUpload) -> tuple[bytes | None, str | None]:
    """The file, or what is wrong with it in a sentence."""
    try:
        data = store.get(file.key, bucket=file.bucket, max_bytes=file.size)
    except MissingObjectError:
        return None, _MISSING
    except ObjectTooLargeError:
        return None, _OTHER
    return (data, None) if hashlib.sha256(data).hexdigest() == file.sha256 else (None, _OTHER)
