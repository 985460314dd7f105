"""A teacher at work on the whole program, for benchmarks.

The whole workspace runs offscreen in a window of 1600×1000, on a real local file on the disk, with real papers of the
shipped bank and scans at 300 dpi; only the server is in memory.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.core.paths import resource
from mv_desktop.demo.question_bank import content_of_class, shipped_templates
from mv_desktop.domain.exam import ExamSnapshot, ExamType, build_paper
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.operation import PutAnnotations, SetMark
from mv_desktop.ui.canvas.image_cache import ImageKey
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.clipboard import release_clipboard
from mv_desktop.ui.garbage import Collector, spare_what_stays
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from mv_desktop.ui.marking.page import page_views
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.workspace import Workspace
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.bench.display import use_offscreen
from tests.bench.matrix import HEIGHT, WIDTH, Cell, scan
from tests.factories.local import evaluation_id, pulled, pulled_page
from tests.fakes.desk import MemoryPages, fake_desk
from tests.fakes.picture_source import encoded
from tests.fakes.sync_server import FakeSyncServer

PAPERS = 4
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


class Work(NamedTuple):
    """One script in the queue, due in its turn."""

    pages: int = 8
    marks: int = 0


class Teacher:
    """A teacher signed in, with all scripts and pages on her computer."""

    def __init__(self, app: QApplication, folder: Path, works: Sequence[Work]) -> None:
        self.app, self.folder = app, folder
        page_views.PageView = WatchedView  # type: ignore[misc]
        picture = scan()
        self.full = encoded(picture)
        quarter = encoded(picture.resize((WIDTH // 4, HEIGHT // 4)))
        self.server = BoardServer(*_scripts(works))
        for number, work in enumerate(works, 1):
            ink = Cell(work.pages, work.marks).ink(marks=None)
            self.server.scripts[evaluation_id(number)].script.apply(PutAnnotations(tuple(ink)))
        clock = SystemClock()
        self.desk = fake_desk(folder, self.server, clock, MemoryPages(self.full, quarter, (WIDTH, HEIGHT)))
        self.tasks = Tasks()
        self.tasks.error.connect(self._on_tasks_error)
        Collector(self.tasks)
        self.window = MainWindow(self.tasks, QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
        self.window.resize(1600, 1000)
        self.window.show()
        self.work = Workspace(self.desk, self.window, self.tasks, clock, id_source(clock))
        self.window.open_workspace("Asha Rao", "Teacher")
        spare_what_stays()
        self.work.start()
        rows = self.work.queue
        pages = sum(work.pages for work in works)
        self.until(lambda: len(rows.rows) == len(works) and sum(row.pages_here for row in rows.rows) == pages)

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

    def mouse(self, what: str, at: QPoint) -> None:
        """Let the left button be pressed, moved while held, or released at a spot of the view."""
        kind = {
            "press": QEvent.Type.MouseButtonPress,
            "move": QEvent.Type.MouseMove,
            "release": QEvent.Type.MouseButtonRelease,
        }[what]
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button, held = (none if what == "move" else left), (none if what == "release" else left)
        port = self.view.viewport()
        where = QPointF(at)
        event = QMouseEvent(kind, where, port.mapToGlobal(where), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(port, event)

    def command(self, name: str) -> None:
        """Give a command of the marking screen, if this program has it."""
        action = self.work.marking.actions_by_id.get(f"marking.{name}")
        if action is not None:
            action.trigger()

    def escape(self) -> None:
        """Leave whatever has the keyboard besides the pages."""
        has_focus = QApplication.focusWidget()
        if has_focus is not None and has_focus is not self.view:
            QTest.keyClick(has_focus, Qt.Key.Key_Escape)

    def shown(self, script: EvaluationId) -> float:
        """Milliseconds until another script's picture is there, opened from the queue."""
        self.view.sharp = False
        start = time.perf_counter()
        self.open(script)
        return (time.perf_counter() - start) * 1000

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

    def settle_all(self) -> None:
        """Every question follows its stamps or has a mark, so that nothing hinders the submission: a key for each."""
        session = self.session
        for key in session.keys:
            mark = session.script.mark(key.question_number).options[key.alternative]
            if mark.disagrees:
                session.follow_stamps(key)
            elif mark.marks is None:
                session.full(key)
            self.app.processEvents()
        for key in session.keys:
            mark = session.script.mark(key.question_number).options[key.alternative]
            if mark.marks is not None and mark.marks > session.possible(key):
                ink = [i for i, placed in session.script.ink.items() if placed.annotation.question_number == key[0]]
                session.delete(ink)
                session.full(key)
            self.app.processEvents()

    def rest(self, seconds: float = 0.03) -> None:
        """Let the program do what it wants to meanwhile."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _on_tasks_error(self, error: Exception) -> None:
        raise error


@contextmanager
def teacher(works: Sequence[Work]) -> Iterator[Teacher]:
    """A teacher with these scripts on her computer, in a folder that is gone afterwards."""
    use_offscreen()
    app = QApplication([])
    apply_theme(app, "light")
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-"))
    try:
        made = Teacher(app, folder, works)
        yield made
        made.close()
        release_clipboard()
        delete(made.window)  # before the application goes, in whichever order Python lets go of things
        app.processEvents()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _scripts(works: Sequence[Work]) -> list[object]:
    """Scripts on a few real papers, each with scans of its own, due in their order."""
    now = SystemClock().now()
    papers = [paper.model_dump_json(by_alias=True) for paper in _papers()]
    return [
        pulled(
            number,
            snapshot=papers[number % PAPERS],
            total_marks=80,
            received_at=now - timedelta(hours=2),
            deadline=now + timedelta(hours=6 + number),
            pages=tuple(pulled_page(number, page, questions=(21 + page % 17,)) for page in range(1, work.pages + 1)),
        )
        for number, work in enumerate(works, 1)
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
