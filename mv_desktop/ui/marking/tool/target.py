"""What the next stamp is for: said on the strip, shown under the pointer, and carried by the stamp.

While something is selected, the strip says what that is for.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from mv_desktop.domain.annotation.belonging import belonging
from mv_desktop.domain.annotation.shape import StampName
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.stamping import Carried
from mv_desktop.ui.canvas.tools.tool import StampInk
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet_row import question_name
from mv_desktop.ui.marking.tool.tool_strip import ToolStrip


class StampTarget:
    """Keeps the page views and the strip of one mind.

    Args:
        opened: the open script, or None.
    """

    def __init__(self, views: PageViews, strip: ToolStrip, opened: Callable[[], MarkingSession | None]) -> None:
        self._views, self._strip, self._opened = views, strip, opened
        self._said = ("", Carried())
        views.set_inkwell(self.ink)

    def ink(self, stamp: StampName | None, page: PageRef) -> StampInk:
        """What a stamp, or with None any other ink, carries on a page."""
        session = self._opened()
        key = None if session is None else session.stamp_key(page)
        if session is None or key is None:
            return StampInk()
        step, marks = Carried() if stamp is None else session.carried(stamp, key)
        return StampInk(key.question_number, key.alternative or None, marks, step=step)

    def set_value(self, value: Decimal | None) -> None:
        """Let a tick carry this from now on; None is what the scheme has next."""
        session = self._opened()
        if session is not None:
            session.stamp_value = value
        self.show()

    def show(self) -> None:
        """Say it anew: the question, the page, the stamp, the marks given or what is selected have changed."""
        session, view = self._opened(), self._views.active
        key = None if session is None else session.stamp_key(view.current_page)
        stamp = view.stamp
        said = ("", Carried())
        if session is not None and key is not None and not session.read_only:
            said = (question_name(key), session.carried(stamp, key))
        ink = () if session is None else [session.annotation(annotation_id) for annotation_id in view.selected]
        if ink:
            self._strip.show_selection(belonging(annotation for annotation in ink if annotation is not None))
        else:
            self._strip.show_target(view.tool_name, stamp, *said)
        if said != self._said:
            self._said = said
            self._views.set_inkwell(self.ink)  # a stamp that follows the pointer says what it gives, too
