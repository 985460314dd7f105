"""Marking in the whole program as a teacher feels it: stamps, undo, the next script, opening one again.

See `tests/bench/teacher.py` for what runs. Each is measured on scripts of 1, 8 and 20 pages with no marks, with 200 and
with 2,000, from the click or key to the end of the paint that shows the result. Where no other reference is named it is
the raw decode of one page in the same run.

- `stamp.click_to_ink`: until the ink is painted and saved; reference: 300 bytes appended to a file and fsynced.
  `stamp.click_to_ink.shown` is the part until the ink is on the screen, `stamp.click_to_ink.paint` what painting the
  page takes of that.
- `pen.move`: from a move of the pen to the end of the paint that shows its ink.
- `undo`: a key that undoes or redoes a stamp, until that is painted.
- `script.next`: the key until the next script's first page is painted sharp.
- `reopen.at_200`: a script with as many marks opened from the queue, until its picture is there; not prefetched.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

from PySide6.QtCore import QPoint, Qt

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.canvas.image_cache import Level, decode
from mv_desktop.ui.marking.session import SaveState
from tests.bench.matrix import Cell, cells
from tests.bench.report import timed
from tests.bench.teacher import Teacher, Work, teacher

_STAMPS, _UNDOS, _ROUNDS, _MOVES = 40, 20, 4, 80
_EACH = 2
"""Scripts of a kind: the first is marked, and from it one goes on to the next. Twenty in all are fetched ahead."""


def main() -> int:
    works = [Work(*cell) for cell in cells() for _ in range(_EACH)]
    with teacher(works) as at_work:
        raw_full = statistics.median(timed(lambda: decode(at_work.full, Level.FULL)) for _ in range(8))
        append = _plain_append(at_work.folder / "plain")
        rows = [row.evaluation_id for row in at_work.work.queue.rows]
        for number, cell in enumerate(cells()):
            scripts = rows[number * _EACH : (number + 1) * _EACH]
            _next(at_work, cell, scripts, raw_full)
            _reopen(at_work, cell, scripts, raw_full)
            at_work.open(scripts[0])
            at_work.settle()
            _stamps(at_work, cell, append)
            _undo(at_work, cell, raw_full)
            _pen(at_work, cell)
    return 0


def _stamps(at_work: Teacher, cell: Cell, append: float) -> None:
    at_work.view.set_stamp("tick")
    before = len(at_work.session.script.ink)
    whole, shown, paint = [], [], []
    for number in range(_STAMPS):
        at = QPoint(120 + 60 * (number % 12), 100 + 60 * (number // 12))
        start, painted = time.perf_counter(), at_work.view.paint_ms
        shown.append(at_work.painted(lambda at=at: at_work.click(at)))  # type: ignore[misc]
        paint.append(at_work.view.paint_ms - painted)
        at_work.until(lambda: at_work.session.save_state is SaveState.SAVED)
        whole.append((time.perf_counter() - start) * 1000)
    assert len(at_work.session.script.ink) == before + _STAMPS
    cell.report("stamp.click_to_ink", whole, append)
    cell.report("stamp.click_to_ink.shown", shown)
    cell.report("stamp.click_to_ink.paint", paint)


def _undo(at_work: Teacher, cell: Cell, raw_full: float) -> None:
    samples = []
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for number in range(_UNDOS):
        how = both if number % 2 else Qt.KeyboardModifier.ControlModifier
        samples.append(at_work.painted(lambda how=how: at_work.key(Qt.Key.Key_Z, how)))  # type: ignore[misc]
        at_work.until(lambda: at_work.session.save_state is SaveState.SAVED)
    cell.report("undo", samples, raw_full)


def _pen(at_work: Teacher, cell: Cell) -> None:
    """One long stroke; each move is a few pixels on, as a hand writes."""
    at_work.key(Qt.Key.Key_P)
    at_work.mouse("press", QPoint(200, 300))
    samples = []
    for number in range(_MOVES):
        at = QPoint(204 + 4 * number, 300 + (number % 9) * 6)
        samples.append(at_work.painted(lambda at=at: at_work.mouse("move", at)))  # type: ignore[misc]
    at_work.mouse("release", QPoint(204 + 4 * _MOVES, 300))
    at_work.until(lambda: at_work.session.save_state is SaveState.SAVED)
    at_work.view.set_tool("select")
    cell.report("pen.move", samples)


def _next(at_work: Teacher, cell: Cell, scripts: list[EvaluationId], raw_full: float) -> None:
    samples = []
    for _ in range(_ROUNDS):
        at_work.open(scripts[0])
        at_work.settle()
        for _ in scripts[1:]:
            samples.append(at_work.next_script())
            at_work.settle()
    cell.report("script.next", samples, raw_full)


def _reopen(at_work: Teacher, cell: Cell, scripts: list[EvaluationId], raw_full: float) -> None:
    """From a script to the one before it, which nothing has prefetched."""
    samples = []
    for _ in range(_ROUNDS):
        for script in reversed(scripts[:-1]):
            samples.append(at_work.shown(script))
            at_work.settle()
        at_work.open(scripts[-1])
        at_work.settle()
    cell.report("reopen.at_200" if cell.marks == 200 else "reopen", samples, raw_full)


def _plain_append(path: Path) -> float:
    """Milliseconds of what no journal can do without: bytes at the end of a file, on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append() -> None:
        os.write(descriptor, b"x" * 300)
        os.fsync(descriptor)

    times = [timed(append) for _ in range(200)]
    os.close(descriptor)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
