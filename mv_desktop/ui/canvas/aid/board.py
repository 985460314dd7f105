"""Which instruments lie on a view's pages, and what the mouse and the keys do with them.

An instrument takes the mouse at its grips alone; everywhere else the tool in hand acts through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTabletEvent

from mv_desktop.ui.canvas.aid.aid import STEP, Aid, Grip
from mv_desktop.ui.canvas.aid.protractor import Protractor
from mv_desktop.ui.canvas.aid.ruler import Ruler
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tool_view import ToolView
from mv_desktop.ui.canvas.tools.held import foot

AidName = Literal["ruler", "protractor"]

_EDGE_REACH = 10.0  # pixels
_SHARE = 0.55  # of the window that a new instrument takes
_STEP, _FINE_STEP = 8.0, 1.0  # units of the scene by which a key moves it
_PRESSES = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TabletPress}
_MOVES = {QEvent.Type.MouseMove, QEvent.Type.TabletMove}
_RELEASES = {QEvent.Type.MouseButtonRelease, QEvent.Type.TabletRelease}
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class AidBoard(QObject):
    """The instruments on one view. It costs nothing while none is there.

    The instrument that was shown or taken hold of last has the arrow keys, until Enter or a press beside its grips
    gives them back.

    Signals:
        toggled(AidName, bool): an instrument lies on the pages now, or no longer.
    """

    toggled = Signal(str, bool)

    def __init__(self, view: ToolView) -> None:
        super().__init__(view)
        self._view = view
        self._aids: dict[AidName, Aid] = {}
        self._keyed: Aid | None = None
        self._dragged: tuple[Aid, Grip, QPointF] | None = None
        self._over = False
        self._listening = False

    def toggle(self, name: AidName) -> None:
        """Lay an instrument on the page in sight, or take it away."""
        if name in self._aids:
            self._remove(name)
            return
        sheet = self._view.sheet
        if sheet is None or not sheet.pages:
            self.toggled.emit(name, False)
            return
        window = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        self._aids[name] = self._keyed = _MAKERS[name](sheet, window)
        self._listen(on=True)
        self._tell()
        self.toggled.emit(name, True)

    def dress(self) -> None:
        """Write what they read as large as one does now."""
        for aid in self._aids.values():
            aid.dress()

    @property
    def names(self) -> frozenset[AidName]:
        """Which lie on the pages."""
        return frozenset(self._aids)

    def shown(self, name: AidName) -> Aid | None:
        """An instrument that lies on the pages."""
        return self._aids.get(name)

    def edge_near(self, point: QPointF) -> QLineF | None:
        """The edge, within reach of a point of the scene, along which one draws from there."""
        edges = [edge for aid in self._aids.values() for edge in aid.edges]
        near = min(edges, key=lambda edge: QLineF(point, foot(edge, point)).length(), default=None)
        if near is None or QLineF(point, foot(near, point)).length() > self._view.reach(_EDGE_REACH):
            return None
        return near

    @contextmanager
    def going_along(self) -> Iterator[None]:
        """Pages may stand higher or lower afterwards: each instrument goes along with the one it lies on."""
        sheet = self._view.sheet
        if sheet is None or not sheet.pages:
            yield
            return
        pages = {aid: _page_of(aid, sheet) for aid in self._aids.values()}
        tops = {aid: sheet.page_rect(page).top() for aid, page in pages.items()}
        yield
        for aid, page in pages.items():
            aid.shift(QPointF(0.0, sheet.page_rect(page).top() - tops[aid]))

    def cancel(self, *, keyed: bool) -> bool:
        """What Escape does: take the instrument away that has the arrow keys, or with `keyed` False any.

        False when there is none.
        """
        for name, aid in reversed(self._aids.items()):
            if not keyed or aid is self._keyed:
                self._remove(name)
                return True
        return False

    def closed(self) -> None:
        """The scene goes, and takes all of them along."""
        gone = list(self._aids)
        self._aids.clear()
        self._keyed = self._dragged = None
        self._listen(on=False)
        for name in gone:
            self.toggled.emit(name, False)

    # -- private ---------------------------------------------------------------------------------------------

    def _remove(self, name: AidName) -> None:
        aid = self._aids.pop(name)
        aid.remove()
        if aid is self._keyed:
            self._keyed = None
        self._dragged = None
        self._hover(None)
        self._listen(on=bool(self._aids))
        self._tell()
        self.toggled.emit(name, False)

    def _listen(self, *, on: bool) -> None:
        if on == self._listening:
            return
        self._listening = on
        for source in (self._view, self._view.viewport()):
            if on:
                source.installEventFilter(self)
            else:
                source.removeEventFilter(self)

    def _tell(self) -> None:
        """What they read, for who does not see it."""
        self._view.setAccessibleDescription(" · ".join(aid.text for aid in self._aids.values()))

    def _grip_at(self, point: QPointF) -> tuple[Aid, Grip] | None:
        for aid in reversed(self._aids.values()):
            grip = aid.grip_at(point, self._view.reach(1))
            if grip is not None:
                return aid, grip
        return None

    def _hover(self, over: tuple[Aid, Grip] | None) -> None:
        if over is not None:
            self._view.rest()
            self._view.show_cursor(over[1].cursor)
        elif self._over:
            self._view.show_cursor(None)
        self._over = over is not None

    def _on_pointer(self, event: QMouseEvent | QTabletEvent) -> bool:
        """True when it is about a grip, and no tool's business."""
        kind = event.type()
        at = self._view.viewportTransform().inverted()[0].map(event.position())
        if kind in _PRESSES:
            return event.button() == Qt.MouseButton.LeftButton and self._press(at)
        if kind in _MOVES and not event.buttons() and not _presses(event):
            self._dragged = None  # its release went elsewhere: to a dialog, or to another program
        if self._dragged is None:
            if kind in _MOVES and not event.buttons():
                self._hover(self._grip_at(at))
                return self._over
            return False
        aid, grip, off = self._dragged
        held = event.modifiers()
        aid.drag(
            grip,
            at + off,
            stepped=bool(held & Qt.KeyboardModifier.ShiftModifier),
            scales=bool(held & Qt.KeyboardModifier.ControlModifier),
        )
        self._tell()
        if kind in _RELEASES:
            self._dragged = None
        return True

    def _press(self, at: QPointF) -> bool:
        found = self._grip_at(at)
        self._keyed = None if found is None else found[0]
        if found is None:
            return False
        aid, grip = found
        self._dragged = (aid, grip, aid.grips[grip] - at)
        self._view.setFocus()
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        aid, key, held = self._keyed, Qt.Key(event.key()), event.modifiers()
        if aid is None:
            return False
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._keyed = None
            return True
        if key not in _ARROWS:
            return False
        across, down = _ARROWS[key]
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if held & Qt.KeyboardModifier.ControlModifier:
            if not shift:
                return False
            aid.grow(across - down)
        elif held & Qt.KeyboardModifier.AltModifier:
            self._turn(aid, across, down, STEP if shift else 1.0)
        else:
            aid.shift(QPointF(across, down) * (_FINE_STEP if shift else _STEP))
        self._tell()
        return True

    @staticmethod
    def _turn(aid: Aid, across: int, down: int, degrees: float) -> None:
        """Left and right turn it; up and down move a protractor's reading line."""
        if across:
            aid.turn(-across * degrees)
        elif isinstance(aid, Protractor):
            aid.read_on(-down * degrees)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view.viewport() and isinstance(event, QMouseEvent | QTabletEvent):
            return self._on_pointer(event)
        if watched is self._view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)


def _page_of(aid: Aid, sheet: PageScene) -> PageItem:
    """The page that it lies on, of a script that has pages."""
    page = sheet.nearest_page(aid.grips[Grip.MIDDLE])
    return sheet.pages[0] if page is None else page


def _presses(event: QMouseEvent | QTabletEvent) -> bool:
    """A pen is on the tablet, whatever that says of buttons."""
    return isinstance(event, QTabletEvent) and event.pressure() > 0.0


def _new_ruler(sheet: PageScene, window: QRectF) -> Aid:
    middle = window.center()
    page = sheet.nearest_page(middle)
    width = UNITS * page.scale() if page is not None else window.width()
    length = min(window.width(), width) * _SHARE
    return Ruler(sheet, middle - QPointF(length / 2, 0.0), length, width)


def _new_protractor(sheet: PageScene, window: QRectF) -> Aid:
    radius = min(window.width(), window.height() * 1.6) * _SHARE / 2
    return Protractor(sheet, window.center() + QPointF(0.0, radius / 2), radius)


_MAKERS: dict[AidName, Callable[[PageScene, QRectF], Aid]] = {"ruler": _new_ruler, "protractor": _new_protractor}
