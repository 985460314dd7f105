"""A script is checked and submitted: the check before it, where its findings lead, and what the hold says of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.submission import Finding
from mv_desktop.ui.actions import portable
from mv_desktop.ui.marking.commands import MarkingCommands
from mv_desktop.ui.marking.flow.submission_hold import SubmissionHold
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages


class Submission(QObject):
    """Shows the check, and holds what is submitted there.

    Args:
        opened: the open script, or None.
        screen: the check stands over it, and its command's keys submit there, too.
    """

    def __init__(
        self,
        views: PageViews,
        sheet: MarkSheet,
        commands: MarkingCommands,
        messages: Messages,
        hold: SubmissionHold,
        opened: Callable[[], MarkingSession | None],
        screen: QWidget,
    ) -> None:
        super().__init__(screen)
        self._views, self._sheet, self._commands = views, sheet, commands
        self._messages, self._hold = messages, hold
        self._opened, self._screen = opened, screen
        self._check: SubmitCheck | None = None
        hold.released.connect(self._on_hold_released)
        hold.failed.connect(self._on_hold_failed)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        return {"marking.submit": self.check}

    def check(self) -> None:
        """Say what stands in the way; where nothing does, it can be submitted there."""
        session = self._opened()
        if session is None or session.read_only or not self._sheet.commit():
            return
        self._views.main.flush_seen()
        total, possible = session.script.total, session.script.possible_total
        check = SubmitCheck(session.findings(), total, possible, self._keys(), self._screen)
        check.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        check.jump_requested.connect(self.go_to)
        check.submit_requested.connect(self.submit)
        check.finished.connect(self._on_check_finished)
        self._check = check
        check.open()

    def leave(self) -> None:
        """The script is left: a check that is still open would submit the next one, which it did not look at."""
        if self._check is not None:
            self._check.reject()

    def submit(self) -> None:
        """Submit the open script, unless that is taken back; nothing can be changed from this moment on."""
        session = self._opened()
        if session is not None:
            session.freeze(submitted_sentence())
            self._hold.hold(session)

    def go_to(self, finding: Finding) -> None:
        """Go to the page or the question that a finding is about."""
        session = self._opened()
        if session is None:
            return
        if finding.page is not None:
            view = self._views.active
            view.go_to_page(finding.page)
            take_keyboard(view)
            return
        sides = [key for key in session.keys if key.question_number == finding.question_number]
        key = next((key for key in sides if key.alternative == finding.alternative), next(iter(sides), None))
        if key is not None:
            session.set_current(key)
            self._commands.follow(key)
            self._sheet.focus_mark()

    # -- private ---------------------------------------------------------------------------------------------

    def _keys(self) -> list[str]:
        action = self._screen.findChild(QAction, "marking.submit")
        return [] if action is None else [portable(key.toString()) for key in action.shortcuts()]

    def _session_of(self, evaluation_id: EvaluationId) -> MarkingSession | None:
        """The open script, when it is this one."""
        session = self._opened()
        return session if session is not None and session.view.evaluation_id == evaluation_id else None

    def _on_check_finished(self, _result: int) -> None:
        self._check = None

    def _on_hold_released(self, evaluation_id: EvaluationId) -> None:
        session = self._session_of(evaluation_id)
        if session is not None:
            session.thaw()

    def _on_hold_failed(self, evaluation_id: EvaluationId, error: Exception) -> None:
        session = self._session_of(evaluation_id)
        if session is not None and not self._hold.can_take_back(evaluation_id):
            session.thaw()
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            raise error


def submitted_sentence() -> str:
    """Why a script that is being submitted cannot be changed."""
    return tr("Submitted. For ten seconds it can be taken back.")
