"""One person signed in on one computer: her connection, her file, her pages, and what keeps them together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mv_desktop import __version__
from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exchange import SignedIn
from mv_desktop.domain.identifier import EvaluationId, PageRef, UploadId
from mv_desktop.domain.operation import OPERATION_SCHEMA
from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.offline.pages import PageFetcher
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.offline.vault import Vault
from mv_desktop.pages.cache import PageCache
from mv_desktop.services.database import make_engine, open_session, person_url
from mv_desktop.services.profile import ServerProfile
from mv_desktop.services.sign_in import sign_in

PAGE_QUOTA_BYTES = 4 * 1024**3
"""What pages may take on this computer: about sixty scripts of fifteen pages."""


@dataclass(slots=True)
class Desk:
    """Everything that belongs to a signed-in person.

    Attributes:
        profile: the server.
        person: what the server said at sign-in.
        calendar: working hours and holidays, for deadlines.
        store: her own copy.
        sync: keeps it and the server together.
        fetcher: brings pages here.
        notice: what she should know about how her file was opened, or "".
    """

    profile: ServerProfile
    person: SignedIn
    calendar: WorkCalendar
    store: LocalStore
    sync: Synchroniser
    fetcher: PageFetcher
    notice: str
    _engine: Engine = field(repr=False)
    _vault: Vault = field(repr=False)
    _cache: PageCache = field(repr=False)

    def pictures(self, evaluation_id: EvaluationId) -> ScriptPictures:
        """The pictures of one script's pages, as they are on this computer now."""
        uploads = {page.ref: page.upload_id for page in self.store.pages_of(evaluation_id)}
        return ScriptPictures(self._cache, uploads)

    def close(self) -> None:
        """Close the connection and the file. What is pending stays in the file."""
        self._engine.dispose()
        self._vault.close()


@dataclass(frozen=True, slots=True)
class ScriptPictures:
    """Reads the pictures of one script; from any thread."""

    cache: PageCache
    uploads: dict[PageRef, UploadId]

    def read(self, ref: PageRef, level: Literal["full", "quarter"]) -> bytes | None:
        """A page's picture as JPEG or PNG, None while it is not on this computer."""
        upload_id = self.uploads.get(ref)
        return None if upload_id is None else self.cache.read(upload_id, ref.pdf_page, level)


def open_desk(profile: ServerProfile, email: str, password: str, folder: Path, clock: Clock, ids: IdSource) -> Desk:
    """Sign in to `profile`'s server and open the person's file under `folder`.

    Raises:
        NotAllowedError: the e-mail or the password is wrong, or the account is closed.
        OfflineError: the server cannot be reached.
        SchemaError: the server and this program do not fit.
        LocalFileError: the file cannot be opened.
    """
    engine = make_engine(person_url(profile, email, password), application_name=f"mv-desktop {__version__}")

    @contextmanager
    def connect() -> Iterator[Session]:
        with open_session(engine) as session:
            yield session

    try:
        before = clock.monotonic()
        with connect() as session:
            person = sign_in(session, __version__, OPERATION_SCHEMA)
        answered = (before + clock.monotonic()) / 2
        vault = Vault.open(folder, person.user_id, profile.name, password, password_verified=True, clock=clock)
    except BaseException:
        engine.dispose()
        raise
    try:
        store = LocalStore(vault, clock, ids)
        store.contacted(person, answered)
        cache = PageCache(vault.pages_folder, vault.page_key, PAGE_QUOTA_BYTES, protected=store.pages.needed)
    except BaseException:
        vault.close()
        engine.dispose()
        raise
    return Desk(
        profile,
        person,
        WorkCalendar(WorkingHours.from_setting(person.working_hours), person.holidays),
        store,
        Synchroniser(store, connect, clock),
        PageFetcher(store, cache, connect),
        vault.notice,
        engine,
        vault,
        cache,
    )
