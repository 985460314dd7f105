"""How the C library keeps what was freed."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # glibc's malloc.h
_LARGE: Final = 1 << 20


@cache
def return_large_blocks() -> bool:
    """Let blocks of a mebibyte and more go back to the system as soon as they are freed, from now on.

    glibc asks the system for a large block by itself, but takes every one that is freed as a sign that others of its
    size follow, up to 32 MiB, and cuts those from heaps in which holes stay. Decoded pages are such blocks (9 MB at
    half size): of 256 MiB of them 300 were taken, and are 254 (`memory.20_pages`). Naming a size ends the guessing.

    Returns:
        Whether the C library knows such a size. Those of Windows and macOS return large blocks by themselves.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_MMAP_THRESHOLD, _LARGE))
