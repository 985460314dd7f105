"""Cases on the screen: walked, read and decided by keys; nothing typed is lost, and a reason is always asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.adjustment import Adjustment, FaultDecision, FaultProposal, QuestionCase
from mv_desktop.domain.case import CaseKind, RescanAnswer
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.ui.coordination.case.decision import Decision
from mv_desktop.ui.coordination.case.screen import CaseScreen
from mv_desktop.ui.coordination.case.wording import case_row, facts
from mv_desktop.ui.part import step_part
from mv_desktop.ui.tasks import Tasks
from tests.factories.queue_row import NOON
from tests.fakes import hand
from tests.fakes.case_place import FakeCasePlace
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.ui.case_desk import Desk

OFFLINE = OfflineError("The server does not answer.", remedy="Check the network.")


@pytest.fixture
def desk(qtbot: QtBot, tasks: Tasks) -> Desk:
    return Desk(qtbot, tasks)


def test_what_waits_stands_in_order_with_what_it_is_about_and_what_fits(desk: Desk) -> None:
    assert desk.keys == ["flag:1", "handed_back:2", "withdrawn:3", "rescan:4", "kept:5", "refused:6"]
    assert desk.counts == [5]
    assert desk.screen.list.table.hasFocus()
    text = desk.screen.view.text
    assert text.startswith("Flag · VX-4K2\nWhy: Illegible\nIn their words: The last line of 27")
    assert "Where: Page 2, at the foot, right" in text
    assert "Due: today 11:30 · breached" in text
    assert "Pages: 1–3 · out of the script: 3" in text
    file = desk.screen._file
    scanned = replace(file, sheets=(replace(file.sheets[0], mime_type="application/pdf"), *file.sheets[1:2]))
    told = dict(facts(desk.screen.case, scanned, NOON, UTC))
    assert told["Pages"] == "1, 2 · with several pages in one PDF: 1"
    assert "Faulty" not in told
    asked, answered = NOON - timedelta(hours=2), FaultDecision(2, "declined", "the figure is there", "Ravi", NOON)
    proposal = FaultProposal(UUID(int=7), "Board exam", Adjustment.DROP, "the figure is missing", "Meera Iyer", asked)
    case = QuestionCase(UUID(int=8), "Board exam", UUID(int=9), Adjustment.NONE, 0, proposal, ())
    done = replace(case, proposal=None, decisions=(replace(answered, number=1, decision="award"), answered))
    first, second, *others = file.questions
    said = replace(file, questions=(replace(first, fault=case), replace(second, fault=done), *others))
    assert dict(facts(desk.screen.case, said, NOON, UTC))["Faulty"].splitlines() == [
        "Question 21: Meera Iyer proposes to drop it, today 04:00: “the figure is missing”. An administrator decides.",
        "Question 22: Ravi declined what was proposed, today 06:00: “the figure is there”",
    ]
    assert desk.offered == {
        "answer", "rescan", "exclude", "include", "replace", "restore", "extend", "excuse", "withdraw", "award",
        "drop", "board",
    }  # fmt: skip
    wanted = {
        "handed_back:2": {
            "rescan", "exclude", "include", "replace", "restore", "extend", "release", "award", "drop", "board",
        },
        "rescan:4": {
            "rescan", "cancel_rescan", "exclude", "include", "replace", "restore", "extend", "withdraw", "award",
            "drop", "board",
        },
        "kept:5": {
            "rescan", "exclude", "include", "replace", "restore", "take", "decline", "extend", "withdraw", "award",
            "drop", "board",
        },
        "refused:6": set(),
    }  # fmt: skip
    for key, buttons in wanted.items():
        desk.look(key)
        assert desk.offered == buttons, key
    assert "talk to the teacher" in desk.screen.view.state
    desk.look("handed_back:2")
    assert "Why: I know this student" in desk.screen.view.text
    with desk.qtbot.waitSignal(desk.screen.board_requested) as asked:
        desk.press("B")
    assert asked.args == [EvaluationId(UUID(int=2))]
    desk.press("L")
    assert desk.keys == ["flag:1"]
    assert desk.screen.list.kind == CaseKind.FLAG
    hand.press("Esc", desk.screen.list.table)
    assert len(desk.keys) == 6


def test_a_change_of_the_list_leaves_what_is_selected_and_an_open_choice(desk: Desk) -> None:
    desk.look("rescan:4")
    kinds = desk.screen.list._kinds
    kinds.showPopup()
    desk.place.waiting = desk.place.waiting[1:]
    desk.screen.refresh()
    desk.settle()
    assert kinds.view().isVisible()
    assert kinds.itemText(0) == "All cases (6)"
    kinds.hidePopup()
    desk.screen.refresh()
    desk.settle()
    assert kinds.itemText(0) == "All cases (5)"
    assert desk.screen.case is not None
    assert desk.screen.case.key == "rescan:4"


def test_the_keyboard_is_at_the_list_as_soon_as_something_waits_but_not_where_she_types(desk: Desk) -> None:
    waiting, screen = desk.place.waiting, desk.screen
    desk.place.waiting = []
    desk.press("F5")
    assert screen.list.empty.hasFocus()  # where letters are commands, and not the beginning of a code
    desk.place.waiting = waiting
    hand.press("F5", screen.list.empty)
    desk.settle()
    assert screen.list.table.hasFocus()
    desk.place.waiting = []
    desk.press("F5")
    hand.press("/", screen.list.empty)
    desk.place.waiting = waiting
    screen.refresh()
    desk.settle()
    assert screen.list._find.hasFocus()


def test_a_long_comment_is_scrolled_by_keys(desk: Desk) -> None:
    area = desk.screen.view._area
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus  # all of it is in sight
    flagged = next(case for case in desk.place.waiting if case.key == "flag:1")
    desk.place.waiting.remove(flagged)
    desk.place.waiting.append(replace(flagged, words="The last line cannot be read. " * 200))
    desk.press("F5")
    desk.look("flag:1")
    bar = area.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 0 and area.focusPolicy() == Qt.FocusPolicy.StrongFocus)
    step_part(desk.screen, 1)
    assert area.hasFocus()
    hand.press("PgDown", area)
    assert bar.value() > 0
    desk.press("A")
    assert desk.screen.form.decision is Decision.ANSWER


def test_what_is_unchanged_is_not_put_into_words_again_and_scrolling_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    worded: list[str] = []

    def counting(case, *rest):
        worded.append(case.key)
        return case_row(case, *rest)

    monkeypatch.setattr("mv_desktop.ui.coordination.case.case_list.case_row", counting)
    first = desk.place.waiting[0]
    desk.place.waiting += [replace(first, key=f"flag:x{n:04}", subject=UUID(int=n)) for n in range(500)]
    desk.press("F5")
    assert len(worded) == 500
    table = desk.screen.list.table
    table.verticalScrollBar().setValue(300)
    desk.press("F5")
    assert len(worded) == 500
    assert table.verticalScrollBar().value() == 300
    desk.place.waiting[-1] = replace(desk.place.waiting[-1], reason="other")
    del desk.place.waiting[200]
    desk.press("F5")
    assert worded[500:] == ["flag:x0499"]
    assert (desk.screen.case and desk.screen.case.key, table.verticalScrollBar().value()) == ("flag:1", 300)


def test_each_decision_is_made_by_keys_and_never_without_a_reason(desk: Desk) -> None:
    desk.look("flag:1")
    desk.press("A")
    assert desk.line("Answer").hasFocus()
    hand.press("Return", desk.line("Answer"))
    assert desk.screen.form.told == "Say why; it is kept with the decision."
    desk.type(Answer="  Mark what you can read.  ")
    hand.press("Return", desk.line("Answer"))
    desk.settle()
    assert desk.place.done == [("answer", UUID(int=11), "Mark what you can read.")]
    assert desk.messages.said == ["The flag is answered."]
    assert desk.keys[0] == "handed_back:2"
    assert desk.screen.list.table.hasFocus()
    assert not desk.screen.form.isVisible()
    pages = {n: UUID(int=1000 + n) for n in (1, 2, 3)}
    assert desk.decide("R", "rescan:4", Reason="Dark") == ("ask_rescan", (pages[1],), "Dark", None)
    assert desk.decide("X", "kept:5", Pages="2", Reason="Hers") == ("exclude", (pages[2],), "Hers")
    assert desk.decide("Shift+X", "kept:5", Pages="3", Reason="His") == ("include", (pages[3],), "His")
    what, code, due, why = desk.decide("E", "handed_back:2", New_deadline="2 h", Reason="Ill")
    assert (what, code, why) == ("extend", "QM-7T9", "Ill")
    assert due > NOON + timedelta(hours=1)
    assert desk.decide("P", "kept:5", Question="27", Reason="Misprint") == (
        "propose", "ZD-5RC", UUID(int=2027), Adjustment.AWARD, "Misprint",
    )  # fmt: skip
    assert desk.messages.said[-1] == "It is proposed for 12 exams; an administrator decides."
    assert desk.decide("Shift+P", "kept:5", Question="27", Reason="Misprint")[3] is Adjustment.DROP
    assert desk.decide("Shift+U", "kept:5", Page="2", Reason="Worse") == ("restore", 2, 3, "Worse")
    assert desk.decide("W", "kept:5", Reason="Wrong") == ("withdraw", "ZD-5RC", "Wrong")
    assert desk.decide("Shift+R", "rescan:4", Reason="It came") == ("cancel_rescan", UUID(int=44), "It came")
    desk.place.waiting.append(desk.place.rescan)
    desk.press("F5")
    assert desk.decide("U", "rescan:4", File="/scans/1.jpg", Reason="By mail") == (
        "replace",
        1,
        "/scans/1.jpg",
        "By mail",
    )
    assert desk.decide("Shift+W", "withdrawn:3", Reason="Right") == ("release", "AB-234", "Right")
    assert desk.decide("Shift+W", "handed_back:2", Reason="Well") == ("release", "QM-7T9", "Well")
    assert desk.keys == ["kept:5", "refused:6"]


def test_what_cannot_be_is_said_while_it_is_typed_and_stays(desk: Desk) -> None:
    desk.look("flag:1")
    desk.press("E")
    desk.type(New_deadline="soon")
    assert "neither a moment nor a number of working hours" in desk.screen.form.told
    desk.type(New_deadline="2 h", Reason="Ill")
    assert desk.screen.form.told == "It is due today 13:30 then."
    desk.clock.advance(1800)
    desk.type(New_deadline="2 hours")
    desk.type(New_deadline="2 h")
    assert desk.screen.form.told == "It is due today 14:00 then."
    hand.press("Esc", desk.line("Reason"))
    desk.press("X")
    desk.type(Pages="1, 9", Reason="Hers")
    desk.enter()
    assert desk.screen.form.told == "Type pages such as 1, 3-5. It can be: 1, 2."
    desk.press("P")
    desk.type(Question="21, 22", Reason="Misprint")
    desk.enter()
    assert desk.screen.form.told == "Type one number; each is done by itself."
    desk.press("U")
    assert desk.line("Page").text() == "2"
    desk.type(Reason="It came by mail")
    desk.enter()
    assert desk.screen.form.told == "Choose the file that takes the page’s place."
    desk.look("kept:5")
    desk.look("flag:1")
    desk.press("E")
    assert (desk.line("New deadline").text(), desk.line("Reason").text()) == ("2 h", "Ill")
    assert desk.place.done == []


def test_a_completed_script_is_found_by_its_code_and_its_questions_are_returned_with_a_reason_each(desk: Desk) -> None:
    hand.press("/", desk.screen.list.table)
    find = desk.screen.list._find
    assert find.hasFocus()
    find.setText("zz")
    hand.press("Return", find)
    desk.settle()
    assert [error.message for error in desk.messages.told] == ["No script has the code “ZZ-”."]
    find.setText("vx 4k2")
    hand.press("Return", find)
    desk.settle()
    assert desk.keys[0] == "script:9"
    assert desk.offered == {"return", "recheck", "excuse", "award", "drop"}
    desk.press("T")
    desk.type(Questions="27, 31", Reason_for_all_that_have_none_of_their_own="Look again")
    desk.type(Reason_for_31="The sum is wrong")
    hand.press("Return", desk.line("Questions"))
    desk.settle()
    returned = (ReturnedQuestion(27, "Look again"), ReturnedQuestion(31, "The sum is wrong"))
    assert desk.place.done[-1] == ("return_questions", "VX-4K2", returned, "Look again")
    for typed, meant in (("", None), ("22", (22,))):
        desk.look("script:9")
        desk.press("Shift+T")
        desk.type(Questions=typed, What_the_student_says="She counted 4")
        hand.press("Return", desk.line("Questions"))
        desk.settle()
        assert desk.place.done[-1] == ("recheck", "VX-4K2", meant, "She counted 4")
    hand.press("Esc", desk.screen.list.table)
    assert desk.keys[0] == "flag:1"


def test_kept_work_stands_side_by_side_and_is_taken_or_declined_in_part(desk: Desk) -> None:
    desk.look("kept:5")
    kept = desk.screen.view.kept
    assert kept.isVisible()
    assert kept.chosen == (27, 31, 33)
    assert "Meera Iyer, kept: 2½ “a slip in line 2”\n1 piece of ink" in kept.rows[0]._box.accessibleDescription()
    assert "Asha Rao, now: 1\nno ink" in kept.rows[0]._box.accessibleDescription()
    for row in kept.rows[1:]:
        row.tick(on=False)
    assert desk.decide("K", "kept:5", Reason="Hers is right") == ("take", (27,), "Hers is right")
    assert desk.messages.said[-1] == "The kept work was taken. Not taken: 33: The question was not returned."
    assert kept.chosen == (27,)
    kept.rows[0].tick(on=False)
    desk.press("Shift+K")
    desk.type(Reason="Nothing new")
    desk.enter()
    assert desk.screen.form.told == "Tick the questions that are meant."
    for row in kept.rows:
        row.tick(on=True)
    desk.enter()
    assert desk.place.done[-1] == ("decline", None, "Nothing new")
    assert "kept:5" not in desk.keys


def test_without_the_server_all_is_readable_nothing_is_decided_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.look("flag:1")
    desk.press("A")
    desk.type(Answer="Mark what you can read.")
    desk.place.missing = OFFLINE
    hand.press("Return", desk.line("Answer"))
    desk.settle()
    assert desk.messages.told[-1].kept == "What you typed stays here."
    assert desk.screen.state_text == "As of today 11:30. The server does not answer. Check the network."
    assert "Nothing can be decided without the server" in desk.screen.view.state
    assert desk.line("Answer").text() == "Mark what you can read."
    assert not desk.screen.actions_by_id["cases.answer"].isEnabled()
    hand.press("Return", desk.line("Answer"))
    desk.settle()
    assert len(desk.messages.told) == 1
    assert len(desk.keys) == 6
    desk.place.missing = None
    desk.press("F5")
    assert desk.screen.state_text == ""
    hand.press("Return", desk.line("Answer"))
    desk.settle()
    assert desk.place.done == [("answer", UUID(int=11), "Mark what you can read.")]


def test_whoever_is_slower_is_told_who_was_faster_and_sees_how_it_is_now(desk: Desk) -> None:
    desk.look("flag:1")
    desk.press("A")
    desk.type(Answer="Mine")
    desk.place.faster = "Priya Menon"
    hand.press("Return", desk.line("Answer"))
    desk.settle()
    assert desk.messages.told[0].message == "Priya Menon has answered this flag already."
    assert "flag:1" not in desk.keys
    assert desk.messages.told[1].kept == "You had typed: Mine"
    assert not desk.screen.form.isVisible()


def test_what_the_server_cannot_give_is_said_where_the_list_would_be(qtbot: QtBot, tasks: Tasks) -> None:
    place, messages = FakeCasePlace(), KeptMessages()
    place.missing = OFFLINE
    screen = CaseScreen(place, tasks, FakeClock(NOON), messages)
    qtbot.addWidget(screen)
    screen.show()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert screen.list.empty.title == "The cases cannot be shown"
    place.missing, place.waiting = None, []
    screen.list.empty.action_requested.emit()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert screen.list.empty.title == "Nothing waits"
    assert screen.case is None
    assert screen.form.decision is None
    assert not screen.actions_by_id[f"cases.{Decision.ANSWER.value}"].isEnabled()


def test_a_rescan_that_came_is_told_from_one_that_did_not_and_takes_the_pages_place(desk: Desk) -> None:
    desk.look("rescan:4")
    assert "Rescan: asked for today 08:30 · no answer yet" in desk.screen.view.text
    rescan = desk.place.rescan
    came = replace(rescan, answer=RescanAnswer(UUID(int=77), NOON - timedelta(hours=1), "image/jpeg", 2))
    desk.place.waiting[desk.place.waiting.index(rescan)] = came
    desk.press("F5")
    (row,) = [row for row in desk.screen.list.table.rows if row.key == "rescan:4"]
    assert row.cells[0].text == "Rescan came"
    text, button = desk.screen.view.text, desk.screen.view.buttons["cases.replace"]
    assert text.startswith("Rescan came · HJ-8WN\n")
    assert "asked for today 08:30 · answered today 10:30 with 2 files\n" in text
    assert button.text() == "Put the rescan in …  (U)"
    desk.press("U")
    desk.type(Page="2", Reason="It came")
    desk.enter()
    assert desk.screen.form.told == "Choose the file that takes the page’s place."
    desk.type(Page="1")
    desk.enter()
    assert desk.place.done == [("accept", 1, UUID(int=77), "It came")]
    assert button.text() == "Replace a page …  (U)"  # of the next case
