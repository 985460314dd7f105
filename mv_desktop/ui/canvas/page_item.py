"""One page of a script on the canvas: the sharpest picture at hand, or a quiet placeholder with the reason."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.fitting import draw_fitted, width_on_screen
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, ImageKey, Level, Missing, level_for
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import Theme

PAGE_WIDTH = 794.0
"""The width of every page in the scene: A4 at 96 dots an inch, so that a zoom of 1 is life size."""

A4_RATIO = 297 / 210
_PIXELS_EXPECTED = 2480  # of a page whose size is not known yet: A4 at 300 dots an inch

_BUTTON = QRectF(-190, 150, 380, 72)
"""Where “ask for a rescan” is, from the place of the reason, upright."""
_REASON_DOWN = 260.0
"""How far below the upper edge the reason stands: on a small screen, too, it is seen without scrolling."""


class PageItem(QGraphicsItem):
    """Draws one page; the marks on it are its children.

    Its own coordinates are `UNITS` across and `height` down, unrotated, whatever the picture's resolution.

    Attributes:
        info: what is known of the page.
        level: the picture that the zoom needs.
        quarter_turns: how it is turned for viewing, clockwise.
        brightness: by how many steps it is brightened for viewing.
    """

    def __init__(self, info: PageInfo, album: Album, cache: ImageCache, theme: Theme) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.info = info
        self.level = Level.QUARTER
        self.quarter_turns = 0
        self.brightness = 0
        self.flagged = False
        self._album = album
        self._cache = cache
        self._theme = theme
        self._missing: Missing | None = None

    @property
    def ref(self) -> PageRef:
        """Which page it is."""
        return self.info.ref

    @property
    def ratio(self) -> float:
        """The page's height over its width, unrotated."""
        if self.info.width <= 0 or self.info.height <= 0:
            return A4_RATIO
        return self.info.height / self.info.width

    @property
    def height(self) -> float:
        """The page's length in its own coordinates."""
        return UNITS * self.ratio

    @property
    def shown_height(self) -> float:
        """Its height in the scene, as it is turned."""
        return PAGE_WIDTH / self.ratio if self.quarter_turns % 2 else PAGE_WIDTH * self.ratio

    @property
    def problem(self) -> str:
        """Why it cannot be shown, for the teacher; "" when it can."""
        if self.info.problem:
            return said(self.info.problem)
        if self._missing is not None and self._missing.broken:
            return tr("This page's file is damaged and cannot be shown.")
        return ""

    @property
    def here(self) -> bool:
        """Its picture can be had on this computer."""
        return self.info.here and self._missing is None and not self.info.problem

    @property
    def pictured(self) -> bool:
        """Its picture is shown, at whatever level."""
        best = self._cache.best(self._album, self.ref, self.level, self.brightness)
        return not self.problem and best is not None

    def put(self, top: float) -> None:
        """Stand with the upper edge at `top` and the left edge at 0 of the scene, as it is turned."""
        centre = QPointF(UNITS / 2, self.height / 2)
        self.setTransformOriginPoint(centre)
        self.setRotation(90.0 * self.quarter_turns)
        self.setScale(PAGE_WIDTH / (self.height if self.quarter_turns % 2 else UNITS))
        self.setPos(QPointF(PAGE_WIDTH / 2, top + self.shown_height / 2) - centre)

    def needed_level(self, scale: float) -> Level:
        """The picture needed when one unit of the scene covers `scale` pixels of the screen."""
        pixels = self.info.width or _PIXELS_EXPECTED
        return level_for(scale * self.scale() * UNITS / pixels)

    def width_on_screen(self, level: Level, scale: float) -> int:
        """How many pixels of the screen it is wide, unturned, when one unit of the scene covers `scale` of them.

        0 when it stands there larger than its picture at `level` is: to enlarge that would only take memory.
        """
        width = round(scale * self.scale() * UNITS)
        return width if width * level <= (self.info.width or _PIXELS_EXPECTED) else 0

    def picture_bytes(self, level: Level, width: int = 0) -> int:
        """How much memory its picture takes at a level, or made `width` pixels wide."""
        across = width or round((self.info.width or _PIXELS_EXPECTED) / level)
        return across * round(across * self.ratio) * 4

    def set_info(self, info: PageInfo) -> None:
        """More is known of the page, or its files came. The scene puts it again."""
        self.prepareGeometryChange()
        self.info = info
        self._missing = None
        self.update()

    def set_missing(self, missing: Missing) -> None:
        """Its picture could not be had."""
        self._missing = missing
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Wear other colours."""
        self._theme = theme
        self.update()

    def on_rescan_button(self, point: QPointF) -> bool:
        """True when “ask for a rescan” is under a point in page coordinates."""
        if not self.problem or self.flagged:
            return False
        return _BUTTON.contains(self._reason_frame().inverted()[0].map(point))

    # -- Qt --------------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, UNITS, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        whole = self.boundingRect()
        exposed = option.exposedRect.intersected(whole)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        picture = None if self.problem else self._cache.best(self._album, self.ref, self.level, self.brightness)
        copy = None if self.problem else self._as_wide_as_shown(painter)
        if copy is not None:
            draw_fitted(painter, copy, exposed)
        elif picture is not None:
            across, down = picture.width() / whole.width(), picture.height() / whole.height()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            source = QRectF(exposed.x() * across, exposed.y() * down, exposed.width() * across, exposed.height() * down)
            painter.drawImage(exposed, picture, source)
        elif self.here:
            painter.fillRect(exposed, Qt.GlobalColor.white)
            self._draw_skeleton(painter)
        else:
            painter.fillRect(exposed, QColor(self._theme.colors.skeleton))
            self._draw_reason(painter)
        edge = QPen(QColor(self._theme.colors.page_edge), 1)
        edge.setCosmetic(True)
        painter.setPen(edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole)

    # -- private ---------------------------------------------------------------------------------------------

    def _as_wide_as_shown(self, painter: QPainter) -> QImage | None:
        """Its picture in just the size in which it is to be painted, when there is one."""
        width = width_on_screen(painter, UNITS)
        return self._cache.get(ImageKey(self._album, self.ref, self.level, self.brightness, width)) if width else None

    def _draw_skeleton(self, painter: QPainter) -> None:
        """Where writing will be, so faint that nothing flashes when it comes."""
        line = QColor(self._theme.colors.skeleton)
        for number in range(8):
            painter.fillRect(QRectF(90, 130 + number * 90, 820 if number % 4 != 3 else 430, 16), line)

    def _draw_reason(self, painter: QPainter) -> None:
        """What is wrong or awaited, upright for the viewer, and what to do."""
        colors = self._theme.colors
        problem = self.problem
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(self._reason_frame(), combine=True)
        icon = self._theme.pixmap("warning" if problem else "download", 72, "on_skeleton", 3.0)
        tinted = QRectF(-36, -150, 72, 72)
        painter.setOpacity(0.8)
        painter.drawPixmap(tinted, icon, QRectF(icon.rect()))
        painter.setOpacity(1.0)
        painter.setPen(QColor(colors.on_skeleton))
        painter.setFont(self._font(34, QFont.Weight.DemiBold))
        label = self.ref.label
        title = (
            tr("Page {page} cannot be shown", page=label)
            if problem
            else tr("Page {page} is not on this computer yet", page=label)
        )
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(QRectF(-420, -66, 840, 60), centred, title)
        painter.setFont(self._font(28))
        text = problem or tr("It appears here as soon as it has been fetched.")
        painter.drawText(QRectF(-380, -2, 760, 150), centred | Qt.TextFlag.TextWordWrap, text)
        if problem:
            self._draw_rescan(painter)
        painter.restore()

    def _reason_frame(self) -> QTransform:
        """From coordinates around the reason, upright for the viewer, to the page's own."""
        shown = UNITS if self.quarter_turns % 2 else self.height
        frame = QTransform.fromTranslate(UNITS / 2, self.height / 2)
        frame.rotate(-90.0 * self.quarter_turns)
        return frame.translate(0.0, min(0.0, _REASON_DOWN - shown / 2))

    def _draw_rescan(self, painter: QPainter) -> None:
        colors = self._theme.colors
        place = _BUTTON
        painter.setFont(self._font(28, QFont.Weight.Medium))
        if self.flagged:
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, tr("A rescan has been asked for"))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent))
        painter.drawRoundedRect(place, 10, 10)
        painter.setPen(QColor(colors.on_accent))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, tr("Ask for a rescan"))

    def _font(self, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = self._theme.font(weight=weight)
        font.setPixelSize(size)
        return font
