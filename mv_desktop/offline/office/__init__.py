"""What admins keep, on the server: one class a subject, each on the person's own login. Needs a connection.

Not for the GUI thread. All methods raise what the services of the same name do, and OfflineError.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mv_desktop.core.ids import IdSource
from mv_desktop.offline.office.audit import AuditLog
from mv_desktop.offline.office.exam_record import ExamRecords
from mv_desktop.offline.office.family import Parents, Students
from mv_desktop.offline.office.holiday import Holidays, HolidayTable
from mv_desktop.offline.office.import_history import KeptTable, Together
from mv_desktop.offline.office.member import Members
from mv_desktop.offline.office.people_table import KeptPeople, MemberTable, ParentTable, StudentTable
from mv_desktop.offline.office.plan import Plans, PlanTable
from mv_desktop.offline.office.question import Questions
from mv_desktop.offline.office.question_history import QuestionHistory
from mv_desktop.offline.office.question_import import QuestionImports
from mv_desktop.offline.office.question_review import OwnQuestions, QuestionReviews
from mv_desktop.offline.office.record_file import TableFiles
from mv_desktop.offline.office.record_moment import RecordMoments
from mv_desktop.offline.office.rescoring import Rescorings
from mv_desktop.offline.office.setting import Settings
from mv_desktop.offline.office.subscriber import Subscribers
from mv_desktop.offline.office.template import Templates, TemplateTable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Office:
    """All of them, on one connection.

    Attributes:
        plans: what can be subscribed to.
        holidays: on which days nobody marks.
        settings: what the program and the web platform run by.
        audit: what was done.
        subscribers: who has which plan.
        members: teachers and admins.
        students, parents: who learns, and whose children do.
        templates: of exams.
        exams: of students, and made from templates.
        questions, question_imports, question_reviews: the bank, files of it, and what is handed in.
        own_questions: of who writes some, and is no admin.
        question_history: where they were used, what they were, and what is nearly the same.
        files: lists that are written out.
        moments: when each of their records was changed last.
        rescorings: faulty questions, in every exam that had them.
        plan_table, holiday_table, template_table, member_table, student_table, parent_table: files of them.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], ids: IdSource) -> None:
        self.plans = Plans(connect)
        self.holidays = Holidays(connect)
        self.settings = Settings(connect)
        self.audit = AuditLog(connect)
        self.files = TableFiles(connect)
        self.moments = RecordMoments(connect)
        self.subscribers = Subscribers(connect)
        self.members = Members(connect)
        self.students, self.parents = Students(connect), Parents(connect)
        self.templates = Templates(connect, ids)
        self.exams = ExamRecords(connect)
        self.questions = Questions(connect)
        self.question_imports = QuestionImports(connect)
        joined = Together(connect)
        self.plan_table = KeptTable(PlanTable(joined), joined, "plan", ids)
        self.member_table = KeptPeople(MemberTable(joined), joined, "staff", ids)
        self.student_table = KeptPeople(StudentTable(joined), joined, "student", ids)
        self.parent_table = KeptPeople(ParentTable(joined), joined, "parent", ids)
        self.holiday_table = KeptTable(HolidayTable(joined, ids), joined, "holiday", ids, whole=True)
        self.template_table = KeptTable(TemplateTable(joined, ids), joined, "template", ids)
        self.question_reviews = QuestionReviews(connect)
        self.own_questions = OwnQuestions(connect)
        self.question_history = QuestionHistory(connect)
        self.rescorings = Rescorings(connect)
