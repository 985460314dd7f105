"""Quality on the screen: samples walked, given and taken back by keys; results of days; without a network, too."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mv_desktop.ui.coordination.quality.screen import QualityScreen, View
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.quality_place import BINA, MEERA, NOW, FakeQualityPlace

ZONE = ZoneInfo("Asia/Kolkata")


class Desk:
    """The screen with a server in memory."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, place: FakeQualityPlace | None = None) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.place, self.messages = place or FakeQualityPlace(), KeptMessages()
        self.screen = QualityScreen(self.place, tasks, FakeClock(NOW), ZONE, self.messages)
        self.counts: list[int] = []
        self.screen.counted.connect(self.counts.append)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def press(self, key: str) -> None:
        self.screen.activateWindow()  # a list that popped up may have been in front
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        hand.press(key, self.screen.focusWidget())
        self.settle()

    def enter(self, line: QLineEdit, *keys: str) -> None:
        for key in keys:
            hand.press(key, line)
        self.settle()

    def rows(self) -> list[list[str]]:
        return [[cell.text for cell in row.cells] for row in self.screen.list.table.rows]

    def look(self, number: int) -> None:
        self.screen.list.select(self.place.samples[number].evaluation_id)
        self.settle()


@pytest.fixture
def desk(qtbot: QtBot, tasks: Tasks) -> Desk:
    return Desk(qtbot, tasks)


def test_all_samples_stand_there_with_the_rule_and_whoever_waits_is_counted(desk):
    assert desk.screen.rule == (
        "The first 5 scripts of a new teacher are marked a second time, and 2 % of all later ones. Two markings of a "
        "question may differ by ½, of a long answer by 1."
    )
    assert desk.counts == [2]
    assert desk.rows()[:3] == [
        ["VX-4K2", "Asha Rao", "One of the first", "Waits", "yesterday 14:30"],
        ["RT-8P1", "Bina Das", "Drawn", "Waits: nobody could have it · declined 1 time", "Mon 13 Jul 14:30"],
        ["KM-3Q7", "Lakshmi Venkatasubramanian", "Asked for", "With Asha Rao", "yesterday 08:30"],
    ]
    assert desk.screen.list.table.hasFocus()
    desk.press("L")
    assert [row[0] for row in desk.rows()] == ["VX-4K2", "RT-8P1"]
    desk.press("Esc")
    desk.press("/")
    QTest.keyClicks(desk.screen.focusWidget(), "meera")
    assert [row[0] for row in desk.rows()] == ["PL-9D4"]
    desk.screen.list._find.setText("km3")
    assert [row[0] for row in desk.rows()] == ["KM-3Q7"]
    desk.screen.list._find.setText("nobody")
    assert desk.screen.list.empty.title == "No sample is found"


def test_without_samples_the_keyboard_is_not_at_the_search(qtbot, tasks):
    place = FakeQualityPlace()
    place.samples = []
    desk = Desk(qtbot, tasks, place)
    assert desk.screen.list.empty.hasFocus()
    desk.press("L")  # a command, and no letter to look for
    assert desk.screen.list._find.text() == ""
    assert desk.screen.list._standings.currentIndex() == 1


def test_a_state_without_samples_leaves_the_keyboard_to_the_commands(desk):
    for _ in range(desk.screen.list._standings.count()):
        desk.press("L")
    assert desk.screen.list._standings.currentIndex() == 0
    assert desk.screen.list._find.text() == ""


def test_a_sample_is_given_by_typed_letters_in_the_order_of_the_server(desk):
    desk.press("G")
    panel = desk.screen.give_panel
    assert panel.name.labels == (
        "Meera Krishnamurthy — 0 second markings open",
        "Bina Das — 1 second marking open",
        "Lakshmi Venkatasubramanian — 0 second markings open, absent today",
    )
    assert panel.told.startswith("Best: Meera Krishnamurthy.")
    QTest.keyClicks(panel.name, "mee")
    desk.enter(panel.name, "Return", "Return")
    assert desk.place.calls == [("give", desk.place.samples[0].evaluation_id, MEERA)]
    assert desk.messages.said == ["The sample is given; the second teacher is told."]
    assert panel.isHidden()
    assert desk.rows()[0][3] == "With Meera Krishnamurthy"
    assert desk.counts[-1] == 1
    assert not desk.screen.actions_by_id["quality.give"].isEnabled()


def test_who_was_slower_is_told_and_for_whom_there_is_nobody_that_is_said(desk):
    desk.look(1)
    desk.press("G")
    assert desk.screen.give_panel.told.startswith("Nobody could have it")
    desk.press("Esc")
    assert desk.screen.give_panel.isHidden()
    desk.look(0)
    desk.press("G")
    desk.place.faster = True
    desk.screen.give_panel.name.choose(desk.place.offered[0])
    desk.enter(desk.screen.give_panel.name, "Return")
    assert [error.message for error in desk.messages.told] == ["Priya Nair was faster: Bina Das has this sample."]
    assert desk.rows()[0][3] == "With Bina Das"
    assert desk.screen.give_panel.isHidden()  # there is nothing to give any more


def test_a_sample_is_taken_back_with_a_reason_and_never_without(desk):
    desk.look(2)
    desk.press("Return")  # what can be done with it
    panel = desk.screen.back_panel
    assert panel.heading == "Take KM-3Q7 back from Asha Rao; it waits again"
    marking = desk.place.samples[2].marking_id
    desk.enter(panel.reason, "Return")
    assert desk.place.calls == []
    QTest.keyClicks(panel.reason, "She is ill")
    desk.enter(panel.reason, "Return")
    assert desk.place.calls == [("take_back", marking, "She is ill")]
    assert desk.rows()[2][3] == "Waits"


def test_a_script_is_asked_for_and_what_was_typed_stays_when_it_is_refused(desk):
    desk.press("N")
    panel = desk.screen.ask_panel
    QTest.keyClicks(panel._code, "zz 999")
    QTest.keyClicks(panel.reason, "A parent asked")
    desk.enter(panel.reason, "Return")
    assert desk.messages.told[0].message == "No script has this code."
    assert (panel.isHidden(), panel.code, panel.why) == (False, "ZZ-999", "A parent asked")
    panel._code.setText("hq-7t3")
    desk.enter(panel._code, "Return")
    assert desk.place.calls == [("ask", "HQ-7T3", "A parent asked")]
    assert desk.rows()[0][:3] == ["HQ-7T3", "Bina Das", "Asked for"]
    desk.press("N")
    assert (panel.code, panel.why) == ("", "")


def test_both_markings_stand_side_by_side(desk):
    assert "once the second one is handed in" in desk.screen.view.text
    desk.look(3)
    assert "Comment of the second teacher: Neat work" in desk.screen.view.text
    assert "Exactly the same marks: 40 %; within what may differ: 80 %; within ½: 80 %." in desk.screen.view.text
    rows = [[cell.text for cell in row.cells] for row in desk.screen.view.table.rows]
    assert rows[1:4] == [
        ["2", "2½ / 3", "2 / 3", "+½", "½", "The other side counted."],
        ["3", "3 / 3", "1½ / 3", "+1½", "½", "see step 2"],
        ["4", "4 / 5", "4½ / 5", "−½", "1", ""],
    ]
    assert [row.cells[3].icon for row in desk.screen.view.table.rows] == ["", "", "warning", "", ""]
    desk.place.reachable = False
    desk.look(0)
    desk.look(3)
    assert desk.screen.view.table.isVisible()  # read once, and there since


def test_results_of_chosen_days_say_who_agrees_and_where_marks_differ(desk):
    desk.press("2")
    results = desk.screen.results
    assert desk.place.asked == [
        (datetime(2026, 7, 12, 18, 30, tzinfo=UTC), datetime(2026, 7, 15, 18, 30, tzinfo=UTC)),
    ]  # from Monday on, at the school
    rows = [[cell.text for cell in row.cells] for row in results.teachers.rows]
    assert rows[0] == ["Asha Rao", "1", "5", "40 %", "80 %", "80 %", "+0.30", "0.50"]
    desk.press("3")
    rows = [[cell.text for cell in row.cells] for row in results.questions.rows]
    assert rows[0][0] == "Find ½x² in equation 3"
    assert rows[-1][0] == "00000000"  # the bank has no words of it
    assert len(desk.place.asked) == 1
    desk.press("Ctrl+D")
    assert results.picker._choice.hasFocus()
    desk.place.quiet = True
    desk.press("Down")
    assert results.empty.title == "Nothing in these days"
    desk.press("Up")
    desk.press("2")
    desk.screen.results.teachers.setFocus()
    desk.press("Return")
    assert desk.screen.shown is View.SAMPLES
    assert {row[1] for row in desk.rows()} == {"Asha Rao", "Lakshmi Venkatasubramanian"}  # with whom she has one


def test_without_a_network_what_was_read_stays_and_nothing_can_be_done(desk):
    desk.press("2")
    desk.press("1")
    desk.place.reachable = False
    desk.press("F5")
    assert desk.screen.state_text == (
        "As of today 14:30. The server does not answer. Try again when there is a network."
    )
    assert len(desk.rows()) == 5
    for name in ("give", "take_back", "ask"):
        assert not desk.screen.actions_by_id[f"quality.{name}"].isEnabled()
    desk.press("2")
    desk.press("F5")
    assert "does not answer" in desk.screen.results.told
    assert desk.screen.results.teachers.isVisible()
    desk.place.reachable = True
    desk.press("F5")
    desk.press("1")
    assert desk.screen.state_text == ""
    assert desk.screen.actions_by_id["quality.give"].isEnabled()


def test_what_is_typed_stays_when_the_network_goes(desk):
    desk.look(2)
    desk.press("T")
    QTest.keyClicks(desk.screen.back_panel.reason, "She is ill")
    desk.place.reachable = False
    desk.enter(desk.screen.back_panel.reason, "Return")
    assert desk.messages.told[0].kept == "What you typed stays here."
    assert (desk.screen.back_panel.isHidden(), desk.screen.back_panel.why) == (False, "She is ill")
    assert not desk.screen.back_panel._yes.isEnabled()


def test_an_empty_school_a_slow_server_and_none_are_told_apart(qtbot, tasks):
    place = FakeQualityPlace()
    place.reachable, place.samples = False, []
    away = Desk(qtbot, tasks, place)
    assert away.screen.list.empty.title == "The samples cannot be shown"
    place.reachable = True
    place.gate.clear()
    try:
        QTest.mouseClick(away.screen.list.empty._button, Qt.MouseButton.LeftButton)
        slow = QualityScreen(place, tasks, FakeClock(NOW), ZONE, KeptMessages())
        qtbot.addWidget(slow)
        assert slow.list.empty.title == "The samples are being fetched"
    finally:
        place.gate.set()
    away.settle()
    assert away.screen.list.empty.title == "No script was chosen yet"


def test_it_is_said_in_hindi(qtbot, tasks):
    set_language("hi")
    try:
        desk = Desk(qtbot, tasks)
        assert desk.screen.rule.startswith("नई शिक्षक की पहली 5")
        assert desk.rows()[2][3] == "Asha Rao के पास"
    finally:
        set_language("en")


def test_somebody_else_s_change_is_seen_without_losing_ones_place(desk):
    desk.look(0)
    desk.press("G")
    desk.place._change(desk.place.samples[1].evaluation_id, BINA)
    desk.screen.refresh()
    desk.settle()
    assert desk.rows()[1][3] == "With Bina Das · declined 1 time"
    assert desk.screen.sample == desk.place.samples[0]
    assert not desk.screen.give_panel.isHidden()
