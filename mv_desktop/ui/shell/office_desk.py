"""The office of who administers, at work: a place of its own while it is hers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import id_source
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.question_review import ReviewState
from mv_desktop.domain.record import Wanted
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.deadline_text import moment

if TYPE_CHECKING:
    from mv_desktop.ui.admin.screen import OfficeScreen

OFFICE_PLACE = "office"
WAITING = "question.waiting"
"""The kind of notices that lead to what waits for an admin."""


class OfficeDesk(QObject):
    """Adds the place when she administers, and takes it away when she does no more.

    Args:
        keys: as the person has them now.
        leave: leads elsewhere when the place goes away under her.

    Attributes:
        screen: the place; None while it is not there.
    """

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._window, self._tasks, self._clock = desk, window, tasks, clock
        self._keys, self._leave = keys, leave
        self._closing = False
        self.screen: OfficeScreen | None = None

    def begin(self) -> None:
        """Look whether it is hers; what it needs is imported beside the window."""
        if self._closing or self._hers == (self.screen is not None):
            return
        if self.screen is None:
            self._tasks.run(IMPORT_LANE, _import_screen, self._on_imported, receiver=self)
        else:
            self._take_away()

    def close(self) -> None:
        """The workspace ends: what was typed is on its way to the disk."""
        self._closing = True
        if self.screen is not None:
            self.screen.stop()

    def show_waiting(self) -> None:
        """Look at the questions that wait for an admin."""
        if self.screen is not None:
            self._window.place_requested.emit(OFFICE_PLACE)
            self.screen.show_subject("question").list.look_for(Wanted("", {"status": ReviewState.WAITING}))

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _hers(self) -> bool:
        person = self._desk.person
        return person.role is StaffRole.ADMIN and not person.must_change_password and not person.shut_out

    def _today(self) -> date:
        return self._clock.now().astimezone(self._desk.calendar.hours.zone).date()

    def _when(self, at: datetime) -> str:
        return moment(at, self._clock.now(), self._desk.calendar.hours.zone)

    def _take_away(self) -> None:
        screen, self.screen = self.screen, None
        if screen is None:
            return
        if self._window.place == OFFICE_PLACE:
            self._leave()
        screen.stop()
        self._window.keys_changed.disconnect(screen.set_keys)
        self._window.remove_place(OFFICE_PLACE)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imported(self, _: None) -> None:
        if self._closing or not self._hers or self.screen is not None:
            return
        from mv_desktop.ui.admin.audit import AuditSubject
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

        desk, window = self._desk, self._window
        office = desk.office(id_source(self._clock))
        zone = desk.calendar.hours.zone
        holidays = HolidaySubject(
            *(office.holidays, id_source(self._clock), self._today),
            lambda: desk.calendar.hours.weekly_off,
            office.holiday_table,
        )
        pictures = desk.question_pictures()
        look = None if pictures is None else pictures.look
        self.screen = OfficeScreen(
            [
                PlanSubject(office.plans, office.plan_table),
                MemberSubject(office.members, office.member_table),
                StudentSubject(office.students, office.student_table),
                ParentSubject(office.parents, office.parent_table),
                SubscriptionSubject(office.subscribers, self._today),
                TemplateSubject(office.templates, self._tasks, office.template_table, look, self._when),
                holidays,
                SettingSubject(office.settings),
                QuestionSubject(
                    *(office.questions, id_source(self._clock), office.question_imports),
                    *(office.question_reviews, self._when),
                    pictures=pictures,
                    printed=office.questions.printed,
                    faults=office.rescorings,
                    history=office.question_history,
                    zone=zone,
                ),
                AuditSubject(office.audit, self._clock, zone),
            ],
            *(desk.form_drafts(), self._tasks, self._clock, zone, window.messages, self._keys()),
            views=desk.saved_views(),
        )
        place = Place(Scope.RECORD, "folder", tr("Office"), self.screen.actions_by_id, f"app.{OFFICE_PLACE}")
        window.add_place(OFFICE_PLACE, place, self.screen)
        window.keys_changed.connect(self.screen.set_keys)


def _import_screen() -> None:
    """Takes a moment, which the queue need not wait for."""
    import mv_desktop.offline.office.question_picture
    import mv_desktop.services.audit
    import mv_desktop.services.audit_log
    import mv_desktop.services.calendar
    import mv_desktop.services.change
    import mv_desktop.services.family
    import mv_desktop.services.member
    import mv_desktop.services.plan
    import mv_desktop.services.question
    import mv_desktop.services.question_review
    import mv_desktop.services.setting
    import mv_desktop.services.subscriber
    import mv_desktop.services.template
    import mv_desktop.ui.admin.audit
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
