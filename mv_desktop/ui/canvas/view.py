"""The page view with its tools: what the mouse, the keyboard and the fingers do on a script's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, cast

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.shape import Placed, StampName
from mv_desktop.domain.evaluation import PageInfo, Place
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.ui.canvas.column import PageColumn
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.pen_point import PenPoint
from mv_desktop.ui.canvas.reading import ReadingMeter
from mv_desktop.ui.canvas.tools.pan import PanTool
from mv_desktop.ui.canvas.tools.select import SelectTool
from mv_desktop.ui.canvas.tools.stamp import StampTool
from mv_desktop.ui.canvas.tools.tool import Inkwell, Pointer, StampInk, Tool
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr

ToolName = Literal["stamp", "select", "pan"]

READABLE_ZOOM = 0.6
"""From this zoom on (1 is life size) handwriting can be read, and looking at a page counts as reading it."""

_SAMPLE_SECONDS = 1.0
_TELL_AFTER = 15  # samples
_PEN_STEP = 0.02  # of the page's width
_FINE_PEN_STEP = 0.004
_WHEEL_FACTOR = 1.0015  # to the power of an eighth of a degree: one notch is a fifth larger
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PageView(PageColumn):
    """Shows one script and says what the teacher wants to change in it. It changes nothing itself.

    The owner answers a request by applying an operation to the script, and then calls `refresh`.

    Signals:
        put_requested(tuple[Placed, ...]): these annotations, new or instead of what has their id.
        delete_requested(tuple[AnnotationId, ...]): these are to go.
        rescan_requested(PageRef): the teacher asks for a better picture of a page.
        seen(PageRef, seconds, share): how a page was read, in all; told every few seconds and by `flush_seen`.
        tool_changed(str): "stamp", "select" or "pan"; also when another stamp is taken in hand.
        selection_changed(tuple[AnnotationId, ...])
    """

    put_requested = Signal(object)
    delete_requested = Signal(object)
    rescan_requested = Signal(object)
    seen = Signal(object, float, float)
    tool_changed = Signal(str)
    selection_changed = Signal(object)

    def __init__(self, cache: ImageCache, tasks: Tasks, ids: IdSource, parent: QWidget | None = None) -> None:
        """A view without a script.

        Args:
            cache: the decoded pages; this view alone says what is wanted of it.
            tasks: for counting the seconds.
            ids: where new annotations get their ids.
            parent: as in Qt.
        """
        super().__init__(cache, parent)
        self._ids = ids
        self._meter = ReadingMeter({})
        self._samples = 0
        self._read_only = False
        self._inkwell: Inkwell | None = None
        self._pen_point: PenPoint | None = None
        self._pointer: QPointF | None = None
        self._stamp_tool = StampTool(self)
        self._select_tool = SelectTool(self)
        self._pan_tool = PanTool(self)
        self._tool: Tool = self._select_tool
        self._gesture: Tool | None = None
        self._space_held = False
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(tr("Answer sheet"))
        self._sampling = tasks.tick(_SAMPLE_SECONDS, self._sample, receiver=self)

    # -- the script ------------------------------------------------------------------------------------------

    def show_script(
        self, pages: Sequence[PageInfo], script: MarkedScript, source: PictureSource, *, place: Place | None = None
    ) -> None:
        super().show_script(pages, script, source, place=place)
        self._meter = ReadingMeter(script.seen)

    def close_script(self) -> None:
        if self._sheet is None:
            return
        self.flush_seen()
        for tool in (self._stamp_tool, self._select_tool, self._pan_tool):
            tool.closed()
        self._gesture = self._pen_point = None
        super().close_script()

    def refresh(self, change: Change) -> None:
        super().refresh(change)
        if self._sheet is not None:
            self._tool.refreshed(change)

    def rotate_page(self, ref: PageRef | None = None, quarter_turns: int = 1) -> None:
        super().rotate_page(ref, quarter_turns)
        self._select_tool.redraw()

    def set_inkwell(self, inkwell: Inkwell | None) -> None:
        """Who says what question and marks a stamp carries that is about to be placed."""
        self._inkwell = inkwell
        self._stamp_tool.choose(self._stamp_tool.stamp)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        """Only look: no request is made."""
        self._read_only = read_only
        self._tool.leave()

    def flush_seen(self) -> None:
        """Tell at once what was read since it was last told."""
        self._samples = 0
        for page, how in self._meter.take().items():
            self.seen.emit(page, how.seconds, how.largest_share)

    def shutdown(self) -> None:
        self._sampling.cancel()
        super().shutdown()

    # -- tools -----------------------------------------------------------------------------------------------

    @property
    def tool_name(self) -> ToolName:
        """The tool in hand."""
        if self._tool is self._stamp_tool:
            return "stamp"
        return "select" if self._tool is self._select_tool else "pan"

    @property
    def stamp(self) -> StampName:
        """The stamp in hand, or last in hand."""
        return self._stamp_tool.stamp

    def set_tool(self, name: ToolName) -> None:
        """Take a tool in hand."""
        tool = {"stamp": self._stamp_tool, "select": self._select_tool, "pan": self._pan_tool}[name]
        if tool is not self._tool:
            self._tool.leave()
            self._tool = tool
            self._show_cursor()
            self.tool_changed.emit(name)

    def set_stamp(self, stamp: StampName) -> None:
        """Take a stamp in hand."""
        another = stamp != self.stamp
        self._stamp_tool.choose(stamp)
        if another and self._tool is self._stamp_tool:
            self.tool_changed.emit("stamp")
        self.set_tool("stamp")

    def stamp_at_pointer(self, stamp: StampName) -> bool:
        """Place a stamp at the pen point, else at the pointer, else in the middle; False when it cannot be."""
        pen_point = self._pen_point_in_window()
        if pen_point is not None:
            point = pen_point.pos()
        elif self._pointer is not None:
            point = self._pointer_on_scene(self._pointer)
        else:
            point = self._window().center()
        return self._stamp_tool.place_at(point, stamp=stamp, nearest=True)

    @property
    def selected(self) -> tuple[AnnotationId, ...]:
        """What is selected."""
        return tuple(self._select_tool.selected)

    def select(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Select these, with the select tool in hand."""
        self.set_tool("select")
        self._select_tool.select(annotation_ids)

    def delete_selection(self) -> bool:
        """Ask for the deletion of what is selected; False when there is nothing."""
        return self._select_tool.delete_selected()

    def cancel(self) -> bool:
        """What Escape does: roll a gesture back, else let the selection go, else hide the pen point."""
        gesture, self._gesture = self._gesture, None
        if (gesture is not None and gesture.cancel()) or self._tool.cancel():
            return True
        had_point = self._pen_point is not None
        self._hide_pen_point()
        return had_point

    def move_pen_point(self, across: int, down: int, *, fine: bool = False) -> None:
        """Move the keyboard's pen point by steps; where there is none in the window, it appears in its middle."""
        if self._sheet is None or not self._sheet.pages:
            return
        pen_point = self._pen_point_in_window()
        if pen_point is not None:
            step = PAGE_WIDTH * (_FINE_PEN_STEP if fine else _PEN_STEP)
            point = self._sheet.stepped(pen_point.pos(), QPointF(across * step, down * step))
        else:
            self._hide_pen_point()
            self._pen_point = pen_point = PenPoint()
            self._sheet.addItem(pen_point)
            point = self._window().center()
        spot = self._sheet.spot_at(point, nearest=True)
        if spot is not None:
            pen_point.setPos(self._sheet.point_of(spot))
            reach = self.reach(40)
            around = QRectF(-reach, -reach, 2 * reach, 2 * reach).translated(pen_point.pos())
            self.ensureVisible(around, 0, 0)

    # -- what tools need -------------------------------------------------------------------------------------

    @property
    def ids(self) -> IdSource:
        """Where new annotations get their ids."""
        return self._ids

    @property
    def read_only(self) -> bool:
        """Nothing may be changed."""
        return self._read_only

    def ink_for(self, stamp: StampName, page: PageRef) -> StampInk:
        """What a stamp placed on `page` would carry."""
        return StampInk() if self._inkwell is None else self._inkwell(stamp, page)

    def put(self, placed: Sequence[Placed]) -> None:
        """Ask the owner for these annotations."""
        self.put_requested.emit(tuple(placed))

    def delete(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Ask the owner to delete these annotations."""
        self.delete_requested.emit(tuple(annotation_ids))

    def selection_changed_to(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Tell whoever listens what is selected."""
        self.selection_changed.emit(tuple(annotation_ids))

    # -- private ---------------------------------------------------------------------------------------------

    def _sample(self) -> None:
        """Once a second: what is being read."""
        active = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        if not active or not self.isVisible() or self.zoom < READABLE_ZOOM:
            return
        pages = [(page.item.ref, page.share) for page in self.pages_in_window() if page.item.here]
        self._meter.add(pages, _SAMPLE_SECONDS)
        self._samples += 1
        if self._samples >= _TELL_AFTER:
            self.flush_seen()

    def _pointer_on_scene(self, position: QPointF) -> QPointF:
        return self.viewportTransform().inverted()[0].map(position)

    def _pointer_of(self, event: QMouseEvent) -> Pointer:
        extend = event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        at = event.position()
        return Pointer(self._pointer_on_scene(at), at.toPoint(), bool(extend))

    def _show_cursor(self) -> None:
        tool = self._pan_tool if self._space_held else self._tool
        self.viewport().setCursor(tool.cursor)

    def _pen_point_in_window(self) -> PenPoint | None:
        """The pen point, unless it was left behind on a page that is looked at no longer."""
        if self._pen_point is None or not self._window().contains(self._pen_point.pos()):
            return None
        return self._pen_point

    def _hide_pen_point(self) -> None:
        if self._pen_point is not None and self._sheet is not None:
            self._sheet.removeItem(self._pen_point)
        self._pen_point = None

    def _ask_for_rescan(self, point: QPointF) -> bool:
        """The teacher pressed “ask for a rescan” on a page that cannot be shown."""
        item = None if self._sheet is None else self._sheet.page_at(point)
        if item is None or not item.on_rescan_button(item.mapFromScene(point)):
            return False
        self.rescan_requested.emit(item.ref)
        return True

    def _use_tool_at_pen_point(self) -> bool:
        pen_point = self._pen_point_in_window()
        if pen_point is None:
            return False
        at = pen_point.pos()
        pointer = Pointer(at, self.mapFromScene(at))
        self._tool.press(pointer)
        self._tool.release(pointer)
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.move_pen_point(*_ARROWS[key], fine=fine)
            return True
        if key == Qt.Key.Key_Space:
            self._space_held = True
            self._show_cursor()
            return True
        if key == Qt.Key.Key_Escape:
            return self.cancel()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self.delete_selection()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._use_tool_at_pen_point()
        return False

    # -- Qt --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer_of(event)
        self._hide_pen_point()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._gesture = self._pan_tool
        elif event.button() != Qt.MouseButton.LeftButton or self._ask_for_rescan(pointer.scene):
            return
        else:
            self._gesture = self._pan_tool if self._space_held else self._tool
        self._gesture.press(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two quick ticks are two ticks

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._hide_pen_point()
        pointer = self._pointer_of(event)
        if self._gesture is not None:
            self._gesture.move(pointer)
        elif not self._space_held:
            self._tool.hover(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.release(self._pointer_of(event))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._pointer = event.position()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        if self._gesture is None and self._tool is self._stamp_tool:
            self._tool.leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_WHEEL_FACTOR ** event.angleDelta().y(), event.position().toPoint())
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._on_key(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held = False
            self._show_cursor()
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space_held = False
        self._show_cursor()
        self._show_ring()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.flush_seen()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Gesture:
            pinch = cast(QGestureEvent, event).gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                centre = self.viewport().mapFromGlobal(pinch.centerPoint())
                self.zoom_by(pinch.scaleFactor(), centre.toPoint())
                return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1.0 + event.value(), event.position().toPoint())
            return True
        return super().viewportEvent(event)
