"""The lock after idle time: what it hides, who gets through, and which clock it goes by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QWidget

from mv_desktop.core.clock import SteadyClock, SystemClock
from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.offline.desk import IDLE_MINUTES
from mv_desktop.ui.shell.idle_lock import IdleLock
from mv_desktop.ui.shell.idle_watch import REST_SECONDS
from mv_desktop.ui.shell.lockout import SignInLock
from mv_desktop.ui.shell.preferences import PreferencesDialog
from tests.fakes import hand
from tests.ui.test_workspace import ONE, School, school, short

__all__ = ["school", "short"]

LIMIT = IDLE_MINUTES * 60
PASSWORD = "right"
"""Of `factories.local.open_vault`."""


class Guard:
    """A workspace that is watched."""

    def __init__(self, school: School) -> None:
        self.school, self.clock, self.window = school, school.clock, school.window
        self.attempts = SignInLock(5)
        self.work = school.arrived()
        desk = school.work._desk
        self.idle = IdleLock(
            desk, self.work, self.window, school.tasks, self.attempts, self.clock, SteadyClock(self.clock)
        )
        self.asked_out: list[bool] = []
        self.window.sign_out_requested.connect(lambda: self.asked_out.append(True))

    def key(self) -> None:
        """A key as it comes from the desktop: through the window."""
        QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_Shift)

    def type(self, password: str) -> None:
        screen = self.idle.screen
        assert screen is not None
        screen._password.clear()
        QTest.keyClicks(screen._password, password)
        QTest.keyClick(screen._password, Qt.Key.Key_Return)
        self.school.until(lambda: self.idle.screen is None or screen._button.isEnabled())

    def shown(self) -> str:
        """All words that can be seen, in any window."""
        words = []
        for top in QApplication.topLevelWidgets():
            if top.isVisible():
                words.append(top.windowTitle())
                words += [label.text() for label in top.findChildren(QLabel) if label.isVisible()]
        return "\n".join(words)


@pytest.fixture
def guard(school: School) -> Iterator[Guard]:
    made = Guard(school)
    yield made
    made.idle.end()


# -- when ----------------------------------------------------------------------------------------------------


def test_it_locks_after_the_time_that_the_server_says_without_a_key_or_the_mouse(guard):
    guard.clock.advance(LIMIT - 1)
    guard.idle.watch.look()
    assert not guard.idle.locked
    guard.key()
    guard.clock.advance(LIMIT - 1)
    QTest.mouseMove(guard.window.windowHandle(), QPoint(40, 40))
    QTest.mouseMove(guard.window.windowHandle(), QPoint(50, 40))
    guard.clock.advance(LIMIT - 1)
    guard.idle.watch.look()
    assert not guard.idle.locked
    guard.clock.advance(1)
    guard.idle.watch.look()
    assert guard.idle.locked


def test_a_clock_that_is_set_locks_nothing_and_unlocks_nothing(guard):
    now = guard.clock.now()
    guard.clock.set_wall(now + timedelta(days=3))
    guard.idle.watch.look()
    assert not guard.idle.locked
    guard.clock.set_wall(now - timedelta(days=3))
    guard.clock.advance(LIMIT)
    guard.idle.watch.look()
    assert guard.idle.locked
    guard.clock.set_wall(now - timedelta(days=30))
    guard.idle.watch.look()
    assert guard.idle.locked


def test_a_computer_that_slept_is_locked_and_the_key_that_woke_it_is_not_taken(guard):
    guard.clock.sleep(LIMIT)
    guard.key()
    assert guard.idle.locked


def test_the_limit_follows_what_the_server_says(guard):
    desk = guard.work._desk
    desk.person = type(desk.person)(
        **{name: getattr(desk.person, name) for name in desk.person.__dataclass_fields__}
        | {"settings": {"session_timeout_minutes": 5}}
    )
    guard.work.person_changed.emit()
    guard.clock.advance(5 * 60)
    guard.idle.watch.look()
    assert guard.idle.locked


@pytest.mark.parametrize("nonsense", [None, 0, -3, "soon"])
def test_a_setting_that_makes_no_sense_is_an_hour(guard, nonsense):
    guard.work._desk.person.settings["session_timeout_minutes"] = nonsense
    assert guard.work._desk.idle_minutes == IDLE_MINUTES


def test_the_computers_own_clock_goes_on():
    clock = SystemClock()
    assert clock.elapsed() <= clock.elapsed()
    assert abs(SteadyClock(clock).now() - clock.now()) < timedelta(seconds=5)


# -- what is hidden ------------------------------------------------------------------------------------------


def test_nothing_of_the_work_can_be_seen_and_all_is_back_afterwards(guard):
    guard.school.open(ONE)
    marking = guard.work.marking
    code = marking.session.view.script_code
    guard.work.marking.actions_by_id["marking.sheet_window"].trigger()
    guard.window.messages.say(f"{code} is submitted.")
    guard.window._open_preferences()
    dialog = guard.window.findChild(PreferencesDialog)
    menu = QMenu(code, marking)
    menu.popup(QPoint(5, 5))
    assert code in guard.shown()
    guard.window.lock_requested.emit()
    assert guard.idle.locked
    assert not menu.isVisible()
    assert not dialog.isVisible()
    assert [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.isWindow()] == [guard.window]
    shown = guard.shown()
    assert code not in shown
    assert "Asha" not in shown
    assert "Rao" not in shown
    guard.window.messages.say(f"{code} is handed back.")
    guard.window.entitle(code)
    assert code not in guard.shown()
    guard.type(PASSWORD)
    guard.school.until(lambda: not guard.idle.locked)
    assert dialog.isVisible()
    assert dialog.isModal()
    assert marking._sheet_window.isVisible()
    assert code in guard.shown()
    dialog.reject()
    menu.deleteLater()


def test_what_opens_while_it_is_locked_waits_too(guard, qtbot):
    guard.idle.lock()
    late = QDialog(guard.window)
    late.open()
    guard.school.until(lambda: not late.isVisible())
    guard.type(PASSWORD)
    guard.school.until(late.isVisible)
    late.reject()


def test_no_command_of_the_work_can_be_given(guard):
    guard.idle.lock()
    for name in ("app.palette", "app.preferences", "app.keys", "app.queue", "app.sync", "app.sign_out", "app.lock"):
        assert not guard.window._actions[name].isEnabled(), name
    guard.type(PASSWORD)
    guard.school.until(lambda: not guard.idle.locked)
    for name in ("app.palette", "app.preferences", "app.keys", "app.queue", "app.sync", "app.sign_out", "app.lock"):
        assert guard.window._actions[name].isEnabled(), name


def test_the_key_locks(guard):
    QTest.keyClick(
        guard.window.windowHandle(),
        Qt.Key.Key_L,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    )
    assert guard.idle.locked
    assert QApplication.focusWidget() is guard.idle.screen._password


# -- the work ------------------------------------------------------------------------------------------------


def test_what_was_typed_is_kept_what_was_being_drawn_is_not_and_one_goes_on_there(guard):
    guard.school.open(ONE)
    marking = guard.work.marking
    view = marking.view
    view.set_tool("pen")
    place = view.viewport().rect().center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(view.viewport(), place + QPoint(30, 10))
    guard.school.until(lambda: view.gesturing)
    ink = len(marking.session.script.ink)
    guard.idle.lock()
    assert not view.gesturing
    assert len(marking.session.script.ink) == ink
    guard.type(PASSWORD)
    guard.school.until(lambda: not guard.idle.locked)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=place)  # she lets go; other tests ask Qt
    assert len(marking.session.script.ink) == ink
    assert marking.evaluation_id == ONE
    hand.press("M", view)
    field = QApplication.focusWidget()
    key = marking.session.current
    QTest.keyClicks(field, "1")
    guard.idle.lock()
    assert marking.session.script.given_mark(key).marks == 1
    guard.school.settled()


def test_sync_goes_on_and_hangs_up_after_each_run(guard, monkeypatch):
    hung: list[bool] = []
    monkeypatch.setattr(guard.work._desk._line, "close", lambda: hung.append(True))
    guard.school.open(ONE)
    hand.press("F", guard.work.marking.view)
    guard.school.settled()
    assert hung == []
    guard.idle.lock()
    guard.school.until(lambda: bool(hung))
    guard.work.driver.now()
    guard.school.until(lambda: guard.work.driver.state.pending == 0 and len(hung) > 1)
    assert guard.school.server.scripts[ONE].script.given_mark(MarkKey(2)).marks == 2
    guard.school.settled()
    guard.type(PASSWORD)
    guard.school.until(lambda: not guard.idle.locked)
    guard.school.settled()
    before = len(hung)
    guard.work.driver.now()
    guard.school.settled()
    assert len(hung) == before


def test_the_connection_is_closed_while_nobody_touches_anything(guard, monkeypatch):
    hung: list[bool] = []
    monkeypatch.setattr(guard.work._desk._line, "close", lambda: hung.append(True))
    guard.clock.advance(REST_SECONDS)
    guard.idle.watch.look()
    guard.school.until(lambda: bool(hung))
    assert not guard.idle.locked
    guard.key()
    before = len(hung)
    guard.work.driver.now()
    guard.school.settled()
    assert len(hung) == before


# -- who gets through ----------------------------------------------------------------------------------------


def test_five_wrong_passwords_keep_out_for_fifteen_minutes_also_by_a_clock_that_is_set(guard):
    tried: list[bool] = []
    guard.idle.tried.connect(lambda: tried.append(True))
    guard.idle.lock()
    guard.type("a guess")
    assert guard.idle.screen.message.splitlines() == ["The password is wrong.", "4 attempts are left."]
    for _ in range(4):
        guard.type("a guess")
    assert len(tried) == 5
    assert "locked on this computer for 15 minutes" in guard.idle.screen.message
    guard.type(PASSWORD)
    assert guard.idle.locked
    guard.clock.set_wall(guard.clock.now() + timedelta(hours=1))
    guard.type(PASSWORD)
    assert guard.idle.locked
    guard.clock.advance(15 * 60)
    guard.type(PASSWORD)
    guard.school.until(lambda: not guard.idle.locked)
    assert guard.attempts.remembered(guard.clock) == {}


def test_without_a_network_her_own_file_lets_her_through(guard):
    guard.school.server.reachable = False
    guard.work.driver.now()
    guard.school.settled()
    guard.idle.lock()
    guard.type(PASSWORD)
    guard.school.until(lambda: not guard.idle.locked)


def test_a_file_that_cannot_be_read_is_a_sentence(guard, monkeypatch):
    def fail(_password: str) -> bool:
        raise OfflineError("The disk is gone.", remedy="Plug it in.")

    monkeypatch.setattr(guard.work._desk._vault, "opens_with", fail)
    guard.idle.lock()
    guard.type(PASSWORD)
    assert guard.idle.screen.message == "The disk is gone.\nPlug it in."
    assert guard.attempts.remembered(guard.clock) == {}


def test_somebody_else_may_sign_in_and_sees_nothing_of_it_meanwhile(guard):
    guard.school.open(ONE)
    code = guard.work.marking.session.view.script_code
    guard.window._open_preferences()
    dialog = guard.window.findChild(PreferencesDialog)
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    guard.idle.lock()
    buttons = [
        b for b in guard.idle.screen.findChildren(QWidget) if getattr(b, "text", str)() == "Sign in as somebody else"
    ]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert guard.asked_out == [True]
    screen = guard.idle.screen
    guard.idle.end()
    assert screen.isVisible()
    assert not screen.isEnabled()
    assert code not in guard.shown()
    guard.school.until(lambda: bool(gone))
