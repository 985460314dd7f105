"""The pages under a teacher's hand: mouse, keyboard and fingers become gestures of the tool in hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.annotation.shape import Placed, StampName, TextNote
from mv_desktop.domain.annotation.stroke import EVEN_PRESSURE
from mv_desktop.domain.evaluation import PageInfo, Place
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.ui.canvas.clippings import Clippings
from mv_desktop.ui.canvas.column import PageColumn
from mv_desktop.ui.canvas.hand import Hand
from mv_desktop.ui.canvas.image_cache import ImageCache, PictureSource
from mv_desktop.ui.canvas.note_desk import NoteDesk
from mv_desktop.ui.canvas.pen_point import PEN_POINT_PIXELS, PenPoint
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.shape.formula import FormulaShapes
from mv_desktop.ui.canvas.stylus import Stylus
from mv_desktop.ui.canvas.tools.table import ToolName, ToolTable
from mv_desktop.ui.canvas.tools.tool import Inkwell, Pointer, StampInk
from mv_desktop.ui.text import tr

_WHEEL_FACTOR = 1.0015  # to the power of an eighth of a degree: one notch is a fifth larger
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class ToolView(PageColumn):
    """The column of pages with a tool in hand. It says what the teacher wants to change, and changes nothing itself.

    The owner answers a request by applying an operation to the script, and then calls `refresh`.

    Attributes:
        clippings: copies what is selected and pastes.
        notes: writes on the pages.

    Signals:
        put_requested(tuple[Placed, ...]): these annotations, new or instead of what has their id.
        delete_requested(tuple[AnnotationId, ...]): these are to go.
        tool_changed(ToolName): another tool is in hand; also when it is another stamp.
        selection_changed(tuple[AnnotationId, ...])
        ink_changed(Ink): another ink, or another width of lines, is in hand.
        refused(UserError): something is not done, and why.
        arrived(): pages that came during a gesture are shown now.
        pen_point_moved(): the keyboard's pen point is elsewhere.
    """

    put_requested = Signal(object)
    delete_requested = Signal(object)
    tool_changed = Signal(str)
    selection_changed = Signal(object)
    ink_changed = Signal(object)
    refused = Signal(object)
    arrived = Signal()
    pen_point_moved = Signal()

    def __init__(self, cache: ImageCache, ids: IdSource, parent: QWidget | None = None) -> None:
        super().__init__(cache, parent)
        self._ids = ids
        self._read_only = False
        self._inkwell: Inkwell | None = None
        self._pen_point = PenPoint()
        self._pointer: QPointF | None = None
        self._tools = ToolTable(self)
        self._hand = Hand(self._tools, self._show_arrived)
        self._arrived: dict[PageRef, PageInfo] = {}
        self._stylus = Stylus()
        self._fingers_left_over = QPointF()
        self._ink = Ink()
        self.clippings = Clippings(self)
        self.notes = NoteDesk(self)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(tr("Answer sheet"))
        self.zoom_changed.connect(self._tools.select.redraw)
        self.zoom_changed.connect(self.notes.follow)

    # -- the script ------------------------------------------------------------------------------------------

    def show_script(
        self, pages: Sequence[PageInfo], script: MarkedScript, source: PictureSource, *, place: Place | None = None
    ) -> None:
        super().show_script(pages, script, source, place=place)
        if self._sheet is not None:
            self._sheet.reshaped.connect(self._tools.select.redraw)

    def close_script(self) -> None:
        if self._sheet is None:
            return
        self.notes.finish()
        self._tools.select.settle()
        self._hand.closed()
        self._arrived.clear()
        self._pen_point.closed()
        super().close_script()

    def refresh(self, change: Change) -> None:
        super().refresh(change)
        if self._sheet is not None:
            self._hand.tool.refreshed(change)
            self._uncover(change)

    def update_page(self, info: PageInfo) -> None:
        """As `PageColumn` says; not before a gesture has ended, because the pages below it may shift.

        What keys have begun is left for good when the keyboard goes elsewhere, and no page waits for it then.
        """
        if not self.hasFocus():
            self._hand.drop_keyed()
        if self.gesturing:
            self._arrived[info.ref] = info
            return
        with self._pages_shifting():
            super().update_page(info)

    def rotate_page(self, ref: PageRef | None = None, quarter_turns: int = 1) -> None:
        self._hand.roll_back()
        with self._pages_shifting():
            super().rotate_page(ref, quarter_turns)

    def look_like(self, place: Place) -> None:
        self._hand.roll_back()
        with self._pages_shifting():
            super().look_like(place)

    def set_inkwell(self, inkwell: Inkwell | None) -> None:
        """Who says what question and marks a stamp carries that is about to be placed."""
        self._inkwell = inkwell
        self._tools.stamp.choose(self._tools.stamp.stamp)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        """Only look: no request is made."""
        self.notes.finish()
        self._read_only = read_only
        self._hand.let_go()

    # -- tools -----------------------------------------------------------------------------------------------

    @property
    def tool_name(self) -> ToolName:
        """The tool in hand."""
        return self._hand.name

    @property
    def stamp(self) -> StampName:
        """The stamp in hand, or last in hand."""
        return self._tools.stamp.stamp

    def set_tool(self, name: ToolName) -> None:
        """Take a tool in hand."""
        self.notes.finish()
        if self._hand.take(name):
            self.show_cursor(None)
            self.tool_changed.emit(name)

    def set_stamp(self, stamp: StampName) -> None:
        """Take a stamp in hand."""
        another = stamp != self.stamp
        self._tools.stamp.choose(stamp)
        if another and self._hand.tool is self._tools.stamp:
            self.tool_changed.emit("stamp")
        self.set_tool("stamp")

    def stamp_at_pointer(self, stamp: StampName) -> bool:
        """Place a stamp at the pen point, else at the pointer, else in the middle; False when it cannot be."""
        return self._tools.stamp.place_at(self.pointed_at(), stamp=stamp, nearest=True)

    def pointed_at(self) -> QPointF:
        """The place in the scene that a key means: the pen point's, else the pointer's, else the middle."""
        window = self._window()
        pen_point = self._pen_point.within(window)
        if pen_point is not None:
            return pen_point
        return window.center() if self._pointer is None else self._pointer_on_scene(self._pointer)

    def pointed_spot(self) -> Spot | None:
        """The spot at the pen point, else under the pointer; None where that is beside the pages."""
        if self._sheet is None or (self._pointer is None and self._pen_point.within(self._window()) is None):
            return None
        return self._sheet.spot_at(self.pointed_at())

    @property
    def pen_spot(self) -> Spot | None:
        """Where the keyboard's pen point is; None while it is hidden."""
        return None if self._sheet is None else self._pen_point.spot(self._sheet)

    def stand_pen(self, spot: Spot | None) -> None:
        """Let the keyboard's pen point be at a spot, if the script has such a page."""
        if self._sheet is not None and spot is not None and self._sheet.page(spot.page) is not None:
            self._pen_point.appear(self._sheet, self._sheet.point_of(spot))

    @property
    def selected(self) -> tuple[AnnotationId, ...]:
        """What is selected."""
        return tuple(self._tools.select.selected)

    def select(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Select these, with the select tool in hand."""
        self.set_tool("select")
        self._tools.select.select(annotation_ids)

    def select_all(self) -> None:
        """Select everything on the current page."""
        page = self.current_page
        ink = () if self._sheet is None else self._sheet.script.ink.values()
        self.select([item.annotation.annotation_id for item in ink if item.page == page])

    def delete_selection(self) -> bool:
        """Ask for the deletion of what is selected; False when there is nothing."""
        return self._tools.select.delete_selected()

    def cancel(self) -> bool:
        """What Escape does: roll a gesture back, else let the selection go, else hide the pen point."""
        return self._hand.cancel() or self._pen_point.hide()

    def move_pen_point(self, across: int, down: int, *, fine: bool = False) -> None:
        """Move the keyboard's pen point by steps; where there is none in the window, it appears in its middle.

        What it draws it goes on drawing where it is, and the window comes back to it.
        """
        if self._sheet is None:
            return
        drawing = self._hand.keyed
        at = self._pen_point.move(self._sheet, self._window(), across, down, fine=fine, anywhere=drawing)
        if at is not None:
            reach = self.reach(40)
            self.ensureVisible(QRectF(-reach, -reach, 2 * reach, 2 * reach).translated(at), 0, 0)
            self._hand.follow(self._keyed_pointer(at))
            self.pen_point_moved.emit()

    def hold_space(self, *, held: bool) -> None:
        """Space is held, or no longer: the pages are moved by what the pointer does, whatever tool is in hand."""
        if held != self._hand.space_held:
            self._hand.space_held = held
            self.show_cursor(None)

    @property
    def gesturing(self) -> bool:
        """Something is being drawn, dragged or moved, by mouse, pen or keys."""
        return not self._hand.idle

    # -- ink -------------------------------------------------------------------------------------------------

    @property
    def ink(self) -> Ink:
        """The ink of lines, stamps and writing, that of the highlighter, and the width of lines."""
        return self._ink

    def set_ink(self, ink: Ink) -> None:
        """Draw with this from now on. Its colour is also given to what is selected."""
        before = self._ink
        self._draw_with(ink)
        self._tools.select.take_ink(before, ink)

    def set_line_width(self, name: str) -> None:
        """Draw lines of this width from now on. It is also given to lines that are selected."""
        ink = self._ink.in_width(name)
        self._draw_with(ink)
        self._tools.select.take_width(ink.width)

    @property
    def highlights(self) -> bool:
        """Colours are the highlighter's: it is in hand, or nothing but its strokes is selected."""
        return self.tool_name == "highlighter" or self._tools.select.has_only_highlights

    def next_ink_color(self) -> None:
        """Take the next colour: of the highlighter or of lines."""
        self.set_ink(self._ink.next_color(highlighter=self.highlights))

    def next_ink_width(self) -> None:
        """Draw lines of the next width."""
        self.set_line_width(self._ink.next_width().breadth)

    # -- what tools need -------------------------------------------------------------------------------------

    @property
    def formulas(self) -> FormulaShapes | None:
        """Typesets what is between dollars."""
        return self._formulas

    def pixel_of(self, point: QPointF) -> QPoint:
        """Where a point of the scene is in the window."""
        return self.mapFromScene(point)

    def refuse(self, error: UserError) -> None:
        """Tell why something is not done."""
        self.refused.emit(error)

    def take_keys(self) -> None:
        """The keyboard is the pages' again."""
        self.setFocus()

    @property
    def ids(self) -> IdSource:
        """Where new annotations get their ids."""
        return self._ids

    @property
    def read_only(self) -> bool:
        """Nothing may be changed."""
        return self._read_only

    def ink_for(self, stamp: StampName | None, page: PageRef) -> StampInk:
        """What a stamp, or with None any other ink, would carry that is placed on `page`."""
        return StampInk() if self._inkwell is None else self._inkwell(stamp, page)

    def edge_near(self, point: QPointF) -> QLineF | None:  # noqa: ARG002
        """The edge of a ruler or protractor within reach of a point of the scene."""
        return None

    def put(self, placed: Sequence[Placed]) -> None:
        """Ask the owner for these annotations."""
        self.put_requested.emit(tuple(placed))

    def delete(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Ask the owner to delete these annotations."""
        self.delete_requested.emit(tuple(annotation_ids))

    def show_cursor(self, shape: Qt.CursorShape | None) -> None:
        """Give the pointer another shape while it is where it is; None for that of the tool in hand."""
        self.viewport().setCursor(self._hand.cursor if shape is None else shape)

    def rest(self) -> None:
        """The pointer is not about the pages: what the tool in hand shows at it goes."""
        if self._hand.idle:
            self._hand.tool.away()

    def selection_changed_to(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Tell whoever listens what is selected."""
        self.selection_changed.emit(tuple(annotation_ids))

    # -- private ---------------------------------------------------------------------------------------------

    @contextmanager
    def _pages_shifting(self) -> Iterator[None]:
        """Pages may stand elsewhere afterwards, and what lies on them goes along."""
        self._tools.select.settle()
        sheet, spot = self._sheet, self.pen_spot
        yield
        if sheet is not None and spot is not None:
            self._pen_point.stand(sheet, sheet.point_of(spot))
        self._tools.select.redraw()
        self.notes.follow()

    def _show_arrived(self) -> None:
        """A gesture has ended: show what came meanwhile."""
        if self._arrived:
            arrived, self._arrived = self._arrived, {}
            for info in arrived.values():
                self.update_page(info)
            self.arrived.emit()

    def _draw_with(self, ink: Ink) -> None:
        before, self._ink = self._ink, ink
        if ink != before:
            self._tools.stamp.choose(self._tools.stamp.stamp)
            self.ink_changed.emit(ink)

    def _pointer_on_scene(self, position: QPointF) -> QPointF:
        return self.viewportTransform().inverted()[0].map(position)

    def _pointer_of(self, event: QMouseEvent | QTabletEvent) -> Pointer:
        held = event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        extend = shift or bool(held & Qt.KeyboardModifier.ControlModifier)
        alt = bool(held & Qt.KeyboardModifier.AltModifier)
        at = event.position()
        pressure = event.pressure() if isinstance(event, QTabletEvent) else EVEN_PRESSURE
        return Pointer(self._pointer_on_scene(at), at.toPoint(), extend, shift, alt, pressure)

    def _begin(self, button: Qt.MouseButton, pointer: Pointer, *, erases: bool = False) -> None:
        """A button, or the tip of a pen, went down."""
        if self.notes.finish():
            return  # a press beside the field takes what was written, and does nothing else
        self._hide_pen_point()
        self._hand.begin(button, pointer, erases=erases)

    def _opens(self, button: Qt.MouseButton, pointer: Pointer) -> bool:
        """The tool in hand opens what is under a double click, or under a pen that taps twice."""
        meant = button == Qt.MouseButton.LeftButton and not self._hand.space_held
        return meant and self._hand.tool.open_at(pointer)

    def _go_on(self, position: QPointF, pointer: Pointer) -> None:
        """The pointer moved."""
        self._pointer = position
        self._hide_pen_point()
        self._hand.go_on(pointer)

    def _hide_pen_point(self) -> None:
        """The pointer is used: the keyboard's place goes, and a gesture that the keyboard began is rolled back."""
        self._pen_point.hide()
        self._hand.drop_keyed()

    def _on_tablet(self, event: QTabletEvent) -> None:
        self._stylus.felt(event)
        event.accept()  # or the system makes a mouse event of it
        pointer = self._pointer_of(event)
        if event.type() == QEvent.Type.TabletPress:
            twice = self._stylus.taps_twice(event)
            if self.notes.finish():
                return  # as at a press of the mouse
            self.setFocus(Qt.FocusReason.MouseFocusReason)  # Qt gives the keyboard only to what a mouse presses
            if twice and self._opens(event.button(), pointer):
                return
            self._begin(event.button(), pointer, erases=self._stylus.erases(event))
        elif event.type() == QEvent.Type.TabletMove:
            if not event.pressure():  # some tablets say of no button that it is down
                self._hand.let_slip(event.buttons())
            self._go_on(event.position(), pointer)
        elif event.type() == QEvent.Type.TabletRelease:
            self._hand.finish(event.button(), pointer)

    def _on_pinch(self, pinch: QPinchGesture) -> None:
        """Two fingers on the pages: they zoom about their middle, and what is between them goes along with it.

        The first of them was a pointer until the second came: what it began to draw is not meant.
        """
        self._hand.drop_gesture()
        centre, before = pinch.centerPoint(), pinch.lastCenterPoint()
        self.zoom_by(pinch.scaleFactor(), self.viewport().mapFromGlobal(before).toPoint())
        way = centre - before + self._fingers_left_over
        step = way.toPoint()
        self._fingers_left_over = way - step  # slow fingers go less than a pixel at a time
        self.pan(step.x(), step.y())

    def _uncover(self, change: Change) -> None:
        """The pen point goes below a note that was written at it: it would cover its first letters."""
        at, sheet = self._pen_point.within(self._window()), self._sheet
        if at is None or sheet is None:
            return
        reach = self.reach(PEN_POINT_PIXELS)
        for annotation_id in change.annotations:
            item = sheet.mark(annotation_id)
            if item is None or not isinstance(item.placed.annotation, TextNote):
                continue
            frame = item.frame()
            if frame.adjusted(-reach, -reach, reach, reach).contains(at):
                self._pen_point.stand(sheet, QPointF(at.x(), frame.bottom() + reach))

    def _use_tool_at_pen_point(self, held: Qt.KeyboardModifier) -> bool:
        """Where it is in the window; what was begun by keys ends at it also where it was left behind."""
        at = self._pen_point.place if self._hand.keyed else self._pen_point.within(self._window())
        if at is None:
            return False
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        self._hand.use(self._keyed_pointer(at, shift=shift))
        return True

    def _keyed_pointer(self, at: QPointF, *, shift: bool = False) -> Pointer:
        return Pointer(at, self.mapFromScene(at), extend=shift, shift=shift, keyed=True)

    def _on_arrow(self, across: int, down: int, held: Qt.KeyboardModifier) -> None:
        """Shift or resize what is selected; with Alt, or with nothing selected, move the pen point."""
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        selects = self._hand.tool is self._tools.select
        if held & Qt.KeyboardModifier.ControlModifier:
            if selects and shift:
                self._tools.select.grow(across, down)
            return
        nudges = selects and not held & Qt.KeyboardModifier.AltModifier
        if not (nudges and self._tools.select.nudge(across, down, fine=shift)):
            self.move_pen_point(across, down, fine=shift)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._on_arrow(*_ARROWS[key], event.modifiers())
            return True
        if key == Qt.Key.Key_Space:
            self.hold_space(held=True)
            return True
        if key == Qt.Key.Key_Escape:
            return self.cancel()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.isAutoRepeat():
                return True  # a key that is held is one key
            at = self._pen_point.within(self._window())
            opens = self._hand.tool is self._tools.select and self._tools.select.open_selected(at)
            return opens or self._use_tool_at_pen_point(event.modifiers())
        return False

    # -- Qt --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._stylus.echoes(event):
            self._begin(event.button(), self._pointer_of(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._stylus.echoes(event) or not self._opens(event.button(), self._pointer_of(event)):
            self.mousePressEvent(event)  # two quick ticks are two ticks

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._stylus.echoes(event):
            self._hand.let_slip(event.buttons())
            self._go_on(event.position(), self._pointer_of(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._stylus.echoes(event):
            self._hand.finish(event.button(), self._pointer_of(event))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._pointer = event.position()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self.rest()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():  # two fingers that go across mean nothing
                self.zoom_by(_WHEEL_FACTOR ** event.angleDelta().y(), event.position().toPoint())
            event.accept()
        else:
            super().wheelEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.notes.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._on_key(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hold_space(held=False)
        if event.key() in _ARROWS and not event.isAutoRepeat():
            self._tools.select.settle()
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tools.select.settle()  # the release of the key goes elsewhere now
        if self._arrived:
            self._hand.drop_keyed()
        self.hold_space(held=False)
        self._show_ring()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QTabletEvent):
            self._on_tablet(event)
            return True
        if event.type() == QEvent.Type.Gesture:
            pinch = cast(QGestureEvent, event).gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._on_pinch(pinch)
                return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1.0 + event.value(), event.position().toPoint())
            return True
        return super().viewportEvent(event)
