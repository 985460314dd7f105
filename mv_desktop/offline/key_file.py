"""The file with the wrapped key, and the second one that stands beside it while a password is being changed.

While both stand there, either password opens the work: whichever the server turns out to know, nobody is locked out.
"""

from __future__ import annotations

from pathlib import Path

from mv_desktop.core.durable import sync_folder
from mv_desktop.offline.disk import from_os_error, write_private
from mv_desktop.offline.key import Derive, WrapCost, WrongPasswordError, unwrap, wrap, wrapping_key

KEY_FILE = "key.json"
NEXT_KEY_FILE = "key-next.json"
RECOVERY_KEY_FILE = "key-recovery.json"
KEY_FILES = (KEY_FILE, NEXT_KEY_FILE, RECOVERY_KEY_FILE)
"""Whatever opens the work in a folder."""


class KeyFiles:
    """The wrapped keys in one person's folder.

    Args:
        home: the folder.
        owner: person and server, as `key.wrap` takes it; kept.
        cost: what a try of a password costs from now on.
        derive: tries a password on a key file.

    Attributes:
        opened_by_next: the password that opened the key last was the new one of a change that was not finished.
    """

    def __init__(self, home: Path, owner: str, cost: WrapCost, derive: Derive = wrapping_key) -> None:
        self.owner = owner
        self._home, self._cost, self._derive = home, cost, derive
        self.opened_by_next = False

    @property
    def changing(self) -> bool:
        """A change of the password was begun and not finished."""
        return (self._home / NEXT_KEY_FILE).exists()

    def open(self, password: str) -> bytes | None:
        """The key; None when there is no key file.

        Raises:
            WrongPasswordError: the password opens neither file.
            KeyFileError: the key file cannot be read.
            LocalFileError: the folder cannot be read.
        """
        wrapped, following = read_key_file(self._home / KEY_FILE), read_key_file(self._home / NEXT_KEY_FILE)
        self.opened_by_next = False
        if wrapped is None:
            return None
        try:
            return unwrap(wrapped, password, self.owner, self._derive)
        except WrongPasswordError:
            if following is None:
                raise
        key = unwrap(following, password, self.owner)
        self.opened_by_next = True
        return key

    def write(self, key: bytes, password: str) -> None:
        """Wrap `key` under `password` alone.

        Raises:
            LocalFileError: it could not be written; what was there stands.
        """
        write_private(self._home / KEY_FILE, wrap(key, password, self.owner, self._cost))
        self.abandon()

    def begin(self, key: bytes, password: str) -> None:
        """Let `password` open the key as well as the one that does now.

        Raises:
            LocalFileError: it could not be written; nothing changed.
        """
        write_private(self._home / NEXT_KEY_FILE, wrap(key, password, self.owner, self._cost))

    def confirm(self) -> None:
        """The new password holds: the old one opens nothing any more. In one step, whole or not at all.

        Raises:
            LocalFileError: it could not be written; both passwords go on to open the key.
        """
        try:
            (self._home / NEXT_KEY_FILE).replace(self._home / KEY_FILE)
            sync_folder(self._home)
        except OSError as error:
            raise from_os_error(error, self._home) from error

    def abandon(self) -> None:
        """The new password does not hold.

        Raises:
            LocalFileError: the folder cannot be written; both passwords go on to open the key.
        """
        try:
            (self._home / NEXT_KEY_FILE).unlink(missing_ok=True)
        except OSError as error:
            raise from_os_error(error, self._home) from error


def read_key_file(path: Path) -> bytes | None:
    """The bytes of a key file; None when there is none.

    Raises:
        LocalFileError: the folder cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os_error(error, path.parent) from error
