"""Questions that are handed in, by keys and mouse: a teacher's own, and an admin's list of what waits."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.question_review import RemarkKind, Review, ReviewState
from mv_desktop.domain.record import Difference
from mv_desktop.ui.admin.math_preview import MathPreview
from mv_desktop.ui.admin.own_question import OwnQuestionSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.question_place import NOW, FakeQuestions, question
from tests.fakes.question_review_place import FakeOwnQuestions, FakeReviews, reviewed
from tests.ui.office_hand import OfficeHand

NEW = UUID(int=999)


def when(_at: object) -> str:
    return "today"


def own_desk(qtbot: QtBot, tasks: Tasks, place: FakeOwnQuestions, drafts: FakeDrafts) -> OfficeHand:
    return OfficeHand(qtbot, tasks, OwnQuestionSubject(place, lambda: NEW, when), drafts)


def states(hand: OfficeHand) -> list[str]:
    subject = hand.screen.subject
    return [subject.text(row, 1) for row in hand.screen.list.rows]


def button(hand: OfficeHand, words: str) -> QPushButton:
    return next(one for one in hand.panel.findChildren(QPushButton) if one.text().startswith(words))


def test_a_teacher_writes_hands_in_answers_and_follows_her_questions(qtbot, tasks) -> None:
    place, drafts = FakeOwnQuestions(), FakeDrafts()
    hand = own_desk(qtbot, tasks, place, drafts)
    assert states(hand) == ["Draft", "Draft", "Waits for approval", "Not approved", "Active"]
    assert "status" not in hand.form.typed
    assert not button(hand, "History").isVisible()
    shown = [one.text() for one in hand.panel.findChildren(QPushButton) if one.isVisible()]
    assert {"Approve", "Award or drop …"}.isdisjoint(shown)
    assert hand.screen.due_text == "1 question was not approved: change it, and hand it in again."
    # a new one, without a reason
    hand.press("N")
    hand.write("question_text", "Find $y$.")
    hand.write("unit", "Matrices")
    hand.form.editor("question_type").write("VSA")
    hand.write("marks", "2")
    assert not button(hand, "Hand in").isEnabled()  # first it is saved
    hand.press("Ctrl+S")
    assert (place.bank[NEW].question_text, place.log[0].reason) == ("Find $y$.", "")
    assert hand.panel.facts == "Draft"
    hand.press("S")
    assert place.bank[NEW].review.state is ReviewState.WAITING
    assert not button(hand, "Hand in").isVisible()
    hand.press("Shift+S")
    assert place.bank[NEW].review.state is ReviewState.WRITTEN
    # what was not approved says why, is answered, changed and handed in again
    hand.screen.lead_to(str(UUID(int=4)))
    hand.settle()
    assert hand.panel.facts == "Not approved\nMeera Nair did not approve it, today: Which unit?"
    hand.press("C")  # asks what
    assert hand.screen.focusWidget() is hand.panel.reason
    QTest.keyClicks(hand.panel.reason, "Circles")
    hand.press("Return")
    assert place.bank[UUID(int=4)].review.remarks[-1].words == "Circles"
    hand.write("topic", "Chords")
    assert hand.panel.effect == "Hand it in again when it is right."
    hand.press("Ctrl+S")
    QTest.keyClicks(hand.panel.reason, "As you say")
    QTest.mouseClick(button(hand, "Hand in"), Qt.MouseButton.LeftButton)
    hand.settle()
    remarks = place.bank[UUID(int=4)].review.remarks
    assert [(one.kind, one.words) for one in remarks[-2:]] == [
        (RemarkKind.REMARKED, "Circles"), (RemarkKind.SUBMITTED, "As you say"),
    ]  # fmt: skip
    assert hand.panel.reason.text() == ""
    assert hand.panel.aside is not None
    assert hand.panel.aside.said.split("\n")[-1] == "Asha Rao handed it in, today: As you say"
    assert hand.screen.due_text == ""
    # what is listed is printed, whatever its state
    hand.press("Ctrl+Shift+P")
    dialog = hand.screen.prints.dialog
    assert dialog is not None
    hand.qtbot.waitUntil(lambda: not dialog.busy)
    assert dialog.paper.count == len(place.bank)
    dialog.reject()
    hand.close()


def test_what_a_teacher_typed_without_the_server_is_kept_and_a_change_of_an_active_one_waits_beside_it(
    qtbot, tasks
) -> None:
    place, drafts = FakeOwnQuestions(), FakeDrafts()
    hand = own_desk(qtbot, tasks, place, drafts)
    hand.screen.lead_to(str(UUID(int=5)))
    hand.settle()
    assert not hand.screen.actions_by_id["record.remove"].isEnabled()
    hand.write("topic", "Linear")
    assert hand.panel.effect == "The question stays as it is until the change is handed in and approved."
    place.reachable = False
    hand.press("Ctrl+S")
    assert isinstance(hand.messages.told[-1], OfflineError)
    hand.close()
    assert drafts.kept("own_question")[0].typed["topic"] == "Linear"
    place.reachable = True
    again = own_desk(qtbot, tasks, place, drafts)
    again.screen.lead_to(str(UUID(int=5)))
    again.settle()
    assert again.form.typed["topic"] == "Linear"
    again.press("Ctrl+S")
    assert again.panel.facts.startswith("Active, and changed")
    assert [row.cells[0].text for row in again.panel.aside.differences.values.rows] == ["Topic"]
    again.press("Del")
    assert again.panel.question.text == "Drop the change of “Find x₅.”? The question stays as it is."
    again.panel.question._yes.click()
    again.settle()
    assert place.bank[UUID(int=5)].review == Review()
    again.messages.undos[-1]()
    again.settle()
    assert place.bank[UUID(int=5)].review.change == {"topic": "Linear"}
    again.screen.lead_to(str(UUID(int=1)))
    again.settle()
    again.screen.list.take_focus()
    again.press("Del")
    again.panel.question._yes.click()
    again.settle()
    assert UUID(int=1) not in place.bank
    again.messages.undos[-1]()
    again.settle()
    assert place.bank[UUID(int=1)].question_text == "Find $x_{1}$."
    again.close()


@pytest.fixture
def bank() -> FakeQuestions:
    made = FakeQuestions()
    made.bank = {UUID(int=n): question(n, status="draft", stood="draft") for n in range(1, 121)}
    for number in (2, 3):
        reviewed(made, UUID(int=number), "Asha Rao", RemarkKind.SUBMITTED, "Right?", state=ReviewState.WAITING,
                 author="Asha Rao")  # fmt: skip
    made.bank[UUID(int=1)] = question(1, proposed=question(1, steps="2: solves"), review=Review(
        ReviewState.WAITING, "Asha Rao", {"topic": "Linear"},
        (Difference("topic", None, "Linear"), Difference("scheme", {}, {"steps": [{"marks": "2", "text": "solves"}]})),
    ))  # fmt: skip
    return made


def test_an_admin_sees_what_would_change_rejects_with_a_reason_and_is_told_who_was_faster(qtbot, tasks, bank) -> None:
    reviews = FakeReviews(bank)
    hand = OfficeHand(qtbot, tasks, QuestionSubject(bank, lambda: NEW, None, reviews, when), FakeDrafts())
    box = hand.screen.list._choices["status"]
    box.setCurrentIndex(box.findData("waiting"))
    hand.settle()
    assert [row.question_id.int for row in hand.screen.list.rows] == [1, 2, 3]
    assert hand.screen.due_text == "3 questions wait for approval."
    table = hand.panel.aside.differences.values
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Topic", "–", "Linear"], ["Marking scheme", "–", "2: solves"],
    ]  # fmt: skip
    assert hand.panel.facts.startswith("Waits for approval · Written by Asha Rao.")
    preview = hand.screen.findChild(MathPreview)
    as_it_is = "Find $x_{1}$.\n\n1: sets it up\n1: solves it"
    assert preview.text == f"— With the change —\n\nFind $x_{{1}}$.\n\n2: solves\n\n— As it is —\n\n{as_it_is}"
    hand.write("topic", "x")  # who writes sees what she writes
    assert preview.text == as_it_is
    hand.press("Ctrl+D")
    assert preview.text.startswith("— With the change —")
    hand.screen.list.take_focus()
    hand.press("Down")
    assert "Asha Rao handed it in, today: Right?" in hand.panel.facts
    hand.press("Shift+A")
    assert "Say why" in hand.panel.note
    QTest.keyClicks(hand.panel.reason, "No unit")
    hand.press("Return")
    assert bank.bank[UUID(int=2)].review.state is ReviewState.REJECTED
    assert hand.screen.list.key == str(UUID(int=3))  # the next one, so that one key decides after the other
    assert hand.screen.list.chosen == [hand.screen.list.rows[1]]
    hand.screen.lead_to(str(UUID(int=2)))
    hand.settle()
    assert hand.panel.aside.said.endswith("Me did not approve it, today: No unit")
    assert not hand.screen.actions_by_id["record.reject"].isEnabled()
    assert not hand.screen.actions_by_id["record.approve"].isEnabled()  # the row with the cursor is another one's
    hand.screen.lead_to(str(UUID(int=3)))
    hand.settle()
    reviewed(bank, UUID(int=3), "Asha Rao", RemarkKind.SUBMITTED, "", state=ReviewState.WAITING)
    hand.panel.reason.setText("too late")
    hand.press("Shift+A")
    assert "Asha Rao has changed this meanwhile" in str(hand.messages.told[-1])
    hand.press("A")  # one alone needs no question, and no reason
    assert hand.messages.said[-1] == "1 question is approved."
    assert bank.bank[UUID(int=3)].status == "active"
    hand.messages.undos[-1]()
    hand.settle()
    assert hand.messages.said[-1] == "1 approval is taken back."
    assert bank.bank[UUID(int=3)].review.state is ReviewState.WAITING
    hand.close()


def test_all_that_are_looked_for_are_approved_at_once_stopped_and_taken_back(qtbot, tasks, bank) -> None:
    reviews = FakeReviews(bank)
    hand = OfficeHand(qtbot, tasks, QuestionSubject(bank, lambda: NEW, None, reviews, when), FakeDrafts())
    bank.bank[UUID(int=120)] = question(120)  # active: nothing is to be approved of it
    hand.press("Ctrl+A")
    assert len(hand.screen.list.chosen) == 120  # also what was not listed yet
    assert button(hand, "Approve").text() == "Approve (119)"
    bank.seen[UUID(int=50)] = NOW  # somebody changes one meanwhile
    hand.press("A")
    assert hand.panel.question.text == "Approve: 119 are selected."
    hand.press("Esc")
    assert reviews.parts == []
    hand.press("A")
    hand.panel.question._yes.click()
    hand.settle()
    assert reviews.parts == [50, 50, 19]
    words = "118 questions are approved. 1 was changed meanwhile, and stays as it is."
    assert hand.messages.said[-1] == words
    hand.messages.undos[-1]()
    hand.settle()
    assert hand.messages.said[-1] == "118 approvals are taken back."
    # stopped on the way: what is done stays, and can be taken back
    hand.press("Ctrl+A")
    gate = threading.Event()
    reviews.before_part = gate.wait
    hand.screen.activateWindow()
    hand.screen.actions_by_id["record.approve"].trigger()
    hand.panel.question._yes.click()
    progress = hand.screen.findChild(ProgressPanel)
    qtbot.waitUntil(progress.isVisible)
    assert progress.text == "Approve"
    assert not hand.screen.actions_by_id["record.approve"].isEnabled()
    progress._cancel.click()
    gate.set()
    hand.settle()
    assert hand.messages.said[-1] == "50 questions are approved."
    reviews.problem = OfflineError("The server cannot be reached.")
    hand.press("Ctrl+A", "A")
    hand.panel.question._yes.click()
    hand.settle()
    assert str(hand.messages.told[-1]) == "The server cannot be reached."
    assert hand.messages.said[-1] == "50 questions are approved."
    hand.close()
    assert replace(bank.bank[UUID(int=120)]).status == "active"
