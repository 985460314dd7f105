"""What a person is told, on the screen: a word as it comes, a number on the rail, and the list that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.notice import SENTENCES, NoticeData, Told
from mv_desktop.services.patience import IdleState
from mv_desktop.ui.notice.wording import notice_text
from mv_desktop.ui.shell.absence_page import AbsencePage
from mv_desktop.ui.shell.notice_desk import NOTICES
from mv_desktop.ui.shell.preferences import PreferencesDialog
from mv_desktop.ui.text import LANGUAGES, set_language
from tests.factories.local import NOW, evaluation_id, pulled
from tests.factories.queue_row import CALENDAR
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.ui.test_workspace import ONE, School

FOUR = evaluation_id(4)


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path) -> Iterator[School]:
    made = School(qtbot, tmp_path, FakeClock(NOW))
    made.server.person = {"schema_version": "017"}
    yield made
    made.end()


def _rows(school: School) -> list[tuple[str, str]]:
    return [(row.cells[0].icon, row.cells[2].text) for row in school.work.notices.screen.table.rows]


def _badge(school: School) -> str:
    return str(school.window._rail._buttons[NOTICES].accessibleName())


def _run(school: School) -> None:
    school.work.driver.now()
    school.settled()


def test_a_script_she_is_given_is_told_and_stands_in_the_queue_without_a_jump(school, monkeypatch):
    work = school.arrived()
    work.queue.select(evaluation_id(2))
    school.server.add(pulled(4))
    school.server.tell(script="QM-7T9", evaluation_id=FOUR)
    states = iter([IdleState.STIRRED])
    monkeypatch.setattr(type(school.desk), "look", lambda _: next(states, IdleState.WELL))
    work.driver._watch._on_timer_tick()  # the connection was woken
    school.until(lambda: len(work.queue.rows) == 4)
    school.settled()
    assert school.said()[-1].startswith("QM-7T9 was assigned to you; it is due today ")
    assert _badge(school) == "Notices, 1 unread notice"
    assert work.queue.selected.evaluation_id == evaluation_id(2)
    _, when, what = work.notices.screen.table.rows[0].cells
    assert when.tip == "Wed 15 Jul 2026 11:30 (IST)"
    assert what.tip.endswith("it is due Wed 15 Jul 2026 15:30 (IST).")


@pytest.mark.parametrize("spoken", list(LANGUAGES))
@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_kind_is_said_in_every_language(kind, spoken):
    set_language(spoken)
    try:
        data = NoticeData(script="VX-4K2", due_at=NOW, expected_at=NOW, count=12)
        said = notice_text(Told(kind, data, NOW), NOW, CALENDAR.hours.zone)
    finally:
        set_language("en")
    if kind.endswith("_many"):
        assert "12" in said
    else:
        assert ("VX-4K2" in said) == ("{script}" in SENTENCES[kind])  # a second marking is told without its code
    assert ("11:30" in said) == ("{due_at}" in SENTENCES[kind])


def test_several_at_once_are_told_in_one_sentence(school):
    school.arrived()
    for _ in range(3):
        school.server.tell()
    _run(school)
    (said,) = [text for text in school.said() if "VX" in text]
    assert said.startswith("3 new notices. The newest: VX-3 was assigned to you")
    (button,) = [b for b in school.window.messages.findChildren(QPushButton) if b.text() == "Show"]
    button.click()
    assert school.window.place == NOTICES


def test_the_list_is_walked_and_read_by_keys(school):
    work = school.arrived()
    late = school.server.tell("sla.breached", evaluation_id=ONE)
    school.server.tell("news.of_tomorrow")
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    screen = work.notices.screen
    assert school.window.place == NOTICES
    assert screen.table.hasFocus()
    assert [icon for icon, _ in _rows(school)] == ["dot", "dot"]
    assert _rows(school)[0][1] == "There is news that this version cannot name (news.of_tomorrow)."
    hand.press("Space", screen.table)
    school.settled()
    assert [icon for icon, _ in _rows(school)] == ["", "dot"]
    assert _badge(school) == "Notices, 1 unread notice"
    hand.press("Down", screen.table)
    hand.press("Return", screen.table)
    school.until(lambda: school.window.place == "marking")
    assert work.marking.evaluation_id == ONE
    school.settled()
    assert _badge(school) == "Notices"
    _run(school)
    assert late.notice_id in school.server.read_here


def test_all_are_read_and_what_is_about_no_script_of_hers_leads_nowhere(school):
    work = school.arrived()
    school.server.tell(evaluation_id=FOUR)
    school.server.tell()
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    hand.press("Ctrl+Shift+R", work.notices.screen.table)
    school.settled()
    assert [icon for icon, _ in _rows(school)] == ["", ""]
    assert not work.notices.screen.actions_by_id["notices.read_all"].isEnabled()
    hand.press("Down", work.notices.screen.table)
    hand.press("Return", work.notices.screen.table)
    school.settled()
    assert school.said()[-1] == "This script is not in your queue."
    assert not any("is being fetched" in text for text in school.said())
    assert school.window.place == NOTICES


def test_a_script_that_she_finished_elsewhere_is_fetched_and_read(school):
    school.server.add(pulled(4, status=EvaluationStatus.COMPLETED, completed_at=NOW))
    work = school.arrived()
    school.server.tell("flag.answered", evaluation_id=FOUR)
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    hand.press("Return", work.notices.screen.table)
    school.until(lambda: school.window.place == "marking")
    assert work.marking.evaluation_id == FOUR
    assert work.marking.session.read_only


def test_a_script_that_comes_late_does_not_take_her_from_where_she_went(school):
    school.server.add(pulled(4, status=EvaluationStatus.COMPLETED, completed_at=NOW))
    work = school.arrived()
    school.server.tell("flag.answered", evaluation_id=FOUR)
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    hand.press("Return", work.notices.screen.table)
    school.until(lambda: any("is being fetched" in text for text in school.said()))
    school.window.place_requested.emit("sync")
    school.settled()
    assert school.window.place == "sync"


def test_an_absence_that_was_entered_for_her_leads_to_her_absences(school):
    work = school.arrived()
    school.server.tell("absence.entered")
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    hand.press("Return", work.notices.screen.table)
    school.settled()
    (dialog,) = school.window.findChildren(PreferencesDialog)
    assert dialog.findChild(AbsencePage).isVisible()
    dialog.close()


def test_many_scripts_lead_to_the_queue(school):
    work = school.arrived()
    school.server.tell("script.assigned_many", count=12)
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    hand.press("Return", work.notices.screen.table)
    assert school.window.place == "queue"


def test_what_stands_above_the_list_stays_when_a_run_brings_nothing(school):
    work = school.arrived()
    school.server.tell()
    _run(school)
    hand.press("Alt+3", work.queue)
    school.settled()
    _run(school)
    screen = work.notices.screen
    assert (screen._count.text(), screen._count.isVisible()) == ("1 unread notice", True)
    assert (screen._all.isVisible(), screen._all.isEnabled()) == (True, True)


def test_without_a_network_what_was_told_is_listed(school):
    school.arrived()
    school.server.tell()
    _run(school)
    school.close()
    school.server.reachable = False
    work = school.sign_in()
    hand.press("Alt+3", work.queue)
    school.settled()
    assert len(_rows(school)) == 1


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ({"schema_version": "016"}, "This server keeps no notices. Ask your administrator to bring it up to date."),
        (
            {"schema_version": "017", "settings": {"notifications_enabled": False}},
            "Your school has switched off all notices.",
        ),
        (
            {"schema_version": "017"},
            "What you have to know is told here and kept: scripts that you were given, deadlines, answers.",
        ),
    ],
)
def test_an_empty_list_says_why(school, person, told):
    school.server.person = person
    work = school.arrived()
    hand.press("Alt+3", work.queue)
    school.settled()
    assert work.notices.screen._empty.accessibleDescription() == told
    assert work.notices.screen._empty.isVisible()


def test_it_is_told_in_hindi_and_she_is_written_to_in_it(school):
    set_language("hi")
    try:
        school.arrived()
        school.server.tell()
        _run(school)
        assert "VX-1 आपको सौंपी गई" in school.said()[-1]
        assert school.server.notice_language == "hi"
    finally:
        set_language("en")


def test_a_dot_is_told_to_a_screen_reader(school):
    school.arrived()
    school.server.tell()
    _run(school)
    table = school.work.notices.screen.table
    told = [table.model().index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(3)]
    assert told[0] == "Unread"
    assert told[2].startswith("What: VX-1 was assigned to you")
