"""Two who coordinate at their boards at once, on one database, by keys; and a server that goes away meanwhile."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import psycopg
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline.coordination import Coordination
from mv_desktop.ui.coordination.board_lists import Shown
from mv_desktop.ui.coordination.screen import BoardScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.toast import ToastTray
from tests.factories.marking import Person, School

LIVE_MS = 2000


class Seat:
    """One of them: her board, on a connection and threads of her own."""

    def __init__(self, qtbot: QtBot, person: Person) -> None:
        self.qtbot, self.tasks, self.host = qtbot, Tasks(), QWidget()
        qtbot.addWidget(self.host)
        self.host.resize(1286, 700)
        self.tray = ToastTray(self.host, self.tasks)
        self.board = BoardScreen(Coordination(person.session, uuid4), self.tasks, self.tray)
        self.board.setParent(self.host)
        self.board.resize(self.host.size())
        self.host.show()
        self.board.show()
        self.until(lambda: self.board.look is not None)
        self.board.lists.show_list(Shown.ALL)

    def until(self, reached, timeout: int = 5000) -> None:
        self.qtbot.waitUntil(reached, timeout=timeout)

    def choose(self, *scripts: EvaluationId) -> None:
        self.board.lists.scripts.choose(scripts)

    def ask(self, name: str, reason: str) -> None:
        """All but the last key of a move."""
        self.press(Qt.Key.Key_M, self.board.lists.scripts)
        panel = self.board.move_panel
        QTest.keyClicks(panel.name, name)
        self.press(Qt.Key.Key_Return, panel.name)
        QTest.keyClicks(panel.reason, reason)
        assert panel.ready

    def confirm(self) -> None:
        self.press(Qt.Key.Key_Return, self.board.move_panel.reason)

    def press(self, key: Qt.Key, widget: QWidget) -> None:
        self.host.activateWindow()  # keys go to the window in front
        self.until(self.host.isActiveWindow)
        QTest.keyClick(widget, key)

    def holder(self, script: EvaluationId):
        return self.board.look.board.school.script[script].teacher_id

    def said(self) -> list[str]:
        return [toast.text for toast in self.tray.toasts]

    def close(self) -> None:
        self.board.hide()
        self.tasks.shutdown()


def _name(school: School, person: Person) -> str:
    ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", person.user_id)
    return str(name)


def test_of_two_who_move_one_script_the_slower_is_told_and_both_see_what_became_of_it(
    qtbot: QtBot, school: School
) -> None:
    asha, bina, chitra = (school.person() for _ in range(3))
    priya, rohan = (school.person(is_coordinator=True) for _ in range(2))
    school.execute("UPDATE users SET first_name = 'Bina', last_name = 'Das' WHERE user_id = %s", bina.user_id)
    school.execute("UPDATE users SET first_name = 'Chitra', last_name = 'Rao' WHERE user_id = %s", chitra.user_id)
    first, second, third = (school.script(asha, hours_left=100 + n) for n in range(3))
    one, other = Seat(qtbot, priya), Seat(qtbot, rohan)
    try:
        one.choose(first, second)
        one.ask("bina", "she has room")
        other.choose(first, third)
        other.ask("chitra", "she has more room")
        one.confirm()
        one.until(lambda: not one.board._mover.busy)
        other.board._asking._timer.cancel()  # her board has not been asked since, as within its second
        assert other.holder(first) == asha.user_id
        other.confirm()
        other.until(lambda: not other.board._mover.busy)
        assert one.said()[-1] == "2 scripts moved."
        assert f"{_name(school, priya)} was faster: the script is with Bina Das" in other.said()[-1]
        assert other.board.move_panel.isVisible()  # with all that was typed
        for seat in (one, other):
            seat.until(lambda s=seat: s.holder(first) == s.holder(second) == bina.user_id, LIVE_MS)
            assert seat.holder(third) == asha.user_id
        assert set(other.board.lists.chosen) == {first, third}
        log = school.select("SELECT actor_user_id, event_data ->> 'reason' FROM audit_logs"
                            " WHERE event_type = 'evaluation.moved' ORDER BY created_at")  # fmt: skip
        assert log == [(priya.user_id, "she has room")] * 2
    finally:
        for seat in (one, other):
            seat.close()


def test_a_server_that_goes_away_in_a_move_has_done_all_or_nothing_and_it_is_said_which(
    qtbot: QtBot, school: School
) -> None:
    asha, bina = school.person(), school.person()
    school.execute("UPDATE users SET first_name = 'Bina', last_name = 'Das' WHERE user_id = %s", bina.user_id)
    head = school.person(is_coordinator=True)
    scripts = [school.script(asha, hours_left=100 + n) for n in range(4)]
    seat = Seat(qtbot, head)
    try:
        seat.choose(*scripts)
        seat.ask("bina", "Asha is ill")
        with psycopg.connect(school.database.owner_url) as connection:
            connection.execute("SELECT FROM evaluations WHERE evaluation_id = %s FOR UPDATE", [max(scripts)])
            cut = threading.Thread(target=_cut, args=(school,))
            cut.start()
            seat.confirm()
            cut.join()
        seat.until(lambda: "Nothing was moved." in seat.said())
        assert any("All of it was moved, or nothing" in text for text in seat.said())
        assert {seat.holder(script) for script in scripts} == {asha.user_id}
        assert seat.board.move_panel.reason.text() == "Asha is ill"
        seat.until(lambda: seat.board.state_text == "Live")
        seat.confirm()
        seat.until(lambda: "4 scripts moved." in seat.said())
        assert {holder for (holder,) in school.select("SELECT teacher_user_id FROM evaluations")} == {bina.user_id}
    finally:
        seat.close()


def _cut(school: School) -> None:
    """End the connection of whoever waits to move scripts, as soon as somebody does."""
    end = time.monotonic() + 10
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        while not connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE '%api.move_scripts%' AND wait_event_type = 'Lock'"
        ).fetchall():
            if time.monotonic() > end:
                return  # the test then fails by what it waits for
