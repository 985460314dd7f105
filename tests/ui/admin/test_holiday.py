"""Holidays by keys and mouse: the calendar and the list, and deadlines that move are told before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.holiday import HolidayRow
from mv_desktop.domain.holiday_import import Standing
from mv_desktop.ui.admin.holiday import HolidayCalendar, HolidaySubject
from mv_desktop.ui.admin.holiday_import import HolidayImport
from mv_desktop.ui.admin.year_calendar import YearCalendar
from mv_desktop.ui.theme import apply_theme
from tests.fakes.holiday_place import NOW, FakeHolidays
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.table_place import FakeHolidayTable
from tests.ui.office_hand import OfficeHand

TODAY = date(2026, 7, 15)


@pytest.fixture
def place() -> FakeHolidays:
    return FakeHolidays()


@pytest.fixture
def desk(qtbot, tasks, place):
    ids = count(100)
    subject = HolidaySubject(
        *(place, lambda: UUID(int=next(ids)), lambda: TODAY, lambda: frozenset({6})), FakeHolidayTable(place)
    )
    return OfficeHand(qtbot, tasks, subject, FakeDrafts())


@pytest.fixture
def overview(desk) -> HolidayCalendar:
    assert isinstance(desk.screen.overview, HolidayCalendar)
    return desk.screen.overview


def enter(desk: OfficeHand, when: str, name: str) -> None:
    """Make a holiday, up to the question about deadlines."""
    desk.press("N")
    desk.form.editor("holiday_date").write(when)
    desk.form.editor("holiday_date").changed.emit()
    desk.write("holiday_name", name)
    desk.panel.reason.setText("the state said so")
    desk.press("Ctrl+S")


def test_the_list_is_filtered_by_year_and_a_day_may_have_two_names(desk, place):
    place.rows[UUID(int=9)] = HolidayRow(UUID(int=9), date(2025, 8, 15), "Independence Day", "", False, NOW)
    desk.press("F5")
    assert [row.holiday_date.year for row in desk.screen.list.rows] == [2025, 2026, 2026, 2026]
    desk.press("L", "L")
    assert [desk.screen.subject.text(row, 0) for row in desk.screen.list.rows] == ["Fri 15 Aug 2025"]
    desk.press("Esc", "/", *"gandhi", "Return")
    assert [row.holiday_name for row in desk.screen.list.rows] == ["Gandhi Jayanti"]


def test_a_holiday_is_made_and_deadlines_move_if_that_is_chosen(desk, place):
    due = place.scripts[UUID(int=1)].due
    enter(desk, "2026-07-16", "Rath Yatra")
    box = desk.panel.moves
    assert box.asking
    assert box.text == "1 deadline that runs would move."
    assert len(place.rows) == 3  # nothing is saved yet
    assert [cell.text for cell in box.table.rows[0].cells] == [
        "MV-0001", "Asha Rao", "tomorrow 14:00", "Fri 17 Jul 14:00", "1 day later",
    ]  # fmt: skip
    assert box._stay.hasFocus()
    desk.press("Esc")  # thought better of it: nothing is lost, nothing is saved
    assert not box.asking
    assert place.reasons == []
    assert desk.form.editor("holiday_name").typed == "Rath Yatra"
    desk.press("Ctrl+S")
    desk.press("Tab", "Space")
    assert "Rath Yatra" in {row.holiday_name for row in place.rows.values()}
    assert place.scripts[UUID(int=1)].due.isoformat() == "2026-07-17T08:30:00+00:00"
    assert place.scripts[UUID(int=1)].due > due
    assert place.reasons == ["the state said so"]
    assert desk.messages.said == ["Saved: Rath Yatra."]


def test_without_the_choice_deadlines_stay(desk, place):
    before = dict(place.scripts)
    enter(desk, "2026-07-16", "Rath Yatra")
    desk.press("Space")  # the careful answer has the keyboard
    assert "Rath Yatra" in {row.holiday_name for row in place.rows.values()}
    assert place.scripts == before


def test_what_moves_nothing_is_not_asked_about(desk, place):
    enter(desk, "2026-12-24", "Winter holiday")
    assert not desk.panel.moves.asking
    assert "Winter holiday" in {row.holiday_name for row in place.rows.values()}
    assert desk.panel.heading == "Winter holiday"
    desk.press("Ctrl+Z")
    assert "Winter holiday" not in {row.holiday_name for row in place.rows.values()}
    desk.press("Ctrl+Z")
    assert "Winter holiday" in {row.holiday_name for row in place.rows.values()}


def test_a_working_day_on_a_sunday_and_what_lies_in_the_past(desk, place):
    enter(desk, "2026-07-13", "It was a holiday")  # both scripts came later: nothing moves
    assert not desk.panel.moves.asking
    place.rows[UUID(int=7)] = HolidayRow(UUID(int=7), date(2026, 7, 14), "Mistake", "", False, NOW)
    place.scripts = {key: one for key, one in place.scripts.items() if key == UUID(int=2)}
    one = place.scripts[UUID(int=2)]
    place.scripts[UUID(int=2)] = type(one)(*(getattr(one, name) for name in one.__slots__[:5]), NOW.replace(hour=12), 1)
    desk.press("F5")
    desk.screen.lead_to(str(UUID(int=7)))
    desk.settle()
    desk.panel.reason.setText("it was none")
    desk.press("Del")
    assert desk.panel.question.asking
    desk.press("Tab", "Space")  # past the careful answer
    box = desk.panel.moves
    assert "would lie in the past" in box.text
    assert not box._move.isVisible()
    box._stay.click()
    desk.settle()
    assert UUID(int=7) not in place.rows
    assert place.scripts[UUID(int=2)].due == NOW.replace(hour=12)
    assert desk.messages.said[-1] == "Taken away."
    desk.messages.undos[-1]()  # nothing is lost by a mistake
    desk.settle()
    assert place.rows[UUID(int=7)].holiday_name == "Mistake"
    assert desk.panel.heading == "Mistake"
    assert (place.reasons[-1], desk.messages.said[-1]) == ("Taken back", "Taken back.")
    assert not desk.screen.actions_by_id["record.undo"].isEnabled()


def test_the_calendar_is_walked_by_keys_and_says_each_day(desk, overview):
    calendar = overview.calendar
    calendar.setFocus()
    calendar.go_to(date(2026, 8, 14))
    desk.press("Right")
    assert calendar.looked_at == date(2026, 8, 15)
    assert calendar.accessibleDescription() == "Sat 15 Aug 2026: Independence Day, closed"
    assert overview._words.text() == calendar.accessibleDescription()
    desk.press("Down", "Left", "PgDown", "PgDown")
    assert calendar.looked_at == date(2026, 10, 21)
    desk.press("End", "Right")
    assert calendar.looked_at == date(2027, 1, 1)
    assert calendar.spoken(date(2026, 7, 19)) == "Sun 19 Jul 2026: closed every week"
    assert calendar.spoken(date(2026, 7, 20)) == "Mon 20 Jul 2026: working day"
    assert "गांधी जयंती" in calendar.spoken(date(2026, 10, 2))
    calendar.go_to(date(2026, 1, 31))
    desk.press("PgDown")
    assert calendar.looked_at == date(2026, 2, 28)
    desk.press("M")
    assert calendar.month_only
    assert calendar.rect_of(date(2026, 3, 1)).isNull()
    assert overview._turn.text() == "Year"
    desk.press("M")


def test_the_calendar_has_all_days_whatever_the_list_is_narrowed_to(desk, place, overview):
    place.rows[UUID(int=9)] = HolidayRow(UUID(int=9), date(2025, 8, 15), "Independence Day", "", False, NOW)
    desk.press("F5", "/", *"gandhi", "Return")
    assert {row.holiday_name for row in desk.screen.list.rows} == {"Gandhi Jayanti"}
    calendar = overview.calendar
    assert calendar.spoken(date(2026, 8, 15)) == "Sat 15 Aug 2026: Independence Day, closed"
    calendar.setFocus()
    calendar.go_to(date(2026, 8, 15))
    desk.press("Return")  # opened, and not entered a second time
    assert desk.panel.heading == "Independence Day"
    assert desk.form.editor("holiday_date").typed == "2026-08-15"
    desk.screen.list.clear()
    desk.settle()
    desk.screen.list.take_focus()
    desk.press("L", "L")  # a year alone: the calendar turns to it, and still has the others
    assert calendar.looked_at.year == 2025
    assert calendar.spoken(date(2026, 8, 15)) == "Sat 15 Aug 2026: Independence Day, closed"


def test_the_calendar_follows_the_week_of_the_school(qtbot, tasks, place):
    off = [frozenset({6})]
    subject = HolidaySubject(place, lambda: UUID(int=1), lambda: TODAY, lambda: off[0], FakeHolidayTable(place))
    desk = OfficeHand(qtbot, tasks, subject, FakeDrafts())
    calendar = desk.screen.overview.calendar
    assert calendar.spoken(date(2026, 7, 18)) == "Sat 18 Jul 2026: working day"
    off[0] = frozenset({5, 6})  # changed in the settings
    desk.press("F5")
    assert calendar.spoken(date(2026, 7, 18)) == "Sat 18 Jul 2026: closed every week"


@pytest.mark.parametrize(
    ("scale", "wide", "smaller"), [("normal", 700, False), ("normal", 400, True), ("largest", 700, True)]
)
def test_days_beside_one_another_are_not_read_as_one_number(qtbot, qapp, scale, wide, smaller):
    apply_theme(qapp, "light", scale)
    try:
        calendar = YearCalendar(TODAY, frozenset({6}))
        qtbot.addWidget(calendar)
        calendar.resize(wide, calendar.sizeHint().height())
        room = calendar.rect_of(date(2026, 1, 20)).width() - 2
        usual = QFontMetricsF(calendar._font(strong=True)).horizontalAdvance("30")
        drawn = QFontMetricsF(calendar._day_font(room, strong=True)).horizontalAdvance("30")
        assert drawn < room * 0.9
        assert (drawn < usual) is smaller
    finally:
        apply_theme(qapp, "light", "normal")


def test_a_day_of_the_calendar_opens_its_holiday_or_begins_a_new_one(desk, overview):
    calendar = overview.calendar
    calendar.setFocus()
    calendar.go_to(date(2026, 8, 15))
    desk.press("Return")
    assert desk.panel.heading == "Independence Day"
    spot = calendar.rect_of(date(2026, 9, 9)).center().toPoint()
    QTest.mouseClick(calendar, Qt.MouseButton.LeftButton, pos=QPoint(spot))
    assert calendar.looked_at == date(2026, 9, 9)
    QTest.mouseDClick(calendar, Qt.MouseButton.LeftButton, pos=QPoint(spot))
    desk.settle()
    assert desk.panel.heading == "Enter a holiday …"
    assert desk.form.editor("holiday_date").typed == "2026-09-09"
    overview._go_on(1)
    assert calendar.looked_at == date(2027, 9, 1)


def test_a_holiday_whose_answer_was_lost_is_made_once(desk, place):
    real = place.save

    def lost(*said):
        real(*said)
        raise OfflineError("The server cannot be reached.")

    place.save = lost
    enter(desk, "2026-12-24", "Winter holiday")
    assert [str(error.message) for error in desk.messages.told] == ["The server cannot be reached."]
    assert desk.form.editor("holiday_name").typed == "Winter holiday"
    place.save = real
    desk.press("Ctrl+S")
    assert [row.holiday_name for row in place.rows.values()].count("Winter holiday") == 1
    assert desk.messages.said == ["Saved: Winter holiday."]
    assert desk.panel.heading == "Winter holiday"
    enter(desk, "2026-12-25", "Christmas")  # and the next one is another
    assert [row.holiday_name for row in place.rows.values()][-2:] == ["Winter holiday", "Christmas"]


def test_of_two_who_change_the_calendar_the_slower_is_told(desk, place):
    enter(desk, "2026-07-16", "Rath Yatra")
    place.rows[UUID(int=8)] = HolidayRow(UUID(int=8), date(2026, 7, 17), "Hers", "", False, NOW)
    desk.panel.moves._move.click()
    desk.settle()
    assert desk.messages.told[0].message == "The calendar was changed meanwhile. Nothing was saved."
    assert place.reasons == []
    desk.press("Ctrl+S")
    assert [cell.text for cell in desk.panel.moves.table.rows[0].cells][3] == "Sat 18 Jul 14:00"


def open_import(desk: OfficeHand) -> HolidayImport:
    desk.press("I")
    (found,) = desk.screen.findChildren(HolidayImport)
    desk.qtbot.waitUntil(lambda: not found.busy and found.tree.topLevelItemCount() > 0)
    return found


def choose(desk: OfficeHand, found: HolidayImport, box: str, data: object) -> None:
    getattr(found, box).setCurrentIndex(getattr(found, box).findData(data))
    desk.qtbot.waitUntil(lambda: not found.busy)


def test_holidays_of_a_year_are_offered_and_all_that_are_chosen_come_at_once(desk, place):
    found = open_import(desk)
    assert (found.year.currentData(), found.region.currentText()) == (2026, "All of India")
    assert [(offer.name, offer.standing) for offer in found._offers] == [
        ("Rath Yatra", Standing.NEW), ("independence day", Standing.THERE), ("Mahatma's Day", Standing.OTHER_NAME),
        ("Id-ul-Fitr (estimated)", Standing.NEW),
    ]  # fmt: skip
    assert [offer.name for offer in found.chosen] == ["Rath Yatra", "Id-ul-Fitr (estimated)"]
    assert found._items[2].text(2) == "there by another name: Gandhi Jayanti, गांधी जयंती"
    assert found.note.text.startswith("2 holidays are chosen. Days that go by the moon")
    choose(desk, found, "region", "MH")
    assert found.chosen[0].name == "Maharashtra Day"
    choose(desk, found, "names", "hi")
    assert found.chosen[-1].name == "ईद (अनुमानित)"
    found.tree.setFocus()
    found.tree.setCurrentItem(found._items[3])
    QTest.keyClick(found.tree, Qt.Key.Key_Space)  # also the one of another name
    assert len(found.chosen) == 4
    found.save.click()
    assert found.reason.hasFocus()  # nobody has said why
    assert place.reasons == []
    QTest.keyClicks(found.reason, "gazette 2026")
    QTest.keyClick(found.reason, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: found.moves.asking)
    assert found.moves.text == "1 deadline that runs would move."
    assert place.reasons == []
    QTest.keyClick(found, Qt.Key.Key_Escape)
    assert not found.moves.asking
    assert found.isVisible()
    found.save.click()
    desk.qtbot.waitUntil(lambda: found.moves.asking)
    found.moves._move.click()
    desk.settle()
    assert place.reasons == ["gazette 2026"]  # one change for all
    assert len(place.rows) == 3 + 4
    assert place.scripts[UUID(int=1)].due.day == 17
    assert desk.messages.said == ["4 holidays were entered."]
    assert len(desk.screen.list.rows) == 7
    desk.qtbot.waitUntil(lambda: not desk.screen.findChildren(HolidayImport))
    again = open_import(desk)
    choose(desk, again, "region", "MH")
    choose(desk, again, "names", "hi")
    assert again.chosen == ()
    assert not again.save.isEnabled()
    again.reject()


def test_an_import_is_taken_back_but_for_what_was_changed_since(desk, place):
    found = open_import(desk)
    found._items[2].setCheckState(0, Qt.CheckState.Checked)
    found.reason.setText("gazette 2026")
    found.save.click()
    desk.qtbot.waitUntil(lambda: found.moves.asking)
    found.moves._move.click()
    desk.settle()
    assert len(place.rows) == 3 + 3
    kept = next(row for row in place.rows.values() if row.holiday_name == "Mahatma's Day")
    place.rows[kept.holiday_id] = replace(kept, holiday_type="school", seen=place.at + timedelta(hours=1))
    desk.press("Shift+O")  # it stands among the imports
    window = desk.screen.files.window
    desk.qtbot.waitUntil(lambda: bool(window.imports.rows) and not window.busy)
    assert "Gazetted holidays of 2026: All of India" in [cell.text for cell in window.imports.rows[0].cells]
    assert len(window.rows.rows) == 3
    window.reject()
    desk.qtbot.waitUntil(lambda: desk.screen.files.window is None)
    # as the toast takes it back, what somebody made her own stays
    desk.screen.list.table.setFocus()
    desk.press("Ctrl+Z")
    assert desk.panel.moves.text == "1 deadline that runs would move."
    desk.panel.moves._move.click()
    desk.settle()
    assert len(place.rows) == 3 + 1
    assert place.scripts[UUID(int=1)].due.day == 16
    assert desk.messages.said[-1] == "2 holidays are taken away again. 1 was changed since and stays."
    assert place.reasons[-1] == "Taken back"
    assert not desk.screen.actions_by_id["record.undo"].isEnabled()


def test_an_import_without_a_server_says_so_and_can_be_tried_again(desk, place):
    found = open_import(desk)
    place.reachable = False
    choose(desk, found, "year", 2027)
    assert found.note.text == "The server cannot be reached."
    # those of 2026 would be entered under the name of 2027
    assert (found.tree.topLevelItemCount(), found.chosen, found.save.isEnabled()) == (0, (), False)
    place.reachable = True
    choose(desk, found, "year", 2026)
    assert len(found.chosen) == 2
    found.reject()


def test_of_two_years_chosen_at_once_the_last_is_offered(desk, place):
    found = open_import(desk)
    with desk.slowly(place, "gazetted"):
        found.year.setCurrentIndex(found.year.findData(2027))
        found.year.setCurrentIndex(found.year.findData(2028))
        assert (found.busy, found.chosen, found.save.isEnabled()) == (True, (), False)
    desk.qtbot.waitUntil(lambda: not found.busy)
    assert {offer.day.year for offer in found.chosen} == {2028}
    found.reject()


def test_what_can_be_brought_in_can_be_looked_at_by_its_year(desk):
    found = open_import(desk)
    offered = {found.year.itemText(at) for at in range(found.year.count())}
    assert offered <= {value for value, _ in desk.screen.subject.choices[0].values}
    found.reject()


def test_a_day_is_typed_in_digits_from_part_to_part(desk, place):
    desk.press("N")
    control = desk.form.editor("holiday_date").control
    control.setFocus()
    control.setSelectedSection(control.Section.DaySection)
    QTest.keyClicks(control, "26012027")
    desk.settle()
    assert control.text() == "26/01/2027"
    assert desk.form.editor("holiday_date").typed == "2027-01-26"
