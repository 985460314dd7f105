"""The pages of the open script in one view, or in two: a question's first page and its last, a page and the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.evaluation import Fit, PageInfo, Place
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.tools.tool import Inkwell
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import tr

_DETAIL = 1.5
"""Pages so many times as wide as the window are looked at for a detail: nobody reads a script so."""
_MEANS = {QEvent.Type.FocusIn, QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress}
"""What happens on a view that is meant: its tool is the one in hand before it is used, also by a pen."""
_COMES = {QEvent.Type.Enter, QEvent.Type.TabletMove}
"""What happens where the pointer comes over a view: of a tablet's pen Qt does not say that it does."""


class PageViews(QSplitter):
    """One or two views of a script. Each scrolls and zooms on its own; the active one is meant by keys and buttons.

    Keys follow the pointer from one view to the other. The place that is remembered is the first view's.

    Signals:
        page_changed(PageRef), zoom_changed(float), tool_changed(ToolName): of the active view, also when another
            becomes active.
        look_changed(): pages are turned or brightened otherwise, in both.
        activated(PageView): another view is the active one.
        second_shown(): the script is in the second view, too.

    Attributes:
        main: the view that is always there.
    """

    page_changed = Signal(object)
    zoom_changed = Signal(float)
    tool_changed = Signal(str)
    look_changed = Signal()
    activated = Signal(object)
    second_shown = Signal()

    def __init__(self, images: ImageCache, tasks: Tasks, ids: IdSource, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._images, self._tasks, self._ids = images, tasks, ids
        self._connectors: list[Callable[[PageView], object]] = []
        self._script: tuple[tuple[PageInfo, ...], MarkedScript, PictureSource] | None = None
        self._flagged: frozenset[PageRef] = frozenset()
        self._inkwell: Inkwell | None = None
        self._read_only = False
        self._second: PageView | None = None
        self._filling: Periodic | None = None
        self.setChildrenCollapsible(False)
        self.main = PageView(images, tasks, ids, self)
        self._active = self.main
        self.addWidget(self.main)
        mark_parts(self.main)
        self._listen_to(self.main)

    @property
    def active(self) -> PageView:
        """The view that is meant by keys and buttons."""
        return self._active

    @property
    def second(self) -> PageView | None:
        """The view beside the first, while there is one."""
        return self._second if self._second is not None and not self._second.isHidden() else None

    @property
    def shown(self) -> tuple[PageView, ...]:
        """The views that are there."""
        return (self.main,) if self.second is None else (self.main, self.second)

    def each(self, connect: Callable[[PageView], object]) -> None:
        """Call `connect` with every view, also with one that is made later."""
        self._connectors.append(connect)
        for view in (self.main, self._second):
            if view is not None:
                connect(view)

    # -- the script, in all views ----------------------------------------------------------------------------

    def show_script(
        self, pages: Sequence[PageInfo], script: MarkedScript, source: PictureSource, place: Place | None
    ) -> None:
        """Show a script at `place`, or at its top as large as the one before; a second view stays as large as it is.

        A second view that is not the active one is filled a turn later: both at once would be felt.
        """
        second, fit, zoom = self.second, self._fit_of_second(), 1.0 if self.second is None else self.second.zoom
        self.close_script()
        self._script = (tuple(pages), script, source)
        self._flagged = frozenset()
        self.main.show_script(pages, script, source, place=place or self._as_large_as_before(pages))
        if second is None:
            return
        if second is self._active:
            self._fill(second, fit, zoom)
        else:
            second.setUpdatesEnabled(False)  # it goes on showing what it showed: it is empty for no moment
            self._filling = self._tasks.after(0.0, partial(self._fill_late, second, fit, zoom), receiver=self)

    def close_script(self) -> None:
        """Show nothing. What was read is told."""
        self._stop_filling()
        if self._second is not None:
            self._second.close_script()  # first: its pictures are the other's
        self.main.close_script()
        self._script = None

    def show_change(self, change: Change) -> None:
        """Show what has changed in the script, and only that."""
        for view in self.shown:
            view.refresh(change)

    def update_page(self, info: PageInfo) -> None:
        """A page's files came to this computer, or more is known of it."""
        if self._script is not None:
            pages, script, source = self._script
            self._script = (tuple(info if page.ref == info.ref else page for page in pages), script, source)
        for view in self.shown:
            view.update_page(info)

    def set_flagged(self, refs: Iterable[PageRef]) -> None:
        """The pages for which a rescan was already asked."""
        self._flagged = frozenset(refs)
        for view in self.shown:
            view.set_flagged(self._flagged)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        """Only look: no request is made."""
        self._read_only = read_only
        for view in self.shown:
            view.set_read_only(read_only)

    def set_inkwell(self, inkwell: Inkwell | None) -> None:
        """Who says what a stamp carries that is about to be placed."""
        self._inkwell = inkwell
        for view in self.shown:
            view.set_inkwell(inkwell)

    def shutdown(self) -> None:
        """The program ends."""
        for view in (self._second, self.main):
            if view is not None:
                view.shutdown()

    # -- two views -------------------------------------------------------------------------------------------

    def split(self) -> None:
        """A second view beside the first; then below it; then no second view."""
        second = self.second
        if second is None:
            self._open_second()
        elif self.orientation() == Qt.Orientation.Horizontal:
            self.setOrientation(Qt.Orientation.Vertical)
            self._halve()
        else:
            self._close_second(second)

    def open_second(self, divided: QByteArray) -> None:
        """A second view where it was when `saveState` said so; a state that is none opens it beside the first."""
        if self.second is None:
            self._open_second()
        self.restoreState(divided)

    # -- private ---------------------------------------------------------------------------------------------

    def _open_second(self) -> None:
        if self._second is None:
            self._second = self._make_second()
        self.setOrientation(Qt.Orientation.Horizontal)
        self._second.show()
        self._halve()
        if self._script is not None:
            self._fill(self._second, "width", 1.0)

    def _make_second(self) -> PageView:
        second = PageView(self._images, self._tasks, self._ids, self)
        second.setAccessibleName(tr("Answer sheet, second view"))
        second.share_pictures_of(self.main)
        second.read_with(self.main)
        self.addWidget(second)
        QWidget.setTabOrder(self.main, second)
        mark_parts(second)
        self._listen_to(second)
        for connect in self._connectors:
            connect(second)
        return second

    def _close_second(self, second: PageView) -> None:
        self._stop_filling()
        self._activate(self.main)
        had_keys = second.hasFocus()
        second.close_script()
        second.hide()
        if had_keys:
            self.main.setFocus()

    def _fill_late(self, second: PageView, fit: Fit | None, zoom: float) -> None:
        self._stop_filling()
        self._fill(second, fit, zoom)

    def _stop_filling(self) -> None:
        if self._filling is not None and self._second is not None:
            self._filling.cancel()
            self._filling = None
            self._second.setUpdatesEnabled(True)

    def _halve(self) -> None:
        self.setSizes([self.width(), self.width()])  # Qt makes them fit

    def _as_large_as_before(self, pages: Sequence[PageInfo]) -> Place | None:
        """The top of a script that was never open, as large as she looks at pages; None where that was a detail."""
        fit, zoom = self.main.fit, self.main.zoom
        if not pages or (fit is None and PAGE_WIDTH * zoom > _DETAIL * self.main.viewport().width()):
            return None
        return Place(pages[0].ref, 0.0, None if fit else zoom, fit=fit or "width")

    def _fit_of_second(self) -> Fit | None:
        return "width" if self.second is None else self.second.fit

    def _fill(self, view: PageView, fit: Fit | None, zoom: float) -> None:
        """Let a second view show the page after the one that the first shows, as large as it showed pages before."""
        if self._script is None:
            return
        pages, script, source = self._script
        refs = [page.ref for page in pages]
        here = self.main.current_page
        following = refs.index(here) + 1 if here in refs else 0
        look = self.main.place()
        place = None
        if look is not None:
            place = look._replace(
                page=refs[min(following, len(refs) - 1)], zoom=None if fit else zoom, fit=fit or "width"
            )
        view.show_script(pages, script, source, place=place)
        if fit != "page" and place is not None:
            view.go_to_page(place.page)
        view.set_flagged(self._flagged)
        view.set_read_only(self._read_only)
        view.set_inkwell(self._inkwell)
        self.second_shown.emit()

    def _activate(self, view: PageView) -> None:
        """Let `view` be the one that is meant; it takes over the tool in hand."""
        before = self._active
        if view is before:
            return
        self._active = view
        view.take_over(before)
        self.activated.emit(view)
        self.tool_changed.emit(view.tool_name)
        self.zoom_changed.emit(view.zoom)
        if view.current_page is not None:
            self.page_changed.emit(view.current_page)

    def _listen_to(self, view: PageView) -> None:
        def if_active(signal: Callable[[object], None]) -> Callable[[object], None]:
            return lambda value: signal(value) if view is self._active else None

        view.page_changed.connect(if_active(self.page_changed.emit))
        view.zoom_changed.connect(if_active(self.zoom_changed.emit))
        view.tool_changed.connect(if_active(self.tool_changed.emit))
        view.look_changed.connect(lambda: self._on_look_changed(view))
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def _on_look_changed(self, changed: PageView) -> None:
        place = changed.place()
        for view in self.shown:
            if view is not changed and place is not None:
                view.look_like(place)
        self.look_changed.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        for view in self.shown if kind in _MEANS or kind in _COMES else ():
            if kind in _COMES:
                if watched is view.viewport():
                    self._take_keys_along(view)
            elif watched in {view, view.viewport()}:
                self._activate(view)
        return False

    def _take_keys_along(self, view: PageView) -> None:
        """The pointer went over to a view: keys that meant the other mean this one now."""
        if self._active is not view and self._active.hasFocus():
            view.setFocus()
