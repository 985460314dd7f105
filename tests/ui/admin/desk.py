"""A subject of the office on a screen, used by keys."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDateEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.tasks import Tasks
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.plan_place import NOW, FakeDrafts
from tests.fakes.table_files import FakeFiles


class SubjectDesk:
    """One subject with a server in memory."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, subject: Subject) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.messages, self.drafts = KeptMessages(), FakeDrafts()
        zone = ZoneInfo("Asia/Kolkata")
        self.files = FakeFiles()
        self.screen = RecordScreen(subject, self.drafts, tasks, FakeClock(NOW), zone, self.messages, files=self.files)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    @property
    def panel(self) -> Any:
        return self.screen.panel

    @property
    def form(self) -> Any:
        return self.screen.panel.form

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=5000)

    def press(self, *keys: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        for key in keys:
            hand.press(key, self.screen.focusWidget())
        self.settle()

    def say_why(self, words: str) -> None:
        """Type the reason that is asked for, and go on."""
        assert self.panel.reason.hasFocus()
        self.press(*words, "Return")

    def write(self, name: str, typed: str) -> None:
        """Into a field, in place of what stands there."""
        control = self.form.editor(name).control
        control.setFocus()
        if isinstance(control, QComboBox):
            control.setCurrentIndex(control.findData(typed))
        elif isinstance(control, QDateEdit):
            control.setDate(QDate.fromString(typed, Qt.DateFormat.ISODate))
        elif isinstance(control, QPlainTextEdit):
            control.setPlainText(typed)
        else:
            control.selectAll()
            QTest.keyClicks(control, typed) if typed else self.press("Del")
        self.settle()

    def go_to(self, name: str) -> None:
        """Look at the first record that is found so."""
        self.press("/")
        self.screen.list.search.setText(name)
        self.settle()
        self.press("Return")
        assert name in self.panel.heading, self.panel.heading

    def able(self, command: str) -> bool:
        """Whether it can be done now, and its button stands there."""
        button = self.panel._acts[command]
        enabled = self.screen.actions_by_id[command].isEnabled()
        assert not enabled or button.isVisible()
        return enabled
