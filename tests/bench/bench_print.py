"""The board paper that ships with the program, of 37 questions, and one more: laid out, looked at and saved as PDF.

- print.shown: from the look to the painted first page, no formula known. Budget: 5 s.
- print.again: the same with solutions and marking scheme, its formulas known but for those. Budget: 12 s.
- print.saved: the plain paper as PDF, whole on the disk. Budget: 2 s.
- print.longest_freeze: how long the window did not answer during any of that. Budget: 50 ms.
- print.size: of the file.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from mv_desktop.core.paths import resource
from mv_desktop.demo.question_bank import content_of_class
from mv_desktop.domain.exam import Section, TemplateConfig, build_paper
from mv_desktop.domain.printed_paper import PrintedPaper, printed_exam
from mv_desktop.ui.garbage import Collector, spare_what_stays
from mv_desktop.ui.paper.print_dialog import PrintDialog, no_picture
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import make_application
from tests.bench.heart import heart
from tests.bench.report import report, report_value, timed

_SEED = 7
_ROUNDS = 3


def main() -> int:
    app = make_application("bench")
    tasks = Tasks()
    paper = _paper()
    # as the program does: Python by itself collects on the lane, and holds the window up for as long
    Collector(tasks)
    spare_what_stays()
    shown: list[float] = []
    again: list[float] = []
    saved: list[float] = []
    with tempfile.TemporaryDirectory(prefix="mv-bench-print-") as folder, heart(app) as gaps:
        path = Path(folder) / "paper.pdf"
        for _ in range(_ROUNDS):
            dialog = PrintDialog(lambda _told: paper, no_picture, tasks)
            dialog.show()
            shown.append(_until(app, tasks, dialog))
            saved.append(timed(lambda: dialog.save_as(path)) + _until(app, tasks, dialog))  # noqa: B023 - called at once
            dialog.solutions.setChecked(True)
            dialog.scheme.setChecked(True)
            again.append(_until(app, tasks, dialog))
            dialog.reject()
        size = path.stat().st_size
    on = {"questions": paper.count}
    report("print.shown", shown, **on)
    report("print.again", again, **on)
    report("print.saved", saved, **on)
    report("print.longest_freeze", [max(gaps)], **on)
    report("print.longest_freeze.work", [max(gaps.work)], **on)
    report_value("print.size", round(size / 1e6, 2), "MB", **on)
    tasks.shutdown()
    return 0


def _until(app: QApplication, tasks: Tasks, dialog: PrintDialog) -> float:
    def wait() -> None:
        while dialog.busy or tasks.busy:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    return timed(wait)


def _paper() -> PrintedPaper:
    shipped = tomllib.loads(resource("templates.toml").read_text(encoding="utf-8"))["template"][0]
    sections = [Section.model_validate(one) for one in shipped["section"]]
    more = sections[1].model_copy(update={"units": None, "question_count": sections[1].question_count + 1})
    config = TemplateConfig(total_marks=82, duration_minutes=180, sections=(sections[0], more, *sections[2:]))
    return printed_exam(build_paper(config, content_of_class("XII"), _SEED), "Board paper", "XII")


if __name__ == "__main__":
    sys.exit(main())
