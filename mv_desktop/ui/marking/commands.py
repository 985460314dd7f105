"""What the commands of the marking screen do to the open script and to what is seen of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.annotation.belonging import counted_for
from mv_desktop.domain.annotation.shape import STAMP_NAMES, StampName
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import STEP, ZERO
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.tools.table import DRAWING_TOOLS, ToolName
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages, done


class MarkingCommands:
    """Carries out commands on whatever script is open; without one they do nothing.

    Args:
        opened: the open script, or None.

    Attributes:
        leading: a question's page is being gone to; the teacher goes to the question, not to a page.
    """

    def __init__(
        self, views: PageViews, sheet: MarkSheet, messages: Messages, opened: Callable[[], MarkingSession | None]
    ) -> None:
        self._views, self._sheet, self._messages, self._opened = views, sheet, messages, opened
        self.leading = False

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        on_view, on_mark = self._on_view, self._on_current
        stamps: dict[str, Callable[[], object]] = {
            f"marking.stamp.{name}": partial(self._stamp_at_pointer, name) for name in STAMP_NAMES
        }
        tools: dict[str, Callable[[], object]] = {
            f"marking.tool.{name}": on_view(partial(_take, name)) for name in DRAWING_TOOLS
        }
        return (
            stamps
            | tools
            | {
                "marking.ink_color": on_view(PageView.next_ink_color),
                "marking.ink_width": on_view(PageView.next_ink_width),
                "marking.mark_field": self._sheet.focus_mark,
                "marking.comment": self._sheet.focus_comment,
                "marking.half_more": on_mark(lambda session, key: session.nudge(key, STEP)),
                "marking.half_less": on_mark(lambda session, key: session.nudge(key, -STEP)),
                "marking.half_and_next": self._half_and_next,
                "marking.full": on_mark(lambda session, key: session.full(key)),
                "marking.zero": on_mark(lambda session, key: session.give(key, ZERO)),
                "marking.not_attempted": on_mark(lambda session, key: session.toggle_not_attempted(key)),
                "marking.follow_stamps": on_mark(lambda session, key: session.follow_stamps(key)),
                "marking.next_question": partial(self._step, 1),
                "marking.previous_question": partial(self._step, -1),
                "marking.next_unmarked": self._go_to_unmarked,
                "marking.model_answer": self._sheet.fold_answer,
                "marking.question_picture": self._sheet.enlarge_picture,
                "marking.next_page": on_view(PageView.next_page),
                "marking.previous_page": on_view(PageView.previous_page),
                "marking.first_page": on_view(PageView.first_page),
                "marking.last_page": on_view(PageView.last_page),
                "marking.fit_width": on_view(PageView.fit_width),
                "marking.fit_page": on_view(PageView.fit_page),
                "marking.zoom_in": on_view(PageView.zoom_in),
                "marking.zoom_out": on_view(PageView.zoom_out),
                "marking.zoom_100": on_view(lambda view: view.zoom_by(1 / view.zoom)),
                "marking.rotate": on_view(PageView.rotate_page),
                "marking.brighten": on_view(lambda view: view.brighten(1)),
                "marking.brighten_less": on_view(lambda view: view.brighten(-1)),
                "marking.ruler": on_view(lambda view: view.aids.toggle("ruler")),
                "marking.protractor": on_view(lambda view: view.aids.toggle("protractor")),
                "marking.select": on_view(partial(_take, "select")),
                "marking.pan": on_view(partial(_take, "pan")),
                "marking.select_all": on_view(PageView.select_all),
                "marking.select_question": on_mark(self._select_ink_of),
                "marking.delete": on_view(PageView.delete_selection),
                "marking.copy": self._copy,
                "marking.cut": self._changing(on_view(lambda view: view.clippings.cut())),
                "marking.paste": self._changing(on_view(lambda view: view.clippings.paste())),
                "marking.count_for": on_mark(self._count_for),
                "marking.duplicate": self._changing(on_view(lambda view: view.clippings.duplicate())),
                "marking.redo": self.redo,
            }
        )

    def told(self, act: Callable[[MarkingSession], object]) -> Callable[[], None]:
        """`act` on the open script; what it refuses is told."""

        def call() -> None:
            session = self._opened()
            if session is not None:
                done(partial(act, session), self._messages)

        return call

    def undo(self) -> None:
        """Take the last step back, and show where."""
        self.told(partial(self._retrace, redo=False))()

    def redo(self) -> None:
        """Do again what was undone last, and show where."""
        self.told(partial(self._retrace, redo=True))()

    def follow(self, key: MarkKey) -> None:
        """Show the page that answers a question, unless it is on screen already."""
        session = self._opened()
        page = None if session is None else session.page_of(key.question_number)
        current = self._view.current_page
        if session is None or page is None:
            return
        if current is None or key.question_number not in session.questions_on(current):
            self.leading = True
            self._view.go_to_page(page)
            self.leading = False

    def go_to_question(self, number: int) -> None:
        """Make a question the current one (the first side of an either/or), and show its page."""
        session = self._opened()
        key = None if session is None else next((key for key in session.keys if key.question_number == number), None)
        if session is not None and key is not None:
            session.set_current(key)
            self.lead_to(key)

    def lead_to(self, key: MarkKey) -> None:
        """Show what a coordinator pinned of a question that she returned, else the page that answers it."""
        session = self._opened()
        returned = None if session is None else session.view.returned
        pin = None if returned is None else returned.pin(key.question_number)
        self.leading = True
        shown = pin is not None and self._view.show_spot(Spot(pin.page, *pin.spot))
        self.leading = False
        if not shown:
            self.follow(key)

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _view(self) -> PageView:
        return self._views.active

    def _on_view(self, act: Callable[[PageView], object]) -> Callable[[], object]:
        """`act` on the view that is active when the command is given."""
        return lambda: act(self._view)

    def _on_current(self, act: Callable[[MarkingSession, MarkKey], object]) -> Callable[[], None]:
        """`act` on the current question."""

        def on_session(session: MarkingSession) -> None:
            if session.current is not None:
                act(session, session.current)

        return self.told(on_session)

    def _changing(self, act: Callable[[], object]) -> Callable[[], None]:
        """`act` where the script can be changed; elsewhere it is told why it cannot."""

        def on_session(session: MarkingSession) -> None:
            if session.read_only:
                raise NotAllowedError(session.read_only_reason or tr("This script cannot be changed."))
            act()

        return self.told(on_session)

    def _retrace(self, session: MarkingSession, *, redo: bool) -> None:
        """Undo or redo. Ink that changes out of sight is brought into it, and its question is the current one."""
        ink = session.ink_at_stake(redo=redo)
        if not (session.redo() if redo else session.undo()) or not ink:
            return
        keys = {item.annotation.mark_key for item in ink}
        if len(keys) == 1 and (key := keys.pop()) is not None:
            session.set_current(key)
        self.leading = True
        self._view.bring_in(ink)
        self.leading = False

    def _copy(self) -> None:
        """Copy the words that are selected where the keyboard is, as in a question; else what is selected on a page."""
        place = QApplication.focusWidget()
        if isinstance(place, QLabel) and place.hasSelectedText():
            QGuiApplication.clipboard().setText(place.selectedText())
        elif isinstance(place, QTextEdit) and place.textCursor().hasSelection():
            place.copy()
        else:
            self.told(lambda _: self._view.clippings.copy())()

    def _stamp_at_pointer(self, stamp: StampName) -> None:
        session = self._opened()
        if session is not None and not session.read_only:
            self._view.stamp_at_pointer(stamp)

    def _select_ink_of(self, session: MarkingSession, key: MarkKey) -> None:
        """Select what stands on the pages for a question, and show some of it."""
        ink = tuple(placed for placed in session.script.ink.values() if placed.annotation.mark_key == key)
        if not ink:
            self._messages.say(tr("There is no ink for this question."))
            return
        self._view.select(placed.annotation.annotation_id for placed in ink)
        self.leading = True
        self._view.bring_in(ink)
        self.leading = False

    def _count_for(self, session: MarkingSession, key: MarkKey) -> None:
        """Let what is selected count for a question."""
        chosen = [placed for i in self._view.selected if (placed := session.script.ink.get(i)) is not None]
        if chosen:
            session.put(counted_for(chosen, key))
        else:
            self._messages.say(tr("Nothing on the page is selected that could count for this question."))

    def _half_and_next(self) -> None:
        self._on_current(lambda session, key: session.nudge(key, STEP))()
        self._step(1)

    def _step(self, by: int) -> None:
        session = self._opened()
        if session is None or not self._sheet.commit():
            return
        if session.step(by) and session.current is not None:
            self.lead_to(session.current)

    def _go_to_unmarked(self) -> None:
        session = self._opened()
        if session is None:
            return
        key = session.next_unmarked()
        if key is None:
            self._messages.say(tr("Every question has a mark."))
        else:
            session.set_current(key)
            self.lead_to(key)


def _take(tool: ToolName, view: PageView) -> None:
    view.set_tool(tool)
