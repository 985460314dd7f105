"""Several sessions of marking, recorded by a watchdog: for how long the window did not answer, and what memory it took.

See `tests/bench/teacher.py` for what runs. Reference: the raw decode of one page in the same run.

- `submit.freeze`: the longest that the window does not answer from the key that opens the check until the next script
  is there, for each of several submissions.
- `gui.longest_freeze`: the longest that it does not answer while five scripts are marked with every tool, of several
  sessions.
- both with `.work`: how much of such a freeze was the GUI thread's own work, which a busy computer does not lengthen.
- `memory.50_scripts`: by how much the process has grown between the 20th and the 50th script opened in a row: twice the
  difference between the middle of the last fifteen and of the fifteen before, because what the pictures of the open and
  the next script take goes up and down by tens of megabytes from one script to the other. Twenty fill what is kept.
"""

from __future__ import annotations

import gc
import statistics
import sys
from collections.abc import Callable

import psutil
from PySide6.QtCore import QPoint, Qt

from mv_desktop.ui.canvas.image_cache import MEBIBYTE, Level, decode
from tests.bench.heart import heart
from tests.bench.report import report, report_value, timed
from tests.bench.teacher import Teacher, Work, teacher

_SESSIONS, _SCRIPTS = 3, 5
_FETCHED = 20  # ahead of time
_WARM, _IN_A_ROW = 20, 50
_CTRL = Qt.KeyboardModifier.ControlModifier
_DRAWN = ("tool.pen", "tool.highlighter", "tool.line", "tool.arrow", "tool.box", "tool.ellipse")
_LOOKED_AT = (
    "magnifier",
    "split",
    "ruler",
    "protractor",
    "brighten",
    "brighten_less",
    "rotate",
    "fit_page",
    "fit_width",
)


def main() -> int:
    with teacher([Work()] * _FETCHED) as at_work:
        raw_full = statistics.median(timed(lambda: decode(at_work.full, Level.FULL)) for _ in range(8))
        at_work.open(at_work.work.queue.rows[0].evaluation_id)
        at_work.settle()
        _memory(at_work)
        at_work.open(at_work.work.queue.rows[0].evaluation_id)
        at_work.settle()
        _submissions(at_work, raw_full)
    return 0


def _submissions(at_work: Teacher, raw_full: float) -> None:
    """Scripts marked by keyboard and mouse, with reading and zooming in between, each submitted."""
    submits, sessions, submit_work, session_work = [], [], [], []
    for _ in range(_SESSIONS):
        with heart(at_work.app) as gaps:
            for _ in range(_SCRIPTS):
                _mark(at_work)
                before = len(gaps)
                at_work.submit()
                at_work.app.processEvents()
                submits.append(max(gaps[before:]))
                submit_work.append(max(gaps.work[before:]))
        sessions.append(max(gaps))
        session_work.append(max(gaps.work))
    report("submit.freeze", submits, raw_full)
    report("submit.freeze.work", submit_work)
    report("gui.longest_freeze", sessions, raw_full)
    report("gui.longest_freeze.work", session_work)


def _memory(at_work: Teacher) -> None:
    """Scripts opened one after the other, each looked through."""
    process, sizes = psutil.Process(), []
    rows = [row.evaluation_id for row in at_work.work.queue.rows]
    for number in range(1, _IN_A_ROW + 1):
        if number % _FETCHED:
            at_work.next_script()
        else:
            at_work.open(rows[0])
        at_work.settle()
        for _ in range(3):
            at_work.view.next_page()
            at_work.settle()
        gc.collect()
        sizes.append(process.memory_info().rss)
    half = (_WARM + _IN_A_ROW) // 2
    grown = 2 * (statistics.median(sizes[half:]) - statistics.median(sizes[_WARM:half]))
    report_value("memory.50_scripts", round(grown / MEBIBYTE, 1), "MiB")


def _mark(at_work: Teacher) -> None:
    """One script as a quick teacher marks it; between two things she does the program has time to paint."""
    view, session = at_work.view, at_work.session
    steps: list[Callable[[], object]] = [lambda: view.set_stamp("tick")]
    for number, key in enumerate(session.keys):
        at = QPoint(200 + 30 * number, 150 + 40 * (number % 17))
        steps += [lambda at=at: at_work.click(at), lambda key=key: session.set_current(key)]  # type: ignore[misc]
        steps += [lambda: at_work.key(Qt.Key.Key_F), lambda: at_work.key(Qt.Key.Key_Tab)]
        if number % 4 == 0:
            steps += [view.next_page, lambda: view.zoom_by(1.1, QPoint(500, 400)), view.fit_width]
        if number % 5 == 0:
            steps += [lambda: at_work.key(Qt.Key.Key_Z, _CTRL)] * 2
            steps += [lambda: at_work.key(Qt.Key.Key_F)]
    steps += _drawing(at_work) + _looking(at_work)
    steps += [at_work.settle_all, view._sample, at_work.settle]
    for step in steps:
        step()
        at_work.rest(0.02)


def _drawing(at_work: Teacher) -> list[Callable[[], object]]:
    """A gesture with every tool that draws; what was drawn is selected, copied, pasted and deleted."""
    steps: list[Callable[[], object]] = []
    for number, tool in enumerate(_DRAWN):
        start = QPoint(250, 200 + 60 * number)
        steps += [lambda tool=tool: at_work.command(tool), lambda start=start: at_work.mouse("press", start)]  # type: ignore[misc]
        steps.append(lambda start=start: _draw(at_work, start))  # type: ignore[misc]
        steps.append(lambda start=start: at_work.mouse("release", start + QPoint(200, 20)))  # type: ignore[misc]
    for name in ("tool.text", "comment_bank"):
        steps += [lambda name=name: at_work.command(name), at_work.escape]  # type: ignore[misc]
    for name in ("select", "select_all", "copy", "paste", "delete", "undo", "undo"):
        steps.append(lambda name=name: at_work.command(name))  # type: ignore[misc]
    return [*steps, lambda: at_work.view.set_stamp("tick")]


def _draw(at_work: Teacher, start: QPoint) -> None:
    for move in range(1, 25):
        at_work.mouse("move", start + QPoint(8 * move, 4 * (move % 7)))
        at_work.rest(0.004)


def _looking(at_work: Teacher) -> list[Callable[[], object]]:
    """Every way to look at pages, on and off."""
    names = [
        name for name in _LOOKED_AT for _ in range(2 if name in {"magnifier", "split", "ruler", "protractor"} else 1)
    ]
    return [lambda name=name: at_work.command(name) for name in names]  # type: ignore[misc]


if __name__ == "__main__":
    sys.exit(main())
