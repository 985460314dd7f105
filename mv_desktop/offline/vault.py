"""The encrypted file of one person on one computer for one server, and the key that opens it.

Nothing is ever deleted here: a file that cannot be opened is moved into a folder ``kept-<time>`` beside it, with
its key file, and `Vault.notice` says so. One that opens under an earlier password waits for her to decide.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import portalocker

from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.core.errors import NotAllowedError, OfflineError
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import cipher, recovery, upgrade
from mv_desktop.offline.ballast import Ballast
from mv_desktop.offline.disk import (
    DamagedError,
    LocalFileError,
    from_database_error,
    from_os_error,
    make_private_folder,
    reading_only,
)
from mv_desktop.offline.former_password import FormerPassword
from mv_desktop.offline.home import LOCK_FILE, PAGES, home_of, remember_login
from mv_desktop.offline.key import (
    Derive,
    DesktopKeyring,
    KeyFileError,
    KeyStore,
    WrapCost,
    WrongPasswordError,
    derived_key,
    wrapping_key,
)
from mv_desktop.offline.key_file import KeyFiles
from mv_desktop.offline.opening import Opened, Opening, doubt


class InUseError(LocalFileError):
    """Another window of the program has the file open."""

    code = "in_use"


class Vault:
    """An open file with the teacher's work.

    Attributes:
        home: the person's folder for this server.
        page_key: 32 bytes under which the pages are encrypted.
        owner: person and server, the name under which the keyring has the key.
        notice: what the person should know about how it was opened, a sentence or two, or "".
        read_only: it is of a newer version of the program: nothing can be written.
        ballast: room kept on the disk for her last changes.
    """

    def __init__(
        self,
        home: Path,
        key: bytes,
        opened: Opened,
        lock: portalocker.Lock,
        notice: str,
        key_files: KeyFiles,
        keyring: KeyStore,
    ) -> None:
        self.home = home
        self._key = key
        self._keyring = keyring
        self._key_files = key_files
        self._password_lock = threading.RLock()
        self._to_settle = key_files.changing
        self.owner = key_files.owner
        self.page_key = derived_key(key, "pages")
        self.notice = notice
        self.read_only = opened.read_only
        self.ballast = Ballast(home)
        self._connection = opened.connection
        self._proved = opened.proved
        self._file_lock = lock
        self._in_use = threading.RLock()
        self._closed = False

    @classmethod
    def open(
        cls,
        folder: Path,
        user_id: UserId,
        server_name: str,
        password: str,
        *,
        password_verified: bool,
        login: str = "",
        former: FormerPassword | None = None,
        keyring: KeyStore | None = None,
        clock: Clock | None = None,
        cost: WrapCost | None = None,
        derive: Derive = wrapping_key,
    ) -> Vault:
        """Open the file of `user_id` for the server `server_name` under `folder`, or make it.

        Args:
            folder: the program's data folder.
            user_id: whose file.
            server_name: the profile's name; each server has a file of its own.
            password: what the person typed.
            password_verified: the server accepted this password just now. Only then may another password in the
                key file mean that it was changed, and only then is a new file made.
            login: under which `home.find_home` is to find the folder from now on; "" leaves that as it is.
            former: what she said of a file that opens under an earlier password; None before she was asked.
            keyring: where a second copy of the key is kept; the desktop's keyring when None.
            clock: names what is moved aside.
            cost: what trying a password costs.
            derive: tries one.

        Raises:
            InUseError: another window has it open.
            NotAllowedError: the password does not open it, and the server did not confirm it.
            FormerPasswordError: the server confirmed it, and only an earlier one opens the file, which is untouched.
            DamagedError: it cannot be read, and the server did not confirm the password; it is untouched.
            NewerFileError: it was written by a newer version, and this one cannot even read it; it is untouched.
            LocalFileError: the folder cannot be used.
        """
        home = home_of(folder, server_name, user_id)
        for part in (folder, home.parent, home):
            make_private_folder(part)
        lock = taken_lock(home / LOCK_FILE)
        keyring = keyring or DesktopKeyring()
        try:
            opening = Opening(
                home,
                f"{server_name}/{user_id}",
                password,
                password_verified=password_verified,
                former=former,
                keyring=keyring,
                clock=clock or SystemClock(),
                cost=cost or WrapCost(),
                derive=derive,
            )
            key, opened = opening.run()
            if login and not opened.read_only:
                remember_login(home, login)
        except BaseException:
            lock.release()
            raise
        return cls(home, key, opened, lock, opening.notice, opening.key_files, keyring)

    @property
    def pages_folder(self) -> Path:
        """Where the encrypted pages go; not created here."""
        return self.home / PAGES

    @property
    def password_in_doubt(self) -> bool:
        """A change of the password was begun, and it is not known yet whether the server took it."""
        return self._key_files.changing

    def opens_with(self, password: str) -> bool:
        """Whether that password opens this file; takes a while.

        Raises:
            LocalFileError: the key cannot be read.
        """
        with self._password_lock:
            # what the opening said of an unfinished change of the password is not to be forgotten by a mere question
            known = self._key_files.opened_by_next
            try:
                self._key_files.open(password)
            except WrongPasswordError:
                return False
            except KeyFileError as error:
                raise LocalFileError(
                    "The key of your work on this computer is damaged.", remedy="Sign in again while connected."
                ) from error
            finally:
                self._key_files.opened_by_next = known
            return True

    def settle_password(self) -> None:
        """The server accepted the password that opened this file: any other one opens it no longer.

        Raises:
            LocalFileError: that could not be written; both passwords go on to open it.
        """
        with self._password_lock:
            if self._to_settle:
                self._end_change(self._key_files.opened_by_next)

    def end_change(self, taken: bool) -> None:  # noqa: FBT001 - the answer to the one question there was
        """It is known now whether the server took the new password.

        Raises:
            LocalFileError: that could not be written; both passwords go on to open the file.
        """
        with self._password_lock:
            self._end_change(taken)

    def change_password(self, old: str, new: str, tell_server: Callable[[], None]) -> None:
        """Let `new` open the file instead of `old`, if the server takes it.

        The order is such that whenever the program dies, a password that the server knows opens the file: `new` is
        let in first, then the server is told, then `old` is let out.

        Args:
            old: the password as it is.
            new: as it is to be.
            tell_server: changes it there; an `OfflineError` leaves it in doubt, and then both open the file until
                the server has accepted one of them.

        Raises:
            NotAllowedError: `old` is wrong.
            LocalFileError: it could not be written; the old password holds.
            UserError: what `tell_server` raised; but for `OfflineError`, the old password holds.
        """
        with self._password_lock:
            try:
                self._key_files.open(old)
            except (WrongPasswordError, KeyFileError):
                raise NotAllowedError("The old password is wrong.", kept="Your password was not changed.") from None
            self._to_settle = False  # what comes now knows how it ends
            self._key_files.begin(self._key, new)
            try:
                tell_server()
            except OfflineError:
                raise
            except Exception:
                with suppress(LocalFileError):
                    self._key_files.abandon()
                raise
            with suppress(LocalFileError):  # then both go on to open it, until the next sign-in
                self._key_files.confirm()

    def keep_in_keyring(self) -> None:
        """Let the keyring have the key too, when it has none or another one. A keyring that is asked may take seconds.

        It may have come after the file was made, or have been emptied; then only the password would open the file.
        """
        if not self._closed:
            self._keyring.put(self.owner, self._key)

    def keep_ballast(self) -> None:
        """See to it that room is kept on the disk, where there is plenty of it. May take a second."""
        if not self._closed and not self.read_only:
            self.ballast.keep()

    def keep_recoverable(self, public_key: str | None) -> None:
        """Let the organisation's recovery key open this file as well; None takes that away. Nonsense changes nothing.

        Raises:
            LocalFileError: it could not be written.
        """
        recovery.keep(self.home, self._key, self.owner, public_key)

    def _end_change(self, taken: bool) -> None:  # noqa: FBT001
        self._to_settle = False
        if taken:
            self._key_files.confirm()
        else:
            self._key_files.abandon()

    @contextmanager
    def transaction(self) -> Iterator[cipher.Connection]:
        """One durable change: all of it is on the disk when the block has ended, or nothing.

        Raises:
            LocalFileError: it could not be written; nothing changed.
            NewerFileError: a newer version of the program wrote the file; nothing changed.
        """
        if self.read_only:
            raise reading_only()
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[cipher.Connection]:
        """The connection, for one thread at a time.

        Raises:
            LocalFileError: the file could not be read.
        """
        with self._in_use:
            if self._closed:
                raise LocalFileError("The file with your work is closed.", remedy="Sign in again.")
            try:
                yield self._connection
            except cipher.Error as error:
                told = from_database_error(error)
                if told is None:
                    raise
                if isinstance(told, DamagedError):
                    doubt(self.home)
                raise told from error

    def confirm(self) -> None:
        """The server has answered all that waited: copies of older files go, if the new one was opened well since."""
        if not self.read_only:
            upgrade.remove(self._proved)

    def close(self) -> None:
        """Close the file and let other windows have it. Closing twice does nothing."""
        with self._in_use:
            if self._closed:
                return
            self._closed = True
            try:
                self._connection.close()
            finally:
                self._file_lock.release()


def taken_lock(path: Path) -> portalocker.Lock:
    """The lock that says that a window has the folder open.

    Raises:
        InUseError: another one has.
        LocalFileError: the folder cannot be used.
    """
    lock = portalocker.Lock(path, mode="a", timeout=0, fail_when_locked=True)
    try:
        path.touch(mode=0o600)
        lock.acquire()
    except portalocker.LockException:
        raise InUseError(
            "Your work on this computer is open in another window of this program.",
            remedy="Use that window, or close it first.",
        ) from None
    except OSError as error:
        raise from_os_error(error, path.parent) from error
    return lock
