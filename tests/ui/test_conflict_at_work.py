"""Two computers of one teacher on a real server: both mark a question, and she decides on one, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import EvaluationId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.domain.submission import submission
from mv_desktop.offline.desk import Desk, open_desk
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.profile import profile_from_url
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.workspace import Workspace
from mv_desktop.ui.tasks import Tasks
from tests.factories.local import open_store
from tests.factories.marking import PASSWORD, Person, School
from tests.fakes import hand
from tests.fakes.server import CloneDatabase

TWO = MarkKey(2)


def mark(number: int, marks: str, side: str = "") -> SetMark:
    return SetMark(MarkKey(number, side), GivenMark(MarkState.MARKED, Decimal(marks)))


class Home:
    """Her other computer: the file and its line, without a window."""

    def __init__(self, folder: Path, teacher: Person, script: EvaluationId) -> None:
        self.store = open_store(folder, SystemClock())
        self.script = script
        self.sync = Synchroniser(self.store, teacher.session, SystemClock()).run

    def mark(self, *operations: SetMark) -> None:
        for operation in operations:
            self.store.record(self.script, operation)
        self.sync()

    @property
    def state(self) -> WorkState:
        (row,) = self.store.queue(SystemClock().now())
        return row.state


class Office:
    """The computer with the window."""

    def __init__(self, qtbot: QtBot, folder: Path, teacher: Person) -> None:
        self.qtbot = qtbot
        self.tasks, self.errors = Tasks(), list[Exception]()
        self.tasks.error.connect(self.errors.append)
        self.window = MainWindow(self.tasks, QSettings(str(folder / "w.ini"), QSettings.Format.IniFormat))
        self.window.resize(1300, 760)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        clock = SystemClock()
        profile = profile_from_url(teacher.url)
        self.desk: Desk = open_desk(profile, teacher.email, PASSWORD, folder, clock, id_source(clock))
        self.work = Workspace(self.desk, self.window, self.tasks, clock, id_source(clock))
        self.window.open_workspace("Asha Rao", "Teacher")
        self.work.start()

    def until(self, reached) -> None:
        self.qtbot.waitUntil(reached, timeout=20_000)

    def close(self) -> None:
        closed: list[bool] = []
        self.work.close(lambda: closed.append(True))
        self.until(lambda: bool(closed))
        self.tasks.shutdown()
        self.window.allow_close()
        self.window.deleteLater()


@pytest.fixture
def school(database: CloneDatabase) -> Iterator[School]:
    made = School(database)
    yield made
    made.close()


def leads_there(office: Office, script: EvaluationId) -> None:
    """By keys alone, the queue's row and the Sync page's lead to the question."""
    work = office.work
    hand.press("Escape", work.marking.view)
    hand.press("Enter", work.queue._table)
    office.until(lambda: work.marking.session is not None and work.marking.session.current == TWO)
    assert "Question 2 was marked otherwise on your other computer." in office.window.messages.toasts[-1].text
    hand.press("Escape", work.marking.view)
    hand.press("Alt+2")
    office.until(lambda: work.sync._scripts.selected == script)
    hand.press("Enter", work.sync._scripts)
    office.until(lambda: office.window.place == "marking" and work.marking.session is not None)
    assert work.marking.session.current == TWO


def test_a_question_marked_otherwise_on_two_computers_is_decided_by_keys_and_submitted_from_the_other(
    qtbot: QtBot, school: School, tmp_path: Path
) -> None:
    teacher = school.person()
    script = school.script(teacher)
    home = Home(tmp_path / "home", teacher, script)
    home.sync()
    office = Office(qtbot, tmp_path / "office", teacher)
    work = office.work
    try:
        office.until(lambda: [row.evaluation_id for row in work.queue.rows] == [script])
        hand.press("Enter", work.queue._table)
        office.until(lambda: work.marking.evaluation_id == script)
        home.mark(mark(2, "2"))
        work.marking.session.give(TWO, Decimal(1))
        office.until(lambda: work.marking.session.save_state == "saved")
        work.driver.now()
        office.until(lambda: work.driver.state.to_decide == (script,))
        office.until(lambda: work.queue.rows[0].conflicts == 1)
        office.until(lambda: len(work.marking.session.view.conflicts) == 1)  # the open script knows it, too
        assert office.window.status._decide.isVisible()

        leads_there(office, script)
        hand.press("Ctrl+Alt+M")
        office.until(lambda: office.window.place == "conflict")
        screen = work._deciding.screen
        assert "1 of 2" in screen._panel.cards["mine"].text
        assert "2 of 2" in screen._panel.cards["theirs"].text
        hand.press("2")
        assert screen._panel._go_on.hasFocus()
        hand.press("Ctrl+Z")
        assert screen.decisions.open == 1
        hand.press("2")
        hand.press("Space")
        office.until(lambda: office.window.place == "marking" and work.marking.session is not None)
        assert work.marking.session.script.vector[2] == 2
        assert work.marking.session.view.conflicts == ()
        work.driver.now()
        office.until(lambda: work.driver.state.to_decide == () and work.driver.state.pending == 0)
        assert not office.window.status._decide.isVisible()

        home.sync()
        assert home.store.open_script(script).conflicts == ()
        home.mark(mark(3, "2", "a"), mark(4, "3"))
        home.store.record(script, submission(home.store.open_script(script).script))
        home.sync()
        assert home.state is WorkState.COMPLETED
        awarded = school.select("SELECT marks_awarded FROM question_marks WHERE question_number = 2")
        assert awarded == [(Decimal(2),)]
    finally:
        office.close()
        home.store._vault.close()
    assert office.errors == []
