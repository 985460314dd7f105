"""No control without a name, in any window, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.comment import CommentIndex
from mv_desktop.domain.submission import Finding, Sentence, Weight
from mv_desktop.ui.actions import KeyMap, Scope, commands_of
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.marking.bank_panel import BankPanel
from mv_desktop.ui.marking.comment_form import CommentForm
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.marking.submit_check import SubmitCheck
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.shell.absence_page import AbsencePage
from mv_desktop.ui.shell.crash import CrashDialog
from mv_desktop.ui.shell.key_catcher import KeyCatcher
from mv_desktop.ui.shell.key_page import KeyPage
from mv_desktop.ui.shell.lockout import SignInLock
from mv_desktop.ui.shell.main_window import MainWindow, Place
from mv_desktop.ui.shell.password_page import PasswordPage
from mv_desktop.ui.shell.preference_table import Preferences
from mv_desktop.ui.shell.preferences import PreferencesDialog
from mv_desktop.ui.shell.sign_in import DemoPerson, SignInPlace, SignInScreen
from mv_desktop.ui.shell.starting import StartingScreen
from mv_desktop.ui.shell.sync_screen import SyncScreen
from mv_desktop.ui.shell.sync_state import SyncNote, SyncState
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import LANGUAGES, set_language
from mv_desktop.ui.widgets.command_palette import CommandPalette
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.key_sheet import KeySheet
from tests.factories.comment import body, comment
from tests.factories.queue_row import CALENDAR, NOON, realistic_rows
from tests.factories.script import script_view
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.own_place import FakeOwnPlace
from tests.fakes.picture_source import small_script
from tests.fakes.script_store import FakeScriptStore
from tests.ui.accessibility import nameless_controls


class Rows:
    def rows(self):
        return realistic_rows()


class Windows:
    """Makes each window of the program, filled."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, folder: Path) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.clock, self.messages, self.images = FakeClock(), KeptMessages(), ImageCache()
        self.settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)

    def sign_in(self) -> QWidget:
        person = DemoPerson("Meera Krishnamurthy", "Teacher", "meera@demo.example", "one")
        places = (SignInPlace("School", "db"), SignInPlace("Demo", "here", protected=False, people=(person,)))
        screen = SignInScreen(places, SignInLock(3), self.clock)
        screen.suggest("Demo", "")
        return screen

    def starting(self) -> QWidget:
        return StartingScreen(self.tasks)

    def queue(self) -> QWidget:
        screen = QueueScreen(Rows(), self.tasks, CALENDAR, self.clock, self.messages)
        screen.refresh()
        self.qtbot.waitUntil(lambda: bool(screen.rows))
        screen.actions_by_id["queue.preview"].trigger()
        return screen

    def marking(self) -> QWidget:
        screen = MarkingScreen(
            FakeScriptStore(), self.tasks, self.images, id_source(self.clock), self.clock, CALENDAR, self.messages
        )
        pages, pictures = small_script(2)
        screen.show_script(OpenedScript(script_view(pages=pages)), pictures)
        screen._top.ask_question({2, 3})
        self.qtbot.waitUntil(lambda: screen._sheet._panel.complete)  # it is laid out in a later turn
        return screen

    def bank(self) -> QWidget:
        host = QWidget()
        host.resize(700, 600)
        panel = BankPanel(self.tasks, host)
        panel.set_index(CommentIndex([comment(1, "Sign error", "0.5")]))
        panel.open_at(QPoint(10, 10), None)
        return host

    def comment_form(self) -> QWidget:
        form = CommentForm(FormulaPress(self.tasks), self.tasks)
        form.write("New comment", body("Put $x = 2$", "1"), (UUID(int=1), "21"), "It is somebody else's.")
        form.offer_update(3)
        return form

    def sync(self) -> QWidget:
        screen = SyncScreen()
        notes = (SyncNote(1, "Question 2 takes at most 2 marks.", "VX-4K2", NOON),)
        screen.show_state(SyncState(3, notes=notes, kept=1, refused=1), NOON, CALENDAR.hours.zone)
        return screen

    def main(self) -> QWidget:
        window = MainWindow(self.tasks, self.settings)
        window._may_close = True
        window.add_place("queue", Place(Scope.QUEUE, "queue", "Queue", go="app.queue"), QWidget())
        window.add_place("sync", Place(Scope.EVERYWHERE, "sync", "Sync", go="app.sync"), SyncScreen())
        window.open_workspace("Meera Krishnamurthy", "Teacher")
        window.messages.say("Done.", undo=lambda: None)
        window.messages.tell(UserError("It went wrong.", remedy="Try again."))
        return window

    def preferences(self) -> QWidget:
        return PreferencesDialog(Preferences(self.settings))

    def key_page(self) -> QWidget:
        return KeyPage(KeyMap({"marking.full": ["L"], "marking.zero": ["L"]}))

    def key_catcher(self) -> QWidget:
        return KeyCatcher("marking.full", KeyMap())

    def password_page(self) -> QWidget:
        return PasswordPage(FakeOwnPlace(), self.tasks)

    def absence_page(self) -> QWidget:
        page = AbsencePage(FakeOwnPlace(), self.tasks, id_source(self.clock))
        self.qtbot.waitUntil(lambda: bool(page.absences))
        return page

    def palette(self) -> QWidget:
        window = MainWindow(self.tasks, self.settings)
        window._may_close = True
        self.qtbot.addWidget(window)
        return CommandPalette(list(window._actions.values()), window)

    def keys(self) -> QWidget:
        return KeySheet(commands_of(Scope.MARKING), KeyMap())

    def check(self) -> QWidget:
        findings = (
            Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "2"}, 2),
            Finding(Weight.ACCEPT, Sentence.STAMPED, {"question": "3", "sum": "1"}, 3),
        )
        return SubmitCheck(findings, Decimal(1), Decimal(2))

    def crash(self) -> QWidget:
        return CrashDialog("details")


WINDOWS = [name for name in vars(Windows) if not name.startswith("_")]


@pytest.fixture
def windows(qtbot: QtBot, tmp_path: Path) -> Iterator[Windows]:
    tasks = Tasks()
    made = Windows(qtbot, tasks, tmp_path)
    yield made
    made.images.shutdown()
    tasks.shutdown()
    set_language("en")


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", WINDOWS)
def test_every_control_of_every_window_has_a_name(qtbot, windows, name, language):
    set_language(language)
    window = getattr(windows, name)()
    qtbot.addWidget(window, before_close_func=lambda w: w.shutdown() if isinstance(w, MarkingScreen) else None)
    window.show()
    assert nameless_controls(window) == []
