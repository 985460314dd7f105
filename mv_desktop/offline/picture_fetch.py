"""Brings pictures of questions: those of scripts into the cache beside their pages, others to whoever looks at them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from mv_desktop.core.errors import OfflineError, RefusedError, UserError
from mv_desktop.domain.identifier import EvaluationId, UploadId
from mv_desktop.domain.picture import PICTURE_SCHEMA, PictureAddress, SeenPicture
from mv_desktop.offline.picture_source import PictureSource
from mv_desktop.offline.picture_store import WantedPicture
from mv_desktop.offline.store import LocalStore
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.limit import Limits, page_limits
from mv_desktop.pages.problem import AddressExpiredError, WrongContentError

ADDRESS_TIMEOUT_S: Final = 20.0
"""So long the worker is waited for."""
RETRY_S: Final = 600.0
"""After so long a picture with which something was wrong is tried again by itself."""

COMING: Final = "This picture is not on this computer yet. It comes as soon as there is a connection."
_OLD: Final = "This picture is not shown: the server is older than this program."
_GONE: Final = "This picture is no longer in the store. Tell who keeps the questions."
_OTHER: Final = "Something else than this picture lies in the store. Tell who keeps the questions."
_LATE: Final = "The server has not given the addresses of all pictures yet. It is tried again."
_FIRST_POLL_S, _LONGEST_POLL_S = 0.2, 2.0
_ASKED_AT_ONCE: Final = 200
_PAPERS_AT_ONCE: Final = 100


class Bringing:
    """Fetches pictures from a source, one after the other. May be called from several threads.

    Args:
        source: where they come from.
        sleep: waits between polls.
        monotonic: measures how long was waited.
    """

    def __init__(
        self,
        source: PictureSource,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._sleep, self._monotonic = source, sleep, monotonic

    def bring(
        self,
        places: Iterable[str],
        evaluations: Sequence[UUID],
        questions: Sequence[UUID],
        limits: Limits,
        cancelled: Callable[[], bool],
        take: Callable[[str, CheckedFile | str], None],
    ) -> bool:
        """Hand each picture to `take` as it comes, or the sentence why it cannot be shown; False: some are to come.

        Raises:
            OfflineError: the server or the store does not answer.
        """
        waiting = dict.fromkeys(places)
        end, pause = self._monotonic() + ADDRESS_TIMEOUT_S, _FIRST_POLL_S
        while waiting and not cancelled():
            asked = list(waiting)[:_ASKED_AT_ONCE]
            for each in self._source.addresses(asked, evaluations, questions):
                if cancelled():
                    return False
                if each.address is not None or each.problem:
                    waiting.pop(each.place, None)
                    take(each.place, each.problem or self._fetched(each, evaluations, questions, limits))
            if waiting:
                if self._monotonic() >= end:
                    return False
                self._sleep(pause)
                pause = min(pause * 1.5, _LONGEST_POLL_S)
        return not waiting

    # -- private ---------------------------------------------------------------------------------------------

    def _fetched(
        self, address: PictureAddress, evaluations: Sequence[UUID], questions: Sequence[UUID], limits: Limits
    ) -> CheckedFile | str:
        """The picture; from a second address where the first one does not work."""
        try:
            return self._checked(address, limits)
        except (AddressExpiredError, WrongContentError):
            found = self._anew(address.place, evaluations, questions)
        if found is None or found.problem:
            return (found.problem if found else None) or _OTHER
        try:
            return self._checked(found, limits)
        except (AddressExpiredError, WrongContentError):
            return _OTHER

    def _checked(self, address: PictureAddress, limits: Limits) -> CheckedFile | str:
        try:
            data = self._source.download(address)
        except (OfflineError, AddressExpiredError, WrongContentError):
            raise
        except UserError:
            return _GONE
        checked = self._source.check(data, limits)
        return checked if checked.ok else checked.error

    def _anew(self, place: str, evaluations: Sequence[UUID], questions: Sequence[UUID]) -> PictureAddress | None:
        end, pause, anew = self._monotonic() + ADDRESS_TIMEOUT_S, _FIRST_POLL_S, True
        while self._monotonic() < end:
            for found in self._source.addresses([place], evaluations, questions, anew=anew):
                if found.address is not None or found.problem:
                    return found
            anew = False
            self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_S)
        return None


class PictureFetcher:
    """Brings the pictures of scripts into the cache, and reads them from there.

    Args:
        store: knows which pictures are wanted.
        cache: keeps them.
        source: where they come from.
        sleep, monotonic: as for `Bringing`.
    """

    def __init__(
        self,
        store: LocalStore,
        cache: PageCache,
        source: PictureSource,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._cache, self._monotonic = store, cache, monotonic
        self._bringing = Bringing(source, sleep, monotonic)
        self._lock = threading.Lock()
        self._failed: dict[str, float] = {}

    def fetch(
        self, scripts: Sequence[EvaluationId], cancelled: Callable[[], bool], *, pressing: bool, again: bool = False
    ) -> tuple[frozenset[EvaluationId], str]:
        """Fetch what is missing of the pictures of these scripts.

        Args:
            scripts: the most urgent first.
            cancelled: asked again and again; True ends it.
            pressing: somebody waits for them.
            again: also those that failed a short while ago.

        Returns:
            The scripts whose pictures look different now; and what stopped a part of it, "" where nothing did.

        Raises:
            OfflineError, NotAllowedError, CacheFullError: what stopped it.
            LocalFileError: this computer's own file could not be written.
        """
        wanted = {one.place: one for one in self._missing(scripts, again=again)} if self._known else {}
        changed: set[EvaluationId] = set()
        if not wanted:
            return frozenset(), ""

        def take(place: str, found: CheckedFile | str) -> None:
            if self._take(wanted[place], found, pressing=pressing):
                changed.update(wanted[place].scripts)

        evaluations = tuple(dict.fromkeys(script for one in wanted.values() for script in one.scripts))
        whole = self._bringing.bring(
            wanted, evaluations[:_PAPERS_AT_ONCE], (), page_limits(self._store.settings()), cancelled, take
        )
        return frozenset(changed), "" if whole or cancelled() else _LATE

    def look(self, place: str) -> SeenPicture:
        """A picture as it is on this computer now."""
        known = WantedPicture(place, (), here=False, problem="")
        data = self._cache.read(known.picture_id, 0, "full")
        if data is not None:
            return SeenPicture(data)
        problem = self._store.pictures.problem(place)
        return SeenPicture(None, problem or (COMING if self._known else _OLD), waiting=not problem)

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _known(self) -> bool:
        """The server, as last heard, knows of pictures."""
        profile = self._store.profile()
        return profile is None or profile.schema_version >= PICTURE_SCHEMA

    def _missing(self, scripts: Sequence[EvaluationId], *, again: bool) -> list[WantedPicture]:
        missing = []
        for one in self._store.pictures.wanted(scripts):
            here = self._cache.has(one.picture_id) and not self._cache.doubtful(one.picture_id)
            if here != one.here:
                self._store.pictures.note(one.place, here=here, problem=one.problem)
            if not here and (again or not self._failed_of_late(one.place)):
                missing.append(one)
        return missing

    def _failed_of_late(self, place: str) -> bool:
        with self._lock:
            since = self._failed.get(place)
        return since is not None and self._monotonic() - since < RETRY_S

    def _take(self, one: WantedPicture, found: CheckedFile | str, *, pressing: bool) -> bool:
        """Keep it; True when it looks different now."""
        if isinstance(found, str):
            with self._lock:
                self._failed[one.place] = self._monotonic()
            self._store.pictures.note(one.place, here=False, problem=found)
            return found != one.problem
        left = self._cache.put(one.picture_id, found, pressing=pressing)
        self._store.pages.forget([UploadId(each) for each in left])
        self._store.pictures.note(one.place, here=True)
        return True


class LookedAt:
    """Pictures that somebody looks at who has no copy of her own: fetched then, and gone when the program ends.

    Args:
        source: where they come from.
        sleep, monotonic: as for `Bringing`.
    """

    def __init__(
        self,
        source: PictureSource,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bringing = Bringing(source, sleep, monotonic)
        self._lock = threading.Lock()
        self._seen: dict[str, bytes] = {}

    def look(self, place: str, papers: Sequence[UUID] = (), questions: Sequence[UUID] = ()) -> SeenPicture:
        """A picture, fetched where it was not yet; not for the GUI thread.

        Args:
            place: as a question names it.
            papers: the second markings whose papers have it; who directs need not say.
            questions: that have it; the same.

        Raises:
            OfflineError: the server or the store does not answer.
        """
        with self._lock:
            if place in self._seen:
                return SeenPicture(self._seen[place])
        came: list[CheckedFile | str] = []
        self._bringing.bring([place], papers, questions, Limits(), lambda: False, lambda _, found: came.append(found))
        if not came:
            raise RefusedError(_LATE)
        if isinstance(came[0], str):
            return SeenPicture(None, came[0])
        self.remember(place, came[0].pages[0].full)
        return SeenPicture(came[0].pages[0].full)

    def remember(self, place: str, data: bytes) -> None:
        """It is known what the picture at `place` is."""
        with self._lock:
            self._seen[place] = data
            while len(self._seen) > 1 and sum(map(len, self._seen.values())) > _SEEN_BYTES:
                del self._seen[next(iter(self._seen))]


_SEEN_BYTES: Final = 64 << 20
