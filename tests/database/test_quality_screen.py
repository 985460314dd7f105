"""The screen of quality on a real database: asked for, given, marked by the second teacher, and read, by keys."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.core.clock import SystemClock
from mv_desktop.domain.evaluation import script_code
from mv_desktop.offline.quality import Quality
from mv_desktop.services.second_marking import mark_second, second_tasks
from mv_desktop.ui.coordination.quality.screen import QualityScreen
from mv_desktop.ui.tasks import Tasks
from tests.database.test_quality import complete, second
from tests.factories.marking import School
from tests.fakes import hand
from tests.fakes.messages import KeptMessages


def test_a_script_is_asked_for_given_and_its_two_markings_are_read(qtbot: QtBot, school: School) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    script = complete(school, asha, ("1", "2", "3"))
    ((exam,),) = school.select("SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", script)
    tasks, messages = Tasks(), KeptMessages()
    screen = QualityScreen(Quality(priya.session), tasks, SystemClock(), ZoneInfo("Asia/Kolkata"), messages)
    qtbot.addWidget(screen)
    screen.resize(1290, 700)
    screen.show()

    def settle() -> None:
        qtbot.waitUntil(lambda: not tasks.busy)

    def begin(name: str) -> None:
        screen.actions_by_id[f"quality.{name}"].trigger()
        settle()

    try:
        settle()
        assert screen.list.empty.title == "No script was chosen yet"
        for code in ("ZZ-ZZZ", script_code(exam).lower()):
            begin("ask")
            screen.ask_panel._code.setText(code)
            screen.ask_panel.reason.setText("A parent asked")
            hand.press("Return", screen.ask_panel.reason)
            settle()
        assert [error.message for error in messages.told] == ["No script has this code."]
        begin("give")
        assert len(screen.give_panel.name.labels) == 1
        QTest.keyClicks(screen.give_panel.name, screen.give_panel.name.labels[0][:3])
        hand.press("Return", screen.give_panel.name)
        hand.press("Return", screen.give_panel.name)
        settle()
        assert screen.sample is not None
        assert (screen.sample.second_id, screen.sample.reason) == (meera.user_id, "A parent asked")
        with meera.session() as session:
            (task,) = second_tasks(session)
            mark_second(session, task.marking_id, second("1", "1", "4.5"), "Neat work")
        begin("refresh")
        assert "Marked twice: 3 questions of 1 script." in screen.view.text
        assert [row.cells[3].text for row in screen.view.table.rows] == ["0", "+1", "−1½"]
        begin("teachers")
        assert [row.key for row in screen.results.teachers.rows] == [asha.user_id]
        assert len(screen.results.questions.rows) == 3
    finally:
        screen.hide()
        tasks.shutdown()
