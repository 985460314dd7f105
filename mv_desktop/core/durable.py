"""Files that are whole after a crash: written aside, synced, and renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from mv_desktop.core.errors import InvalidError


def write_synced(path: Path, content: bytes) -> None:
    """Write a file that only this person may read, and wait until it is on the disk.

    Raises:
        OSError: it could not be written; part of it may stand there.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) or 0 :]
        os.fsync(file.fileno())


def replace_synced(path: Path, content: bytes, ready: Callable[[], object] | None = None) -> None:
    """Write a file anew so that after a crash either the old or the new content stands there, whole.

    Args:
        path: where to.
        content: all of it.
        ready: called once it lies beside its place and only a rename is left; what it raises leaves the old content.

    Raises:
        OSError: it could not be written; the old content stands.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write_synced(draft, content)
        if ready is not None:
            ready()
        draft.replace(path)
        sync_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def save_whole(path: Path, content: bytes, ready: Callable[[], object] | None = None) -> None:
    """Write a file that a person asked for, as `replace_synced`.

    Raises:
        InvalidError: it could not be written there, and why; what stood there stands.
    """
    try:
        replace_synced(path, content, ready)
    except OSError as error:
        raise not_written(error) from error


def not_written(error: OSError) -> InvalidError:
    """What the operating system said, for who wanted a file written whole or not at all."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return InvalidError(
            "The disk is full: the file was not written.",
            kept="What was there before is as it was.",
            remedy="Free some space, or choose another disk.",
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return InvalidError(
            "The file could not be written: you may not write there.",
            kept="What was there before is as it was.",
            remedy="Choose another folder, or close the file elsewhere.",
        )
    return InvalidError("The file could not be written.", remedy="Choose another folder, or close the file elsewhere.")


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; Windows does so by itself and cannot open folders."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
