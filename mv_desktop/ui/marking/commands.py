"""What the commands of the marking screen do to the open script and to what is seen of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mv_desktop.core.errors import NotAllowedError, UserError
from mv_desktop.domain.annotation.shape import STAMP_NAMES, StampName
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import STEP, ZERO
from mv_desktop.ui.canvas.tools.table import DRAWING_TOOLS
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet import MarkSheet
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages


class MarkingCommands:
    """Carries out commands on whatever script is open; without one they do nothing.

    Args:
        opened: the open script, or None.

    Attributes:
        leading: a question's page is being gone to; the teacher goes to the question, not to a page.
    """

    def __init__(
        self, view: PageView, sheet: MarkSheet, messages: Messages, opened: Callable[[], MarkingSession | None]
    ) -> None:
        self._view, self._sheet, self._messages, self._opened = view, sheet, messages, opened
        self.leading = False

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        view, on_mark = self._view, self._on_current
        stamps: dict[str, Callable[[], object]] = {
            f"marking.stamp.{name}": partial(self._stamp_at_pointer, name) for name in STAMP_NAMES
        }
        tools: dict[str, Callable[[], object]] = {
            f"marking.tool.{name}": partial(view.set_tool, name) for name in DRAWING_TOOLS
        }
        return (
            stamps
            | tools
            | {
                "marking.ink_color": view.next_ink_color,
                "marking.ink_width": view.next_ink_width,
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
                "marking.next_page": view.next_page,
                "marking.previous_page": view.previous_page,
                "marking.first_page": view.first_page,
                "marking.last_page": view.last_page,
                "marking.fit_width": view.fit_width,
                "marking.fit_page": view.fit_page,
                "marking.zoom_in": view.zoom_in,
                "marking.zoom_out": view.zoom_out,
                "marking.zoom_100": lambda: view.zoom_by(1 / view.zoom),
                "marking.rotate": view.rotate_page,
                "marking.brighten": lambda: view.brighten(1),
                "marking.brighten_less": lambda: view.brighten(-1),
                "marking.ruler": partial(view.aids.toggle, "ruler"),
                "marking.protractor": partial(view.aids.toggle, "protractor"),
                "marking.select": lambda: view.set_tool("select"),
                "marking.select_all": view.select_all,
                "marking.delete": view.delete_selection,
                "marking.copy": self.told(lambda _: view.clippings.copy()),
                "marking.cut": self._changing(view.clippings.cut),
                "marking.paste": self._changing(view.clippings.paste),
                "marking.duplicate": self._changing(view.clippings.duplicate),
                "marking.redo": self.told(lambda session: session.redo()),
            }
        )

    def told(self, act: Callable[[MarkingSession], object]) -> Callable[[], None]:
        """`act` on the open script; what it refuses is told."""

        def call() -> None:
            session = self._opened()
            if session is None:
                return
            try:
                act(session)
            except UserError as error:
                self._messages.tell(error)

        return call

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
            self.follow(key)

    # -- private ---------------------------------------------------------------------------------------------

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

    def _stamp_at_pointer(self, stamp: StampName) -> None:
        session = self._opened()
        if session is not None and not session.read_only:
            self._view.stamp_at_pointer(stamp)

    def _half_and_next(self) -> None:
        self._on_current(lambda session, key: session.nudge(key, STEP))()
        self._step(1)

    def _step(self, by: int) -> None:
        session = self._opened()
        if session is None or not self._sheet.commit():
            return
        if session.step(by) and session.current is not None:
            self.follow(session.current)

    def _go_to_unmarked(self) -> None:
        session = self._opened()
        if session is None:
            return
        key = session.next_unmarked()
        if key is None:
            self._messages.say(tr("Every question has a mark."))
        else:
            session.set_current(key)
            self.follow(key)
