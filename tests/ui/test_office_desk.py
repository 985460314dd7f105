"""The office: there for who administers, while she does; what was typed in it is kept when she goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mv_desktop.core.clock import SteadyClock
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.notice import Notice, NoticeData
from mv_desktop.domain.program import Outdated
from mv_desktop.domain.question_review import Review, ReviewState
from mv_desktop.domain.subscription import PlanType
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import commands_of
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.shell.idle_lock import IdleLock
from mv_desktop.ui.shell.insight_desk import INSIGHT_PLACE
from mv_desktop.ui.shell.lockout import SignInLock
from mv_desktop.ui.shell.office_desk import OFFICE_PLACE
from mv_desktop.ui.shell.question_desk import QUESTION_PLACE
from mv_desktop.ui.shell.workspace import MARKING, QUEUE
from tests.factories.local import NOW
from tests.fakes import hand
from tests.fakes.audit_place import FakeAudit
from tests.fakes.board_place import FakeBoardPlace
from tests.fakes.case_place import FakeCasePlace
from tests.fakes.clock import FakeClock
from tests.fakes.exam_place import FakeExams
from tests.fakes.family_place import FakeParents, FakeStudents
from tests.fakes.fault_place import FakeFaults
from tests.fakes.history_place import FakeHistory
from tests.fakes.holiday_place import FakeHolidays
from tests.fakes.insight_place import FakeInsight
from tests.fakes.member_place import FakeMembers
from tests.fakes.plan_place import FakePlans
from tests.fakes.quality_place import FakeQualityPlace
from tests.fakes.question_place import FakeImports, FakeQuestions, question
from tests.fakes.question_review_place import FakeOwnQuestions, FakeReviews
from tests.fakes.record_moments import FakeMoments
from tests.fakes.report_server import FakeReports
from tests.fakes.setting_place import FakeSettings
from tests.fakes.subscriber_place import FakeSubscribers
from tests.fakes.table_files import FakeFiles
from tests.fakes.table_place import FakeHolidayTable, FakePlanTable
from tests.fakes.template_place import FakeTemplates
from tests.ui.test_workspace import TWO, School


class FakeOffice:
    """An `Office` in memory."""

    def __init__(self) -> None:
        self.plans = FakePlans()
        self.moments = FakeMoments(PlanSubject(self.plans))
        self.plan_table = FakePlanTable(self.plans)
        self.member_table = self.student_table = self.parent_table = None
        self.questions = FakeQuestions()
        self.question_imports = FakeImports(self.questions)
        self.question_reviews = FakeReviews(self.questions)
        handed_in = {"status": "draft", "stood": "draft", "review": Review(ReviewState.WAITING)}
        self.questions.bank[UUID(int=120)] = question(120, **handed_in)
        self.own_questions = FakeOwnQuestions()
        self.rescorings = FakeFaults()
        self.question_history = FakeHistory(self.questions)
        self.holidays = FakeHolidays()
        self.holiday_table = FakeHolidayTable(self.holidays)
        self.settings = FakeSettings()
        self.audit = FakeAudit()
        self.files = FakeFiles()
        self.members = FakeMembers()
        self.subscribers = FakeSubscribers()
        self.students, self.parents = FakeStudents(), FakeParents()
        self.templates, self.template_table, self.exams = FakeTemplates(), None, FakeExams()


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    monkeypatch.setattr(Desk, "coordination", lambda _desk, _ids: FakeBoardPlace())
    monkeypatch.setattr(Desk, "casework", lambda _desk: FakeCasePlace())
    monkeypatch.setattr(Desk, "reports", lambda _desk: FakeReports())
    monkeypatch.setattr(Desk, "quality", lambda _desk: FakeQualityPlace())
    monkeypatch.setattr(Desk, "office", lambda _desk, _ids: FakeOffice())
    monkeypatch.setattr(Desk, "insight", lambda _desk: FakeInsight())
    made = School(qtbot, tmp_path, FakeClock(NOW))
    made.server.person = {"schema_version": "050", "role": StaffRole.ADMIN}
    yield made
    made.end()


def _told(school: School, **person: object) -> None:
    """The server says something else of her."""
    school.server.person |= person
    school.work.driver.now()
    school.until(lambda: all(getattr(school.desk.person, name) == value for name, value in person.items()))
    school.settled()


def test_who_administers_finds_it_by_key_and_what_she_typed_is_kept_in_her_file(school):
    work = school.arrived()
    school.until(lambda: work.office.screen is not None)
    QTest.keyClick(school.window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
    assert school.window.place == OFFICE_PLACE
    keys = {command.command_id for command in commands_of(school.window._current().scope, school.window._roles)}
    assert {"record.save", "app.office", "app.reports"} <= keys
    assert "app.board" not in keys
    rail = school.window._rail._buttons
    said = "1 question waits for approval."
    school.until(lambda: rail[OFFICE_PLACE].accessibleName() == f"Office, {said}")  # the bank was not looked at yet
    screen = work.office.screen.current
    school.until(lambda: screen.panel.heading == "Basic Plan")
    screen.panel.form.editor("exams_per_month").control.setText("77")
    _told(school, role=StaffRole.TEACHER)
    assert school.window.place == QUEUE
    assert work.office.screen is None
    school.until(lambda: bool(school.desk.form_drafts().kept("plan")))
    assert school.desk.form_drafts().kept("plan")[0].typed["exams_per_month"] == "77"
    _told(school, role=StaffRole.ADMIN, is_coordinator=True, outdated=Outdated("9.0", date(2026, 1, 1), True))
    assert (work.office.screen, work.coordination.board) == (None, None)  # too old a program is given nothing new
    _told(school, outdated=None)
    school.until(lambda: work.office.screen is not None and work.coordination.board is not None)
    again = work.office.screen.show_subject("plan")
    QTest.keyClick(school.window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
    school.until(lambda: again.panel.form.editor("exams_per_month").typed == "77")
    assert again.list.key == PlanType.BASIC
    keys = {command.command_id for command in commands_of(school.window._current().scope, school.window._roles)}
    assert {"record.save", "app.office", "app.board"} <= keys


def test_a_change_by_somebody_else_is_looked_for_only_while_the_office_is_looked_at(school, monkeypatch):
    office = FakeOffice()
    monkeypatch.setattr(Desk, "office", lambda _desk, _ids: office)
    work = school.arrived()
    school.until(lambda: work.office.screen is not None)
    screen = work.office.screen.current
    watch, asked = screen._watch, office.moments.asked

    def asks() -> bool:
        """Whether the server is asked when it is time to."""
        school.settled()
        asked.clear()
        watch._timer.now()
        school.settled()
        return bool(asked)

    assert not asks()
    QTest.keyClick(school.window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
    school.until(lambda: screen.panel.heading == "Basic Plan")
    screen.panel.form.editor("exams_per_month").control.setText("77")
    basic = office.plans.plans[PlanType.BASIC]
    office.plans.put(PlanType.BASIC, replace(basic, sla_hours=24), "Priya Nair", "sooner")
    watch._timer.now()
    school.until(lambda: screen.panel.note == "Priya Nair has changed this since you opened it.")
    assert asks()
    work.office.screen.show_subject("holiday")
    assert not asks()
    work.office.screen.show_subject("plan")
    assert asks()
    QTest.keyClick(school.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert not asks()
    QTest.keyClick(school.window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
    assert asks()
    idle = IdleLock(
        *(school.desk, work, school.window, school.tasks, SignInLock(5), school.clock, SteadyClock(school.clock))
    )
    idle.lock()
    assert not asks()
    idle.end()
    _told(school, role=StaffRole.TEACHER)
    assert not watch._timer.active


def test_insight_is_there_for_who_coordinates_or_administers_while_she_does(school):
    school.server.person |= {"schema_version": "044"}
    work = school.arrived()
    for person in ({}, {"role": StaffRole.TEACHER, "is_coordinator": True}):
        _told(school, **person)
        school.until(lambda: work.insight.screen is not None)
        QTest.keyClick(school.window, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
        assert school.window.place == INSIGHT_PLACE
        school.until(lambda: work.insight.screen.shown is not None)
        keys = {command.command_id for command in commands_of(school.window._current().scope, school.window._roles)}
        assert {"insight.copy_table", "app.insight"} <= keys
    for person in ({"outdated": Outdated("9.0", date(2026, 1, 1), True)}, {"outdated": None, "is_coordinator": False}):
        _told(school, **person)
        assert work.insight.screen is None
        assert school.window.place == QUEUE


def test_an_admin_is_led_from_insight_to_a_student_listed_or_not(school):
    school.server.person |= {"schema_version": "044"}
    work = school.arrived()
    school.until(lambda: work.insight.screen is not None and work.office.screen is not None)
    work.insight.screen.record_wanted.emit("student", str(UUID(int=2)))
    assert school.window.place == OFFICE_PLACE
    screen = work.office.screen.current
    assert screen.subject.kind == "student"
    school.until(lambda: screen.panel.heading == "Sita Menon")
    work.office.screen.show_subject("audit").record_wanted.emit("plan", PlanType.BASIC)  # as from an entry of the log
    assert work.office.screen.current.subject.kind == "plan"
    school.until(lambda: work.office.screen.current.panel.heading == "Basic Plan")
    school.settled()


def test_a_teacher_has_none_of_it_but_the_questions_that_she_writes(school):
    school.server.person |= {"role": StaffRole.TEACHER}
    work = school.arrived()
    school.until(lambda: work.questions.screen is not None)
    assert work.office.screen is None
    assert not {OFFICE_PLACE, INSIGHT_PLACE} & school.window._places.keys()
    assert not school.window._actions["app.office"].isVisible()
    QTest.keyClick(school.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert school.window.place == QUESTION_PLACE
    keys = {command.command_id for command in commands_of(school.window._current().scope, school.window._roles)}
    assert {"record.submit", "record.save", "app.questions"} <= keys
    assert {"record.approve", "record.history", "office.next"}.isdisjoint(keys)
    rail = school.window._rail._buttons
    said = "1 question was not approved: change it, and hand it in again."
    school.until(lambda: rail[QUESTION_PLACE].accessibleName() == f"My questions, {said}")
    screen = work.questions.screen.current
    school.until(lambda: len(screen.list.rows) == 5 and bool(screen.panel.heading))
    screen.panel.form.editor("topic").control.setText("Linear")
    work.notices.screen.opened.emit(Notice("question.rejected", NoticeData(), NOW, UUID(int=1), NOW))
    assert school.window.place == QUESTION_PLACE
    _told(school, outdated=Outdated("9.0", date(2026, 1, 1), True))
    assert work.questions.screen is None  # too old a program is given nothing new
    assert QUESTION_PLACE not in school.window._places
    _told(school, role=StaffRole.ADMIN, outdated=None, schema_version="075")
    school.until(lambda: work.questions.screen is None and work.office.screen is not None)
    assert QUESTION_PLACE not in school.window._places
    school.until(lambda: bool(school.desk.form_drafts().kept("own_question")))
    work.notices.screen.opened.emit(Notice("question.waiting", NoticeData(), NOW, UUID(int=1), NOW))
    assert work.office.screen.current.list.wanted.choices == {"status": "waiting"}
    work.notices.screen.opened.emit(Notice("question.fault_proposed", NoticeData(), NOW, UUID(int=2), NOW))
    assert work.office.screen.current.list.wanted.choices == {"status": "faulty"}
    stuck = NoticeData(exam_instance_id=UUID(int=9))
    work.notices.screen.opened.emit(Notice("exam.stuck", stuck, NOW, UUID(int=4), NOW))
    assert work.office.screen.current.subject.kind == "audit"
    assert work.office.screen.current.list.wanted.words == str(UUID(int=9))
    work.notices.screen.opened.emit(Notice("staff.nobody_coordinates", NoticeData(), NOW, UUID(int=3), NOW))
    assert work.office.screen.current.subject.kind == "member"
    assert work.office.screen.current.list.wanted.choices == {"state": "active"}


def test_a_teacher_who_sees_a_fault_while_marking_is_led_to_the_question_and_finds_her_script_again(
    school, monkeypatch
):
    school.server.person |= {"role": StaffRole.TEACHER, "schema_version": "066"}
    work = school.arrived()
    school.until(lambda: work.questions.screen is not None)
    school.open(TWO)
    session = work.marking.session
    faulty, code = session.bank_id(session.current), session.view.script_code
    own = work.questions.screen.current._subject._own
    own.bank[faulty], own.seen[faulty] = question(77), NOW
    with monkeypatch.context() as patched:
        patched.setattr(session, "bank_id", lambda _key: None)
        hand.press("Shift+C", work.marking.view)
    assert (school.window.place, work.marking.evaluation_id) == (MARKING, TWO)
    assert "The paper does not say which question of the bank this is." in school.said()
    hand.press("Shift+C", work.marking.view)
    screen = work.questions.screen.current
    assert (school.window.place, work.marking.session) == (QUESTION_PLACE, None)
    assert f"{code} is as you left it. Alt+1 leads to the queue." in school.said()
    school.until(lambda: screen.panel.heading != "")
    assert screen._shown == str(faulty)
    hand.press("Alt+1", screen)
    school.settled()
    assert work.queue.selected.evaluation_id == TWO
    # where the server has no proposals yet, it is said and the script stays
    school.open(TWO)
    _told(school, schema_version="065")
    hand.press("Shift+C", work.marking.view)
    assert (school.window.place, work.marking.evaluation_id) == (MARKING, TWO)
    assert "Changes of questions cannot be proposed here." in " ".join(school.said())
