"""One's own password and absences, by keyboard."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QSettings, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import id_source
from mv_desktop.domain.quality import OwnAgreement
from mv_desktop.ui.actions import KeyMap
from mv_desktop.ui.shell.absence_page import AbsencePage
from mv_desktop.ui.shell.agreement_page import AgreementPage
from mv_desktop.ui.shell.first_password import FirstPasswordScreen
from mv_desktop.ui.shell.key_page import KeyPage
from mv_desktop.ui.shell.own_pages import own_pages
from mv_desktop.ui.shell.password_page import PasswordPage
from mv_desktop.ui.shell.preference_table import PreferencePage, Preferences
from mv_desktop.ui.shell.preferences import PreferencesDialog
from mv_desktop.ui.tasks import Tasks
from tests.fakes.clock import FakeClock
from tests.fakes.own_place import COMING, PAST, RUNNING, FakeOwnPlace

NEW = "gavotte nine plum"


@pytest.fixture
def own() -> FakeOwnPlace:
    return FakeOwnPlace()


def shown(qtbot: QtBot, page):
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


@pytest.fixture
def password(qtbot: QtBot, own: FakeOwnPlace, tasks: Tasks) -> PasswordPage:
    return shown(qtbot, PasswordPage(own, tasks))


@pytest.fixture
def absence(qtbot: QtBot, own: FakeOwnPlace, tasks: Tasks) -> AbsencePage:
    page = shown(qtbot, AbsencePage(own, tasks, id_source(FakeClock())))
    qtbot.waitUntil(lambda: page._usable)
    return page


def choose(page: AbsencePage, first_day: date) -> None:
    for row in range(page._list.topLevelItemCount()):
        item = page._list.topLevelItem(row)
        if item.data(0, Qt.ItemDataRole.UserRole).first_day == first_day:
            page._list.setCurrentItem(item)
            return
    raise AssertionError(first_day)


def days_of(page: AbsencePage, first: QDate, last: QDate) -> None:
    page._new.click()  # a list that got the focus has chosen its first row
    page._first.setDate(first)
    page._last.setDate(last)


# -- password -------------------------------------------------------------------------------------------------


def test_a_password_is_changed_by_keyboard_alone(qtbot, password, own):
    for field, text in ((password._old, "the old one"), (password._new, NEW), (password._again, NEW)):
        field.setFocus()
        qtbot.keyClicks(field, text)
    qtbot.keyClick(password._again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: password.told == "The password is changed.")
    assert own.password == NEW
    assert [field.text() for field in (password._old, password._new, password._again)] == ["", "", ""]


def test_what_is_said_of_the_new_one_stands_there_while_it_is_typed(password):
    password._old.setText("the old one")
    assert password._strength.text == "At least 10 characters."
    password._new.setText("Krishnamurthy1")
    assert password._strength.text.startswith("It holds “krishnamurthy”")
    assert password._new.accessibleDescription() == password._strength.text
    password._new.setText(NEW)
    password._again.setText("something else")
    assert password._same.text == "These two differ."
    assert not password._change.isEnabled()
    password._again.setText(NEW)
    assert password._change.isEnabled()


@pytest.mark.parametrize(("old", "reachable", "why"), [
    ("a guess", True, "The old password is wrong. Your password was not changed."),
    ("the old one", False, "The server does not answer. Your password was not changed."),
])  # fmt: skip
def test_what_went_wrong_is_told_and_what_was_typed_stays(qtbot, password, own, old, reachable, why):
    own.reachable = reachable
    for field, text in ((password._old, old), (password._new, NEW), (password._again, NEW)):
        field.setText(text)
    password._change.click()
    qtbot.waitUntil(lambda: password.told == why)
    assert own.password == "the old one"
    assert password._new.text() == NEW


def test_passwords_are_hidden_until_one_asks_to_see_them(password):
    assert password._new.echoMode() is QLineEdit.EchoMode.Password
    password._shown.setChecked(True)
    assert password._new.echoMode() is QLineEdit.EchoMode.Normal


# -- absences -------------------------------------------------------------------------------------------------


def test_an_absence_is_entered_and_taken_back(qtbot, absence, own):
    days_of(absence, QDate(2026, 8, 3), QDate(2026, 8, 7))
    absence._note.setText("Training")
    qtbot.keyClick(absence._note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: absence.told == "The absence is entered.")
    entered = next(one for one in own.listed.values() if one.note == "Training")
    assert (entered.first_day, entered.return_day) == (date(2026, 8, 3), date(2026, 8, 8))
    absence._undo.click()
    qtbot.waitUntil(lambda: absence.told == "That was taken back.")
    assert entered.absence_id not in own.listed
    assert not absence._undo.isEnabled()


def test_one_is_changed_and_deleted_and_both_are_taken_back(qtbot, absence, own):
    choose(absence, COMING.first_day)
    absence._last.setDate(QDate(2026, 10, 30))
    absence._save.click()
    qtbot.waitUntil(lambda: absence.told == "The absence is changed.")
    assert own.listed[COMING.absence_id].return_day == date(2026, 10, 31)
    absence._undo.click()
    qtbot.waitUntil(lambda: absence.told == "That was taken back.")
    assert own.listed[COMING.absence_id] == COMING
    choose(absence, COMING.first_day)
    absence._delete.click()
    qtbot.waitUntil(lambda: COMING.absence_id not in own.listed and "deleted" in absence.told)
    absence._undo.click()
    qtbot.waitUntil(lambda: own.listed.get(COMING.absence_id) == COMING)


def test_what_has_been_cannot_be_changed_and_of_what_runs_only_the_end(absence):
    choose(absence, PAST.first_day)
    assert not absence._save.isEnabled()
    assert not absence._delete.isEnabled()
    choose(absence, RUNNING.first_day)
    assert not absence._first.isEnabled()
    assert absence._last.isEnabled()
    assert absence._save.isEnabled()
    assert not absence._delete.isEnabled()


def test_why_days_are_refused_is_told(qtbot, absence):
    days_of(absence, QDate(2026, 10, 23), QDate(2026, 10, 26))
    absence._note.setText("Wedding")
    absence._save.click()
    qtbot.waitUntil(lambda: absence.told.startswith("You are away from 20/10/2026 to 23/10/2026 already."))
    assert (absence._first.date(), absence._note.text()) == (QDate(2026, 10, 23), "Wedding"), "what was typed stays"


def test_an_answer_that_was_lost_does_not_keep_one_from_entering_it_again(qtbot, absence, own):
    own.lose_answers = 1
    days_of(absence, QDate(2026, 8, 3), QDate(2026, 8, 7))
    absence._save.click()
    qtbot.waitUntil(lambda: "cannot be reached" in absence.told)
    assert absence._first.date() == QDate(2026, 8, 3), "what was chosen stays"
    absence._save.click()
    qtbot.waitUntil(lambda: absence.told == "The absence is entered.")
    assert len(own.listed) == 4


def test_when_the_server_is_there_again_changes_can_be_made(qtbot, own, tasks):
    own.absences()
    own.reachable = False
    page = shown(qtbot, AbsencePage(own, tasks, id_source(FakeClock())))
    qtbot.waitUntil(lambda: "Changes need a connection" in page.told)
    own.reachable = True
    assert page._retry.isVisible()
    page._retry.click()
    qtbot.waitUntil(lambda: page._usable)
    assert page._save.isEnabled()
    assert not page._retry.isVisible()


def test_who_has_entered_none_is_told_what_to_do(qtbot, own, tasks):
    own.listed.clear()
    page = shown(qtbot, AbsencePage(own, tasks, id_source(FakeClock())))
    qtbot.waitUntil(lambda: page.told.startswith("No absence is entered. Choose the first and the last day"))


def test_the_last_day_follows_the_first(absence):
    days_of(absence, QDate(2026, 8, 3), QDate(2026, 8, 4))
    absence._first.setDate(QDate(2026, 8, 9))
    assert absence._last.date() == QDate(2026, 8, 9)


def test_without_a_network_what_was_heard_last_is_shown_and_nothing_can_be_changed(qtbot, own, tasks):
    own.absences()
    own.reachable = False
    page = shown(qtbot, AbsencePage(own, tasks, id_source(FakeClock())))
    qtbot.waitUntil(lambda: "Changes need a connection" in page.told)
    assert len(page.absences) == 3
    choose(page, COMING.first_day)
    assert not page._save.isEnabled()
    assert not page._delete.isEnabled()


def test_who_does_not_teach_has_no_absences(own, tasks):
    ids = id_source(FakeClock())
    assert [page.name for page in own_pages(own, tasks, ids, teaches=True)] == ["absences", "password"]
    both = own_pages(own, tasks, ids, teaches=True, compared=True)
    assert [page.name for page in both] == ["absences", "agreement", "password"]
    for compared in (False, True):
        assert [page.name for page in own_pages(own, tasks, ids, teaches=False, compared=compared)] == ["password"]


# -- second markings ------------------------------------------------------------------------------------------


def test_a_teacher_sees_how_well_her_marks_agree_and_without_a_network_what_she_saw_last(qtbot, own, tasks):
    page = shown(qtbot, AgreementPage(own, tasks))
    qtbot.waitUntil(lambda: page.told == "")
    assert page.summary == (
        "Marked twice: 6 questions of 2 scripts. Exactly the same marks: 33 %; within what may differ: 67 %; "
        "within ½: 67 %. In the mean the first marks are higher by 0.67."
    )
    rows = [[cell.text for cell in row.cells] for row in page.table.rows]
    assert rows[0] == ["RT-8P1", "1", "2 / 3", "2 / 3", "0", "½", ""]
    assert rows[2] == ["RT-8P1", "3", "3 / 3", "1½ / 3", "+1½", "½", "The other side counted. see step 2"]
    assert [row.cells[4].icon for row in page.table.rows[:3]] == ["", "", "warning"]
    own.reachable = False
    again = shown(qtbot, AgreementPage(own, tasks))
    qtbot.waitUntil(lambda: "what it said last" in again.told)
    assert (again.summary, again.table.rows) == (page.summary, page.table.rows)
    own.kept_twice = None
    third = shown(qtbot, AgreementPage(own, tasks))
    qtbot.waitUntil(third._retry.isVisible)
    assert (third.told, third.summary) == ("The server does not answer.", "")
    own.reachable, own.twice = True, OwnAgreement((), own.twice.tolerance)
    third._retry.click()
    qtbot.waitUntil(lambda: third.summary == "None of your scripts was marked a second time yet.")
    assert not third._retry.isVisible()


# -- the first password ---------------------------------------------------------------------------------------


@pytest.fixture
def first(qtbot: QtBot, own: FakeOwnPlace, tasks: Tasks) -> FirstPasswordScreen:
    return shown(qtbot, FirstPasswordScreen(own, tasks, "the old one"))


def test_a_first_password_is_changed_without_typing_it_again(qtbot, first, own):
    page = first.page
    assert not page._old.isVisible()
    first.setFocus()  # as the window does with what it shows
    qtbot.waitUntil(page._new.hasFocus)
    qtbot.keyClicks(page._new, "the old one")
    assert not page._change.isEnabled()  # it is none of her own
    assert page._strength.text
    page._new.clear()
    qtbot.keyClicks(page._new, NEW)
    qtbot.keyClick(page._new, Qt.Key.Key_Tab)
    page._again.setFocus()
    qtbot.keyClicks(page._again, NEW)
    with qtbot.waitSignal(first.changed):
        qtbot.keyClick(page._again, Qt.Key.Key_Return)
    assert own.password == NEW


def test_without_a_server_the_first_password_stays_and_one_may_go_back(qtbot, first, own):
    own.reachable = False
    for field in (first.page._new, first.page._again):
        field.setText(NEW)
    first.page._change.click()
    qtbot.waitUntil(lambda: first.page.told == "The server does not answer. Your password was not changed.")
    back = next(button for button in first.findChildren(QPushButton) if button.text() == "Back to signing in")
    with qtbot.waitSignal(first.left):
        back.click()


# -- among the preferences ------------------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot: QtBot, own: FakeOwnPlace, tasks: Tasks, tmp_path: Path) -> PreferencesDialog:
    pages = own_pages(own, tasks, id_source(FakeClock()), teaches=True)
    keys = PreferencePage("keys", "Keys", lambda parent: KeyPage(KeyMap(), parent=parent))
    preferences = Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    return PreferencesDialog(preferences, (keys, *pages))


@pytest.mark.parametrize(("page", "first"), [
    ("keys", "Search a command or a key"), ("absences", "First day away"), ("password", "Old password"),
])  # fmt: skip
def test_a_page_that_was_asked_for_has_the_keys_and_tab_leads_through_it_to_the_button(qtbot, dialog, page, first):
    dialog.show_page(page)
    shown(qtbot, dialog)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qtbot.waitUntil(lambda: QApplication.focusWidget().accessibleName() == first)
    walked = []
    while not walked or walked[-1] != "Close":
        assert len(walked) < 30
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        walked.append(focus.text() if isinstance(focus, QPushButton) else focus.accessibleName())
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert isinstance(QApplication.focusWidget(), QTabBar), "the button is the last of all"
    assert len(set(walked)) > 2


def test_the_arrow_keys_lead_along_all_headings(qtbot, dialog):
    shown(qtbot, dialog)
    bar = dialog.findChild(QTabBar)
    bar.setFocus()
    for number in range(1, bar.count()):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
        assert (bar.currentIndex(), bar.hasFocus()) == (number, True)
    qtbot.waitUntil(lambda: dialog.findChild(AbsencePage)._usable)
