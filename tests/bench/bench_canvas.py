"""The page canvas: opening, turning pages, stamping, panning and zooming, as a teacher feels them.

Measured offscreen on 20 A4 scans at 300 dpi (2480×3508, about 1.8 MB of JPEG each) in a window of 1600×1000, from
the call to the end of the paint that shows the result. References are the raw decode of the same picture in the same
run, except `stamp.at_2000` (the same stamp on an empty script).
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.domain.script import MarkedScript
from mv_desktop.ui.canvas.image_cache import DEFAULT_BUDGET, MEBIBYTE, ImageCache, ImageKey, Level, decode
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.bench.heart import heart
from tests.bench.report import report, report_value
from tests.factories import sheet
from tests.fakes.picture_source import MemoryPictures, encoded, marked, new_id, page_info, stamp_on

PAGES = 20
WIDTH, HEIGHT = 2480, 3508
_PATIENCE_S = 20.0


class WatchedView(PageView):
    """A page view that says when it has painted, and what.

    Attributes:
        paints: how many times it has painted.
        with_picture, with_sharp_picture: the last paint had that of the current page.
    """

    paints = 0
    with_picture = False
    with_sharp_picture = False

    def paintEvent(self, event: QPaintEvent) -> None:
        picture, sharp = self.picture(sharp=False), self.picture(sharp=True)
        super().paintEvent(event)
        self.paints += 1
        self.with_picture, self.with_sharp_picture = picture, sharp

    def picture(self, *, sharp: bool) -> bool:
        """True when the current page's picture is there to be painted, at the level that its size needs."""
        if self.sheet is None or self.current_page is None:
            return False
        item = self.sheet.page(self.current_page)
        assert item is not None
        if sharp:
            return self._cache.get(ImageKey(self.sheet.album, item.ref, item.level)) is not None
        return self._cache.best(self.sheet.album, item.ref, item.level) is not None


class Bench:
    """A window with a view on a script of scans, and a stopwatch."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.tasks = Tasks()
        self.cache = ImageCache()
        self.view = WatchedView(self.cache, self.tasks, new_id)
        self.view.resize(1600, 1000)
        self.view.put_requested.connect(lambda placed: self.apply(PutAnnotations(placed)))
        self.full = encoded(_scan())
        self.quarter = encoded(_scan().resize((WIDTH // 4, HEIGHT // 4)))
        self.script: MarkedScript = marked()
        self.view.show()
        app.processEvents()

    def pages(self) -> tuple[list[PageInfo], MemoryPictures]:
        source, infos = MemoryPictures(), []
        for number in range(1, PAGES + 1):
            infos.append(page_info(number, WIDTH, HEIGHT))
            source.put(PageRef(number), self.full, self.quarter)
        return infos, source

    def open(self, script: MarkedScript | None = None) -> None:
        """A script that no part of the program has seen yet."""
        self.script = script or marked()
        infos, source = self.pages()
        self.view.show_script(infos, self.script, source)

    def apply(self, operation: PutAnnotations | DeleteAnnotations) -> None:
        self.view.refresh(self.script.apply(operation))

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.perf_counter() + _PATIENCE_S
        while not reached():
            # as the program does: asleep between events, so that the pool has the processor
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() > end:
                raise TimeoutError("the canvas did not get there")

    def painted(self, do: Callable[[], object]) -> float:
        """Milliseconds from the call to the end of the paint that follows."""
        before = self.view.paints
        start = time.perf_counter()
        do()
        self.until(lambda: self.view.paints > before)
        return (time.perf_counter() - start) * 1000

    def pictured(self, do: Callable[[], object], *, sharp: bool) -> float:
        """Milliseconds from the call until the current page has been painted with its picture."""
        start = time.perf_counter()
        do()
        view = self.view
        view.with_picture = view.with_sharp_picture = False
        self.until(lambda: view.with_sharp_picture if sharp else view.with_picture)
        return (time.perf_counter() - start) * 1000

    def settle(self) -> None:
        self.until(lambda: self.cache.idle)
        self.app.processEvents()

    def close(self) -> None:
        self.view.shutdown()
        self.cache.shutdown()
        self.tasks.shutdown()


def main() -> int:
    app = QApplication([])
    apply_theme(app, "light")
    bench = Bench(app)
    base = psutil.Process().memory_info().rss
    _memory(bench, base)
    raw_quarter = statistics.median(_times(20, lambda: decode(bench.quarter, Level.QUARTER, reduced=True)))
    raw_full = statistics.median(_times(10, lambda: decode(bench.full, Level.FULL)))
    _opening(bench, raw_quarter, raw_full)
    _turning(bench, raw_full)
    _marking(bench, raw_full)
    _freezes(bench)
    bench.close()
    return 0


def _opening(bench: Bench, raw_quarter: float, raw_full: float) -> None:
    first, sharp, again = [], [], []
    for _ in range(12):
        first.append(bench.pictured(bench.open, sharp=False))
        bench.settle()
    for _ in range(12):
        sharp.append(bench.pictured(bench.open, sharp=True))
        bench.settle()
    for _ in range(12):
        script = marked(_ink(200))
        again.append(bench.pictured(lambda script=script: bench.open(script), sharp=False))  # type: ignore[misc]
        bench.settle()
    report("open.first_picture", first, raw_quarter)
    report("open.sharp", sharp, raw_full)
    report("reopen.at_200", again, raw_quarter)


def _turning(bench: Bench, raw_full: float) -> None:
    turned = []
    bench.open()
    bench.settle()
    for _ in range(PAGES - 2):
        turned.append(bench.painted(bench.view.next_page))
        assert bench.view.picture(sharp=True), "the next page was not prefetched"
        bench.settle()
    report("page.next", turned, raw_full)


def _marking(bench: Bench, raw_full: float) -> None:
    """Stamps, and their undo; then the same, panning and zooming, with 2,000 marks on the script."""
    bench.open()
    bench.settle()
    bench.view.set_stamp("tick")
    empty = _stamping(bench)
    report("stamp.paint", empty)
    report("undo.paint", _undoing(bench))
    bench.open(marked(_ink(2000)))
    bench.settle()
    report("stamp.at_2000", _stamping(bench), statistics.median(empty))
    bar = bench.view.verticalScrollBar()
    pans = [bench.painted(lambda: bar.setValue(bar.value() + 40)) for _ in range(120)]
    bench.settle()
    report("pan.at_2000", pans, raw_full)
    zooms = []
    for turn in range(40):
        factor = 1.1 if turn % 8 < 4 else 1 / 1.1
        zooms.append(bench.painted(lambda factor=factor: bench.view.zoom_by(factor, QPoint(800, 500))))  # type: ignore[misc]
    report("zoom.at_2000", zooms, raw_full)
    bench.view.fit_width()
    bench.settle()


def _stamping(bench: Bench) -> list[float]:
    """Clicks all over the window, each until its ink has been painted."""
    samples = []
    for number in range(100):
        at = QPoint(120 + 130 * (number % 10), 120 + 80 * (number // 10))
        samples.append(bench.painted(lambda at=at: _click(bench.view, at)))  # type: ignore[misc]
    return samples


def _undoing(bench: Bench) -> list[float]:
    placed = list(bench.script.ink.values())
    samples = []
    for item in placed[-50:]:
        delete, put = DeleteAnnotations((item.annotation.annotation_id,)), PutAnnotations((item,))
        samples.append(bench.painted(lambda delete=delete: bench.apply(delete)))  # type: ignore[misc]
        samples.append(bench.painted(lambda put=put: bench.apply(put)))  # type: ignore[misc]
    return samples


def _memory(bench: Bench, base: int) -> None:
    """What the process has grown by after all pages have been looked at, and the most that pictures took of it."""
    bench.open()
    most = 0
    for number in range(1, PAGES + 1):
        bench.view.go_to_page(PageRef(number))
        bench.settle()
        most = max(most, bench.cache.bytes)
    grown = psutil.Process().memory_info().rss - base
    report_value("memory.20_pages", round(grown / MEBIBYTE, 1), "MiB")
    report_value("memory.20_pages.pictures", round(most / MEBIBYTE, 1), "MiB")
    assert most <= DEFAULT_BUDGET


def _freezes(bench: Bench) -> None:
    """The longest time for which the event loop did not turn while a script is opened, read, zoomed and stamped."""
    script = marked(_ink(200))
    with heart(bench.app) as gaps:
        bench.open(script)
        bench.settle()
        bar = bench.view.verticalScrollBar()
        for _ in range(150):
            bar.setValue(bar.value() + 90)
            bench.app.processEvents()
        for turn in range(30):
            bench.view.zoom_by(1.1 if turn < 15 else 1 / 1.1, QPoint(800, 500))
            bench.app.processEvents()
        for number in range(30):
            _click(bench.view, QPoint(200 + 40 * number, 400))
            bench.app.processEvents()
        bench.settle()
    report_value("canvas.longest_freeze", round(max(gaps), 1), "ms")


def _click(view: PageView, at: QPoint) -> None:
    for kind, held in (
        (QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        where = QPointF(at)
        event = QMouseEvent(kind, where, where, Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view.viewport(), event)


def _ink(count: int) -> list[Placed]:
    """Stamps in rows all over the script."""
    names = ("tick", "cross", "half", "circle", "star")
    each = count // PAGES
    return [
        stamp_on(
            page, 0.08 + 0.09 * (n % 10), 0.06 + 0.9 * (n // 10) / max(1, each // 10), stamp=names[n % 5], marks="1"
        )
        for page in range(1, PAGES + 1)
        for n in range(each)
    ]


def _scan() -> Image.Image:
    """A page with the grain of a scanner, so that it is as hard to decode as a real one."""
    grain = Image.effect_noise((WIDTH, HEIGHT), 12).convert("RGB")
    return Image.blend(sheet.photo(WIDTH, HEIGHT), grain, 0.25)


def _times(count: int, do: Callable[[], object]) -> list[float]:
    samples = []
    for _ in range(count):
        start = time.perf_counter()
        do()
        samples.append((time.perf_counter() - start) * 1000)
    return samples


if __name__ == "__main__":
    sys.exit(main())
