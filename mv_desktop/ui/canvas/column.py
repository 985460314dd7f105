"""A script's pages in one continuous scroll: where one is, how large it is shown, and which pictures that needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Signal, Slot
from PySide6.QtGui import QResizeEvent, QTransform
from PySide6.QtWidgets import QScrollBar, QWidget

from mv_desktop.domain.annotation.geometry import anchor
from mv_desktop.domain.annotation.margin import Part
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.evaluation import BRIGHTEST, Fit, PageInfo, Place
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, ImageKey, Level, Missing, PictureSource
from mv_desktop.ui.canvas.page_item import A4_RATIO, PAGE_WIDTH
from mv_desktop.ui.canvas.prefetch import wishes_for, wishes_for_next_script
from mv_desktop.ui.canvas.ringed_view import RingedView
from mv_desktop.ui.canvas.scene import LABEL_HEIGHT, MARGIN, PageScene, Spot, VisiblePage
from mv_desktop.ui.canvas.shape.formula import FormulaShapes
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.theme import current_theme

SMALLEST_ZOOM = 0.25
LARGEST_ZOOM = 8.0
ZOOM_STEP = 1.25

_MARKS_SECONDS = 0.005


class PageColumn(RingedView):
    """Shows one script; `PageView` adds what a teacher does on it.

    Signals:
        page_changed(PageRef): another page is the one most visible.
        zoom_changed(float): 1 is life size.
        look_changed(): pages are turned or brightened otherwise.
        dressed(): it wears other colours, or writes larger or smaller.
    """

    page_changed = Signal(object)
    zoom_changed = Signal(float)
    look_changed = Signal()
    dressed = Signal()

    def __init__(self, cache: ImageCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._formulas: FormulaShapes | None = None
        self._sheet: PageScene | None = None
        self._lender: PageColumn | None = None
        self._next: tuple[PictureSource, Album, tuple[PageInfo, ...]] | None = None
        self._fit: Fit | None = "width"
        self._place: Place | None = None
        self._current: PageRef | None = None
        self._settling = False
        self._left_over = QPointF()  # by less than a pixel, the pages stand beside where zooming would have them
        self._deafness = _Deafness(self)
        self._dress()
        cache.ready.connect(self._on_cache_ready)
        cache.missing.connect(self._on_cache_missing)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll_bar_valueChanged)
        self.horizontalScrollBar().valueChanged.connect(self._on_scroll_bar_valueChanged)

    # -- the script ------------------------------------------------------------------------------------------

    def show_script(
        self, pages: Sequence[PageInfo], script: MarkedScript, source: PictureSource, *, place: Place | None = None
    ) -> None:
        """Show a script instead of the one before, at `place`, or at its top with the width fitting.

        Args:
            pages: in reading order.
            script: the model; its owner changes it and calls `refresh`.
            source: where its pictures come from; the same object that `prefetch_script` was given, if it was.
            place: where it was left.
        """
        self.close_script()
        if self._lender is not None and self._lender.sheet is not None:
            album = self._lender.sheet.album
        elif self._next is not None and self._next[0] is source:
            album, self._next = self._next[1], None
        else:
            album = self._cache.open(source)
        self._sheet = PageScene(pages, script, album, self._cache, current_theme(), self, self._formulas)
        self._sheet.show_zoom(self.zoom)
        self._place = None
        self._fit = "width"
        self._settling = True  # the scroll bars move while the scene is put in
        self.setScene(self._sheet)
        self._settling = False
        if place is None:
            self._settle()
        else:
            self.set_place(place)
        self._show_waiting_marks()

    def close_script(self) -> None:
        """Show nothing, and drop the script's pictures."""
        if self._sheet is None:
            return
        sheet, self._sheet = self._sheet, None
        self._place = self._current = None
        self._settling = True
        sheet.installEventFilter(self._deafness)
        self.setScene(None)
        self._settling = False
        self._dispose(sheet)
        if self._lender is None:
            self._cache.close(sheet.album)
        else:
            self._cache.want({}, viewer=self)

    def share_pictures_of(self, lender: PageColumn) -> None:
        """Show, from now on, the script that `lender` shows, with its pictures; it closes them."""
        self._lender = lender

    def prefetch_script(self, pages: Sequence[PageInfo], source: PictureSource) -> None:
        """Decode the first page of the script that will probably be shown next, once this one has its pictures."""
        if self._next is not None and self._next[0] is not source:
            self._cache.close(self._next[1])
            self._next = None
        album = self._cache.open(source) if self._next is None else self._next[1]
        self._next = (source, album, tuple(pages[:1]))
        self._ask_for_pictures()

    def refresh(self, change: Change) -> None:
        """Show what has changed in the script, and only that."""
        if self._sheet is not None:
            self._sheet.refresh(change)

    def update_page(self, info: PageInfo) -> None:
        """A page's files came to this computer, or more is known of it. What is looked at stays where it is."""
        if self._sheet is not None:
            self._cache.forget(self._sheet.album, info.ref)
            self._sheet.update_page(info)
            self._settle()

    def set_flagged(self, refs: Iterable[PageRef]) -> None:
        """The pages for which a rescan was already asked."""
        if self._sheet is not None:
            self._sheet.set_flagged(refs)

    def shutdown(self) -> None:
        """Close what is shown and prefetched. The cache is its owner's to shut down."""
        self.close_script()
        self._cache.want({}, viewer=self)
        if self._next is not None:
            self._cache.close(self._next[1])
            self._next = None

    @property
    def sheet(self) -> PageScene | None:
        """The script that is shown."""
        return self._sheet

    # -- where -----------------------------------------------------------------------------------------------

    @property
    def current_page(self) -> PageRef | None:
        """The page most visible."""
        return self._current

    @property
    def zoom(self) -> float:
        """1 is life size."""
        return self.transform().m11()

    @property
    def fit(self) -> Fit | None:
        """What fits the window and goes on fitting when its size changes; None for a zoom of the teacher's own."""
        return self._fit

    @property
    def brightness(self) -> int:
        """By how many steps the pages are brightened for viewing, 0..`BRIGHTEST`."""
        return 0 if self._sheet is None else self._sheet.brightness

    def place(self) -> Place | None:
        """Where the script is, and how it is looked at; None without pages."""
        place = self._place or self._middle()
        if place is None or self._sheet is None:
            return None
        fit = self._fit or "width"
        zoom = None if self._fit else self.zoom
        return place._replace(zoom=zoom, turns=self._sheet.turns(), brightness=self._sheet.brightness, fit=fit)

    def set_place(self, place: Place) -> None:
        """Go where the script was left. A page that the script no longer has leads to its top."""
        self._look_as(place)
        known = self._sheet is not None and self._sheet.page(place.page) is not None
        self._place = place if known else None
        self._fit = place.fit if place.zoom is None else None
        self._settling = True
        if place.zoom is not None:
            self._scale_to(place.zoom)
            across = self.horizontalScrollBar()
            across.setValue((across.minimum() + across.maximum()) // 2)
        self._settling = False
        self._settle()

    def look_like(self, place: Place) -> None:
        """Turn and brighten the pages as `place` says, wherever one is."""
        if self._sheet is not None:
            self._place = self._middle()
            self._look_as(place)
            self._settle()

    def go_to_page(self, ref: PageRef) -> None:
        """Bring the top of a page to the top of the window, or as near to it as the script's end lets it come."""
        item = None if self._sheet is None else self._sheet.page(ref)
        if self._sheet is not None and item is not None:
            top = self._sheet.page_rect(item).top() - LABEL_HEIGHT
            self.verticalScrollBar().setValue(round(top * self.zoom))
            self._mean(ref)  # others may be in the window, too, and as much of them

    def bring_in(self, placed: Iterable[Placed]) -> None:
        """Scroll to the first of these annotations, unless one of them begins in the window."""
        sheet = self._sheet
        if sheet is None:
            return
        window, in_window = self._window(), {page.item.ref for page in self.pages_in_window()}
        first: Spot | None = None
        for item in placed:
            at = anchor(item.annotation)
            if at is None or sheet.page(item.page) is None:
                continue
            spot = Spot(item.page, *at)
            first = spot if first is None else first
            # where a page is out of sight, its ink need not be looked for: there may be thousands
            if item.page in in_window and window.contains(sheet.point_of(spot)):
                return
        if first is not None:
            self.centerOn(sheet.point_of(first))

    def show_spot(self, spot: Spot) -> bool:
        """Scroll to a spot, unless it is in the window; False when the script has no such page."""
        sheet = self._sheet
        if sheet is None or sheet.page(spot.page) is None:
            return False
        point = sheet.point_of(spot)
        if not self._window().contains(point):
            self.centerOn(point)
        return True

    def first_page(self) -> None:
        """The top of the script."""
        if self._sheet is not None and self._sheet.pages:
            self.go_to_page(self._sheet.pages[0].ref)

    def last_page(self) -> None:
        """The last page of the script."""
        if self._sheet is not None and self._sheet.pages:
            self.go_to_page(self._sheet.pages[-1].ref)

    def next_page(self) -> None:
        """The page after the current one."""
        self._step_page(1)

    def previous_page(self) -> None:
        """The page before the current one."""
        self._step_page(-1)

    def fit_width(self) -> None:
        """The pages as wide as the window."""
        self._set_fit("width")

    def fit_page(self) -> None:
        """The whole current page in the window."""
        self._set_fit("page")

    def zoom_by(self, factor: float, at: QPoint | None = None) -> None:
        """Zoom about a point of the window (its middle when None); the point stays where it is."""
        at = self.viewport().rect().center() if at is None else at
        before = self.mapToScene(at) + self._left_over / self.zoom
        self._fit = None
        self._settling = True
        self._scale_to(self.zoom * factor)
        off = self.viewportTransform().map(before) - at
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        self._left_over = QPointF(_scroll_by(across, off.x()), _scroll_by(down, off.y()))
        self._settling = False
        self._looked_elsewhere()

    def zoom_in(self) -> None:
        """One step larger."""
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step smaller."""
        self.zoom_by(1 / ZOOM_STEP)

    def rotate_page(self, ref: PageRef | None = None, quarter_turns: int = 1) -> None:
        """Turn a page (the current one when None) for viewing, clockwise; the file is not changed."""
        ref = self._current if ref is None else ref
        item = None if self._sheet is None or ref is None else self._sheet.page(ref)
        if self._sheet is not None and item is not None:
            self._place = self._middle()
            self._sheet.turn_page(item.ref, item.quarter_turns + quarter_turns)
            self._settle()
            self.look_changed.emit()

    def brighten(self, steps: int) -> None:
        """Show all pages by so many steps brighter, or less bright; the files are not changed."""
        step = min(BRIGHTEST, max(0, self.brightness + steps))
        if self._sheet is not None and step != self.brightness:
            self._sheet.brighten(step)
            self._ask_for_pictures()
            self.look_changed.emit()

    def pan(self, dx: int, dy: int) -> QPoint:
        """Move what is seen by so many pixels, as far as there is more; how far it went."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        before = QPoint(across.value(), down.value())
        across.setValue(across.value() - dx)
        down.setValue(down.value() - dy)
        return before - QPoint(across.value(), down.value())

    def reach(self, pixels: float) -> float:
        """A distance on the screen, in units of the scene."""
        return pixels / self.zoom

    def pages_in_window(self) -> list[VisiblePage]:
        """The pages of which something is in the window."""
        return [] if self._sheet is None else self._sheet.visible(self._window())

    def ratio_of(self, ref: PageRef) -> float:
        """A page's height over its width, as it was uploaded."""
        item = None if self._sheet is None else self._sheet.page(ref)
        return A4_RATIO if item is None else item.ratio

    def turns_of(self, ref: PageRef) -> int:
        """By how many quarters a page is turned for viewing, clockwise."""
        item = None if self._sheet is None else self._sheet.page(ref)
        return 0 if item is None else item.quarter_turns

    def shown_part(self, ref: PageRef) -> Part:
        """What the window shows of a page, as it was uploaded; all of it while nothing is shown."""
        item = None if self._sheet is None else self._sheet.page(ref)
        if item is None:
            return Part()
        whole = QRectF(0.0, 0.0, UNITS, item.height)
        seen = item.mapFromScene(self._window()).boundingRect().intersected(whole)
        if seen.isEmpty():
            return Part()
        return Part(seen.left() / UNITS, seen.top() / item.height, seen.right() / UNITS, seen.bottom() / item.height)

    # -- private ---------------------------------------------------------------------------------------------

    def _dispose(self, sheet: PageScene) -> None:
        """It is shown no more."""
        sheet.deleteLater()

    def _show_waiting_marks(self) -> None:
        """Show some more of the marks of a script that has very many."""
        if self._sheet is not None:
            self._sheet.show_waiting_marks([page.item.ref for page in self.pages_in_window()], _MARKS_SECONDS)

    def _dress(self) -> None:
        super()._dress()
        if self._sheet is not None:
            self._sheet.set_theme(current_theme())
        self.dressed.emit()

    def _window(self) -> QRectF:
        """What of the scene the window shows."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def _middle(self) -> Place | None:
        """The place in the middle of the window."""
        middle = self._window().center()
        item = None if self._sheet is None else self._sheet.nearest_page(middle)
        if self._sheet is None or item is None:
            return None
        page = self._sheet.page_rect(item)
        fraction = min(1.0, max(0.0, (middle.y() - page.top()) / page.height()))
        return Place(item.ref, fraction)

    def _look_as(self, place: Place) -> None:
        """Turn and brighten the pages as they were."""
        if self._sheet is None:
            return
        turned = dict(place.turns)
        for item in self._sheet.pages:
            if item.quarter_turns != turned.get(item.ref, 0):
                self._sheet.turn_page(item.ref, turned.get(item.ref, 0))
        if place.brightness != self.brightness:
            self._sheet.brighten(min(BRIGHTEST, max(0, place.brightness)))

    def _scale_to(self, zoom: float) -> None:
        zoom = min(LARGEST_ZOOM, max(SMALLEST_ZOOM, zoom))
        if zoom != self.zoom:
            self.setTransform(QTransform.fromScale(zoom, zoom))
            if self._sheet is not None:
                self._sheet.show_zoom(zoom)
            self.zoom_changed.emit(zoom)

    def _set_fit(self, fit: Fit) -> None:
        self._place = self._middle()
        self._fit = fit
        self._settle()

    def _settle(self) -> None:
        """Fit again, go to the remembered place again: after the window, the pages or the fit have changed."""
        sheet = self._sheet
        if sheet is None or not sheet.pages:
            return
        self._settling = True
        width = (self.viewport().width() - 0.5) / (PAGE_WIDTH + 2 * MARGIN)
        if self._fit == "width":
            self._scale_to(width)
        elif self._fit == "page":
            item = (sheet.page(self._place.page) if self._place is not None else None) or sheet.pages[0]
            self._scale_to(min(width, self.viewport().height() / (item.shown_height + 2 * LABEL_HEIGHT)))
        self._go_to(sheet)
        self._settling = False
        self._look_again()

    def _go_to(self, sheet: PageScene) -> None:
        """Bring the remembered place to the middle; the script's top while there is none."""
        item = None if self._place is None else sheet.page(self._place.page)
        if self._place is None or item is None:
            self.verticalScrollBar().setValue(0)
            return
        page = sheet.page_rect(item)
        fraction = 0.5 if self._fit == "page" else self._place.fraction
        middle = page.top() + page.height() * fraction
        self.verticalScrollBar().setValue(round(middle * self.zoom - self.viewport().height() / 2))

    def _step_page(self, step: int) -> None:
        if self._sheet is None or self._current is None:
            return
        refs = [item.ref for item in self._sheet.pages]
        number = refs.index(self._current) + step
        if 0 <= number < len(refs):
            self.go_to_page(refs[number])

    def _looked_elsewhere(self) -> None:
        """The teacher moved: remember where, and ask for what is to be seen there."""
        self._place = self._middle()
        self._look_again()

    def _mean(self, ref: PageRef) -> None:
        """Let a page be the current one, until another is looked at."""
        if ref != self._current:
            self._current = ref
            self.page_changed.emit(ref)

    def _look_again(self) -> None:
        visible = self.pages_in_window()
        if visible:
            self._mean(max(visible, key=lambda page: page.area).item.ref)
        self._ask_for_pictures()

    def _ask_for_pictures(self) -> None:
        priorities: dict[ImageKey, int] = {}
        pinned: set[ImageKey] = set()
        scale = self.zoom * self.devicePixelRatioF()
        if self._sheet is not None:
            visible = self.pages_in_window()
            sheet = self._sheet
            wishes = wishes_for(self._cache, sheet.album, sheet.pages, visible, scale, sheet.brightness)
            priorities, pinned = wishes.priorities, wishes.pinned
        if self._next is not None:
            _, album, pages = self._next
            priorities = wishes_for_next_script(album, pages, scale) | priorities
        self._cache.want(priorities, pinned, viewer=self)

    @Slot()
    def _on_scroll_bar_valueChanged(self) -> None:
        if not self._settling and self._sheet is not None:
            self._looked_elsewhere()

    @Slot(object)
    def _on_cache_ready(self, key: ImageKey) -> None:
        if self._sheet is not None and key.album == self._sheet.album and key.level is not Level.THUMB:
            item = self._sheet.page(key.ref)
            if item is not None:
                item.update()

    @Slot(object, object)
    def _on_cache_missing(self, album: Album, missing: Missing) -> None:
        if self._sheet is not None and album == self._sheet.album:
            self._sheet.set_missing(missing)

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        settling, self._settling = self._settling, True  # the scroll bars move by themselves
        super().resizeEvent(event)
        self._settling = settling
        if not settling:
            self._settle()


def _scroll_by(bar: QScrollBar, pixels: float) -> float:
    """Scroll on as nearly as whole pixels can; what is left of a pixel for the next time, 0 at an end.

    A touchpad zooms by very many small steps, and what each leaves out adds up to what would be seen.
    """
    wanted = bar.value() + pixels
    bar.setValue(round(wanted))
    rest = wanted - bar.value()
    return rest if abs(rest) <= 0.5 else 0.0


class _Deafness(QObject):
    """Keeps a scene that is shown no more from hearing that its window is not active.

    It would sort all of its items, thousands of marks, to tell each of them.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.WindowDeactivate or super().eventFilter(watched, event)
