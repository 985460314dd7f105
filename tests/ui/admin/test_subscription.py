"""Subscriptions in the office, by keys: begun, changed, cancelled, and consultations entered against the hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtTest import QTest

from mv_desktop.domain.subscription import PlanType, SubscriptionStatus
from mv_desktop.ui.admin.exam_window import ExamDesk
from mv_desktop.ui.admin.subscription import SubscriptionSubject
from mv_desktop.ui.paper.print_dialog import no_picture
from tests.fakes import hand
from tests.fakes.exam_place import FakeExams
from tests.fakes.subscriber_place import HELD, FakeSubscribers
from tests.ui.admin.desk import SubjectDesk

RUNNING = UUID(int=1)


@pytest.fixture
def place() -> FakeSubscribers:
    return FakeSubscribers()


@pytest.fixture
def desk(qtbot, tasks, place) -> SubjectDesk:
    return SubjectDesk(
        qtbot, tasks, SubscriptionSubject(place, lambda: date(2026, 7, 31), ExamDesk(FakeExams(), no_picture, str))
    )


def type_cell(desk: SubjectDesk, row: int, column: int, words: str) -> None:
    table = desk.form.editor("consultations").control.table
    table.setCurrentCell(row, column)
    table.setFocus()
    desk.press("F2")
    editor = desk.screen.focusWidget()
    editor.selectAll()
    QTest.keyClicks(editor, words)
    hand.press("Return", editor)
    desk.qtbot.waitUntil(table.hasFocus)
    desk.settle()


def test_a_consultation_is_entered_against_the_hours_put_right_and_taken_back(desk, place):
    assert desk.panel.heading == "Ravi Kumar, Premium"
    assert desk.panel.facts.splitlines() == [
        "Active", "This month: 3 / 5 exams, 1 / 3 hours with a teacher",
        "Besides: Premium Plan, Tue 1 Sep 2026 to Wed 30 Sep 2026 (Active)",
        "Besides: Basic Plan, Fri 1 May 2026 to Sun 31 May 2026 (Over)",
    ]  # fmt: skip
    table = desk.form.editor("consultations").control.table
    assert table.cells == [["2026-07-06", "asha@school.in", "1", "Limits"]]
    table.setCurrentCell(0, 0)
    table.setFocus()
    desk.press("Ctrl+Return")
    type_cell(desk, 1, 0, "31/7/2026")
    type_cell(desk, 1, 2, "2.5")
    assert table.cells[1] == ["31/7/2026", "asha@school.in", "2.5", "Limits"]
    narrow = table.columnWidth(1)
    type_cell(desk, 1, 1, "somebody.longer.than.asha@school.example")
    assert table.columnWidth(1) > narrow  # what was typed is seen whole
    type_cell(desk, 1, 1, "asha@school.in")
    assert desk.form.faults == {"consultations": "Consultation 2: That day is still to come."}
    type_cell(desk, 1, 0, "14/7/2026")
    assert desk.panel.effect.splitlines() == [
        "Then 3.5 / 3 hours of this month are used.",
        "That is more than the plan gives.",
    ]
    desk.press("Ctrl+S")
    desk.say_why("her tests are near")
    assert place.sold[RUNNING].hours_used == Decimal("3.5")
    assert "3.5 / 3 hours with a teacher" in desk.panel.facts
    assert "More than the plan gives: 3.5 / 3 hours in the month from Wed 1 Jul 2026" in desk.panel.facts
    desk.press("Ctrl+Z")
    assert place.sold[RUNNING].consultations == (HELD,)
    assert place.sold[RUNNING].hours_used == 1
    desk.write("start_date", "2026-06-01")
    table.setCurrentCell(0, 0)
    table.setFocus()
    desk.press("Ctrl+Return")
    type_cell(desk, 1, 0, "30/6/2026")
    type_cell(desk, 1, 2, "4")
    assert desk.panel.effect.splitlines()[-1].startswith("1 consultation is of an earlier month")
    desk.press("Ctrl+S")
    desk.say_why("forgotten then")
    assert place.sold[RUNNING].hours_used == 1
    assert "More than the plan gives: 4 / 3 hours in the month from Mon 1 Jun 2026" in desk.panel.facts
    table.setCurrentCell(0, 0)
    table.setFocus()
    desk.press("Ctrl+Del")
    assert desk.panel.effect == "Then 0 / 3 hours of this month are used."


def test_through_what_it_was_paid_is_said_where_it_is_known(desk, place):
    assert "Paid through" not in desk.panel.facts
    paid = replace(place.sold[RUNNING], payment_gateway="razorpay", payment_ref="pay_29QQ")
    assert "Paid through razorpay, number of the payment pay_29QQ" in desk.screen.subject.facts(paid)


def test_the_exams_that_it_counts_are_a_key_away(desk):
    desk.press("Shift+P")
    window = desk.screen.windows.window
    assert window.windowTitle() == "Exams of Ravi Kumar"
    window.reject()


def test_another_billing_day_says_whose_hours_fall_into_the_month_then(desk):
    desk.write("billing_day_of_month", "10")
    assert desk.panel.effect == "Then 0 / 3 hours of this month are used."
    desk.write("billing_day_of_month", "5")
    assert desk.panel.effect == "Then 1 / 3 hours of this month are used."


def test_an_overlap_names_the_other_one_as_one_types(desk):
    desk.write("end_date", "2026-09-01")
    assert desk.form.faults == {"": "Premium Plan runs from 01/09/2026 to 30/09/2026 already."}
    desk.write("status", "pending")
    assert desk.form.faults == {}
    desk.write("end_date", "2026-06-01")
    assert desk.form.faults == {"end_date": "It must end after it begins."}


def test_one_is_begun_and_cancelled_by_keys(desk, place):
    desk.press("N")
    assert desk.form.editor("billing_day_of_month").typed == "28"
    desk.write("email", "uma@home.in")
    desk.write("plan_type", "centum")
    desk.write("amount_paid_paise", "1,499")
    desk.press("Ctrl+S")
    desk.say_why("paid at the office")
    made = place.sold[UUID(int=3)]
    assert (made.plan_type, made.amount_paid_paise, made.start_date) == (PlanType.CENTUM, 149900, date(2026, 7, 31))
    assert not desk.form.editor("email").control.isEnabled()
    desk.press("Ctrl+Backspace")
    desk.say_why("moved away")
    assert "Uma Das" in desk.panel.question.text
    desk.panel.question._yes.click()
    desk.settle()
    assert place.sold[UUID(int=3)].status == SubscriptionStatus.CANCELLED
    assert not desk.able("record.cancel")
    desk.press("L")
    assert [row.subscription_id for row in desk.screen.list.rows] == [RUNNING]
