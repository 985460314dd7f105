"""Views of a list, by keys: kept under a name, chosen, called otherwise, put first, removed, and there again later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.domain.record import Wanted
from mv_desktop.domain.saved_view import SavedView
from mv_desktop.ui.admin.audit import AuditSubject
from mv_desktop.ui.admin.list_screen import ListScreen
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.view_screen import ViewScreen
from mv_desktop.ui.tasks import Tasks
from tests.fakes import hand
from tests.fakes.audit_place import START, FakeAudit
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.plan_place import FakeDrafts, FakePlans
from tests.fakes.question_place import FakeQuestions
from tests.fakes.view_keeper import FakeViews
from tests.ui.accessibility import nameless_controls

KOLKATA = ZoneInfo("Asia/Kolkata")


class Desk:
    """A list, and hands on it."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, screen: ListScreen) -> None:
        self.qtbot, self.tasks, self.screen = qtbot, tasks, screen
        qtbot.addWidget(screen)
        screen.resize(1290, 700)
        with qtbot.waitExposed(screen):
            screen.show()
        self.settle()

    @property
    def list(self):
        return self.screen.list

    @property
    def dialog(self):
        return self.screen.views.dialog

    @property
    def button(self) -> str:
        return self.screen.views._button.text()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=10_000)

    def press(self, *keys: str) -> None:
        for key in keys:
            top = self.dialog or self.screen
            top.activateWindow()
            self.qtbot.waitUntil(top.isActiveWindow)
            hand.press(key, top.focusWidget())
        self.settle()

    def keep_as(self, name: str) -> None:
        self.press("Shift+V")
        self.write(name)

    def write(self, name: str) -> None:
        """Over what stands in the field of the name."""
        field = self.dialog.name
        assert self.dialog.focusWidget() is field
        field.selectAll()
        QTest.keyClicks(field, name)
        self.press("Return")

    def names(self) -> list[str]:
        return [row.key for row in self.dialog.table.rows]

    def box(self, name: str):
        return self.list._choices[name]

    def close(self) -> None:
        self.screen.stop()
        self.settle()
        self.screen.hide()


@pytest.fixture
def views() -> FakeViews:
    return FakeViews()


def bank(qtbot: QtBot, tasks: Tasks, views: FakeViews) -> Desk:
    subject = QuestionSubject(FakeQuestions(), lambda: UUID(int=999), None)
    clock = FakeClock(START)
    return Desk(qtbot, tasks, RecordScreen(subject, FakeDrafts(), tasks, clock, KOLKATA, KeptMessages(), views=views))


def log(qtbot: QtBot, tasks: Tasks, views: FakeViews, clock: FakeClock) -> Desk:
    return Desk(qtbot, tasks, ViewScreen(AuditSubject(FakeAudit(), clock, KOLKATA), tasks, clock, KOLKATA, views=views))


def test_a_view_is_kept_chosen_and_managed_by_keys_alone(qtbot, tasks, views):
    desk = bank(qtbot, tasks, views)
    assert desk.button == "Views"
    desk.press("/", *"find", "Return", "L")  # those of one state in whose text it stands
    chosen = desk.box("status").currentData()
    desk.press("Shift+V")
    assert desk.dialog.focusWidget() is desk.dialog.name
    assert "“find”" in desk.dialog.told
    desk.press("Return")
    assert desk.dialog.told == "Give the view a name."
    desk.write("Mine")
    assert desk.names() == ["Mine"]
    assert desk.dialog.told == "Kept as “Mine”."
    assert nameless_controls(desk.dialog) == []
    assert views.by_key["question", "mine"].wanted == Wanted("find", {"status": chosen})
    desk.press("Esc")
    assert desk.button == "Mine"
    desk.press("Esc")
    assert desk.button == "Views"
    desk.keep_as("All")
    desk.press("F2")
    desk.write("Everything")
    assert desk.names() == ["Everything", "Mine"]
    desk.press("F2")
    desk.write("mine")
    assert desk.dialog.told == "Another view has this name."
    desk.press("Esc", "V", "Down", "Space", "Return")
    assert desk.dialog is None
    assert desk.list.wanted == Wanted("find", {"status": chosen})
    assert desk.list.table.hasFocus() or not desk.list.rows
    assert views.by_key["question", "mine"].first
    desk.press("V", "Down", "Del")
    assert desk.names() == ["Everything"]
    desk.press("Ctrl+Z")
    assert desk.names() == ["Everything", "Mine"]
    desk.close()
    again = bank(qtbot, tasks, views)  # the program was started anew
    assert again.list.wanted == Wanted("find", {"status": chosen})
    assert again.button == "Mine"
    again.screen.views._box.rename("Mine", "Sets&2")
    again.settle()
    assert again.button == "Sets&&2"
    assert again.screen.views._button.shortcut().isEmpty(), "Alt+2 leads elsewhere"


def test_values_that_come_later_are_waited_for_and_those_that_are_gone_are_said(qtbot, tasks, views):
    wanted = Wanted("", {"unit": "Determinants", "class": "XII", "marks": "99", "cbse_year": "1900", "nothing": "x"})
    views.change("question", (), [SavedView("Old", wanted, first=True)])
    desk = bank(qtbot, tasks, views)
    assert desk.list.wanted == Wanted("", {"class": "XII", "unit": "Determinants"})
    assert {row.unit for row in desk.list.rows} <= {"Determinants"}
    assert desk.screen.views.note.text == "It is not narrowed by what is not there any more: Marks · Year"
    desk.box("marks").setCurrentIndex(1)
    desk.settle()
    assert desk.screen.views.note.text == "It is not narrowed by what is not there any more: Year"
    desk.press("Esc")
    assert desk.list.wanted == Wanted()
    assert desk.screen.views.note.isHidden()


def test_days_of_a_view_move_with_the_calendar(qtbot, tasks, views):
    clock = FakeClock(START)
    desk = log(qtbot, tasks, views, clock)
    desk.box("person").setCurrentIndex(3)  # it was the server's to say
    desk.list.days.span.setCurrentIndex(2)
    desk.settle()
    desk.keep_as("Week")
    desk.press("Space", "Esc", "Esc")
    day = START.date() - timedelta(days=9)
    desk.list.days.pick(day, day)
    desk.settle()
    desk.keep_as("That day")
    desk.press("Esc")
    desk.close()
    clock.advance(2 * 86_400)
    again = log(qtbot, tasks, views, clock)
    today = (START + timedelta(days=2)).date()
    assert again.list.wanted.choices["last_day"] == today.isoformat()
    assert again.list.wanted.choices["first_day"] == (today - timedelta(days=6)).isoformat()
    assert again.box("person").currentText() == "Meera Krishnamurthy"
    assert again.button == "Week"
    again.press("V", "Home", "Return")
    assert again.button == "That day"
    assert again.list.wanted == Wanted("", {"first_day": day.isoformat(), "last_day": day.isoformat()})


def test_a_view_stands_instead_of_what_was_looked_for_before(qtbot, tasks, views):
    everything = {"status": "active", "class": "XII", "question_type": "VSA", "marks": "2"}
    views.change(
        "question", (), [SavedView("Whole", Wanted("find", everything)), SavedView("X", Wanted("", {"class": "X"}))]
    )
    desk = bank(qtbot, tasks, views)
    desk.box("difficulty").setCurrentIndex(2)
    desk.list.search.setText("circle")
    desk.settle()
    desk.press("V", "Up", "Return")
    assert desk.list.wanted == Wanted("find", everything)
    assert desk.button == "Whole"
    desk.press("V", "Down", "Return")
    assert desk.list.wanted == Wanted("", {"class": "X"})
    assert desk.list.search.text() == ""
    assert desk.screen._subject._place.asked[-1] == Wanted("", {"class": "X"})
    desk.press("V", "Up", "Return")
    assert desk.list.wanted == Wanted("find", everything)
    assert desk.list.rows == []
    desk.press("V", "Down", "Return", "Down")
    assert desk.list.rows == []
    assert desk.list.search.text() == ""


def test_the_order_is_part_of_a_view(qtbot, tasks, views):
    subject = PlanSubject(FakePlans(), lambda: UUID(int=9))
    desk = Desk(qtbot, tasks, RecordScreen(subject, FakeDrafts(), tasks, FakeClock(START), KOLKATA, KeptMessages(),
                                           views=views))  # fmt: skip
    usual = [row.display_name for row in desk.list.rows]
    desk.box("order").setCurrentIndex(desk.box("order").findData("name"))
    desk.settle()
    desk.keep_as("By name")
    desk.press("Esc", "Esc")
    assert [row.display_name for row in desk.list.rows] == usual
    desk.press("V", "Return")
    assert [row.display_name for row in desk.list.rows] == sorted(usual) != usual


def test_a_view_without_rows_keeps_the_keyboard_and_is_left_by_one_key(qtbot, tasks, views):
    views.change("question", (), [SavedView("Archived", Wanted("", {"status": "archived"}))])
    desk = bank(qtbot, tasks, views)
    desk.press("V", "Return")
    assert desk.list.rows == []
    assert not desk.screen.panel.isVisible()
    desk.press("Down", "Up", "PgDown", "End", "Return", "Space")
    assert desk.list.wanted == Wanted("", {"status": "archived"})
    assert desk.list.isAncestorOf(desk.screen.focusWidget())
    desk.press("L")  # and the keys of the list go on
    assert desk.list.wanted == Wanted()
    assert desk.list.table.hasFocus()
    desk.press("V", "Return", "Esc")
    assert desk.list.wanted == Wanted()
    assert desk.list.table.hasFocus()
    assert len(desk.list.rows) == 50


def test_a_view_of_nothing_that_is_there_any_more_is_left_by_one_key(qtbot, tasks, views):
    views.change("question", (), [SavedView("Old", Wanted("", {"marks": "99"}))])
    desk = bank(qtbot, tasks, views)
    desk.press("V", "Return")
    assert desk.screen.views.note.isVisible()
    desk.press("Esc")
    assert not desk.screen.views.note.isVisible()
    assert desk.button == "Views"


def test_a_list_that_becomes_empty_takes_nothing_from_who_is_writing(qtbot, tasks, views):
    desk = bank(qtbot, tasks, views)
    place = desk.screen._subject._place
    key = next(iter(place.bank))
    place.bank = {key: replace(place.bank[key], status="draft", stood="draft")}
    desk.press("L")
    assert len(desk.list.rows) == 1
    desk.press("Return", "x")
    editor = desk.screen.focusWidget()
    place.bank[key] = replace(place.bank[key], status="active", stood="active")  # somebody else has approved it
    desk.screen.refresh()
    desk.settle()
    assert desk.list.rows == []
    assert desk.screen.panel.isVisible()
    assert desk.screen.focusWidget() is editor
    desk.press("y")
    assert editor.toPlainText().startswith("xy")
    desk.press("Ctrl+D")  # and once she is at the list again, it goes with its row
    desk.screen.list.take_focus()
    assert desk.list.search.hasFocus()


def test_what_one_was_led_to_stays_beside_an_empty_list(qtbot, tasks, views):
    desk = bank(qtbot, tasks, views)
    desk.press("/", *"zzz")
    desk.screen.lead_to(str(UUID(int=7)))
    desk.settle()
    desk.screen.refresh()
    desk.settle()
    assert desk.list.rows == []
    assert desk.screen.panel.heading == "Find x₇."
    assert desk.screen.panel.isVisible()
