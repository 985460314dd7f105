"""A teacher and two admins at their screens at once, on one database, by keys: from a draft to an active question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.domain.question_column import Column
from mv_desktop.offline.office.question import Questions
from mv_desktop.offline.office.question_import import QuestionImports
from mv_desktop.offline.office.question_review import OwnQuestions, QuestionReviews
from mv_desktop.services.table_reader import source_file
from mv_desktop.ui.admin.own_question import OwnQuestionSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.tasks import Tasks
from tests.factories.marking import Person, School
from tests.fakes import hand
from tests.fakes.plan_place import FakeDrafts
from tests.ui.office_hand import OfficeHand

new_id = id_source(SystemClock())


class Seat(OfficeHand):
    """One of them: her screen, on a connection and threads of her own."""

    def __init__(self, qtbot: QtBot, subject: Subject) -> None:
        super().__init__(qtbot, Tasks(), subject, FakeDrafts())

    def look_at(self, status: str) -> list[str]:
        """Narrow the list; answers what it holds."""
        box = self.screen.list._choices["status"]
        box.setCurrentIndex(box.findData(status))
        self.press("F5")
        return [row.opening for row in self.screen.list.rows]

    def say(self, words: str) -> None:
        """In the line that asks for it."""
        QTest.keyClicks(self.panel.reason, words)
        self.press("Return")

    def leave(self) -> None:
        self.close()
        self.tasks.shutdown()


def admins(qtbot: QtBot, *people: Person) -> list[Seat]:
    return [
        Seat(qtbot, QuestionSubject(Questions(one.session), new_id, None, QuestionReviews(one.session)))
        for one in people
    ]


def begin(hers: Seat) -> None:
    """Write a question, by mouse and keys, and hand it in."""
    (new,) = [one for one in hers.screen.findChildren(QPushButton) if one.text() == "New question"]
    QTest.mouseClick(new, Qt.MouseButton.LeftButton)  # the keyboard is at the search while nothing is listed
    hers.write("question_text", "Find $x$.")
    hers.write("unit", "Matrices")
    hers.form.editor("question_type").write("VSA")
    hers.write("marks", "2")
    hers.write("or_text", "Find $y$.")
    hers.press("Ctrl+S")
    hers.press("S")


def test_a_question_goes_from_a_teacher_to_two_admins_and_into_the_bank(qtbot: QtBot, school: School) -> None:
    asha, *deciding = school.person(), school.person("admin"), school.person("admin")
    hers = Seat(qtbot, OwnQuestionSubject(OwnQuestions(asha.session), new_id))
    seats = [hers]
    try:
        begin(hers)
        assert school.select("SELECT state FROM question_reviews") == [("waiting",)]
        seats += admins(qtbot, *deciding)
        first, second = seats[1:]
        assert [seat.look_at("waiting") for seat in (first, second)] == [["Find $x$."]] * 2
        # two at once: the slower is told who was faster, and decides nothing
        first.press("Shift+A")
        first.say("No steps")
        second.press("A")
        assert school.select("SELECT state FROM question_reviews") == [("rejected",)]
        assert second.messages.said == [
            "0 questions are approved. 1 was changed meanwhile, and stays as it is.",
        ]  # fmt: skip
        hers.press("F5")
        assert "No steps" in hers.panel.facts
        hers.write("steps", "2: finds it")
        hers.write("or_steps", "2: finds it")
        hers.press("Ctrl+S")
        hers.press("C")
        hers.say("Now it has")
        hers.press("S")
        assert second.look_at("waiting") == ["Find $x$."]
        second.press("A")
        assert (second.messages.said[-1], second.look_at("waiting")) == ("1 question is approved.", [])
        hers.press("F5")
        assert hers.panel.facts.startswith("Active")
        # a change of hers waits beside it, is approved with others' at once, and taken back
        hers.write("topic", "Linear")
        hers.press("Ctrl+S")
        hers.press("S")
        assert first.look_at("waiting") == ["Find $x$."]
        assert [row.cells[0].text for row in first.panel.aside.differences.values.rows] == ["Topic"]
        first.press("Ctrl+A")
        first.press("A")
        ((key, topic, version),) = school.select("SELECT question_id, topic, version FROM questions")
        assert (topic, version, isinstance(key, UUID)) == ("Linear", 2, True)
        first.messages.undos[-1]()
        first.settle()
        assert school.select("SELECT topic, version, status FROM questions") == [(None, 3, "active")]
        assert first.look_at("waiting") == ["Find $x$."]
        said = school.select("SELECT kind FROM question_remarks ORDER BY made_at")
        assert [kind for (kind,) in said] == [
            "submitted", "rejected", "remarked", "submitted", "approved", "submitted", "approved", "undone",
        ]  # fmt: skip
    finally:
        for seat in seats:
            seat.leave()


def propose(hers: Seat) -> None:
    """Find another's question among all, change it, and hand the change in."""
    assert [row.opening for row in hers.screen.list.rows] == []
    box = hers.screen.list._choices["whose"]
    box.setCurrentIndex(box.findData("bank"))
    hers.settle()
    assert [row.opening for row in hers.screen.list.rows] == ["Find $x$."]
    assert hers.panel.facts.startswith("Active · Written by ")
    for name in ("submit", "take_back", "remark", "remove"):
        assert not hers.screen.actions_by_id[f"record.{name}"].isEnabled()
    hers.write("question_text", "Find $-x$.")
    assert hers.panel.effect.startswith("You propose a change")
    hers.press("Ctrl+S")
    assert hers.panel.facts.startswith("Active, and changed · Written by ")
    assert [[cell.text for cell in row.cells] for row in hers.panel.aside.differences.values.rows] == [
        ["Question", "Find $x$.", "Find $-x$."],
    ]  # fmt: skip
    hers.panel.reason.setText("A sign is missing")
    hers.press("S")


def test_a_fault_in_anothers_question_is_proposed_returned_looked_at_again_and_mended_by_keys(
    qtbot: QtBot, school: School
) -> None:
    asha, meera, *deciding = (school.person(), school.person(), school.person("admin"), school.person("admin"))
    with school.rows() as rows:
        key = rows.question("VSA", question_text="Find $x$.", status="active", created_by=asha.user_id)
    (admin,) = admins(qtbot, deciding[0])
    hers = Seat(qtbot, OwnQuestionSubject(OwnQuestions(meera.session), new_id, lambda _at: "today"))
    try:
        propose(hers)
        # the admin sees whose it is and what she says; meanwhile another one changes the same
        assert admin.look_at("waiting") == ["Find $x$."]
        assert "The change is by " in admin.panel.facts
        assert admin.panel.facts.split("\n")[1].endswith(": A sign is missing")
        other = Questions(deciding[1].session)
        opened = other.open(key)
        other.save(key, opened, replace(opened.draft, question_text="Find $+x$."), "a slip")
        for keys in (("A",), ("F5", "A")):
            admin.press(*keys)
            assert admin.messages.said[-1] == "0 questions are approved. 1 was changed meanwhile, and stays as it is."
        stale = "Changed otherwise meanwhile: Question."
        assert stale in admin.panel.facts
        assert "written for version 1. The question has version 2 now." in admin.panel.facts
        admin.press("Shift+A")
        admin.say("Plus or minus?")
        # she is told, looks at it, and hands it in again
        hers.press("L", "F5")
        assert "Plus or minus?" in hers.panel.facts
        assert stale in hers.panel.facts
        assert hers.screen.due_text == "1 question was not approved: change it, and hand it in again."
        hers.press("C")
        hers.say("Minus")
        hers.press("S")
        assert stale not in hers.panel.facts
        admin.look_at("waiting")
        admin.press("A")
        assert admin.messages.said[-1] == "1 question is approved."
        assert school.select("SELECT question_text, version FROM questions") == [("Find $-x$.", 3)]
        hers.press("F5")
        assert hers.panel.facts.startswith("Active · Written by ")
        assert [row.opening for row in hers.screen.list.rows] == ["Find $-x$."]
    finally:
        for seat in (admin, hers):
            seat.leave()


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Instructions with a formula, two classes of which one has a heading of her own, and a hidden sheet."""
    book = Workbook()
    book.active.title = "Instructions"
    for row in (("Column", "What", "Example"), ("Class", "X or XII", "=1+1")):
        book.active.append(row)
    headings = ("कक्षा", "Lesson name", "प्रश्न", "अंक", "उत्तर")
    for name, state, rows in (
        ("Old", "hidden", [("XII", "Matrices", "Find $o$.", 2, "$1$")]),
        ("Class XII", "visible", [("XII", "Matrices", f"Find $x_{n}$.", 2, "$1$") for n in range(3)]),
        ("Class X", "visible", [("X", "Real Numbers", "Find $y$.", 2, "$2$")]),
    ):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in (headings, *rows):
            sheet.append(row)
    book.save(tmp_path / "questions.xlsx")
    return tmp_path / "questions.xlsx"


def test_a_sheet_of_a_workbook_is_chosen_by_keys_and_brought_in(qtbot: QtBot, school: School, workbook: Path) -> None:
    admin = school.person("admin")
    imports = QuestionImports(admin.session)
    seat = Seat(qtbot, QuestionSubject(Questions(admin.session), new_id, imports))
    try:
        seat.screen.files.read_in(workbook)
        dialog = seat.screen.files.dialog
        qtbot.waitUntil(lambda: not dialog.busy and dialog.isActiveWindow())

        def press(*keys: str) -> None:
            for key in keys:
                hand.press(key)
                qtbot.waitUntil(lambda: not dialog.busy)

        def there() -> list[str]:
            return [dialog.sheet.itemText(number) for number in range(dialog.sheet.count())]

        assert (dialog.sheet.currentText(), there()) == ("Class XII", ["Instructions", "Class XII", "Class X"])
        assert dialog.unread.text == "Not read, although their headings fit: “Class X”."
        assert dialog.sheet.accessibleName() == "Sheet"
        assert "no column for: Unit" in dialog.told.text
        dialog.box(Column.UNIT).setFocus()
        press("Down", "Down")  # what she calls the unit
        assert dialog.box(Column.UNIT).currentText() == "Lesson name"
        assert QApplication.focusWidget() is dialog.box(Column.UNIT)
        assert dialog.told.text.startswith("3 rows: 3 new")
        press("Alt+S")
        assert QApplication.focusWidget() is dialog.sheet
        press("Home")
        assert dialog.told.text.startswith("Row 2 of questions.xlsx (Instructions) holds a formula.")
        assert there() == ["Instructions", "Class XII", "Class X"]
        assert (dialog.rows.rows, dialog.go.isEnabled()) == ((), False)
        assert dialog.unread.text == "Not read, although their headings fit: “Class XII”, “Class X”."
        press("End")
        assert QApplication.focusWidget() is dialog.sheet
        assert (dialog.sheet.currentText(), dialog.box(Column.UNIT).currentText()) == ("Class X", "Lesson name")
        assert dialog.told.text.startswith("1 row: 1 new")
        assert dialog.unread.text == "Not read, although their headings fit: “Class XII”."
        dialog.reason.setFocus()
        QTest.keyClicks(dialog.reason, "term 1")
        dialog.go.setFocus()
        hand.press("Space")
        qtbot.waitUntil(lambda: seat.screen.files.dialog is None)
        seat.settle()
        assert seat.messages.said == ["Brought in: 1 new, 0 changed."]
        assert school.select("SELECT class, question_text FROM questions") == [("X", "Find $y$.")]
        (kept,) = imports.imports(None).rows
        assert kept.file == source_file(workbook)._replace(name="questions.xlsx (Class X)")
    finally:
        seat.leave()
