"""A faulty question in the office, by keys: looked at before, awarded with a reason, and taken back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
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


def test_what_is_proposed_is_said_chosen_and_declined_with_a_reason_by_keys(qtbot, tasks, place, window):
    assert not window.proposed.isVisible()
    assert not window.decline.isVisible()
    window.reject()
    place.propose(DROP, AWARD)
    again = FaultWindow(place, UUID(int=1), "Find $x$", 1, tasks)
    qtbot.addWidget(again)
    again.show()
    again.choices[AWARD].setFocus()
    settle(qtbot, tasks, again)
    assert again.proposed.text.splitlines() == [
        "Meera Iyer proposes to drop it (Board exam): “the figure is missing”",
        "Meera Iyer proposes to award it (Board exam): “the figure is missing”",
    ]
    assert (again.chosen, place.asked[-1]) == (DROP, (DROP, 1)), "what was proposed first"
    assert again.focusWidget() is again.choices[DROP]
    again.decline.setFocus()
    QTest.keyClick(again.decline, Qt.Key.Key_Space)
    assert again.told.text == "Say why; it stands in the history."
    assert again.focusWidget() is again.reason
    QTest.keyClicks(again.reason, "the figure was there")
    place.problem = ConflictError("Ravi has decided about this question meanwhile.", remedy="Look at it again.")
    again.decline.setFocus()
    QTest.keyClick(again.decline, Qt.Key.Key_Space)
    settle(qtbot, tasks, again)
    assert place.declined == []
    assert again.reason.text() == "the figure was there", "what was typed stays"
    again.decline.setFocus()
    QTest.keyClick(again.decline, Qt.Key.Key_Space)
    settle(qtbot, tasks, again)
    assert place.declined == [((UUID(int=70), UUID(int=71)), "the figure was there")]
    assert not again.proposed.isVisible()
    assert not again.decline.isVisible()
    assert again.focusWidget() is again._close


def test_what_holds_comes_before_what_is_proposed_and_both_are_said(qtbot, tasks, place, window):
    window.reject()
    place.now = replace(place.now, holds={AWARD: 2})
    place.propose(DROP)
    again = FaultWindow(place, UUID(int=1), "Find $x$", 1, tasks)
    qtbot.addWidget(again)
    again.show()
    settle(qtbot, tasks, again)
    assert (again.state.text, again.chosen) == ("It is awarded.", DROP)
    assert again.choices[NONE].isVisible()
    assert again.proposed.isVisible()


def test_the_bank_tells_how_many_are_proposed_and_finds_them(place):
    place.propose(DROP)
    subject = QuestionSubject(FakeQuestions(), lambda: UUID(int=999), faults=place, proposed=True)
    subject.count_due()
    assert subject.due() == (1, "1 question is proposed as faulty.")
    assert subject.choices[0].values[-1] == ("faulty", "Proposed as faulty")
    older = QuestionSubject(FakeQuestions(), lambda: UUID(int=999), faults=place)
    older.count_due()
    assert older.due() == (0, "")
    assert "faulty" not in dict(older.choices[0].values)
    draft = replace(FakeQuestions().open(UUID(int=1)).draft, faults=place.now.proposals)
    assert f"Meera Iyer proposes it as faulty, {NOW}: “the figure is missing”" in subject.facts(draft).splitlines()


def test_what_is_proposed_stands_beside_the_question_until_it_is_decided(qtbot, tasks, place):
    place.propose(DROP)
    questions = FakeQuestions()

    def opened(key: UUID, plain=questions.open):
        found = plain(key)
        return replace(found, draft=replace(found.draft, faults=place.now.proposals))

    questions.open = opened  # type: ignore[method-assign]
    subject = QuestionSubject(questions, lambda: UUID(int=999), faults=place, proposed=True)
    screen = RecordScreen(subject, FakeDrafts(), tasks, FakeClock(NOW), ZoneInfo("Asia/Kolkata"), KeptMessages())
    qtbot.addWidget(screen)
    with qtbot.waitExposed(screen):
        screen.show()
    qtbot.waitUntil(lambda: not tasks.busy and screen.settled, timeout=10_000)
    assert "Meera Iyer proposes it as faulty" in screen.panel.facts
    screen.panel.form.editor("topic").control.setText("typed meanwhile")
    screen.actions_by_id["record.fault"].trigger()
    window = screen.windows.window
    settle(qtbot, tasks, window)
    window.reason.setText("the figure was there")
    window.decline.click()
    settle(qtbot, tasks, window)
    qtbot.waitUntil(lambda: "proposes" not in screen.panel.facts, timeout=10_000)
    assert screen.panel.form.editor("topic").control.text() == "typed meanwhile"
    window.reject()
