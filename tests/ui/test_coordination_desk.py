"""The places of who coordinates: there for whom they are for, while they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import commands_of
from mv_desktop.ui.shell.coordination_desk import BOARD, CASES, QUALITY, REPORTS
from mv_desktop.ui.shell.notice_desk import NOTICES
from mv_desktop.ui.shell.workspace import QUEUE
from tests.factories.local import NOW
from tests.fakes import hand
from tests.fakes.board_place import FakeBoardPlace
from tests.fakes.case_place import FakeCasePlace
from tests.fakes.clock import FakeClock
from tests.fakes.quality_place import FakeQualityPlace
from tests.fakes.report_server import FakeReports
from tests.ui.test_workspace import ONE, School

OFFICES = (BOARD, CASES, REPORTS, QUALITY)


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    monkeypatch.setattr(Desk, "coordination", lambda _desk, _ids: FakeBoardPlace())
    monkeypatch.setattr(Desk, "casework", lambda _desk: FakeCasePlace())
    monkeypatch.setattr(Desk, "reports", lambda _desk: FakeReports())
    monkeypatch.setattr(Desk, "quality", lambda _desk: FakeQualityPlace())
    made = School(qtbot, tmp_path, FakeClock(NOW))
    made.server.person = {"schema_version": "042", "is_coordinator": True}
    yield made
    made.end()


def _places(school: School) -> list[str]:
    return [name for name in OFFICES if name in school.window._places]


def _offered(school: School) -> list[str]:
    return [name for name in OFFICES if school.window._actions[f"app.{name}"].isVisible()]


def _told(school: School, **person: object) -> None:
    """The server says something else of her."""
    school.server.person |= person
    school.work.driver.now()
    school.until(lambda: all(getattr(school.desk.person, name) == value for name, value in person.items()))
    school.settled()


def test_who_coordinates_finds_all_four_with_their_keys_and_numbers(school):
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None and work.coordination.board.look is not None)
    assert _places(school) == _offered(school) == list(OFFICES)
    look = work.coordination.board.look
    button = school.window._rail._buttons[BOARD]
    assert button.accessibleName() == f"Board, {len(look.at_risk)} script{'s' * (len(look.at_risk) != 1)} at risk"
    quality = school.window._rail._buttons[QUALITY]
    school.until(lambda: quality.accessibleName() == "Quality, 2 samples wait")
    for key, place in ((Qt.Key.Key_4, BOARD), (Qt.Key.Key_5, CASES), (Qt.Key.Key_6, REPORTS), (Qt.Key.Key_7, QUALITY)):
        QTest.keyClick(school.window, key, Qt.KeyboardModifier.AltModifier)
        assert school.window.place == place
    keys = {command.command_id for command in commands_of(school.window._current().scope, school.window._roles)}
    assert {"quality.days", "app.board"} <= keys
    assert "report.days" not in keys


def test_a_case_leads_to_its_script_on_the_board(school):
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None and work.coordination.board.look is not None)
    board, cases = work.coordination.board, work.coordination.cases
    script = next(iter(board.look.expected))
    cases.board_requested.emit(script)
    school.until(lambda: board.lists.chosen == (script,))
    assert school.window.place == BOARD
    assert not board.move_panel.isHidden()


@pytest.mark.parametrize("kind", ["script.at_risk", "sla.breached", "teacher.closed"])
def test_a_notice_leads_to_its_script_on_the_board_and_moves_nothing(school, kind):
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None and work.coordination.board.look is not None)
    board = work.coordination.board
    script = next(iter(board.look.expected))
    open_notice(school, kind, evaluation_id=script, count=1)
    school.until(lambda: board.lists.chosen == (script,))
    assert school.window.place == BOARD
    assert board.move_panel.isHidden()


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("script.at_risk_many", "risk"),
        ("sla.breached_many", "overdue"),
        ("script.unassigned", "pool"),
        ("script.unassigned_due_many", "pool"),
    ],
)
def test_notices_of_many_or_of_nobodys_scripts_lead_to_the_list_that_has_them(school, kind, shown):
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None and work.coordination.board.look is not None)
    board = work.coordination.board
    other = "all" if shown != "all" else "risk"
    board.actions_by_id[f"board.{other}"].trigger()
    open_notice(school, kind, count=12)
    assert school.window.place == BOARD
    assert board.lists.shown.value == shown


def test_her_own_script_opens_though_she_coordinates(school):
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None)
    open_notice(school, "sla.breached", evaluation_id=ONE)
    school.until(lambda: school.window.place == "marking")
    assert work.marking.evaluation_id == ONE


def test_a_second_marking_that_was_handed_back_leads_to_quality(school):
    work = school.arrived()
    school.until(lambda: work.coordination.quality is not None)
    open_notice(school, "sample.declined")
    assert school.window.place == QUALITY


def open_notice(school: School, kind: str, **data) -> None:
    """She is told something, and presses Enter on it in the list."""
    school.server.tell(kind, **data)
    school.work.driver.now()
    school.settled()
    school.window.place_requested.emit(NOTICES)
    school.settled()
    hand.press("Return", school.work.notices.screen.table)


def test_they_go_with_the_office_and_nobody_is_left_standing_there(school):
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None)
    pages = work.coordination.cases._place
    QTest.keyClick(school.window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    _told(school, is_coordinator=False)
    assert pages.closed  # no page of a student is kept
    assert school.window.place == QUEUE
    assert _places(school) == _offered(school) == []
    _told(school, role=StaffRole.ADMIN)
    school.until(lambda: work.coordination.reports is not None)
    assert _places(school) == _offered(school) == [REPORTS]


def test_a_teacher_and_an_older_server_have_none_of_it(school):
    school.server.person = {"schema_version": "029", "is_coordinator": True}
    work = school.arrived()
    assert _places(school) == _offered(school) == []
    assert work.coordination.board is None
    _told(school, is_coordinator=False)
    assert _places(school) == []
    assert "app.board" not in {command.command_id for command in commands_of(school.window._current().scope)}
