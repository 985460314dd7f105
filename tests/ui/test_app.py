"""The program as a whole: starting, signing in and out, trouble, and leaving."""

from __future__ import annotations

import gc
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

import mv_desktop.demo.demonstration
import mv_desktop.offline.desk
from mv_desktop import app
from mv_desktop.core import display
from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import NotAllowedError, OfflineError, SetupError
from mv_desktop.core.log_file import log_to_file
from mv_desktop.domain.access import login_name
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.offline.vault import Vault
from mv_desktop.ui.shell import closing, leave
from mv_desktop.ui.shell.crash import CrashDialog
from mv_desktop.ui.shell.leaving_screen import LeavingScreen
from mv_desktop.ui.shell.server_dialog import ServerDialog
from mv_desktop.ui.shell.sign_in import SignInScreen
from mv_desktop.ui.shell.starting import StartingScreen
from mv_desktop.ui.widgets.command_palette import CommandPalette
from tests.factories.local import evaluation_id, pulled
from tests.fakes.desk import MemoryPages, fake_desk
from tests.fakes.sync_server import FakeSyncServer

SCHOOL = {"name": "School", "host": "db.school.example", "port": 5432, "database": "mathvidya"}


class House:
    """The program on a computer that knows one server, which is in memory.

    Attributes:
        refuse: what signing in answers instead of a desk.
        gate: signing in and starting a demo wait while it is not set.
        desks: those that were opened.
        answers: what was said of a former password, at each try.
    """

    def __init__(self, qtbot: QtBot, qapp: QApplication, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.server, self.pages = FakeSyncServer(pulled(1)), MemoryPages()
        self.refuse: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.desks: list[object] = []
        self.answers: list[FormerPassword | None] = []
        self.application = app.Application(qapp)

    by_file = False

    def open_desk(
        self, _profile, _email, _password, _folder, _clock, _ids, patience, *, page_proxy="", former=None, derive=None
    ):
        self.page_proxy = page_proxy
        self.answers.append(former)
        self.gate.wait(10)
        if self.refuse is not None:
            raise self.refuse
        self.desks.append(fake_desk(self.folder, self.server, SystemClock(), self.pages, by_file=self.by_file))
        return self.desks[-1]

    def open(self) -> None:
        self.application.open()

    def sign_in(self) -> None:
        self.application.sign_in("School", "asha@example.org", "secret")

    def signed_in(self) -> None:
        self.open()
        self.sign_in()
        self.until(lambda: self.application.workspace is not None)
        self.until(lambda: self.application.workspace.driver.ever_in_contact)
        self.settled()

    def until(self, reached: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(reached)

    def settled(self) -> None:
        self.until(lambda: not self.application.tasks.busy)

    @property
    def screen(self) -> SignInScreen:
        assert self.application._screen is not None
        return self.application._screen

    def dialog(self) -> ServerDialog:
        return next(box for box in self.application.window.findChildren(ServerDialog) if box.isVisible())

    @property
    def crashes(self) -> list[CrashDialog]:
        return [box for box in self.application.window.findChildren(CrashDialog) if box.isVisible()]

    def left(self) -> bool:
        return self.application.tasks._closed and not self.application.window.isVisible()

    def closed(self, desk) -> bool:
        return desk._vault._closed


@pytest.fixture
def house(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("MV_DATABASE_URL", raising=False)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "servers.json").write_text(json.dumps({"servers": [SCHOOL]}), encoding="utf-8")
    # a real exit would keep the tests' own event loops from turning for good
    monkeypatch.setattr(QApplication, "exit", lambda status=0: None)
    hook = sys.excepthook
    made = House(qtbot, qapp, tmp_path)
    monkeypatch.setattr(mv_desktop.offline.desk, "open_desk", made.open_desk)
    yield made
    made.gate.set()
    made.pages.gate.set()
    for crash in made.crashes:
        crash.close()
    if not made.left():
        made.application.window.close()
        made.until(made.left)
    made.application.deleteLater()
    made.application.window.deleteLater()
    sys.excepthook = hook
    gc.unfreeze()


# -- starting -----------------------------------------------------------------------------------------------


def test_the_window_shows_the_sign_in_for_the_known_servers(house):
    house.open()
    assert house.application.window.isVisible()
    assert house.screen.isVisible()
    house.settled()


def test_without_a_known_server_one_can_be_entered(house):
    file = house.folder / "config" / "servers.json"
    file.unlink()
    house.open()
    assert "No server is known" in house.screen.message
    house.until(lambda: QApplication.focusWidget() is house.screen._change)
    QTest.keyClick(house.screen._change, Qt.Key.Key_Space)
    dialog = house.dialog()
    house.until(dialog._form._fields["name"].hasFocus)
    for name, text in {"name": "Office", "host": "127.0.0.1", "database": "mathvidya"}.items():
        QTest.keyClicks(dialog._form._fields[name], text)
    QTest.keyClick(dialog._form._fields["database"], Qt.Key.Key_Return)
    house.until(lambda: bool(dialog.profiles))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert json.loads(file.read_text(encoding="utf-8"))["servers"][0]["sslmode"] == "prefer"
    assert house.screen.server == "Office"
    assert house.screen._server.isEnabled()
    house.settled()


def test_a_list_of_servers_that_cannot_be_read_is_told_and_left_alone(house):
    file = house.folder / "config" / "servers.json"
    file.write_text("{", encoding="utf-8")
    house.open()
    assert "cannot be read" in house.screen.message
    house.screen._change.click()
    dialog = house.dialog()
    house.until(lambda: "cannot be read" in dialog.told)
    assert not dialog._form.isEnabled()
    assert not dialog._save.isEnabled()
    dialog.reject()
    assert file.read_text(encoding="utf-8") == "{"
    house.settled()


def test_a_server_from_the_environment_is_used_whatever_the_list_says(house, monkeypatch):
    monkeypatch.setenv("MV_DATABASE_URL", "postgresql://127.0.0.1:1/mathvidya")
    house.open()
    house.screen._change.click()
    dialog = house.dialog()
    house.until(lambda: "MV_DATABASE_URL" in dialog.told)
    dialog.changed.emit(dialog.profiles)
    assert house.screen.server == "127.0.0.1"
    dialog.reject()
    house.settled()


def test_the_list_of_servers_opens_by_key_but_not_while_locked(house):
    house.signed_in()
    action = house.application.window._actions["app.servers"]
    QTest.keySequence(house.application.window, QKeySequence("Ctrl+Alt+S"))
    house.until(lambda: bool(house.dialog().profiles))
    house.dialog().reject()
    house.application.idle.lock()
    assert not action.isEnabled()


def test_who_knows_this_computer_is_offered_to_work_without_the_server(house, monkeypatch):
    known = frozenset({login_name("asha@example.org")})
    monkeypatch.setattr("mv_desktop.services.contact.answers", lambda _: False)
    monkeypatch.setattr("mv_desktop.offline.home.known_logins", lambda _folder, _server: known)
    house.open()
    house.until(lambda: "cannot be reached" in house.screen.message)
    assert house.screen._button.text() == "Sign in"
    QTest.keyClicks(house.screen._email, "asha@example.org")
    assert house.screen._button.text() == "Work offline"
    house.by_file, house.server.reachable = True, False
    house.sign_in()
    house.until(lambda: house.application.workspace is not None)
    house.until(lambda: "working offline since signing in" in house.application.window.status.text)
    assert "work offline" in house.application.window.messages.toasts[0].text
    house.server.reachable = True
    house.application.workspace.driver.now()
    house.until(lambda: house.application.window.status.text.endswith("online"))


def test_without_a_screen_it_says_what_to_do(monkeypatch):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SetupError, match="There is no screen") as raised:
        display.need_screen()
    assert "xvfb-run" in raised.value.remedy
    monkeypatch.setenv("DISPLAY", ":99999")
    with pytest.raises(SetupError, match="No screen answers at DISPLAY=:99999") as raised:
        display.need_screen()
    assert "xvfb-run" in raised.value.remedy
    monkeypatch.setattr(display, "listens", lambda display: display == ":99999")
    display.need_screen()
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    display.need_screen()
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setattr(sys, "platform", "win32")
    display.need_screen()


def test_a_log_that_cannot_be_written_stops_nobody(monkeypatch, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path / "data"))
    log_to_file()


def test_the_log_has_no_file_until_something_goes_wrong(monkeypatch, tmp_path):
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(logging.root, "handlers", [])
    log_to_file()
    handler = logging.root.handlers[0]
    written = tmp_path / "logs" / "mv-desktop.log"
    assert not written.exists()
    logging.getLogger("mv_desktop.test").warning("the disk is %s", "full")
    handler.close()
    assert written.read_text(encoding="utf-8").endswith("WARNING mv_desktop.test: the disk is full\n")


# -- signing in ---------------------------------------------------------------------------------------------


def test_signing_in_opens_the_workspace_and_remembers_who(house):
    house.signed_in()
    work = house.application.workspace
    assert work is not None
    assert [row.written for row in work.queue.rows] == [3]
    assert house.application._settings.value(app._LAST_EMAIL) == "asha@example.org"
    assert house.application.window.place == "queue"
    house.application._settings.sync()
    assert "secret" not in (house.folder / "config" / "settings.ini").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "error",
    [
        NotAllowedError("The e-mail address or the password is wrong.", remedy="Check both."),
        OfflineError("The server does not answer.", remedy="Check the network."),
    ],
)
def test_what_hinders_signing_in_is_said_on_the_screen_and_can_be_tried_again(house, error):
    house.refuse = error
    house.open()
    house.sign_in()
    house.until(lambda: error.message in house.screen.message)
    assert error.remedy in house.screen.message
    assert house.crashes == []
    house.refuse = None
    house.sign_in()
    house.until(lambda: house.application.workspace is not None)


def test_the_keyring_is_given_the_key_once_the_work_is_on_screen(house, monkeypatch):
    given = []

    def keep(vault):
        given.append(vault)

    monkeypatch.setattr(app, "_KEYRING_SECONDS", 0.0)
    monkeypatch.setattr(Vault, "keep_in_keyring", keep)
    house.signed_in()
    house.until(lambda: bool(given))
    assert given == [house.desks[0]._vault]


def test_wrong_passwords_are_remembered_beyond_the_program(house, qapp):
    house.refuse = NotAllowedError("The e-mail address or the password is wrong.")
    house.open()
    house.screen._email.setText("asha@example.org")
    for _ in range(2):
        house.screen._password.setText("guess")
        house.screen._button.click()
        house.settled()
    assert house.application._remembered_failures()


def test_the_former_password_is_asked_for_and_handed_on(house, qtbot):
    house.refuse = FormerPasswordError(wrong=False)
    house.open()
    house.screen._email.setText("asha@example.org")
    qtbot.keyClicks(house.screen._password, "new")
    qtbot.keyClick(house.screen._password, Qt.Key.Key_Return)
    house.settled()
    assert not house.application._remembered_failures()
    field = QApplication.focusWidget()
    house.refuse = FormerPasswordError(wrong=True)
    qtbot.keyClicks(field, "guess")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    house.settled()
    assert house.application._remembered_failures()  # counted as any wrong password
    house.refuse = None
    qtbot.keyClicks(field, "old")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    house.until(lambda: house.application.workspace is not None)
    assert house.answers == [None, FormerPassword("guess"), FormerPassword("old")]
    house.settled()


def test_a_bug_while_signing_in_leaves_the_screen_usable(house):
    house.refuse = ZeroDivisionError()
    house.open()
    house.sign_in()
    house.until(lambda: bool(house.crashes))
    assert house.screen._button.isEnabled()


def test_signing_out_leads_back_to_the_sign_in_and_in_again(house):
    house.signed_in()
    house.application.window.sign_out_requested.emit()
    house.application.window.sign_out_requested.emit()
    house.until(lambda: house.application.workspace is None)
    assert house.screen.isVisible()
    assert house.closed(house.desks[0])
    house.sign_in()
    house.until(lambda: house.application.workspace is not None)


def test_who_came_in_by_her_file_and_is_turned_away_is_back_at_the_sign_in_and_told_why(house):
    house.by_file = True
    house.server.refuse = NotAllowedError("The e-mail address or the password is wrong.")
    house.open()
    house.sign_in()
    house.until(lambda: bool(house.desks))
    house.until(lambda: house.application.workspace is None and "is wrong" in house.screen.message)
    assert "saved here" in house.screen.message
    assert house.closed(house.desks[0])
    house.server.refuse = None
    house.sign_in()
    house.until(lambda: house.application.workspace is not None)
    house.settled()


def test_on_a_computer_that_is_revoked_she_is_back_at_the_sign_in_and_her_file_is_gone(house):
    house.signed_in()
    (desk,) = house.desks
    home = desk._vault.home
    house.server.person, house.server.revoked = {"schema_version": "014"}, True
    house.application.workspace.driver.now()
    house.until(lambda: house.application.workspace is None and "has revoked" in house.screen.message)
    assert "saved here" not in house.screen.message
    assert {path.name for path in home.iterdir()} == {"in-use.lock", "revoked"}
    house.settled()


def test_a_name_that_the_server_says_anew_is_shown(house):
    house.by_file = True
    house.server.person = {"first_name": "Asha Devi"}
    house.open()
    house.sign_in()
    person = house.application.window.status._person
    house.until(lambda: person.text().startswith("Asha Devi"))
    house.settled()


# -- trouble ------------------------------------------------------------------------------------------------


def test_a_bug_is_told_once_at_a_time_and_the_program_goes_on(house):
    house.open()

    def bug() -> None:
        raise ValueError("Asha Rao scored 7")

    house.application.tasks.run("store", bug, print)
    house.application.tasks.run("store", bug, print)
    house.settled()
    (crash,) = house.crashes
    assert "ValueError" in crash._details
    assert "Asha" not in crash._details
    crash.close()
    house.application.report(KeyError("again"))
    assert len(house.crashes) == 1
    assert house.screen.isVisible()


def test_an_error_of_the_users_world_is_a_sentence_and_no_crash(house):
    house.open()
    house.application.report(OfflineError("The server does not answer."))
    (toast,) = house.application.window.messages.toasts
    assert "The server does not answer." in toast.text
    assert house.crashes == []


def test_an_exception_that_nobody_caught_comes_through_the_same_door(house, monkeypatch):
    house.open()
    try:
        raise RuntimeError("in a slot")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert len(house.crashes) == 1
    seen: list[type] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: seen.append(kind))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == [KeyboardInterrupt]


# -- leaving ------------------------------------------------------------------------------------------------


def test_closing_ends_everything(house):
    house.signed_in()
    house.application.window.close()
    house.until(house.left)
    assert house.closed(house.desks[0])
    assert not any(thread.name.startswith("lane-") for thread in threading.enumerate())
    assert not any(periodic.active for periodic in house.application.tasks._periodic)


def test_closing_while_signing_in_leaves_nothing_open(house):
    house.gate.clear()
    house.open()
    house.sign_in()
    threading.Timer(0.1, house.gate.set).start()
    house.application.window.close()
    house.until(house.left)
    assert house.application.workspace is None
    assert all(house.closed(desk) for desk in house.desks)
    assert house.desks


def leave_something(house: House) -> None:
    """A change that the server does not get."""
    house.signed_in()
    house.server.reachable = False
    house.desks[0].store.record(evaluation_id(1), OpenEvaluation())


def leaving_screen(house: House) -> LeavingScreen:
    return house.application.window.findChild(LeavingScreen)


def test_signing_out_says_what_waits_on_this_computer(house):
    leave_something(house)
    house.application.window.sign_out_requested.emit()
    house.until(lambda: house.application.workspace is None)
    assert "1 change waits on this computer." in house.screen.message
    assert "Nothing is lost." in house.screen.message


@pytest.mark.parametrize("waits", [True, False])
def test_closing_says_what_waits_on_this_computer_and_closes_by_itself(house, qtbot, monkeypatch, waits):
    if waits:
        monkeypatch.setattr(leave, "NOTE_SECONDS", 0.2)
    leave_something(house)
    house.application.window.close()
    house.until(lambda: leaving_screen(house) is not None and "waits on this computer" in leaving_screen(house).text)
    if not waits:
        qtbot.keyClick(house.application.window.focusWidget(), Qt.Key.Key_Return)
    house.until(house.left)


def test_the_end_of_the_session_waits_for_nobody(house):
    leave_something(house)
    house.application.hurry()
    house.application.window.close()
    house.until(house.left)
    assert leaving_screen(house) is None


def test_a_server_that_says_nothing_is_left_when_she_wants_or_after_seconds(house, qtbot, monkeypatch):
    leave_something(house)
    monkeypatch.setattr(leave, "MOMENT_SECONDS", 0.05)
    desk = house.desks[0]
    monkeypatch.setattr(type(desk.sync), "push", lambda _: desk._line.patience._given_up.wait(10))
    house.application.window.close()
    house.until(lambda: leaving_screen(house) is not None)
    assert leaving_screen(house).text == "What is in hand is being saved."
    qtbot.keyClick(house.application.window.focusWidget(), Qt.Key.Key_Return)
    house.until(lambda: "waits on this computer" in leaving_screen(house).text)
    qtbot.keyClick(house.application.window.focusWidget(), Qt.Key.Key_Return)
    house.until(house.left)


def test_a_server_that_says_nothing_is_given_up_by_itself(house, monkeypatch):
    leave_something(house)
    monkeypatch.setattr(closing, "SILENT_SECONDS", 0.1)
    desk = house.desks[0]

    def silent(_) -> None:
        desk._line.patience.begin()
        desk._line.patience._given_up.wait(10)
        desk._line.patience.end()

    monkeypatch.setattr(type(desk.sync), "push", silent)
    house.application.hurry()
    house.application.window.close()
    house.until(house.left)


def test_closing_while_signing_out_closes_after_it(house):
    house.signed_in()
    house.application.window.sign_out_requested.emit()
    house.application.window.close()
    house.until(house.left)
    assert house.closed(house.desks[0])


# -- the demo -----------------------------------------------------------------------------------------------


class FakeNetwork:
    """A network that only remembers."""

    def __init__(self) -> None:
        self.is_cut = False

    def cut(self) -> None:
        self.is_cut = True

    def mend(self) -> None:
        self.is_cut = False


class FakeDemo:
    """A demonstration without servers."""

    started: list[FakeDemo] = []
    gate = threading.Event()
    fail: Exception | None = None

    def __init__(self, folder, *, scripts) -> None:
        self.folder, self.scripts = folder, scripts
        self.erased = self.stopped = False
        self.network = FakeNetwork()
        self.profile = mv_desktop.services.profile.ServerProfile(**SCHOOL, demo=True)

    def erase(self) -> None:
        self.erased = True

    def start(self, progress) -> None:
        FakeDemo.started.append(self)
        progress("Setting up the database …")
        FakeDemo.gate.wait(10)
        if FakeDemo.fail is not None:
            raise FakeDemo.fail

    def stop(self) -> None:
        self.stopped = True

    def unpluggable(self):
        return self.profile, "http://127.0.0.1:9", self.network

    def missing(self) -> tuple[object, ...]:
        return ()

    def description(self):
        person = {"name": "Meera", "email": "meera@demo.example", "password": "one", "role": "teacher"}
        admin = {"name": "Admin", "email": "admin@demo.example", "password": "one", "role": "admin"}
        return {"people": [{**person, "is_coordinator": True}, {**admin, "is_coordinator": False}]}


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> type[FakeDemo]:
    monkeypatch.setattr(mv_desktop.demo.demonstration, "Demonstration", FakeDemo)
    FakeDemo.started, FakeDemo.gate, FakeDemo.fail = [], threading.Event(), None
    return FakeDemo


def test_the_demo_says_what_it_is_doing_and_then_offers_its_people(house, demo):
    house.application.open_demo(None, fresh=True, scripts=2)
    starting = house.application.window.findChild(StartingScreen)
    assert starting.isVisible()
    house.until(lambda: starting.text == "Setting up the database …")
    demo.gate.set()
    house.until(lambda: house.application._screen is not None)
    assert demo.started[0].erased
    people = house.screen._people
    assert [people.item(n).text() for n in range(people.count())] == ["Meera — Coordinator", "Admin — Admin"]
    assert not house.screen._change.isVisible()
    assert not house.application.window._actions["app.servers"].isEnabled()
    house.settled()
    house.application.window.close()
    house.until(house.left)
    assert demo.started[0].stopped


def test_closing_while_the_demo_starts_stops_it_again(house, demo):
    house.application.open_demo(None, fresh=False, scripts=2)
    house.until(lambda: bool(demo.started))
    threading.Timer(0.1, demo.gate.set).start()
    house.application.window.close()
    house.until(house.left)
    assert demo.started[0].stopped
    assert house.application._screen is None


@pytest.mark.parametrize("error", [SetupError("PostgreSQL could not be started."), ZeroDivisionError()])
def test_a_demo_that_cannot_start_is_told(house, demo, error):
    demo.fail = error
    demo.gate.set()
    house.application.open_demo(None, fresh=False, scripts=2)
    house.until(lambda: bool(house.crashes or house.application.window.messages.toasts))
    assert bool(house.crashes) is isinstance(error, ZeroDivisionError)


def test_scripts_that_the_demo_makes_are_fetched(house, monkeypatch):
    house.signed_in()
    soon: list[bool] = []
    monkeypatch.setattr(house.application.workspace.driver, "soon", lambda: soon.append(True))
    house.application.scripts_made.emit()
    assert soon == [True]
    house.application._make_scripts(SimpleNamespace(missing=tuple), None)  # nothing is missing: nothing is made


def test_the_demo_and_only_it_has_a_switch_that_unplugs_the_network(house, demo, qtbot):
    demo.gate.set()
    house.application.open_demo(None, fresh=False, scripts=1)
    house.until(lambda: house.application._screen is not None)
    window, network = house.application.window, demo.started[0].network
    window.activateWindow()
    window._open_palette()
    palette = window.findChild(CommandPalette)
    assert "demo.unplug" in palette.listed
    palette.close()
    house.sign_in()
    house.until(lambda: house.application.workspace is not None)
    assert house.page_proxy == "http://127.0.0.1:9"
    (button,) = [box for box in window.status.findChildren(QToolButton) if box.text() == "Unplug the network"]
    window.activateWindow()
    house.until(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    house.until(lambda: network.is_cut)
    assert button.text() == "Plug the network in again"
    button.click()
    house.until(lambda: not network.is_cut)


def test_a_real_server_has_no_such_switch(house):
    house.signed_in()
    assert house.application.window._offered == []
