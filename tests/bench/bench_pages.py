"""Pages: checking what was uploaded, and reading what is kept.

`intake.jpeg` is one A4 scan at 300 dpi, `intake.pdf_8_pages` a scanner app's PDF of eight such pages at 150 dpi,
`intake.pdf_100_pages` a hundred pages that must be rendered (budget: 10 s; all three against starting a Python
process that does nothing), `cache.read` one page of 1.8 MB (against reading a plain file of
that size). Budget of `cache.read`: median at most 10 ms.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from uuid import uuid4

from PIL import Image

from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.intake import CheckedFile, CheckedPage, check
from tests.bench.report import report
from tests.factories import sheet

_PAGE_BYTES = 1_800_000


def main() -> int:
    start = statistics.median(_times(20, lambda: subprocess.run([sys.executable, "-c", ""], check=True)))
    scan = sheet.jpeg(_grainy(2480, 3508), quality=85)
    report("intake.jpeg", _times(20, lambda: _checked(scan, 1)), start)
    pages = sheet.pdf_of_photos(8, (1240, 1754))
    report("intake.pdf_8_pages", _times(10, lambda: _checked(pages, 8)), start)
    many = sheet.pdf_of_text(100)
    report("intake.pdf_100_pages", _times(3, lambda: _checked(many, 100)), start)
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-"))
    try:
        _cache(folder)
    finally:
        shutil.rmtree(folder)
    return 0


def _cache(folder: Path) -> None:
    body = Random(1).randbytes(_PAGE_BYTES)
    (folder / "plain").write_bytes(body)
    plain = statistics.median(_times(200, (folder / "plain").read_bytes))
    cache = PageCache(folder / "pages", bytes(range(32)), 1 << 30)
    upload = uuid4()
    pages = tuple(CheckedPage(2480, 3508, "pdf-image", body, "jpeg", body[:60_000], number) for number in range(1, 9))
    cache.put(upload, CheckedFile(None, "", "application/pdf", "", 0, pages))
    numbers = iter(range(10**6))
    report("cache.read", _times(200, lambda: cache.read(upload, 1 + next(numbers) % 8, "full")), plain)


def _grainy(width: int, height: int) -> Image.Image:
    """A page with the grain of a scanner, so that it is as hard to decode as a real one."""
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    return Image.blend(sheet.photo(width, height), grain, 0.25)


def _checked(data: bytes, pages: int) -> None:
    checked = check(data)
    if len(checked.pages) != pages:
        raise RuntimeError(f"the check went wrong: {checked.error}")


def _times(count: int, work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    sys.exit(main())
