"""The encrypted file of one person on one computer for one server, and the key that opens it.

Nothing is ever deleted here: a file that cannot be opened is moved into a folder ``kept-<time>`` beside it, with
its key file, and `Vault.notice` says so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import portalocker

from mv_desktop.core.clock import Clock, SystemClock
from mv_desktop.core.errors import NotAllowedError, OfflineError
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import cipher, layout, recovery
from mv_desktop.offline.disk import (
    DamagedError,
    LocalFileError,
    from_database_error,
    from_os_error,
    make_private_folder,
)
from mv_desktop.offline.home import KEPT, LOCK_FILE, PAGES, WORK_FILE, home_of, remember_login
from mv_desktop.offline.key import (
    KEY_BYTES,
    DesktopKeyring,
    KeyFileError,
    KeyStore,
    NewerKeyFileError,
    WrapCost,
    WrongPasswordError,
    derived_key,
    new_key,
)
from mv_desktop.offline.key_file import KEY_FILES, KeyFiles

# above this the check of every block at opening would be felt; a damaged block is then found when it is read
_CHECKED_BYTES = 64 << 20


class InUseError(LocalFileError):
    """Another window of the program has the file open."""

    code = "in_use"


class NewerFileError(LocalFileError):
    """The file was written by a newer version of the program."""

    code = "newer_file"


class Vault:
    """An open file with the teacher's work.

    Attributes:
        home: the person's folder for this server.
        page_key: 32 bytes under which the pages are encrypted.
        owner: person and server, the name under which the keyring has the key.
        notice: what the person should know about how it was opened, a sentence or two, or "".
    """

    def __init__(
        self,
        home: Path,
        key: bytes,
        connection: cipher.Connection,
        lock: portalocker.Lock,
        notice: str,
        key_files: KeyFiles,
    ) -> None:
        self.home = home
        self._key = key
        self._key_files = key_files
        self._password_lock = threading.RLock()
        self._to_settle = key_files.changing
        self.owner = key_files.owner
        self.page_key = derived_key(key, "pages")
        self.notice = notice
        self._connection = connection
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
        keyring: KeyStore | None = None,
        clock: Clock | None = None,
        cost: WrapCost | None = None,
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
            keyring: where a second copy of the key is kept; the desktop's keyring when None.
            clock: names what is moved aside.
            cost: what trying a password costs.

        Raises:
            InUseError: another window has it open.
            NotAllowedError: the password does not open it, and the server did not confirm it.
            DamagedError: it cannot be read, and the server did not confirm the password; it is untouched.
            NewerFileError: it was written by a newer version; it is untouched.
            LocalFileError: the folder cannot be used.
        """
        home = home_of(folder, server_name, user_id)
        for part in (folder, home.parent, home):
            make_private_folder(part)
        lock = taken_lock(home / LOCK_FILE)
        try:
            opening = _Opening(
                home,
                f"{server_name}/{user_id}",
                password,
                password_verified=password_verified,
                keyring=keyring or DesktopKeyring(),
                clock=clock or SystemClock(),
                cost=cost or WrapCost(),
            )
            key, connection = opening.run()
            if login:
                remember_login(home, login)
        except BaseException:
            lock.release()
            raise
        return cls(home, key, connection, lock, opening.notice, opening.key_files)

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
        """
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
                raise told from error

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


class _Opening:
    """One opening of a file: finds the key, moves aside what cannot be opened, makes what is missing."""

    def __init__(
        self,
        home: Path,
        owner: str,
        password: str,
        *,
        password_verified: bool,
        keyring: KeyStore,
        clock: Clock,
        cost: WrapCost,
    ) -> None:
        self.notice = ""
        self.key_files = KeyFiles(home, owner, cost)
        self._home = home
        self._owner = owner
        self._password = password
        self._verified = password_verified
        self._keyring = keyring
        self._clock = clock

    def run(self) -> tuple[bytes, cipher.Connection]:
        key = self._known_key()
        if key is None:
            self._refuse_unverified("You have not signed in on this computer before.")
            key = self._fresh_key()
        try:
            return key, _connect(self._home / WORK_FILE, key)
        except DamagedError:
            if not self._verified:
                raise
            self._move_aside("It could not be read: it is damaged.")
            key = self._fresh_key()
            return key, _connect(self._home / WORK_FILE, key)

    def _known_key(self) -> bytes | None:
        """The key of the file that is there; None when there is none, or none that opens it (then it was moved)."""
        try:
            key = self.key_files.open(self._password)
        except NewerKeyFileError:
            raise newer_file() from None
        except WrongPasswordError:
            self._refuse_unverified("The password is wrong.")
        except KeyFileError:
            self._refuse_unverified("The key of your work on this computer is damaged.")
        else:
            if key is not None:
                return key
            if not (self._home / WORK_FILE).exists():
                return None
            self._refuse_unverified("The key of your work on this computer is missing.")
        return self._key_from_keyring()

    def _key_from_keyring(self) -> bytes | None:
        key = self._keyring.get(self._owner)
        if key is not None and len(key) == KEY_BYTES and _opens(self._home / WORK_FILE, key):
            self.key_files.write(key, self._password)
            return key
        self._move_aside("It was made under another password, and this computer keeps no other copy of its key.")
        return None

    def _refuse_unverified(self, message: str) -> None:
        if not self._verified:
            raise NotAllowedError(
                message, kept="Your work on this computer is unharmed.", remedy="Sign in while connected to the server."
            )

    def _fresh_key(self) -> bytes:
        key = new_key()
        self.key_files.write(key, self._password)
        self._keyring.put(self._owner, key)
        return key

    def _move_aside(self, why: str) -> None:
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%SZ")
        kept = self._home / f"{KEPT}{stamp}"
        number = 1
        while kept.exists():
            number += 1
            kept = self._home / f"{KEPT}{stamp}-{number}"
        make_private_folder(kept)
        try:
            for name in (WORK_FILE, f"{WORK_FILE}-wal", f"{WORK_FILE}-shm", *KEY_FILES, PAGES):
                if (self._home / name).exists():
                    (self._home / name).rename(kept / name)
        except OSError as error:
            raise from_os_error(error, self._home) from error
        self.notice = (
            f"The file with your earlier work on this computer could not be opened. {why} "
            f"It was not deleted: it is kept in {kept}. "
            "What had reached the server is there; work that had not been sent is only in that file."
        )


def newer_file() -> NewerFileError:
    """The sentence for a file of a newer version."""
    return NewerFileError(
        "Your work on this computer was saved by a newer version of this program.",
        kept="It was not touched.",
        remedy="Open it with the newer version.",
    )


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


def _opens(path: Path, key: bytes) -> bool:
    """Whether `key` is the file's key; a file that is not there opens with any."""
    try:
        _connect(path, key).close()
    except DamagedError:
        return False
    return True


def _connect(path: Path, key: bytes) -> cipher.Connection:
    try:
        # made here and not by SQLite, which would let the group read it; its other files take the mode from this one
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise from_os_error(error, path.parent) from error
    connection = cipher.connect(
        str(path), timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        _prepare(connection, path, key)
    except cipher.Error as error:
        connection.close()
        told = from_database_error(error)
        if told is None:
            raise
        raise told from error
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: cipher.Connection, path: Path, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.row_factory = cipher.Row
    # the first read: with another key, or a damaged first block, it fails
    if layout.stored_version(connection) > len(layout.VERSIONS):
        raise newer_file()
    if path.stat().st_size <= _CHECKED_BYTES and connection.execute("PRAGMA cipher_integrity_check").fetchone():
        raise DamagedError("The file with your work on this computer is damaged.")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    # what SQLite spills must not stand on the disk in the clear
    connection.execute("PRAGMA temp_store = MEMORY")
    layout.upgrade(connection)
