"""How the pages of the open script are looked at: the view and the list beside it, what was read, and the place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from mv_desktop.domain.evaluation import PageInfo, Place
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.returned import Pinned
from mv_desktop.ui.canvas.flag_item import FlagLayer
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.magnifier import Magnifier
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.flow.flag_text import flag_text
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.port import STORE_LANE, PlaceStore
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr

_PLACE_SECONDS = 5.0


class Reading(QObject):
    """Shows a session's pages, and remembers how they were looked at.

    Args:
        opened: the open script, or None.
    """

    def __init__(
        self,
        views: PageViews,
        pages: PageList,
        images: ImageCache,
        store: PlaceStore,
        tasks: Tasks,
        opened: Callable[[], MarkingSession | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._views, self._pages, self._images = views, pages, images
        self._store, self._tasks, self._opened = store, tasks, opened
        self._kept_place: Place | None = None
        self._magnifiers: dict[PageView, Magnifier] = {}
        self._flags: dict[PageView, FlagLayer] = {}
        views.each(self._add_view)
        views.look_changed.connect(self._on_views_look_changed)
        views.activated.connect(self._on_views_activated)
        views.second_shown.connect(self._show_flags)
        views.main.seen.connect(self._on_view_seen)
        pages.page_chosen.connect(self._on_pages_page_chosen)
        tasks.tick(_PLACE_SECONDS, self.keep_place, receiver=self)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What is called for each command that is about reading."""
        return {"marking.magnifier": self._toggle_magnifier, "marking.split": self._split}

    def cancel(self) -> bool:
        """What Escape does when nothing is selected or drawn: put the magnifier away. False when there is none."""
        on = self._magnifying
        self._magnifiers[self._views.active].take(on=False)
        return on

    def focus_pages(self) -> None:
        """Give the pages the keyboard, also from another window."""
        take_keyboard(self._views.active)

    def show(self, session: MarkingSession, pictures: PictureSource, place: Place | None) -> None:
        """Show a session's pages at `place`, or from the top."""
        self._kept_place = place
        self._show(session, pictures, place)

    def close(self) -> None:
        """Show no pages. Where one was is kept, and what was read is told; the list is its owner's to empty."""
        self.keep_place()
        self._views.close_script()

    def pages_changed(self, session: MarkingSession, pages: Sequence[PageInfo], pictures: PictureSource) -> None:
        """Pages of the script arrived, or turned out not to be showable."""
        self._forget_what_was_replaced(session, pages)
        others = [page.ref for page in pages] != [page.ref for page in session.view.pages]
        known, session.view.pages = frozenset(session.view.pages), tuple(pages)
        if others:
            self._show(session, pictures, self._views.main.place())
            return
        for page in pages:
            if page not in known or not self._shows(page.ref):
                self._views.update_page(page)  # read again, any other would flicker
        self.show_flags(session)
        self._list(session)

    def show_flags(self, session: MarkingSession) -> None:
        """Show what the coordinator was told: where a rescan was asked for, and the spots; and what she pinned."""
        self._views.set_flagged(page.ref for page in session.view.pages if session.rescan_asked(page.ref))
        for view in self._views.shown:
            flags = ((flag, flag_text(flag)) for flag in session.flags)
            self._flags[view].show(view.sheet, flags, _pins(session))

    def keep_place(self) -> None:
        """Remember where one is, when that changed."""
        place = self._views.main.place()
        session = self._opened()
        if session is None or place is None or place == self._kept_place:
            return
        self._kept_place = place
        self._tasks.run(STORE_LANE, partial(self._store.set_place, session.view.evaluation_id, place), _nothing)

    # -- private ---------------------------------------------------------------------------------------------

    def _forget_what_was_replaced(self, session: MarkingSession, pages: Sequence[PageInfo]) -> None:
        """What was seen of a page that has a new scan was another picture."""
        before = {page.ref: page.upload_id for page in session.view.pages}
        for page in pages:
            if before.get(page.ref, page.upload_id) != page.upload_id:
                self._views.main.forget_seen(page.ref)
                session.forget_seen(page.ref)

    def _show(self, session: MarkingSession, pictures: PictureSource, place: Place | None) -> None:
        pages = session.view.pages
        self._views.show_script(pages, session.script, pictures, place)
        self.show_flags(session)
        self._list(session)

    def _list(self, session: MarkingSession) -> None:
        sheet = self._views.main.sheet
        self._pages.set_session(session, None if sheet is None else sheet.album)
        self._on_views_look_changed()

    def _add_view(self, view: PageView) -> None:
        self._magnifiers[view] = Magnifier(view, self._images)
        self._flags[view] = FlagLayer()
        view.arrived.connect(self._show_flags)
        view.dressed.connect(self._show_flags)

    def _shows(self, ref: PageRef) -> bool:
        """Nothing stands in the way of a page's picture."""
        sheet = self._views.main.sheet
        item = None if sheet is None else sheet.page(ref)
        return item is not None and item.here

    def _show_flags(self) -> None:
        session = self._opened()
        if session is not None:
            self.show_flags(session)

    @property
    def _magnifying(self) -> bool:
        return self._magnifiers[self._views.active].on

    def _toggle_magnifier(self) -> None:
        self._magnifiers[self._views.active].toggle()

    def _on_views_activated(self, view: PageView) -> None:
        """The magnifier goes along."""
        on = any(magnifier.on for magnifier in self._magnifiers.values())
        for its_view, magnifier in self._magnifiers.items():
            magnifier.take(on=on and its_view is view)

    def _split(self) -> None:
        self._views.split()

    def _on_pages_page_chosen(self, page: PageRef) -> None:
        self._views.active.go_to_page(page)

    def _on_views_look_changed(self) -> None:
        sheet = self._views.main.sheet
        if sheet is not None:
            self._pages.show_turns(dict(sheet.turns()))

    def _on_view_seen(self, page: PageRef, seconds: float, share: float) -> None:
        session = self._opened()
        if session is not None:
            session.see_page(page, seconds, share)


def _nothing(_: object) -> None:
    """The place is kept; nobody has to know."""


def _pins(session: MarkingSession) -> list[tuple[int, Pinned, str]]:
    """What was returned with a place, each with its question and why."""
    returned = session.view.returned
    return [
        (one.question_number, one.pin, tr("Question {number}", number=one.question_number) + f": {one.reason}")
        for one in (returned.questions if returned is not None else ())
        if one.pin is not None
    ]
