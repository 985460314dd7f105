"""What is printed, laid out, looked at and saved as PDF.

Of the board paper that ships with the program, of 37 questions, and one more:

- print.shown: from the look to the painted first page, no formula known. Budget: 5 s.
- print.again: the same with solutions and marking scheme, its formulas known but for those. Budget: 12 s.
- print.saved: the plain paper as PDF, whole on the disk. Budget: 2 s.
- print.longest_freeze: how long the window did not answer during any of that. Budget: 50 ms.
- print.size: of the file.

Of a report of 2,000 rows with a chart of a year's days, and of Insight's dashboard of 200 questions:

- print.report.shown, print.insight.shown: from the look to the painted first page. Budget: 2 s.
- print.report.saved, print.insight.saved: as PDF, whole on the disk. Budget: 2 s, and 1 s.
- print.report.longest_freeze, print.insight.longest_freeze: as above. Budget: 50 ms.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from mv_desktop.core.paths import resource
from mv_desktop.demo.question_bank import content_of_class
from mv_desktop.domain.exam import Section, TemplateConfig, build_paper
from mv_desktop.domain.insight import Chosen, Order, Pace
from mv_desktop.domain.printed_paper import PrintedPaper, printed_exam
from mv_desktop.domain.report import Span
from mv_desktop.domain.report_table import Column, Measure
from mv_desktop.ui.coordination.report.wording import Topic
from mv_desktop.ui.coordination.report.wording import shown as report_shown
from mv_desktop.ui.garbage import Collector, spare_what_stays
from mv_desktop.ui.insight.topic import Topic as InsightTopic
from mv_desktop.ui.insight.wording import shown as insight_shown
from mv_desktop.ui.paper.page_dialog import PageDialog
from mv_desktop.ui.paper.print_dialog import PrintDialog, no_picture
from mv_desktop.ui.paper.report import lay_report
from mv_desktop.ui.paper.sheet import LYING
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import make_application
from mv_desktop.ui.widgets.report_text import Shown
from tests.bench.heart import heart
from tests.bench.report import report, report_value, timed
from tests.fakes.insight_place import FakeInsight
from tests.fakes.report_server import TEACHERS, FakeReports

_SEED = 7
_ROUNDS = 3
_ROWS = 2000


def main() -> int:
    app = make_application("bench")
    tasks = Tasks()
    # as the program does: Python by itself collects on the lane, and holds the window up for as long
    Collector(tasks)
    spare_what_stays()
    with tempfile.TemporaryDirectory(prefix="mv-bench-print-") as folder:
        _measure_paper(app, tasks, Path(folder) / "paper.pdf")
        _measure_report(app, tasks, Path(folder) / "report.pdf", "report", _long_report())
        _measure_report(app, tasks, Path(folder) / "insight.pdf", "insight", _dashboard())
    tasks.shutdown()
    return 0


def _measure_paper(app: QApplication, tasks: Tasks, path: Path) -> None:
    paper = _paper()
    shown: list[float] = []
    again: list[float] = []
    saved: list[float] = []
    with heart(app) as gaps:
        for _ in range(_ROUNDS):
            dialog = PrintDialog(lambda _told: paper, no_picture, tasks, note=lambda *_: None)
            dialog.show()
            shown.append(_until(app, tasks, dialog))
            saved.append(timed(lambda: dialog.save_as(path)) + _until(app, tasks, dialog))  # noqa: B023 - called at once
            dialog.solutions.setChecked(True)
            dialog.scheme.setChecked(True)
            again.append(_until(app, tasks, dialog))
            dialog.reject()
    on = {"questions": paper.count}
    report("print.shown", shown, **on)
    report("print.again", again, **on)
    report("print.saved", saved, **on)
    report("print.longest_freeze", [max(gaps)], **on)
    report("print.longest_freeze.work", [max(gaps.work)], **on)
    report_value("print.size", round(path.stat().st_size / 1e6, 2), "MB", **on)


def _measure_report(app: QApplication, tasks: Tasks, path: Path, name: str, found: Shown) -> None:
    shown: list[float] = []
    saved: list[float] = []
    with heart(app) as gaps:
        for _ in range(_ROUNDS):
            make = partial(lay_report, found, "As of Thu 16 Jul 2026 01:10.", name)
            dialog = PageDialog(make, tasks, noted=lambda *_: None, sheet=LYING)
            dialog.show()
            shown.append(_until(app, tasks, dialog))
            saved.append(timed(lambda: dialog.save_as(path)) + _until(app, tasks, dialog))  # noqa: B023 - called at once
            dialog.reject()
    on = {"rows": len(found.table.rows)}
    report(f"print.{name}.shown", shown, **on)
    report(f"print.{name}.saved", saved, **on)
    report(f"print.{name}.longest_freeze", [max(gaps)], **on)
    report(f"print.{name}.longest_freeze.work", [max(gaps.work)], **on)


def _until(app: QApplication, tasks: Tasks, dialog: PageDialog) -> float:
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


def _long_report() -> Shown:
    """Teachers by day, and a chart of a year."""
    year = Span(date(2025, 1, 1), date(2025, 12, 31))
    found = report_shown(Topic.DAYS, FakeReports().compliance(year))
    columns = (found.table.columns[0], Column("Teacher", Measure.TEXT), *found.table.columns[1:])
    whose = [(who, row) for row in found.table.rows for who in TEACHERS * 2]
    rows = tuple((row[0], who, *row[1:]) for who, row in whose)[:_ROWS]
    return replace(found, table=replace(found.table, columns=columns, rows=rows))


def _dashboard() -> Shown:
    """Of all dashboards that with the most points and rows."""
    chosen = Chosen(Span(date(2026, 4, 18), date(2026, 7, 16)))
    piece = FakeInsight().questions(chosen, Order.DISCRIMINATION, 0)
    return insight_shown(InsightTopic.QUESTIONS, piece, chosen, Pace.WEEK)


if __name__ == "__main__":
    sys.exit(main())
