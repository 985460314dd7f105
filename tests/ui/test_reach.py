"""The palette reaches what is not on the screen one is on: other places, what stands in them, preferences, scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.shell.coordination_desk import BOARD, REPORTS
from mv_desktop.ui.shell.insight_desk import INSIGHT_PLACE
from mv_desktop.ui.shell.office_desk import OFFICE_PLACE
from mv_desktop.ui.shell.workspace import MARKING, QUEUE
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import apply_theme, current_theme
from mv_desktop.ui.widgets.command_palette import CommandPalette
from tests.factories.local import NOW
from tests.fakes import hand
from tests.fakes.board_place import FakeBoardPlace
from tests.fakes.case_place import FakeCasePlace
from tests.fakes.clock import FakeClock
from tests.fakes.quality_place import FakeQualityPlace
from tests.fakes.report_server import FakeReports
from tests.ui.test_workspace import ONE, TWO, School


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[School]:
    monkeypatch.setattr(Desk, "coordination", lambda _desk, _ids: FakeBoardPlace())
    monkeypatch.setattr(Desk, "casework", lambda _desk: FakeCasePlace())
    monkeypatch.setattr(Desk, "reports", lambda _desk: FakeReports())
    monkeypatch.setattr(Desk, "quality", lambda _desk: FakeQualityPlace())
    made = School(qtbot, tmp_path, FakeClock(NOW))
    yield made
    made.end()
    apply_theme(qapp, "light")


def palette(school: School, typed: str) -> CommandPalette:
    school.window._open_palette()
    found = school.window.findChildren(CommandPalette)[-1]
    school.until(found.isActiveWindow)
    found._field.setText(typed)
    return found


def beside(found: CommandPalette) -> list[tuple[str, str]]:
    return [(entry.text, item.text(1)) for entry, item in found._shown]


def give(found: CommandPalette, name: str) -> None:
    """Choose an entry with the keys."""
    found._select(found.listed.index(name))
    hand.press("Return", found._field)


def test_nothing_of_elsewhere_is_listed_until_something_is_typed(school):
    school.server.person = {"schema_version": "042", "is_coordinator": True}
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None)
    found = palette(school, "")
    assert {name.split(".")[0] for name in found.listed} == {"queue", "app"}
    found.close()


def test_from_marking_a_command_of_the_board_leads_there_and_is_given(school):
    school.server.person = {"schema_version": "042", "is_coordinator": True}
    work = school.arrived()
    school.until(lambda: work.coordination.board is not None and work.coordination.board.look is not None)
    school.open(ONE)
    found = palette(school, "nobody hands")
    assert beside(found) == [("Show what is in nobody’s hands", "Board")]
    give(found, "board.pool")
    assert school.window.place == BOARD
    assert work.coordination.board.lists.shown.value == "pool"
    school.settled()
    assert work.queue.selected.evaluation_id == ONE


def test_a_command_that_is_not_possible_there_just_leads_there(school):
    work = school.arrived()
    school.window.place_requested.emit("notices")
    found = palette(school, "take submission")
    give(found, "queue.take_back")
    assert school.window.place == QUEUE
    assert school.said()[-1].startswith("Nothing was submitted")
    work.queue.actions_by_id["queue.take_back"].setEnabled(False)
    school.window.messages.clear()
    school.window.place_requested.emit("notices")
    give(palette(school, "take submission"), "queue.take_back")
    assert school.window.place == QUEUE
    assert school.said() == []


def test_reports_dashboards_and_subjects_of_the_office_are_found_by_name(school):
    school.server.person = {"schema_version": "076", "role": StaffRole.ADMIN}
    work = school.arrived()
    school.until(lambda: work.office.screen is not None and work.coordination.reports is not None)
    school.until(lambda: work.insight.screen is not None)
    for typed, place, text in (
        ("holidays", OFFICE_PLACE, "Holidays"),
        ("promises plan", REPORTS, "Promises by plan"),
        ("predicted", INSIGHT_PLACE, "Predicted scores"),
    ):
        found = palette(school, typed)
        name = f"{place}:{text}"
        assert (text, tr(school.window._places[place][0].text)) in beside(found)
        give(found, name)
        assert school.window.place == place
    assert work.coordination.reports.topic.value == "plans"
    assert work.office.screen._tabs.tabText(work.office.screen._tabs.currentIndex()) == "Holidays"


def test_preferences_are_chosen_by_their_values(school):
    school.arrived()
    found = palette(school, "high contrast")
    assert beside(found) == [("Colours: High contrast", "Preferences")]
    give(found, "theme=contrast")
    assert current_theme().name == "contrast"
    found = palette(school, "अधिक कंट्रास्ट")
    assert beside(found) == [("Colours: High contrast", "chosen")]
    found.close()
    give(palette(school, "hindi"), "language=hi")
    assert school.window.preferences.value("language") == "hi"
    assert school.said()[-1] == "The language changes when the program is started again."
    found = palette(school, "second markings")
    assert ("Second markings", "Preferences") not in beside(found)  # this server compares none
    found.close()


def test_a_script_is_opened_by_its_code(school):
    work = school.arrived()
    row = next(row for row in work.queue.rows if row.evaluation_id == TWO)
    school.open(ONE)
    found = palette(school, row.script_code.lower().replace("-", " "))
    assert found.listed == [row.script_code]
    give(found, row.script_code)
    school.until(lambda: work.marking.evaluation_id == TWO)
    assert school.window.place == MARKING
    found = palette(school, row.script_code[:2])
    assert row.script_code not in found.listed
    found.close()
