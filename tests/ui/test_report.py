"""The reports: what is counted is seen as a chart and a table, chosen by keys, kept without a network, saved."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from PySide6.QtCore import QDate, QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QToolTip
from pytestqt.qtbot import QtBot

from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.report import Span
from mv_desktop.domain.report_table import Column, Measure, ReportTable
from mv_desktop.ui.coordination.report.screen import FileKind, ReportScreen
from mv_desktop.ui.coordination.report.wording import Topic
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import PALETTES, apply_theme, current_theme, spacing
from mv_desktop.ui.widgets.chart import Bar, Chart, Fill, Look, Series
from mv_desktop.ui.widgets.chart_brush import paint_chart, steps
from mv_desktop.ui.widgets.chart_view import ChartView
from mv_desktop.ui.widgets.report_table import ReportTableView
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.report_server import FakeReports

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 7, 15, 20, tzinfo=UTC)
"""A Wednesday in UTC, and Thursday already at the school."""
WEEK = Span(date(2026, 7, 13), date(2026, 7, 16))
MONTH = Span(date(2026, 7, 1), date(2026, 7, 16))


@pytest.fixture
def server() -> FakeReports:
    return FakeReports()


@pytest.fixture
def screen(qtbot: QtBot, tasks: Tasks, server: FakeReports) -> ReportScreen:
    made = ReportScreen(server, tasks, FakeClock(NOW), ZONE)
    qtbot.addWidget(made)
    made.resize(1290, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def ready(qtbot: QtBot, screen: ReportScreen) -> None:
    qtbot.waitUntil(lambda: screen._task is None and screen._stack.currentWidget() is screen._both)


def words(screen: ReportScreen, row: int) -> list[str]:
    model = screen._table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_the_days_of_this_week_are_counted_first_and_each_report_is_read_once(qtbot, screen, server):
    ready(qtbot, screen)
    assert server.asked == [("compliance", WEEK)]
    assert words(screen, 0) == ["Mon 13 Jul 2026", "40", "36", "2", "2", "0", "90.0 %"]
    assert "of 160 promises were kept" in screen._summary.text()
    assert [bar.label for bar in screen._chart.chart.bars] == ["Mon 13 Jul", "Tue 14 Jul", "Wed 15 Jul", "Thu 16 Jul"]
    assert screen._list.hasFocus()
    for _ in Topic:
        hand.press("Ctrl+Down", screen._list)
        ready(qtbot, screen)
    assert screen.topic is list(Topic)[-1]
    for _ in Topic:
        hand.press("Ctrl+Up", screen._table)
        ready(qtbot, screen)
    assert [what for what, _ in server.asked] == ["compliance", "volume", "pace", "questions"]
    hand.press("F5", screen._table)
    ready(qtbot, screen)
    assert server.asked[-1] == ("compliance", WEEK)
    assert len(server.asked) == 5


def test_each_report_says_what_matters_first(qtbot, screen):
    ready(qtbot, screen)
    screen.show_topic(Topic.TEACHERS)
    ready(qtbot, screen)
    assert [words(screen, row)[0] for row in (0, 1)] == ["In nobody's hands", "=Bina() Das"]
    screen.show_topic(Topic.PLANS)
    assert [words(screen, row)[0] for row in (0, 1)] == ["Centum", "No plan"]
    screen.show_topic(Topic.PACE)
    ready(qtbot, screen)
    assert screen._chart.chart.bars[1].label == "Unit practice · All teachers"
    assert screen._summary.text().startswith("A board exam took 26 minutes")
    screen.show_topic(Topic.QUESTIONS)
    ready(qtbot, screen)
    assert [words(screen, row)[0] for row in range(5)] == ["harder", "harder", "easier", "easier", ""]
    assert screen._summary.text() == "4 questions of 10 stand out."
    assert len(screen._chart.chart.bars) == 4
    told = screen._table.model().index(0, 6).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "Mean: 20.0 %"


def test_days_are_chosen_and_what_makes_no_days_is_said(qtbot, screen, server):
    ready(qtbot, screen)
    hand.press("Ctrl+D", screen._table)
    assert screen._picker._choice.hasFocus()
    hand.press("Down", screen._picker._choice)
    ready(qtbot, screen)
    assert server.asked[-1][1] == Span(date(2026, 7, 6), date(2026, 7, 12))
    for _ in range(2):
        hand.press("Down", screen._picker._choice)
        ready(qtbot, screen)
    # this month, and the same days as one's own are not asked for again
    assert [span for _, span in server.asked[2:]] == [MONTH]
    assert screen._picker._first.isVisible()
    screen._picker._last.setDate(QDate(2026, 6, 30))
    assert screen._picker.fault == "The last day is before the first."
    assert screen._empty.title == "These days make no report"
    assert not any(screen.actions_by_id[f"report.{what}"].isEnabled() for what in ("refresh", "csv", "print"))
    hand.press("Ctrl+Down", screen._list)  # nor does another report stand under the name of this one
    assert screen._empty.title == "These days make no report"
    hand.press("Ctrl+Up", screen._list)
    screen.refresh()
    assert len(server.asked) == 3
    screen._picker._first.setDate(QDate(2026, 6, 29))
    ready(qtbot, screen)
    assert server.asked[-1][1] == Span(date(2026, 6, 29), date(2026, 6, 30))
    assert screen._picker.fault == ""


def test_while_it_is_counted_and_where_nothing_was_there_are_words_and_no_files(qtbot, tasks, server):
    server.gate.clear()
    server.quiet = True
    screen = ReportScreen(server, tasks, FakeClock(NOW), ZONE)
    qtbot.addWidget(screen)
    screen.show()
    try:
        assert screen._empty.title == "Counting …"
        assert not any(button.isEnabled() for button in screen._buttons.values())
        # others are asked for meanwhile: only what is looked at in the end is shown
        screen.show_topic(Topic.VOLUME)
        screen.show_topic(Topic.PACE)
    finally:
        server.gate.set()
    qtbot.waitUntil(lambda: screen._empty.title == "Nothing in these days")
    assert screen.topic is Topic.PACE
    assert not screen.actions_by_id["report.csv"].isEnabled()


def test_without_a_network_what_was_read_stays_and_the_rest_can_be_tried_again(qtbot, screen, server):
    ready(qtbot, screen)
    server.reachable = False
    screen.refresh()
    qtbot.waitUntil(lambda: "does not answer" in screen.told)
    assert screen._stack.currentWidget() is screen._both
    assert screen._buttons["csv"].isEnabled()
    screen.show_topic(Topic.VOLUME)
    qtbot.waitUntil(lambda: screen._empty.title == "The server does not answer.")
    assert not screen._buttons["csv"].isEnabled()
    screen.show_topic(Topic.PLANS)
    assert screen._stack.currentWidget() is screen._both
    screen.show_topic(Topic.VOLUME)
    qtbot.waitUntil(lambda: screen._task is None)
    server.reachable = True
    screen._empty._button.click()
    ready(qtbot, screen)
    assert words(screen, 0)[0] == "Mon 13 Jul 2026"


def test_a_report_is_saved_as_it_is_looked_at(qtbot, screen, server, tmp_path):
    ready(qtbot, screen)
    screen.show_topic(Topic.TEACHERS)
    for kind, key in ((FileKind.CSV, "Ctrl+E"), (FileKind.XLSX, "Ctrl+Shift+X")):
        hand.press(key, screen._table)
        dialog = screen.findChild(QFileDialog)
        assert dialog.selectedFiles()[0].endswith(
            f"Promises by teacher 2026-07-13 2026-07-16 (2026-07-16 0130).{kind.value}"
        )
        with qtbot.waitSignal(screen.saved):
            dialog.fileSelected.emit(str(tmp_path / f"report.{kind.value}"))
        dialog.close()
        qtbot.waitUntil(lambda: screen.findChild(QFileDialog) is None)
        screen.activateWindow()
        qtbot.waitUntil(screen.isActiveWindow)
        assert screen.told.startswith(f"Saved as report.{kind.value}")
    lines = list(csv.reader(io.StringIO((tmp_path / "report.csv").read_text("utf-8-sig"))))
    assert lines[0][0] == "Teacher"
    assert lines[2] == ["'=Bina() Das", "20", "16", "1", "3", "0", "80.0"]
    about = dict(openpyxl.load_workbook(tmp_path / "report.xlsx")["About"].values)
    assert (about["State"], about["In short"]) == ("As of Thu 16 Jul 2026 01:30.", screen.shown.summary)
    note = ExportNote("report.teachers", {"first_day": "2026-07-13", "last_day": "2026-07-16"})
    assert server.log.noted == [(note, kind, len(lines) - 1) for kind in (ExportFormat.CSV, ExportFormat.XLSX)]
    server.full = True
    screen._save(FileKind.CSV, screen.shown, note, str(tmp_path / "more.csv"))
    whole = "The file could not be written. What was there before is as it was. Choose another folder, or close the "
    qtbot.waitUntil(lambda: screen.told == f"{whole}file elsewhere.")


def test_it_is_said_in_hindi(qtbot, tasks, server):
    set_language("hi")
    try:
        screen = ReportScreen(server, tasks, FakeClock(NOW), ZONE)
        qtbot.addWidget(screen)
        screen.show()
        ready(qtbot, screen)
        assert screen._summary.text().startswith("160 वादों में से")
        assert screen._table.model().headerData(2, Qt.Orientation.Horizontal) == "समय पर"
        assert screen._chart.accessibleName().startswith("दिन के अनुसार वादे")
    finally:
        set_language("en")


# -- the chart -----------------------------------------------------------------------------------------------

TWO = (Series("Kept", "done"), Series("Late", "danger", Fill.CROSSED))


def painted(chart: Chart, theme="light", size=(600, 200)) -> tuple[QImage, list[tuple[QRectF, Bar]]]:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(PALETTES[theme].base)
    painter = QPainter(image)
    places = paint_chart(painter, QRectF(image.rect()), chart, PALETTES[theme], current_theme().font())
    painter.end()
    return image, places


def share_of(image: QImage, place: QRectF, color: str) -> float:
    rect = place.toRect()
    pixels = [
        image.pixelColor(x, y).name() == color
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.bottom())
    ]
    return sum(pixels) / len(pixels)


@pytest.mark.parametrize("theme", list(PALETTES))
@pytest.mark.parametrize("upright", [True, False])
def test_bars_are_as_long_as_their_values_and_differ_without_colour(qapp, theme, upright):
    bars = (Bar("a", (1.0, 0.0), "100 %", "a"), Bar("b", (0.5, 0.5), "50 %", "b"), Bar("c", (0.0, 1.0), "0 %", "c"))
    image, places = painted(Chart("t", TWO, bars, upright=upright, stacked=True, top=1.0), theme)
    done, danger = PALETTES[theme].done, PALETTES[theme].danger
    whole, half, none = (share_of(image, place, done) for place, _ in places)
    assert half == pytest.approx(whole / 2, rel=0.1)
    assert none == 0
    # crossed lines, not an area: seen in black and white as well
    assert 0 < share_of(image, places[2][0], danger) < whole * 0.8
    assert [bar.label for _, bar in places] == ["a", "b", "c"]


def test_what_has_no_room_is_said_to_be_in_the_table(qapp):
    bars = tuple(Bar(f"Teacher {number}", (number,), str(number), f"{number}") for number in range(50))
    chart = Chart("t", TWO[:1], bars)
    _, places = painted(chart)
    assert 3 <= len(places) < 12
    assert chart.said.splitlines()[-1] == "38 more are in the table."
    assert len(painted(chart, size=(600, 2000))[1]) == 50


def test_nobody_counts_half_a_script(qapp):
    marks = {top: steps(top, 1.0) for top in (1, 2, 3, 5, 97)}
    assert marks == {1: [0, 1], 2: [0, 1, 2], 3: [0, 1, 2, 3], 5: [0, 2, 4, 6], 97: [0, 25, 50, 75, 100]}
    assert steps(0.3, 0.0)[1] == pytest.approx(0.1)
    # minutes have their halves
    few = [Chart("t", TWO[:1], (Bar("a", (value,), "", "a"),), upright=True) for value in (1.0, 0.9)]
    whole, part = (painted(chart)[1][0][0].left() for chart in few)
    assert part > whole, "0.25 takes more room than 1"


def test_the_unit_has_its_place_beside_the_series_and_a_chart_may_have_no_room(qapp):
    bars = (Bar("a", (1.0, 2.0), "1 · 2", "a"),)
    chart = Chart("t", TWO, bars, upright=True, unit="scripts of the school")
    metrics = QFontMetricsF(current_theme().font())
    room = metrics.horizontalAdvance("KeptLate") + metrics.horizontalAdvance(chart.unit)
    for wide in range(1, round(room) + 120):
        _, places = painted(chart, size=(wide, 160))
        assert len(places) == 1
    tops = {wide: painted(chart, size=(wide, 160))[1][0][0].top() for wide in (round(room), round(room) + 110)}
    low, high = tops.values()
    assert low > high, "the second series has a line of its own, where it would lie under the unit"
    for look in (Look.LINES, Look.BARS):
        for upright in (True, False):
            for count in (0, 1, 400):
                many = Chart("t", TWO, bars * count, upright=upright, look=look, unit="scripts")
                for wide in (1, 20, 35, 36, 37, 60, 200):
                    painted(many, size=(wide, 60))


@pytest.mark.parametrize(
    ("top", "last", "count"), [(0, 1, 2), (3, 3, 4), (4, 4, 5), (7, 8, 5), (97, 100, 5), (0.3, 0.3, 4), (1234, 1500, 4)]
)
def test_an_axis_has_round_steps(top, last, count):
    marks = steps(top)
    assert marks[0] == 0
    assert marks[-1] == pytest.approx(last)
    assert len(marks) == count


def test_the_pointer_on_a_bar_tells_all_of_it_and_the_chart_follows_the_theme(qtbot, qapp):
    view = ChartView()
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show_chart(Chart("t", TWO, (Bar("a", (3, 1), "3", "three kept, one late"),), upright=True, stacked=True))
    view.show()
    light = view.grab().toImage()
    centre = view._places[0][0].center().toPoint()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, centre, view.mapToGlobal(centre)))
    assert QToolTip.text() == "three kept, one late"
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, QPoint(0, 0), view.mapToGlobal(QPoint(0, 0))))
    apply_theme(qapp, "dark")
    assert view.grab().toImage() != light


LONG = ReportTable(
    "Units",
    (
        Column("Class", Measure.TEXT),
        Column("Unit", Measure.TEXT),
        Column("Marks earned", Measure.NUMBER),
        Column("Who took it earned elsewhere", Measure.SHARE),
    ),
    (("XII", "Pair of Linear Equations in Two Variables, and what they are good for in everyday life", 12.5, 0.5),),
)


def test_headings_wrap_and_long_words_are_cut_before_anything_has_to_be_scrolled_to(qtbot):
    table = ReportTableView()
    qtbot.addWidget(table)
    table.resize(900, 200)
    table.show_table(LONG)
    with qtbot.waitExposed(table):
        table.show()
    one_line, whole = table.horizontalHeader().height(), table.columnWidth(1)
    assert table.columnWidth(3) >= table.fontMetrics().horizontalAdvance("Who took it earned elsewhere")
    table.resize(430, 200)
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    assert table.horizontalHeader().height() > one_line
    assert spacing(30) <= table.columnWidth(1) < whole
    assert table.columnWidth(2) > table.fontMetrics().horizontalAdvance("earned")
    assert table.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == LONG.rows[0][1]
    table.resize(1400, 200)
    QApplication.processEvents()
    assert table.columnWidth(1) >= table.fontMetrics().horizontalAdvance(LONG.rows[0][1]), "there is room"
    table.setColumnWidth(1, 300)  # as somebody drags it
    table.resize(440, 200)
    QApplication.processEvents()
    assert table.columnWidth(1) == 300


def test_numbers_do_not_touch_the_words_of_the_next_column(qtbot):
    columns = (Column("Share", Measure.SHARE), Column("School", Measure.TEXT))
    table = ReportTableView()
    qtbot.addWidget(table)
    table.show_table(ReportTable("Shares", columns, ((1.0, "Kendriya"), (0.5, "Navodaya"))))
    table.resize(500, 200)
    with qtbot.waitExposed(table):
        table.show()
    right = table.columnViewportPosition(1)
    for picture, top in (
        (table.viewport().grab().toImage(), table.rowViewportPosition(1)),
        (table.horizontalHeader().grab().toImage(), 0),
    ):
        rows = range(top + 4, min(top + table.rowHeight(1), picture.height()) - 4)
        # a heading has a line at its right edge, in some palettes
        paper = picture.pixelColor(right - 3, rows[0]).lightness()
        inked = {x for x in range(right - 3) for y in rows if abs(picture.pixelColor(x, y).lightness() - paper) > 60}
        assert inked
        assert max(inked) <= right - spacing(3)
