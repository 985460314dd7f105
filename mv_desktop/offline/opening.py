"""How a person's file is opened: which key it has, what is moved aside, what is read only, what is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mv_desktop.core.clock import Clock
from mv_desktop.core.durable import write_synced
from mv_desktop.core.errors import NotAllowedError
from mv_desktop.core.ids import id_source
from mv_desktop.offline import cipher, layout, message, rescue, upgrade
from mv_desktop.offline.disk import (
    DamagedError,
    from_database_error,
    from_os_error,
    make_private_folder,
    newer_file,
)
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.offline.home import KEPT, PAGES, WORK_FILE
from mv_desktop.offline.key import (
    KEY_BYTES,
    Derive,
    KeyFileError,
    KeyStore,
    NewerKeyFileError,
    WrapCost,
    WrongPasswordError,
    new_key,
)
from mv_desktop.offline.key_file import KEY_FILES, RECOVERY_KEY_FILE, KeyFiles

# above this the check of every block at opening would be felt; a damaged block is then found when it is read, and
# the next opening looks through all of them
_CHECKED_BYTES = 64 << 20
_DOUBTED = "damaged"

_NOT_OPENED = "The file with your earlier work on this computer could not be opened."
_READ_ONLY_NOTICE = (
    "Your work on this computer was saved by a newer version of this program. You can read it here; nothing can be "
    "changed and nothing is sent or fetched, and everything stays as it is. Use the newer version to go on."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file.

    Attributes:
        connection: to it, with its key given.
        read_only: it is of a newer version; the connection cannot write.
        proved: copies of an older file that were here before, and the file has opened well since.
    """

    connection: cipher.Connection
    read_only: bool = False
    proved: tuple[Path, ...] = ()


class Opening:
    """One opening of a file: finds the key, moves aside what cannot be opened, makes what is missing.

    Args: as `vault.Vault.open` takes them; `home` is her folder, `owner` names person and server.

    Attributes:
        notice: what she should know about it, or "".
        key_files: the wrapped keys.
    """

    def __init__(
        self,
        home: Path,
        owner: str,
        password: str,
        *,
        password_verified: bool,
        former: FormerPassword | None,
        keyring: KeyStore,
        clock: Clock,
        cost: WrapCost,
        derive: Derive,
    ) -> None:
        self.notice = ""
        self.key_files = KeyFiles(home, owner, cost, derive)
        self._cost = cost
        self._home = home
        self._owner = owner
        self._password = password
        self._verified = password_verified
        self._former = former
        self._keyring = keyring
        self._clock = clock

    def run(self) -> tuple[bytes, Opened]:
        """The key and the open file. Raises as `vault.Vault.open` does."""
        key = self._known_key()
        if key is None:
            self._refuse_unverified("You have not signed in on this computer before.")
            key = self._fresh_key()
        try:
            opened = connect(self._home / WORK_FILE, key)
        except DamagedError:
            if not self._verified:
                raise
            damaged, kept = key, self._move_aside("It could not be read: it is damaged.", rescue.begin)
            key = self._fresh_key()
            opened = connect(self._home / WORK_FILE, key)
            said = self._rescue(opened, kept, damaged)
            self.notice = f"{_NOT_OPENED} It could not be read: it is damaged. {said} {_kept_in(kept)}"
        if opened.read_only:
            self.notice = _READ_ONLY_NOTICE
        else:
            self._go_on_rescuing(opened, key)
        return key, opened

    def _go_on_rescuing(self, opened: Opened, key: bytes) -> None:
        """The program died while it rescued. Without the key of what was moved aside, that has to wait."""
        for kept in rescue.unfinished(self._home):
            keys = (found for found in (self._key_in(kept), key) if found is not None)
            if (fitting := next((found for found in keys if rescue.fits(kept, found)), None)) is not None:
                said = self._rescue(opened, kept, fitting)
                self.notice = f"{message.FILE_DAMAGED} {said} {_kept_in(kept)}"

    def _rescue(self, opened: Opened, kept: Path, key: bytes) -> str:
        """Bring into the new file what can be read of the one in `kept`; answers what to tell of it."""
        try:
            return rescue.finish(opened.connection, kept, key, self._clock.now(), id_source(self._clock)).sentence
        except BaseException:
            opened.connection.close()
            raise

    def _key_in(self, kept: Path) -> bytes | None:
        """The key of what was moved aside; None where her password does not open it, or it is not there any more."""
        try:
            return KeyFiles(kept, self._owner, self._cost).open(self._password)
        except (WrongPasswordError, KeyFileError):
            return None

    def _known_key(self) -> bytes | None:
        """The key of the file that is there; None when there is none, or none that opens it (then it was moved)."""
        try:
            key = self.key_files.open(self._password)
        except NewerKeyFileError:
            raise newer_file() from None
        except WrongPasswordError:
            self._refuse_unverified("The password is wrong.")
            return self._key_under_another_password()
        except KeyFileError:
            self._refuse_unverified("The key of your work on this computer is damaged.")
        else:
            if key is not None:
                return key
            if not (self._home / WORK_FILE).exists():
                return None
            self._refuse_unverified("The key of your work on this computer is missing.")
        if (key := self._key_from_keyring()) is None:
            self._leave_aside()
        return key

    def _key_under_another_password(self) -> bytes | None:
        """The key, from the keyring or by the former password; None when she leaves the file aside."""
        if (key := self._key_from_keyring()) is not None:
            return key
        if not (self._home / WORK_FILE).exists() or self._former == FormerPassword(None):
            self._leave_aside(by_password=True)
            return None
        former = None if self._former is None else self._former.password
        if former is None:
            raise FormerPasswordError(wrong=False)
        try:
            key = self.key_files.open(former)
        except WrongPasswordError:
            raise FormerPasswordError(wrong=True) from None
        if key is not None:
            self.key_files.write(key, self._password)
        return key

    def _key_from_keyring(self) -> bytes | None:
        key = self._keyring.get(self._owner)
        if key is None or len(key) != KEY_BYTES:
            return None
        if not _opens(self._home / WORK_FILE, key) and not rescue.fits(self._home, key):
            return None
        self.key_files.write(key, self._password)
        return key

    def _leave_aside(self, *, by_password: bool = False) -> None:
        """A new file is made in the place of one that nothing here opens, and it is said what still opens it."""
        by_recovery = (self._home / RECOVERY_KEY_FILE).exists()
        self._move_aside("It was made under another password, and this computer keeps no other copy of its key.")
        if by_password and by_recovery:
            self.notice += (
                " The former password opens it, and so does your organisation's recovery key: ask your administrator."
            )
        elif by_password:
            self.notice += " The former password opens it: ask your administrator."
        elif by_recovery:
            self.notice += " Your organisation's recovery key opens it: ask your administrator."

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

    def _move_aside(self, why: str, prepare: Callable[[Path], None] | None = None) -> Path:
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%SZ")
        kept = self._home / f"{KEPT}{stamp}"
        number = 1
        while kept.exists():
            number += 1
            kept = self._home / f"{KEPT}{stamp}-{number}"
        make_private_folder(kept)
        if prepare is not None:
            prepare(kept)
        try:
            for name in (*upgrade.files_of(self._home), *KEY_FILES, PAGES, _DOUBTED):
                if (self._home / name).exists():
                    (self._home / name).rename(kept / name)
        except OSError as error:
            raise from_os_error(error, self._home) from error
        self.notice = (
            f"{_NOT_OPENED} {why} {_kept_in(kept)} "
            "What had reached the server is there; work that had not been sent is only in that file."
        )
        return kept


def _kept_in(kept: Path) -> str:
    return f"It was not deleted: it is kept in {kept}."


def doubt(home: Path) -> None:
    """A damaged block was met: the next opening is to look through all of them. Not being able to say so is borne."""
    with suppress(OSError):
        write_synced(home / _DOUBTED, b"")


def _opens(path: Path, key: bytes) -> bool:
    """Whether `key` is the file's key; a file that is not there opens with any."""
    try:
        connect(path, key).connection.close()
    except DamagedError:
        return False
    return True


def connect(path: Path, key: bytes) -> Opened:
    """Open a file, or make it. One of an older version is brought up to this one, one of a newer version is only read.

    Raises:
        DamagedError: it cannot be read, or `key` is another file's.
        NewerFileError: it is of a newer version, and this one cannot even read it.
        LocalFileError: the folder cannot be used, or the file could not be brought up to date; it stays as it was.
    """
    version = _version(path, key)
    if version > len(layout.VERSIONS):
        return Opened(_prepared(_read_only(path), partial(_prepare_reading, key=key)), read_only=True)
    try:
        # made here and not by SQLite, which would let the group read it; its other files take the mode from this one
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise from_os_error(error, path.parent) from error
    connection = cipher.connect(
        str(path), timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    _prepared(connection, partial(_prepare, path=path, key=key))
    return Opened(connection, proved=upgrade.copies(path.parent) if version == len(layout.VERSIONS) else ())


def _version(path: Path, key: bytes) -> int:
    """The version of a file, read so that not a byte of it changes; 0 where there is none."""
    try:
        if not path.stat().st_size:
            return 0
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise from_os_error(error, path.parent) from error
    connection = _prepared(_read_only(path), partial(_give_key, key=key))
    try:
        return layout.stored_version(connection)
    finally:
        connection.close()


def _read_only(path: Path) -> cipher.Connection:
    """A connection that writes nothing: not even what a crash left beside the file is worked into it at closing."""
    log = path.with_name(f"{path.name}-wal")
    # without such a rest nothing is made beside it either
    still = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return cipher.connect(
        f"{path.absolute().as_uri()}?mode=ro{still}",
        uri=True,
        timeout=5.0,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _prepared(connection: cipher.Connection, prepare: Callable[[cipher.Connection], None]) -> cipher.Connection:
    try:
        prepare(connection)
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


def _give_key(connection: cipher.Connection, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.row_factory = cipher.Row
    # what SQLite spills must not stand on the disk in the clear
    connection.execute("PRAGMA temp_store = MEMORY")
    layout.stored_version(connection)  # the first read: with another key, or a damaged first block, it fails


def _prepare_reading(connection: cipher.Connection, key: bytes) -> None:
    _give_key(connection, key)
    if not layout.readable(connection):
        raise newer_file()


def _prepare(connection: cipher.Connection, path: Path, key: bytes) -> None:
    _give_key(connection, key)
    doubted = path.with_name(_DOUBTED)
    if path.stat().st_size <= _CHECKED_BYTES or doubted.exists():
        if _has_bad_blocks(connection):
            raise DamagedError("The file with your work on this computer is damaged.")
        doubted.unlink(missing_ok=True)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    upgrade.bring_up(connection, path)


def _has_bad_blocks(connection: cipher.Connection) -> bool:
    check = "PRAGMA cipher_integrity_check"
    if connection.execute(check).fetchone() is None:
        return False
    # It looks at the file alone. A block that a power cut tore while it came over from the write-ahead log is whole
    # there, and comes over again.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return connection.execute(check).fetchone() is not None
