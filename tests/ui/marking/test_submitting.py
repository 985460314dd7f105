"""The marking screen submits: the check, the hold, and taking it back."""

from __future__ import annotations

from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.submission import Finding, Sentence, Weight
from mv_desktop.ui.actions import KeyMap
from mv_desktop.ui.marking.flow import submission_hold
from tests.fakes import hand

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)


# -- the check and the hold ---------------------------------------------------------------------------------


def mark_all(marker) -> None:
    for key in (Q2, Q3A, Q4):
        marker.session.full(key)


def submit_now(marker) -> None:
    hand.press("Ctrl+Return", marker.screen.view)
    hand.press("Ctrl+Return", marker.opened_check())
    marker.screen.activateWindow()  # as a window manager does
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)


def test_a_finding_leads_to_its_question_or_its_page(marker):
    marker.open()
    marker.screen.submission.go_to(Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "4"}, 4))
    assert marker.session.current == Q4
    assert marker.screen.view.current_page == PageRef(3)
    assert marker.screen._sheet._field.hasFocus()
    marker.screen.submission.go_to(Finding(Weight.WARNS, Sentence.NOT_READ, {"page": "2"}, page=PageRef(2)))
    assert marker.screen.view.current_page == PageRef(2)
    assert marker.screen.view.hasFocus()


def test_a_finding_on_one_side_of_a_question_leads_to_that_side(marker):
    marker.open()
    for key in (Q2, Q3B, Q4):
        marker.session.full(key)
    marker.session.set_current(Q3B)
    marker.session.place_stamp("half", PageRef(2), 0.5, 0.5)
    marker.session.set_current(Q2)
    hand.press("Ctrl+Return", marker.screen.view)
    check = marker.opened_check()
    (row,) = (
        n for n in range(check._list.count()) if check._list.item(n).text().startswith("Question 3 (b): the stamps")
    )
    check._list.setCurrentRow(row)
    hand.press("Return", check._list)
    assert marker.session.current == Q3B


def test_a_check_goes_with_its_script_and_submits_no_other(marker):
    marker.open(1)
    mark_all(marker)
    hand.press("Ctrl+Return", marker.screen.view)
    check = marker.opened_check()
    marker.open(2)  # a submission that was taken back comes a moment later
    assert not check.isVisible()
    marker.qtbot.waitUntil(lambda: marker.check is None)
    assert not marker.screen.hold.holds(marker.session.view.evaluation_id)
    marker.screen.activateWindow()  # as a window manager does
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    hand.press("Ctrl+Return", marker.screen.view)
    assert not marker.opened_check().may_submit, "it is the other script's own"


def test_enter_on_a_blocking_finding_goes_there(marker):
    marker.open()
    marker.session.full(Q2)
    hand.press("Ctrl+Return", marker.screen.view)
    hand.press("Return", marker.opened_check()._list)
    assert marker.check is None
    assert marker.session.current == Q3A


def test_the_key_that_she_chose_opens_the_check_and_submits_there(marker, qtbot):
    marker.open()
    mark_all(marker)
    marker.screen.set_keys(KeyMap({"marking.submit": ["F9"]}))
    hand.press("F9", marker.screen.view)
    check = marker.opened_check()
    assert check._hint.text().startswith("F9 submits.")
    hand.press("F9", check)
    qtbot.waitUntil(lambda: bool(marker.held))


def test_a_submitted_script_is_frozen_and_undo_takes_the_submission_back(marker, store, qtbot):
    session = marker.open()
    mark_all(marker)
    submit_now(marker)
    qtbot.waitUntil(lambda: bool(marker.held))
    assert marker.held == [(session.view.evaluation_id, 10)]
    assert session.view.evaluation_id in store.held
    hand.press("0", marker.screen.view)
    assert "ten seconds" in str(marker.messages.told[-1])
    hand.press("Ctrl+Z", marker.screen.view)
    qtbot.waitUntil(lambda: not store.held)
    qtbot.waitUntil(lambda: not session.read_only)
    qtbot.waitUntil(marker.screen._submit.isEnabled)
    assert store.submitted == {}
    hand.press("Ctrl+Z", marker.screen.view)
    assert marker.marks(Q4) is None


def test_a_script_opened_again_while_its_submission_is_held_cannot_be_changed(marker, store, qtbot):
    marker.open()
    mark_all(marker)
    submit_now(marker)
    qtbot.waitUntil(lambda: bool(marker.held))
    marker.open(2)
    assert not marker.session.read_only
    session = marker.open(1)
    assert "taken back" in session.read_only_reason
    hand.press("0", marker.screen.view)
    assert session.script.mark(2).mark is None  # as the factory made it
    hand.press("Ctrl+Z", marker.screen.view)
    qtbot.waitUntil(lambda: not session.read_only)
    assert (store.held, store.submitted) == ({}, {})
    hand.press("0", marker.screen.view)
    assert marker.marks(Q2) == 0


def test_a_submission_of_a_script_left_at_once_is_not_lost(marker, store, qtbot, monkeypatch):
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.05)
    session = marker.open()
    mark_all(marker)
    marker.saved()
    store.gate.clear()
    submit_now(marker)
    marker.open(2)
    qtbot.wait(20)  # the first script's session is gone by now
    store.gate.set()
    qtbot.waitUntil(lambda: session.view.evaluation_id in store.submitted)


def test_a_submission_that_cannot_be_held_opens_the_script_again(marker, store, qtbot):
    session = marker.open()
    mark_all(marker)
    marker.saved()
    store.fail = 1
    submit_now(marker)
    qtbot.waitUntil(lambda: bool(marker.messages.told))
    assert "The disk is full." in str(marker.messages.told[0])
    assert not session.read_only
    assert marker.held == []


def test_what_was_read_counts_before_the_check(marker):
    marker.open()
    mark_all(marker)
    marker.qtbot.waitUntil(lambda: marker.images.idle)
    for _ in range(2):
        marker.screen.view._sample()
    hand.press("Ctrl+Return", marker.screen.view)
    assert marker.check is not None
    texts = [finding.text for finding in marker.check._findings]
    assert "Page 1 was never shown at a readable size." not in texts
    assert "Page 3 was never shown at a readable size." in texts
