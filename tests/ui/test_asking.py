"""The server is asked again as long as somebody looks, and less often while it does not answer."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError
from mv_desktop.ui.asking import Asking
from mv_desktop.ui.tasks import Tasks


class _Server:
    def __init__(self) -> None:
        self.away = False
        self.asked = 0

    def answer(self) -> int:
        self.asked += 1
        if self.away:
            raise OfflineError("The server cannot be reached.")
        return self.asked


def test_who_is_not_answered_asks_less_often_and_who_does_not_look_hardly_or_not(qtbot: QtBot, tasks: Tasks) -> None:
    server, screen = _Server(), QWidget()
    qtbot.addWidget(screen)
    heard: list[tuple[int, bool]] = []
    troubles: list[str] = []
    asking = Asking(
        tasks, "here", server.answer, screen, lambda *told: heard.append(told), lambda: troubles.append(asking.trouble),
        seconds=10, slowest=30, hidden=60,
    )  # fmt: skip

    def ask() -> float:
        asking.now()
        asking.now()  # one question at a time
        qtbot.waitUntil(lambda: not asking.running)
        return wait()

    def wait() -> float:
        return asking._timer._timer.interval() / 1000 if asking._timer is not None and asking._timer.active else 0.0

    assert ask() == 60
    screen.show()
    assert ask() == 10
    assert heard == [(1, False), (2, False)]
    server.away = True
    assert [ask(), ask(), ask()] == [20, 30, 30]
    assert troubles == ["The server cannot be reached."] * 3
    server.away = False
    assert ask() == 10
    assert heard[-1] == (6, True)
    assert asking.trouble == ""
    asking.fail(OfflineError("Something beside it."))
    assert (asking.trouble, wait()) == ("Something beside it.", 10)
    screen.hide()
    asking.rest()
    assert wait() == 60
    asking.stop()
    asking.now()
    assert (asking.running, wait(), server.asked) == (False, 0.0, 6)


def test_a_list_that_is_hidden_asks_nothing(qtbot: QtBot, tasks: Tasks) -> None:
    server, screen = _Server(), QWidget()
    qtbot.addWidget(screen)
    asking = Asking(tasks, "here", server.answer, screen, lambda *_: None, lambda: None, seconds=10)
    asking.now()
    qtbot.waitUntil(lambda: not asking.running)
    assert asking._timer is None
