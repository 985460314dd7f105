"""The dialog of the servers, by keyboard: what it lists, refuses, asks and calls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError, SetupError
from mv_desktop.services.profile import ServerProfile
from mv_desktop.ui.shell.server_dialog import ServerDialog
from mv_desktop.ui.tasks import Tasks
from tests.fakes.server_place import LOCAL, SCHOOL, WEAK, FakeServerPlace


class Bench:
    """The dialog on a list of servers."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, *listed: ServerProfile, **how) -> None:
        self.qtbot, self.place = qtbot, FakeServerPlace(*listed)
        self.place.trouble = how.pop("trouble", None)
        self.dialog = ServerDialog(self.place, tasks, **how)
        self.lists: list[tuple[ServerProfile, ...]] = []
        self.dialog.changed.connect(self.lists.append)
        qtbot.addWidget(self.dialog)
        with qtbot.waitExposed(self.dialog):
            self.dialog.open()
        self.dialog.activateWindow()
        qtbot.waitUntil(lambda: not tasks.busy)
        self.tasks = tasks

    def type(self, **texts: str) -> None:
        for name, text in texts.items():
            field = self.dialog._form._fields[name]
            field.setFocus()
            field.selectAll()
            QTest.keyClick(field, Qt.Key.Key_Delete)
            QTest.keyClicks(field, text)

    def press(self, button: QWidget, key: Qt.Key = Qt.Key.Key_Space) -> None:
        assert button.isEnabled()
        button.setFocus()
        QTest.keyClick(button, key)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def error(self, name: str) -> str:
        label = self.dialog._form._errors[name]
        return label.text if label.isVisible() else ""

    @property
    def question(self):
        return self.dialog._question

    @property
    def focus(self) -> QWidget | None:
        return QApplication.focusWidget()


@pytest.fixture
def bench(qtbot: QtBot, tasks: Tasks) -> Bench:
    return Bench(qtbot, tasks, SCHOOL, LOCAL, WEAK)


def test_the_first_server_is_shown_and_the_arrow_leads_to_the_others(bench):
    assert bench.focus is bench.dialog._list
    assert bench.dialog._form.draft.host == "db.school.example"
    QTest.keyClick(bench.dialog._list, Qt.Key.Key_Down)
    assert bench.dialog._form.draft.port == "5433"
    assert not bench.dialog._save.isEnabled()


def test_an_empty_list_leads_into_the_fields_and_enter_saves(qtbot, tasks):
    bench = Bench(qtbot, tasks)
    assert bench.focus is bench.dialog._form._fields["name"]
    bench.type(name="School", host="db.school.example", database="mathvidya")
    QTest.keyClick(bench.focus, Qt.Key.Key_Return)
    bench.settle()
    assert bench.place.listed == [SCHOOL]
    assert bench.lists == [(SCHOOL,)]
    assert bench.dialog.told == "The server is saved."
    assert bench.focus is bench.dialog._list


def test_what_is_wrong_stands_below_its_field_and_nothing_is_saved(bench):
    bench.press(bench.dialog._new)
    bench.type(name="school", host="https://db", port="0")
    QTest.keyClick(bench.focus, Qt.Key.Key_Return)
    assert "already" in bench.error("name")
    assert "https://" in bench.error("host")
    assert bench.error("port")
    assert bench.error("database")
    assert bench.error("ca_file") == ""
    assert bench.focus is bench.dialog._form._fields["name"]
    assert bench.focus.accessibleDescription() == bench.error("name")
    assert len(bench.place.listed) == 3
    bench.press(bench.dialog._discard)
    assert bench.error("name") == ""
    assert bench.dialog._form.draft.name == "School"


def test_a_change_keeps_the_place_in_the_list(bench):
    bench.type(port="6432")
    bench.press(bench.dialog._save)
    assert [profile.port for profile in bench.place.listed] == [6432, 5433, 5432]
    assert bench.dialog._list.currentRow() == 0


def test_going_to_another_server_with_something_typed_asks(bench):
    bench.type(port="6432")
    bench.dialog._list.setFocus()
    QTest.keyClick(bench.dialog._list, Qt.Key.Key_Down)
    assert bench.question.text == "What you typed is not saved."
    assert bench.dialog._list.currentRow() == 0
    bench.press(bench.question._no)
    assert bench.dialog._form.draft.port == "6432"
    QTest.keyClick(bench.dialog._list, Qt.Key.Key_Down)
    bench.press(bench.question._yes)
    assert bench.dialog._list.currentRow() == 1
    assert bench.dialog._form.draft.name == "Office"
    bench.type(port="1")
    bench.press(bench.dialog._new)
    bench.press(bench.question._yes)
    assert bench.dialog._form.draft.name == ""
    assert bench.focus is bench.dialog._form._fields["name"]


def test_another_program_that_was_faster_is_told_and_what_was_typed_stays(bench):
    bench.place.listed[0] = LOCAL
    bench.type(port="6432")
    bench.press(bench.dialog._save)
    assert "meanwhile" in bench.dialog.told
    assert bench.dialog._form.draft.port == "6432"
    assert bench.lists == []
    bench.press(bench.dialog._discard)
    assert bench.dialog.profiles == (LOCAL, LOCAL, WEAK)


def test_what_another_program_changed_is_seen_when_its_removal_was_refused(bench):
    bench.place.listed[0] = WEAK
    bench.press(bench.dialog._remove)
    bench.press(bench.question._yes)
    bench.settle()
    assert "meanwhile" in bench.dialog.told
    assert bench.dialog.profiles == (WEAK, LOCAL, WEAK)


def test_it_does_not_close_before_what_was_saved_is_told(bench):
    bench.place.gate.clear()
    bench.type(port="6432")
    bench.dialog._save.click()
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    assert bench.dialog.isVisible()
    bench.place.gate.set()
    bench.settle()
    assert len(bench.lists) == 1
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    assert not bench.dialog.isVisible()


def test_removing_asks_once_and_the_careful_answer_has_the_focus(bench):
    bench.press(bench.dialog._remove)
    assert "“School”" in bench.question.text
    assert bench.focus is bench.question._no
    QTest.keyClick(bench.focus, Qt.Key.Key_Escape)
    assert not bench.question.asking
    assert bench.dialog.isVisible()
    assert len(bench.place.listed) == 3
    bench.press(bench.dialog._remove)
    bench.press(bench.question._yes)
    assert bench.place.listed == [LOCAL, WEAK]
    assert bench.dialog._form.draft.name == "Office"


def test_work_that_waits_is_told_before_its_server_goes(bench):
    bench.place.people["School"] = 2
    bench.press(bench.dialog._remove)
    assert "work of 2 people" in bench.question.text
    assert "only while a server is called “School”" in bench.question.text
    bench.press(bench.question._no)
    assert bench.focus is bench.dialog._remove


@pytest.mark.parametrize(
    ("change", "said"), [({"name": "Other"}, "called “School”"), ({"host": "db2"}, "sent to db2:5432/mathvidya")]
)
def test_work_that_waits_is_told_before_its_server_is_another(bench, change, said):
    bench.place.people["School"] = 1
    bench.type(**change)
    bench.press(bench.dialog._save)
    assert "work of one person" in bench.question.text
    assert said in bench.question.text
    assert bench.place.listed[0] == SCHOOL
    bench.press(bench.question._yes)
    assert bench.place.listed[0] != SCHOOL


def test_what_does_not_move_work_is_saved_without_a_question(bench):
    bench.place.people["School"] = 1
    bench.type(ca_file="/etc/ca.pem")
    bench.press(bench.dialog._save)
    assert bench.place.listed[0].ca_file == "/etc/ca.pem"


def test_protection_can_be_made_stronger_and_never_weaker(bench):
    assert not bench.dialog._form._prove.isVisible()
    bench.dialog._list.setCurrentRow(2)
    assert bench.dialog._form._prove.isVisible()
    bench.press(bench.dialog._form._prove)
    bench.press(bench.dialog._save)
    assert bench.place.listed[2].sslmode == "verify-full"
    assert not bench.dialog._form._prove.isVisible()


@pytest.mark.parametrize(("row", "said"), [(0, "has proved who it is"), (1, "on this computer"), (2, "need not prove")])
def test_a_server_that_answers_is_told_as_it_is(bench, row, said):
    bench.dialog._list.setCurrentRow(row)
    bench.press(bench.dialog._try)
    assert said in bench.dialog.told
    assert bench.place.reached == [bench.place.listed[row]]


def test_what_is_typed_can_be_tried_before_it_is_saved(bench):
    bench.place.refusal = OfflineError("There is no server of that name.", kept="Your work.", remedy="Check it.")
    bench.type(host="nowhere.example")
    bench.press(bench.dialog._try)
    assert bench.dialog.told == "There is no server of that name. Check it."
    assert bench.place.reached[0].host == "nowhere.example"
    assert bench.place.listed[0] == SCHOOL
    assert bench.dialog._save.isEnabled()


def test_a_list_that_cannot_be_read_is_told_and_cannot_be_changed(qtbot, tasks):
    bench = Bench(qtbot, tasks, SCHOOL, trouble=SetupError("The list cannot be read.", kept="It was not touched."))
    assert bench.dialog.told == "The list cannot be read. It was not touched."
    for widget in (bench.dialog._form, bench.dialog._new, bench.dialog._save, bench.dialog._try):
        assert not widget.isEnabled()
    QTest.keyClick(bench.focus, Qt.Key.Key_Escape)
    assert not bench.dialog.isVisible()


def test_closing_with_something_typed_asks(bench):
    bench.type(port="6432")
    QTest.keyClick(bench.focus, Qt.Key.Key_Escape)
    assert bench.dialog.isVisible()
    assert bench.question.text == "What you typed is not saved."
    bench.press(bench.question._no)
    assert bench.dialog._form.draft.port == "6432"
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    bench.press(bench.question._yes)
    assert not bench.dialog.isVisible()
    assert bench.place.listed[0] == SCHOOL


def test_a_mistake_of_ours_goes_through_the_door_for_those(bench, qtbot):
    bench.place.refusal = RuntimeError("a bug")
    with qtbot.waitSignal(bench.tasks.error):
        bench.dialog._try.click()
    assert bench.dialog._form.isEnabled()
