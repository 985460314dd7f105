"""Large blocks go back to the system when they are freed."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from mv_desktop.core.allocator import return_large_blocks

_GROWN = """
import ctypes, sys
import psutil
from mv_desktop.core.allocator import return_large_blocks

if sys.argv[1] == "returned":
    assert return_large_blocks()
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes, c.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]

def filled(size):
    block = c.malloc(size)
    ctypes.memset(block, 1, size)
    return block

c.free(filled(20 << 20))  # from now on glibc expects more of that size
before = psutil.Process().memory_info().rss
blocks = [(filled(9 << 20), filled(100_000)) for _ in range(12)]
for large, _ in blocks:  # the small ones stay, as much does in a program
    c.free(large)
print((psutil.Process().memory_info().rss - before) >> 20)
"""


def _grown(how: str) -> int:
    run = subprocess.run([sys.executable, "-c", _GROWN, how], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do so by themselves")
def test_what_was_freed_is_given_back_though_small_things_stay_beside_it() -> None:
    assert _grown("as it is") > 50
    assert _grown("returned") < 4


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not return_large_blocks.__wrapped__()
