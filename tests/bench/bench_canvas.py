"""The page canvas: opening, turning pages, stamping, panning and zooming, as a teacher feels them.

Measured offscreen on A4 scans at 300 dpi (2480×3508, about 1.8 MB of JPEG each) in a window of 1600×1000, from the call
to the end of the paint that shows the result; on scripts of 1, 8 and 20 pages with no marks, with 200 and with 2,000
(`pages` and `marks` in each line). The reference of opening and turning is the raw decode of the same picture in the
same run; that of stamping, panning and zooming is the same in a plain QGraphicsScene of Qt with the same pictures and
marks (`tests/bench/bare.py`). `stamp.at_2000.growth` is a stamp with 2,000 marks against one on the empty script.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.domain.script import MarkedScript
from mv_desktop.ui.canvas.image_cache import DEFAULT_BUDGET, MEBIBYTE, ImageCache, ImageKey, Level, decode
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.garbage import Collector
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.bench.bare import BareScene, BareView
from tests.bench.heart import heart
from tests.bench.matrix import HEIGHT, PAGES, WIDTH, Cell, cells, scan
from tests.bench.report import report_value, timed
from tests.fakes.picture_source import MemoryPictures, encoded, marked, new_id, page_info, stamp_on

_PATIENCE_S = 20.0
_OPENS, _PANS, _ZOOMS, _STAMPS = 5, 40, 16, 40


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
        Collector(self.tasks)
        self.cache = ImageCache()
        self.view = WatchedView(self.cache, self.tasks, new_id)
        self.view.resize(1600, 1000)
        self.view.put_requested.connect(lambda placed: self.apply(PutAnnotations(placed)))
        picture = scan()
        self.full = encoded(picture)
        self.quarter = encoded(picture.resize((WIDTH // 4, HEIGHT // 4)))
        self.script: MarkedScript = marked()
        self.view.show()
        app.processEvents()

    def open(self, pages: int, script: MarkedScript | None = None) -> None:
        """A script that no part of the program has seen yet."""
        self.script = script or marked()
        source = MemoryPictures()
        infos: list[PageInfo] = []
        for number in range(1, pages + 1):
            infos.append(page_info(number, WIDTH, HEIGHT))
            source.put(PageRef(number), self.full, self.quarter)
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
        self.until(lambda: self.cache.idle and self.view._more_marks is None)
        self.app.processEvents()

    def close(self) -> None:
        self.view.shutdown()
        self.cache.shutdown()
        self.tasks.shutdown()


def main() -> int:
    app = QApplication([])
    apply_theme(app, "light")
    bench = Bench(app)
    _memory(bench)
    raw_quarter = statistics.median(
        timed(lambda: decode(bench.quarter, Level.QUARTER, reduced=True)) for _ in range(20)
    )
    raw_full = statistics.median(timed(lambda: decode(bench.full, Level.FULL)) for _ in range(10))
    half = decode(bench.full, Level.HALF)
    assert half is not None
    first: dict[int, float] = {}
    for cell in cells():
        _opening(bench, cell, raw_quarter, raw_full)
        _turning(bench, cell, raw_full)
        bare = _bare(bench, cell, half)
        stamps = _marking(bench, cell, bare)
        first.setdefault(cell.pages, statistics.median(stamps))
        if cell.marks == 2_000:
            cell.report("stamp.at_2000.growth", stamps, first[cell.pages])
        _freezes(bench, cell)
    bench.close()
    return 0


def _opening(bench: Bench, cell: Cell, raw_quarter: float, raw_full: float) -> None:
    for name, sharp, reference in (("open.first_picture", False, raw_quarter), ("open.sharp", True, raw_full)):
        samples = []
        for _ in range(_OPENS):
            script = marked(cell.ink())
            samples.append(bench.pictured(lambda script=script: bench.open(cell.pages, script), sharp=sharp))  # type: ignore[misc]
            bench.settle()
        cell.report(name, samples, reference)


def _turning(bench: Bench, cell: Cell, raw_full: float) -> None:
    if cell.pages == 1:
        return
    samples = []
    for _ in range(min(cell.pages - 2, 8)):
        samples.append(bench.painted(bench.view.next_page))
        assert bench.view.picture(sharp=True), "the next page was not prefetched"
        bench.settle()
    cell.report("page.next", samples, raw_full)


def _marking(bench: Bench, cell: Cell, bare: dict[str, float]) -> list[float]:
    """Panning, zooming, then stamps and their undo, on the script that is open; answers the stamps."""
    view = bench.view
    view.go_to_page(PageRef(1))
    bench.settle()
    cell.report("pan", _panned(bench.painted, view), bare["pan"])
    bench.settle()
    zooms = [bench.painted(lambda factor=factor: view.zoom_by(factor, QPoint(800, 500))) for factor in _factors()]  # type: ignore[misc]
    cell.report("zoom", zooms, bare["zoom"])
    view.fit_width()
    bench.settle()
    view.set_stamp("tick")
    stamps = []
    for number in range(_STAMPS):
        at = QPoint(120 + 130 * (number % 10), 120 + 80 * (number // 10))
        stamps.append(bench.painted(lambda at=at: _click(view, at)))  # type: ignore[misc]
    cell.report("stamp", stamps, bare["stamp"])
    undone = []
    for item in list(bench.script.ink.values())[-_STAMPS // 2 :]:
        delete, put = DeleteAnnotations((item.annotation.annotation_id,)), PutAnnotations((item,))
        undone.append(bench.painted(lambda delete=delete: bench.apply(delete)))  # type: ignore[misc]
        undone.append(bench.painted(lambda put=put: bench.apply(put)))  # type: ignore[misc]
    cell.report("undo.paint", undone)
    return stamps


def _bare(bench: Bench, cell: Cell, picture: QImage) -> dict[str, float]:
    """The same in a plain scene, and its medians."""
    bare = BareScene(picture, cell.pages, cell.ink())

    def painted(do: Callable[[], object]) -> float:
        return bare.painted(do, bench.app.processEvents)

    painted(bare.view.viewport().update)
    found = {"pan": statistics.median(_panned(painted, bare.view))}
    found["zoom"] = statistics.median(painted(lambda f=factor: bare.view.scale(f, f)) for factor in _factors())  # type: ignore[misc]
    places = [stamp_on(1, 0.08 + 0.09 * (n % 10), 0.05 + 0.02 * (n // 10)) for n in range(_STAMPS)]
    bare.view.verticalScrollBar().setValue(0)
    bench.app.processEvents()
    found["stamp"] = statistics.median(painted(lambda item=item: bare.stamp(item)) for item in places)  # type: ignore[misc]
    bare.close()
    bench.app.processEvents()
    return found


def _panned(painted: Callable[[Callable[[], object]], float], view: BareView | PageView) -> list[float]:
    bar = view.verticalScrollBar()
    bar.setValue(0)
    samples = []
    for number in range(_PANS):
        step = 40 if number < _PANS // 2 else -40  # to and fro: a script of one page is soon at its end
        samples.append(painted(lambda step=step: bar.setValue(bar.value() + step)))  # type: ignore[misc]
    return samples


def _factors() -> list[float]:
    return [1.1 if turn % 8 < 4 else 1 / 1.1 for turn in range(_ZOOMS)]


def _memory(bench: Bench) -> None:
    """What the process has grown by after all pages have been looked at, and the most that pictures took of it."""
    base = psutil.Process().memory_info().rss
    for pages in PAGES:
        bench.open(pages)
        most = 0
        for number in range(1, pages + 1):
            bench.view.go_to_page(PageRef(number))
            bench.settle()
            most = max(most, bench.cache.bytes)
        grown = psutil.Process().memory_info().rss - base
        report_value("memory.20_pages", round(grown / MEBIBYTE, 1), "MiB", pages=pages)
        report_value("memory.20_pages.pictures", round(most / MEBIBYTE, 1), "MiB", pages=pages)
        assert most <= DEFAULT_BUDGET


def _freezes(bench: Bench, cell: Cell) -> None:
    """The longest time for which the event loop did not turn while a script is opened, read, zoomed and stamped."""
    script = marked(cell.ink())
    with heart(bench.app) as gaps:
        bench.open(cell.pages, script)
        bench.settle()
        bar = bench.view.verticalScrollBar()
        for _ in range(60):
            bar.setValue(bar.value() + 90)
            bench.app.processEvents()
        for factor in _factors():
            bench.view.zoom_by(factor, QPoint(800, 500))
            bench.app.processEvents()
        for number in range(30):
            _click(bench.view, QPoint(200 + 40 * number, 400))
            bench.app.processEvents()
        bench.settle()
    report_value("canvas.longest_freeze", round(max(gaps), 1), "ms", pages=cell.pages, marks=cell.marks)


def _click(view: PageView, at: QPoint) -> None:
    for kind, held in (
        (QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        where = QPointF(at)
        event = QMouseEvent(kind, where, where, Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view.viewport(), event)


if __name__ == "__main__":
    sys.exit(main())
