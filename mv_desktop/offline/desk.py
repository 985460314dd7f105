"""One person signed in on one computer: her connection, her file, her pages, and what keeps them together.

Who has signed in on this computer before is let in by her own file, which her password opens; the server is asked as
soon as her queue is on screen. So the program opens as quickly without a network as with one.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mv_desktop import __version__
from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.core.errors import InvalidError, NotAllowedError, OfflineError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.access import login_name
from mv_desktop.domain.exchange import SignedIn
from mv_desktop.domain.identifier import EvaluationId, PageRef, UploadId, UserId
from mv_desktop.domain.operation import OPERATION_SCHEMA
from mv_desktop.domain.picture import PICTURE_SCHEMA
from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.offline.casework import Casework
from mv_desktop.offline.computer import retire, still_revoked
from mv_desktop.offline.coordination import Coordination
from mv_desktop.offline.disk import DamagedError, LocalFileError
from mv_desktop.offline.export import Exported, export_work
from mv_desktop.offline.finished import FinishedArchive
from mv_desktop.offline.form_draft import FormDrafts
from mv_desktop.offline.former_password import FormerPassword
from mv_desktop.offline.home import WORK_FILE, find_home, home_of, mark_all_sent, unmark
from mv_desktop.offline.key import Derive, wrapping_key
from mv_desktop.offline.line import Line
from mv_desktop.offline.own import OwnAffairs
from mv_desktop.offline.page_source import ServerPages
from mv_desktop.offline.pages import DOWNLOADS, PageFetcher
from mv_desktop.offline.picture_source import ServerPictures
from mv_desktop.offline.quality import Quality
from mv_desktop.offline.report import Reports
from mv_desktop.offline.revocation import RevokedError, finish_wipes, mark_of
from mv_desktop.offline.saved_view import SavedViews
from mv_desktop.offline.second import SecondMarkings
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser, outdated_error
from mv_desktop.offline.term import OfflineTerm
from mv_desktop.offline.vault import Vault
from mv_desktop.pages.cache import PageCache
from mv_desktop.services.contact import answers
from mv_desktop.services.patience import IdleState, Patience
from mv_desktop.services.profile import ServerProfile

if TYPE_CHECKING:
    # what few are for takes a tenth of a second, which nobody's queue need wait for
    from mv_desktop.offline.insight import Insight
    from mv_desktop.offline.office import Office
    from mv_desktop.offline.office.question_picture import QuestionPictures

IDLE_MINUTES = 60
"""Until the program locks, where the server does not say."""
PAGE_QUOTA_BYTES = 4 * 1024**3
"""What pages may take on this computer: about sixty scripts of fifteen pages."""

_NOT_SENT = "What is pending on it is sent when you sign in while connected."
_IN_DOUBT = "It is not known whether the new password holds. Until that is known, both open your work on this computer."

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Desk:
    """Everything that belongs to a signed-in person.

    Attributes:
        profile: the server.
        person: what the server last said of her and itself. While `must_change_password` is set the server refuses
            all but `change_password`, so nothing is synchronised before.
        calendar: working hours and holidays, for deadlines.
        store: her own copy.
        sync: keeps it and the server together.
        fetcher: brings pages here.
        archive: what she has finished, also elsewhere.
        notice: what she should know about how her file was opened, or "".
    """

    profile: ServerProfile
    person: SignedIn
    calendar: WorkCalendar
    store: LocalStore
    sync: Synchroniser
    fetcher: PageFetcher
    archive: FinishedArchive
    notice: str
    _line: Line = field(repr=False)
    _vault: Vault = field(repr=False)
    _cache: PageCache = field(repr=False)
    _clock: Clock = field(default_factory=SystemClock, repr=False)
    _page_proxy: str = field(default="", repr=False)
    _term: OfflineTerm = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._term = OfflineTerm(self._vault, self._clock)

    def heard(self, person: SignedIn) -> bool:
        """The server said anew who she is and what holds; True when that makes a difference to her work.

        Working hours that make no sense change no deadline that is told.
        """
        before, self.person = self.person, person
        if all(getattr(before, name) == getattr(person, name) for name in _TELLING):
            return False
        try:
            self.calendar = calendar_of(person)
        except InvalidError as error:
            _log.warning("the hours before go on to count: %s", error)
        return True

    def change_password(self, old: str, new: str) -> None:
        """Change her password on the server, and let it open her file instead of the old one. Not on the GUI thread.

        Raises:
            NotAllowedError: `old` is wrong, or her account is closed.
            OfflineError: there is no server to tell, or it is not known whether it heard; the sentence says which.
            LocalFileError: her file's key could not be written; the old password holds.
        """
        try:
            with self._line.connect() as session:
                session.connection()  # before anything is changed here: there is somebody to tell
        except OfflineError as error:
            unchanged, needed = "Your password was not changed.", "Try again when there is a connection to the server."
            raise OfflineError(error.message, kept=unchanged, remedy=needed) from error
        try:
            self._vault.change_password(old, new, partial(self._line.change_password, new, self._vault.end_change))
        except OfflineError as error:
            raise OfflineError(error.message, kept=_IN_DOUBT) from error
        self.person = replace(self.person, must_change_password=False)

    @property
    def own(self) -> OwnAffairs:
        """Her password, her absences, and how well her marks agree with second ones."""
        known = (self.person.email, self.person.first_name, self.person.last_name)
        return OwnAffairs(self._vault, self._line.connect, self.change_password, known, self.person.user_id)

    def coordination(self, ids: IdSource) -> Coordination:
        """What she does as who coordinates, on a connection of its own."""
        return Coordination(self._line.beside().connect, ids)

    def casework(self) -> Casework:
        """What she decides about cases, on a connection of its own."""
        connect = self._line.beside().connect
        return Casework(connect, pages=ServerPages(connect, 1, self._page_proxy))

    def reports(self) -> Reports:
        """What the server counts for her, on a connection of its own: it may take a second."""
        return Reports(self._line.beside().connect)

    def quality(self) -> Quality:
        """What she sees and decides of second markings, on a connection of its own."""
        return Quality(self._line.beside().connect)

    def insight(self) -> Insight:
        """The dashboards, on a connection of its own."""
        from mv_desktop.offline.insight import Insight

        return Insight(self._line.beside().connect)

    def office(self, ids: IdSource) -> Office:
        """What admins keep, on the server; `ids` are of what is made new."""
        from mv_desktop.offline.office import Office

        return Office(self._line.beside().connect, ids)

    def question_pictures(self) -> QuestionPictures | None:
        """Pictures that she puts into questions, on a connection of its own; None where the server knows of none."""
        if self.person.schema_version < PICTURE_SCHEMA:
            return None
        from mv_desktop.offline.office.question_picture import QuestionPictures

        return QuestionPictures(self._line.beside().connect, self.store, self._clock, self._page_proxy)

    def form_drafts(self) -> FormDrafts:
        """What was typed into forms and is not saved, in her own file."""
        return FormDrafts(self._vault)

    def saved_views(self) -> SavedViews:
        """What she looks for in lists again and again, in her own file."""
        return SavedViews(self._vault)

    def second_markings(self, ids: IdSource) -> SecondMarkings:
        """What she marks a second time, on a connection of its own."""
        drafts = SecondDrafts(self._vault, ids)
        connect = self._line.beside().connect
        pictures = ServerPictures(connect, self._page_proxy)
        return SecondMarkings(connect, drafts, self.fetcher.source, self.store.settings, pictures=pictures)

    @property
    def read_only(self) -> bool:
        """Her file is of a newer version of the program: nothing can be changed, sent or fetched here."""
        return self._vault.read_only

    @property
    def password_in_doubt(self) -> bool:
        """It is not known whether the server took her new password; both open her file until it is."""
        return self._vault.password_in_doubt

    def opens_with(self, password: str) -> bool:
        """Whether that is her password, as this computer knows it; the server is not asked. Not on the GUI thread.

        Raises:
            LocalFileError: the key of her file cannot be read.
        """
        return self._vault.opens_with(password)

    def keep_key(self) -> None:
        """Let the desktop's keyring have the key of her file, where it has not. Takes seconds where it is locked."""
        if not self.store.computer.revoked:
            self._vault.keep_in_keyring()

    @property
    def idle_minutes(self) -> int:
        """After so long without a key or the mouse the program locks; as the server said last."""
        minutes = self.person.settings.get("session_timeout_minutes")
        return minutes if isinstance(minutes, int) and minutes > 0 else IDLE_MINUTES

    def export_work(self, target: Path) -> Exported:
        """Write everything that was not sent, or was refused, to one file; a file of that name is replaced.

        For a computer that never finds a network again. Not on the GUI thread. Raises as `offline.export.export_work`.
        """
        with self._vault.reading() as db:
            return export_work(
                db,
                target,
                user_id=self.person.user_id,
                server=self.profile.name,
                now=self._clock.now(),
                replace=True,
            )

    def keep_ballast(self) -> None:
        """See to it that room is kept on the disk for her last changes. Not on the GUI thread."""
        self._vault.keep_ballast()

    def hang_up(self) -> None:
        """Close the connection to the server; whatever needs it next opens it anew."""
        self._line.close()

    def look(self) -> IdleState:
        """What this computer knows of the connection that is not used now, without asking the server."""
        return self._line.patience.look()

    @property
    def silent_seconds(self) -> float:
        """How long the server has not said a word of what it was asked; 0 when it is asked nothing."""
        return self._line.patience.silent_seconds

    def ask(self, seconds: float) -> bool:
        """The server says a word on the idle connection within that time, or there is none. Not on the GUI thread."""
        return self._line.patience.ask(seconds)

    def answers(self, seconds: float) -> bool:
        """A server answers at the address, within that time; nobody signs in. Not on the GUI thread."""
        return answers(self.profile, seconds)

    def give_up(self) -> None:
        """Wait for the server no more, now and for whatever is asked later: she leaves."""
        self._line.give_up()

    def pictures(self, evaluation_id: EvaluationId) -> ScriptPictures:
        """The pictures of one script's pages, as they are on this computer now."""
        uploads = {page.ref: page.upload_id for page in self.store.pages_of(evaluation_id)}
        return ScriptPictures(self._cache, uploads)

    def close(self) -> None:
        """Close the connection and the file. What is pending stays in the file; a revoked computer's is wiped."""
        if self.store.computer.revoked:
            retire(self._vault, self.store, self._line.connect)
            self._line.close()
            return
        self._line.close()
        self.fetcher.close()
        self._term.note()
        with suppress(LocalFileError):
            if not self.read_only and not self.store.status().pending and not self.store.held_leavings():
                mark_all_sent(self._vault.home)
                self._vault.confirm()
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


def calendar_of(person: SignedIn) -> WorkCalendar:
    """The working hours and holidays that the server told."""
    return WorkCalendar(WorkingHours.from_setting(person.working_hours), person.holidays)


def open_desk(
    profile: ServerProfile,
    email: str,
    password: str,
    folder: Path,
    clock: Clock,
    ids: IdSource,
    patience: Patience | None = None,
    *,
    page_proxy: str = "",
    former: FormerPassword | None = None,
    derive: Derive = wrapping_key,
) -> Desk:
    """Sign in to `profile`'s server, or by the person's own file under `folder` when that knows her.

    Whoever gives `patience` up ends the waiting for the server. Pages come through `page_proxy`, where there is one.
    `former` is her answer to a `FormerPasswordError`; `derive` tries the password on her key file.

    Raises:
        NotAllowedError: the e-mail or the password is wrong, or the account is closed.
        OfflineError: the server cannot be reached, and this computer may not let her in by itself.
        FormerPasswordError: she is right, and her file opens with an earlier password; it is to be asked for.
        SchemaError: the server and this program do not fit.
        LocalFileError: the file cannot be opened.
    """
    finish_wipes(folder, profile.name)
    line = Line(profile, email, password, patience)
    opening = _Opening(line, profile, email, password, folder, clock, ids, page_proxy, former, derive)
    try:
        return opening.by_file()
    except _AskServerError as reason:
        try:
            return opening.by_server()
        except OfflineError as error:
            raise reason.without_server(error) from error


# -- private -------------------------------------------------------------------------------------------------

_TELLING = (
    *("first_name", "last_name", "role", "is_coordinator", "settings", "working_hours", "holidays", "outdated"),
    "schema_version",  # what the server cannot do has no place in the window
)


class _AskServerError(Exception):
    """Only the server can say whether this person may come in.

    Args:
        told: what she is told when there is no server to ask; None for what its silence itself says.
    """

    def __init__(self, told: UserError | None = None) -> None:
        super().__init__()
        self._told = told

    def without_server(self, error: OfflineError) -> UserError:
        """What to tell when the server could not be reached."""
        if self._told is None:
            return error
        self._told.remedy = self._told.remedy or error.remedy
        return self._told


class _Opening:
    """One person who wants to come in."""

    def __init__(
        self,
        line: Line,
        profile: ServerProfile,
        email: str,
        password: str,
        folder: Path,
        clock: Clock,
        ids: IdSource,
        page_proxy: str,
        former: FormerPassword | None,
        derive: Derive,
    ) -> None:
        self._profile, self._folder, self._clock, self._ids = profile, folder, clock, ids
        self._email, self._password = email, password
        self._line, self._former, self._derive = line, former, derive
        self._page_proxy = page_proxy
        self._pages = ServerPages(line.connect, DOWNLOADS, page_proxy)
        self._pictures = ServerPictures(line.connect, page_proxy)

    def by_file(self) -> Desk:
        """By her file alone; the first thing that sync does is to ask the server.

        Raises:
            _AskServerError: she has none here, or it may not be opened without the server.
            LocalFileError: another window has it open, or it is of a newer version.
        """
        user_id = self._user_known_here()
        try:
            vault = Vault.open(
                *(self._folder, user_id, self._profile.name, self._password),
                password_verified=False,
                clock=self._clock,
                derive=self._derive,
            )
        except NotAllowedError as error:
            raise _AskServerError(_wrong_here(error)) from error
        except DamagedError as error:
            raise _AskServerError(error) from error
        try:
            store = LocalStore(vault, self._clock, self._ids)
            person, term = store.profile(), OfflineTerm(vault, self._clock)
            term.note()
            if person is None or term.contact is None or not person.active or store.was_turned_away:
                raise _AskServerError
            if person.must_change_password:
                raise _AskServerError  # she may have changed it elsewhere; the password that was given is no key
            if (refusal := term.refusal()) is not None:
                raise _AskServerError(refusal)
            if vault.password_in_doubt:
                self._line.accepted = vault.settle_password
            try:
                return self._desk(vault, store, person, signed_in=False)
            except InvalidError as error:
                raise _AskServerError(error) from error  # what was wrong there may have been put right
        except BaseException:
            vault.close()
            raise

    def _user_known_here(self) -> UserId:
        user_id = find_home(self._folder, self._profile.name, login_name(self._email))
        if user_id is None:
            raise _AskServerError
        if mark_of(home_of(self._folder, self._profile.name, user_id)) is not None:
            raise _AskServerError(RevokedError(_NOT_SENT))
        return user_id

    def by_server(self) -> Desk:
        """By the server, which confirms the password; a file is made when there is none. Raises as `open_desk`."""
        from mv_desktop.services.sign_in import sign_in

        try:
            before = self._clock.elapsed()
            with self._line.connect() as session:
                person = sign_in(session, __version__, OPERATION_SCHEMA)
            answered = (before + self._clock.elapsed()) / 2
            home = home_of(self._folder, self._profile.name, person.user_id)
            if person.outdated is not None and person.outdated.refused and not (home / WORK_FILE).exists():
                raise outdated_error(person.outdated, kept="")  # nothing is here to be read or sent
            revoked = still_revoked(home, person, self._line.connect)
            vault = Vault.open(
                self._folder,
                person.user_id,
                self._profile.name,
                self._password,
                password_verified=True,
                login=login_name(self._email),
                former=self._former,
                clock=self._clock,
                derive=self._derive,
            )
            if vault.password_in_doubt and not vault.read_only:
                vault.settle_password()
        except BaseException:
            self._line.close()
            raise
        try:
            store = LocalStore(vault, self._clock, self._ids)
            if not vault.read_only:
                store.contacted(person, answered)
            desk = self._desk(vault, store, person, signed_in=True)
        except BaseException:
            vault.close()
            self._line.close()
            raise
        return self._emptied(desk) if revoked else desk

    def _emptied(self, desk: Desk) -> Desk:
        """Send what waits on a revoked computer, and close it; `desk` when the server takes the revocation back."""
        revoked = True
        try:
            desk.sync.run()
            revoked = desk.store.computer.revoked
        finally:
            if revoked:
                desk.close()
        if revoked:
            raise RevokedError
        return desk

    def _desk(self, vault: Vault, store: LocalStore, person: SignedIn, *, signed_in: bool) -> Desk:
        if not vault.read_only:
            unmark(vault.home)
        cache = PageCache(vault.pages_folder, vault.page_key, PAGE_QUOTA_BYTES, ranks=store.pages.ranks)
        return Desk(
            self._profile,
            person,
            calendar_of(person),
            store,
            Synchroniser(store, self._line.connect, self._clock, signed_in=signed_in, hush=self._line.patience.hush),
            PageFetcher(store, cache, self._line.connect, source=self._pages, pictures=self._pictures),
            FinishedArchive(vault, store, self._line.connect),
            vault.notice,
            self._line,
            vault,
            cache,
            self._clock,
            self._page_proxy,
        )


def _wrong_here(error: NotAllowedError) -> NotAllowedError:
    return NotAllowedError(
        "The server cannot be reached, and this is not the password that this computer knows.",
        kept=error.kept,
        remedy="Try again, or wait for the network if your password was changed.",
    )
