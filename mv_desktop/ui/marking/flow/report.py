"""What the teacher tells the coordinator without leaving the script: flags, rescans, and handing it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import FlagId, PageRef
from mv_desktop.domain.operation import HandBack
from mv_desktop.ui.marking.flow.flag_dialog import FlagDialog, NewFlag
from mv_desktop.ui.marking.flow.hand_back_dialog import HandBackDialog
from mv_desktop.ui.marking.flow.submission_hold import SubmissionHold
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages, done


class Report(QObject):
    """Asks for reasons, and carries out what was said on the open script.

    Args:
        opened: the open script, or None.
        parent: the screen, over which the dialogs stand.
    """

    def __init__(
        self,
        views: PageViews,
        sheet: MarkSheet,
        messages: Messages,
        hold: SubmissionHold,
        opened: Callable[[], MarkingSession | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._views, self._sheet, self._messages, self._hold = views, sheet, messages, hold
        self._opened, self._screen = opened, parent

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        return {
            "marking.flag": self.ask_flag,
            "marking.hand_back": self.ask_hand_back,
            "marking.rescan": lambda: self.ask_rescan(self._views.active.current_page),
        }

    def ask_flag(self) -> None:
        """Ask what is wrong, and where; the place is what is pointed at now. Of a script that is done, only show."""
        session = self._opened()
        reads = session is not None and session.read_only and bool(session.flags)
        if not reads:
            session = self._workable()
        if session is None:
            return
        pointed = self._views.active.pointed_spot()
        page = self._views.active.current_page if pointed is None else pointed.page
        spot = None if pointed is None else Spot(round(pointed.x, 4), round(pointed.y, 4))
        dialog = FlagDialog(session.view.script_code, page, spot, session.flags, self._screen, read_only=reads)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.raise_requested.connect(partial(self._on_raise_requested, session))
        dialog.withdraw_requested.connect(partial(self._on_withdraw_requested, session))
        dialog.open()

    def ask_hand_back(self) -> None:
        """Ask why the script is handed back."""
        session = self._workable()
        if session is None:
            return
        dialog = HandBackDialog(
            session.view.script_code, session.script.marked, len(session.script.written), self._screen
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.hand_back_requested.connect(partial(self._on_hand_back_requested, session))
        dialog.open()

    def ask_rescan(self, page: PageRef | None) -> None:
        """Ask the coordinator for a better picture of a page, once."""
        session = self._opened()
        if page is None or session is None:
            return
        if session.rescan_asked(page):
            self._messages.say(tr("A rescan of page {page} was already asked for.", page=page.label))
        elif done(lambda: session.ask_rescan(page), self._messages):
            self._messages.say(tr("The coordinator is asked for a rescan of page {page}.", page=page.label))

    # -- private ---------------------------------------------------------------------------------------------

    def _workable(self) -> MarkingSession | None:
        """The open script when something can be done with it; else it is said why not."""
        session = self._opened()
        if session is None:
            return None
        if session.read_only:
            self._messages.say(session.read_only_reason)
            return None
        return session if self._sheet.commit() else None

    def _on_raise_requested(self, session: MarkingSession, wanted: NewFlag) -> None:
        if session is not self._opened():
            return  # another script is open behind the dialog
        if any(_tells_the_same(flag, wanted) for flag in session.flags):
            self._messages.say(tr("The coordinator was told that before."))
            return
        try:
            flag_id = session.raise_flag(wanted.reason, wanted.comment, wanted.page, wanted.spot)
        except UserError as error:
            self._messages.tell(error)
            return
        self._messages.say(tr("The coordinator is told."), undo=partial(self._undo_flag, flag_id))

    def _on_withdraw_requested(self, session: MarkingSession, flag_id: FlagId) -> None:
        if session is self._opened() and done(lambda: session.withdraw_flag(flag_id), self._messages):
            self._messages.say(tr("The flag is withdrawn."))

    def _on_hand_back_requested(self, session: MarkingSession, reason: HandBack) -> None:
        if session is self._opened() and not session.read_only:
            self._views.main.flush_seen()
            session.freeze(handed_back_sentence())
            self._hold.hand_back(session, reason)

    def _undo_flag(self, flag_id: FlagId) -> None:
        """The message's button, of that very flag; nothing when it is withdrawn already, or its script was left."""
        session = self._opened()
        if session is not None:
            done(lambda: session.withdraw_flag(flag_id), self._messages)


def _tells_the_same(flag: Flag, wanted: NewFlag) -> bool:
    """Whether `wanted` adds nothing to a flag that is still to be answered."""
    same = (flag.reason, flag.comment, flag.page, flag.spot) == (
        wanted.reason,
        wanted.comment,
        wanted.page,
        wanted.spot,
    )
    return same and not flag.answered


def handed_back_sentence() -> str:
    """Why a script that is being handed back cannot be changed."""
    return tr("Handed back. For ten seconds it can be taken back.")
