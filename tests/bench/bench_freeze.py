"""For how long the window does not answer at what is large, or done for the first time.

See `tests/bench/teacher.py` for what runs. Each is done on scripts of 1, 8 and 20 pages with no marks, with 200 and
with 2,000, and then left alone for a moment. Budget: 50 ms, for each of them; `freeze.….work` is how much of it was the
GUI thread's own work. Reference: the raw decode of one page.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.ui.canvas.image_cache import Level, decode
from tests.bench.heart import heart
from tests.bench.matrix import Cell, cells
from tests.bench.report import timed
from tests.bench.teacher import Teacher, Work, teacher

_REST_S = 0.15
_COMMANDS = (
    ("select_all", "select_all"),
    ("copy", "copy"),
    ("paste", "paste"),
    ("undo_paste", "undo"),
    ("select_all_again", "select_all"),
    ("delete", "delete"),
    ("undo_delete", "undo"),
    ("redo_delete", "redo"),
    ("undo_delete_again", "undo"),
    ("split", "split"),
    ("split_below", "split"),
    ("split_off", "split"),
    ("brighten", "brighten"),
    ("brighten_less", "brighten_less"),
    ("magnifier", "magnifier"),
    ("magnifier_off", "magnifier"),
)


def main() -> int:
    kinds = list(cells())
    with teacher([Work(*cell) for cell in kinds]) as at_work:
        raw_full = statistics.median(timed(lambda: decode(at_work.full, Level.FULL)) for _ in range(8))
        rows = [row.evaluation_id for row in at_work.work.queue.rows]
        for cell, script in zip(kinds, rows, strict=True):
            _freeze(at_work, cell, raw_full, "open", lambda script=script: at_work.open(script))  # type: ignore[misc]
            at_work.command("select")
            for name, command in _COMMANDS:
                _freeze(at_work, cell, raw_full, name, lambda command=command: at_work.command(command))  # type: ignore[misc]
            _freeze(at_work, cell, raw_full, "formula", lambda: _write(at_work))
            _freeze(at_work, cell, raw_full, "comment_bank", lambda: at_work.command("comment_bank"))
            at_work.escape()
            at_work.settle_all()
            at_work.view._sample()
            at_work.settle()
        for cell in kinds:
            _freeze(at_work, cell, raw_full, "leave", at_work.next_script)
    return 0


def _freeze(at_work: Teacher, cell: Cell, reference: float, name: str, do: Callable[[], object]) -> None:
    with heart(at_work.app) as gaps:
        at_work.rest(0.01)
        before = len(gaps)
        do()
        at_work.rest(_REST_S)
        at_work.settle()
    cell.report(f"freeze.{name}", [max(gaps[before:])], reference)
    cell.report(f"freeze.{name}.work", [max(gaps.work[before:])])


def _write(at_work: Teacher) -> None:
    """A note with a formula."""
    at_work.command("tool.text")
    at_work.click(QPoint(420, 500))
    editor = QApplication.focusWidget()
    assert editor is not None
    for letter in r"so $\frac{x^2}{\sqrt{2}}$":
        QTest.keyClicks(editor, letter)
        at_work.rest(0.01)
    QTest.keyClick(editor, Qt.Key.Key_Return)


if __name__ == "__main__":
    sys.exit(main())
