"""The office of who administers, at work: a place of its own while it is hers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtGui import QAction

from mv_desktop.core.ids import id_source
from mv_desktop.domain.adjustment import FAULT_SCHEMA, FAULTY
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.person import AccountState
from mv_desktop.domain.question_review import ReviewState
from mv_desktop.domain.record import Wanted
from mv_desktop.ui.actions import Scope
from mv_desktop.ui.shell.due_count import DueCount
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.place_desk import PlaceDesk
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.deadline_text import moment

if TYPE_CHECKING:
    from mv_desktop.ui.admin.screen import OfficeScreen

OFFICE_PLACE = "office"
WAITING = "question.waiting"
"""The kind of notices that lead to what waits for an admin."""
PROPOSED = "question.fault_proposed"
"""The kind of those that lead to what is proposed as faulty."""
STUCK = "exam.stuck"
"""The kind of those of an exam that cannot be scored, of which the log says more."""
ALONE = "staff.nobody_coordinates"
"""The kind of those that lead to the staff, of whom somebody should coordinate."""


class OfficeDesk(PlaceDesk["OfficeScreen"]):
    """Hers while she administers."""

    NAME = OFFICE_PLACE

    def show_waiting(self) -> None:
        """Look at the questions that wait for an admin."""
        self._show(ReviewState.WAITING)

    def show_proposed(self) -> None:
        """Look at the questions that are proposed as faulty."""
        self._show(FAULTY)

    def show_staff(self) -> None:
        """Look at who can sign in, any of whom could coordinate."""
        self._show(AccountState.ACTIVE, "member", "state")

    def show_log(self, record: UUID) -> bool:
        """Look at all that was done to one thing; False where she has no office."""
        if self.screen is None:
            return False
        self._window.place_requested.emit(OFFICE_PLACE)
        self.screen.show_subject("audit").list.look_for(Wanted(str(record)))
        return True

    def lead_to(self, kind: str, key: str) -> None:
        """Look at one record, by its kind and its id, listed or not."""
        if self.screen is not None:
            self._window.place_requested.emit(OFFICE_PLACE)
            self.screen.lead_to(kind, key)

    # -- what a place says of itself -------------------------------------------------------------------------

    def _is_hers(self) -> bool:
        person = self._desk.person
        return person.role is StaffRole.ADMIN and not person.must_change_password and not person.shut_out

    @staticmethod
    def _import() -> None:
        import mv_desktop.offline.office.question_picture
        import mv_desktop.services.audit
        import mv_desktop.services.audit_log
        import mv_desktop.services.calendar
        import mv_desktop.services.change
        import mv_desktop.services.computer
        import mv_desktop.services.exam_record
        import mv_desktop.services.family
        import mv_desktop.services.member
        import mv_desktop.services.plan
        import mv_desktop.services.question
        import mv_desktop.services.question_review
        import mv_desktop.services.setting
        import mv_desktop.services.subscriber
        import mv_desktop.services.template
        import mv_desktop.ui.admin.audit
        import mv_desktop.ui.admin.exam_window
        import mv_desktop.ui.admin.holiday
        import mv_desktop.ui.admin.member
        import mv_desktop.ui.admin.parent
        import mv_desktop.ui.admin.plan
        import mv_desktop.ui.admin.question
        import mv_desktop.ui.admin.screen
        import mv_desktop.ui.admin.setting
        import mv_desktop.ui.admin.student
        import mv_desktop.ui.admin.subscription
        import mv_desktop.ui.admin.template  # noqa: F401

    def _make(self) -> OfficeScreen:
        from mv_desktop.ui.admin.audit import AuditSubject
        from mv_desktop.ui.admin.exam_window import ExamDesk
        from mv_desktop.ui.admin.holiday import HolidaySubject
        from mv_desktop.ui.admin.member import MemberSubject
        from mv_desktop.ui.admin.parent import ParentSubject
        from mv_desktop.ui.admin.plan import PlanSubject
        from mv_desktop.ui.admin.question import QuestionSubject
        from mv_desktop.ui.admin.screen import OfficeScreen
        from mv_desktop.ui.admin.setting import SettingSubject
        from mv_desktop.ui.admin.student import StudentSubject
        from mv_desktop.ui.admin.subscription import SubscriptionSubject
        from mv_desktop.ui.admin.template import TemplateSubject

        desk = self._desk
        office = desk.office(id_source(self._clock))
        zone = desk.calendar.hours.zone
        holidays = HolidaySubject(
            *(office.holidays, id_source(self._clock), self._today),
            lambda: desk.calendar.hours.weekly_off,
            office.holiday_table,
        )
        pictures = desk.question_pictures()
        look = None if pictures is None else pictures.look
        exams = ExamDesk(office.exams, lambda place: None if look is None else look(place).data, self._when)
        self._questions = QuestionSubject(
            *(office.questions, id_source(self._clock), office.question_imports),
            *(office.question_reviews, self._when),
            pictures=pictures,
            printed=office.questions.printed,
            faults=office.rescorings,
            proposed=desk.person.schema_version >= FAULT_SCHEMA,
            history=office.question_history,
            zone=zone,
        )
        return OfficeScreen(
            [
                PlanSubject(office.plans, office.plan_table),
                MemberSubject(office.members, office.member_table, self._when),
                StudentSubject(office.students, office.student_table, exams),
                ParentSubject(office.parents, office.parent_table),
                SubscriptionSubject(office.subscribers, self._today, exams),
                TemplateSubject(office.templates, self._tasks, office.template_table, look, exams),
                holidays,
                SettingSubject(office.settings),
                self._questions,
                AuditSubject(office.audit, self._clock, zone),
            ],
            *(desk.form_drafts(), self._tasks, self._clock, zone, self._window.messages, self._keys()),
            views=desk.saved_views(),
            files=office.files,
            moments=office.moments,
        )

    def _described(self, actions: Mapping[str, QAction]) -> Place:
        inner = {} if self.screen is None else self.screen.inner
        return Place(Scope.RECORD, "folder", tr("Office"), actions, f"app.{OFFICE_PLACE}", inner=inner)

    def _begin(self, screen: OfficeScreen) -> None:
        from mv_desktop.ui.admin.subject import OFFICE_LANE

        self._due = DueCount(self._questions, OFFICE_LANE, OFFICE_PLACE, screen, self._window, self._tasks)

    def _stop(self, screen: OfficeScreen) -> None:
        self._due.stop()
        screen.stop()  # what was typed is on its way to the disk

    # -- private ---------------------------------------------------------------------------------------------

    def _show(self, value: str, subject: str = "question", choice: str = "status") -> None:
        if self.screen is not None:
            self._window.place_requested.emit(OFFICE_PLACE)
            self.screen.show_subject(subject).list.look_for(Wanted("", {choice: value}))

    def _today(self) -> date:
        return self._clock.now().astimezone(self._desk.calendar.hours.zone).date()

    def _when(self, at: datetime) -> str:
        return moment(at, self._clock.now(), self._desk.calendar.hours.zone)
