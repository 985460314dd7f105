"""The marking screen as a teacher feels it: stamps, undo, the next script, submitting, and the longest freeze.

The whole workspace runs offscreen in a window of 1600×1000, on a real local file on the disk, with real papers of the
shipped bank and scans at 300 dpi; only the server is in memory. Times are from the click or key to the end of the
paint that shows the result. Where no other reference is named it is the raw decode of one page in the same run.

- `stamp.click_to_ink`: until the ink is painted and saved; reference: 300 bytes appended to a file and fsynced.
  `stamp.click_to_ink.shown` is the part until the ink is on the screen, `stamp.click_to_ink.paint` what painting the
  page takes of that.
- `undo`: a key that undoes or redoes a stamp, until that is painted.
- `script.next`: the key until the next script's first page is painted sharp.
- `submit.freeze`: the longest that the window does not answer from the key that opens the check until the next script
  is there, for each of several submissions.
- `gui.longest_freeze`: the longest that it does not answer while five scripts are marked, of several sessions.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEventLoop, QPoint, QSettings, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.core.paths import resource
from mv_desktop.demo.question_bank import content_of_class, shipped_templates
from mv_desktop.domain.exam import ExamSnapshot, ExamType, build_paper
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.operation import SetMark
from mv_desktop.ui.canvas.image_cache import ImageKey, Level, decode
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.garbage import collect_on_gui_thread, spare_what_stays
from mv_desktop.ui.marking import screen as marking_screen
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.marking.submit_check import SubmitCheck
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.workspace import Workspace
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.bench.display import use_offscreen
from tests.bench.heart import heart
from tests.bench.report import report
from tests.factories import sheet
from tests.factories.local import pulled, pulled_page
from tests.fakes.desk import MemoryPages, fake_desk
from tests.fakes.picture_source import encoded
from tests.fakes.sync_server import FakeSyncServer

SCRIPTS, PAGES, PAPERS = 20, 8, 4
WIDTH, HEIGHT = 2480, 3508
STAMPS, UNDOS, NEXTS, SESSIONS, SESSION_SCRIPTS = 150, 60, 12, 3, 5
_PATIENCE_S = 60.0


class WatchedView(PageView):
    """A page view that watches itself painting.

    Attributes:
        paints: how many times it has painted, and paint_ms: how long in all.
        sharp: the last paint had the current page's sharp picture.
    """

    paints = 0
    paint_ms = 0.0
    sharp = False

    def paintEvent(self, event: QPaintEvent) -> None:
        sharp = self._has_sharp_picture()
        start = time.perf_counter()
        super().paintEvent(event)
        self.paint_ms += (time.perf_counter() - start) * 1000
        self.paints += 1
        self.sharp = sharp

    def _has_sharp_picture(self) -> bool:
        item = None if self.sheet is None or self.current_page is None else self.sheet.page(self.current_page)
        return (
            self.sheet is not None
            and item is not None
            and self._cache.get(ImageKey(self.sheet.album, item.ref, item.level)) is not None
        )


class BoardServer(FakeSyncServer):
    """A school whose questions carry up to six marks."""

    def _take_effect(self, server, operation):
        if isinstance(operation, SetMark):
            server.script.apply(operation)
            return None
        return super()._take_effect(server, operation)


class Bench:
    """A teacher signed in, with all scripts and pages on her computer."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app = app
        marking_screen.PageView = WatchedView  # type: ignore[misc]
        scan = _scan()
        self.full = encoded(scan)
        quarter = encoded(scan.resize((WIDTH // 4, HEIGHT // 4)))
        self.server = BoardServer(*_scripts())
        clock = SystemClock()
        self.desk = fake_desk(folder, self.server, clock, MemoryPages(self.full, quarter, (WIDTH, HEIGHT)))
        self.tasks = Tasks()
        self.tasks.error.connect(self._on_tasks_error)
        collect_on_gui_thread(self.tasks)
        self.window = MainWindow(self.tasks, QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
        self.window.resize(1600, 1000)
        self.window.show()
        self.work = Workspace(self.desk, self.window, self.tasks, clock, id_source(clock))
        self.window.open_workspace("Asha Rao", "Teacher")
        spare_what_stays()
        self.work.start()
        rows = self.work.queue
        self.until(lambda: len(rows.rows) == SCRIPTS and all(row.pages_here == PAGES for row in rows.rows))

    @property
    def view(self) -> WatchedView:
        view = self.work.marking.view
        assert isinstance(view, WatchedView)
        return view

    @property
    def session(self) -> MarkingSession:
        session = self.work.marking.session
        assert session is not None
        return session

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.perf_counter() + _PATIENCE_S
        while not reached():
            # as the program does: asleep between events, so that the lanes have the processor
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() > end:
                raise TimeoutError("the program did not get there")

    def settle(self) -> None:
        """Everything that was begun is done."""
        self.until(lambda: self.work.images.idle and not self.tasks.busy)
        self.app.processEvents()

    def painted(self, do: Callable[[], object]) -> float:
        """Milliseconds from the call to the end of the paint that follows."""
        before = self.view.paints
        start = time.perf_counter()
        do()
        self.until(lambda: self.view.paints > before)
        return (time.perf_counter() - start) * 1000

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view, key, modifiers)

    def click(self, at: QPoint) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def open(self, script: EvaluationId) -> None:
        self.work.open_script(script)
        self.until(lambda: self.work.marking.evaluation_id == script and self.view.sharp)

    def next_script(self) -> float:
        """Milliseconds from the key to the next script's picture."""
        before = self.work.marking.evaluation_id
        self.view.sharp = False
        start = time.perf_counter()
        self.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
        self.until(lambda: self.work.marking.evaluation_id != before and self.view.sharp)
        return (time.perf_counter() - start) * 1000

    def submit(self) -> None:
        """Check, accept, submit, and wait for the next script."""
        before = self.work.marking.evaluation_id
        self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        check = self.work.marking.findChild(SubmitCheck)
        self.until(check.isActiveWindow)
        assert check.may_submit, check._hint.text()
        QTest.keyClick(check, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.window.activateWindow()
        self.view.sharp = False
        self.until(lambda: self.work.marking.evaluation_id != before and self.view.sharp)

    def close(self) -> None:
        closed: list[bool] = []
        self.work.close(lambda: closed.append(True))
        self.until(lambda: bool(closed))
        self.tasks.shutdown()
        self.window.allow_close()

    def _on_tasks_error(self, error: Exception) -> None:
        raise error


def main() -> int:
    use_offscreen()
    app = QApplication([])
    apply_theme(app, "light")
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-"))
    try:
        bench = Bench(app, folder)
        raw_full = statistics.median(_timed(lambda: decode(bench.full, Level.FULL)) for _ in range(8))
        bench.open(bench.work.queue.rows[0].evaluation_id)
        bench.settle()
        _stamps(bench, folder)
        _undo(bench, raw_full)
        _next(bench, raw_full)
        _submissions(bench, raw_full)
        bench.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _stamps(bench: Bench, folder: Path) -> None:
    bench.work.marking.view.set_stamp("tick")
    whole, shown, paint = [], [], []
    for number in range(STAMPS):
        at = QPoint(120 + 60 * (number % 12), 100 + 60 * (number // 12))
        start, before = time.perf_counter(), bench.view.paint_ms
        shown.append(bench.painted(lambda at=at: bench.click(at)))  # type: ignore[misc]
        paint.append(bench.view.paint_ms - before)
        bench.until(lambda: bench.session.save_state is SaveState.SAVED)
        whole.append((time.perf_counter() - start) * 1000)
    assert len(bench.session.script.ink) == STAMPS
    report("stamp.click_to_ink", whole, _plain_append(folder / "plain"))
    report("stamp.click_to_ink.shown", shown)
    report("stamp.click_to_ink.paint", paint)


def _undo(bench: Bench, raw_full: float) -> None:
    samples = []
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for number in range(UNDOS):
        how = both if number % 2 else Qt.KeyboardModifier.ControlModifier
        samples.append(bench.painted(lambda how=how: bench.key(Qt.Key.Key_Z, how)))  # type: ignore[misc]
        bench.until(lambda: bench.session.save_state is SaveState.SAVED)
    report("undo", samples, raw_full)


def _next(bench: Bench, raw_full: float) -> None:
    bench.settle()
    samples = []
    for _ in range(NEXTS):
        samples.append(bench.next_script())
        bench.settle()
    report("script.next", samples, raw_full)


def _submissions(bench: Bench, raw_full: float) -> None:
    """Scripts marked by keyboard, with reading, zooming and stamping in between, each submitted."""
    submits, sessions = [], []
    for _ in range(SESSIONS):
        with heart(bench.app) as gaps:
            for _ in range(SESSION_SCRIPTS):
                _mark(bench)
                before = len(gaps)
                bench.submit()
                bench.app.processEvents()
                submits.append(max(gaps[before:]))
        sessions.append(max(gaps))
    report("submit.freeze", submits, raw_full)
    report("gui.longest_freeze", sessions, raw_full)


def _mark(bench: Bench) -> None:
    """One script as a quick teacher marks it; between two things she does the program has time to paint."""
    view, session = bench.view, bench.session
    steps: list[Callable[[], object]] = [lambda: view.set_stamp("tick")]
    for number, key in enumerate(session.keys):
        at = QPoint(200 + 30 * number, 150 + 40 * (number % 17))
        steps += [lambda at=at: bench.click(at), lambda key=key: session.set_current(key)]  # type: ignore[misc]
        steps += [lambda: bench.key(Qt.Key.Key_F), lambda: bench.key(Qt.Key.Key_Tab)]
        if number % 4 == 0:
            steps += [view.next_page, lambda: view.zoom_by(1.1, QPoint(500, 400)), view.fit_width]
        if number % 5 == 0:
            steps += [lambda: bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)] * 2
            steps += [lambda: bench.key(Qt.Key.Key_F)]
    steps += [lambda: _settle_all(session), view._sample, bench.settle]
    for step in steps:
        step()
        _rest(bench)


def _settle_all(session: MarkingSession) -> None:
    """Every question follows its stamps or has a mark, so that nothing hinders the submission."""
    for key in session.keys:
        mark = session.script.mark(key.question_number).options[key.alternative]
        if mark.disagrees:
            session.follow_stamps(key)
        elif mark.marks is None:
            session.full(key)
    for key in session.keys:
        mark = session.script.mark(key.question_number).options[key.alternative]
        if mark.marks is not None and mark.marks > session.possible(key):
            ink = [i for i, placed in session.script.ink.items() if placed.annotation.question_number == key[0]]
            session.delete(ink)
            session.full(key)


def _rest(bench: Bench) -> None:
    end = time.perf_counter() + 0.03
    while time.perf_counter() < end:
        bench.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _scripts() -> list[object]:
    """Scripts on a few real papers, each with scans of its own."""
    now = SystemClock().now()
    papers = [paper.model_dump(mode="json", by_alias=True) for paper in _papers()]
    return [
        pulled(
            number,
            snapshot=papers[number % PAPERS],
            total_marks=80,
            received_at=now - timedelta(hours=2),
            deadline=now + timedelta(hours=6 + number),
            pages=tuple(pulled_page(number, page, questions=(20 + 2 * page,)) for page in range(1, PAGES + 1)),
        )
        for number in range(1, SCRIPTS + 1)
    ]


def _papers() -> list[ExamSnapshot]:
    """Board papers of class XII from the shipped bank."""
    settings = {row["key"]: row["value"] for row in json.loads(resource("reference", "system_config.json").read_text())}
    units = {"X": settings["cbse_units_class_x"], "XII": settings["cbse_units_class_xii"]}
    template = next(
        shipped
        for shipped in shipped_templates(units)
        if shipped.class_name == "XII" and shipped.exam_type is ExamType.BOARD_EXAM
    )
    bank = content_of_class("XII")
    return [build_paper(template.config, bank, seed) for seed in range(PAPERS)]


def _scan() -> Image.Image:
    """A page with the grain of a scanner, so that it is as hard to decode as a real one."""
    grain = Image.effect_noise((WIDTH, HEIGHT), 12).convert("RGB")
    return Image.blend(sheet.photo(WIDTH, HEIGHT), grain, 0.25)


def _plain_append(path: Path) -> float:
    """Milliseconds of what no journal can do without: bytes at the end of a file, on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append() -> None:
        os.write(descriptor, b"x" * 300)
        os.fsync(descriptor)

    times = [_timed(append) for _ in range(200)]
    os.close(descriptor)
    return statistics.median(times)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
