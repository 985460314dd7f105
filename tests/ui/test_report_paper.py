"""Reports and dashboards on paper: every row under its headings, charts as lines, as of when it is, looked at first."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from mv_desktop.core import durable
from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.insight import Chosen, Order, Pace
from mv_desktop.domain.report import Span
from mv_desktop.domain.report_table import Column, Measure, ReportTable
from mv_desktop.ui.coordination.report.screen import ReportScreen
from mv_desktop.ui.coordination.report.wording import Topic, shown
from mv_desktop.ui.insight.screen import InsightScreen
from mv_desktop.ui.insight.topic import Topic as InsightTopic
from mv_desktop.ui.insight.wording import shown as insight_shown
from mv_desktop.ui.paper.page_dialog import PageDialog
from mv_desktop.ui.paper.painting import Laid, Told, picture_of, to_pdf
from mv_desktop.ui.paper.report import lay_report
from mv_desktop.ui.paper.sheet import BOTTOM, LEFT, LYING, RIGHT, Graph, Rule, Style, Words, metrics
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.chart import Bar, Chart, Series
from mv_desktop.ui.widgets.report_text import Shown
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.insight_place import FakeInsight
from tests.fakes.report_server import FakeReports

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 7, 15, 20, tzinfo=UTC)
YEAR = Span(date(2025, 1, 1), date(2025, 12, 31))
QUARTER = Chosen(Span(date(2026, 4, 18), date(2026, 7, 16)))
AS_OF = "As of Thu 16 Jul 2026 01:30."
NO_CHART = Chart("none", (), ())


def told(_done: int, _all: int) -> None:
    """Nobody listens."""


def texts(laid: Laid) -> list[list[str]]:
    return [[mark.text for mark in page.marks if isinstance(mark, Words)] for page in laid.pages]


def table_of(rows: int, *more: Column) -> Shown:
    columns = (Column("Number", Measure.COUNT), Column("Who", Measure.TEXT), *more)
    values = tuple((number, f"Teacher {number}", *("" for _ in more)) for number in range(rows))
    return Shown(ReportTable("Long", columns, values), NO_CHART, "All of them.", empty=False)


def test_a_long_report_has_all_rows_the_headings_on_each_page_and_says_as_of_when_it_is(qapp):
    found = shown(Topic.VOLUME, FakeReports().volume(YEAR))
    laid = lay_report(found, AS_OF, "Volumes (2026)", told)
    assert (laid.title, laid.name) == ("Volumes, Wed 1 Jan – Wed 31 Dec 2025", "Volumes (2026)")
    pages = texts(laid)
    assert len(pages) > 5
    days = [text for page in pages for text in page if text.endswith(" 2025") and "–" not in text]
    assert (len(days), days[0], days[-1]) == (365, "Wed 1 Jan 2025", "Wed 31 Dec 2025")
    for number, page in enumerate(pages, 1):
        assert page.count("Came in") == 1
        assert " ".join(page).count(AS_OF) == 1
        assert f"Page {number} of {len(pages)}" in page
        assert page.count(laid.title) == (number > 1)
    assert pages[0][:3] == ["Volumes,", "Wed", "1"]
    (graph,) = [mark for page in laid.pages for mark in page.marks if isinstance(mark, Graph)]
    assert graph in laid.pages[0].marks
    for page in laid.pages:
        for mark in page.marks:
            assert mark.x >= LEFT - 1
            end = metrics(mark.style).horizontalAdvance(mark.text) if isinstance(mark, Words) else mark.width
            assert mark.x + end <= LYING.wide - RIGHT + 1
            assert mark.y <= LYING.high - BOTTOM + 40 * 20


def test_numbers_end_below_one_another_and_their_heading(qapp):
    laid = lay_report(table_of(30), "", "", told)
    ends = {
        round(mark.x + metrics(mark.style).horizontalAdvance(mark.text))
        for page in laid.pages
        for mark in page.marks
        if isinstance(mark, Words) and (mark.text == "Number" or (mark.text.isdigit() and mark.style is Style.SMALL))
    }
    assert len(ends) == 1
    (rule,) = [mark for mark in laid.pages[0].marks if isinstance(mark, Rule)]
    assert rule.width < LYING.width, "it ends where the table does"


def test_words_that_are_too_long_go_on_in_the_next_line_and_rows_of_many_on_the_next_page(qapp):
    long = table_of(3, Column("Question", Measure.TEXT), Column("Who took it earned elsewhere", Measure.SHARE))
    words = [f"word{number}" for number in range(900)]
    rows = tuple((*row[:2], " ".join(words) if number == 1 else "$x$ and\ty", 0.5)
                 for number, row in enumerate(long.table.rows))  # fmt: skip
    laid = lay_report(replace(long, table=replace(long.table, rows=rows)), "", "", told)
    assert len(laid.pages) > 1
    found = [word for page in texts(laid) for text in page for word in text.split() if word.startswith("word")]
    assert found == words
    assert sum("$x$ and y" in page for page in texts(laid)) >= 1, "no formula, and nothing that is no sign"
    for page in laid.pages:
        for mark in page.marks:
            if isinstance(mark, Words):
                assert mark.x + metrics(mark.style).horizontalAdvance(mark.text) <= LYING.wide - RIGHT + 1


def test_more_columns_than_have_room_are_all_there(qapp):
    many = [Column(f"Heading{number}", Measure.TEXT) for number in range(30)]
    row = (*(f"longer{number}" for number in range(30)),)
    found = Shown(ReportTable("Wide", tuple(many), (row,)), NO_CHART, "", empty=False)
    laid = lay_report(found, "", "", told)
    drawn = [mark for page in laid.pages for mark in page.marks if isinstance(mark, Words)]
    said = "".join(mark.text for mark in drawn if mark.style is Style.SMALL)
    assert all(f"longer{number}" in said for number in range(30))
    assert max(mark.x + metrics(mark.style).horizontalAdvance(mark.text) for mark in drawn) <= LYING.wide - RIGHT + 1


@pytest.mark.parametrize("topic", list(InsightTopic))
def test_every_dashboard_is_a_pdf_on_its_side_whose_chart_is_lines(qapp, topic: InsightTopic):
    apply_theme(qapp)
    place = FakeInsight()
    piece = {
        InsightTopic.UNITS: place.units, InsightTopic.PREDICTED: place.predictions,
        InsightTopic.LOWEST: place.predictions, InsightTopic.LEADERS: place.leaders,
        InsightTopic.VOLUMES: lambda chosen: place.flows(chosen, date(2026, 7, 16)),
        InsightTopic.DUE: place.promises, InsightTopic.PLANS: place.promises,
        InsightTopic.QUESTIONS: lambda chosen: place.questions(chosen, Order.DISCRIMINATION, 0),
    }[topic](QUARTER)  # fmt: skip
    set_language("hi")
    try:
        found = insight_shown(topic, piece, QUARTER, Pace.WEEK)
        laid = lay_report(found, "16 जुलाई 2026 तक।", "", told)
        data = to_pdf(laid, told)
    finally:
        set_language("en")
    with pymupdf.open(stream=data) as document:
        assert document.metadata["title"] == found.table.title
        assert (round(document[0].rect.width), round(document[0].rect.height)) == (842, 595)
        assert not any(page.get_images() for page in document)
        assert len(document[0].get_drawings()) >= 4
        fonts = {(font[1], font[3]) for page in document for font in page.get_fonts()}
        assert fonts == {("ttf", "Mukta-Regular"), ("ttf", "Mukta-SemiBold")}
        text = "".join(page.get_text() for page in document)
    assert "जुलाई" in text
    image = picture_of(laid.pages[0], 600, laid.sheet)
    assert (image.width(), image.height()) == (600, 424)
    colours = {image.pixelColor(x, y).saturation() > 100 for x in range(0, 600, 2) for y in range(100, 300, 2)}
    assert True in colours, "the chart has its colours"


@pytest.mark.parametrize("days", [29, 300, 328, 365])
def test_no_label_of_an_axis_stands_on_another(qapp, days: int):
    apply_theme(qapp)
    bars = tuple(Bar(f"Wed{number}Dec", (number + 1.0,), "", "") for number in range(days))
    chart = Chart("days", (Series("Days", "accent"),), bars, upright=True)
    with pymupdf.open(stream=to_pdf(lay_report(replace(table_of(1), chart=chart), "", "", told), told)) as found:
        labels = sorted((x, end, word) for x, _, end, _, word, *_ in found[0].get_text("words") if "Wed" in word)
    assert len(labels) > 5
    assert {word for *_, word in labels} <= {bar.label for bar in bars}, "what touches another is one word with it"
    assert all(one[1] < other[0] for one, other in pairwise(labels))


# -- the dialog ----------------------------------------------------------------------------------------------


@pytest.fixture
def host(qtbot) -> QWidget:
    """Whom dialogs stand over."""
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def settle(qtbot, tasks, dialog: PageDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.busy and not tasks.busy)


class Log:
    """What was noted.

    Attributes:
        reachable: False: nothing can be.
    """

    def __init__(self) -> None:
        self.noted: list[tuple[ExportFormat, Path | None]] = []
        self.reachable = True

    def __call__(self, kind: ExportFormat, path: Path | None) -> None:
        if not self.reachable:
            raise OfflineError("The server does not answer.", kept="Nothing was written.")
        self.noted.append((kind, path))


def opened(qtbot, tasks, host: QWidget, log: Log | None = None) -> PageDialog:
    make = partial(lay_report, table_of(150), AS_OF, "Long 2026-07-16 (0130)")
    dialog = PageDialog(make, tasks, host, noted=log or Log())
    with qtbot.waitExposed(dialog):
        dialog.show()
    settle(qtbot, tasks, dialog)
    return dialog


def test_a_report_is_looked_at_and_saved_by_keys(qtbot, tasks, tmp_path: Path):
    server = FakeReports()
    screen = ReportScreen(server, tasks, FakeClock(NOW), ZONE)
    qtbot.addWidget(screen)
    with qtbot.waitExposed(screen):
        screen.show()
    screen.activateWindow()
    qtbot.waitUntil(lambda: screen.shown is not None)
    hand.press("Ctrl+P", screen._table)
    dialog = screen.dialog
    assert dialog is not None
    settle(qtbot, tasks, dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.windowTitle() == "Print: Promises by day, Mon 13 Jul – Thu 16 Jul 2026"
    pixmap = dialog.view._page.pixmap().deviceIndependentSize()
    assert pixmap.width() > pixmap.height()
    assert pixmap.width() > 850, "it can be read"
    QTest.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    ask = dialog.findChild(QFileDialog)
    assert ask.selectedFiles()[0].endswith("Promises by day 2026-07-13 2026-07-16 (2026-07-16 0130).pdf")
    ask.fileSelected.emit(str(tmp_path / "report.pdf"))
    ask.close()
    settle(qtbot, tasks, dialog)
    assert dialog.told.text == f"Saved as report.pdf, in the folder {tmp_path}."
    with pymupdf.open(tmp_path / "report.pdf") as document:
        assert AS_OF in document[0].get_text()
    note = ExportNote("report.days", {"first_day": "2026-07-13", "last_day": "2026-07-16"})
    assert server.log.noted == [(note, ExportFormat.PDF, 4)]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: screen.dialog is None)


def test_a_dashboard_is_looked_at_by_keys_as_it_was_when_it_was_asked_for(qtbot, tasks, tmp_path: Path):
    server = FakeInsight()
    screen = InsightScreen(server, tasks, FakeClock(NOW), ZONE)
    qtbot.addWidget(screen)
    with qtbot.waitExposed(screen):
        screen.show()
    screen.activateWindow()
    screen.show_topic(InsightTopic.LEADERS)
    qtbot.waitUntil(lambda: screen.shown is not None)
    hand.press("Ctrl+P", screen.board.table)
    dialog = screen.exporter.dialog
    assert dialog is not None
    settle(qtbot, tasks, dialog)
    assert dialog.laid.title == "Leaderboard"
    assert dialog.laid.name == "Leaderboard (2026-07-16 0110)"
    assert "As of Thu 16 Jul 2026 01:10." in " ".join(texts(dialog.laid)[0])
    screen.show_topic(InsightTopic.UNITS)
    dialog.save_as(tmp_path / "board.pdf")
    settle(qtbot, tasks, dialog)
    assert [(note.what, kind, rows) for note, kind, rows in server.log.noted] == [
        ("insight.leaders", ExportFormat.PDF, 12)
    ]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: screen.exporter.dialog is None)


def test_esc_ends_what_is_laid_out(qtbot, tasks, host):
    counted: list[int] = []
    began, go_on = threading.Event(), threading.Event()

    def make(say: Told) -> Laid:
        def listening(done: int, every: int) -> None:
            if done:
                began.set()
                go_on.wait(10)
            counted.append(done)
            say(done, every)

        return lay_report(table_of(3000), "", "", listening)

    dialog = PageDialog(make, tasks, host, noted=Log())
    dialog.show()
    qtbot.waitUntil(began.is_set)
    assert dialog.busy
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    go_on.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert 0 < max(counted) < 100, "of 3,000 rows"


@pytest.mark.parametrize("ways", ["saved", "printed"])
def test_on_a_full_disk_the_file_that_was_there_stays(qtbot, tasks, host, tmp_path: Path, monkeypatch, ways):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"before")

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    log = Log()
    dialog = opened(qtbot, tasks, host, log)
    monkeypatch.setattr(durable.os, "fsync", full)
    if ways == "saved":
        dialog.save_as(path)
    else:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        dialog.print_on(printer)
    settle(qtbot, tasks, dialog)
    assert dialog.told.text.startswith("The disk is full: the file was not written.")
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]
    assert log.noted == []
    dialog.reject()


def test_what_cannot_be_noted_is_not_written(qtbot, tasks, host, tmp_path: Path):
    path, log = tmp_path / "report.pdf", Log()
    path.write_bytes(b"before")
    dialog = opened(qtbot, tasks, host, log)
    log.reachable = False
    dialog.save_as(path)
    settle(qtbot, tasks, dialog)
    assert dialog.told.text == "The server does not answer. Nothing was written."
    dialog.print_on(QPrinter(QPrinter.PrinterMode.HighResolution))
    settle(qtbot, tasks, dialog)
    assert dialog.told.text == "The server does not answer. Nothing was written."
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("report.pdf", b"before")]
    log.reachable = True
    dialog.save_as(path)
    settle(qtbot, tasks, dialog)
    assert log.noted == [(ExportFormat.PDF, path)]
    assert path.read_bytes().startswith(b"%PDF")
    dialog.reject()


def test_pages_copies_and_order_are_those_of_the_dialog_of_the_printer(qtbot, tasks, host, tmp_path: Path):
    dialog = opened(qtbot, tasks, host)
    count = len(dialog.laid.pages)
    assert count > 3
    path = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    printer.setCopyCount(2)
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    dialog.print_on(printer)
    settle(qtbot, tasks, dialog)
    with pymupdf.open(path) as document:
        feet = [line for page in document for line in page.get_text().splitlines() if line.startswith("Page ")]
        assert all(page.rect.width > page.rect.height for page in document)
    assert feet == [f"Page {number} of {count}" for number in (3, 2, 3, 2)]
    dialog.reject()
