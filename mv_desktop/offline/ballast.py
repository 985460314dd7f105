"""Room kept on the disk for the last changes: a file without content, removed at the first one that finds it full.

What she does is then still saved while she is told to make room, and the file is made again when there is plenty.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from mv_desktop.core.clock import Clock
from mv_desktop.core.durable import sync_folder
from mv_desktop.offline import cipher, message, mirror
from mv_desktop.offline.disk import DiskFullError

if TYPE_CHECKING:
    from mv_desktop.offline.vault import Vault

BALLAST_FILE: Final = "ballast"
BALLAST_BYTES: Final = 32 << 20
ROOM_BYTES: Final = 256 << 20
"""It is made only while so much is free."""
NOTE: Final = "disk"
"""The kind of the message that tells of it."""

_BLOCK = 1 << 20
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Ballast:
    """The file in one person's folder.

    Args:
        home: the folder.
        size: its bytes.
        room: what has to be free on the disk before it is made.
    """

    def __init__(self, home: Path, size: int = BALLAST_BYTES, room: int = ROOM_BYTES) -> None:
        self._path, self._size, self._room = home / BALLAST_FILE, size, room

    @property
    def here(self) -> bool:
        """It is there, and can be removed."""
        return self._path.exists()

    def keep(self) -> bool:
        """Make it when it is not there and the disk has plenty of room; answers whether it is. May take a second."""
        if self.here:
            return True
        draft = self._path.with_name(f"{BALLAST_FILE}.tmp")
        try:
            if shutil.disk_usage(self._path.parent).free < max(self._room, self._size):
                return False
            file = os.open(draft, _FLAGS, 0o600)
            try:
                _take(file, self._size)
                os.fsync(file)
            finally:
                os.close(file)
            draft.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            _log.warning("no ballast could be made: %s", error)
            _remove(draft)
            return False
        return True

    def drop(self) -> bool:
        """Give its room back; False when there was none."""
        return _remove(self._path)


def written(vault: Vault, clock: Clock, change: Callable[[cipher.Connection], T]) -> T:
    """Do `change` in one durable transaction; on a full disk the ballast goes, and it is done once more and told.

    Args:
        vault: the open file.
        clock: says when it was told.
        change: what is written; done from the beginning the second time.

    Raises:
        LocalFileError: it could not be written; nothing of it was.
    """
    try:
        with vault.transaction() as db:
            return change(db)
    except DiskFullError:
        if not vault.ballast.drop():
            raise
    _log.warning("the disk is full: the ballast is gone")
    with vault.transaction() as db:
        result = change(db)
        db.execute("UPDATE message SET dismissed = 1 WHERE kind = ?", (NOTE,))
        mirror.add_message(db, NOTE, message.Telling(message.DISK_FULL), None, clock.now())
    return result


# -- private -------------------------------------------------------------------------------------------------


def _take(file: int, size: int) -> None:
    """Let a file have all its blocks; a hole would keep nothing free."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file, 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
                raise
        else:
            return
    left = size
    while left > 0:
        left -= os.write(file, bytes(min(left, _BLOCK)))


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
