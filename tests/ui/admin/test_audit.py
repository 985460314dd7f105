"""The audit log in the office, by keys: found by any filter, read, saved, and checked; never written."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.domain.audit_chain import Break, Fault
from mv_desktop.domain.audit_entry import NOBODY, AuditEntry
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.record import Difference
from mv_desktop.domain.record_name import RecordName
from mv_desktop.ui.admin.audit import AuditSubject
from mv_desktop.ui.admin.audit_words import ACTS, KINDS, event_text
from mv_desktop.ui.admin.view_screen import ViewScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import set_language
from tests.fakes import hand
from tests.fakes.audit_place import EXAM, MEERA, START, FakeAudit
from tests.fakes.clock import FakeClock
from tests.ui.accessibility import nameless_controls

KOLKATA = ZoneInfo("Asia/Kolkata")


class Desk:
    """The log with a server in memory."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, place: FakeAudit) -> None:
        self.qtbot, self.tasks, self.place = qtbot, tasks, place
        clock = FakeClock(START)
        self.screen = ViewScreen(AuditSubject(place, clock, KOLKATA), tasks, clock, KOLKATA)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy and self.screen.settled, timeout=5000)

    def send(self, *keys: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        for key in keys:
            hand.press(key, self.screen.focusWidget())

    def press(self, *keys: str) -> None:
        self.send(*keys)
        self.settle()

    def events(self) -> list[str]:
        return [row.event for row in self.screen.list.rows]


@pytest.fixture
def place() -> FakeAudit:
    return FakeAudit()


@pytest.fixture
def desk(qtbot, tasks, place):
    return Desk(qtbot, tasks, place)


def test_it_opens_on_the_newest_entry_and_goes_on_as_one_scrolls(desk):
    view = desk.screen.view
    assert desk.screen.list.table.hasFocus()
    assert view.heading == "Plans: changed"
    assert view.facts == {
        "When": "2026-07-15 09:28:00",
        "Who": "Asha Rao (admin)",
        "To what": "basic",
        "Why": "new year",
        "Signed in as": "mv_asha",
        "Entry": "260",
    }
    rows = [[cell.text for cell in row.cells] for row in view.differences.values.rows]
    assert rows == [["Price a month", "₹299", "₹1,499"], ["Active", "yes", "no"]]
    desk.press("Down", "Down")
    assert view.heading == "People: password reset"
    assert view.differences.hidden_text.endswith("Password")
    assert [[cell.text for cell in row.cells] for row in view._rest.rows] == [["seats", "2"], ["until", "–"]]
    assert len(desk.screen.list.rows) == 100
    desk.press("Ctrl+End")
    assert len(desk.screen.list.rows) > 100
    assert nameless_controls(desk.screen) == []
    names = {"record.new", "record.save", "record.remove", "record.undo"}
    assert not names & set(desk.screen.actions_by_id)


def test_it_is_narrowed_by_person_kind_event_and_days(desk):
    who, what = desk.screen.list._choices["person"], desk.screen.list._choices["what"]
    assert [who.itemText(n) for n in range(who.count())] == ["Who: all", "A program", "Asha Rao", "Meera Krishnamurthy"]
    words = [what.itemText(n) for n in range(what.count())]
    assert words[words.index("People: all") :][:3] == ["People: all", "People: password reset", "People: signed in"]
    desk.press("L")
    assert desk.events() == ["evaluation.assigned"]
    desk.press("L")
    assert desk.events() == ["plan.changed", "user.password_reset"]
    what.setCurrentIndex(what.findData("user"))
    desk.settle()
    assert desk.events() == ["user.password_reset"]
    desk.press("Esc")
    what.setCurrentIndex(what.findData("user.login"))
    desk.settle()
    assert set(desk.events()) == {"user.login"}
    desk.press("Esc")
    desk.screen.list.days.span.setCurrentIndex(1)
    desk.settle()
    assert len(desk.events()) == 4
    yesterday = START.date() - timedelta(days=1)
    desk.screen.list.days.pick(yesterday, yesterday - timedelta(days=1))
    desk.settle()
    assert set(desk.events()) == {"user.login"}
    desk.press("Esc")
    assert len(desk.events()) == 100


def test_a_script_a_record_and_a_person_are_followed(desk):
    desk.press("/", *script_code(EXAM).lower(), "Return")
    assert desk.events() == ["evaluation.assigned", "security.page_refused"]
    desk.press("Esc")
    desk.press("Ctrl+Home", "R")
    assert desk.events() == ["plan.changed"]
    assert desk.screen.list.search.text() == "basic"
    desk.press("Esc")
    desk.press("Down", "R")
    assert desk.events() == ["evaluation.assigned", "security.page_refused"]
    desk.press("Down", "P")
    assert desk.events() == ["security.page_refused"]
    assert desk.screen.list._choices["person"].currentText() == "Ravi Das"
    desk.press("/", *"zz", "Return")
    assert desk.events() == []
    assert not desk.screen.view.isVisible()
    assert not desk.screen.actions_by_id["record.same_person"].isEnabled()


def test_names_stand_for_ids_and_the_ids_below_the_row(desk, place):
    meera, page, gone = str(MEERA), str(UUID(int=78)), str(UUID(int=79))
    question = str(UUID(int=80))
    names = {
        meera: RecordName("user", "Meera Krishnamurthy", "teacher"),
        page: RecordName("upload", exam=EXAM, number=3),
        question: RecordName("question", "Find $x^2$.", of="Integrals", number=2),
    }
    place.log = (
        AuditEntry(
            300, UUID(int=1300), START, "Asha Rao", "admin", "question.changed", "question", question,
            differences=(Difference("marks", 2, 3), Difference("created_by", gone, meera)),
            rest=(("columns", ["marks"]), ("uploads", [page, gone])), names=names,
        ),
        *place.log,
    )  # fmt: skip
    desk.press("F5")
    desk.press("Ctrl+Home")
    view = desk.screen.view
    assert desk.screen.subject.text(desk.screen.list.rows[0], 3) == "Find x²."
    assert view.facts["To what"] == f"Find x².\n{question}"
    differences = [[cell.text for cell in row.cells] for row in view.differences.values.rows]
    assert differences == [["Marks", "2", "3"], ["Made by", "…0000004f", "Meera Krishnamurthy (teacher)"]]
    assert view.differences.whole_text == ""
    code = script_code(EXAM)
    assert [[cell.text for cell in row.cells] for row in view._rest.rows] == [
        ["Fields", "Marks"],
        ["Pages", f"page 3 of {code}, …0000004f"],
    ]
    assert view.whole_text == ""
    desk.press("Return", "Down")
    assert view.differences.whole_text == f"Before\n{gone}\n\nAfter\nMeera Krishnamurthy (teacher)\n{meera}"
    desk.press("Tab", "Tab", "Down")
    assert view.whole_text == f"page 3 of {code} · {page}\n{gone}"
    desk.screen.list.take_focus()
    desk.press("R")  # the id is looked for, not the name
    assert desk.screen.list.search.text() == question
    filters = (("filters", {"person": meera}), ("format", "csv"))
    view.show_row(replace(place.log[0], event="export.written", kind="export", record="audit", rest=filters))
    assert view.facts["To what"] == "Audit log"
    assert [[cell.text for cell in row.cells] for row in view._rest.rows] == [
        ["Filter: Who", "Meera Krishnamurthy (teacher)"],
        ["Kind of file", "CSV"],
    ]
    assert view.whole_text == f"Meera Krishnamurthy (teacher)\n{meera}"
    assert not view._whole.verticalScrollBar().isVisible()
    rest = (("after", {"role": "admin"}), ("before", {"role": "teacher"}), ("marks", 2))
    view.show_row(replace(place.log[0], rest=rest))
    assert [row.cells[0].text for row in view._rest.rows] == ["Before", "Marks", "After"]


def test_values_of_a_few_are_told_in_words(desk, place):
    changed = replace(
        place.log[0], event="evaluation.flagged", kind="evaluation", reason="wrong_paper",
        differences=(Difference("status", "assigned", "in_progress"), Difference("submitted_quality", None, "odd")),
        rest=(("punctuality", "late"),),
    )  # fmt: skip
    view = desk.screen.view
    view.show_row(changed)
    assert view.facts["Why"] == "Wrong paper"
    differences = [[cell.text for cell in row.cells] for row in view.differences.values.rows]
    assert differences == [["State", "Not started", "Started"], ["How sure the moment is", "–", "odd"]]
    assert [[cell.text for cell in row.cells] for row in view._rest.rows] == [["Punctuality", "Late"]]
    view.show_row(replace(changed, event="exam.changed", kind="exam"))
    assert view.differences.values.rows[0].cells[2].text == "Under way"


def test_what_is_looked_for_is_saved_without_a_formula(desk, place, tmp_path: Path):
    what = desk.screen.list._choices["what"]
    what.setCurrentIndex(what.findData("user.password_reset"))
    desk.settle()
    desk.screen.save_as(tmp_path / "log.csv")
    desk.settle()
    assert desk.screen.told == f"Saved as log.csv, in the folder {tmp_path}. 1 row."
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["Entry"], row["Why"], row["Changes"]) for row in rows] == [("258", "'=forgotten", "password_hash: …")]
    desk.screen.save_as(tmp_path / "log.xlsx")
    desk.settle()
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    assert [cell.value for cell in sheet["A"]] == ["Entry", 258]
    note = ExportNote("audit", {"what": "user.password_reset"})
    assert place.notes.noted == [(note, ExportFormat.CSV, 1), (note, ExportFormat.XLSX, 1)]
    desk.screen.save_as(tmp_path / "nowhere" / "log.csv")
    desk.settle()
    assert desk.screen.told.startswith("The file could not be written.")


def test_what_was_written_out_is_told_in_words(qtbot, tasks, place):
    told = {"rows": 12, "format": "xlsx", "file": "X.xlsx"}
    entries = {
        "student": {"filters": {"class": "X", "state": "closed", "words": "…"}},
        "insight.questions": {"filters": {"first_day": "2026-07-01", "order": "facility", "from": "201"}},
        "audit": {"filters": {"person": NOBODY, "what": "plan.changed"}},
        "plan": {"filters": {}},
    }
    place.log = tuple(
        AuditEntry(
            number, UUID(int=number), START, "Asha Rao", "admin", "export.written", "export", what,
            rest=tuple(sorted((told | said).items())),
        )
        for number, (what, said) in enumerate(entries.items(), 1)
    )  # fmt: skip
    desk = Desk(qtbot, tasks, place)
    view, subject = desk.screen.view, desk.screen.subject
    assert [subject.text(row, 3) for row in desk.screen.list.rows] == [
        "Students", "Insight: Questions", "Audit log", "Plans",
    ]  # fmt: skip
    assert (view.heading, view.facts["To what"]) == ("Exports: written out", "Students")

    def besides() -> list[list[str]]:
        return [[cell.text for cell in row.cells] for row in view._rest.rows]

    assert besides() == [
        ["File", "X.xlsx"], ["Filter: Class", "X"], ["Filter: Account", "Closed"], ["Filter: Looked for", "…"],
        ["Kind of file", "Excel"], ["Rows", "12"],
    ]  # fmt: skip
    desk.press("Down")
    assert besides()[1:4] == [
        ["Filter: First day", "2026-07-01"], ["Filter: Order", "Hardest first"], ["Filter: From", "201"],
    ]  # fmt: skip
    desk.press("Down")
    assert besides()[1:3] == [["Filter: Who", "A program"], ["Filter: What was done", "Plans: changed"]]
    desk.press("Down")
    assert besides()[1] == ["Filters", "–"]
    set_language("hi")
    try:
        view.show_row(place.log[0])
        assert (view.heading, besides()[1]) == ("निर्यात: बाहर लिखा गया", ["फ़िल्टर: कक्षा", "X (दसवीं)"])
        assert view.facts["To what"] == "विद्यार्थी"
    finally:
        set_language("en")


def test_long_work_is_cancelled_and_leaves_nothing(qtbot, desk, place, tmp_path: Path):
    place.gate.clear()
    desk.screen.save_as(tmp_path / "log.csv")
    qtbot.waitUntil(place.waits.is_set)
    assert not desk.screen.actions_by_id["record.check"].isEnabled()
    desk.send("Down")  # the list goes on
    qtbot.waitUntil(lambda: desk.screen.view.heading == "Scripts: given to a teacher")
    desk.screen.cancel()
    place.gate.set()
    desk.settle()
    assert desk.screen.told == "Stopped. Nothing was written."
    assert list(tmp_path.iterdir()) == []
    assert desk.screen.actions_by_id["record.check"].isEnabled()


def test_the_check_says_how_far_the_chain_holds(desk, place):
    desk.press("K")
    assert desk.screen.told == (
        "Nothing was altered up to entry 249: 249 in a row are as they were sealed. 11 entries are not sealed yet."
    )
    place.fault = Fault(Break.CHANGED, 17, EXAM)
    desk.press("K")
    assert desk.screen.told.startswith("Entry 17, or its seal, was changed.")
    place.reachable = False
    desk.press("K", "F5")
    assert desk.screen.told == "The server cannot be reached."
    assert desk.screen.state_text.startswith("Not connected.")
    assert len(desk.events()) == 100


def test_an_unknown_event_stands_as_it_is():
    assert event_text("portal.payment_failed") == "portal: payment_failed"
    assert event_text("late") == "late"
    assert all(words[0].isupper() for words in KINDS.values())
    assert all(not words[0].isupper() for words in ACTS.values())


def test_what_an_entry_is_about_is_opened_where_the_office_has_it(qtbot, tasks, place):
    teacher = replace(place.log[2], names={str(MEERA): RecordName("user", "Meera Krishnamurthy", "teacher")})
    place.log = (*place.log[:2], teacher, *place.log[3:])
    desk = Desk(qtbot, tasks, place)
    wanted: list[tuple[str, str]] = []
    desk.screen.record_wanted.connect(lambda kind, key: wanted.append((kind, key)))
    able = []
    for _ in range(4):
        able.append(desk.screen.actions_by_id["record.lead"].isEnabled())
        desk.press("O")
        desk.press("Down")
    assert wanted == [("plan", "basic"), ("member", str(MEERA))]
    assert able == [True, False, True, False]  # a script and a page are no records of the office
    for role, subject in (("student", "student"), ("parent", "parent"), ("admin", "member")):
        named = replace(teacher, names={str(MEERA): RecordName("user", "Meera", role)})
        assert desk.screen.subject.leads(named) == (subject, str(MEERA))
