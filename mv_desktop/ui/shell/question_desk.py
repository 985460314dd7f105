"""The questions that a teacher writes, at work: a place of its own while she teaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.question_review import REVIEW_SCHEMA
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.deadline_text import moment

if TYPE_CHECKING:
    from mv_desktop.ui.admin.screen import OfficeScreen

QUESTION_PLACE = "questions"
TOLD = ("question.approved", "question.approved_many", "question.rejected", "question.remarked")
"""The kinds of notices that lead there."""


class QuestionDesk(QObject):
    """Adds the place when she teaches, and takes it away when she does no more.

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
        ids: IdSource,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._window, self._tasks, self._clock, self._ids = desk, window, tasks, clock, ids
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

    def show(self) -> None:
        """Lead her there, where it is hers."""
        if self.screen is not None:
            self._window.place_requested.emit(QUESTION_PLACE)

    def close(self) -> None:
        """The workspace ends: what was typed is on its way to the disk."""
        self._closing = True
        if self.screen is not None:
            self.screen.stop()

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _hers(self) -> bool:
        person = self._desk.person
        barred = person.must_change_password or person.shut_out
        return person.role is StaffRole.TEACHER and person.schema_version >= REVIEW_SCHEMA and not barred

    def _when(self, at: datetime) -> str:
        return moment(at, self._clock.now(), self._desk.calendar.hours.zone)

    def _take_away(self) -> None:
        screen, self.screen = self.screen, None
        if screen is None:
            return
        if self._window.place == QUESTION_PLACE:
            self._leave()
        screen.stop()
        self._window.keys_changed.disconnect(screen.set_keys)
        self._window.remove_place(QUESTION_PLACE)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imported(self, _: None) -> None:
        if self._closing or not self._hers or self.screen is not None:
            return
        from mv_desktop.ui.admin.own_question import OwnQuestionSubject
        from mv_desktop.ui.admin.screen import OfficeScreen

        desk, window = self._desk, self._window
        own = desk.office(self._ids).own_questions
        self.screen = OfficeScreen(
            [OwnQuestionSubject(own, self._ids, self._when, pictures=desk.question_pictures())],
            *(desk.form_drafts(), self._tasks, self._clock, desk.calendar.hours.zone, window.messages, self._keys()),
            views=desk.saved_views(),
        )
        place = Place(Scope.RECORD, "pen", tr("My questions"), self.screen.actions_by_id, f"app.{QUESTION_PLACE}")
        window.add_place(QUESTION_PLACE, place, self.screen)
        window.keys_changed.connect(self.screen.set_keys)


def _import_screen() -> None:
    """Takes a moment, which the queue need not wait for."""
    import mv_desktop.offline.office.question_picture
    import mv_desktop.services.question
    import mv_desktop.services.question_review
    import mv_desktop.ui.admin.own_question
    import mv_desktop.ui.admin.screen  # noqa: F401
