"""A round glass that follows the pointer, or the keyboard's pen point, and shows what is under it larger."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QInputEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.canvas.image_cache import ImageCache, ImageKey, Level
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.tool_view import ToolView
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ON_PAPER, current_theme, spacing

POWER = 2.5
"""How much larger than the page around it."""
HELD_MS = 350
"""A key that is held for longer shows the glass only so long."""

_SIDE = spacing(70)
_URGENT = 2000
_RIM = 3


class Magnifier(QWidget):
    """Lies over a view and lets the mouse through. It costs nothing while it is away.

    Args:
        view: what it lies over; its parent.
        cache: the decoded pages, of which it wants the one under it in full.
    """

    def __init__(self, view: ToolView, cache: ImageCache) -> None:
        super().__init__(view)
        self._view, self._cache = view, cache
        self._sheet: PageScene | None = None
        self._centre = QPoint()
        self._on = False
        self._pressed: tuple[int, int] | None = None
        self._held: tuple[int, int] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Magnifier"))
        self.hide()
        view.pen_point_moved.connect(self._on_view_pen_point_moved)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    @property
    def on(self) -> bool:
        """The glass is in hand."""
        return self._on

    def toggle(self) -> None:
        """Take the glass in hand, or put it away. Taken by a key that stays down, it goes when the key is let go."""
        self._held = None if self._on else self._pressed
        self.take(on=not self._on)

    def take(self, *, on: bool) -> None:
        """Take the glass in hand, or put it away."""
        if on == self._on:
            return
        self._on = on
        bars = (self._view.verticalScrollBar(), self._view.horizontalScrollBar())
        if on:
            for bar in bars:
                bar.valueChanged.connect(self._on_bar_valueChanged)
            self._cache.ready.connect(self._on_cache_ready)
            self._follow(self._view.mapFromScene(self._view.pointed_at()))
            return
        for bar in bars:
            bar.valueChanged.disconnect(self._on_bar_valueChanged)
        self._cache.ready.disconnect(self._on_cache_ready)
        self._watch(None)
        self.hide()
        self._cache.want({}, viewer=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _follow(self, centre: QPoint) -> None:
        """Stand over a point of the viewport."""
        self._watch(self._view.sheet)
        if self._sheet is None:
            self.hide()
            return
        self._centre = centre
        viewport = self._view.viewport()
        side = min(_SIDE, viewport.width(), viewport.height())
        middle = viewport.mapTo(self._view, centre)
        self.setGeometry(middle.x() - side // 2, middle.y() - side // 2, side, side)
        self._ask_for_picture()
        self.show()
        self.raise_()
        self.update()

    def _watch(self, sheet: PageScene | None) -> None:
        """Show what changes on `sheet`."""
        if sheet is self._sheet:
            return
        if self._sheet is not None:
            self._sheet.changed.disconnect(self._on_sheet_changed)
            self._sheet.destroyed.disconnect(self._on_sheet_destroyed)
        self._sheet = sheet
        if sheet is not None:
            sheet.changed.connect(self._on_sheet_changed)
            sheet.destroyed.connect(self._on_sheet_destroyed)

    def _source(self) -> QRectF:
        """What of the scene is seen through the glass."""
        size = QSizeF(self.size()) / (self._view.zoom * POWER)
        source = QRectF(QPointF(), size)
        source.moveCenter(self._view.mapToScene(self._centre))
        return source

    def _page(self) -> PageItem | None:
        return None if self._sheet is None else self._sheet.page_at(self._view.mapToScene(self._centre))

    def _ask_for_picture(self) -> None:
        item, sheet = self._page(), self._sheet
        if item is None or sheet is None or not item.here:
            self._cache.want({}, viewer=self)
            return
        key = ImageKey(sheet.album, item.ref, Level.FULL, item.brightness)
        self._cache.want({key: _URGENT}, pinned=[key], viewer=self)

    @Slot()
    def _on_view_pen_point_moved(self) -> None:
        if self._on:
            self._follow(self._view.mapFromScene(self._view.pointed_at()))

    @Slot()
    def _on_bar_valueChanged(self) -> None:
        self._follow(self._centre)

    @Slot(object)
    def _on_cache_ready(self, key: ImageKey) -> None:
        if key.level is not Level.THUMB:
            self.update()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self.update()

    @Slot()
    def _on_sheet_destroyed(self) -> None:
        self._sheet = None

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._view:
            self._on_view_event(kind, event)
        elif self._on and isinstance(event, QMouseEvent | QTabletEvent):
            self._follow(event.position().toPoint())
        elif self._on and kind == QEvent.Type.Leave:
            self.hide()
        return False

    def _on_view_event(self, kind: QEvent.Type, event: QEvent) -> None:
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            self._pressed = (event.key(), _milliseconds(event))
        elif kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            held, self._held, self._pressed = self._held, None, None
            if held is not None and held[0] == event.key() and _milliseconds(event) - held[1] >= HELD_MS:
                self.take(on=False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glass = QPainterPath()
        rim = QRectF(self.rect()).adjusted(_RIM / 2, _RIM / 2, -_RIM / 2, -_RIM / 2)
        glass.addEllipse(rim)
        painter.setClipPath(glass)
        painter.fillRect(self.rect(), QColor(current_theme().colors.canvas))
        source = self._source()
        seen = [page.item for page in sheet.visible(source)]
        levels = [item.level for item in seen]
        for item in seen:
            item.level = Level.FULL
        sheet.render(painter, QRectF(self.rect()), source)
        for item, level in zip(seen, levels, strict=True):
            item.level = level
        painter.setClipping(False)
        painter.setPen(QPen(QColor(ON_PAPER), _RIM))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rim)


def _milliseconds(event: QInputEvent) -> int:
    return int(event.timestamp())
