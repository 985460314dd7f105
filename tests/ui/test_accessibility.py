"""No control without a name, in any window, in either language."""

from __future__ import annotations

import importlib
import operator
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

import mv_desktop.ui
from mv_desktop.core.clock import SteadyClock
from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.comment import CommentIndex
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.holiday import CalendarChange, HolidayDraft
from mv_desktop.domain.identifier import OperationId, PageRef
from mv_desktop.domain.import_history import Bringing, SourceFile
from mv_desktop.domain.printed_paper import printed_exam
from mv_desktop.domain.question_review import Remark, RemarkKind, Review, ReviewState
from mv_desktop.domain.record import Difference, Wanted
from mv_desktop.domain.record_import import Put
from mv_desktop.domain.report import Span
from mv_desktop.domain.saved_view import SavedView
from mv_desktop.domain.submission import Finding, Sentence, Weight
from mv_desktop.domain.subscription import PlanType
from mv_desktop.offline.former_password import FormerPasswordError
from mv_desktop.offline.notice_store import Notices
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.offline.work_store import AsideWork, ScriptWork
from mv_desktop.ui.actions import KeyMap, Scope, commands_of
from mv_desktop.ui.admin.act import Once
from mv_desktop.ui.admin.audit import AuditSubject
from mv_desktop.ui.admin.computer_window import ComputerWindow
from mv_desktop.ui.admin.exam_window import ExamDesk
from mv_desktop.ui.admin.fault_window import FaultWindow
from mv_desktop.ui.admin.holiday import HolidaySubject
from mv_desktop.ui.admin.holiday_import import HolidayImport
from mv_desktop.ui.admin.import_dialog import ImportDialog
from mv_desktop.ui.admin.import_window import ImportWindow
from mv_desktop.ui.admin.member import MemberSubject
from mv_desktop.ui.admin.move_box import MoveDialog
from mv_desktop.ui.admin.once_list import OnceList
from mv_desktop.ui.admin.own_question import OwnQuestionSubject
from mv_desktop.ui.admin.plan import PlanSubject
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.question_exchange import QuestionExchange
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.saved_view_box import SavedViewBox
from mv_desktop.ui.admin.saved_view_dialog import SavedViewDialog
from mv_desktop.ui.admin.screen import OfficeScreen
from mv_desktop.ui.admin.setting import SettingSubject
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.admin.symbol_palette import SymbolPalette
from mv_desktop.ui.admin.template import TemplateSubject
from mv_desktop.ui.admin.trial_paper import TrialPaper
from mv_desktop.ui.admin.use_window import UseWindow
from mv_desktop.ui.admin.version_window import VersionWindow
from mv_desktop.ui.admin.view_screen import ViewScreen
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.canvas.note_editor import NoteEditor, NotePreview
from mv_desktop.ui.canvas.page_look import decoded
from mv_desktop.ui.canvas.picture_dialog import PictureDialog
from mv_desktop.ui.coordination.board_lists import Shown
from mv_desktop.ui.coordination.case.decision import Decision
from mv_desktop.ui.coordination.case.screen import CaseScreen
from mv_desktop.ui.coordination.name_field import Target
from mv_desktop.ui.coordination.quality.screen import QualityScreen, View
from mv_desktop.ui.coordination.report.screen import ReportScreen
from mv_desktop.ui.coordination.screen import BoardScreen
from mv_desktop.ui.insight.screen import InsightScreen
from mv_desktop.ui.insight.topic import Topic
from mv_desktop.ui.marking.bank.bank_panel import BankPanel
from mv_desktop.ui.marking.bank.comment_draft import Begun, CommentDraft
from mv_desktop.ui.marking.bank.comment_form import CommentForm
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.notice.screen import NoticeScreen
from mv_desktop.ui.paper.print_dialog import PrintDialog, no_picture
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.second.screen import SecondScreen
from mv_desktop.ui.shell.absence_page import AbsencePage
from mv_desktop.ui.shell.agreement_page import AgreementPage
from mv_desktop.ui.shell.crash import CrashDialog
from mv_desktop.ui.shell.first_password import FirstPasswordScreen
from mv_desktop.ui.shell.key_catcher import KeyCatcher
from mv_desktop.ui.shell.key_page import KeyPage
from mv_desktop.ui.shell.leaving_screen import LeavingScreen
from mv_desktop.ui.shell.lock_screen import LockScreen
from mv_desktop.ui.shell.lockout import SignInLock
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.password_page import PasswordPage
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.preference_table import Preferences
from mv_desktop.ui.shell.preferences import PreferencesDialog
from mv_desktop.ui.shell.server_dialog import ServerDialog
from mv_desktop.ui.shell.sign_in import DemoPerson, SignInPlace, SignInScreen
from mv_desktop.ui.shell.starting import StartingScreen
from mv_desktop.ui.sync.conflict_screen import ConflictScreen
from mv_desktop.ui.sync.screen import SyncScreen
from mv_desktop.ui.sync.state import SyncNote, SyncState
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import LANGUAGES, set_language
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.command_palette import CommandPalette, entry_of
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fitting_label import FittingLabel
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.key_sheet import KeySheet
from mv_desktop.ui.widgets.toast import ToastTray
from mv_desktop.ui.widgets.way_line import WayLine
from tests.factories.comment import body, comment
from tests.factories.conflict import disputed
from tests.factories.local import evaluation_id, open_vault
from tests.factories.paper import paper
from tests.factories.queue_row import CALENDAR, NOON, realistic_rows
from tests.factories.script import script_view
from tests.fakes.audit_place import FakeAudit
from tests.fakes.board_place import FakeBoardPlace, teacher_id
from tests.fakes.case_place import FakeCasePlace
from tests.fakes.clock import FakeClock
from tests.fakes.exam_place import FakeExams
from tests.fakes.fault_place import FakeFaults
from tests.fakes.history_place import FakeHistory
from tests.fakes.holiday_place import FakeHolidays
from tests.fakes.insight_place import FakeInsight
from tests.fakes.member_place import FakeMembers
from tests.fakes.messages import KeptMessages
from tests.fakes.notice_server import FakeNotices
from tests.fakes.own_place import FakeOwnPlace
from tests.fakes.picture_place import FakePictures
from tests.fakes.picture_source import jpeg, small_script
from tests.fakes.plan_place import FakeDrafts, FakePlans, plan
from tests.fakes.quality_place import FakeQualityPlace
from tests.fakes.question_place import FakeImports, FakeQuestions
from tests.fakes.question_review_place import FakeOwnQuestions, FakeReviews
from tests.fakes.report_server import FakeReports
from tests.fakes.script_store import FakeScriptStore
from tests.fakes.second_place import FakeSecondPlace
from tests.fakes.server_place import LOCAL, SCHOOL, WEAK, FakeServerPlace
from tests.fakes.setting_place import FakeSettings
from tests.fakes.table_place import FakeHolidayTable, FakePlanTable
from tests.fakes.template_place import FakeTemplates
from tests.fakes.view_keeper import FakeViews
from tests.ui.accessibility import nameless_controls


class Rows:
    def rows(self):
        return realistic_rows()


class Windows:
    """Makes each window of the program, filled."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, folder: Path) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.clock, self.messages, self.images = FakeClock(), KeptMessages(), ImageCache()
        self.folder, self.vaults = folder, []
        self.settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)

    def sign_in(self) -> QWidget:
        person = DemoPerson("Meera Krishnamurthy", "Teacher", "meera@demo.example", "one")
        places = (SignInPlace("School", "db"), SignInPlace("Demo", "here", protected=False, people=(person,)))
        screen = SignInScreen(places, SignInLock(3), self.clock, may_change=True)
        screen.suggest("Demo", "")
        return screen

    def former_password(self) -> QWidget:
        screen = SignInScreen((SignInPlace("School", "db"),), SignInLock(3), self.clock, may_change=True)
        screen.failed(FormerPasswordError(wrong=True))
        return screen

    def servers(self) -> QWidget:
        dialog = ServerDialog(FakeServerPlace(WEAK, SCHOOL, LOCAL), self.tasks)
        self.qtbot.waitUntil(lambda: bool(dialog.profiles))
        dialog._form._fields["host"].setText("https://")
        dialog._checked()
        dialog._told.say("warning", "The server could not prove that it is the right one. " * 2)
        return dialog

    def servers_question(self) -> QWidget:
        place = FakeServerPlace(SCHOOL)
        place.people["School"] = 2
        dialog = ServerDialog(place, self.tasks)
        self.qtbot.waitUntil(lambda: bool(dialog.profiles))
        dialog._remove.click()
        self.qtbot.waitUntil(lambda: dialog._question.asking)
        return dialog

    def starting(self) -> QWidget:
        return StartingScreen(self.tasks)

    def queue(self) -> QWidget:
        screen = QueueScreen(Rows(), self.tasks, CALENDAR, self.clock, self.messages)
        line = WayLine(screen.actions_by_id["queue.mark_next"], "Go there", screen)
        screen.above.addWidget(line)
        line.say("Something waits.")
        screen.refresh()
        self.qtbot.waitUntil(lambda: bool(screen.rows))
        screen.actions_by_id["queue.preview"].trigger()
        return screen

    def marking(self) -> QWidget:
        screen = MarkingScreen(
            FakeScriptStore(), self.tasks, self.images, id_source(self.clock), self.clock, CALENDAR, self.messages
        )
        pages, pictures = small_script(2)
        screen.show_script(OpenedScript(script_view(pages=pages)), pictures)
        screen._top.ask_question({2, 3})
        self.qtbot.waitUntil(lambda: screen._sheet._panel.complete)  # it is laid out in a later turn
        return screen

    def picture(self) -> QWidget:
        return PictureDialog(decoded(jpeg(300, 200, text="Figure")), "Diagram")

    def conflict(self) -> QWidget:
        file = FakeScriptStore()
        parts = (self.tasks, self.images, id_source(self.clock), self.clock, CALENDAR, self.messages)
        screen = ConflictScreen(file, *parts)
        pages, pictures = small_script(2)
        screen.show_script(disputed(script_view(pages=pages)), pictures)
        return screen

    def conflict_parts(self) -> QWidget:
        screen = self.conflict()
        screen.actions_by_id["conflict.parts"].trigger()
        return screen

    def bank(self) -> QWidget:
        host = QWidget()
        host.resize(700, 600)
        panel = BankPanel(self.tasks, host)
        panel.set_index(CommentIndex([comment(1, "Sign error", "0.5")]))
        panel.open_at(QPoint(10, 10), None)
        return host

    def comment_form(self) -> QWidget:
        form = CommentForm(FormulaPress(self.tasks), self.tasks)
        begun = Begun(None, "New comment", body("Put $x = 2$", "1"), "It is somebody else's.")
        form.write(begun, (UUID(int=1), "21"), CommentDraft("Put $x = 3$", "1", None, shared=True))
        form.offer_update(3)
        return form

    def sync(self) -> QWidget:
        screen = SyncScreen()
        notes = (SyncNote(1, "Question 2 takes at most 2 marks.", "VX-4K2", NOON),)
        screen.show_state(SyncState(3, notes=notes, kept=1, refused=1), NOON, CALENDAR.hours.zone)
        script, made = evaluation_id(1), NOON - timedelta(hours=1)
        work = ScriptWork(script, "VX-4K2", "Board exam", WorkState.STARTED, 1, made, 1, made, 1, made, 1)
        refused = AsideWork(
            OperationId(UUID(int=1)), script, "VX-4K2", None, "mark.set", "refused", "Too many marks.", made, NOON
        )
        screen.show_work((work,), (refused,), NOON, CALENDAR.hours.zone)
        return screen

    def notices(self) -> QWidget:
        screen, told = NoticeScreen(), FakeNotices()
        for kind in ("script.assigned", "sla.breached"):
            told.tell(kind)
        told.tell(read=True)
        page = told.my_notices(None, None, 50)
        screen.show_notices(Notices(page.notices, page.unread), NOON, CALENDAR.hours.zone)
        return screen

    def board(self) -> QWidget:
        return self._board(FakeBoardPlace())

    def board_moving(self) -> QWidget:
        place = FakeBoardPlace()
        host = self._board(place)
        screen = host.findChild(BoardScreen)
        screen.lists.show_list(Shown.ALL)
        screen._begin_move(Target(teacher_id(3)))
        return host

    def board_away(self) -> QWidget:
        host = self._board(FakeBoardPlace())
        host.findChild(BoardScreen)._begin_away()
        return host

    def board_plan(self) -> QWidget:
        host = self._board(FakeBoardPlace(4, 60))
        screen = host.findChild(BoardScreen)
        screen._begin_plan()
        self.qtbot.waitUntil(lambda: screen.plan_panel._proposal is not None)
        return host

    def no_board(self) -> QWidget:
        place = FakeBoardPlace()
        place.reachable = False
        screen = BoardScreen(place, self.tasks, ToastTray(QWidget(), self.tasks))
        screen.refresh()
        self.qtbot.waitUntil(lambda: not screen._asking.running)
        return screen

    def _board(self, place: FakeBoardPlace) -> QWidget:
        host = QWidget()
        screen = BoardScreen(place, self.tasks, ToastTray(host, self.tasks))
        screen.setParent(host)
        screen.refresh()
        self.qtbot.waitUntil(lambda: screen.look is not None)
        return host

    def no_notices(self) -> QWidget:
        return NoticeScreen()

    def cases(self, key: str = "flag:1", decision: Decision = Decision.REPLACE) -> QWidget:
        screen = CaseScreen(FakeCasePlace(), self.tasks, self.clock, self.messages)
        screen.refresh()
        self.qtbot.waitUntil(lambda: screen.case is not None and not self.tasks.busy)
        screen.list.select(key)
        self.qtbot.waitUntil(lambda: not self.tasks.busy)
        screen.actions_by_id[f"cases.{decision.value}"].trigger()
        return screen

    def kept_case(self) -> QWidget:
        return self.cases("kept:5", Decision.TAKE)

    def case_pages(self) -> QWidget:
        screen = self.cases("flag:1", Decision.EXCLUDE)
        screen.show()
        screen.actions_by_id["cases.look"].trigger()
        self.qtbot.waitUntil(lambda: not screen.pages.busy)
        return screen

    def reports(self) -> QWidget:
        screen = ReportScreen(FakeReports(), self.tasks, self.clock, CALENDAR.hours.zone)
        screen._picker.pick(Span(date(2026, 7, 1), date(2026, 7, 31)))
        self.qtbot.waitUntil(lambda: screen.shown is not None)
        return screen

    def insight(self) -> QWidget:
        screen = InsightScreen(FakeInsight(), self.tasks, self.clock, CALENDAR.hours.zone)
        screen.show_topic(Topic.QUESTIONS)
        screen._choices.days.pick(Span(date(2026, 7, 1), date(2026, 7, 31)))
        self.qtbot.waitUntil(lambda: screen.shown is not None)
        return screen

    def quality(self) -> QWidget:
        screen = QualityScreen(FakeQualityPlace(), self.tasks, self.clock, CALENDAR.hours.zone, self.messages)
        screen.refresh()
        self.qtbot.waitUntil(lambda: screen.sample is not None)
        screen.actions_by_id["quality.give"].trigger()
        self.qtbot.waitUntil(lambda: not self.tasks.busy)
        return screen

    def quality_results(self) -> QWidget:
        screen = QualityScreen(FakeQualityPlace(), self.tasks, self.clock, CALENDAR.hours.zone, self.messages)
        screen.refresh()
        screen.show_view(View.TEACHERS)
        self.qtbot.waitUntil(lambda: bool(screen.results.teachers.rows))
        return screen

    def office(self) -> QWidget:
        screen = self._office()
        screen.current.panel.form.editor("exams_per_month").control.setText("0")
        return screen

    def office_history(self) -> QWidget:
        screen = self._office()
        screen.current.actions_by_id["record.history"].trigger()
        return screen

    def office_staff(self) -> QWidget:
        zone = CALENDAR.hours.zone
        subject = MemberSubject(FakeMembers())
        drafts, views = FakeDrafts(), FakeViews()
        screen = OfficeScreen([subject], drafts, self.tasks, self.clock, zone, self.messages, views=views)
        screen.current.refresh()
        self.qtbot.waitUntil(lambda: screen.current.panel.heading == "Asha Rao")
        screen.current.panel.once.show_once(Once("First password of Asha Rao.", "abcd-efgh"))
        return screen

    def office_audit(self) -> QWidget:
        zone = CALENDAR.hours.zone
        subject = AuditSubject(FakeAudit(), self.clock, zone)
        screen = ViewScreen(subject, self.tasks, self.clock, zone, views=FakeViews())
        screen.refresh()
        self.qtbot.waitUntil(lambda: screen.settled and bool(screen.view.heading))  # type: ignore[attr-defined]
        return screen

    def office_templates(self) -> QWidget:
        subject = TemplateSubject(FakeTemplates(), self.tasks)
        zone = CALENDAR.hours.zone
        drafts, views = FakeDrafts(), FakeViews()
        screen = RecordScreen(subject, drafts, self.tasks, self.clock, zone, self.messages, views=views)
        screen.refresh()
        self.qtbot.waitUntil(lambda: screen.panel.heading == "Board pattern")
        return screen

    def office_trial_paper(self) -> QWidget:
        return TrialPaper(paper(), "Board pattern", self.tasks, note=lambda *_: None)

    def office_settings(self) -> QWidget:
        screen = self._subject(SettingSubject(FakeSettings()))
        screen.current.panel.form.editor("end").control.setText("8:00")
        return screen

    def office_holidays(self) -> QWidget:
        screen = self._subject(HolidaySubject(FakeHolidays(), id_source(self.clock), _july, lambda: frozenset({6})))
        screen.current.actions_by_id["record.new"].trigger()
        form = screen.current.panel.form
        form.editor("holiday_date").write("2026-07-16")
        form.editor("holiday_name").control.setText("रथ यात्रा")
        screen.current.panel.reason.setText("gazette")
        screen.current.actions_by_id["record.save"].trigger()
        self.qtbot.waitUntil(lambda: screen.current.panel.moves.asking)
        return screen

    def office_import(self) -> QWidget:
        place, zone = FakeHolidays(), CALENDAR.hours.zone
        table = FakeHolidayTable(place)
        made = HolidayImport(place, table, HolidaySubject.naming, _july(), self.tasks, self.clock, zone)
        self.qtbot.waitUntil(lambda: bool(made.chosen))
        return made

    def office_questions(self) -> QWidget:
        return self._subject(self._questions())

    def office_fault(self) -> QWidget:
        place = FakeFaults()
        place.propose(Adjustment.DROP, Adjustment.AWARD)
        window = FaultWindow(place, UUID(int=1), "Find $x$", 1, self.tasks)
        self.qtbot.waitUntil(lambda: not window.busy)
        return window

    def office_question_use(self) -> QWidget:
        window = UseWindow(FakeHistory(FakeQuestions()), UUID(int=1), "Find $x$", self.tasks)
        self.qtbot.waitUntil(lambda: bool(window.judged.text))
        return window

    def office_question_versions(self) -> QWidget:
        place = FakeHistory(FakeQuestions())
        labels = {"question_text": "Question", "steps": "Marking scheme", "topic": "Topic"}
        window = VersionWindow(place, UUID(int=1), "x", labels, lambda _: {}, self.tasks, CALENDAR.hours.zone, None)
        self.qtbot.waitUntil(lambda: bool(window.shown))
        return window

    def office_questions_file(self) -> QWidget:
        place = FakeQuestions()
        sheet = self.folder / "sheet.csv"
        sheet.write_text("Class,Unit,Question,Marks\n12,Matrices,First?,3\n12,Poetry,Second?,3\n")
        dialog = ImportDialog(
            QuestionExchange(FakeImports(place), id_source(self.clock)),
            sheet,
            self.tasks,
            self.clock,
            CALENDAR.hours.zone,
        )
        self.qtbot.waitUntil(lambda: bool(dialog.rows.rows))
        return dialog

    def office_imports(self) -> QWidget:
        place = FakePlans()
        table = FakePlanTable(place)
        opened = table.alike(())[0]
        put = Put(2, opened, replace(opened.draft, sla_hours=72))
        file = SourceFile("plans.xlsx", "0" * 64)
        table.bring_in(
            Bringing(file, (put,), ("sla_hours",), ("display_name",)), "new year", None, lambda _done, _all: True
        )
        subject = PlanSubject(place, table)
        window = ImportWindow(
            *(subject.exchange(None), subject.labels, subject.difference, self.tasks),
            *(self.clock, CALENDAR.hours.zone),
        )
        self.qtbot.waitUntil(lambda: bool(window.rows.rows))
        return window

    def office_passwords(self) -> QWidget:
        return OnceList([("Uma Das", "uma@school.in", "abcd-efgh-jkmn-pqrs")], self.tasks)

    def office_views(self) -> QWidget:
        views = FakeViews()
        views.change("plan", (), [SavedView("Sold now", Wanted("plan", {"sold": "yes"}), first=True)])
        box = SavedViewBox("plan", views, self.tasks)
        self.qtbot.waitUntil(lambda: bool(box.views))
        return SavedViewDialog(box, Wanted("plan", {"sold": "yes"}), lambda wanted: f"“{wanted.words}” · Sold: Sold")

    def office_moves(self) -> QWidget:
        place = FakeHolidays()
        change = CalendarChange(UUID(int=7), None, HolidayDraft(date(2026, 7, 16), "रथ यात्रा"))
        made = MoveDialog("Taken back")
        made.ask(place.consequence([change]), lambda _moving: None, self.clock.now(), CALENDAR.hours.zone)
        return made

    def office_computers(self) -> QWidget:
        window = ComputerWindow(FakeMembers(), UUID(int=1), "Asha Rao", self.tasks, str)
        self.qtbot.waitUntil(lambda: bool(window.table.rows))
        return window

    def office_exams(self) -> QWidget:
        window = ExamDesk(FakeExams(), no_picture, str).of_student(UUID(int=1), "Ravi Kumar", self.tasks)
        self.qtbot.waitUntil(lambda: bool(window.table.rows))
        return window

    def office_print(self) -> QWidget:
        made = printed_exam(paper(), "Board pattern", "XII")
        dialog = PrintDialog(lambda _told: made, no_picture, self.tasks, note=lambda *_: None)
        self.qtbot.waitUntil(lambda: not dialog.busy)
        return dialog

    def office_symbols(self) -> QWidget:
        self.line = QLineEdit()  # in which one writes
        return SymbolPalette(self.line)

    def _questions(self) -> QuestionSubject:
        place = FakeQuestions()
        said = Remark(NOON, "Asha Rao", RemarkKind.SUBMITTED, "Is it right?")
        review = Review(ReviewState.WAITING, "Asha Rao", {"topic": "x"}, (Difference("topic", None, "x"),), (said,))
        pictured = {"diagram": "one.png", "solution": "none.png"}
        place.bank[UUID(int=1)] = replace(place.bank[UUID(int=1)], review=review, pictures=pictured)
        pictures = FakePictures()
        pictures.stored["one.png"] = jpeg(300, 200, text="Figure")
        imports, reviews = FakeImports(place), FakeReviews(place)
        history = FakeHistory(place)
        return QuestionSubject(place, id_source(self.clock), imports, reviews, pictures=pictures, history=history)

    def own_questions(self) -> QWidget:
        return self._subject(OwnQuestionSubject(FakeOwnQuestions(), id_source(self.clock)))

    def _subject(self, subject: Subject) -> OfficeScreen:
        zone, views = CALENDAR.hours.zone, FakeViews()
        views.change(subject.kind, (), [SavedView("Gone", Wanted("", {subject.choices[0].name: "gone"}), first=True)])
        screen = OfficeScreen([subject], FakeDrafts(), self.tasks, self.clock, zone, self.messages, views=views)
        screen.current.refresh()
        self.qtbot.waitUntil(lambda: bool(screen.current.panel.heading))
        return screen

    def _office(self) -> OfficeScreen:
        place = FakePlans()
        place.put(PlanType.BASIC, plan("Basic", 29900), "Asha Rao", "shorter")
        zone = CALENDAR.hours.zone
        screen = OfficeScreen([PlanSubject(place)], FakeDrafts(), self.tasks, self.clock, zone, self.messages)
        screen.current.refresh()
        self.qtbot.waitUntil(lambda: screen.current.panel.heading == "Basic")
        return screen

    def second(self) -> QWidget:
        screen = self._second()
        screen.bench.leave()
        return screen

    def second_desk(self) -> QWidget:
        screen = self._second()
        screen.actions_by_id["second.decline"].trigger()
        return screen

    def _second(self) -> SecondScreen:
        self.vaults.append(open_vault(self.folder / str(len(self.vaults)), clock=self.clock))
        place = FakeSecondPlace(SecondDrafts(self.vaults[-1], id_source(self.clock)))
        screen = SecondScreen(
            *(place, self.tasks, self.images, id_source(self.clock), self.clock, CALENDAR.hours.zone, self.messages)
        )
        screen.refresh()
        self.qtbot.waitUntil(lambda: not self.tasks.busy)
        screen.actions_by_id["second.open"].trigger()
        self.qtbot.waitUntil(lambda: not self.tasks.busy and screen.bench._sheet._panel.complete)
        return screen

    def main(self) -> QWidget:
        window = MainWindow(self.tasks, self.settings)
        window._may_close = True
        window.add_place("queue", Place(Scope.QUEUE, "queue", "Queue", go="app.queue"), QWidget())
        window.add_place("sync", Place(Scope.EVERYWHERE, "sync", "Sync", go="app.sync"), SyncScreen())
        window.open_workspace("Meera Krishnamurthy", "Teacher")
        window.messages.say("Done.", undo=lambda: None)
        window.messages.tell(UserError("It went wrong.", remedy="Try again."))
        return window

    def preferences(self) -> QWidget:
        return PreferencesDialog(Preferences(self.settings))

    def key_page(self) -> QWidget:
        return KeyPage(KeyMap({"marking.full": ["L"], "marking.zero": ["L"]}))

    def key_catcher(self) -> QWidget:
        return KeyCatcher("marking.full", KeyMap())

    def password_page(self) -> QWidget:
        return PasswordPage(FakeOwnPlace(), self.tasks)

    def first_password(self) -> QWidget:
        return FirstPasswordScreen(FakeOwnPlace(), self.tasks, "the old one")

    def lock(self) -> QWidget:
        steady = SteadyClock(self.clock)
        return LockScreen("meera@demo.example", lambda _: True, SignInLock(3), steady, self.tasks)

    def leaving(self) -> QWidget:
        screen = LeavingScreen(12)
        screen.show_left(12)
        return screen

    def absence_page(self) -> QWidget:
        page = AbsencePage(FakeOwnPlace(), self.tasks, id_source(self.clock))
        self.qtbot.waitUntil(lambda: bool(page.absences))
        return page

    def agreement_page(self) -> QWidget:
        page = AgreementPage(FakeOwnPlace(), self.tasks)
        self.qtbot.waitUntil(lambda: bool(page.table.rows))
        return page

    def flag(self) -> QWidget:
        return FlagDialog("VX-4K2", PageRef(1), None, ())

    def hand_back(self) -> QWidget:
        return HandBackDialog("VX-4K2", 3, 17)

    def note(self) -> QWidget:
        host = QWidget()
        NoteEditor(host)
        NotePreview(host)
        return host

    def empty(self) -> QWidget:
        state = EmptyState()
        state.tell("queue", "No scripts", "They appear here.", "Look again")
        return state

    def palette(self) -> QWidget:
        window = MainWindow(self.tasks, self.settings)
        window._may_close = True
        self.qtbot.addWidget(window)
        return CommandPalette(map(entry_of, window._actions.values()), window)

    def keys(self) -> QWidget:
        return KeySheet(commands_of(Scope.MARKING), KeyMap())

    def check(self) -> QWidget:
        findings = (
            Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "2"}, 2),
            Finding(Weight.ACCEPT, Sentence.STAMPED, {"question": "3", "sum": "1"}, 3),
        )
        return SubmitCheck(findings, Decimal(1), Decimal(2))

    def crash(self) -> QWidget:
        return CrashDialog("details")


def _july() -> date:
    return date(2026, 7, 15)


WINDOWS = [name for name in vars(Windows) if not name.startswith("_")]


@pytest.fixture
def windows(qtbot: QtBot, tmp_path: Path) -> Iterator[Windows]:
    tasks = Tasks()
    made = Windows(qtbot, tasks, tmp_path)
    yield made
    made.images.shutdown()
    tasks.shutdown()
    for vault in made.vaults:
        vault.close()
    set_language("en")


def classes_of_ours() -> set[type[QWidget]]:
    """Every class of widgets that the program has, wherever it stands."""
    for module in pkgutil.walk_packages(mv_desktop.ui.__path__, "mv_desktop.ui."):
        importlib.import_module(module.name)
    found: set[type[QWidget]] = set()
    waiting: list[type[QWidget]] = [QWidget]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found.update(kind for kind in below if kind.__module__.startswith("mv_desktop.ui"))
    return found


def closed(widget: QWidget) -> None:
    if isinstance(widget, MarkingScreen | ConflictScreen):
        widget.shutdown()


def test_every_kind_of_widget_stands_in_a_window_that_is_walked(qtbot, windows):
    met: set[type] = set()
    for name in WINDOWS:
        window = getattr(windows, name)()
        qtbot.addWidget(window, before_close_func=closed)
        for widget in (window, *window.findChildren(QWidget)):
            met.update(type(widget).__mro__)
    assert sorted(kind.__name__ for kind in classes_of_ours() - met) == [], "add a window that shows it to Windows"


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", WINDOWS)
def test_every_control_of_every_window_has_a_name(qtbot, windows, name, language):
    set_language(language)
    window = getattr(windows, name)()
    qtbot.addWidget(window, before_close_func=closed)
    window.show()
    assert nameless_controls(window) == []


# -- the focus ------------------------------------------------------------------------------------------------

_PAINTED_BY_HAND = 12
"""So many pixels have to differ: less is no ring, but a cursor."""


def focusable(window: QWidget) -> list[QWidget]:
    """What Tab leads to, in sight."""
    found = [window, *window.findChildren(QWidget)]
    return [
        widget
        for widget in found
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and in_sight(widget)
    ]


def in_sight(widget: QWidget) -> bool:
    """Something of it is seen. What is inside of a scrolled page covers all of it, and is what is seen of it then."""
    inside = widget.findChildren(QWidget) if isinstance(widget, QScrollArea) else []
    return any(not one.visibleRegion().isEmpty() for one in (widget, *inside))


def picture(widget: QWidget) -> QImage:
    """A control with a little of what is around it."""
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-4, -4, 4, 4)
    return window.grab(place & window.rect()).toImage()


def difference(one: QImage, other: QImage) -> int:
    """How many pixels differ."""
    first, second = (image.convertToFormat(QImage.Format.Format_RGB32).constBits().tobytes() for image in (one, other))
    return sum(map(operator.ne, memoryview(first).cast("I"), memoryview(second).cast("I")))


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("name", WINDOWS)
def test_every_control_shows_that_it_has_the_focus(qtbot, qapp, windows, name, theme):
    apply_theme(qapp, theme)
    window = getattr(windows, name)()
    qtbot.addWidget(window, before_close_func=closed)
    elsewhere = QLineEdit(window)
    elsewhere.setGeometry(0, 0, 1, 1)
    with qtbot.waitExposed(window):
        window.show()
    elsewhere.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() or qapp.activeWindow() is not None)
    unseen = []
    for control in focusable(window):
        if control is elsewhere or isinstance(control, QAbstractItemView):
            continue  # a list shows the focus by its current row
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        if not control.isVisible():
            continue  # it is only there while it has the focus
        without = picture(control)
        control.setFocus(Qt.FocusReason.TabFocusReason)
        if control.hasFocus() and difference(without, picture(control)) < _PAINTED_BY_HAND:
            unseen.append(f"{type(control).__name__} {control.accessibleName()!r}")
    assert unseen == []


# -- the text size --------------------------------------------------------------------------------------------

_SMALL_SCREEN = (1366, 768)
_NEVER = Qt.ScrollBarPolicy.ScrollBarAlwaysOff


SIZES = [("normal", "en"), ("large", "hi"), ("largest", "en"), ("largest", "hi")]
"""The usual one, and those in which words need most room."""


def cut(window: QWidget) -> list[str]:
    """Words in sight that are wider or higher than what they stand in. What shortens itself is not cut."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QScrollArea) and widget.horizontalScrollBarPolicy() == _NEVER and widget.widget():
            inside, sight = widget.widget().width(), widget.viewport().width()
            if inside > sight:
                found.append(f"{widget.accessibleName()!r}: {sight} of {inside}, and it does not scroll")
        if isinstance(widget, FittingLabel) and widget.width() < widget.minimumSizeHint().width():
            found.append(f"{widget.text()!r}: {widget.width()} of {widget.minimumSizeHint().width()}")
        if isinstance(widget, QLabel) and not isinstance(widget, (FittingLabel, ElidedLabel)) and widget.text():
            lines = 2 if widget.wordWrap() else 1
            needed = 0 if widget.wordWrap() else widget.sizeHint().width()
            if widget.width() < needed or widget.height() * lines < widget.fontMetrics().height():
                found.append(f"{widget.text()!r}: {widget.width()} of {needed}")
            if widget.wordWrap() and widget.height() + 1 < widget.heightForWidth(widget.width()):
                found.append(f"{widget.text()!r}: {widget.height()} of {widget.heightForWidth(widget.width())} high")
        elif isinstance(widget, QPushButton) and widget.width() < widget.minimumSizeHint().width():
            found.append(f"{widget.text()!r}: {widget.width()} of {widget.minimumSizeHint().width()}")
    return found


@pytest.mark.parametrize(("scale", "language"), SIZES)
@pytest.mark.parametrize("name", WINDOWS)
def test_nothing_is_cut_on_a_small_screen_at_any_text_size(qtbot, qapp, windows, name, scale, language):
    apply_theme(qapp, "light", scale)
    set_language(language)
    window = getattr(windows, name)()
    qtbot.addWidget(window, before_close_func=closed)
    with qtbot.waitExposed(window):
        window.show()
    if not isinstance(window, QDialog):
        window.resize(*_SMALL_SCREEN)
    qapp.processEvents()
    assert window.width() <= _SMALL_SCREEN[0]
    assert window.height() <= _SMALL_SCREEN[1]
    assert cut(window) == []
