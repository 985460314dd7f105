"""A record that somebody changes while it is open: told to who types in it, shown to who does not, by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.holiday import CalendarChange, HolidayDraft
from mv_desktop.domain.question import QuestionStatus
from mv_desktop.domain.record import Change
from mv_desktop.domain.subscription import PlanType
from mv_desktop.ui.admin import record_watch
from mv_desktop.ui.admin.holiday import HolidaySubject
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.template import TemplateSubject
from mv_desktop.ui.tasks import Tasks
from tests.fakes.holiday_place import FakeHolidays
from tests.fakes.plan_place import NOW, FakeDrafts, FakePlans
from tests.fakes.question_place import FakeQuestions
from tests.fakes.record_moments import FakeMoments
from tests.fakes.template_place import FakeTemplates
from tests.ui.office_hand import OfficeHand

BASIC = PlanType.BASIC
TOLD = "Asha Rao has changed this since you opened it."


@pytest.fixture
def place() -> FakePlans:
    return FakePlans()


@pytest.fixture
def moments(place):
    return FakeMoments(PlanSubject(place))


@pytest.fixture
def desk(qtbot, tasks, place, moments):
    return OfficeHand(qtbot, tasks, PlanSubject(place), FakeDrafts(), moments)


def change(place: FakePlans, **values: object) -> None:
    place.put(BASIC, replace(place.plans[BASIC], **values), "Asha Rao", "why not")


def cheaper(place: FakePlans) -> None:
    change(place, monthly_price_paise=19900, description="Cheap")


def test_who_types_learns_of_it_while_she_types_and_goes_on(desk, place):
    desk.write("exams_per_month", "7")
    control = desk.form.editor("exams_per_month").control
    control.setCursorPosition(0)
    cheaper(place)
    assert desk.panel.note == ""
    desk.wait()
    assert desk.panel.note == TOLD
    assert control.hasFocus()
    QTest.keyClicks(control, "1")
    assert desk.form.editor("exams_per_month").typed == "17"
    assert desk.form.editor("monthly_price_paise").typed == "299"
    # saving does what it did
    desk.panel.reason.setText("more")
    desk.press("Ctrl+S")
    assert desk.messages.told[0].message.startswith("Asha Rao has changed this meanwhile.")
    assert desk.form.editor("monthly_price_paise").typed == "199"
    desk.press("Ctrl+S")
    assert (place.plans[BASIC].exams_per_month, place.plans[BASIC].monthly_price_paise) == (17, 19900)
    desk.wait()
    assert desk.panel.note == ""


def test_it_is_told_once_and_said_aloud_once_and_again_after_another_change(desk, place, moments):
    heard = []
    desk.panel.announcer.announced.connect(heard.append)
    desk.write("exams_per_month", "7")
    cheaper(place)
    QAccessible.setActive(True)
    try:
        desk.wait()
        desk.panel.say("", "")
        desk.wait()
        assert (heard, desk.panel.note) == ([TOLD], "")
        change(place, sla_hours=24)
        desk.wait()
    finally:
        QAccessible.setActive(False)
    assert (heard, desk.panel.note) == ([TOLD, TOLD], TOLD)
    desk.panel.say("", "")
    desk.press("F5")  # who asks is told anew
    assert desk.panel.note == TOLD


def test_who_changed_it_before_it_was_opened_is_not_said_to_have_done_so_since(qtbot, tasks, place, moments):
    cheaper(place)
    desk = OfficeHand(qtbot, tasks, PlanSubject(place), FakeDrafts(), moments)
    desk.write("exams_per_month", "7")
    place.seen[BASIC] += timedelta(minutes=1)  # by something that the log does not tell of
    desk.wait()
    assert desk.panel.note == "Somebody else has changed this since you opened it."


def test_what_nobody_typed_in_is_renewed_where_it_stands(desk, place):
    desk.press("Return")
    desk.screen.resize(900, 330)
    name = desk.form.editor("display_name").control
    name.setSelection(0, 5)
    bar = desk.form.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 20)
    bar.setValue(20)
    change(place, display_name="Basics", monthly_price_paise=19900)
    desk.wait()
    assert desk.panel.heading == "Basics"
    assert desk.form.editor("monthly_price_paise").typed == "199"
    assert desk.panel.note == ""
    assert not desk.form.differs
    assert (name.hasFocus(), name.selectedText(), bar.value()) == (True, "Basic", 20)
    assert desk.screen.list.rows[0].display_name == "Basics"
    assert desk.screen.list.key == BASIC
    # it is what is changed from now on
    desk.write("exams_per_month", "7")
    desk.panel.reason.setText("more")
    desk.press("Ctrl+S")
    assert (place.plans[BASIC].exams_per_month, place.plans[BASIC].display_name) == (7, "Basics")
    assert desk.messages.told == []


def test_the_line_hides_nothing_that_is_typed_into(desk, place):
    desk.press("Return")
    desk.screen.resize(900, 420)
    form, control = desk.form, desk.form.editor("exams_per_month").control
    desk.qtbot.waitUntil(lambda: form.verticalScrollBar().maximum() > 20)
    control.setFocus()
    QTest.keyClicks(control, "1")
    desk.settle()

    def end() -> int:
        return control.mapTo(form.viewport(), control.rect().bottomLeft()).y()

    bar, high = form.verticalScrollBar(), form.viewport().height()
    bar.setValue(bar.value() + end() + 1 - high)
    assert end() == high - 1
    cheaper(place)
    desk.wait()
    desk.qtbot.waitUntil(lambda: form.viewport().height() < high)
    assert end() == form.viewport().height() - 1


def test_lines_that_become_others_keep_the_cursor_and_what_is_in_sight(qtbot, tasks):
    place = FakeQuestions()
    subject = QuestionSubject(place, uuid4, None)
    desk = OfficeHand(qtbot, tasks, subject, FakeDrafts(), FakeMoments(subject))
    key = desk.screen._shown
    steps = desk.form.editor("question_text").control
    steps.setFocus()
    words = "\n".join(f"line {number}" for number in range(60))
    _put_question(place, key, question_text=words)
    desk.wait()
    cursor = steps.textCursor()
    cursor.setPosition(200)
    cursor.setPosition(210, cursor.MoveMode.KeepAnchor)
    steps.setTextCursor(cursor)
    scrolled = steps.verticalScrollBar().value()
    assert scrolled > 0
    _put_question(place, key, question_text=words + "\nand one more")
    desk.wait()
    assert steps.toPlainText().endswith("and one more")
    assert (steps.textCursor().anchor(), steps.textCursor().position()) == (200, 210)
    assert (steps.verticalScrollBar().value(), steps.hasFocus()) == (scrolled, True)
    _put_question(place, key, question_text="short")
    desk.wait()
    assert (steps.textCursor().anchor(), steps.textCursor().position()) == (5, 5)


def _put_question(place: FakeQuestions, key: str, **values: object) -> None:
    opened = place.open(UUID(key))
    place.save(UUID(key), opened, replace(opened.draft, **values), "why not")


def test_what_was_archived_is_said_to_be(qtbot, tasks):
    place = FakeQuestions()
    subject = QuestionSubject(place, uuid4, None)
    desk = OfficeHand(qtbot, tasks, subject, FakeDrafts(), FakeMoments(subject))
    desk.write("topic", "Lines")
    _put_question(place, desk.screen._shown, status=QuestionStatus.ARCHIVED)
    place.log[0] = replace(place.log[0], event="question.archived", by="Asha Rao")
    desk.wait()
    assert desk.panel.note == "Asha Rao has archived this since you opened it."
    assert desk.form.editor("topic").typed == "Lines"


def test_what_was_typed_and_is_typed_no_more_lets_the_other_s_change_stand_there(desk, place):
    desk.write("exams_per_month", "7")
    cheaper(place)
    desk.wait()
    desk.press("Ctrl+D")
    assert desk.panel.note == ""
    assert desk.form.editor("monthly_price_paise").typed == "199"
    desk.write("exams_per_month", "8")
    change(place, sla_hours=24)
    desk.wait()
    assert desk.panel.note == TOLD
    desk.write("exams_per_month", "5")
    desk.wait()
    assert (desk.panel.note, desk.form.editor("sla_hours").typed) == ("", "24")


def test_a_cell_that_is_being_typed_into_is_typed_in(qtbot, tasks):
    place = FakeTemplates()
    subject = TemplateSubject(place, tasks)
    desk = OfficeHand(qtbot, tasks, subject, FakeDrafts(), FakeMoments(subject))
    table = desk.form.editor("sections").control.table
    table.setFocus()
    table.setCurrentCell(0, 0)
    QTest.keyClicks(table, "Q")
    assert not desk.form.differs
    opened = place.open(UUID(desk.screen._shown))
    place.save(opened, replace(opened.draft, template_name="Another"), "why not")
    desk.wait()
    assert desk.panel.note.endswith("has changed this since you opened it.")
    QTest.keyClick(desk.screen.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.cells[0][0] == "Q")


@pytest.fixture
def holidays(qtbot, tasks):
    place = FakeHolidays()
    subject = HolidaySubject(place, uuid4, lambda: date(2026, 7, 15), lambda: frozenset({6}), None)
    return place, OfficeHand(qtbot, tasks, subject, FakeDrafts(), FakeMoments(subject))


@pytest.mark.parametrize("typed", [False, True])
def test_what_was_taken_away_is_told_and_what_was_typed_stays(holidays, typed):
    place, desk = holidays
    if typed:
        desk.write("holiday_name", "Festival")
    heading = desk.panel.heading
    key = UUID(desk.screen._shown)
    _change_holiday(place, key, None)
    for _ in range(2):
        desk.wait()
        assert desk.panel.note == "Asha Rao has taken this away since you opened it."
        assert desk.panel.heading == heading
        assert desk.screen.state_text == ""
    if typed:
        assert desk.form.editor("holiday_name").typed == "Festival"
        desk.press("Ctrl+D")
        assert desk.panel.note == "Asha Rao has taken this away since you opened it."
    desk.form.enter()
    desk.press("F5")  # who is in the form stays in it
    assert (desk.panel.note.startswith("Asha Rao"), desk.screen.state_text) == (True, "")
    assert (desk.screen._shown, str(key) in _keys(desk)) == (str(key), False)


def test_a_row_that_is_listed_no_more_leads_nowhere_before_somebody_asks(holidays):
    place, desk = holidays
    shown = desk.screen._shown
    desk.screen.list.table.setFocus()
    _change_holiday(place, UUID(shown), None)
    desk.wait()
    assert (desk.screen._shown, desk.screen.list.key, len(_keys(desk))) == (shown, shown, 3)
    desk.press("F5")
    assert desk.screen._shown == desk.screen.list.key == _keys(desk)[0] != shown
    assert len(_keys(desk)) == 2


def _keys(desk: OfficeHand) -> list[str]:
    return [desk.screen.subject.key(row) for row in desk.screen.list.rows]


def _change_holiday(place: FakeHolidays, key: UUID, draft: HolidayDraft | None) -> None:
    opened = place.open(key)
    place.save((CalendarChange(key, opened.seen, draft),), place.state, (), "why not")
    event = "holiday.deleted" if draft is None else "holiday.changed"
    place.log.insert(0, Change(uuid4(), NOW, "Asha Rao", event, "why not"))


def test_history_that_is_looked_at_grows_and_keeps_its_row(desk, place):
    cheaper(place)
    desk.press("F5", "H")
    desk.panel.history.changes.setFocus()
    first = desk.panel.history.changes.selected
    desk.screen.list.table.setFocus()
    change(place, sla_hours=24)
    desk.wait()
    assert desk.panel.shows_history
    assert [desk.panel.history.changes.selected, len(desk.panel.history.changes.rows)] == [first, 2]
    assert desk.screen.list.table.hasFocus()


def test_while_something_is_asked_before_it_is_done_the_record_stays(holidays):
    place, desk = holidays
    desk.panel.reason.setText("moved")
    desk.screen.list.table.setFocus()
    desk.press("Del")
    assert desk.panel.question.asking
    key = UUID(desk.screen._shown)
    _change_holiday(place, key, replace(place.open(key).draft, holiday_name="Other"))
    desk.wait()
    assert desk.panel.note.endswith("has changed this since you opened it.")
    assert desk.panel.question.asking


# -- when nobody is asked --------------------------------------------------------------------------------------


def test_nobody_is_asked_while_the_window_is_away_and_at_once_when_one_is_back(desk, place, moments):
    moments.asked.clear()
    desk.screen.hide()
    desk.wait()
    assert moments.asked == []
    desk.screen.show()
    desk.settle()
    desk.screen.setWindowState(Qt.WindowState.WindowMinimized)
    moments.asked.clear()
    desk.wait()
    assert moments.asked == []
    desk.screen.showNormal()
    desk.settle()
    moments.asked.clear()
    desk.wait()
    assert moments.asked == [BASIC.value]
    other = QWidget()
    desk.qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    desk.qtbot.waitUntil(other.isActiveWindow)
    desk.settle()
    moments.asked.clear()
    cheaper(place)
    desk.screen.activateWindow()
    desk.qtbot.waitUntil(desk.screen.isActiveWindow)
    desk.settle()
    assert moments.asked == [BASIC.value]
    assert desk.form.editor("monthly_price_paise").typed == "199"


def test_of_a_record_that_is_being_made_nobody_is_asked(holidays):
    _, desk = holidays
    desk.press("N")
    asked = desk.screen._watch._moments.asked
    asked.clear()
    desk.wait()
    assert asked == []


def test_nobody_is_asked_while_it_is_saved_and_an_answer_from_before_is_dropped(desk, place, moments):
    desk.write("exams_per_month", "7")
    desk.panel.reason.setText("more")
    moments.asked.clear()
    with desk.slowly(place, "save"):
        desk.type("Ctrl+S")
        desk.screen._watch._timer.now()
        assert not desk.screen._watch.asking
    desk.settle()
    assert moments.asked == []
    assert desk.messages.said == ["Saved: Basic Plan."]
    with desk.slowly(moments, "seen"):
        desk.screen._watch._timer.now()
        assert desk.screen._watch.asking
        desk.type_into("exams_per_month", "9")
        desk.panel.reason.setText("still more")
        desk.type("Ctrl+S")
        assert not desk.screen._watch.asking
    desk.settle()
    assert place.plans[BASIC].exams_per_month == 9
    assert desk.panel.note == ""


def test_without_the_server_nothing_is_said_and_it_is_asked_less_often(desk, moments):
    desk.write("exams_per_month", "7")
    moments.problem = OfflineError("The server cannot be reached.")
    moments.asked.clear()
    for _ in range(31):
        desk.wait()
    assert 3 <= len(moments.asked) <= 7
    assert (desk.panel.note, desk.screen.state_text, desk.messages.told) == ("", "", [])
    moments.problem = None
    moments.asked.clear()
    for _ in range(10):
        desk.wait()
    assert 3 <= len(moments.asked) <= 10  # as often as ever once it has answered


def test_a_fault_of_ours_is_reported(desk, tasks, moments):
    told = []
    tasks.error.connect(told.append)
    moments.problem = KeyError("plan")
    desk.wait()
    assert told == [moments.problem]


def test_nothing_is_left_when_the_office_goes(qtbot, place):
    tasks = Tasks()
    moments = FakeMoments(PlanSubject(place))
    desk = OfficeHand(qtbot, tasks, PlanSubject(place), FakeDrafts(), moments)
    watch, timer = desk.screen._watch, desk.screen._watch._timer
    desk.screen.stop()
    desk.settle()
    moments.asked.clear()
    assert not timer.active
    watch.look()
    watch.ask()
    watch._on_gui_focus_window_changed(desk.screen.windowHandle())
    tasks.shutdown()
    assert moments.asked == []


def test_after_the_end_of_the_work_a_window_that_becomes_active_asks_nobody(qtbot, place):
    tasks = Tasks()
    moments = FakeMoments(PlanSubject(place))
    desk = OfficeHand(qtbot, tasks, PlanSubject(place), FakeDrafts(), moments)
    moments.asked.clear()
    tasks.shutdown()
    desk.screen._watch._on_gui_focus_window_changed(desk.screen.windowHandle())
    assert moments.asked == []


def test_it_looks_about_every_twenty_seconds(desk):
    assert desk.screen._watch._timer._timer.interval() == 1000 * record_watch.SECONDS == 20_000
