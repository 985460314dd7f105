"""Signing in: the fields, the demo's people, the lock after wrong passwords."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import ClosedAccountError, NotAllowedError, OfflineError, SchemaError, SetupError
from mv_desktop.domain.access import login_name
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.ui.shell.contact_watch import Contact
from mv_desktop.ui.shell.lockout import LOCKED_FOR, SignInLock
from mv_desktop.ui.shell.sign_in import DemoPerson, SignInPlace, SignInScreen
from mv_desktop.ui.text import set_language
from tests.factories.queue_row import NOON
from tests.fakes.clock import FakeClock
from tests.ui.accessibility import nameless_controls

PEOPLE = (
    DemoPerson("Meera Krishnamurthy", "Teacher", "meera@demo.example", "one"),
    DemoPerson("Rohan Iyer", "Coordinator", "rohan@demo.example", "two"),
)
SCHOOL = SignInPlace("School", "db.school.example")
OPEN = SignInPlace("Test", "10.0.0.9", protected=False)
DEMO = SignInPlace("Demo", "this computer", people=PEOPLE)
WRONG = NotAllowedError("The e-mail address or the password is wrong.", remedy="Check both.")


class Door:
    """A sign-in screen on a window, and what it asked for."""

    def __init__(
        self, qtbot: QtBot, *, places: tuple[SignInPlace, ...] = (SCHOOL, OPEN, DEMO), may_change: bool = True
    ) -> None:
        self.clock, self.lock = FakeClock(), SignInLock(3)
        self.screen = SignInScreen(places, self.lock, self.clock, may_change=may_change)
        qtbot.addWidget(self.screen)
        self.asked: list[tuple[str, str, str]] = []
        self.answers: list[FormerPassword | None] = []
        self.screen.sign_in_requested.connect(self.note)
        self.screen.resize(1000, 760)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()

    def note(self, server: str, email: str, password: str, former: FormerPassword | None) -> None:
        self.asked.append((server, email, password))
        self.answers.append(former)

    def ask_former(self, *, wrong: bool = False) -> None:
        """The program has tried what was asked for, and the file opens with an earlier password."""
        self.screen.busy(True)
        self.screen.failed(FormerPasswordError(wrong=wrong))

    def sign_in(self, email: str = "a@b.example", password: str = "secret") -> None:
        self.screen._email.setText(email)
        self.screen._password.setText(password)
        self.screen._button.click()


@pytest.fixture
def door(qtbot: QtBot) -> Door:
    return Door(qtbot)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language("en")


def test_three_wrong_passwords_lock_for_fifteen_minutes_by_address() -> None:
    lock = SignInLock(3)
    assert [lock.failed("A@b.example ", NOON + timedelta(seconds=n)) for n in range(3)] == [2, 1, 0]
    until = NOON + timedelta(seconds=2) + LOCKED_FOR
    assert lock.locked_until("a@B.example", NOON + timedelta(minutes=14)) == until
    assert lock.locked_until("other@b.example", NOON) is None
    assert lock.locked_until("a@b.example", until) is None


def test_a_right_password_forgets_the_wrong_ones() -> None:
    lock = SignInLock(3)
    lock.failed("a", NOON)
    lock.failed("a", NOON)
    lock.succeeded("a")
    assert lock.failed("a", NOON) == 2


def test_old_wrong_passwords_do_not_count() -> None:
    lock = SignInLock(3)
    lock.failed("a", NOON)
    lock.failed("a", NOON)
    assert lock.failed("a", NOON + LOCKED_FOR) == 2


def test_the_lock_survives_a_restart_and_names_nobody() -> None:
    lock, clock = SignInLock(1), FakeClock()
    lock.failed("meera@demo.example", clock.now())
    kept = lock.remembered(clock)
    assert "meera" not in str(kept)
    again = SignInLock(1, clock, kept)
    assert again.locked_until("meera@demo.example", clock.now()) == clock.now() + LOCKED_FOR
    rubbish = ["rubbish", 3.5, "-inf", "1e300", "2026-01-01T00:00:00"]
    assert len(SignInLock(1, clock, {"x": rubbish, "y": 3}).remembered(clock)["x"]) == 2
    assert SignInLock(1, clock, {"x": ["rubbish"], "y": 3}).remembered(clock) == {}


def test_neither_a_restart_nor_a_clock_that_is_put_on_lifts_the_lock() -> None:
    lock, clock = SignInLock(1), FakeClock()
    lock.failed("a", clock.now())
    clock.advance(300)
    kept = lock.remembered(clock)
    clock.set_wall(clock.now() + timedelta(days=1))
    again = SignInLock(1, clock, kept)
    assert again.locked_until("a", clock.now()) == clock.now() + timedelta(minutes=10)
    clock.advance(600)
    assert SignInLock(1, clock, kept).locked_until("a", clock.now()) is None


def test_a_computer_that_was_started_anew_counts_from_its_start() -> None:
    lock, before = SignInLock(1), FakeClock()
    before.advance(3600)
    lock.failed("a", before.now())
    kept = lock.remembered(before)
    after = FakeClock(before.now() + timedelta(days=3))  # 1000 s after its start, with the wall clock put on
    assert SignInLock(1, after, kept).locked_until("a", after.now()) is None
    soon = FakeClock(before.now() + timedelta(days=3))
    soon._monotonic = 60.0
    assert SignInLock(1, soon, kept).locked_until("a", soon.now()) == soon.now() + timedelta(minutes=14)


def test_a_clock_that_is_set_back_does_not_lock_for_longer() -> None:
    lock = SignInLock(1)
    lock.failed("a", NOON + timedelta(days=300))
    assert lock.locked_until("a", NOON) is None


def test_enter_goes_from_field_to_field_and_signs_in(door: Door, qtbot: QtBot) -> None:
    door.screen.suggest("", "")
    assert QApplication.focusWidget() is door.screen._email
    qtbot.keyClicks(door.screen._email, " meera@school.example ")
    qtbot.keyClick(door.screen._email, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is door.screen._password
    qtbot.keyClicks(door.screen._password, "secret")
    qtbot.keyClick(door.screen._password, Qt.Key.Key_Return)
    assert door.asked == [("School", "meera@school.example", "secret")]


def test_what_is_missing_is_asked_for(door: Door) -> None:
    door.sign_in(email="")
    assert door.asked == []
    assert door.screen.message == "Type your e-mail address and your password."
    assert QApplication.focusWidget() is door.screen._email


def test_the_last_server_and_address_are_suggested(door: Door) -> None:
    door.screen.suggest("Test", "meera@school.example")
    assert door.screen._server.currentText() == "Test"
    assert QApplication.focusWidget() is door.screen._password
    door.sign_in("x@y.example")
    assert door.asked[0][0] == "Test"


def test_an_unprotected_server_says_so(door: Door) -> None:
    door.screen.suggest("Test", "")
    assert "not protected" in door.screen._address.text()
    door.screen.suggest("School", "")
    assert door.screen._address.text() == "db.school.example"


def test_nothing_can_be_typed_while_the_server_is_asked(door: Door) -> None:
    door.screen.busy(True)
    assert not door.screen._email.isEnabled()
    assert door.screen._button.text() == "Signing in …"
    assert door.screen._bar.isVisible()
    door.screen.busy(False)
    assert door.screen._email.isEnabled()
    assert not door.screen._bar.isVisible()


def test_wrong_passwords_are_counted_and_lock_the_account_here(door: Door) -> None:
    for left in ("2 attempts are left.", "1 attempt is left."):
        door.sign_in()
        door.screen.failed(WRONG)
        assert door.screen.message.splitlines() == [WRONG.message, WRONG.remedy, left]
    door.sign_in()
    door.screen.failed(WRONG)
    assert "locked on this computer for 15 minutes" in door.screen.message
    asked = len(door.asked)
    door.clock.advance(60 * 5)
    door.sign_in("A@B.example")
    assert len(door.asked) == asked
    assert "for 10 minutes" in door.screen.message
    door.sign_in("somebody.else@b.example")
    assert len(door.asked) == asked + 1
    door.clock.advance(60 * 10)
    door.sign_in()
    assert len(door.asked) == asked + 2


def test_a_server_that_does_not_answer_counts_for_nothing(door: Door) -> None:
    door.sign_in()
    door.screen.failed(OfflineError("The server does not answer.", remedy="Check the network."))
    assert door.lock.remembered(door.clock) == {}
    assert door.screen.message == "The server does not answer.\nCheck the network."
    assert door.screen._password.selectedText() == "secret"


def test_a_locked_or_closed_account_is_no_wrong_password(door: Door) -> None:
    door.sign_in()
    door.screen.failed(ClosedAccountError("This account is locked.", remedy="Ask."))
    assert door.lock.remembered(door.clock) == {}
    assert door.screen.message == "This account is locked.\nAsk."


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (WRONG, "_password"),
        (ClosedAccountError("This account is locked."), "_email"),
        (ClosedAccountError("Your account is closed."), "_email"),
        (ClosedAccountError("This account may not sign in here."), "_email"),
        (OfflineError("There is no server of that name, or this computer has no network."), "_password"),
        (SetupError("The server could not prove that it is the right one."), "_change"),
        (SetupError("The server has no such database."), "_change"),
        (SchemaError("The server's database is too old for this program."), "_password"),
        (SchemaError("This program is too old for the server."), "_password"),
    ],
)
def test_each_refusal_leads_to_where_it_can_be_put_right(door, error, where):
    door.sign_in()
    door.screen.failed(error)
    assert door.screen.message.startswith(error.message)
    assert QApplication.focusWidget() is getattr(door.screen, where)


def test_after_the_last_wrong_password_somebody_else_can_type_her_address(door):
    door.lock.max_attempts = 1
    door.sign_in()
    door.screen.failed(WRONG)
    assert QApplication.focusWidget() is door.screen._email


def test_without_a_server_one_is_led_to_the_list_of_them(qtbot):
    door = Door(qtbot, may_change=True, places=())
    asked = []
    door.screen.servers_requested.connect(lambda: asked.append(True))
    door.screen.suggest("", "")
    assert QApplication.focusWidget() is door.screen._change
    door.sign_in()
    assert door.asked == []
    assert door.screen.message == "No server is known on this computer."
    qtbot.keyClick(door.screen._change, Qt.Key.Key_Space)
    assert asked == [True]
    door.screen.set_places([SCHOOL])
    door.sign_in()
    assert door.asked == [("School", "a@b.example", "secret")]


def test_what_is_typed_and_chosen_stays_when_the_list_changes(door):
    door.screen.suggest("Test", "a@b.example")
    door.screen.set_places([OPEN, DEMO])
    assert (door.screen.server, door.screen._email.text()) == ("Test", "a@b.example")
    door.screen.set_places([SCHOOL])
    assert (door.screen.server, door.screen._address.text()) == ("School", "db.school.example")


# -- without a network ----------------------------------------------------------------------------------------

AWAY = Contact("School", reachable=False, known=frozenset({login_name("a@b.example")}))


def test_work_without_the_server_is_offered_to_who_knows_this_computer(door):
    door.screen.show_contact(AWAY)
    assert "Who has signed in on this computer before" in door.screen.message
    assert door.screen._button.text() == "Sign in"
    door.screen._email.setText("A@b.example")
    assert door.screen._button.text() == "Work offline"
    assert "You can work offline" in door.screen.message
    door.sign_in()
    assert door.asked == [("School", "a@b.example", "secret")]


def test_the_offer_goes_when_the_server_answers_or_another_is_chosen(door):
    chosen = []
    door.screen.server_chosen.connect(chosen.append)
    door.screen.show_contact(AWAY)
    door.screen.show_contact(Contact("School", reachable=True))
    assert door.screen.message == ""
    door.screen.show_contact(AWAY)
    door.screen._server.setCurrentIndex(1)
    assert door.screen.message == ""
    assert chosen == ["Test"]
    door.screen.show_contact(AWAY)  # it is late
    assert door.screen.message == ""


def test_what_was_told_is_not_replaced_by_the_offer_and_the_server_is_looked_for_again(door):
    chosen = []
    door.screen.server_chosen.connect(chosen.append)
    door.sign_in()
    door.screen.failed(OfflineError("The server does not answer."))
    assert chosen == ["School"]
    door.screen.show_contact(AWAY)
    assert door.screen.message == "The server does not answer."
    assert door.screen._button.text() == "Work offline"
    door.screen.show_contact(Contact("School", reachable=True))
    assert door.screen.message == "The server does not answer."


# -- a password that was changed elsewhere --------------------------------------------------------------------


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_the_former_password_opens_the_work_by_keys_alone(door: Door, qtbot: QtBot) -> None:
    door.sign_in()
    door.ask_former()
    field = focused()
    assert isinstance(field, QLineEdit)
    assert field.accessibleName() == "Former password"
    assert "Your password was changed elsewhere" in field.accessibleDescription()
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert (door.screen.message, door.lock.remembered(door.clock)) == ("", {})
    assert not door.screen._button.isVisible()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert door.screen.message == "Type your former password, or leave the work aside."
    qtbot.keyClicks(field, "old one")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert door.asked == [("School", "a@b.example", "secret")] * 2
    assert door.answers == [None, FormerPassword("old one")]
    door.screen.succeeded()
    assert not door.screen._former.asking
    assert field.text() == ""


def test_it_can_be_left_aside_by_keys_alone(door: Door, qtbot: QtBot) -> None:
    door.sign_in()
    door.ask_former()
    for name in ("Open my work", "Leave it aside"):
        qtbot.keyClick(focused(), Qt.Key.Key_Tab)
        button = focused()
        assert isinstance(button, QPushButton)
        assert button.text() == name
    assert "you are told where" in button.accessibleDescription()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert door.answers == [None, FormerPassword(None)]


def test_a_wrong_former_password_is_told_counted_and_tried_again_until_the_lock(door: Door, qtbot: QtBot) -> None:
    door.sign_in()
    door.ask_former()
    for left in ("2 attempts are left.", "1 attempt is left."):
        field = focused()
        qtbot.keyClicks(field, "guess")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        door.ask_former(wrong=True)
        unharmed = "Your work on this computer is unharmed."
        assert door.screen.message.splitlines() == ["This is not the former password.", unharmed, left]
        assert focused() is field
        assert field.selectedText() == "guess"  # typed over at the next try
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    door.ask_former(wrong=True)
    assert "locked on this computer for 15 minutes" in door.screen.message
    assert (door.screen._former.asking, door.screen._button.isVisible()) == (False, True)
    asked = len(door.asked)
    door.sign_in()
    assert len(door.asked) == asked


def test_the_question_holds_for_one_person_on_one_server_only(door: Door) -> None:
    changes = (
        lambda: door.screen._email.setText("other@b.example"),
        lambda: door.screen._password.setText("another"),
        lambda: door.screen._server.setCurrentIndex(1),
        lambda: door.screen.failed(WRONG),
    )
    for change in changes:
        door.screen._server.setCurrentIndex(0)
        door.sign_in()
        door.ask_former()
        change()
        assert (door.screen._former.asking, door.screen._button.isVisible()) == (False, True)


def test_the_question_is_seen_on_a_small_window(door: Door, qtbot: QtBot) -> None:
    door.screen.resize(560, 320)
    door.sign_in()
    door.ask_former()
    field = focused()
    qtbot.waitUntil(lambda: not field.visibleRegion().isEmpty())


def test_after_success_no_password_stays(door: Door) -> None:
    door.sign_in()
    door.screen.failed(WRONG)
    door.sign_in()
    door.screen.succeeded()
    assert door.screen._password.text() == ""
    assert door.lock.remembered(door.clock) == {}


def test_the_password_is_shown_on_request_only(door: Door) -> None:
    field = door.screen._password
    assert field.echoMode() is QLineEdit.EchoMode.Password
    field.eye.trigger()
    assert field.echoMode() is QLineEdit.EchoMode.Normal
    field.eye.trigger()
    assert field.echoMode() is QLineEdit.EchoMode.Password


def test_caps_lock_is_noticed_by_what_it_does(door: Door, qtbot: QtBot) -> None:
    field, hint = door.screen._password, door.screen._caps
    qtbot.keyClick(field, "a")
    assert hint.text() == ""
    qtbot.keyClick(field, "A")  # a capital without Shift
    assert hint.text() == "Caps Lock is on."
    qtbot.keyClick(field, Qt.Key.Key_CapsLock)
    assert hint.text() == ""
    qtbot.keyClick(field, "A", Qt.KeyboardModifier.ShiftModifier)
    assert hint.text() == ""


def test_people_of_the_demo_fill_the_fields_by_arrow_key_and_enter_signs_in(qtbot: QtBot) -> None:
    door = Door(qtbot, places=(DEMO,), may_change=False)
    people = door.screen._people
    assert [people.item(n).text() for n in range(people.count())] == [
        "Meera Krishnamurthy — Teacher", "Rohan Iyer — Coordinator",
    ]  # fmt: skip
    people.setFocus()
    qtbot.keyClick(people, Qt.Key.Key_Down)
    qtbot.keyClick(people, Qt.Key.Key_Down)
    assert (door.screen._email.text(), door.screen._password.text()) == ("rohan@demo.example", "two")
    qtbot.keyClick(people, Qt.Key.Key_Return)
    assert door.asked == [("Demo", "rohan@demo.example", "two")]


def test_in_the_demo_one_key_signs_in_whoever_it_was_last(qtbot: QtBot) -> None:
    door = Door(qtbot, places=(DEMO,), may_change=False)
    door.screen.suggest("Demo", "rohan@demo.example")
    people = door.screen._people
    assert QApplication.focusWidget() is people
    assert people.currentItem().isSelected()
    qtbot.keyClick(people, Qt.Key.Key_Return)
    assert door.asked == [("Demo", "rohan@demo.example", "two")]


def test_people_are_shown_for_the_demo_only(door: Door) -> None:
    assert not door.screen._people.isVisible()
    door.screen.suggest("Demo", "")
    assert door.screen._people.isVisible()


def test_every_control_has_a_name_in_both_languages(qtbot: QtBot, door: Door) -> None:
    door.screen.suggest("Demo", "")
    assert nameless_controls(door.screen) == []
    set_language("hi")
    hindi = Door(qtbot, places=(DEMO,), may_change=False)
    assert hindi.screen._button.text() == "साइन इन करें"
    assert nameless_controls(hindi.screen) == []
