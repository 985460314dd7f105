"""An older file becomes a newer one: it is copied first, and the copy stays until the new one has proved itself.

The copy ``work-before-<version>.db`` is as encrypted as the file and opens with the same key. It goes when the file has
been opened well once more since, and the server has answered everything that waited in it.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from pathlib import Path

from mv_desktop.core.durable import sync_folder
from mv_desktop.offline import cipher, layout
from mv_desktop.offline.disk import DiskFullError, LocalFileError, from_database_error, from_os_error
from mv_desktop.offline.home import WORK_FILE

_SPARE_BYTES = 8 << 20
"""What must be left beside the copy for bringing the file up."""
_COPY = re.compile(r"work-before-\d+\.db")
_BLOCK = 1 << 20

_log = logging.getLogger(__name__)


class UpgradeError(LocalFileError):
    """An older file could not be brought up to this version."""

    code = "upgrade"


def bring_up(connection: cipher.Connection, path: Path) -> None:
    """Bring the open file at `path` up to this version; one that was just made gets its tables.

    Raises:
        UpgradeError: the file does not become what this version needs; it stays as it was.
        LocalFileError: it could not be copied or written; it stays as it was.
    """
    version = layout.stored_version(connection)
    if version == len(layout.VERSIONS):
        return
    if not version:
        layout.upgrade(connection)
        return
    _copy(connection, path, path.with_name(f"work-before-{version}.db"))
    try:
        layout.upgrade(connection)
    except cipher.Error as error:
        told = from_database_error(error)
        if told is not None:
            raise told from error
        _log.exception("a file of version %d cannot be brought up", version)
        raise _unfit() from error
    _log.info("the file was brought up from version %d to %d", version, len(layout.VERSIONS))


def copies(home: Path) -> tuple[Path, ...]:
    """The copies of older files in a person's folder."""
    return tuple(sorted(entry for entry in home.iterdir() if _COPY.fullmatch(entry.name)))


def remove(copied: tuple[Path, ...]) -> None:
    """The new file has proved itself. A copy that cannot be removed harms nobody."""
    for path in copied:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("a copy of an older file stays: %s", error)


def files_of(home: Path) -> tuple[str, ...]:
    """The names under which a person's work may stand in her folder."""
    return (WORK_FILE, f"{WORK_FILE}-wal", f"{WORK_FILE}-shm", *(path.name for path in copies(home)))


# -- private -------------------------------------------------------------------------------------------------


def _copy(connection: cipher.Connection, path: Path, target: Path) -> None:
    """A whole copy of the file, or none: a killed program leaves at most a draft, which the next one overwrites."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft = target.with_name(f"{target.name}.tmp")
    try:
        if shutil.disk_usage(path.parent).free < path.stat().st_size + _SPARE_BYTES:
            raise _no_room()
        with path.open("rb") as source, os.fdopen(os.open(draft, _FLAGS, 0o600), "wb") as sink:
            shutil.copyfileobj(source, sink, _BLOCK)
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise from_os_error(error, path.parent) from error


_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def _no_room() -> DiskFullError:
    return DiskFullError(
        "The disk is too full to bring your work up to this version of the program.",
        kept="Your work on this computer is unharmed.",
        remedy="Free some space, then sign in again.",
    )


def _unfit() -> UpgradeError:
    return UpgradeError(
        "Your work on this computer could not be brought up to this version of the program.",
        kept="It is unharmed and stays as it was.",
        remedy="Go on with the version before, and tell your administrator.",
    )
