"""The screen of cases with a server in memory, for its tests."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mv_desktop.ui.coordination.case.screen import CaseScreen
from mv_desktop.ui.tasks import Tasks
from tests.factories.queue_row import NOON
from tests.fakes import hand
from tests.fakes.case_place import FakeCasePlace
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages


class Desk:
    """The screen with a server in memory."""

    def __init__(self, qtbot: QtBot, tasks: Tasks) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.place, self.messages = FakeCasePlace(), KeptMessages()
        self.clock = FakeClock(NOON - timedelta(days=3))  # this computer's is wrong
        self.screen = CaseScreen(self.place, tasks, self.clock, self.messages)
        self.counts: list[int] = []
        self.screen.counted.connect(self.counts.append)
        qtbot.addWidget(self.screen)
        self.screen.resize(1366, 700)
        self.screen.show()
        self.screen.activateWindow()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def press(self, key: str) -> None:
        hand.press(key, self.screen.list.table)
        self.settle()

    def look(self, key: str) -> None:
        self.screen.list.select(key)
        self.settle()
        assert self.screen.case is not None
        assert self.screen.case.key == key

    def line(self, name: str) -> QLineEdit:
        (found,) = [one for one in self.screen.form.findChildren(QLineEdit) if one.accessibleName() == name]
        return found

    def type(self, **texts: str) -> None:
        for name, text in texts.items():
            self.line(name.replace("_", " ")).setText(text)

    def enter(self) -> None:
        hand.press("Return", self.line("Reason"))
        self.settle()

    def decide(self, key: str, case: str, **texts: str) -> tuple:
        self.look(case)
        self.press(key)
        self.type(**texts)
        self.enter()
        return self.place.done[-1]

    @property
    def keys(self) -> list[str]:
        return [str(row.key) for row in self.screen.list.table.rows]

    @property
    def offered(self) -> set[str]:
        return {name.removeprefix("cases.") for name, one in self.screen.view.buttons.items() if one.isVisible()}
