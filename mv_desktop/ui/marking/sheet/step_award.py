"""Giving the steps of a scheme, and taking them back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mv_desktop.domain.annotation.margin import Point, free_place, is_free
from mv_desktop.domain.annotation.shape import Stamp
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.stamping import step_stamp
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.tools.tool import STAMP_SIZE
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.commands import MarkingCommands
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet_row import question_name
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.toast import Messages

STEP_COMMANDS = tuple(f"marking.step.{number}" for number in range(1, 10))
"""The commands that give the first steps of a scheme."""


class StepAwards:
    """Gives the steps of the current question's scheme by ticks on the page.

    Args:
        commands: what the screen's other commands do.
        opened: the open script, or None.
    """

    def __init__(
        self,
        views: PageViews,
        commands: MarkingCommands,
        messages: Messages,
        opened: Callable[[], MarkingSession | None],
    ) -> None:
        self._views, self._commands, self._messages, self._opened = views, commands, messages, opened

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command."""
        return {name: partial(self.toggle, number) for number, name in enumerate(STEP_COMMANDS, 1)}

    def toggle(self, number: int) -> None:
        """Give a step of the current question's scheme, from 1, by a tick; again takes that tick away.

        The tick stands where the teacher points, or else in the free margin of a page that answers the question.
        """
        session = self._opened()
        key = None if session is None else session.current
        if session is None or key is None:
            return
        steps = session.script.scheme(key)
        if number > len(steps):
            self._messages.say(_without_step(key, len(steps)))
            return
        given = step_stamp(session.script, key, number)
        if given is not None:
            self._commands.told(lambda session: session.delete((given,)))()
            return
        spot = self._spot_for(session, key)
        if spot is not None:
            self._commands.told(lambda session: session.award_step(key, number, *spot))()

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _view(self) -> PageView:
        return self._views.active

    def _spot_for(self, session: MarkingSession, key: MarkKey) -> Spot | None:
        """Where a stamp for a question goes: where one points, unless that is another question's page or is taken."""
        pointed = self._view.pointed_spot()
        if pointed is not None and _may_answer(session, pointed.page, key):
            place = Point(pointed.x, pointed.y)
            if is_free(place, _stamps_on(session, pointed.page), STAMP_SIZE, self._view.ratio_of(pointed.page)):
                return pointed
        self._commands.follow(key)
        page = self._view.current_page
        if page is None or not _may_answer(session, page, key):
            page = session.page_of(key.question_number) or page
        if page is None:
            return None
        taken, ratio, turns = _stamps_on(session, page), self._view.ratio_of(page), self._view.turns_of(page)
        return Spot(page, *free_place(taken, STAMP_SIZE, ratio, self._view.shown_part(page), turns))


def _may_answer(session: MarkingSession, page: PageRef, key: MarkKey) -> bool:
    """The page is known to answer the question, or not known to answer others."""
    known = session.questions_on(page)
    return not known or key.question_number in known


def _stamps_on(session: MarkingSession, page: PageRef) -> list[Point]:
    ink = session.script.ink.values()
    return [Point(i.annotation.x, i.annotation.y) for i in ink if i.page == page and isinstance(i.annotation, Stamp)]


def _without_step(key: MarkKey, steps: int) -> str:
    name = question_name(key)
    if not steps:
        return tr("Question {number} has no marking scheme.", number=name)
    return tr_count(
        "The scheme of question {number} has one step.",
        "The scheme of question {number} has {count} steps.",
        steps,
        number=name,
    )
