"""The exams of a student or a template in a window, by keys: where each stands, what came of it, and its paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.ui.admin.exam_window import ExamDesk, ExamWindow
from mv_desktop.ui.paper.print_dialog import no_picture
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.deadline_text import moment
from tests.fakes.exam_place import EXAMS, FakeExams
from tests.fakes.plan_place import NOW

RAVI = UUID(int=1)


@pytest.fixture
def place() -> FakeExams:
    return FakeExams()


@pytest.fixture
def window(qtbot: QtBot, tasks: Tasks, place: FakeExams) -> Iterator[ExamWindow]:
    desk = ExamDesk(place, no_picture, lambda at: moment(at, NOW, ZoneInfo("Asia/Kolkata")))
    window = desk.of_student(RAVI, "Ravi Kumar", tasks)
    window.open()
    qtbot.waitUntil(lambda: not tasks.busy)
    yield window
    window.reject()


def test_each_exam_says_where_it_stands_whose_turn_it_is_and_what_came_of_it(window, place):
    assert window.windowTitle() == "Exams of Ravi Kumar"
    assert place.asked == [("student", RAVI)]
    assert [[cell.text for cell in row.cells[2:]] for row in window.table.rows] == [
        ["Not begun", "–", "MV-7"],
        ["Waits for its pages", "–", "MV-6"],
        ["Cannot be scored", "–", "MV-5"],
        ["Pages have come", "–", "MV-4"],
        ["Late", "–", "MV-3"],
        ["Withdrawn", "–", "MV-2"],
        ["Has its result", "61½ of 80", "MV-1"],
    ]
    facts = []
    for _ in EXAMS:
        facts.append(window.facts.text().splitlines())
        QTest.keyClick(window.table, Qt.Key.Key_Down)
    assert facts[0] == ["Not begun", "Made today 17:00"]
    assert facts[1] == [
        "Waits for its pages: the student has not put all of her pages in.",
        "So far 17 marks by choices",
        "Made today 16:00 · begun today 10:00 · handed in today 11:00",
    ]
    assert facts[2][1] == "Its paper or its answers are in an odd form; the audit log says more."
    assert facts[3] == [
        "Pages have come: a teacher is looked for.", "Made today 14:00 · handed in today 10:00 · 9 files of pages",
    ]  # fmt: skip
    assert facts[4][1:] == ["Made today 13:00 · 1 file of pages", "With Asha Rao, due today 11:00 · Late"]
    assert facts[5][0] == "Pages have come: its script was taken out of marking; the cases say why."
    assert facts[6] == [
        "Has its result",
        "61½ of 80 marks, 76.88 %: 17 by choices, 44½ written",
        "Made today 11:00 · begun today 10:00 · handed in today 11:00 · 8 files of pages",
        "Marked by Asha Rao, today 11:00",
    ]


def test_the_paper_of_one_is_printed_as_its_student_has_it(qtbot, tasks, window, place, tmp_path: Path):
    QTest.keyClick(window.table, Qt.Key.Key_Down)
    QTest.keyClick(window.table, Qt.Key.Key_Return)
    printed = window.dialog
    qtbot.waitUntil(lambda: not printed.busy)
    assert (printed.paper.title, printed.paper.count, printed.page) == ("Board pattern · MV-6", 4, 1)
    printed.save_as(tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: not printed.busy)
    assert place.notes.noted == [(ExportNote("paper", {"template": "Board pattern"}), ExportFormat.PDF, 4)]
    printed.reject()
    assert window.dialog is None
    place.reachable = False
    window.print_.click()
    printed = window.dialog
    qtbot.waitUntil(lambda: not printed.busy)
    assert printed.told.text == "The server cannot be reached. Nothing was lost."
    printed.reject()


def test_a_list_that_is_cut_empty_or_not_to_be_had_says_so(qtbot, tasks, place):
    desk = ExamDesk(place, no_picture, str)
    for exams, reachable, told in (
        ((EXAMS * 30)[:200], True, "The 200 newest are shown."),
        ((), True, "There is no exam yet."),
        (EXAMS, False, "The server cannot be reached. Nothing was lost."),
    ):
        place.exams, place.reachable = exams, reachable
        window = desk.of_template(UUID(int=9), "Board pattern", tasks)
        qtbot.addWidget(window)
        qtbot.waitUntil(lambda: not tasks.busy)
        assert window.told.text == told
        assert window.print_.isEnabled() == bool(window.table.rows)
        assert bool(window.facts.text()) == bool(window.table.rows)
