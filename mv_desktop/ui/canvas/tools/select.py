"""Select marks, one or many; move, resize, delete them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.geometry import can_change, mapped, recoloured, with_end, with_lines
from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.annotation.selection import Stretch, keeps_proportion, stretch_of, unit_of, with_units
from mv_desktop.domain.annotation.shape import Annotation, Figure, Highlight, Placed, Stamp, TextNote, UnknownAnnotation
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.domain.measure import angle_of, direction, in_steps
from mv_desktop.domain.script import Change
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH, PageItem
from mv_desktop.ui.canvas.page_room import around, carrying, end_on, kept_in, stepped
from mv_desktop.ui.canvas.resizing import Grasped, Scaling, scaled, scaling, whole
from mv_desktop.ui.canvas.selection_frame import Handle, SelectionFrame, overlay
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool

_REACH = 6.0  # pixels beside a mark that still hit it
_DRAG = 4.0  # pixels that make a click a drag
_NUDGE, _FINE_NUDGE = 0.005, 0.001  # of the page's width
_GROWTH = 8.0  # units of the scene by which a key makes a selection larger
_ANGLE = 15.0  # degrees to which Shift turns a line
_REDRAWN = 200  # so many marks are drawn anew at every move of a handle; of more, only the frame is


_FRAMED = (Stamp, TextNote, UnknownAnnotation)


class _Gesture(Enum):
    NONE = auto()
    PRESSED = auto()
    BAND = auto()
    MOVE = auto()
    RESIZE = auto()
    END = auto()


class SelectTool(Tool):
    """Click selects, Shift or Ctrl adds, a drag on nothing selects what it frames, a drag on a mark moves.

    Marks of several pages are moved each on its own.
    What was made in one gesture is selected together; a second click, or a click with Alt, takes one of it alone.

    Attributes:
        selected: ids of what is selected, in the order in which it was.
    """

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self.selected: list[AnnotationId] = []
        self._gesture = _Gesture.NONE
        self._start: Pointer | None = None
        self._hit: MarkItem | None = None
        self._handle: Handle | None = None
        # what was in the frame when a handle was taken hold of; of a move, where all middles were
        self._grasped: dict[PageItem, Grasped] = {}
        self._middles = QRectF()
        self._held: dict[PageItem, QRectF] = {}  # the same for each page
        self._stays = False  # each mark stays on its page: they stand on several
        self._narrows: tuple[AnnotationId, ...] = ()
        self._nudged = QPointF()
        self._frame: SelectionFrame | None = None
        self._band: QGraphicsPathItem | None = None

    def select(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Select exactly these; ids that the script does not have are left out.

        Those that are not shown yet, of very many, are framed as soon as they are.
        """
        sheet = self.surface.sheet
        kept = [] if sheet is None else [i for i in dict.fromkeys(annotation_ids) if i in sheet.script.ink]
        changed = kept != self.selected
        if changed:
            self._lay_down(kept)
        self.selected = kept
        self._draw_frame()
        if changed:
            self.surface.selection_changed_to(kept)

    def delete_selected(self) -> bool:
        """Ask for the deletion of what is selected; False when there is nothing or nothing may be changed."""
        if not self.selected or self.surface.read_only:
            return False
        self.surface.delete(tuple(self.selected))
        return True

    @property
    def has_only_highlights(self) -> bool:
        """Something is selected, and all of it are the highlighter's strokes."""
        return bool(self.selected) and all(isinstance(item, Highlight) for item in self._annotations())

    def take_ink(self, before: Ink, ink: Ink) -> None:
        """A colour was chosen: ask for what is selected in it.

        Choosing the one that is in hand already is a choice, too: what is selected may have another.
        """
        only_highlights = self.has_only_highlights
        if ink.highlight != before.highlight or (ink == before and only_highlights):
            self._recolour(ink.highlight_color, highlights=True)
        if ink.line != before.line or (ink == before and not only_highlights):
            self._recolour(ink.color, highlights=False)

    def take_width(self, width: float) -> None:
        """A width of lines was chosen: ask for the pen strokes and figures that are selected in it."""
        self._put_anew(lambda one: with_lines(one, width))

    def _recolour(self, color: str, *, highlights: bool) -> None:
        """What is selected in another ink: the highlighter's strokes, or all others."""
        self._put_anew(lambda one: recoloured(one, color) if isinstance(one, Highlight) is highlights else None)

    def _put_anew(self, change: Callable[[Annotation], Annotation | None]) -> None:
        made = [(item, change(item.annotation)) for item, _ in self._placed()]
        placed = tuple(Placed(item.page, one) for item, one in made if one is not None and one != item.annotation)
        if placed and not self.surface.read_only:
            self.surface.put(placed)

    def open_selected(self, at: QPointF | None) -> bool:
        """Write on at the one note that is selected.

        False when there is none, or when the pen point, at `at`, stands on something else.
        """
        notes = [item for item in self._items() if isinstance(item.placed.annotation, TextNote)]
        if len(notes) != 1:
            return False
        hit = None if at is None else self.mark_under(at)
        if hit is not None and hit.annotation_id not in self.selected:
            return False
        return self.surface.notes.edit(notes[0].annotation_id)

    def redraw(self) -> None:
        """What is selected is seen elsewhere or at another size without being changed: frame it again."""
        self._draw_frame()

    def nudge(self, across: int, down: int, *, fine: bool = False) -> bool:
        """Shift what is selected by a step, not yet for good; False when there is nothing that can be shifted.

        A key that is held down makes many steps of one gesture: `settle` ends it.
        """
        sheet = self.surface.sheet
        if sheet is None or self._gesture is not _Gesture.NONE or not self._changeable():
            return False
        step = PAGE_WIDTH * (_FINE_NUDGE if fine else _NUDGE)
        if self._nudged.isNull():
            self._held = self._middles_by_page()
        self._nudged += stepped(sheet, self._held, self._nudged, QPointF(across * step, down * step))
        self._shift_items(self._nudged)
        return True

    def settle(self) -> None:
        """The key that nudged is up: ask for what it did."""
        sheet, shift = self.surface.sheet, self._nudged
        if sheet is None or shift.isNull():
            return
        source, target = carrying(sheet, self._held, shift)
        self._put_back()
        self._ask_for_move(source, target, shift)

    def grow(self, across: int, down: int) -> bool:
        """Make what is selected a step larger (1) or smaller (-1), from its upper left corner."""
        if self._frame is None or self._gesture is not _Gesture.NONE or not self._changeable():
            return False
        self._grasped = self._grasp()
        frame = whole(self._grasped.values())
        handle = Handle(abs(across), abs(down))
        kept = self._keeps_proportion()
        if kept and (down or self._stretch() is not Stretch.WRAP):
            handle = Handle(1, 1)
        steps = (across or down) * _GROWTH
        shift = QPointF(steps, steps * frame.height() / max(frame.width(), 1.0) if kept else steps)
        self._ask_for_size(scaling(self._grasped.values(), handle, shift, proportional=kept))
        return True

    # -- the gesture -----------------------------------------------------------------------------------------

    def hover(self, pointer: Pointer) -> None:
        handle = None if self._frame is None or self.surface.read_only else self._frame.handle_at(pointer.scene)
        self.surface.show_cursor(Qt.CursorShape.ArrowCursor if handle is None else handle.cursor)

    def press(self, pointer: Pointer) -> None:
        self.settle()
        self._start, self._gesture, self._narrows = pointer, _Gesture.PRESSED, ()
        self._handle = None if self._frame is None or self.surface.read_only else self._frame.handle_at(pointer.scene)
        self._hit = None if self._handle is not None else self.mark_under(pointer.scene)
        if self._handle is not None:
            self._grasped = self._grasp()
            return
        if self._hit is None:
            if not pointer.extend:
                self.select(())
            return
        unit = self._unit(self._hit, pointer)
        if pointer.extend:
            without = [i for i in self.selected if i not in unit]
            self.select(without if len(without) < len(self.selected) else [*self.selected, *unit])
        elif self._hit.annotation_id not in self.selected or pointer.alt:
            self.select(unit)
        elif len(self.selected) > 1:
            self._narrows = unit if set(unit) != set(self.selected) else (self._hit.annotation_id,)

    def open_at(self, pointer: Pointer) -> bool:
        hit = self.mark_under(pointer.scene)
        if hit is None or pointer.extend or not isinstance(hit.placed.annotation, TextNote):
            return False
        self._end_gesture()
        return self.surface.notes.edit(hit.annotation_id)

    def move(self, pointer: Pointer) -> None:
        if self._start is None:
            return
        if self._gesture is _Gesture.PRESSED and (pointer.view - self._start.view).manhattanLength() >= _DRAG:
            self._gesture = self._dragged()
        if self._gesture is _Gesture.BAND:
            self._draw_band(QRectF(self._start.scene, pointer.scene).normalized())
        elif self._gesture is _Gesture.MOVE:
            self._shift_items(self._shift_to(pointer))
        elif self._gesture is _Gesture.RESIZE:
            self._show_sizes(self._scaling_to(pointer))
        elif self._gesture is _Gesture.END and self.surface.sheet is not None:
            self.surface.sheet.preview(self._with_end_at(pointer))
            self._draw_frame()

    def release(self, pointer: Pointer) -> None:
        sheet = self.surface.sheet
        self.move(pointer)
        start, gesture, narrows = self._start, self._gesture, self._narrows
        if start is None or sheet is None:
            return
        shift = self._shift_to(pointer) if gesture is _Gesture.MOVE else QPointF()
        by = self._scaling_to(pointer) if gesture is _Gesture.RESIZE else None
        pulled = self._with_end_at(pointer) if gesture is _Gesture.END else ()
        self._end_gesture()
        if gesture is _Gesture.BAND:
            framed = [item.annotation_id for item in sheet.marks_in(QRectF(start.scene, pointer.scene).normalized())]
            whole = framed if pointer.alt else with_units(sheet.script.ink, framed)
            self.select([*(self.selected if pointer.extend else ()), *whole])
        elif gesture is _Gesture.MOVE:
            target = None if self._stays else sheet.nearest_page(pointer.scene)
            self._ask_for_move(sheet.nearest_page(start.scene), target, shift)
        elif by is not None:
            self._ask_for_size(by)
        elif pulled:
            self.surface.put(pulled)
        elif narrows:
            self.select(narrows)

    def cancel(self) -> bool:
        if self._start is not None or not self._nudged.isNull():
            self._end_gesture()
            return True
        had = bool(self.selected)
        self.select(())
        return had

    def leave(self) -> None:
        self.settle()
        self._end_gesture()
        self.select(())

    def refreshed(self, change: Change) -> None:
        if self.selected and not change.annotations.isdisjoint(self.selected):
            self.select(list(self.selected))

    def closed(self) -> None:
        self._start = self._hit = self._handle = self._frame = self._band = None
        self._gesture = _Gesture.NONE
        self._nudged = QPointF()
        self._held, self._grasped = {}, {}
        if self.selected:
            self.selected = []
            self.surface.selection_changed_to(())

    # -- what is selected ------------------------------------------------------------------------------------

    def mark_under(self, point: QPointF) -> MarkItem | None:
        """The mark at a point or within reach of it: the smallest, then the one whose middle is nearest."""
        sheet = self.surface.sheet
        if sheet is None:
            return None
        reach = self.surface.reach(_REACH)
        near = sheet.marks_in(QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach))
        # a hollow stamp and a text are hit inside too: their frame counts, not their ink
        near += [
            item
            for item in sheet.marks_in(QRectF(point.x() - 40, point.y() - 40, 80, 80))
            if item not in near and isinstance(item.placed.annotation, _FRAMED) and item.frame().contains(point)
        ]
        return min(near, key=lambda item: _nearness(item.frame(), point), default=None)

    def _unit(self, hit: MarkItem, pointer: Pointer) -> tuple[AnnotationId, ...]:
        sheet = self.surface.sheet
        if pointer.alt or sheet is None:
            return (hit.annotation_id,)
        return unit_of(sheet.script.ink, hit.annotation_id)

    def _items(self) -> list[MarkItem]:
        sheet = self.surface.sheet
        found = [] if sheet is None else [sheet.mark(annotation_id) for annotation_id in self.selected]
        return [item for item in found if item is not None]

    def _placed(self) -> list[tuple[Placed, PageItem]]:
        """What is selected as the script has it, with its page."""
        sheet = self.surface.sheet
        if sheet is None:
            return []
        there = [item for i in self.selected if (item := sheet.script.ink.get(i)) is not None]
        pages = [(item, sheet.page(item.page)) for item in there]
        return [(item, page) for item, page in pages if page is not None]

    def _annotations(self) -> Iterator[Annotation]:
        """What is selected, one by one: whoever knows enough looks no further."""
        ink = {} if self.surface.sheet is None else self.surface.sheet.script.ink
        return (item.annotation for i in self.selected if (item := ink.get(i)) is not None)

    def _stretch(self) -> Stretch:
        return stretch_of(self._annotations())

    def _keeps_proportion(self) -> bool:
        return keeps_proportion(self._annotations())

    def _changeable(self) -> bool:
        return bool(self.selected) and not self.surface.read_only and self._stretch() is not Stretch.NONE

    def _middles_by_page(self) -> dict[PageItem, QRectF]:
        """For each page, what just holds the middles of all that is selected on it and can be moved."""
        middles: dict[PageItem, list[QPointF]] = {}
        for item in self._items():
            if can_change(item.placed.annotation):
                middles.setdefault(item.page_item, []).append(item.frame().center())
        return {page: around(points) for page, points in middles.items()}

    def _lay_down(self, kept: Iterable[AnnotationId]) -> None:
        """Other marks are being selected: those that are in hand and not among them stand again where they belong.

        What a key has shifted is shifted for good; what the pointer was dragging is not.
        """
        sheet, others = self.surface.sheet, frozenset(kept)
        moving = self._gesture in {_Gesture.MOVE, _Gesture.RESIZE, _Gesture.END} or not self._nudged.isNull()
        if sheet is None or not moving or not any(i in sheet.script.ink and i not in others for i in self.selected):
            return
        self.settle()
        self._end_gesture()

    # -- moving ----------------------------------------------------------------------------------------------

    def _dragged(self) -> _Gesture:
        """What a drag from here does."""
        self._held = self._middles_by_page()
        if self._handle is not None:
            return _Gesture.END if self._handle.end else _Gesture.RESIZE
        if self._hit is None:
            return _Gesture.BAND
        if self.surface.read_only:
            return _Gesture.PRESSED
        page = self._hit.page_item
        alone = around([self._hit.frame().center()])  # a click with Shift may have let it go
        self._middles = self._held.get(page, alone)
        self._stays = any(other is not page for other in self._held)
        return _Gesture.MOVE

    def _shift_to(self, pointer: Pointer) -> QPointF:
        """How far what is dragged goes; never so far that something of it would stand beside its page."""
        sheet = self.surface.sheet
        if sheet is not None and self._stays and self._start is not None:
            shift = pointer.scene - self._start.scene
            for its_page, middles in self._held.items():
                shift = kept_in(sheet.page_rect(its_page), middles, shift)
            return shift
        spot = None if sheet is None else sheet.spot_at(pointer.scene, nearest=True)
        page = None if sheet is None or spot is None else sheet.page(spot.page)
        if sheet is None or spot is None or page is None or self._start is None:
            return QPointF()
        return kept_in(sheet.page_rect(page), self._middles, sheet.point_of(spot) - self._start.scene)

    def _shift_items(self, shift: QPointF) -> None:
        if len(self.selected) > _REDRAWN:
            self._draw_frame(shift)
            return
        for item in self._items():
            page = item.page_item
            if can_change(item.placed.annotation):
                item.stand_at(page.mapFromScene(page.mapToScene(item.home) + shift))
        self._draw_frame()

    def _ask_for_move(self, source: PageItem | None, target: PageItem | None, shift: QPointF) -> None:
        """All that is selected goes by `shift` in the scene; what stood on `source`, to `target`."""
        placed: list[Placed] = []
        for item, page in self._placed():
            there = target if target is not None and page is source else page
            result = mapped(item.annotation, _carried(page, there, shift))
            if result is not None:
                placed.append(Placed(there.ref, result))
        if placed:
            self.surface.put(placed)

    # -- resizing --------------------------------------------------------------------------------------------

    def _scaling_to(self, pointer: Pointer) -> Scaling | None:
        if self._handle is None or self._start is None:
            return None
        kept = pointer.shift or self._keeps_proportion()
        shift = pointer.scene - self._start.scene
        return scaling(self._grasped.values(), self._handle, shift, proportional=kept)

    def _grasp(self) -> dict[PageItem, Grasped]:
        """What is resized now, page by page."""
        sheet = self.surface.sheet
        frames: dict[PageItem, QRectF] = {}
        for item in self._items():
            frames[item.page_item] = frames.get(item.page_item, QRectF()).united(item.frame())
        if sheet is None:
            return {}
        return {page: Grasped(frame, sheet.page_rect(page).united(frame)) for page, frame in frames.items()}

    def _show_sizes(self, by: Scaling | None) -> None:
        sheet = self.surface.sheet
        if sheet is None or by is None:
            return
        if len(self.selected) <= _REDRAWN:
            sheet.preview(scaled(self._placed(), by, self._grasped))
            self._draw_frame()
        elif self._frame is not None:
            parts = QRectF()
            for each in self._grasped.values():
                parts = parts.united(by.rect(each.frame))
            self._frame.show((parts,), self._stretch(), self.surface.reach(1))

    def _ask_for_size(self, by: Scaling) -> None:
        made = scaled(self._placed(), by, self._grasped)
        if made:
            self.surface.put(made)

    def _with_end_at(self, pointer: Pointer) -> tuple[Placed, ...]:
        """The line that is selected with the end that is pulled where the pointer is; Shift keeps to steps of 15°."""
        placed = self._placed()
        if len(placed) != 1 or self._handle is None or not isinstance(placed[0][0].annotation, Figure):
            return ()
        (item, page), figure = placed[0], placed[0][0].annotation
        starts = self._handle.end == 1
        at = pointer.scene
        x, y = (figure.x2, figure.y2) if starts else (figure.x, figure.y)
        other = QPointF(x * UNITS, y * page.height)
        if pointer.shift:
            fixed = page.mapToScene(other)
            arm = at - fixed
            across, down = direction(in_steps(angle_of(arm.x(), arm.y()), _ANGLE))
            at = fixed + QPointF(across, down) * math.hypot(arm.x(), arm.y())
        there = end_on(page, other, page.mapFromScene(at), keep=pointer.shift)
        end = (there.x() / UNITS, there.y() / page.height)
        return (Placed(item.page, with_end(figure, start=starts, at=end)),)

    def _line_ends(self) -> tuple[QPointF, ...]:
        """Where the ends of the line are that is selected alone, as it is shown now."""
        items = self._items()
        figure = items[0].placed.annotation if len(items) == 1 else None
        if not isinstance(figure, Figure):
            return ()
        page = items[0].page_item
        off = items[0].pos() - items[0].home
        height = page.height
        places = ((figure.x, figure.y), (figure.x2, figure.y2))
        return tuple(page.mapToScene(QPointF(x * UNITS, y * height) + off) for x, y in places)

    # -- showing ---------------------------------------------------------------------------------------------

    def _end_gesture(self) -> None:
        """Everything stands again where the script says; the owner's answer moves it."""
        sheet, gesture = self.surface.sheet, self._gesture
        self._start = self._hit = self._handle = None
        self._gesture = _Gesture.NONE
        if gesture in {_Gesture.RESIZE, _Gesture.END} and sheet is not None:
            sheet.restore(self.selected)
        elif gesture is _Gesture.MOVE or not self._nudged.isNull():
            self._put_back()
        if self._band is not None and sheet is not None:
            sheet.removeItem(self._band)
        self._band = None
        self._draw_frame()

    def _put_back(self) -> None:
        self._nudged = QPointF()
        for item in self._items():
            item.stand_at(item.home)

    def _draw_frame(self, shift: QPointF | None = None) -> None:
        """Frame what is selected; of very many, and with `shift` of where they would go, only all together."""
        sheet = self.surface.sheet
        if sheet is None or (not self.selected and self._frame is None):
            return
        if self._frame is None:
            self._frame = SelectionFrame(sheet)
        stretch = Stretch.NONE if self.surface.read_only else self._stretch()
        rects = [item.frame() for item in self._items()]
        if len(rects) > _REDRAWN:
            whole = QRectF()
            for rect in rects:
                whole = whole.united(rect)
            rects = [whole]
        if shift is not None:
            rects = [rect.translated(shift) for rect in rects]
        ends = self._line_ends() if stretch is Stretch.ENDS else ()
        self._frame.show(rects, stretch, self.surface.reach(1), ends)

    def _draw_band(self, rect: QRectF) -> None:
        if self._band is None and self.surface.sheet is not None:
            self._band = overlay(self.surface.sheet, filled=True)
        if self._band is not None:
            path = QPainterPath()
            path.addRect(rect)
            self._band.setPath(path)


def _carried(source: PageItem, target: PageItem, shift: QPointF) -> Callable[[float, float], tuple[float, float]]:
    """From fractions of `source` to those of `target` that are `shift` further on in the scene."""

    def at(x: float, y: float) -> tuple[float, float]:
        there = target.mapFromScene(source.mapToScene(QPointF(x * UNITS, y * source.height)) + shift)
        return there.x() / UNITS, there.y() / target.height

    # it is affine: three points tell where all go, and a stroke has very many
    (left, top), (right, along), (aside, down) = at(0, 0), at(1, 0), at(0, 1)
    x_by_x, y_by_x, x_by_y, y_by_y = right - left, along - top, aside - left, down - top

    def to(x: float, y: float) -> tuple[float, float]:
        return left + x * x_by_x + y * x_by_y, top + x * y_by_x + y * y_by_y

    return to


def _nearness(frame: QRectF, point: QPointF) -> tuple[float, float]:
    return round(frame.width() * frame.height()), (frame.center() - point).manhattanLength()
