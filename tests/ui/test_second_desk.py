"""The place of second markings: there while there are any, and the ways that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import id_source
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.ui.actions import commands_of
from mv_desktop.ui.shell.second_desk import SECOND
from tests.factories.local import NOW
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.second_place import ONE, TWO, FakeSecondPlace
from tests.ui.test_workspace import School

ALT = Qt.KeyboardModifier.AltModifier


class SecondSchool(School):
    """A teacher who has two.

    Attributes:
        place: the server's second markings; made when she signs in.
    """

    place: FakeSecondPlace

    def looked(self) -> None:
        """It is looked again, with the next minute's run."""
        self.clock.advance(60)
        self.work.driver.now()
        self.settled()

    def there(self) -> bool:
        action = self.window._actions["app.second"]
        shown = SECOND in self.window._places
        assert shown == (SECOND in self.window._rail._buttons) == action.isVisible() == action.isEnabled()
        return shown


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecondSchool]:
    made = SecondSchool(qtbot, tmp_path, FakeClock(NOW))
    made.server.person = {"schema_version": "035"}

    def markings(desk: Desk, ids: object) -> FakeSecondPlace:
        made.place = FakeSecondPlace(SecondDrafts(desk._vault, ids))
        return made.place

    monkeypatch.setattr(Desk, "second_markings", markings)
    yield made
    made.end()


def test_a_line_above_the_queue_a_number_and_a_key_lead_there(school):
    work = school.arrived()
    school.until(lambda: work.second.screen is not None)
    school.settled()
    assert school.there()
    assert (work.second.line.text, work.second.line.isVisible()) == ("2 scripts wait for your second marking.", True)
    assert school.window._rail._buttons[SECOND].accessibleName() == "Second, 2 scripts wait for your second marking"
    assert work.second.line.button.toolTip() == "Go to the second markings  (Alt+8)"
    QTest.mouseClick(work.second.line.button, hand.LEFT)
    school.settled()
    assert school.window.place == SECOND
    assert work.second.screen._list.hasFocus()
    assert school.window.windowTitle() == "Second marking"
    ids = {command.command_id for command in commands_of(school.window._current().scope, school.window._roles)}
    assert {"second.hand_in", "app.second"} <= ids
    hand.press("Escape")
    assert school.window.place == "queue"
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    assert school.window.place == SECOND


def test_it_goes_when_all_is_done_and_she_is_elsewhere_and_comes_with_the_notice_of_another(school):
    work = school.arrived()
    school.until(school.there)
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    school.place.hers.clear()
    hand.press("F5")
    school.settled()
    assert school.there(), "nobody is sent away from where she is"
    assert not work.second.line.isVisible()
    QTest.keyClick(school.window, Qt.Key.Key_1, ALT)
    school.looked()
    assert not school.there()
    school.looked()
    assert not school.there()

    school.place.hers.append(TWO)
    school.server.tell(kind="sample.given")
    school.work.driver.now()
    school.until(school.there)
    school.settled()
    assert work.second.line.text == "1 script waits for your second marking."
    assert school.said()[-1] == "A script waits for your second marking."
    QTest.keyClick(school.window, Qt.Key.Key_3, ALT)
    school.settled()
    hand.press("Return")
    school.settled()
    assert school.window.place == SECOND


def test_a_notice_of_one_that_was_taken_back_says_that_nothing_waits(school):
    work = school.arrived()
    school.until(school.there)
    school.place.hers.clear()
    school.looked()
    assert not school.there()
    work.second.show()
    school.settled()
    assert school.said()[-1] == "No second marking waits for you."
    school.place.reachable = False
    work.second.show()
    school.settled()
    assert school.said()[-1].startswith("The server does not answer.")


def test_what_is_typed_is_kept_when_she_goes_elsewhere_locks_or_closes_and_is_there_without_a_network(school):
    school.arrived()
    school.until(school.there)
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    school.settled()
    hand.press("Return")
    school.until(lambda: school.work.second.screen.marking)
    school.settled()
    hand.press("M")
    hand.type_text("1.5")
    QTest.keyClick(school.window, Qt.Key.Key_1, ALT)
    school.settled()
    assert [str(given.marks) for _, given in school.place.drafts.all()[0].given] == ["1.5"]
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    assert school.work.second.screen.bench.marking_id == ONE
    school.settled()
    hand.press("U", school.work.second.screen.bench._views.active)
    hand.press("M")
    hand.type_text("2")
    school.work.put_down()
    school.settled()
    assert [str(given.marks) for _, given in school.place.drafts.all()[0].given] == ["1.5", "2"]
    hand.press("U", school.work.second.screen.bench._views.active)
    hand.press("M")
    hand.type_text("3")
    school.close()

    school.sign_in()
    school.settled()
    school.until(school.there)
    school.place.reachable = False
    school.place.hers.clear()
    assert [str(given.marks) for _, given in school.place.drafts.all()[0].given] == ["1.5", "2", "3"]
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    school.settled()
    assert school.work.second.screen.told.endswith("What you marked is kept on this computer.")
    school.place.reachable = True
    school.looked()
    assert school.work.second.screen._list.rows[0].cells[3].text == "not with you any more"


def test_who_closes_while_it_is_handed_in_has_handed_it_in_and_keeps_no_draft(school):
    school.arrived()
    school.until(school.there)
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    school.settled()
    hand.press("Return")
    school.until(lambda: school.work.second.screen.marking)
    school.settled()
    for key in ("F", "Tab", "F", "Tab", "N", "Tab", "F", "Ctrl+Return"):
        hand.press(key)
    school.settled()
    school.place.gate.clear()
    hand.press("Ctrl+Return")
    closed: list[bool] = []
    school.work.close(lambda: closed.append(True))
    school.qtbot.wait(50)
    assert not closed
    school.place.gate.set()
    school.until(lambda: bool(closed))
    assert list(school.place.handed) == [ONE]
    school.sign_in()
    school.settled()
    assert SecondDrafts(school.desk._vault, id_source(school.clock)).all() == ()


@pytest.mark.parametrize("person", [{"is_coordinator": True}, {"must_change_password": True}])
def test_it_goes_with_whoever_may_not_mark_a_second_time(school, person):
    work = school.arrived()
    school.until(school.there)
    QTest.keyClick(school.window, Qt.Key.Key_8, ALT)
    school.settled()
    hand.press("Return")
    school.until(lambda: work.second.screen.marking)
    hand.press("F", QApplication.focusWidget())
    school.server.person |= person
    work.driver.now()
    school.until(lambda: not school.there())
    school.settled()
    assert school.window.place == "queue"
    assert not work.second.line.isVisible()
    assert len(school.place.drafts.all()[0].given) == 1, "what was typed is there, should she come back"


def test_an_older_server_is_not_asked(school):
    school.server.person = {"schema_version": "031"}
    school.arrived()
    assert not hasattr(school, "place")
    assert not school.there()
