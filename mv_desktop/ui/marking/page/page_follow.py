"""The current question follows the page, when the page's questions are known (`docs/annotation.md`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.marking.commands import MarkingCommands
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.tasks import Periodic, Tasks

_SETTLED_SECONDS = 0.2
"""Who scrolls past a page does not mean it."""


class PageFollower(QObject):
    """Makes a question of the page current that the teacher went to.

    Args:
        commands: leads from a question to its page; what it shows is not followed back.
        opened: the open script, or None.
    """

    def __init__(
        self,
        views: PageViews,
        sheet: MarkSheet,
        commands: MarkingCommands,
        tasks: Tasks,
        opened: Callable[[], MarkingSession | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._views, self._sheet, self._commands = views, sheet, commands
        self._tasks, self._opened = tasks, opened
        self._waiting: Periodic | None = None
        views.page_changed.connect(self._on_views_page_changed)

    def first(self, handler: Callable[[], object]) -> Callable[[], object]:
        """`handler`, for the question of the page that is looked at, also right after scrolling to it."""

        def call() -> object:
            if self._waiting is not None and self._waiting.active:
                self._settle()
            return handler()

        return call

    def after_tags(self, handler: Callable[[], object]) -> Callable[[], object]:
        """`handler`, which may change what the page is tagged with that is looked at: then it is followed again."""

        def call() -> object:
            session, page = self._opened(), self._views.active.current_page
            before = None if session is None or page is None else session.script.tags.get(page)
            result = handler()
            if session is None or page is None or session is not self._opened():
                return result
            if session.script.tags.get(page) != before and page == self._views.active.current_page:
                self.follow()
            return result

        return call

    def follow(self) -> None:
        """Make a question of the page current that is looked at now, unless the current one is on it."""
        self.forget()
        session, page = self._opened(), self._views.active.current_page
        if session is not None and page is not None:
            key = session.stamp_key(page)
            if key is not None:
                session.set_current(key)

    def follow_ink(self, placed: Iterable[Placed]) -> None:
        """Make the question current that new ink is for.

        Ink that a tool made of other ink, as an eraser does, keeps the question that it had, and leads nowhere.
        """
        session = self._opened()
        if session is None:
            return
        new = [item for item in placed if item.annotation.annotation_id not in session.script.ink]
        keys = {item.annotation.mark_key for item in new}
        if len(keys) == 1 and (key := keys.pop()) is not None and key == session.stamp_key(new[0].page):
            session.set_current(key)

    def forget(self) -> None:
        """Follow nothing that was scrolled to before."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    # -- private ---------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        self.forget()
        if not self._sheet.typing:
            self.follow()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_views_page_changed(self, _page: PageRef) -> None:
        self.forget()
        if not self._commands.leading:
            self._waiting = self._tasks.after(_SETTLED_SECONDS, self._settle, receiver=self)
