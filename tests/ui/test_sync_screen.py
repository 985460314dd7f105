"""The Sync page: three honest states, messages that lead somewhere, and what was put aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    HandBack,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.offline.work_store import AsideWork, ScriptWork
from mv_desktop.ui.sync.change_text import change_text
from mv_desktop.ui.sync.note_card import NoteCard
from mv_desktop.ui.sync.screen import SyncScreen
from mv_desktop.ui.sync.state import SyncNote, SyncState
from tests.factories.local import NOW, evaluation_id
from tests.factories.queue_row import CALENDAR
from tests.fakes import hand
from tests.ui.accessibility import nameless_controls

ZONE = CALENDAR.hours.zone
SENT = NOW - timedelta(minutes=30)
ONE, TWO = evaluation_id(1), evaluation_id(2)
WORKED = ScriptWork(ONE, "VX-4K2", "Board exam", WorkState.STARTED, 3, SENT, 2, SENT, 11, NOW, 1)
DONE = ScriptWork(TWO, "QD-Z67", "Section test", WorkState.COMPLETED, confirmed=1, confirmed_at=SENT)
REFUSED = AsideWork(
    uuid4(),
    TWO,
    "QD-Z67",
    SetMark(MarkKey(3, "b"), GivenMark(MarkState.MARKED, Decimal("2.5"), "Units?")),
    "mark.set",
    "refused",
    "The server did not take a change on QD-Z67: the paper has no such question.",
    SENT,
    NOW,
)


@pytest.fixture
def screen(qtbot: QtBot) -> SyncScreen:
    made = SyncScreen()
    qtbot.addWidget(made)
    made.resize(1200, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def cells(table) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def button(screen: SyncScreen, words: str, number: int = 0) -> QPushButton:
    return [one for one in screen.findChildren(QPushButton) if one.text() == words][number]


def test_it_tells_facts_and_messages_which_are_dismissed(screen, qtbot):
    notes = (SyncNote(7, "Moved to R. Iyer; kept.", "QD-Z67", SENT), SyncNote(8, "Held.", "", NOW))
    state = SyncState(3, 1, SENT, NOW, online=True, kept=2, refused=1, notes=notes)
    screen.show_state(state, NOW, ZONE)
    sent, now = f"{SENT.astimezone(ZONE):%H:%M}", f"{NOW.astimezone(ZONE):%H:%M}"
    assert screen.text.splitlines() == [
        "On this computer only: 3 changes on this computer",
        f"Last confirmed: today {sent}",
        f"Connection: online; last contact today {now}",
        "Set aside: 2 changes were kept for a coordinator · 1 was refused · 1 is tried again",
    ]
    assert screen.notes == notes
    with qtbot.waitSignal(screen.dismissed) as dismissed:
        button(screen, "I have read this", -1).click()
    assert dismissed.args == [7]
    with qtbot.waitSignal(screen.send_requested):
        button(screen, "Send now").click()
    assert nameless_controls(screen) == []
    screen.show_state(SyncState(2, sending=True), NOW, ZONE)
    assert not button(screen, "Send now").isEnabled()
    screen.show_state(SyncState(sending=True), NOW, ZONE)
    assert screen.notes == ()
    assert button(screen, "Send now").isEnabled()
    assert "Last confirmed: never" in screen.text


def test_what_has_gone_out_is_told_apart_from_what_is_only_here(screen):
    screen.show_state(SyncState(5, sent=2, last_sent_at=SENT), NOW, ZONE)
    assert screen.text.splitlines()[:2] == [
        "On this computer only: 3 changes on this computer",
        "On its way: 2 changes sent, not confirmed",
    ]
    screen.show_state(SyncState(2, sent=2, last_sent_at=SENT), NOW, ZONE)
    assert "3 changes" not in screen.text
    assert "On its way: 2 changes sent, not confirmed" in screen.text


def test_each_script_has_three_honest_states_with_counts_and_moments(screen, qtbot):
    sent, now = f"{SENT.astimezone(ZONE):%H:%M}", f"{NOW.astimezone(ZONE):%H:%M}"
    screen.show_work((WORKED, DONE), (), NOW, ZONE)
    assert cells(screen._scripts) == [
        ("VX-4K2", f"3 since {sent}", f"2 at {sent}", f"11 until {now}", "1"),
        ("QD-Z67", "–", "–", f"1 until {sent}", "–"),
    ]
    screen._scripts.setFocus()
    hand.press("Down", screen._scripts)
    with qtbot.waitSignal(screen.open_requested) as opened:
        hand.press("Enter", screen._scripts)
    assert opened.args == [TWO, None]
    screen.show_work((replace(DONE, here=1, here_since=NOW), WORKED), (), NOW, ZONE)
    assert screen._scripts.selected == TWO  # what is selected stays so where it goes


def test_what_was_put_aside_can_be_looked_at(screen, qtbot):
    screen.show_work((DONE,), (REFUSED,), NOW, ZONE)
    sent = f"{SENT.astimezone(ZONE):%H:%M}"
    assert cells(screen._changes) == [("QD-Z67", "Question 3 (b): 2½ marks · “Units?”", "refused", sent)]
    assert screen._why.text() == REFUSED.why
    index = screen._changes.model().index(0, 2)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"Result: {REFUSED.why}"
    screen._changes.setFocus()
    with qtbot.waitSignal(screen.open_requested) as opened:
        hand.press("Enter", screen._changes)
    assert opened.args == [TWO, None]
    screen.show_work((DONE,), (), NOW, ZONE)
    assert not screen._changes.isVisible()
    assert screen._why.text() == ""


def test_a_message_leads_to_its_script_and_to_its_question(screen, qtbot):
    held = SyncNote(7, "VX-4K2 was not submitted.", "VX-4K2", NOW, "held", ONE, 23)
    moved = SyncNote(8, "QD-Z67 is no longer yours.", "QD-Z67", NOW, "moved", TWO)
    screen.show_state(SyncState(notes=(moved, held)), NOW, ZONE)
    with qtbot.waitSignal(screen.open_requested) as opened:
        button(screen, "Open question 23").click()
    assert opened.args == [ONE, 23]
    with qtbot.waitSignal(screen.open_requested) as opened:
        button(screen, "Open the script").click()
    assert opened.args == [TWO, None]


def test_the_tables_stand_beside_the_facts_where_there_is_room_and_below_them_where_not(screen, qtbot):
    screen.show_work((WORKED,), (REFUSED,), NOW, ZONE)
    screen.resize(1300, 700)
    qtbot.waitUntil(lambda: screen._scripts.mapTo(screen, screen.rect().topLeft()).x() > 500)
    screen.resize(700, 700)
    qtbot.waitUntil(lambda: screen._scripts.mapTo(screen, screen.rect().topLeft()).x() < 100)
    assert screen.widget().width() <= screen.viewport().width()


def test_every_kind_of_change_has_words():
    page, flag = PageRef(2, 0), uuid4()
    mark = GivenMark(MarkState.MARKED, Decimal(1))
    told = {
        SetMark(MarkKey(3), mark): "Question 3: 1 mark",
        SetMark(MarkKey(3), GivenMark(MarkState.NOT_ATTEMPTED)): "Question 3: not attempted",
        SetMark(MarkKey(3), GivenMark()): "Question 3: the sum of the stamps",
        ClearMark(MarkKey(3, "a")): "Question 3 (a): the mark taken away",
        DeleteAnnotations((uuid4(), uuid4())): "2 pieces of ink deleted",
        SeePage(page, 3, 1): "Page 2 read",
        TagPage(page, (3, 4)): "Page 2 answers 3, 4",
        OpenEvaluation(): "The script opened",
        RaiseFlag(flag, FlagReason.ILLEGIBLE): "Flag: Illegible",
        WithdrawFlag(flag): "A flag withdrawn",
        HandBack("ill"): "Handed back",
    }
    for operation, words in told.items():
        assert change_text(operation, operation.kind) == words
    assert change_text(SubmitEvaluation({3: Decimal(2)}, Decimal("2.5")), "x") == "Submitted with 2½ marks"
    assert change_text(PutAnnotations(()), "x") == "0 pieces of ink on page "
    assert change_text(None, "mark.invent") == "mark.invent"


@pytest.mark.parametrize("width", [700, 1000, 1100, 1900])
def test_nothing_is_cut_off_at_any_width(screen, qtbot, width):
    long = "What you marked was kept and is offered to your coordinator. " * 4
    notes = tuple(SyncNote(number, long, "QD-Z67", SENT, "kept", TWO) for number in range(3))
    screen.show_state(SyncState(3, notes=notes, online=True), NOW, ZONE)
    screen.show_work([WORKED], [REFUSED], NOW, ZONE)
    screen.resize(width, 300)
    qtbot.waitUntil(lambda: screen.verticalScrollBar().maximum() > 0)
    for label in screen.findChildren(QLabel):
        if label.isVisible() and label.text():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    cards = screen.findChildren(NoteCard)
    assert all(card.height() >= card.layout().totalHeightForWidth(card.width()) for card in cards)
    assert all(card.width() <= 760 for card in cards)
