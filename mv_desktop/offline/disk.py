"""The disk under a person's own files: private modes, whole writes, and what its failures are called."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from mv_desktop.core.durable import replace_synced
from mv_desktop.core.errors import UserError
from mv_desktop.offline import cipher


class LocalFileError(UserError):
    """The person's file on this computer could not be opened, read or written."""

    code = "local_file"


class DiskFullError(LocalFileError):
    """There is no room left on the disk."""

    code = "disk_full"


class ReadOnlyError(LocalFileError):
    """The folder or the file may not be written."""

    code = "read_only"


class DamagedError(LocalFileError):
    """The file is there and is not what was written into it."""

    code = "damaged"


class NewerFileError(LocalFileError):
    """The file was written by a newer version of the program."""

    code = "newer_file"


def newer_file() -> NewerFileError:
    """The sentence for a file of a newer version that this one cannot read."""
    return NewerFileError(
        "Your work on this computer was saved by a newer version of this program.",
        kept="It was not touched.",
        remedy="Open it with the newer version.",
    )


def reading_only() -> NewerFileError:
    """The sentence for a change to a file of a newer version."""
    return NewerFileError(
        "Your work on this computer was saved by a newer version of this program: here it can only be read.",
        kept="Everything stays as it is.",
        remedy="Use the newer version to go on.",
    )


def make_private_folder(folder: Path) -> None:
    """Make `folder` with its parents, closed to other people where the system has modes.

    Raises:
        LocalFileError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
    except OSError as error:
        raise from_os_error(error, folder) from error


def write_private(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that after a crash either the old or the new content stands there, whole.

    Raises:
        LocalFileError: it could not be written; the old content stands.
    """
    try:
        replace_synced(path, data)
    except OSError as error:
        raise from_os_error(error, path.parent) from error


def from_os_error(error: OSError, folder: Path) -> LocalFileError:
    """What `error` of the operating system means for the person whose files are in `folder`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full()
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return read_only(str(folder))
    return LocalFileError(
        f"Your work folder {folder} could not be used: {error.strerror or error}.",
        remedy="Check the disk, then open the program again.",
    )


def from_database_error(error: cipher.Error) -> LocalFileError | None:
    """What `error` of the local database means for the person; None when it is a fault of the program."""
    # the extended codes carry the primary one in their low byte
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return disk_full()
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return read_only("")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedError(
            "The file with your work on this computer is damaged.",
            kept="It is kept as it is.",
            remedy="Close the program and open it again: it moves the damaged file aside and fetches your scripts.",
        )
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return LocalFileError(
            "The file with your work on this computer could not be read or written.",
            kept="What was saved before is unharmed.",
            remedy="Check the disk, then try again.",
        )
    return None


def disk_full() -> DiskFullError:
    """The sentence for a full disk."""
    return DiskFullError(
        "The disk is full: the last change could not be saved.",
        kept="Everything before it is saved.",
        remedy="Free some space, then try again.",
    )


def read_only(folder: str) -> ReadOnlyError:
    """The sentence for a folder that may not be written."""
    where = f" {folder}" if folder else ""
    return ReadOnlyError(
        f"Your work folder{where} cannot be written.",
        kept="What was saved before is unharmed.",
        remedy="Ask whoever looks after this computer to let you write to it.",
    )
