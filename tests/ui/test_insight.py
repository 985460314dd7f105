"""Insight: dashboards chosen by keys, charts walked through by arrows, copied, printed, saved, kept offline."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from mv_desktop.domain.insight import Chosen, Order, Pace, QuestionItem
from mv_desktop.domain.item_statistic import sums_of
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import QuestionMean, QuestionSums, Span
from mv_desktop.ui.clipboard import forget_marks
from mv_desktop.ui.coordination.report.wording import question_text as report_question_text
from mv_desktop.ui.insight.exporter import FileKind
from mv_desktop.ui.insight.picture import to_svg
from mv_desktop.ui.insight.question_wording import question_text
from mv_desktop.ui.insight.screen import InsightScreen
from mv_desktop.ui.insight.topic import Topic
from mv_desktop.ui.insight.wording import shown
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from mv_desktop.ui.theme import apply_theme
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.insight_place import AS_OF, QUESTIONS, FakeInsight

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 7, 15, 20, tzinfo=UTC)
"""A Wednesday in UTC, and Thursday already at the school."""
CHOSEN = Chosen(Span(date(2026, 4, 18), date(2026, 7, 16)))
QUARTER = Span(date(2026, 4, 18), date(2026, 7, 16))


@pytest.fixture
def server() -> FakeInsight:
    return FakeInsight()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def screen(qtbot: QtBot, tasks: Tasks, server: FakeInsight, clock: FakeClock) -> InsightScreen:
    made = InsightScreen(server, tasks, clock, ZONE)
    qtbot.addWidget(made)
    made.resize(1290, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def ready(qtbot: QtBot, screen: InsightScreen) -> None:
    qtbot.waitUntil(lambda: screen._task is None and screen.shown is not None)


def words(screen: InsightScreen, row: int) -> list[str]:
    model = screen.board.table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_each_dashboard_is_read_once_and_says_what_matters_and_from_when_it_is(qtbot, screen, server):
    ready(qtbot, screen)
    assert server.asked == [("units", Chosen(QUARTER), None)]
    assert words(screen, 0) == ["X", "Application of Derivatives", "44.5 %", "weak", "45", "89.00", "200.00"]
    assert screen._summary.text().startswith("5 units of 20 are weak. The weakest is Integrals, with 38 %")
    assert screen.told == "As of today 01:10."
    assert screen._list.hasFocus()
    said = {}
    for topic in Topic:
        ready(qtbot, screen)
        assert screen.topic is topic
        said[topic] = (screen._summary.text(), words(screen, 0))
        # every row of the table is a point of the chart, with the same words for a screen reader
        assert len(screen.shown.chart.bars) == len(screen.shown.table.rows)
        hand.press("Ctrl+Down", screen._list)
    assert [what for what, *_ in server.asked] == ["units", "predictions", "leaders", "flows", "promises", "questions"]
    assert said[Topic.PREDICTED][0] == (
        "268 students have a predicted score, 71.6 % in the mean. 24 have too few board exams for one."
    )
    assert said[Topic.PREDICTED][1] == ["0–10 %", "0", "0", "0", "0"]
    assert said[Topic.LOWEST][1][:5] == ["Meera Krishnamurthy 1", "XII", "31.0 %", "20.5 %", "41.5 %"]
    assert said[Topic.LEADERS][1] == ["X", "1", "Meera Krishnamurthy", "96.3 %", "4", "98.5 %"]
    assert "wait at the end." in said[Topic.VOLUMES][0]
    assert said[Topic.DUE][1][0] == "Mon 13 Apr 2026"
    assert said[Topic.PLANS][1][0] == "Centum"
    assert said[Topic.QUESTIONS][0].startswith("Questions 1–200 of 207.")
    assert "1 does so the wrong way round" in said[Topic.QUESTIONS][0]
    assert said[Topic.QUESTIONS][1][0] == "the wrong way round"
    assert screen.told == "As of today 01:10. Counted in whole weeks, Mon 13 Apr – Sun 19 Jul 2026."


def test_formulas_of_questions_are_letters_and_no_latex():
    words = r"Find  $\frac{1}{2}x^2$ where $\sin\theta = 0$."
    item = QuestionItem(UUID(int=1), "XII", QuestionType.SA, "Vectors", words, sums_of([(1.0, 0.5)]))
    assert question_text(item) == "Find ½x² where sin θ = 0."
    sums = QuestionSums(UUID(int=1), "XII", QuestionType.SA, "Vectors", words, 1, 1.0, 1.0)
    assert report_question_text(QuestionMean(sums, 0.5, None, unusual=False)) == "Find ½x² where sin θ = 0."


def test_no_dashboard_has_to_be_scrolled_sideways_in_a_small_window(qtbot, screen):
    screen.resize(1282, 687)  # what a screen of 1366 × 768 leaves
    for topic in Topic:
        screen.show_topic(topic)
        ready(qtbot, screen)
        QApplication.processEvents()
        assert screen.board.table.horizontalScrollBar().maximum() == 0, topic


def test_arrows_walk_through_the_points_of_every_chart_and_say_them(qtbot, screen):
    for topic in Topic:
        screen.show_topic(topic)
        ready(qtbot, screen)
        chart = screen.board.chart
        chart.setFocus()
        hand.press("Home", chart)
        walk = chart.chart.walk
        assert chart.current == walk[0]
        hand.press("Right", chart)
        hand.press("Down", chart)
        hand.press("Left", chart)
        if len(walk) > 2:
            assert chart.current == walk[1]
            assert screen.board.row == walk[1], "the table is at the same row"
            assert screen.board.words == chart.accessibleDescription() == chart.chart.bars[walk[1]].tip
        hand.press("End", chart)
        assert chart.current == walk[-1]
        hand.press("PgUp", chart)
        assert chart.current == walk[max(0, len(walk) - 11)]
        # and the other way round: who walks through the table is there in the chart, too
        screen.board.table.setFocus()
        hand.press("Ctrl+Home", screen.board.table)
        hand.press("Home", screen.board.table)
        screen.board.table.setCurrentIndex(screen.board.table.model().index(0, 0))
        assert chart.current == 0
        # a click on a point goes there
        chart.grab()
        place, bar = chart._places[-1]
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
        assert chart.chart.bars[chart.current].values == bar.values


def test_class_days_weeks_and_orders_are_chosen_by_keys(qtbot, screen, server):
    ready(qtbot, screen)
    hand.press("C", screen._list)
    ready(qtbot, screen)
    assert server.asked[-1] == ("units", Chosen(QUARTER, "X"), None)
    assert screen.shown.table.title == "Units, class X, Sat 18 Apr – Thu 16 Jul 2026"
    screen.show_topic(Topic.VOLUMES)
    ready(qtbot, screen)
    weeks = len(screen.shown.table.rows)
    hand.press("S", screen.board.table)
    assert (weeks, len(screen.shown.table.rows)) == (14, 90)
    assert len([one for one in server.asked if one[0] == "flows"]) == 1
    hand.press("Ctrl+D", screen.board.table)
    hand.press("Down", screen._choices.days._choice)
    ready(qtbot, screen)
    assert server.asked[-1][1] == Chosen(Span(date(2026, 6, 17), date(2026, 7, 16)), "X")
    screen.show_topic(Topic.LEADERS)
    ready(qtbot, screen)
    assert not screen._choices.days.isEnabled()
    assert screen._choices._class.hasFocus(), "what cannot be chosen now does not keep the keyboard"
    screen.show_topic(Topic.QUESTIONS)
    ready(qtbot, screen)
    hand.press("S", screen.board.table)
    ready(qtbot, screen)
    assert server.asked[-1][2] == (Order.FACILITY, 0)
    hand.press("Ctrl+PgDown", screen.board.table)
    ready(qtbot, screen)
    assert server.asked[-1][2] == (Order.FACILITY, 200)
    assert screen._summary.text().startswith(f"Questions 201–{QUESTIONS} of {QUESTIONS}.")
    asked = len(server.asked)
    hand.press("Ctrl+PgDown", screen.board.table)
    hand.press("Ctrl+PgUp", screen.board.table)
    ready(qtbot, screen)
    assert screen._summary.text().startswith("Questions 1–200")
    assert len(server.asked) == asked, "what was read is there"


def test_days_that_are_none_show_no_dashboard_but_the_one_of_all_days(qtbot, screen, server):
    ready(qtbot, screen)
    days = screen._choices.days
    days.pick(Span(date(2026, 7, 1), date(2026, 7, 15)))
    ready(qtbot, screen)
    asked = len(server.asked)
    days._last.setDate(QDate(2026, 6, 30))
    assert days.fault == "The last day is before the first."
    assert (screen.shown, screen._empty.title) == (None, "These days make no report")
    assert not screen.actions_by_id["insight.print"].isEnabled(), "what was there is of other days"
    screen.show_topic(Topic.VOLUMES)
    assert screen._empty.title == "These days make no report"
    assert len(server.asked) == asked
    screen.show_topic(Topic.LEADERS)  # its days are its own
    ready(qtbot, screen)
    assert words(screen, 0)[2] == "Meera Krishnamurthy"
    screen.show_topic(Topic.VOLUMES)
    days._last.setDate(QDate(2026, 7, 1))  # one day alone
    ready(qtbot, screen)
    assert server.asked[-1][1] == Chosen(Span(date(2026, 7, 1), date(2026, 7, 1)))
    assert len(screen.shown.chart.bars) == 1
    screen.show_topic(Topic.LEADERS)
    assert screen.shown is not None, "it was read, whatever days are chosen"
    assert [what for what, *_ in server.asked].count("leaders") == 1


def test_a_question_of_multiple_choice_shows_which_choices_were_taken(qtbot, screen, server):
    screen.show_topic(Topic.QUESTIONS)
    ready(qtbot, screen)
    chart = screen.board.chart
    chart.go_to(0)
    chart._step_to(1)
    hand.press("Enter", chart)
    assert "Only questions of multiple choice" in screen.told
    chart._step_to(4)
    hand.press("Enter", chart)
    qtbot.waitUntil(lambda: screen.shown is not None and screen.shown.table.title.startswith("Choices of"))
    assert screen._summary.text() == "The derivative of x³/3 is"
    assert words(screen, 1) == ["B", "x²", "correct", "51", "68.9 %", "71.0 %", ""]
    assert words(screen, 4) == ["Left out", "", "", "4", "5.4 %", "22.0 %", ""]
    assert [words(screen, row)[6] for row in (0, 3)] == ["stronger students take it", "hardly anybody takes it"]
    assert screen.shown.chart.bars[1].values[0] > 0.68
    hand.press("Esc", screen.board.table)
    ready(qtbot, screen)
    assert screen.shown.table.rows[0][7].startswith("If A is a matrix")


def test_admins_open_students_and_questions_in_the_office_and_nobody_else(qtbot, tasks, server, clock):
    office = [True]
    made = InsightScreen(server, tasks, clock, ZONE, leads=lambda: office[0])
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    wanted: list[tuple[str, str]] = []
    made.record_wanted.connect(lambda kind, key: wanted.append((kind, key)))
    for topic, key in ((Topic.LOWEST, "O"), (Topic.LOWEST, "Return"), (Topic.LEADERS, "O"), (Topic.QUESTIONS, "O")):
        made.show_topic(topic)
        ready(qtbot, made)
        made.board.table.setFocus()
        made.board.table.setCurrentIndex(made.board.table.model().index(1, 0))
        hand.press(key, made.board.table)
    lowest, leaders = server.predictions(CHOSEN).lowest, server.leaders(CHOSEN).students
    questions = server.questions(CHOSEN, Order.DISCRIMINATION, 0).questions
    choosing = next(n for n, one in enumerate(questions) if one.question_type is QuestionType.MCQ)
    assert wanted == [
        ("student", str(lowest[1].student_id)),
        ("student", str(lowest[1].student_id)),
        ("student", str(leaders[1].student_id)),
        ("question", str(questions[1].question_id)),
    ]
    made.board.table.setCurrentIndex(made.board.table.model().index(choosing, 0))
    hand.press("Return", made.board.table)
    qtbot.waitUntil(lambda: made.shown is not None and made.shown.table.title.startswith("Choices of"))
    hand.press("O", made.board.table)
    assert wanted[-1] == ("question", str(questions[choosing].question_id))
    for topic in (Topic.UNITS, Topic.PREDICTED, Topic.VOLUMES):
        made.show_topic(topic)
        ready(qtbot, made)
        assert not made.actions_by_id["insight.record"].isEnabled()
    office[0] = False
    made.show_topic(Topic.LEADERS)
    ready(qtbot, made)
    assert not made.actions_by_id["insight.record"].isEnabled()
    hand.press("Return", made.board.table)
    assert len(wanted) == 5


def test_what_is_not_there_is_told(qtbot, tasks, server, clock, screen):
    ready(qtbot, screen)
    server.gate.clear()
    screen.show_topic(Topic.VOLUMES)
    assert screen._empty.title == "Reading …"
    assert not screen.actions_by_id["insight.csv"].isEnabled()
    screen.show_topic(Topic.DUE)
    server.gate.set()
    ready(qtbot, screen)
    assert screen.topic is Topic.DUE
    server.reachable = False
    screen.refresh()
    qtbot.waitUntil(lambda: "does not answer" in screen.told)
    assert screen.shown is not None, "what was read stays"
    screen.show_topic(Topic.LEADERS)
    qtbot.waitUntil(lambda: screen._empty.title == "The server does not answer.")
    server.reachable, server.quiet = True, True
    screen._empty._button.click()
    qtbot.waitUntil(lambda: screen._empty.title == "Nobody stands on the leaderboard")
    screen.show_topic(Topic.DUE)
    screen.refresh()
    qtbot.waitUntil(lambda: screen._empty.title == "Nothing in these days")
    server.as_of = None
    screen.show_topic(Topic.QUESTIONS)
    qtbot.waitUntil(lambda: screen._empty.title == "Nothing was summed yet")
    # after ten minutes it is asked again by itself, and what was read stands there meanwhile
    server.as_of, server.quiet = AS_OF, False
    clock.advance(11 * 60)
    asked = len(server.asked)
    screen.show_topic(Topic.UNITS)
    assert screen.shown is not None
    assert screen.told == "Reading …"
    ready(qtbot, screen)
    assert [what for what, *_ in server.asked[asked:]] == ["units"]


def test_a_dashboard_is_copied_and_saved(qtbot, screen, server, tmp_path):  # noqa: PLR0915 - all ways out
    screen.show_topic(Topic.LEADERS)
    ready(qtbot, screen)
    clipboard = QGuiApplication.clipboard()
    hand.press("Ctrl+C", screen.board.chart)
    qtbot.waitUntil(lambda: screen.told == "The chart is on the clipboard.")
    assert clipboard.image().width() == 2400
    assert clipboard.image().pixelColor(2, 2).name() == "#ffffff"
    hand.press("Ctrl+Shift+C", screen.board.table)
    lines = [line.split("\t") for line in clipboard.text().splitlines()]
    assert lines[0] == ["Class", "Place", "Student", "Mean (%)", "Board exams", "Best (%)"]
    assert lines[4] == ["X", "4", "'=Bina() Das", "93.3", "4", "98.5"], "no cell is a formula"
    assert "<td>&#x27;=Bina() Das</td>" in clipboard.mimeData().html()
    for kind, key in (
        (FileKind.PNG, "Ctrl+G"), (FileKind.SVG, "Ctrl+Shift+G"), (FileKind.CSV, "Ctrl+E"),
        (FileKind.XLSX, "Ctrl+Shift+X"),
    ):  # fmt: skip
        screen.activateWindow()
        qtbot.waitUntil(screen.isActiveWindow)
        hand.press(key, screen.board.table)
        dialog = screen.findChild(QFileDialog)
        assert dialog.selectedFiles()[0].endswith(f"Leaderboard (2026-07-16 0110).{kind.value}")
        with qtbot.waitSignal(screen.exporter.saved):
            dialog.fileSelected.emit(str(tmp_path / f"board.{kind.value}"))
        dialog.close()
        qtbot.waitUntil(lambda: screen.findChild(QFileDialog) is None)
        assert screen.told.startswith(f"Saved as board.{kind.value}")
    rows = list(csv.reader(io.StringIO((tmp_path / "board.csv").read_text("utf-8-sig"))))
    assert rows == lines
    assert QImage(str(tmp_path / "board.png")).width() == 2400
    svg = (tmp_path / "board.svg").read_text()
    # all bars are in a picture, however many there are, and as of when they are
    assert all(name in svg for name in ("X · 1. Meera Krishnamurthy", "XII · 6. Neha Joshi"))
    assert "As of Thu 16 Jul 2026 01:10." in svg
    many = screen._place.predictions(Chosen(QUARTER))
    lowest = shown(Topic.LOWEST, many, Chosen(QUARTER), Pace.WEEK)
    drawn = to_svg(lowest.chart, "").decode()
    assert [one.student for one in many.lowest if one.student not in drawn] == []
    book = openpyxl.load_workbook(tmp_path / "board.xlsx")
    assert book.sheetnames[1] == "About"
    about = dict(book["About"].values)
    assert about["Report"] == screen.shown.table.title
    assert about["In short"] == screen.shown.summary
    assert about["State"] == "As of Thu 16 Jul 2026 01:10."
    assert about["Class"] == "All classes"
    assert {(note.what, rows) for note, _, rows in server.log.noted} == {("insight.leaders", len(lines) - 1)}
    assert [str(kind) for _, kind, _ in server.log.noted] == ["png", "svg", "csv", "xlsx"]
    server.full = True
    screen._hand(lambda handed: screen.exporter._save(FileKind.SVG, handed, str(tmp_path / "more")))
    qtbot.waitUntil(lambda: screen.told.startswith("The file could not be written."))
    assert not list(tmp_path.glob("more*"))
    server.full, server.log.reachable = False, False
    screen._hand(lambda handed: screen.exporter._save(FileKind.PNG, handed, str(tmp_path / "more")))
    qtbot.waitUntil(lambda: screen.told == "The server does not answer. Nothing was written.")
    assert not list(tmp_path.glob("more*"))
    assert clipboard.text()
    forget_marks()
    assert not clipboard.text(), "names of students go when she signs out"


def test_charts_differ_from_palette_to_palette_and_speak_hindi(qtbot, qapp, tasks, server, clock):
    set_language("hi")
    try:
        screen = InsightScreen(server, tasks, clock, ZONE)
        qtbot.addWidget(screen)
        screen.show()
        seen = set()
        for topic in Topic:
            screen.show_topic(topic)
            ready(qtbot, screen)
            for theme in ("light", "dark", "contrast"):
                apply_theme(qapp, theme)
                seen.add(bytes(screen.board.chart.grab().toImage().constBits()))
        assert len(seen) == 3 * len(Topic)
        assert screen._list.item(0).text() == "इकाइयाँ"
        assert screen.shown.table.columns[7].heading == "प्रश्न"
    finally:
        set_language("en")
        apply_theme(qapp, "light")
