"""Forty students from a file by keys alone, and staff whose first passwords are shown once."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit

from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.record_import import Done, Put, tell
from mv_desktop.ui.admin.member import MemberSubject
from mv_desktop.ui.admin.student import StudentSubject
from mv_desktop.ui.clipboard import forget_marks
from tests.fakes import hand
from tests.fakes.family_place import FakeStudents
from tests.fakes.member_place import FakeMembers
from tests.fakes.table_place import FakePeopleTable, Told, Weighed
from tests.ui.admin.desk import SubjectDesk


def choose(desk: SubjectDesk, path: Path) -> None:
    """Ctrl+O, and the file by its name."""
    desk.press("Ctrl+O")
    files = next(found for found in desk.screen.findChildren(QFileDialog) if found.isVisible())
    files.fileSelected.emit(str(path))
    files.reject()
    desk.settle()


def test_forty_students_come_from_a_file_by_keys_and_go_again(qtbot, tasks, tmp_path: Path) -> None:
    place = FakeStudents()
    desk = SubjectDesk(qtbot, tasks, StudentSubject(place, FakePeopleTable(place)))
    path = tmp_path / "class ten.csv"
    lines = ["First name,Last name,E-mail,Class,Parents"]
    lines += [f"S{n},Das,s{n}@home.in,X,m{n}@home.in mother first Mira Das" for n in range(40)]
    lines += ["Ravi,Kumar,RAVI@home.in,XII,", "Uma,Das,taken@home.in,X,", ",Das,x@home.in,X,", "A,B,s3@home.in,X,"]
    path.write_text("\n".join(lines))
    choose(desk, path)
    dialog = desk.screen.files.dialog
    assert dialog.told.text == "44 rows: 40 new, 1 changed, 1 duplicate, 2 wrong."
    assert [[cell.text for cell in row.cells] for row in dialog.rows.rows[:4]] == [
        ["43", "Wrong", "Uma Das", "E-mail", "Somebody has this address already."],
        ["44", "Wrong", "Das", "First name", "A name is needed."],
        ["42", "Changed", "Ravi Kumar", "", ""],
        ["45", "Duplicate", "A B", "", "The same as row 5."],
    ]
    before = dict(place.people)
    assert dialog.reason.hasFocus()
    for one in (dialog.rows, *reversed(dialog._boxes.values())):
        hand.press("Shift+Tab", dialog.focusWidget())
        assert dialog.focusWidget() is one, "as it stands on the screen"
    dialog.reason.setFocus()
    QTest.keyClicks(dialog.reason, "new year")
    hand.press("Tab", dialog.focusWidget())
    while dialog.focusWidget() is not dialog.go:
        hand.press("Tab", dialog.focusWidget())
    hand.press("Space", dialog.go)
    desk.settle()
    assert len(place.people) == len(before) + 40
    assert {one.student_class for one in place.people.values() if one.first_name == "Ravi"} == {"XII"}
    assert desk.screen.files.once is None
    desk.messages.undos[-1]()
    desk.settle()
    assert sum(one.is_active for one in place.people.values()) == len(before)
    assert {one.student_class for one in place.people.values() if one.first_name == "Ravi"} == {"X"}
    assert desk.messages.said[-1] == "Taken back: 40 are out of use, 1 is as before."


@pytest.fixture
def staff(qtbot, tasks) -> SubjectDesk:
    place = FakeMembers()
    return SubjectDesk(qtbot, tasks, MemberSubject(place, FakePeopleTable(place)))


def test_first_passwords_of_new_staff_are_shown_once_and_written_where_one_says(staff, tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("First name,Last name,E-mail,Role\nUma,Das,uma@school.in,Teacher\nDev,Das,dev@school.in,Admin\n")
    choose(staff, path)
    QTest.keyClicks(staff.screen.files.dialog.reason, "new year")
    staff.screen.files.dialog.go.click()
    staff.settle()
    once = staff.screen.files.once
    rows = [[cell.text for cell in row.cells] for row in once.table.rows]
    assert [row[:2] for row in rows] == [["Uma Das", "uma@school.in"], ["Dev Das", "dev@school.in"]]
    assert all(row[2] for row in rows)
    assert "never again" in once.told.text
    QTest.keyClick(once, Qt.Key.Key_Escape)  # would lose them
    once.close()
    assert once.isVisible()
    once._copy.click()
    assert rows[0][2] in QGuiApplication.clipboard().text()
    forget_marks()
    assert not QGuiApplication.clipboard().text(), "they go when she signs out"
    target = tmp_path / "first.csv"
    once.write(target)
    staff.settle()
    assert list(csv.reader(target.read_text(encoding="utf-8-sig").splitlines())) == [
        ["Name", "E-mail", "First password"], *rows,
    ]  # fmt: skip
    assert target.stat().st_mode & 0o077 == 0
    assert "delete it soon" in once.told.text
    assert staff.files.noted == [(ExportNote("first_password"), ExportFormat.CSV, 2)]
    once.write(tmp_path / "nowhere" / "first.csv")
    staff.settle()
    assert once.told.text.startswith("The file could not be written.")
    once.end.click()
    staff.settle()
    assert staff.screen.files.once is None
    staff.messages.undos[-1]()
    staff.settle()
    assert staff.messages.said[-1] == "Taken back: 2 are out of use."


class SlowTable(FakePeopleTable):
    """Waits to be told to go on: before it writes, and when all of it is written."""

    def __init__(self, place: FakeMembers) -> None:
        super().__init__(place)
        self.begun, self.begin, self.written, self.end = Event(), Event(), Event(), Event()

    def put(self, puts: Sequence[Put], reason: str, weighed: Weighed, told: Told) -> tuple[Done, ...]:
        self.begun.set()
        assert self.begin.wait(5)
        tell(told, 0, len(puts))
        done = super().put(puts, reason, weighed, told)
        self.written.set()
        assert self.end.wait(5)
        return done


def test_what_is_being_written_is_stopped_or_told_and_never_in_between(qtbot, tasks, tmp_path: Path) -> None:
    place = FakeMembers()
    table = SlowTable(place)
    desk = SubjectDesk(qtbot, tasks, MemberSubject(place, table))
    path = tmp_path / "staff.csv"
    path.write_text("First name,Last name,E-mail,Role\nUma,Das,uma@school.in,Teacher\n")
    before = len(place.people)
    for stopped in (True, False):
        choose(desk, path)
        dialog = desk.screen.files.dialog
        assert dialog is not None
        QTest.keyClicks(dialog.reason, "new year")
        dialog.go.click()
        qtbot.waitUntil(table.begun.is_set)
        if not stopped:
            table.begin.set()
            qtbot.waitUntil(table.written.is_set)
        assert not dialog.box("email").isEnabled()  # columns meant otherwise would drop what is being written
        dialog.close()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert (dialog.isVisible(), dialog.told.text) == (True, "It is being stopped …")
        table.begin.set()
        table.end.set()
        desk.settle()
        assert desk.screen.files.dialog is None
        assert len(place.people) == before + (not stopped)
        assert (desk.screen.files.once is None) is stopped
        for event in (table.begun, table.begin, table.written, table.end):
            event.clear()
    undo = desk.messages.undos[-1]
    assert undo is not None
    undo()
    table.begin.set()
    table.end.set()
    desk.settle()
    assert desk.messages.said[-1] == "Taken back: 1 is out of use."


def test_a_list_is_written_as_the_kind_that_was_chosen_is_called(qtbot, tasks, tmp_path: Path) -> None:
    desk = SubjectDesk(qtbot, tasks, StudentSubject(FakeStudents()))
    desk.press("Ctrl+Shift+O")
    dialog = next(found for found in desk.screen.findChildren(QFileDialog) if found.isVisible())
    dialog.setDirectory(str(tmp_path))
    name, kinds = dialog.findChild(QLineEdit), dialog.findChild(QComboBox, "fileTypeCombo")
    kinds.setFocus()
    hand.press("Down", kinds)
    assert kinds.currentText() == "CSV (*.csv)"
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "listed")
    hand.press("Return", name)
    desk.settle()
    assert [path.name for path in tmp_path.iterdir()] == ["listed.csv"]
    assert (tmp_path / "listed.csv").read_bytes().startswith(b"\xef\xbb\xbf")
