"""Small disks: a real file system of two megabytes that is filled, and made read-only, while the program works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 4 << 20


class NoSmallDiskError(Exception):
    """None can be had here: that takes root, and a system that lets it mount."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of `SIZE` bytes at `folder`, only as long as this lasts.

    Raises:
        NoSmallDiskError: it cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "mv-chaos", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        print("!! NO SMALL DISK HERE: nothing is filled !!", file=sys.stderr)
        raise NoSmallDiskError
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill the disk with a file, to the last byte or but for `leave`; answers the file."""
    file = folder / "filling"
    with file.open("wb", buffering=0) as filling:
        try:
            while True:
                filling.write(bytes(65536))
        except OSError:
            pass
        size = filling.tell()
        filling.truncate(max(0, size - leave))
    return file


def read_only(folder: Path, only: bool) -> None:
    """Let nothing be written there any more, or again."""
    subprocess.run(["mount", "-o", f"remount,{'ro' if only else 'rw'}", str(folder)], check=True)
