"""Exam templates in the office, by keys: sections in a table, totals, what the bank lacks, and a paper to try."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.domain.exam import ShortBankError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.record import Difference
from mv_desktop.domain.record_name import RecordName
from mv_desktop.domain.template import SectionDraft, TemplateDraft
from mv_desktop.ui.admin.exam_window import ExamDesk
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.template import TemplateSubject
from mv_desktop.ui.paper.print_dialog import no_picture
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, set_language
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.exam_place import FakeExams
from tests.fakes.messages import KeptMessages
from tests.fakes.plan_place import NOW, FakeDrafts
from tests.fakes.template_place import BOARD, PRACTICE, FakeTemplates
from tests.ui.accessibility import nameless_controls


class Desk:
    """The templates with a server in memory."""

    def __init__(self, qtbot: QtBot, tasks: Tasks) -> None:
        self.qtbot, self.tasks, self.place, self.exams = qtbot, tasks, FakeTemplates(), FakeExams()
        self.messages, zone = KeptMessages(), ZoneInfo("Asia/Kolkata")
        subject = TemplateSubject(self.place, tasks, exams=ExamDesk(self.exams, no_picture, str))
        self.screen = RecordScreen(subject, FakeDrafts(), tasks, FakeClock(NOW), zone, self.messages)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    @property
    def form(self):
        return self.screen.panel.form

    @property
    def bank(self):
        return self.screen.panel.aside

    @property
    def table(self):
        return self.form.editor("sections").control.table

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=5000)

    def press(self, *keys: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        for key in keys:
            hand.press(key, self.screen.focusWidget())
        self.settle()

    def rows(self) -> list[list[str]]:
        return [[cell.text for cell in row.cells] for row in self.bank.table.rows]

    def type_cell(self, row: int, column: int, words: str) -> None:
        self.table.setCurrentCell(row, column)
        self.table.setFocus()
        self.press("F2")
        editor = self.screen.focusWidget()
        editor.selectAll()
        QTest.keyClicks(editor, words)
        self.end_cell()

    def end_cell(self) -> None:
        hand.press("Return", self.screen.focusWidget())
        self.screen.activateWindow()  # without a screen, the list that had popped up leaves no window active
        self.qtbot.waitUntil(self.table.hasFocus)
        self.settle()


@pytest.fixture
def desk(qtbot, tasks):
    return Desk(qtbot, tasks)


def test_the_cell_that_is_short_is_said_in_hindi():
    draft = TemplateDraft(
        "Short", "XII", "board_exam", "", 60, True,
        (
            SectionDraft("A", "", "MCQ", 1, 30), SectionDraft("B", "", "VSA", 2, 5, "Matrices 5"),
            SectionDraft("C", "", "SA", 3, 2, "Integrals 2", 1),
        ),
    )  # fmt: skip
    with pytest.raises(ShortBankError) as short:
        FakeTemplates().trial(draft, 1)
    set_language("hi")
    try:
        told = error_text(short.value)
    finally:
        set_language("en")
    assert told == (
        "प्रश्न बैंक से यह पेपर पूरा नहीं बनता: खंड A को 1 अंक के 30 बहुविकल्पी चाहिए, बैंक में इसके लिए 24 हैं; "
        "खंड B को Matrices से 2 अंक के 5 अति लघु चाहिए, बैंक में इसके लिए 4 हैं; "
        "खंड C को 3 अंक के 1 लघु में अथवा चाहिए, बैंक में 0 के लिए ही पर्याप्त हैं। "
        "प्रश्न जोड़ें या सक्रिय करें, या ढाँचा बदलें।"
    )


def test_totals_and_what_the_bank_lacks_follow_what_is_typed(desk):
    assert desk.screen.panel.heading == "Board pattern"
    assert desk.bank.totals_text == "24 questions, 28 marks"
    assert desk.bank.units_text == "Marks by unit: any 20 (71.43 %), Matrices 4 (14.29 %), Integrals 4 (14.29 %)"
    assert desk.rows() == [
        ["A", "any", "MCQ, 1 mark", "20", "24", "–"],
        ["B", "Matrices", "VSA, 2 marks", "2", "4", "–"],
        ["B", "Integrals", "VSA, 2 marks", "2", "4", "–"],
        ["B", "either/or", "VSA, 2 marks", "1", "4", "–"],
    ]
    assert desk.bank.told == "The bank has all of it."
    desk.type_cell(0, 3, "30")
    assert desk.bank.totals_text == "34 questions, 38 marks"
    assert desk.rows()[0] == ["A", "any", "MCQ, 1 mark", "30", "24", "6"]
    assert desk.bank.told == "The bank lacks 6 questions."
    assert "3 exams were made from it." in desk.screen.panel.effect
    desk.type_cell(1, 6, "Matrices 75%; Integrals 25%")
    assert desk.bank.units_text == "Marks by unit: any 30 (78.95 %), Matrices 6 (15.79 %), Integrals 2 (5.26 %)"
    desk.type_cell(1, 6, "Matrices 70%; Integrals 20%")
    assert desk.bank.told == (
        "The bank lacks 6 questions. The shares of section B add up to 90 %; they count as parts of that."
    )
    assert desk.form.faults == {}
    desk.type_cell(0, 3, "16")
    assert desk.bank.units_text == "Marks by unit: any 16 (66.67 %), Matrices 6 (25 %), Integrals 2 (8.33 %)"
    assert desk.bank.told.startswith("The bank has all of it. The shares of section B")
    assert desk.bank._told._sign == "warning"
    desk.type_cell(1, 6, "Matrices 9; Integrals 2")
    assert desk.form.faults["sections"].startswith("Section B has 4 questions, but its units add up to 11.")
    assert nameless_controls(desk.screen) == []


def test_a_section_is_added_by_keys_and_the_template_saved(desk):
    desk.table.setCurrentCell(1, 0)
    desk.table.setFocus()
    desk.press("Ctrl+Return")
    assert desk.table.rowCount() == 3
    assert "Each section needs a name" in desk.form.faults["sections"]
    QTest.keyClicks(desk.table, "N")  # a key of the screen elsewhere, and typed here
    desk.end_cell()
    assert desk.table.cells[2][0] == "N"
    desk.table.setCurrentCell(2, 2)
    desk.press("F2")
    assert desk.screen.focusWidget() is not desk.table
    desk.press("Down")
    desk.end_cell()
    desk.type_cell(2, 4, "3")
    desk.type_cell(2, 3, "2")
    desk.type_cell(2, 5, "0")
    desk.type_cell(2, 6, "Matrices 50%; Integrals 50%")
    assert desk.form.faults == {}
    desk.screen.panel.reason.setText("short answers, too")
    desk.press("Ctrl+S")
    saved = desk.place.templates[BOARD]
    assert saved.config.total_marks == 34
    assert saved.config.sections[2].question_type == "SA"
    assert saved.config.sections[2].weights == {"Matrices": 0.5, "Integrals": 0.5}
    desk.table.setCurrentCell(2, 0)
    desk.table.setFocus()
    desk.press("Ctrl+Del")
    assert desk.bank.totals_text == "24 questions, 28 marks"
    assert desk.form.differs


def test_practice_of_a_unit_needs_its_unit_and_draws_from_it(desk):
    desk.press("Down")
    assert desk.screen.panel.heading == "Practice"
    assert desk.rows() == [["A", "any", "VSA, 2 marks", "3", "4", "–"]]
    unit = desk.form.editor("specific_unit").control
    assert [unit.itemText(at) for at in range(unit.count())] == ["–", "Matrices", "Integrals", "Probability"]
    unit.setFocus()
    desk.press("Home")
    assert desk.form.faults == {"specific_unit": "Practice of a unit needs its unit."}
    desk.press("Down")
    desk.screen.panel.reason.setText("another unit")
    desk.press("Ctrl+S")
    assert desk.place.templates[PRACTICE].specific_unit == "Matrices"


def test_sections_of_then_are_put_back_from_the_history(desk):
    draft = desk.place.templates[BOARD]
    sections = (draft.sections[0], replace(draft.sections[1], question_count=2, units="Matrices 2", either_or=0))
    desk.place.put(BOARD, replace(draft, sections=sections, duration_minutes=90), "Asha Rao", "shorter")
    desk.press("F5")
    assert desk.bank.totals_text == "22 questions, 24 marks"
    desk.press("H")
    values = desk.screen.panel.history.values.rows
    assert [row.cells[0].text for row in values] == ["Sections and time"]
    assert "duration_minutes" not in values[0].cells[1].text
    assert "Minutes: 180" in values[0].cells[1].text
    assert "–" not in values[0].cells[1].text
    desk.screen.panel.history._back.click()
    desk.settle()
    assert desk.bank.totals_text == "24 questions, 28 marks"
    assert desk.form.editor("duration_minutes").typed == "180"
    assert desk.table.cells[1][6] == "Matrices 2; Integrals 2"
    desk.screen.panel.reason.setText("as it was")
    desk.press("Ctrl+S")
    assert desk.place.templates[BOARD].sections == draft.sections
    assert desk.place.templates[BOARD].duration_minutes == 180


def test_the_history_reads_names_where_the_log_has_ids(desk):
    maker, gone = str(UUID(int=7)), str(UUID(int=8))
    names = {maker: RecordName("user", "Meera Das", "teacher")}
    told = (Difference("created_by", gone, maker), Difference("updated_at", None, "2026-07-14T20:00:00+00:00"))
    desk.place.put(BOARD, replace(desk.place.templates[BOARD], duration_minutes=90), "Asha Rao", "hers")
    log = desk.place.log[BOARD]
    log[0] = replace(log[0], differences=told, names=names)
    desk.press("F5")
    desk.press("H")
    history = desk.screen.panel.history
    assert [[cell.text for cell in row.cells] for row in history.values.rows] == [
        ["Made by", "…00000008", "Meera Das (teacher)"],
        ["Changed", "–", "2026-07-15 01:30:00"],
    ]
    assert history.widget().minimumSizeHint().height() > history.minimumSizeHint().height()  # the window stays as it is
    assert history.values.rows[0].cells[2].tip == f"Meera Das (teacher)\n{maker}"


def test_a_trial_paper_shows_what_stands_in_the_form_and_writes_nothing(desk, tmp_path: Path):
    desk.bank.seed.setValue(7)
    desk.bank.button.click()
    desk.settle()
    paper = desk.bank.paper
    assert paper.isVisible()
    assert paper.windowTitle() == "Trial paper: Board pattern, number 7"
    assert len(paper.texts) == 25  # one either/or
    assert [words for words in paper.texts if words.startswith("OR ")]
    paper.activateWindow()
    desk.qtbot.waitUntil(paper.isActiveWindow)
    QTest.keyClick(paper, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: paper.print_dialog is not None)
    printed = paper.print_dialog
    desk.settle()
    desk.qtbot.waitUntil(lambda: not printed.busy)
    assert (printed.paper.title, printed.paper.class_name, printed.paper.count) == ("Board pattern", "XII", 24)
    assert printed.page == 1
    printed.save_as(tmp_path / "trial.pdf")
    desk.qtbot.waitUntil(lambda: not printed.busy)
    assert desk.place.notes.noted == [(ExportNote("paper", {"template": "Board pattern"}), ExportFormat.PDF, 24)]
    printed.reject()
    assert paper.print_dialog is None
    paper.close()
    desk.settle()
    desk.place.questions = desk.place.questions[:20]
    desk.bank.button.click()
    desk.settle()
    assert desk.bank.told.startswith("The question bank cannot fill this paper")
    assert not any(desk.place.log.values())


def test_a_trial_paper_bears_the_name_of_the_template_that_was_tried(desk):
    real, going = desk.place.trial, Event()

    def slow(draft, seed):
        going.wait(5)
        return real(draft, seed)

    desk.place.trial = slow
    desk.bank.button.click()
    hand.press("Down", desk.screen.focusWidget())  # to another one, while it is made
    desk.qtbot.waitUntil(lambda: desk.screen.panel.heading == "Practice")
    going.set()
    desk.settle()
    assert desk.bank.paper.windowTitle() == "Trial paper: Board pattern, number 1"
    assert len(desk.bank.paper.texts) == 25
    desk.bank.paper.close()
    desk.settle()
    # and what was wrong with one is not said of the other
    desk.press("Up")
    desk.place.questions = ()
    going.clear()
    desk.bank.button.click()
    hand.press("Down", desk.screen.focusWidget())
    desk.qtbot.waitUntil(lambda: desk.screen.panel.heading == "Practice")
    going.set()
    desk.settle()
    assert desk.bank.told == "The bank has all of it."
    assert desk.bank.button.isEnabled()


def test_the_exams_that_were_made_from_it_are_shown(desk):
    desk.screen.list.take_focus()
    desk.press("Shift+P")
    window = desk.screen.windows.window
    desk.settle()
    assert window.windowTitle() == "Exams made from Board pattern"
    assert desk.exams.asked == [("template", BOARD)]
    assert {row.cells[0].text for row in window.table.rows} == {"Ravi Kumar"}
    window.reject()
    desk.press("Down")
    assert not desk.screen.actions_by_id["record.papers"].isEnabled()  # none was made from it


def test_of_two_admins_neither_overwrites_the_other(desk):
    desk.form.editor("duration_minutes").control.setText("200")
    desk.settle()
    desk.place.put(BOARD, replace(desk.place.templates[BOARD], template_name="CBSE pattern"), "Asha Rao", "its name")
    desk.screen.panel.reason.setText("longer")
    desk.press("Ctrl+S")
    assert desk.form.editor("template_name").typed == "CBSE pattern"
    assert desk.form.editor("duration_minutes").typed == "200"
    desk.press("Ctrl+S")
    saved = desk.place.templates[BOARD]
    assert (saved.template_name, saved.duration_minutes, len(saved.sections)) == ("CBSE pattern", 200, 2)


def test_a_unit_that_stands_in_the_name_is_not_said_twice(desk):
    desk.place.templates[PRACTICE] = replace(desk.place.templates[PRACTICE], template_name="Unit practice: integrals")
    subject = desk.screen.subject
    assert [subject.text(row, 0) for row in desk.place.all()] == ["Board pattern", "Unit practice: integrals"]
    desk.place.templates[PRACTICE] = replace(desk.place.templates[PRACTICE], template_name="Practice")
    assert subject.text(desk.place.all()[1], 0) == "Practice · Integrals"
