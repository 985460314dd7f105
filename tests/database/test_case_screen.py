"""Two people who coordinate at their screens at once, on one database, by keys."""

from __future__ import annotations

from uuid import uuid4

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mv_desktop.core.clock import SystemClock
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.flag import FlagReason, Spot
from mv_desktop.domain.identifier import FlagId, PageRef
from mv_desktop.domain.operation import OpenEvaluation, RaiseFlag
from mv_desktop.offline.casework import Casework
from mv_desktop.ui.coordination.case.screen import CaseScreen
from mv_desktop.ui.tasks import Tasks
from tests.database.test_return import finished
from tests.factories.marking import Person, School
from tests.fakes import hand
from tests.fakes.messages import KeptMessages


class Seat:
    """One of them: her screen, on a connection and threads of her own."""

    def __init__(self, qtbot: QtBot, person: Person) -> None:
        self.qtbot, self.tasks, self.messages = qtbot, Tasks(), KeptMessages()
        self.screen = CaseScreen(Casework(person.session), self.tasks, SystemClock(), self.messages)
        qtbot.addWidget(self.screen)
        self.screen.resize(1300, 700)
        self.screen.show()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def press(self, key: str) -> None:
        self.screen.activateWindow()  # keys go to the window in front
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        hand.press(key, self.screen.list.table)
        self.settle()

    def write(self, *texts: str) -> None:
        """Into the lines of the form."""
        lines = [line for line in self.screen.form.findChildren(QLineEdit) if line.isVisible()]
        for line, text in zip(lines, texts, strict=True):
            line.setText(text)

    def enter(self) -> None:
        (line, *_) = [line for line in self.screen.form.findChildren(QLineEdit) if line.isVisible()]
        hand.press("Return", line)
        self.settle()


def test_two_at_once_decide_one_flag_and_one_returns_questions_with_a_reason_each(qtbot: QtBot, school: School) -> None:
    asha, priya, rohan = school.person(), *(school.person(is_coordinator=True) for _ in range(2))
    done = finished(school, asha)
    journal = school.journal(asha)
    flag = RaiseFlag(FlagId(uuid4()), FlagReason.ILLEGIBLE, "The last line", PageRef(1), Spot(0.5, 0.9))
    journal.send(OpenEvaluation(), flag)
    first, second = Seat(qtbot, priya), Seat(qtbot, rohan)
    try:
        for seat in (first, second):
            assert "Where: Page 1, at the foot, centre" in seat.screen.view.text
            seat.press("A")
            seat.write("Mark what can be read")
            seat.enter()
        ((name,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", priya.user_id)
        assert first.messages.said == ["The flag is answered."]
        assert second.messages.told[0].message == f"{name} has answered this flag already."
        assert second.screen.list.empty.title == "Nothing waits"
        ((exam,),) = school.select(
            "SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", done.evaluation_id
        )
        second.screen.list.search()
        second.screen.list._find.setText(script_code(exam).replace("-", " ").lower())
        hand.press("Return", second.screen.list._find)
        second.settle()
        second.press("T")
        second.write("2, 3", "Look again")
        second.write("2, 3", "Look again", "", "The sum")
        second.enter()
        assert second.messages.said == ["The questions were returned to the teacher."]
        assert "State: open" in second.screen.view.text
        returned = school.select("SELECT questions, reason, returned_by FROM evaluation_returns")
        assert returned == [
            (
                [{"reason": "Look again", "question_number": 2}, {"reason": "The sum", "question_number": 3}],
                "Look again",
                rohan.user_id,
            )
        ]
        log = school.select(
            "SELECT event_type, actor_user_id FROM audit_logs"
            " WHERE event_type IN ('evaluation.flag_answered', 'evaluation.returned') ORDER BY created_at"
        )
        assert log == [("evaluation.flag_answered", priya.user_id), ("evaluation.returned", rohan.user_id)]
    finally:
        for seat in (first, second):
            seat.screen.hide()
            seat.tasks.shutdown()
