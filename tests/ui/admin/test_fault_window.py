"""A faulty question in the office, by keys: looked at before, awarded with a reason, and taken back."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import ConflictError, OfflineError
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.ui.admin import fault_window
from mv_desktop.ui.admin.fault_window import FaultWindow
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.tasks import Tasks
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.fault_place import FakeFaults
from tests.fakes.messages import KeptMessages
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.question_place import NOW, FakeQuestions

AWARD, DROP, NONE = Adjustment.AWARD, Adjustment.DROP, Adjustment.NONE


@pytest.fixture
def place() -> FakeFaults:
    return FakeFaults()


@pytest.fixture
def window(qtbot: QtBot, tasks: Tasks, place: FakeFaults) -> FaultWindow:
    subject = QuestionSubject(FakeQuestions(), lambda: UUID(int=999), faults=place)
    screen = RecordScreen(subject, FakeDrafts(), tasks, FakeClock(NOW), ZoneInfo("Asia/Kolkata"), KeptMessages())
    qtbot.addWidget(screen)
    screen.resize(1290, 700)
    with qtbot.waitExposed(screen):
        screen.show()
    qtbot.waitUntil(lambda: not tasks.busy and screen.settled, timeout=10_000)
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    hand.press("Shift+F", screen.focusWidget())
    found = screen.windows.window
    assert isinstance(found, FaultWindow)
    settle(qtbot, tasks, found)
    return found


def settle(qtbot: QtBot, tasks: Tasks, window: FaultWindow) -> None:
    qtbot.waitUntil(lambda: not tasks.busy and not window.busy, timeout=10_000)


def test_a_question_is_awarded_after_it_was_said_what_that_does_and_taken_back(
    qtbot, tasks, place, window, monkeypatch
):
    monkeypatch.setattr(fault_window, "_LOOK_SECONDS", 0.01)
    changed = []
    window.changed.connect(lambda: changed.append(1))
    assert place.asked == [(AWARD, 1)]
    assert window.told.text.splitlines() == [
        "Exams that had it: 3, of 3 students; 2 have a result.",
        "Results that would be others: 2. Higher: 2, lower: 0.",
        "Exams that get the right result once they are marked: 1.",
    ]
    assert [[cell.text for cell in row.cells] for row in window.table.rows] == [
        [f"Student {n}", "Board exam", "3½ of 80 · 4.38 %", "5 of 80 · 6.25 %"] for n in (1, 2)
    ]
    assert not window.choices[NONE].isVisible()
    assert not window.versions.isVisible()
    window.choices[DROP].click()
    settle(qtbot, tasks, window)
    assert place.asked[-1] == (DROP, 1)
    assert window.table.rows[0].cells[3].icon == "arrow-down"
    assert window.go.text() == "Drop it"
    window.choices[AWARD].click()
    settle(qtbot, tasks, window)
    window.go.click()
    assert window.told.text == "Say why; it stands in the history."
    QTest.keyClicks(window.reason, "misprinted")
    place.problem = ConflictError("Ravi has decided about this question meanwhile.", remedy="Look at it again.")
    window.go.click()
    settle(qtbot, tasks, window)
    assert place.now.seen == 0
    place.behind = 2
    window.go.click()
    settle(qtbot, tasks, window)
    qtbot.waitUntil(lambda: window.state.text.startswith("It is awarded"), timeout=10_000)
    assert window.state.text == "It is awarded, by Priya Nair: “misprinted”. Other results: 2."
    assert (window.chosen, window.choices[NONE].isVisible(), window.go.text()) == (NONE, True, "Take it back")
    QTest.keyClicks(window.reason, "it was right after all")
    window.go.click()
    settle(qtbot, tasks, window)
    assert (place.now.holds, window.chosen, window.state.text) == ({}, AWARD, "")
    assert changed == [1, 1]
    window.reject()


def test_which_versions_are_meant_is_chosen_where_exams_had_several(qtbot, tasks, place, window):
    window.reject()
    place.versions = ((1, 2), (9, 1))
    again = FaultWindow(place, UUID(int=1), "Find $x$", 9, tasks)
    qtbot.addWidget(again)
    again.show()
    settle(qtbot, tasks, again)
    assert again.versions.isVisible()
    assert again.versions.currentText() == "up to version 9 (1 exam had it)"
    again.choices[DROP].click()
    settle(qtbot, tasks, again)
    assert again.told.text == "Of at least one exam nothing would be left. Award the question instead."
    assert not again.go.isEnabled()
    again.versions.setCurrentIndex(0)
    again.versions.activated.emit(0)
    settle(qtbot, tasks, again)
    assert place.asked[-1] == (DROP, 1)
    assert again.go.isEnabled()


def test_the_server_is_asked_how_far_it_is_by_one_clock_alone(qtbot, tasks, place, window, monkeypatch):
    place.behind = 9
    QTest.keyClicks(window.reason, "misprinted")
    window.go.click()
    settle(qtbot, tasks, window)
    for choice in (DROP, AWARD):
        window.choices[choice].click()
        settle(qtbot, tasks, window)
    clocks = [one for one in tasks._periodic if one.active and one._receiver is window]
    assert len(clocks) == 1
    monkeypatch.setattr(fault_window, "_LOOK_SECONDS", 0.01)
    place.trouble = OfflineError("The server cannot be reached.")
    clocks[0].now()
    qtbot.waitUntil(lambda: window.state.text.startswith("It is awarded"), timeout=10_000)
    assert place.trouble is None
    window.reject()
