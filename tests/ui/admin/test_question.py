"""The question bank in the office, by keys: found, written with its formulas beside it, approved and archived."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.latex import latex_fault
from mv_desktop.domain.question_column import Column
from mv_desktop.domain.question_draft import QuestionDraft, question_faults
from mv_desktop.offline.office.new_record import NewRecords
from mv_desktop.ui.admin.math_preview import MathPreview
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.symbol_palette import SYMBOLS, SymbolPalette, insert
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, set_language
from mv_desktop.ui.widgets.tone_label import ToneLabel
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.question_place import NOW, FakeImports, FakeQuestions, question
from tests.fakes.table_files import FakeFiles

FIRST, NEW = UUID(int=1), UUID(int=999)


class Desk:
    """The bank with a server in memory."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, place: FakeQuestions, imports: FakeImports) -> None:
        self.qtbot, self.tasks, self.place = qtbot, tasks, place
        self.messages = KeptMessages()
        subject = QuestionSubject(place, lambda: NEW, imports, printed=place.printed)
        zone = ZoneInfo("Asia/Kolkata")
        self.files = FakeFiles()
        self.screen = RecordScreen(subject, FakeDrafts(), tasks, FakeClock(NOW), zone, self.messages, files=self.files)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    @property
    def form(self):
        return self.screen.panel.form

    @property
    def preview(self) -> MathPreview:
        return self.screen.findChild(MathPreview)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=10_000)

    def press(self, *keys: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        for key in keys:
            hand.press(key, self.screen.focusWidget())
        self.settle()

    def write(self, name: str, typed: str) -> None:
        """Into a field, in place of what stands there."""
        control = self.form.editor(name).control
        control.setFocus()
        control.selectAll()
        for number, line in enumerate(typed.split("\n")):
            if number:
                self.press("Return")
            QTest.keyClicks(control, line)
        if isinstance(control, QLineEdit) and control.completer() is not None:
            control.completer().popup().hide()
        self.settle()

    def choose(self, name: str, value: str) -> None:
        self.form.editor(name).write(value)
        self.form.editor(name).changed.emit()
        self.settle()


@pytest.fixture
def place() -> FakeQuestions:
    return FakeQuestions()


@pytest.fixture
def imports(place) -> FakeImports:
    return FakeImports(place)


@pytest.fixture
def desk(qtbot, tasks, place, imports):
    return Desk(qtbot, tasks, place, imports)


def test_the_bank_is_searched_narrowed_and_read_on_as_one_scrolls(desk, place):
    assert len(desk.screen.list.rows) == 50
    assert "x" in desk.screen.panel.heading
    assert desk.screen.panel.facts == "No student has answered it yet."
    desk.screen.list.table.scrollToBottom()
    desk.settle()
    assert len(desk.screen.list.rows) > 50
    boxes = desk.screen.list._choices
    assert [boxes["unit"].itemText(n) for n in range(1, boxes["unit"].count())] == [
        "Real Numbers", "Circles", "Matrices", "Determinants",
    ]  # fmt: skip
    boxes["cbse_year"].setCurrentIndex(boxes["cbse_year"].findData("2019"))
    boxes["unit"].setCurrentIndex(boxes["unit"].findData("Matrices"))
    desk.settle()
    assert place.asked[-1].choices == {"cbse_year": "2019", "unit": "Matrices"}
    assert desk.screen.list.rows == []
    desk.press("Esc", "Ctrl+F", *"77", "Return")
    assert [row.question_id for row in desk.screen.list.rows] == [UUID(int=77)]


def test_who_has_scrolled_down_stays_there_when_the_list_is_fetched_anew(desk, place):
    listed = desk.screen.list
    while len(listed.rows) < 120:
        listed.table.scrollToBottom()
        desk.settle()
    key = str(UUID(int=110))
    listed.select(key)
    desk.settle()
    at = listed.table.verticalScrollBar().value()
    assert at > 0
    place.bank[UUID(int=1)] = question(1, topic="by somebody else")
    desk.press("F5")
    assert len(listed.rows) == 120
    assert (listed.key, listed.table.verticalScrollBar().value()) == (key, at)
    assert desk.screen.panel.heading == "Find x₁₁₀."
    desk.press("Ctrl+F", "1", "1", "0", "Return")
    assert [row.question_id for row in listed.rows] == [UUID(int=110)]
    asked = len(place.asked)
    desk.press("Esc")
    assert len(place.asked) == asked + 1  # other rows are looked for: one piece of them
    assert len(listed.rows) == 50


def test_a_question_is_written_with_its_formulas_beside_it_and_every_rule_said(desk, place):
    assert desk.form.isVisible()
    desk.press("N")
    desk.write("question_text", "Order of $A\\foo B$?")
    assert desk.form.faults == {"question_text": "“\\foo” is no command that can be shown."}
    desk.write("question_text", "Order of $A_{2\\times 3}B$?")
    assert desk.form.faults == {}
    desk.write("choices", "$2$\n$3$")
    desk.write("correct", "C")
    assert desk.form.faults == {"correct": "There is no such choice."}
    desk.write("correct", "B")
    assert desk.preview.text == "Order of $A_{2\\times 3}B$?\n\n(A) $2$\n(B) $3$  ✓"
    assert desk.preview.complete
    desk.write("unit", "Matrics")
    assert "unit" in desk.form.faults
    desk.write("unit", "Matrices")
    desk.screen.panel.reason.setText("for the test")
    desk.press("Ctrl+S")
    assert desk.messages.told == []
    assert place.bank[NEW].choices == "$2$\n$3$"
    assert (place.bank[NEW].status, desk.screen.list.key) == ("draft", str(NEW))
    desk.choose("status", "active")
    assert desk.screen.panel.effect == "From now on papers are made of it."
    desk.screen.panel.reason.setText("it is right")
    desk.press("Ctrl+S")
    assert place.bank[NEW].status == "active"
    place.bank[NEW] = replace(place.bank[NEW], answered=2, earned=0.375)
    desk.press("Down")
    desk.press("Up")
    assert desk.screen.panel.facts == "2 students have answered it and earned 38 % of its marks."


def test_a_new_question_whose_answer_was_lost_is_not_made_twice(desk, place):
    ids = iter((UUID(int=901), UUID(int=902)))
    desk.screen.subject._new = NewRecords(lambda: next(ids))
    desk.press("N")
    desk.write("question_text", "Find $y$.")
    desk.write("choices", "$2$\n$3$")
    desk.write("correct", "B")
    desk.write("unit", "Matrices")
    desk.screen.panel.reason.setText("for the test")
    place.answering = False
    desk.press("Ctrl+S")
    assert UUID(int=901) in place.bank
    assert desk.messages.told[0].kept == "What you typed stays here."
    assert desk.form.editor("question_text").typed == "Find $y$."
    place.answering = True
    desk.press("Ctrl+S")
    assert desk.messages.said == ["Saved: Find y.."]
    assert desk.screen.list.key == str(UUID(int=901))
    assert [draft.question_text for draft in place.bank.values()].count("Find $y$.") == 1
    assert len(place.log) == 1
    desk.press("N")
    desk.write("question_text", "Find $z$.")
    desk.write("choices", "$2$\n$3$")
    desk.write("correct", "B")
    desk.write("unit", "Matrices")
    desk.screen.panel.reason.setText("another")
    desk.press("Ctrl+S")
    assert place.bank[UUID(int=902)].question_text == "Find $z$."


def test_a_new_question_that_could_not_be_shown_is_not_made_twice(desk, place):
    ids = iter((UUID(int=901), UUID(int=902)))
    desk.screen.subject._new = NewRecords(lambda: next(ids))
    desk.press("N")
    for name, typed in (
        ("question_text", "Find $y$."),
        ("choices", "$2$\n$3$"),
        ("correct", "B"),
        ("unit", "Matrices"),
    ):
        desk.write(name, typed)
    desk.screen.panel.reason.setText("for the test")
    shown = place.open

    def cut(_question: UUID) -> None:
        raise OfflineError("The server cannot be reached.")

    place.open = cut
    desk.press("Ctrl+S")
    assert UUID(int=901) in place.bank
    assert desk.messages.said == []
    place.open = shown
    desk.screen.panel.reason.setText("for the test")
    desk.press("Ctrl+S")
    assert desk.messages.said == ["Saved: Find y.."]
    assert (desk.screen.list.key, UUID(int=902) in place.bank) == (str(UUID(int=901)), False)


def test_steps_that_do_not_add_up_are_not_saved_and_a_change_says_which_version_it_becomes(desk, place):
    desk.write("steps", "1: sets it up\n½: solves it")
    assert desk.form.faults == {"steps": "The steps add up to 1.5, the question carries 2."}
    desk.screen.panel.reason.setText("why")
    desk.press("Ctrl+S")
    assert place.log == []
    desk.write("steps", "1½: sets it up\n½: solves it")
    assert desk.screen.panel.effect.startswith("It becomes version 2;")
    desk.press("Ctrl+S")
    assert (place.bank[FIRST].version, place.bank[FIRST].steps) == (2, "1½: sets it up\n½: solves it")
    desk.press("H")
    assert desk.screen.panel.history.values.rows[0].cells[0].text == "Marking scheme"


def test_what_can_be_answered_instead_has_its_own_steps_and_is_shown_with_the_question(desk, place):
    desk.write("or_text", "Find $\\foo$.")
    assert desk.form.faults["or_text"] == "“\\foo” is no command that can be shown."
    desk.write("or_text", "Find $y$.")
    desk.press("Ctrl+S")  # what was not touched is told now
    assert desk.form.faults == {
        "or_steps": "The question itself has steps: this one needs its own, for the same marks.",
    }  # fmt: skip
    desk.write("or_steps", "1: halves it\n½: solves it")
    assert desk.form.faults == {"or_steps": "The steps add up to 1.5, the question carries 2."}
    desk.write("or_steps", "1½: halves it\n½: solves it")
    desk.write("or_answer", "$1$")
    assert desk.form.faults == {}
    assert desk.preview.text.endswith("— Or —\n\nFind $y$.\n\n1½: halves it\n½: solves it\n\nAnswer: $1$")
    desk.screen.panel.reason.setText("a choice")
    desk.press("Ctrl+S")
    assert (place.bank[FIRST].or_text, place.bank[FIRST].or_answer) == ("Find $y$.", "$1$")


def test_a_form_asks_only_for_what_its_type_has_and_hides_nothing_that_is_written(desk):
    def shown() -> set[str]:
        asked = ("choices", "correct", "steps", "or_text", "or_answer", "or_solution", "or_steps")
        return {name for name in asked if desk.form.editor(name).isVisibleTo(desk.form)}

    def headings() -> list[str]:
        return [one.text() for one in desk.form.findChildren(ToneLabel) if one.isVisibleTo(desk.form)]

    of_written = {"steps", "or_text", "or_answer", "or_solution", "or_steps"}
    assert shown() == of_written  # it is a very short answer
    desk.choose("question_type", "MCQ")
    assert shown() == {"choices", "correct", "steps"}  # whose steps are not lost
    desk.write("choices", "1\n2")
    desk.choose("question_type", "SA")
    assert shown() == {"choices", *of_written}
    assert "What can be answered instead" in headings()
    desk.press("Ctrl+D")
    assert shown() == of_written
    desk.screen.list.take_focus()
    desk.press("N")
    assert shown() == {"choices", "correct"}
    assert "What can be answered instead" not in headings()


def test_symbols_are_put_in_by_keys_where_one_writes(desk):
    desk.press("N")
    control = desk.form.editor("question_text").control
    control.setFocus()
    QTest.keyClicks(control, "Find ")
    for letters, typed in (("frac{}", "1"), ("theta", "")):
        desk.press("Ctrl+M")
        palette = desk.screen.findChildren(SymbolPalette)[-1]
        QTest.keyClicks(palette._field, letters)
        QTest.keyClick(palette._field, Qt.Key.Key_Return)
        QTest.keyClicks(control, typed)
    assert control.toPlainText() == "Find $\\frac{1\\theta }{}$"
    line = desk.form.editor("answer").control
    insert(line, r"\sqrt{}")
    QTest.keyClicks(line, "2")
    assert line.text() == r"$\sqrt{2}$"
    insert(line, "^{2}")
    assert line.text() == r"$\sqrt{2^{2}}$"


def test_every_symbol_can_be_shown():
    assert [latex for _, latex in SYMBOLS if latex_fault(f"${latex}$")] == []
    assert len({latex for _, latex in SYMBOLS}) == len(SYMBOLS)


def test_a_teachers_sheet_is_brought_in_row_by_row_and_taken_back(desk, place, imports, tmp_path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Class,Lesson name,Question,Marks,Answer\n12,Matrices,First $x$?,3,$1$\n12,Poetry,Second?,3,\n"
        "12,matrices,first  $x$?,3,$1$\nXII,Determinants,Third?,2,\n"
    )
    desk.screen.files.read_in(sheet)
    dialog = desk.screen.files.dialog
    desk.settle()
    assert "no column for: Unit" in dialog.told.text  # nothing is called so
    assert not dialog.go.isEnabled()
    dialog.box(Column.UNIT).setCurrentIndex(dialog.box(Column.UNIT).findText("Lesson name"))
    desk.settle()
    assert dialog.told.text == "4 rows: 2 new, 0 changed, 1 duplicate, 1 wrong."
    assert [[cell.text for cell in row.cells] for row in dialog.rows.rows] == [
        ["3", "Wrong", "Second?", "Lesson name", "There is no such unit in this class. The settings list them."],
        ["4", "Duplicate", "first x?", "", "The same as row 2."],
        ["2", "New", "First x?", "", ""],
        ["5", "New", "Third?", "", ""],
    ]
    dialog.go.click()
    assert dialog.told.text == "Say why; it stands in the history."
    QTest.keyClicks(dialog.reason, "term 1")
    dialog.option.setChecked(True)
    imports.problem = OfflineError("The server cannot be reached.")
    dialog.go.click()
    desk.settle()
    assert dialog.told.text == "The server cannot be reached."
    assert imports.done == {}
    dialog.go.click()
    desk.settle()
    assert (desk.screen.files.dialog, imports.active) == (None, True)
    assert desk.messages.said == ["Brought in: 2 new, 0 changed."]
    assert len(place.bank) == 122
    desk.messages.undos[0]()
    desk.settle()
    assert desk.messages.said[-1] == "Taken back: 2 are gone."
    assert len(place.bank) == 120
    desk.screen.files.write_out(tmp_path / "bank.csv")
    desk.settle()
    assert desk.messages.said[-1] == "120 are written into bank.csv."
    desk.screen.list.search.setText("{77}")
    desk.settle()
    desk.screen.files.write_out(tmp_path / "bank.csv")
    desk.settle()
    assert desk.messages.said[-1] == "1 is written into bank.csv."  # what is listed
    sheet.write_bytes(b"\xff\xff")
    desk.screen.files.read_in(sheet)
    again = desk.screen.files.dialog
    desk.settle()
    assert again.told.text.startswith("sheet.csv is not in UTF-8")
    again.reject()


def test_what_is_listed_is_printed_with_its_formulas(desk, place, tmp_path: Path):
    desk.screen.list.search.setText("{7")
    desk.settle()
    desk.screen.list.take_focus()
    desk.press("Ctrl+Shift+P")
    dialog = desk.screen.prints.dialog
    desk.qtbot.waitUntil(lambda: not dialog.busy)
    assert [section.name for section in dialog.paper.sections] == [""]
    assert dialog.paper.count == len(desk.screen.list.rows) == 11
    assert dialog.page == 1
    dialog.save_as(tmp_path / "q.pdf")
    desk.qtbot.waitUntil(lambda: not dialog.busy)
    assert desk.files.noted == [(ExportNote("question", {"words": "{7"}), ExportFormat.PDF, 11)]
    dialog.reject()
    assert desk.screen.prints.dialog is None
    desk.screen.list.table.setSelectionMode(desk.screen.list.table.SelectionMode.ExtendedSelection)
    desk.press("Shift+Down", "Ctrl+Shift+P")
    dialog = desk.screen.prints.dialog
    desk.qtbot.waitUntil(lambda: not dialog.busy)
    assert dialog.paper.count == len(desk.screen.list.chosen) == 2  # what is selected
    dialog.save_as(tmp_path / "q.pdf")
    desk.qtbot.waitUntil(lambda: not dialog.busy)
    assert desk.files.noted[1:] == [(ExportNote("question", {"chosen": "2"}), ExportFormat.PDF, 2)]
    dialog.reject()
    place.reachable = False
    desk.press("Ctrl+Shift+P")
    dialog = desk.screen.prints.dialog
    desk.qtbot.waitUntil(lambda: not dialog.busy)
    assert dialog.told.text == "The server cannot be reached."
    dialog.reject()


def test_what_is_wrong_is_said_in_hindi_with_its_values():
    wrong = question(1, question_text="$\\foo$", steps="x")
    try:
        set_language("hi")
        told = [said(fault.message) for fault in question_faults(wrong)]
    finally:
        set_language("en")
    assert len(told) == 2
    assert all(any("\u0900" <= letter <= "\u097f" for letter in words) for words in told)
    assert "\\foo" in told[0]
    assert question_faults(QuestionDraft())


def test_the_preview_is_larger_than_the_form_at_every_text_size(desk):
    preview = desk.preview
    ordinary = desk.screen.font().pointSizeF()
    assert preview._label.font().pointSizeF() == pytest.approx(1.2 * ordinary)
    font = QFont(desk.screen.font())
    font.setPointSizeF(ordinary * 1.5)
    preview.setFont(font)
    assert preview._label.font().pointSizeF() == pytest.approx(1.8 * ordinary)
    preview._label.setFont(font)  # as it is once it has come into a window with a style sheet
    preview.hide()
    preview.show()
    assert preview._label.font().pointSizeF() == pytest.approx(1.8 * ordinary)


def test_words_that_nobody_touched_stay_to_the_letter(qtbot, tasks, place, imports):
    words = "Find\u00a0$x$\r\nand $y$."
    place.bank[FIRST] = question(1, question_text=words)
    desk = Desk(qtbot, tasks, place, imports)
    desk.screen.list.select(str(FIRST))
    desk.settle()
    desk.write("topic", "Order")
    assert (desk.form.draft.topic, desk.form.draft.question_text) == ("Order", words)
    desk.write("question_text", "Find $z$.")
    assert desk.form.draft.question_text == "Find $z$."


def test_signs_that_no_server_keeps_are_not_taken_from_what_is_pasted(desk):
    for name in ("question_text", "topic"):
        control = desk.form.editor(name).control
        control.selectAll()
        (control.insertPlainText if name == "question_text" else control.insert)("Fi\0nd\ufffe $x$\ud800.")
    assert (desk.form.draft.question_text, desk.form.draft.topic) == ("Find $x$.", "Find $x$.")
