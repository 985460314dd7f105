"""Locks on files, shared between programs; the operating system frees those of a killed program."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO

import portalocker

from mv_desktop.core.errors import SetupError

SHARED = portalocker.LockFlags.SHARED
EXCLUSIVE = portalocker.LockFlags.EXCLUSIVE


def try_lock(file: IO[bytes], flags: portalocker.LockFlags) -> bool:
    """Lock an open file if that is possible at once; closing it frees the lock."""
    try:
        portalocker.lock(file, flags | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        return False
    return True


def wait_for_lock(file: IO[bytes], flags: portalocker.LockFlags, seconds: float, folder: Path) -> None:
    """Lock an open file, waiting for others.

    Raises:
        SetupError: others kept it for `seconds`; the sentence names `folder`.
    """
    end = time.monotonic() + seconds
    while not try_lock(file, flags):
        if time.monotonic() > end:
            raise SetupError(
                f"Another program has been starting or stopping the server in {folder} for minutes.",
                remedy="Close the other program, or restart the computer, and try again.",
            )
        time.sleep(0.05)


def in_use(folder: Path) -> bool:
    """True while a program uses the server of `folder`, or its supervisor is stopping it."""
    path = folder / "users.lock"
    if not path.exists():
        return False
    with path.open("ab") as file:
        return not try_lock(file, EXCLUSIVE)
