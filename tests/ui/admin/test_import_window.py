"""What files did, looked at and taken back by keys, long after they were brought in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mv_desktop.core.errors import OfflineError, RefusedError
from mv_desktop.domain.import_history import Deed, ImportedRow, ImportState, Outcome, PastImport, SourceFile
from mv_desktop.domain.record_import import ImportStoppedError
from mv_desktop.domain.subscription import PlanType
from mv_desktop.ui.admin.holiday import HolidaySubject
from mv_desktop.ui.admin.import_window import ImportWindow, _end
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.text import set_language
from tests.fakes.holiday_place import FakeHolidays
from tests.fakes.plan_place import FakeDrafts, FakePlans
from tests.fakes.table_place import AT, FakeHolidayTable, FakePlanTable
from tests.ui.office_hand import OfficeHand


def plans(qtbot, tasks, tmp_path: Path, *files: str) -> tuple[OfficeHand, FakePlans, FakePlanTable]:
    """A screen of plans after these files were brought in, and the program ended."""
    place = FakePlans()
    table = FakePlanTable(place)
    for number, lines in enumerate(files, 1):
        desk = OfficeHand(qtbot, tasks, PlanSubject(place, table), FakeDrafts())
        path = tmp_path / f"plans {number}.csv"
        path.write_text(f"Name,Price a month,Exams a month\n{lines}", encoding="utf-8")
        desk.screen.files.read_in(path)
        desk.settle()
        QTest.keyClicks(desk.screen.files.dialog.reason, "new year")
        desk.screen.files.dialog.go.click()
        desk.settle()
    return OfficeHand(qtbot, tasks, PlanSubject(place, table), FakeDrafts()), place, table


def opened(desk: OfficeHand) -> ImportWindow:
    desk.press("Shift+O")
    desk.screen.files.window.activateWindow()
    wait(desk)
    return desk.screen.files.window


def wait(desk: OfficeHand) -> None:
    desk.qtbot.waitUntil(lambda: desk.screen.files.window is None or not desk.screen.files.window.busy)
    desk.settle()


def texts(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_an_import_of_another_day_is_looked_at_and_taken_back_by_keys(qtbot, tasks, tmp_path: Path) -> None:
    desk, place, _ = plans(
        qtbot, tasks, tmp_path, "Basic plan,310,\nPremium Plan,1099,60\n", "Plan Centum,1599,\n", "Premium MCQ,555,\n"
    )
    before = dict(place.plans)
    window = opened(desk)
    assert [row[0] for row in texts(window.imports)] == ["plans 3.csv", "plans 2.csv"]
    assert window.imports.hasFocus()
    QTest.keyClick(window.imports, Qt.Key.Key_Down)
    wait(desk)  # the older ones come when the last one is reached
    assert [row[0] for row in texts(window.imports)] == ["plans 3.csv", "plans 2.csv", "plans 1.csv"]
    QTest.keyClick(window.imports, Qt.Key.Key_Down)
    wait(desk)
    assert texts(window.imports)[2][2:] == ["Asha Rao", "0", "2", "Brought in"]
    assert texts(window.rows) == [["2", "Changed", "Basic Plan", ""], ["3", "Changed", "Premium Plan", ""]]
    QTest.keyClick(window.imports, Qt.Key.Key_Return)
    assert window.rows.hasFocus()
    QTest.keyClick(window.rows, Qt.Key.Key_Down)
    assert texts(window.values.values) == [["Price a month", "₹999", "₹1,099"], ["Exams a month", "50", "60"]]
    QTest.keyClick(window.reason, Qt.Key.Key_Return)
    assert window.told.text == "Say why; it stands in the history."
    QTest.keyClicks(window.reason, "wrong year")
    place.put(PlanType.BASIC, replace(place.plans[PlanType.BASIC], sla_hours=24), "Ravi Iyer", "since")
    QTest.keyClick(window.reason, Qt.Key.Key_Return)
    wait(desk)
    assert window.told.text == (
        "1 that it changed will be as before. 1 was changed since, or is no more, and stays as it is."
    )
    assert window.no.hasFocus(), "the careful answer has the keyboard"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert (window.isVisible(), window.yes.isVisible(), place.plans[PlanType.PREMIUM]) == (
        True, False, before[PlanType.PREMIUM],
    )  # fmt: skip
    QTest.keyClick(window.reason, Qt.Key.Key_Return)
    wait(desk)
    QTest.keyClick(window.no, Qt.Key.Key_Tab)
    assert window.yes.hasFocus()
    QTest.keyClick(window.yes, Qt.Key.Key_Space)
    wait(desk)
    assert place.plans[PlanType.PREMIUM].monthly_price_paise == 99900
    assert place.log[PlanType.PREMIUM][0].reason == "wrong year"
    assert desk.messages.said[-1] == "Taken back: 1 is as before, 1 was changed since and stays."
    wait(desk)
    assert texts(window.imports)[0][5] == "Brought in"
    window.imports.selectRow(len(window.imports.rows) - 1)
    wait(desk)
    window.imports.selectRow(2)
    wait(desk)
    assert texts(window.imports)[2][5] == "Taken back"
    assert [row[3] for row in texts(window.rows)] == ["Left: Ravi Iyer has changed it since.", "As before"]
    assert not window.take.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert desk.screen.files.window is None


def test_where_nothing_was_brought_in_it_is_said_and_what_the_server_refuses_too(qtbot, tasks, tmp_path: Path) -> None:
    desk, _, table = plans(qtbot, tasks, tmp_path)
    window = opened(desk)
    assert window.told.text == "No file of these has been brought in yet."
    assert not window.imports.isVisible()
    assert not window.take.isEnabled()
    window.reject()
    set_language("hi")
    try:
        window = opened(desk)
        assert window.told.text == "इनकी कोई फ़ाइल अभी तक नहीं लाई गई है।"
        window.reject()
    finally:
        set_language("en")
    key = UUID(int=77)
    table.rows[key] = []
    table.kept = [PastImport(key, "plan", SourceFile("x.csv"), "", AT, ImportState.INTERRUPTED, 0, 0)]
    window = opened(desk)
    assert texts(window.imports)[0][5] == "Interrupted: nothing was written"
    QTest.keyClicks(window.reason, "tidy")
    window.take.click()
    wait(desk)
    assert window.told.text.startswith("Nothing of it is there")

    def refuse(*_: object) -> None:
        raise RefusedError("This is so already.")

    table.take_back = refuse
    window.yes.click()
    wait(desk)
    assert window.take.isVisible()
    table.imports = lambda _after: (_ for _ in ()).throw(OfflineError("The server cannot be reached."))
    window._load()
    wait(desk)
    assert window.told.text.startswith("The server cannot be reached.")
    window.close()


def test_holidays_ask_after_deadlines_before_they_are_taken_back_and_it_can_be_stopped(
    qtbot, tasks, tmp_path: Path
) -> None:
    place = FakeHolidays()
    table = FakeHolidayTable(place)
    subject = HolidaySubject(
        place, lambda: UUID(int=700), lambda: date(2026, 7, 15), lambda: frozenset({6}), table
    )  # fmt: skip
    desk = OfficeHand(qtbot, tasks, subject, FakeDrafts())
    path = tmp_path / "holidays.csv"
    path.write_text("Day,Name\n16/07/2026,Rath Yatra\n", encoding="utf-8")
    rows, due = dict(place.rows), place.scripts[UUID(int=1)].due
    desk.screen.files.read_in(path)
    dialog = desk.screen.files.dialog
    desk.settle()
    QTest.keyClicks(dialog.reason, "gazette")
    dialog.go.click()
    desk.settle()
    dialog.moves._move.click()
    desk.settle()
    window = opened(desk)
    QTest.keyClicks(window.reason, "wrong")
    window.take.click()
    wait(desk)
    window.yes.click()
    wait(desk)
    assert window.moves.text == "1 deadline that runs would move."
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert (window.isVisible(), window.moves.asking) == (True, False)
    put_back = table.take_back
    told: list[bool] = []

    def slowly(import_id, reason, weighed, tell):
        told.append(tell(0, 2))
        window._stopped = True  # as by its button, which this lane would wait for
        told.append(tell(1, 2))
        raise ImportStoppedError

    table.take_back = slowly
    for button in (window.take, window.yes, window.moves._move):
        button.click()
        wait(desk)
    assert told == [True, False]
    assert window.told.text.startswith("Stopped.")
    table.take_back = put_back
    for button in (window.take, window.yes):
        button.click()
        wait(desk)
    window.moves._move.click()
    window.close()
    assert window.isVisible(), "it is being taken back"
    wait(desk)
    assert (place.rows, place.scripts[UUID(int=1)].due) == (rows, due)
    window.close()
    assert desk.screen.files.window is None


def test_why_a_row_was_left_is_said_in_words() -> None:
    row = ImportedRow(1, 2, "k", "Basic", Deed.NEW, None, {}, AT, Outcome.LEFT, "changed")
    assert _end(row).text == "Left: It was changed since."
    assert _end(replace(row, why="unknown")).text == "Left: It is no more."
    assert _end(replace(row, why="rule")).text == "Left: The server refused it."
    assert _end(replace(row, why="What stood there before cannot be read.")).text.endswith("cannot be read.")
    assert _end(replace(row, outcome=None, why="")).text == ""
