"""Files of any subject of the office: written as listed, read again without a change, brought in and taken back."""

from __future__ import annotations

import csv
import string
from dataclasses import replace
from datetime import UTC, date
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtTest import QTest

from mv_desktop.core.errors import ConflictError, InvalidError, OfflineError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.family import ParentDraft, StudentDraft
from mv_desktop.domain.holiday import HolidayDraft
from mv_desktop.domain.member import MemberDraft
from mv_desktop.domain.record import Opened, Wanted
from mv_desktop.domain.record_import import (
    Done,
    ImportStoppedError,
    Meaning,
    matched_columns,
    matching_of,
    planned,
    read_row,
)
from mv_desktop.domain.subscription import PlanType
from mv_desktop.domain.template import SectionDraft, TemplateDraft
from mv_desktop.offline.office.record_file import read_file
from mv_desktop.services.table_file import write_table
from mv_desktop.ui.admin.exchange import layout_of
from mv_desktop.ui.admin.holiday import HolidaySubject
from mv_desktop.ui.admin.member import MemberSubject
from mv_desktop.ui.admin.parent import ParentSubject
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.setting import SettingSubject
from mv_desktop.ui.admin.student import StudentSubject
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.admin.table_column import read_day
from mv_desktop.ui.admin.template import TemplateSubject
from mv_desktop.ui.text import set_language
from tests.fakes.clock import FakeClock
from tests.fakes.family_place import FakeParents, FakeStudents
from tests.fakes.holiday_place import NOW, FakeHolidays
from tests.fakes.member_place import FakeMembers
from tests.fakes.plan_place import FakeDrafts, FakePlans, plan
from tests.fakes.setting_place import FakeSettings
from tests.fakes.table_place import FakeHolidayTable, FakePlanTable
from tests.fakes.template_place import FakeTemplates
from tests.ui.office_hand import OfficeHand

_LETTERS = string.ascii_letters + string.digits + " =+-@'\",;|\\/$_%{}½é÷अशाx²₹"
_NAME = st.text(_LETTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
_WORDS = st.lists(_NAME, max_size=3).map("\n".join)
_PRICE = st.one_of(st.none(), st.integers(1, 10_000_000))
_PLANS = st.builds(
    lambda price, **values: plan(price=price, **values), price=_PRICE.filter(bool), name=_NAME, description=_WORDS,
    annual_price_paise=_PRICE, exams_per_month=st.integers(1, 1000), sla_hours=st.sampled_from([24, 48]),
    teacher_hours_per_month=st.none() | st.decimals(0, 999, places=2), allow_unit_practice=st.booleans(),
    is_active=st.booleans(), leaderboard_eligible=st.booleans(),
)  # fmt: skip
_HOLIDAYS = st.builds(
    HolidayDraft, st.dates(date(2024, 1, 1), date(2100, 12, 31)), _NAME, st.just("") | _NAME, st.booleans()
)
_SECTION = st.builds(
    SectionDraft, st.sampled_from("ABC"), st.just("") | _NAME, st.sampled_from(["VSA"]), st.just(2), st.integers(2, 9),
    st.sampled_from(["", "Matrices 1; Integrals 1", "Matrices 40%; Integrals 60%"]), st.integers(0, 1),
)  # fmt: skip
_TEMPLATES = st.builds(
    TemplateDraft, _NAME, st.sampled_from(["X", "XII"]), st.just(str(ExamType.BOARD_EXAM)), st.just(""),
    st.integers(10, 600), st.booleans(), st.lists(_SECTION, min_size=1, max_size=3).map(tuple),
)  # fmt: skip

_EMAIL = st.text(string.ascii_letters + ".-+=अ", min_size=1, max_size=12).map(lambda name: f"{name}@school.in")
_PHONE = st.just("") | st.text("+-0123456789 ()", max_size=18).map(str.strip)
_MEMBERS = st.builds(
    MemberDraft, _NAME, _NAME, _EMAIL, _PHONE, st.sampled_from(StaffRole), st.booleans(),
    st.none() | st.integers(0, 1000), st.booleans(), st.booleans(),
    st.lists(_EMAIL, max_size=3, unique_by=str.casefold).map("\n".join),
)  # fmt: skip
_PARENT = st.builds(lambda email, kind: f"{email} {kind}", _EMAIL, st.sampled_from(["mother", "father", "other"]))
_STUDENTS = st.builds(
    StudentDraft, _NAME, _NAME, _EMAIL, st.sampled_from(["X", "XII"]), _PHONE, st.just("") | _NAME,
    st.lists(_PARENT, max_size=2, unique_by=lambda line: line.split()[0].casefold()).map("\n".join),
)  # fmt: skip
_PARENTS = st.builds(ParentDraft, _NAME, _NAME, _EMAIL, _PHONE)


def _subjects(tasks) -> dict[str, tuple[Subject, st.SearchStrategy]]:
    holidays = HolidaySubject(FakeHolidays(), lambda: UUID(int=1), lambda: date(2026, 7, 15), lambda: frozenset({6}))
    return {
        "plan": (PlanSubject(FakePlans()), _PLANS),
        "holiday": (holidays, _HOLIDAYS),
        "template": (TemplateSubject(FakeTemplates(), tasks), _TEMPLATES),
        "member": (MemberSubject(FakeMembers()), _MEMBERS),
        "student": (StudentSubject(FakeStudents()), _STUDENTS),
        "parent": (ParentSubject(FakeParents()), _PARENTS),
    }


def _again(subject: Subject, drafts: list, path: Path) -> list:
    """What a file says that was written of these drafts: of the records, and of the same as new ones."""
    layout = layout_of(subject)
    known = [Opened(f"key {number}", NOW, draft) for number, draft in enumerate(drafts)]
    headings = [layout.key_headings[0], *(column.headings[0] for column in layout.columns)]
    lines = [[one.key, *(c.written(getattr(one.draft, c.name)) for c in layout.columns)] for one in known]
    write_table(path, "T", headings, [lines])
    headings, rows = read_file(path, matching_of(layout)).table
    which = matched_columns(layout, headings)
    assert len(which) == len(layout.columns) + 1
    named = {name: headings[place] for name, place in which.items()}
    read = [
        read_row(layout, number, {name: cells[n] for name, n in which.items() if n < len(cells)}, named)
        for number, cells in rows
    ]
    assert [row.meaning for row in planned(layout, read, known, named).rows] == [Meaning.DUPLICATE] * len(known)
    return [row.said for row in read]


def test_what_was_written_reads_in_without_a_change(tasks, tmp_path: Path) -> None:
    for kind, (subject, drafts) in _subjects(tasks).items():
        for ending in ("csv", "xlsx"):
            few = 15 if kind in {"plan", "holiday", "template"} else 8  # the others have no kinds of their own
            path = tmp_path / f"{kind}.{ending}"

            @settings(max_examples=few, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            @given(made=st.lists(drafts, min_size=1, max_size=4), language=st.sampled_from(["en", "hi"]))
            def again(made, language) -> None:
                try:
                    set_language(language)
                    said = _again(subject, made, path)  # noqa: B023 - called at once
                finally:
                    set_language("en")
                for draft, values in zip(made, said, strict=True):
                    for name, value in values.items():
                        assert value == getattr(draft, name) or str(value).split() == str(getattr(draft, name)).split()

            again()


def test_days_are_read_as_people_and_spreadsheets_write_them() -> None:
    for words in ("2026-08-15", "2026-08-15 00:00:00", "15/08/2026", "15.8.2026", "15-8-2026", "15 Aug 2026",
                  "15-August-2026", "15 aug. 2026"):  # fmt: skip
        assert read_day(words) == date(2026, 8, 15)
    for words in ("31/02/2026", "08/15/2026", "15 Foo 2026", "tomorrow", "2026-08-15 09:30:00"):
        with pytest.raises(InvalidError):
            read_day(words)


def test_plans_are_written_as_listed_changed_by_a_file_and_put_back(qtbot, tasks, tmp_path: Path) -> None:
    place = FakePlans()
    table = FakePlanTable(place)
    desk = OfficeHand(qtbot, tasks, PlanSubject(place, table), FakeDrafts())
    path = tmp_path / "plans.csv"
    desk.screen.list.search.setText("premium")
    desk.settle()
    desk.screen.files.write_out(path)
    desk.settle()
    assert desk.messages.said == ["2 are written into plans.csv."]
    assert desk.files.noted == [(ExportNote("plan", {"words": "premium"}), ExportFormat.CSV, 2)]
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert lines[0][:5] == ["ID", "Name", "Description", "Price a month", "Price a year"]
    assert lines[1][:5] == ["premium", "Premium Plan", "", "999", "9990"]
    path.write_text(
        "Name,Price a month,Exams a month,It is sold\npremium plan,₹1,099\n"
        '"Premium MCQ","1,099.50",0,no\nBasic plan,299,5,हाँ\nPlan Centum,,,No\nGold,1,1,yes\nPremium Plan,,60,\n'
    )
    path.write_text(path.read_text().replace("premium plan,₹1,099\n", 'premium plan,"₹1,099",60,\n'))
    before = dict(place.plans)
    desk.screen.files.read_in(path)
    dialog = desk.screen.files.dialog
    desk.settle()
    assert dialog.windowTitle() == "Plans from plans.csv"
    assert [[cell.text for cell in row.cells] for row in dialog.rows.rows] == [
        ["3", "Wrong", "Premium MCQ", "Exams a month", "Between 1 and 1,000 exams a month."],
        ["6", "Wrong", "Gold", "Name", "There is none of this name, and none is made here."],
        ["2", "Changed", "premium plan", "", ""],
        ["5", "Changed", "Plan Centum", "", ""],
        ["4", "Duplicate", "Basic plan", "", "It is there already."],
        ["7", "Duplicate", "Premium Plan", "", "The same as row 2."],
    ]
    assert dialog.go.text() == "Bring in what is right"
    QTest.keyClicks(dialog.reason, "new year")
    table.problem = ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.")
    dialog.go.click()
    desk.settle()
    assert dialog.told.text.startswith("Row 5: Asha Rao has changed this meanwhile.")
    assert place.plans == before
    dialog.go.click()
    desk.settle()
    assert desk.messages.said[-1] == "Brought in: 0 new, 2 changed."
    now = place.plans[PlanType.PREMIUM]
    assert (now.monthly_price_paise, now.exams_per_month, now.description) == (109900, 60, "")
    assert not place.plans[PlanType.CENTUM].is_active
    assert place.log[PlanType.PREMIUM][0].reason == "new year"
    place.put(PlanType.CENTUM, replace(place.plans[PlanType.CENTUM], sla_hours=48), "Asha Rao", "since")
    desk.messages.undos[-1]()
    desk.settle()
    assert desk.messages.said[-1] == "Taken back: 1 is as before, 1 was changed since and stays."
    assert place.plans[PlanType.PREMIUM] == before[PlanType.PREMIUM]
    assert place.plans[PlanType.CENTUM].sla_hours == 48
    path.write_text("Preis\n1\n")
    with pytest.raises(ImportStoppedError):
        desk.screen.subject.exchange(desk.files).export(Wanted(), path, lambda _done, _all: False)
    assert path.read_text() == "Preis\n1\n"  # nobody wants it any more: what stood there stands
    desk.screen.files.read_in(path)
    again = desk.screen.files.dialog
    desk.settle()
    assert again.told.text == "The file has no column for: Name. Say which columns they are."
    again.reject()


def test_what_somebody_changed_meanwhile_is_worked_out_anew(qtbot, tasks, tmp_path: Path) -> None:
    place = FakePlans()
    desk = OfficeHand(qtbot, tasks, PlanSubject(place, FakePlanTable(place)), FakeDrafts())
    path = tmp_path / "plans.csv"
    path.write_text("Name,Exams a month\nPremium plan,60\nBasic plan,6\n")
    desk.screen.files.read_in(path)
    dialog = desk.screen.files.dialog
    desk.settle()
    QTest.keyClicks(dialog.reason, "new year")
    hers = replace(place.plans[PlanType.PREMIUM], exams_per_month=60, sla_hours=24)
    place.put(PlanType.PREMIUM, hers, "Asha Rao", "meanwhile")
    dialog.go.click()
    desk.settle()
    why, counts = dialog.told.text.split("\n")
    assert why.startswith("Asha Rao has changed this meanwhile. Nothing was saved.")
    assert counts == "Now it would be: 2 rows: 0 new, 1 changed, 1 duplicate, 0 wrong."
    assert dialog.reason.text() == "new year"
    dialog.go.click()
    desk.settle()
    assert desk.messages.said[-1] == "Brought in: 0 new, 1 changed."
    assert place.plans[PlanType.PREMIUM] == hers
    assert place.plans[PlanType.BASIC].exams_per_month == 6


def test_a_file_whose_answer_was_lost_is_looked_at_before_it_is_written_again(qtbot, tasks, tmp_path: Path) -> None:
    place = FakePlans()
    table = FakePlanTable(place)
    desk = OfficeHand(qtbot, tasks, PlanSubject(place, table), FakeDrafts())
    path = tmp_path / "plans.csv"
    path.write_text("Name,Exams a month\nBasic plan,6\n")
    desk.screen.files.read_in(path)
    dialog = desk.screen.files.dialog
    desk.settle()
    QTest.keyClicks(dialog.reason, "new year")
    written = table.put

    def lost(*what: object) -> tuple[Done, ...]:
        written(*what)
        raise OfflineError("The server cannot be reached.")

    table.put = lost
    dialog.go.click()
    desk.settle()
    assert dialog.told.text == "The server cannot be reached."
    table.put = written
    place.reachable = False
    for _ in range(2):
        dialog.go.click()
        desk.settle()
        assert dialog.told.text == "The server cannot be reached."
        assert (dialog.go.text(), dialog.go.isEnabled()) == ("Try again", True)
    place.reachable = True
    dialog.go.click()
    desk.settle()
    assert dialog.told.text.split("\n") == [
        "Nobody knew whether it was written: it was looked at again.",
        "Now it would be: 1 row: 0 new, 0 changed, 1 duplicate, 0 wrong.",
    ]
    assert not dialog.go.isEnabled()
    assert [change.reason for change in place.log[PlanType.BASIC]] == ["new year"]


def test_what_cannot_be_noted_is_not_written(qtbot, tasks, tmp_path: Path) -> None:
    place = FakePlans()
    desk = OfficeHand(qtbot, tasks, PlanSubject(place, FakePlanTable(place)), FakeDrafts())
    path = tmp_path / "plans.xlsx"
    path.write_text("as it was")
    desk.files.reachable = False
    desk.screen.files.write_out(path)
    desk.settle()
    assert str(desk.messages.told[-1]) == "The server does not answer. Nothing was written."
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("plans.xlsx", "as it was")]
    desk.files.reachable = True
    desk.screen.files.write_out(path)
    desk.settle()
    assert desk.messages.said == ["4 are written into plans.xlsx."]
    assert desk.files.noted == [(ExportNote("plan"), ExportFormat.XLSX, 4)]
    bare = RecordScreen(PlanSubject(place), FakeDrafts(), tasks, FakeClock(NOW), UTC, desk.messages)
    qtbot.addWidget(bare)
    assert "record.write_out" not in bare.actions_by_id  # where nothing can be noted


def test_holidays_from_a_file_ask_after_deadlines_first_and_again_when_they_are_taken_back(
    qtbot, tasks, tmp_path: Path
) -> None:  # fmt: skip
    place, ids = FakeHolidays(), count(100)
    subject = HolidaySubject(
        *(place, lambda: UUID(int=next(ids)), lambda: date(2026, 7, 15), lambda: frozenset({6})),
        FakeHolidayTable(place),
    )
    desk = OfficeHand(qtbot, tasks, subject, FakeDrafts())
    path = tmp_path / "holidays.csv"
    path.write_text(
        "Day,Name,Kind,A working day\n16/07/2026,Rath Yatra,state,\n15/08/2026,independence  day,,\n2026-10-02,,x,\n"
    )
    due, rows = place.scripts[UUID(int=1)].due, dict(place.rows)
    desk.screen.files.read_in(path)
    dialog = desk.screen.files.dialog
    desk.settle()
    assert dialog.told.text == "3 rows: 1 new, 0 changed, 1 duplicate, 1 wrong."
    QTest.keyClicks(dialog.reason, "gazette")
    dialog.go.click()
    desk.settle()
    assert dialog.moves.text == "1 deadline that runs would move."
    assert place.rows == rows
    dialog.moves.refuse()
    assert (dialog.moves.asking, place.rows) == (False, rows)
    dialog.go.click()
    desk.settle()
    dialog.moves._move.click()
    desk.settle()
    assert desk.screen.files.dialog is None
    assert place.scripts[UUID(int=1)].due > due
    assert {row.holiday_name for row in place.rows.values()} - {row.holiday_name for row in rows.values()} == {
        "Rath Yatra"
    }
    desk.messages.undos[-1]()
    desk.settle()
    asked = desk.screen.files.moves
    assert asked.box.text == "1 deadline that runs would move."
    asked.box._move.click()
    desk.settle()
    assert (desk.screen.files.moves, place.rows, place.scripts[UUID(int=1)].due) == (None, rows, due)
    assert desk.messages.said[-1] == "Taken back: 1 is gone."
    path.write_text("Day,Name\n16/12/2026,Far away\n")  # moves nothing: nothing is asked
    desk.screen.files.read_in(path)
    dialog = desk.screen.files.dialog
    desk.settle()
    assert dialog.go.text() == "Bring in all of it"
    QTest.keyClicks(dialog.reason, "gazette")
    dialog.go.click()
    desk.settle()
    assert len(place.rows) == len(rows) + 1
    desk.messages.undos[-1]()
    desk.settle()
    assert place.rows == rows


def test_of_what_no_file_may_change_the_list_is_written_as_it_is_shown(qtbot, tasks, tmp_path: Path) -> None:
    desk = OfficeHand(qtbot, tasks, SettingSubject(FakeSettings()), FakeDrafts())
    assert "record.read_in" not in desk.screen.actions_by_id
    path = tmp_path / "settings.csv"
    desk.screen.files.write_out(path)
    desk.settle()
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert lines[0] == ["Setting", "Value", "By default", "Changed by"]
    assert len(lines) == len(desk.screen.list.rows) + 1
    desk.screen.files.write_out(tmp_path / "nowhere" / "settings.csv")
    desk.settle()
    assert [str(error) for error in desk.messages.told][-1].startswith("The file could not be written.")
    assert desk.files.noted == [(ExportNote("setting"), ExportFormat.CSV, len(lines) - 1)]
