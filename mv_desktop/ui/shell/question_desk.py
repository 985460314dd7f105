"""The questions that a teacher writes, at work: a place of its own while she teaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.question_review import PROPOSAL_SCHEMA, REVIEW_SCHEMA
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.due_count import DueCount
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.place_desk import PlaceDesk
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.deadline_text import moment

if TYPE_CHECKING:
    from mv_desktop.ui.admin.record_screen import RecordScreen
    from mv_desktop.ui.admin.screen import OfficeScreen

QUESTION_PLACE = "questions"
TOLD = (
    "question.approved",
    "question.approved_many",
    "question.changed",
    "question.changed_many",
    "question.rejected",
    "question.remarked",
)
"""The kinds of notices that lead there."""


class QuestionDesk(PlaceDesk["OfficeScreen"]):
    """Hers while she teaches."""

    NAME = QUESTION_PLACE

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        ids: IdSource,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(desk, window, tasks, clock, keys, leave, parent)
        self._ids = ids

    def show(self) -> None:
        """Lead her there, where it is hers."""
        if self.screen is not None:
            self._window.place_requested.emit(QUESTION_PLACE)

    def lead_to(self, question: UUID) -> bool:
        """Show a question, hers or not, for her to change; False where nothing can be proposed."""
        if self.screen is None or self._desk.person.schema_version < PROPOSAL_SCHEMA:
            return False
        self._window.place_requested.emit(QUESTION_PLACE)
        cast("RecordScreen", self.screen.show_subject(self._subject.kind)).lead_to(str(question))
        return True

    # -- what a place says of itself -------------------------------------------------------------------------

    def _is_hers(self) -> bool:
        person = self._desk.person
        barred = person.must_change_password or person.shut_out
        return person.role is StaffRole.TEACHER and person.schema_version >= REVIEW_SCHEMA and not barred

    @staticmethod
    def _import() -> None:
        import mv_desktop.offline.office.question_picture
        import mv_desktop.services.question
        import mv_desktop.services.question_review
        import mv_desktop.ui.admin.own_question
        import mv_desktop.ui.admin.screen  # noqa: F401

    def _make(self) -> OfficeScreen:
        from mv_desktop.ui.admin.own_question import OwnQuestionSubject
        from mv_desktop.ui.admin.screen import OfficeScreen

        desk, zone = self._desk, self._desk.calendar.hours.zone
        office = desk.office(self._ids)
        self._subject = OwnQuestionSubject(
            *(office.own_questions, self._ids, self._when),
            pictures=desk.question_pictures(),
            proposing=desk.person.schema_version >= PROPOSAL_SCHEMA,
        )
        return OfficeScreen(
            [self._subject],
            *(desk.form_drafts(), self._tasks, self._clock, zone, self._window.messages, self._keys()),
            views=desk.saved_views(),
            files=office.files,
            moments=office.moments,
        )

    def _described(self, actions: Mapping[str, QAction]) -> Place:
        return Place(Scope.RECORD, "pen", tr("My questions"), actions, f"app.{QUESTION_PLACE}")

    def _begin(self, screen: OfficeScreen) -> None:
        from mv_desktop.ui.admin.subject import OFFICE_LANE

        self._due = DueCount(self._subject, OFFICE_LANE, QUESTION_PLACE, screen, self._window, self._tasks)

    def _stop(self, screen: OfficeScreen) -> None:
        self._due.stop()
        screen.stop()  # what was typed is on its way to the disk

    # -- private ---------------------------------------------------------------------------------------------

    def _when(self, at: datetime) -> str:
        return moment(at, self._clock.now(), self._desk.calendar.hours.zone)
