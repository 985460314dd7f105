"""The worker's jobs for pictures of questions: look at what a question names, once, and sign addresses.

Where a picture may lie is the worker's to say (`domain.picture.source_of`): who writes questions must not be able to
have anything else of the store, or of the network, shown.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import NotAllowedError, SetupError
from mv_desktop.domain.picture import FOLDERS, PictureRules, PictureSource, source_of
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.question_picture import check_question_picture
from mv_desktop.pages.storage import MissingObjectError, ObjectStore, ObjectTooLargeError
from mv_desktop.services import picture
from mv_desktop.services.database import open_session
from mv_desktop.services.picture import FoundPicture
from mv_desktop.services.setting import settings, signed_url_minutes
from mv_desktop.worker.page_job import limits_of

SIGN_BATCH: Final = 200

_MISSING: Final = "This picture is not in the store."
_TOO_LARGE: Final = "This picture is larger than 5 MB, the most that is shown."

_log = logging.getLogger(__name__)


def picture_rules(store: ObjectStore, environment: Mapping[str, str] | None = None) -> PictureRules:
    """From where pictures are fetched: ``MV_PICTURE_FOLDERS`` of the store, ``MV_PICTURE_HOSTS`` of the platform.

    Both are lists with commas. Without folders they are the usual ones; without hosts, no address of the web.

    Raises:
        SetupError: what is named cannot be one.
    """
    given = os.environ if environment is None else environment
    folders = _listed(given.get("MV_PICTURE_FOLDERS", "")) or FOLDERS
    hosts = tuple(host.lower() for host in _listed(given.get("MV_PICTURE_HOSTS", "")))
    if any(not folder.strip("/") or not folder.endswith("/") or folder.startswith("/") for folder in folders):
        raise SetupError(
            "MV_PICTURE_FOLDERS names something that is no folder of the store.",
            remedy="Each ends in a slash and begins without one, as in questions/.",
        )
    if any("/" in host or ":" in host or "." not in host for host in hosts):
        raise SetupError(
            "MV_PICTURE_HOSTS names something that is no computer.", remedy="Give names alone, as in www.example.org."
        )
    return PictureRules(store.bucket, store.endpoint, folders, hosts)


def check_pictures(engine: Engine, store: ObjectStore, rules: PictureRules, *, limit: int = 1) -> int:
    """Look at pictures that nobody has looked at, and write down where they lie and what they are.

    Returns:
        How many were looked at; as many as `limit` means that more may wait.

    Raises:
        UserError: the database or the store cannot be reached. They are looked at again.
    """
    with open_session(engine) as session:
        places = picture.to_check(session, limit)
        limits = limits_of(settings(session)) if places else Limits()
        for place in places:
            found = _found(store, place, source_of(place, rules), limits)
            picture.store_picture(session, found)
            _log.info("a picture of a question: %s", found.problem or found.mime_type or "elsewhere")
    return len(places)


def sign_pictures(engine: Engine, store: ObjectStore, clock: Clock, *, limit: int = SIGN_BATCH) -> int:
    """Answer the oldest requests for pictures that were looked at.

    Returns:
        How many were answered; as many as `limit` means that more may wait.

    Raises:
        UserError: the database cannot be reached, or there is no key to sign with. Nothing was answered.
    """
    with open_session(engine) as session:
        requests = picture.pending(session, limit)
        if not requests:
            return 0
        seconds = signed_url_minutes(session) * 60
        for request in requests:
            # the moment before signing: the address lives a little longer than is said, never shorter
            expires_at = clock.now() + timedelta(seconds=seconds)
            signed = request.url or store.signed_get(request.key or "", seconds, bucket=request.bucket or "")
            picture.answer(session, request, signed, expires_at)
    _log.info("signed the addresses of %d pictures", len(requests))
    return len(requests)


def found_picture(place: str, bucket: str, key: str, checked: CheckedFile) -> FoundPicture:
    """What a check says of a picture in the store."""
    page = checked.pages[0] if checked.ok else None
    return FoundPicture(
        place,
        bucket,
        key,
        None,
        checked.sha256,
        checked.size or None,
        checked.mime_type or None,
        None if page is None else page.width,
        None if page is None else page.height,
        checked.error or None,
    )


def _found(store: ObjectStore, place: str, source: PictureSource, limits: Limits) -> FoundPicture:
    if source.problem:
        return FoundPicture(place, problem=source.problem)
    if source.address:
        return FoundPicture(place, url=source.address)  # whoever fetches it looks at it
    try:
        data = store.get(source.key)
    except (MissingObjectError, NotAllowedError):  # Amazon's says the one or the other of what is not there
        return FoundPicture(place, problem=_MISSING)
    except ObjectTooLargeError:
        return FoundPicture(place, problem=_TOO_LARGE)
    return found_picture(place, store.bucket, source.key, check_question_picture(data, limits))


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())
