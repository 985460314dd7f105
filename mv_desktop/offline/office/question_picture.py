"""Pictures that are put into questions: checked and made anew here, kept here until they are in the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import InvalidError, RefusedError
from mv_desktop.domain.picture import NEW, SeenPicture
from mv_desktop.domain.upload import UploadKind, upload_file
from mv_desktop.offline.picture_fetch import LookedAt
from mv_desktop.offline.picture_source import PictureSource, ServerPictures
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.upload_desk import UploadDesk
from mv_desktop.pages.limit import MAX_FILE_BYTES, MEBIBYTE, page_limits

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_GONE = "This picture is no longer on this computer."


class QuestionPictures:
    """Not for the GUI thread.

    Args:
        connect: a session on the person's own login.
        store: her own file keeps what is not in the store yet.
        clock: says since when.
        through: an HTTP proxy that leads to the store, instead of the environment's.
        sleep: waits for the worker.
        source: where pictures come from; another for tests.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Session]],
        store: LocalStore,
        clock: Clock,
        through: str = "",
        *,
        sleep: Callable[[float], None] = time.sleep,
        source: PictureSource | None = None,
    ) -> None:
        self._connect, self._store, self._clock, self._sleep = connect, store, clock, sleep
        self._looked_at = LookedAt(source or ServerPictures(connect, through), sleep)

    def take(self, data: bytes) -> str:
        """Check a picture, make it anew, and keep it on this computer; it is on the disk on return.

        Returns:
            What it is called until it is stored, `NEW` before its SHA-256.

        Raises:
            InvalidError: it is no picture that can stand in a question; the sentence says why.
            LocalFileError: it could not be kept.
        """
        import hashlib

        from mv_desktop.pages.question_picture import tidy_question_picture

        settings = self._store.settings()
        most = settings.get("max_upload_size_mb")
        most_bytes = round(most * MEBIBYTE) if isinstance(most, int | float) and most > 0 else MAX_FILE_BYTES
        checked = tidy_question_picture(data, page_limits(settings), most_bytes=min(most_bytes, MAX_FILE_BYTES))
        if not checked.ok:
            raise InvalidError(checked.error)
        page = checked.pages[0]
        sha256 = hashlib.sha256(page.full).hexdigest()
        self._store.pictures.keep(sha256, f"image/{page.full_format}", page.full, self._clock.now())
        return f"{NEW}{sha256}"

    def take_file(self, path: str) -> str:
        """As `take`, a file of this computer."""
        from mv_desktop.pages.check_file import read_bounded

        return self.take(read_bounded(path))

    def store(self, place: str) -> str:
        """Put a picture that was taken into the store; answers its place, by which a question names it.

        Raises:
            OfflineError: the server, its worker or the store does not answer; it stays on this computer.
            RefusedError, NotAllowedError: the server does not take it.
        """
        from mv_desktop.pages.upload import put_file

        sha256 = place.removeprefix(NEW)
        kept = self._store.pictures.kept(sha256)
        if kept is None:
            raise RefusedError(_GONE, remedy="Put it in again.")
        file = upload_file(UploadKind.QUESTION_IMAGE, UUID(sha256[:32]), kept.data, kept.mime_type)
        stored = put_file(UploadDesk(self._connect), file, kept.data, sleep=self._sleep).place
        if stored is None:
            raise RefusedError("The server does not say where the picture is.", remedy="It needs an update.")
        self._looked_at.remember(stored, kept.data)
        return stored  # it stays here for a while: what was typed may still call it by its other name

    def look(self, place: str, question: UUID | None = None) -> SeenPicture:
        """A picture by its place, stored or not.

        Args:
            place: as a question names it.
            question: which has it, where that is known; who administers need not say.

        Raises:
            OfflineError: the server or the store does not answer.
        """
        if not place.startswith(NEW):
            return self._looked_at.look(place, questions=() if question is None else (question,))
        kept = self._store.pictures.kept(place.removeprefix(NEW))
        return SeenPicture(None, _GONE) if kept is None else SeenPicture(kept.data)
