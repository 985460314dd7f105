"""The page view of the marking screen: pages, tools, what was read of them, and asking for a rescan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QPainter, QRegion, QResizeEvent, QTabletEvent
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.selection import unit_of
from mv_desktop.domain.evaluation import PageInfo, Place
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.ui.canvas.aid.board import AidBoard
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.reading import GRID, ReadingMeter, rectangles, shown_together
from mv_desktop.ui.canvas.scene import MARKS_AT_ONCE, PageScene
from mv_desktop.ui.canvas.shape.formula import FormulaShapes
from mv_desktop.ui.canvas.tool_view import ToolView
from mv_desktop.ui.canvas.tools.tool import Pointer
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.empty_state import EmptyState

READABLE_ZOOM = 0.6
"""From this zoom on (1 is life size) handwriting can be read, and looking at a page counts as reading it."""

LOOKED_AT, LOOKED_INTO = 0.25, 0.5
"""A page is looked at when so much of it is in the window, or when it takes up so much of the window, as a detail of it
does. The strip of the next one below a page that is read has not been read."""

_SAMPLE_SECONDS = 1.0
_FIRST_PICTURE, _MARKS_PAUSE = 0.06, 0.012
"""Seconds: the first picture comes before the marks of a script that has very many, and clicks come between these."""
_GONE_SECONDS = 0.002
_TELL_AFTER = 15  # samples

SMOOTH_MARKS = 400
"""As many marks in the window keep smooth edges at every step, of a zoom or of marks that come by turns. Of more, they
take half the time."""
_SMOOTH_AGAIN = 0.12
"""Seconds after the last step."""


class PageView(ToolView):
    """Shows one script and says what the teacher wants to change in it. It changes nothing itself.

    Attributes:
        aids: ruler and protractor.

    Signals:
        rescan_requested(PageRef): the teacher asks for a better picture of a page.
        seen(PageRef, seconds, share): how a page was read, in all; told every few seconds and by `flush_seen`.
        menu_requested(QPoint): what can be done at a place of the window is asked for.
    """

    rescan_requested = Signal(object)
    seen = Signal(object, float, float)
    menu_requested = Signal(object)

    def __init__(self, cache: ImageCache, tasks: Tasks, ids: IdSource, parent: QWidget | None = None) -> None:
        """A view without a script.

        Args:
            cache: the decoded pages; this view alone says what is wanted of it.
            tasks: for counting the seconds.
            ids: where new annotations get their ids.
            parent: as in Qt.
        """
        super().__init__(cache, ids, parent)
        keep_clear(self)
        self.aids = AidBoard(self)
        self.dressed.connect(self.aids.dress)
        self._formulas = FormulaShapes(tasks, self)
        self._no_pages: EmptyState | None = None
        self._meter = ReadingMeter({})
        self._samples = 0
        self._beside: PageView | None = None
        self._there: Callable[[], bool] = lambda: True
        self._tasks = tasks
        self._more_marks: Periodic | None = None
        self._smoothing: Periodic | None = None
        self._sampling = tasks.tick(_SAMPLE_SECONDS, self._sample, receiver=self)

    # -- the script ------------------------------------------------------------------------------------------

    def show_script(
        self, pages: Sequence[PageInfo], script: MarkedScript, source: PictureSource, *, place: Place | None = None
    ) -> None:
        super().show_script(pages, script, source, place=place)
        self._meter = ReadingMeter(script.seen)
        self._plan_marks(_FIRST_PICTURE)
        if not pages:
            self._say_that_there_are_none()

    def close_script(self) -> None:
        if self._sheet is not None:
            self.flush_seen()
        self.aids.closed()
        if self._no_pages is not None:
            self._no_pages.hide()
        super().close_script()

    def refresh(self, change: Change) -> None:
        super().refresh(change)
        if self._sheet is not None and self._sheet.marks_waiting:
            self._plan_marks(_MARKS_PAUSE)

    def cancel(self) -> bool:
        return self.aids.cancel(keyed=True) or super().cancel() or self.aids.cancel(keyed=False)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        super().set_read_only(read_only)
        self._say_why_none()

    def zoom_by(self, factor: float, at: QPoint | None = None) -> None:
        self._draw_roughly()
        super().zoom_by(factor, at)

    def point_at(self, at: QPoint) -> None:
        """Let keys mean this place of the window, until the pointer moves."""
        self._pointer = QPointF(at)

    def mean_page_at(self, at: QPoint) -> None:
        """Let the page at this place of the window be the current one, until another is looked at."""
        spot = None if self._sheet is None else self._sheet.spot_at(self.mapToScene(at))
        if spot is not None:
            self._mean(spot.page)

    def edge_near(self, point: QPointF) -> QLineF | None:
        return self.aids.edge_near(point)

    def flush_seen(self) -> None:
        """Tell at once what was read since it was last told."""
        self._samples = 0
        for page, how in self._meter.take().items():
            self.seen.emit(page, how.seconds, how.largest_share)

    def forget_seen(self, page: PageRef) -> None:
        """Another picture stands in the place of a page: what was read of the one before is not told any more."""
        self._meter.forget(page)

    def take_over(self, other: PageView) -> None:
        """Take in hand what is in hand in another view of the script."""
        self._ink = other.ink
        self._tools.stamp.choose(other.stamp)
        self.set_tool(other.tool_name)

    def count_while(self, there: Callable[[], bool]) -> None:
        """Count as read only what is shown while somebody is `there`."""
        self._there = there

    def read_with(self, other: PageView) -> None:
        """Leave it to `other`, which shows the same script, to count what is read here, too."""
        self._sampling.cancel()
        other._beside = self

    def shown_parts(self) -> list[tuple[PageRef, QRegion]]:
        """What can really be seen here at a readable size of each page looked at, on the grid of `reading`."""
        sheet = self._sheet
        if sheet is None or not self.isVisible() or self.window().isMinimized() or self.zoom < READABLE_ZOOM:
            return []
        clear = self.viewport().visibleRegion()  # not what lies under something else
        window = self._window()
        much = LOOKED_INTO * window.width() * window.height()
        shown = []
        for page in self.pages_in_window():
            if page.item.pictured and (page.share >= LOOKED_AT or page.area >= much):
                place = self.viewportTransform().mapRect(sheet.page_rect(page.item))
                part = QRegion()
                for rect in rectangles(clear):
                    part += _on_grid(QRectF(rect), place)
                if not part.isEmpty():
                    shown.append((page.item.ref, part))
        return shown

    def shutdown(self) -> None:
        self._sampling.cancel()
        super().shutdown()

    # -- private ---------------------------------------------------------------------------------------------

    @contextmanager
    def _pages_shifting(self) -> Iterator[None]:
        with super()._pages_shifting(), self.aids.going_along():
            yield

    def _dispose(self, sheet: PageScene) -> None:
        """With many marks, turn by turn, when those of the next script are there: to delete thousands takes long."""
        if sheet.mark_total <= MARKS_AT_ONCE:
            super()._dispose(sheet)
        else:
            self._tasks.after(_FIRST_PICTURE + _MARKS_PAUSE, partial(self._take_apart, sheet), receiver=self)

    def _open_menu(self, at: QPoint) -> None:
        """The right button, or that of a pen, was pressed: what is under it is selected, too."""
        sheet = self._sheet
        if sheet is None or self.gesturing:
            return
        self.notes.finish()
        self._hide_pen_point()
        hit = self._tools.select.mark_under(self.mapToScene(at))
        if hit is not None and hit.annotation_id not in self.selected:
            self.select(unit_of(sheet.script.ink, hit.annotation_id))
        self.menu_requested.emit(at)

    def _on_tablet(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.RightButton:
            event.accept()  # no system makes a click of it then
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._open_menu(event.position().toPoint())
        else:
            super()._on_tablet(event)

    def _say_that_there_are_none(self) -> None:
        """In the place of pages: what will be there, and what to do."""
        if self._no_pages is None:
            self._no_pages = EmptyState(self.viewport())
            self._no_pages.setAutoFillBackground(True)
        self._say_why_none()
        self._no_pages.setGeometry(self.viewport().rect())
        self._no_pages.show()

    def _say_why_none(self) -> None:
        if self._no_pages is None:
            return
        finished = tr("There is nothing more to mark in it, and its pages are not kept here. Its marks and comments "
                      "are in the mark sheet.")  # fmt: skip
        open_still = tr("The student's pages will stand here as soon as they have come. If they do not, flag the "
                        "script to the coordinator: a page is missing.")  # fmt: skip
        head = tr("No page of this script is here")
        self._no_pages.tell("pages", head, finished if self.read_only else open_still)

    def _take_apart(self, sheet: PageScene) -> None:
        waiting = self._sheet is not None and self._sheet.marks_waiting
        if waiting or sheet.take_apart(_GONE_SECONDS):
            self._tasks.after(_MARKS_PAUSE, partial(self._take_apart, sheet), receiver=self)
        else:
            super()._dispose(sheet)

    def _plan_marks(self, seconds: float) -> None:
        """Turn by turn, so that the window answers in between."""
        if self._more_marks is not None:
            self._more_marks.cancel()
        self._more_marks = None
        if self._sheet is not None and self._sheet.marks_waiting:
            self._draw_roughly()
            self._more_marks = self._tasks.after(seconds, self._show_more_marks, receiver=self)

    def _show_more_marks(self) -> None:
        self._show_waiting_marks()
        self._plan_marks(_MARKS_PAUSE)

    def _draw_roughly(self) -> None:
        """With very many marks in the window, what goes step by step goes without smooth edges; they come at rest."""
        shown = 0.0
        if self._sheet is not None:
            shown = sum(page.share * self._sheet.mark_count(page.item.ref) for page in self.pages_in_window())
        if shown <= SMOOTH_MARKS:
            return
        self.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._smoothing is not None:
            self._smoothing.cancel()
        self._smoothing = self._tasks.after(_SMOOTH_AGAIN, self._draw_smoothly, receiver=self)

    def _draw_smoothly(self) -> None:
        self.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _sample(self) -> None:
        """Once a second: what is being read."""
        active = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        if not active or QApplication.activeModalWidget() is not None:
            return  # she looks at something else
        if not self._there():
            return
        beside = [] if self._beside is None else self._beside.shown_parts()
        self._meter.add(shown_together([*self.shown_parts(), *beside]).items(), _SAMPLE_SECONDS)
        self._samples += 1
        if self._samples >= _TELL_AFTER:
            self.flush_seen()

    def _begin(self, button: Qt.MouseButton, pointer: Pointer, *, erases: bool = False) -> None:
        if button != Qt.MouseButton.LeftButton or not self._ask_for_rescan(pointer.scene):
            super()._begin(button, pointer, erases=erases)

    def _ask_for_rescan(self, point: QPointF) -> bool:
        """The teacher pressed “ask for a rescan” on a page that cannot be shown."""
        item = None if self._sheet is None else self._sheet.page_at(point)
        if item is None or not item.on_rescan_button(item.mapFromScene(point)):
            return False
        self.rescan_requested.emit(item.ref)
        return True

    # -- Qt --------------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self._sheet is not None and not self.gesturing:
            self.menu_requested.emit(self.mapFromScene(self.pointed_at()))
        elif event.reason() != QContextMenuEvent.Reason.Keyboard:
            self._open_menu(event.pos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._no_pages is not None:
            self._no_pages.setGeometry(self.viewport().rect())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.flush_seen()


def _on_grid(seen: QRectF, place: QRectF) -> QRegion:
    """What a clear part of the window shows of a page that stands at `place` in it."""
    part = seen.intersected(place)
    if part.isEmpty():
        return QRegion()
    across, down = GRID / place.width(), GRID / place.height()
    left, top = round((part.left() - place.left()) * across), round((part.top() - place.top()) * down)
    right, bottom = round((part.right() - place.left()) * across), round((part.bottom() - place.top()) * down)
    return QRegion(left, top, right - left, bottom - top)
