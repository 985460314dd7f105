"""Students and parents in the office, by keys: entered, joined, written into a file, made anonymous."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from mv_desktop.ui.admin.exam_window import ExamDesk
from mv_desktop.ui.admin.parent import ParentSubject
from mv_desktop.ui.admin.student import StudentSubject
from mv_desktop.ui.paper.print_dialog import no_picture
from mv_desktop.ui.theme import spacing
from tests.fakes.exam_place import FakeExams
from tests.fakes.family_place import NOW, FakeParents, FakeStudents
from tests.ui.admin.desk import SubjectDesk

RAVI, SITA = UUID(int=1), UUID(int=2)


@pytest.fixture
def place() -> FakeStudents:
    return FakeStudents()


@pytest.fixture
def desk(qtbot, tasks, place) -> SubjectDesk:
    return SubjectDesk(qtbot, tasks, StudentSubject(place, exams=ExamDesk(FakeExams(), no_picture, str)))


def test_a_student_is_entered_and_joined_to_parents_line_by_line(desk, place):
    assert desk.panel.facts.splitlines() == [
        "Plan: Premium Plan", "Parents: Anu Kumar",
        "Has never signed in to the web platform · the e-mail address is not confirmed there",
        "3 exams, 1 with a result",
    ]  # fmt: skip
    desk.press("L", "L")
    assert [row.first_name for row in desk.screen.list.rows] == ["Sita"]
    desk.press("Esc", "N")
    for name, typed in (("first_name", "Uma"), ("last_name", "Das"), ("email", "uma@home.in")):
        desk.write(name, typed)
    desk.write("student_class", "XII")
    desk.write("parents", "dad@home.in uncle")
    assert list(desk.form.faults) == ["parents"]
    desk.write("parents", "dad@home.in father first")
    desk.press("Ctrl+S")
    desk.say_why("new year")
    assert place.people[UUID(int=3)].student_class == "XII"
    desk.press("/")
    desk.screen.list.search.setText("sita")
    desk.settle()
    desk.press("Return")
    desk.write("parents", "mum@elsewhere.in mother")
    desk.write("student_class", "X")
    assert "keep theirs" in desk.panel.effect
    desk.panel.reason.setText("told us")
    desk.press("Ctrl+S")
    assert desk.messages.told[0].message == "No parent has the address mum@elsewhere.in. Nothing was saved."
    assert desk.form.editor("parents").typed == "mum@elsewhere.in mother"
    desk.write("parents", "mum@home.in mother")
    desk.press("Ctrl+S")
    assert place.people[SITA].parents == "mum@home.in mother"
    desk.press("Ctrl+Z")
    assert (place.people[SITA].parents, place.people[SITA].student_class) == ("", "XII")


def test_her_exams_are_a_key_away(desk):
    desk.press("Shift+P")
    window = desk.screen.windows.window
    assert window.windowTitle() == "Exams of Ravi Kumar"
    desk.settle()
    assert len(window.table.rows) == 7
    window.reject()
    desk.press("Down")
    assert not desk.screen.actions_by_id["record.papers"].isEnabled()  # she has none


def test_names_schools_and_plans_are_not_cut_in_the_list(desk):
    table = desk.screen.list.table
    room = [table.columnWidth(column) - spacing(4) for column in range(5)]
    longest = (
        "Meenakshi Venkataraghavan",
        "XII",
        "Kendriya Vidyalaya No. 2, Pune",
        "+919751706749",
        "Premium MCQ Plan",
    )
    assert all(map(int.__ge__, room, map(table.fontMetrics().horizontalAdvance, longest)))
    before = table.columnWidth(2)
    desk.screen.resize(1840, 1000)
    desk.settle()
    assert table.columnWidth(2) > before  # the school's, as it is the longest


def test_no_two_buttons_are_called_the_same(desk):
    buttons = [button.text() for button in desk.screen.findChildren(QPushButton) if button.isVisible()]
    assert "Export all data …" in buttons  # of one student, beside the list's own file
    assert len(buttons) == len(set(buttons))


def test_what_is_known_is_written_where_one_says(desk, place, tmp_path: Path):
    desk.press("Ctrl+E")
    desk.say_why("her parents asked")
    dialog = next(found for found in desk.panel.findChildren(QFileDialog) if found.isVisible())
    assert dialog.selectedFiles()[0].endswith("Ravi Kumar.zip")
    dialog.fileSelected.emit(str(tmp_path / "ravi.zip"))
    dialog.reject()
    desk.settle()
    assert "her parents asked" in (tmp_path / "ravi.zip").read_text()
    assert desk.messages.said == [f"Written: {tmp_path / 'ravi.zip'}"]
    assert place.log == {}


def test_who_is_made_anonymous_is_asked_for_once_and_for_good(desk, place):
    desk.press("Ctrl+Shift+Del")
    desk.say_why("they asked")
    asked = desk.panel.question.text
    assert "Ravi Kumar" in asked
    assert "subscription is cancelled" in asked
    assert asked.endswith("Nothing brings it back.")
    assert desk.panel.question._no.hasFocus()
    desk.panel.question._yes.click()
    desk.settle()
    assert place.people[RAVI].anonymous
    assert desk.panel.facts.startswith("Made anonymous")
    assert desk.able("record.export")
    assert not desk.able("record.anonymise")
    assert not desk.screen.actions_by_id["record.undo"].isEnabled()


def test_an_account_is_closed_after_it_was_said_what_becomes_of_what_there_is_and_opened_again(desk, place):
    assert not desk.able("record.reopen")
    desk.write("email", "ravi.k@home.in")
    assert "confirms it there" in desk.panel.effect
    desk.panel.reason.setText("moved")
    desk.press("Ctrl+S")
    assert place.people[RAVI].email == "ravi.k@home.in"
    desk.press("Ctrl+Del")
    desk.say_why("left the school")
    assert desk.panel.question.text == (
        "Close the account of Ravi Kumar? She can sign in to the web platform no more; all that there is stays, and it "
        "can be opened again. 1 exam that she has begun ends when its time is up. 1 script that she has handed in is "
        "marked to its end. Premium Plan runs on until Mon 31 Aug 2026; where it is to end, cancel it, too."
    )
    desk.panel.question._yes.click()
    desk.settle()
    assert not place.people[RAVI].is_active
    assert desk.panel.facts.startswith("The account is closed.")
    assert not desk.able("record.close")
    desk.press("Ctrl+I")
    desk.say_why("is back")
    assert place.people[RAVI].is_active
    assert [change.event for change in place.log[RAVI]] == ["user.reactivated", "user.deactivated", "user.changed"]


def test_it_is_said_when_she_signed_in_last_and_whether_her_address_is_confirmed(desk, place):
    ravi = place.people[RAVI]
    signed = replace(ravi, last_login_at=NOW, email_verified=True)
    assert "Signed in to the web platform last on Wed 15 Jul 2026" in desk.screen.subject.facts(signed).splitlines()
    assert "web platform" not in desk.screen.subject.facts(replace(signed, is_active=False))


def test_a_parent_shows_her_children(qtbot, tasks):
    place = FakeParents()
    desk = SubjectDesk(qtbot, tasks, ParentSubject(place))
    assert desk.panel.facts.splitlines()[0] == "Children: Ravi Kumar (mother)"
    desk.press("N")
    for name, typed in (("first_name", "Dev"), ("last_name", "Das"), ("email", "dev@home.in")):
        desk.write(name, typed)
    desk.press("Ctrl+S")
    desk.say_why("new")
    assert desk.panel.facts.splitlines()[0] == "No children are entered."
    desk.write("phone", "1" * 21)
    assert list(desk.form.faults) == ["phone"]
    desk.write("phone", "12")
    desk.panel.reason.setText("told us")
    desk.press("Ctrl+S")
    assert place.people[UUID(int=2)].phone == "12"
    for keys, still_open in (("Ctrl+Del", False), ("Ctrl+I", True)):
        desk.press(keys)
        desk.say_why("they asked")
        if not still_open:
            desk.panel.question._yes.click()
            desk.settle()
        assert place.people[UUID(int=2)].is_active == still_open
    desk.press("Ctrl+Shift+Del")
    desk.say_why("they asked")
    desk.panel.question._yes.click()
    desk.settle()
    assert place.people[UUID(int=2)].anonymous
