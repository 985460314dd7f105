"""Hands on the office's screen of one subject, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from zoneinfo import ZoneInfo

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.ui.admin.port import MomentPlace
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.tasks import Tasks
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.plan_place import NOW, FakeDrafts
from tests.fakes.table_files import FakeFiles


class OfficeHand:
    """One subject with a server in memory, and hands on it."""

    def __init__(
        self, qtbot: QtBot, tasks: Tasks, subject: Subject, drafts: FakeDrafts, moments: MomentPlace | None = None
    ) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.messages = KeptMessages()
        self.files = FakeFiles()
        self.screen = RecordScreen(
            *(subject, drafts, tasks, FakeClock(NOW), ZoneInfo("Asia/Kolkata"), self.messages),
            files=self.files,
            moments=moments,
        )
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    @property
    def panel(self):
        return self.screen.panel

    @property
    def form(self):
        return self.screen.panel.form

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=5000)

    def press(self, *keys: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        for key in keys:
            hand.press(key, self.screen.focusWidget())
        self.settle()

    def wait(self) -> None:
        """So long that it is time to look at the record again."""
        timer = self.screen._watch._timer
        assert timer is not None
        timer.now()
        self.settle()

    def write(self, name: str, typed: str) -> None:
        """Into a field, in place of what stands there."""
        control = self.form.editor(name).control
        control.setFocus()
        control.selectAll()
        QTest.keyClicks(control, typed) if typed else self.press("Del")
        self.settle()

    def type(self, *keys: str) -> None:
        """Keys that wait for no answer."""
        for key in keys:
            hand.press(key, self.screen.focusWidget())

    def type_into(self, name: str, typed: str) -> None:
        """Into a field, in place of what stands there, while the server is asked."""
        control = self.form.editor(name).control
        control.setFocus()
        control.selectAll()
        QTest.keyClicks(control, typed)

    @contextmanager
    def slowly(self, place: object, what: str) -> Iterator[None]:
        """The server answers `what` only at the end of this."""
        real, going = getattr(place, what), Event()

        def slow(*args: object) -> object:
            answer = real(*args)
            assert going.wait(10)
            return answer

        setattr(place, what, slow)
        try:
            yield
        finally:
            delattr(place, what)
            going.set()

    def close(self) -> None:
        self.screen.stop()
        self.settle()
        self.screen.hide()
